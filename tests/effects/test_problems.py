"""Everything wrong with a table is said at once: row, column, remedy."""

import csv

import numpy as np
import pytest

from synthesist import InvalidInput, effect_table

EVENTS = {"events_t": 4, "n_t": 20, "events_c": 6, "n_c": 21}
MEANS = {"mean_t": 4, "sd_t": 2, "n_t": 20, "mean_c": 6, "sd_c": 3, "n_c": 21}
PAIRS = {"mean_pre": 4, "sd_pre": 2, "mean_post": 6, "sd_post": 3, "n": 21, "r": 0.5}


def problems_of(data, code, **options):
    with pytest.raises(InvalidInput) as caught:
        effect_table(data, code, **options)
    return caught.value.problems


def columns(row, **changes):
    """Return one good row, one changed row, and one good row."""
    return {k: [v, changes.get(k, v), v] for k, v in row.items()}


def write(path, rows):
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, rows[0].keys())
        writer.writeheader()
        writer.writerows(rows)
    return path


def test_one_bad_cell_in_sixty_rows_is_one_sentence(tmp_path):
    rows = [{"study": f"S{i}", **EVENTS} for i in range(60)]
    rows[40]["events_t"] = "five"
    path = write(tmp_path / "results.csv", rows)
    with pytest.raises(InvalidInput) as caught:
        effect_table(path, "RR")
    # The header is line 1, so the forty-first study stands on line 42.
    assert str(caught.value) == (
        "results.csv, row 42, column events_t: 'five' is not a number; "
        "write a plain number such as 12.5, or leave the cell empty."
    )


def test_every_bad_cell_has_its_sentence(tmp_path):
    rows = [{"study": f"S{i}", **EVENTS} for i in range(12)]
    rows[0]["events_t"] = "x"
    rows[1]["events_t"] = 21
    rows[2]["events_c"] = -1
    rows[3]["n_t"] = 0
    rows[4]["n_c"] = 20.5
    rows[5]["events_t"] = ""
    rows[6]["events_t"] = "2,5"
    problems = problems_of(write(tmp_path / "t.csv", rows), "OR")
    assert [(p.row, p.field) for p in problems] == [
        (2, "events_t"),
        (3, "events_t"),
        (4, "events_c"),
        (5, "n_t"),
        (6, "n_c"),
        (7, "events_t"),
        (8, "events_t"),
    ]
    assert all(p.remedy and p.message for p in problems)
    assert "point: 2.5" in problems[-1].remedy


@pytest.mark.parametrize(
    ("code", "row", "role", "value", "words"),
    [
        ("OR", EVENTS, "events_t", 21, "21 events among 20 patients"),
        ("OR", EVENTS, "events_t", -2, "is -2, below 0"),
        ("OR", EVENTS, "events_c", 2.5, "2.5, which is not whole"),
        ("OR", EVENTS, "n_c", -21, "group size is -21"),
        ("PLO", {"events": 3, "n": 9}, "events", 10, "10 events among 9 patients"),
        ("MD", MEANS, "sd_t", 0, "standard deviation is 0"),
        ("MD", MEANS, "sd_c", -3, "standard deviation is -3"),
        ("SMD", MEANS, "n_t", 1, "group size is 1"),
        ("ROM", MEANS, "mean_c", -6, "needs means above 0"),
        ("IRR", {**EVENTS, "time_t": 9, "time_c": 8}, "time_t", 0, "time at risk is 0"),
        ("COR", {"r": 0.3, "n": 40}, "r", 1.2, "must lie between -1 and 1"),
        ("ZCOR", {"r": 0.3, "n": 40}, "n", 3, "group size is 3"),
        ("PCOR", {"r": 0.3, "n": 40, "m": 4}, "m", 38, "too few"),
        ("MC", PAIRS, "r", -1, "must lie between -1 and 1"),
        ("SMCR", PAIRS, "sd_pre", 0, "standard deviation is 0"),
        ("HR", {"hr": 0.8, "ci_low": 0.5, "ci_high": 1.2}, "ci_high", 0.4, "not below"),
        ("HR", {"hr": 0.8, "ci_low": 0.5, "ci_high": 1.2}, "hr", 1.3, "lies outside"),
        ("HR", {"hr": 0.8, "ci_low": 0.5, "ci_high": 1.2}, "ci_low", 0, "above 0"),
        ("HR", {"hr": 0.8, "p": 0.5}, "p", 0, "must lie between 0 and 1"),
        ("HR", {"hr": 0.8, "p": 0.5}, "hr", 1, "exactly 1"),
        ("HR", {"o_minus_e": -3, "v": 9}, "v", 0, "log-rank variance is 0"),
        ("GEN", {"yi": 0.1, "vi": 2}, "vi", 0, "variance is 0"),
        ("GEN", {"yi": 0.1, "sei": 2}, "sei", -1, "standard error is -1"),
        ("ARAW", {"alpha": 0.8, "m": 9, "n": 60}, "alpha", 1, "must be below 1"),
        ("AUC", {"auc": 0.8, "n_t": 9, "n_c": 8}, "auc", 0, "between 0 and 1"),
        ("R2", {"r2": 0.3, "n": 90, "m": 3}, "r2", 30, "between 0 and 1"),
    ],
)
def test_an_impossible_cell_is_one_sentence(code, row, role, value, words):
    (problem,) = problems_of(columns(row, **{role: value}), code)
    assert (problem.row, problem.field) == (2, role)
    assert words in problem.message
    assert problem.remedy


def test_a_negative_count_is_not_blamed_twice():
    (problem,) = problems_of(columns(EVENTS, n_t=-3), "OR")
    assert problem.field == "n_t"


def test_one_row_may_have_two_faults():
    given = columns(EVENTS, events_t="x", n_c=0)
    assert [p.field for p in problems_of(given, "OR")] == ["events_t", "n_c"]


@pytest.mark.parametrize("empty", ["", None, "NA", np.nan])
def test_a_row_filled_by_half_is_an_error(empty):
    (problem,) = problems_of(columns(EVENTS, n_c=empty), "OR")
    assert (problem.row, problem.field) == (2, "n_c")
    assert "n_c is empty" in problem.message
    assert "empty the other cells" in problem.remedy


def test_all_that_a_half_filled_row_lacks_is_one_sentence():
    (problem,) = problems_of(columns(MEANS, sd_t="", sd_c="", n_c=""), "MD")
    assert "sd_t, sd_c and n_c are empty" in problem.message


def test_a_missing_correlation_points_to_the_option():
    (problem,) = problems_of(columns(PAIRS, r=""), "MC")
    assert "option r" in problem.remedy


def test_missing_columns_are_named_with_the_nearest():
    given = {"event_t": [1], "n_t": [2], "events_c": [1]}
    problems = problems_of(given, "OR")
    assert [p.message for p in problems] == [
        "The column events_t is missing",
        "The column n_c is missing",
    ]
    assert "rename event_t to events_t" in problems[0].remedy


def test_columns_of_other_names_are_pointed_out():
    given = {"a": [4], "n1": [20], "c": [6], "n2": [21]}
    names = {"events_t": "a", "n_t": "n1", "events_c": "c", "n_c": "n2"}
    assert effect_table(given, "OR", columns=names).included.all()
    (problem,) = problems_of(given | {"a": [22]}, "OR", columns=names)
    assert problem.field == "a"
    assert "correct a or n1" in problem.remedy
    assert "zz" in problems_of(given, "OR", columns=names | {"n_c": "zz"})[0].message
    (problem,) = problems_of(given, "OR", columns=names | {"mean": "a"})
    assert "no column with the role mean" in problem.message


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"small_sample": "rough"}, "approximate"),
        ({"variance": "XX"}, "LS2"),
        ({"add": -1}, "at least 0"),
        ({"level": 95}, "0.95"),
        ({"r": 1.0}, "between -1 and 1"),
        ({"corrected": "nothing"}, "variance"),
    ],
)
def test_choices_that_do_not_exist_are_refused(options, words):
    (problem,) = problems_of(columns(MEANS), "SMD", **options)
    assert words in problem.remedy


def test_two_wrong_choices_are_two_sentences():
    assert len(problems_of(columns(MEANS), "SMD", variance="XX", level=2)) == 2


def test_an_unknown_measure_names_the_nearest():
    with pytest.raises(InvalidInput, match="choose SMD"):
        effect_table(columns(MEANS), "SMDD")
    assert effect_table(columns(MEANS), "smd").measure.code == "SMD"


def test_a_bound_is_no_p_value():
    (problem,) = problems_of({"hr": [0.8], "p": ["<0.001"]}, "HR")
    assert problem.field == "p"
    assert "'<0.001' is a bound" in problem.message
    assert "exact value" in problem.remedy


def test_a_bound_beside_an_interval_harms_nobody():
    given = {"hr": [0.8], "ci_low": [0.5], "ci_high": [1.2], "p": ["<0.5"]}
    assert effect_table(given, "HR").included.all()


def test_survival_typed_as_a_fraction_is_refused():
    arms = {"surv_t": [0.30, 0.55], "n_t": [40, 50], "surv_c": [0.36, 0.42], "n_c": [38, 50]}  # fmt: skip
    with pytest.raises(InvalidInput, match="looks like a fraction") as caught:
        effect_table(arms, "HR")
    assert [problem.row for problem in caught.value.problems] == [1, 2]


def test_missing_columns_are_those_of_the_route_that_is_meant():
    with pytest.raises(InvalidInput) as raised:
        effect_table({"study": ["a"], "mean_t": [1.0], "n_t": [9], "p": [0.1]}, "MD")
    told = [str(problem) for problem in raised.value.problems]
    assert [text.split(" is ")[0].split()[-1] for text in told] == [
        "sd_t",
        "mean_c",
        "sd_c",
        "n_c",
    ]
    # A column with a meaning of its own is not the one that is missing.
    assert not any("rename mean_t" in text for text in told)
