"""The list of checks, what every entry must have, and how lines are answered."""

import json
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from checks.simulated import MAKERS, corrupted
from synthesist.checks import KINDS, check_lines, check_report
from synthesist.errors import NotFound

ROOT = Path(__file__).parents[2]
VERDICTS = {"consistent", "inconsistent", "undecidable"}


def answer(kind, given, printed=None):
    (found,) = check_report({"id": "x", "kind": kind, "given": given, "printed": printed}).findings  # fmt: skip
    return found


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.code)
def test_every_entry_is_whole(kind):
    assert kind.label
    assert kind.rule
    assert kind.source
    assert kind.ask.endswith("?")
    names = [field.name for field in kind.fields]
    assert len(names) == len(set(names))
    assert all(name in names for needed in kind.needs for name in needed)
    assert kind.gives
    words = f"{kind.label} {kind.rule} {kind.ask} {kind.source}".lower()
    assert not re.search(r"fraud|fabricat|misconduct|suspicious", words)


def test_every_entry_is_simulated():
    assert MAKERS.keys() == KINDS.keys()


@pytest.mark.parametrize("kind", KINDS)
def test_right_reports_are_never_called_inconsistent_and_errors_are_found(kind):
    """A small share of `scripts/simulate_reports.py`, from another seed."""
    rng = np.random.default_rng([99, list(KINDS).index(kind)])
    found = 0
    for i in range(20):
        given, printed = MAKERS[kind](rng, kind)
        right = answer(kind, given, printed)
        assert not right.error
        assert right.verdict != "inconsistent", (i, right.rule)
        assert right.ask == "" or right.verdict == "undecidable"
        given, printed = corrupted(rng, kind, given, printed, right)
        wrong = answer(kind, given, printed)
        found += wrong.verdict == "inconsistent"
        assert wrong.ask or wrong.verdict == "consistent"
    # Nine of ten in the long run; of twenty, chance may leave a few more.
    assert found >= 15


def test_the_answer_has_the_keys_that_were_promised():
    found = answer("grim", {"n": "28"}, "5.19").to_dict()
    assert list(found) == ["id", "verdict", "implied", "rule", "ask"]
    assert found["verdict"] in VERDICTS
    assert all(set(span) == {"low", "high"} for span in found["implied"].values())
    json.dumps(found, allow_nan=False)


def test_a_finding_names_test_inputs_result_and_source():
    found = answer("chi2_no_correction", {"table": "4/29 v 0/29"}, "0.112")
    for part in ("Chi-squared test", "4/29 v 0/29", "0.0382", "0.112", "doi:"):
        assert part in found.rule
    assert "Fisher's exact test" in found.ask


def test_an_open_end_is_null():
    found = answer("se_from_p", {"hr": "1.00", "p": "1.00"}, "0.2").to_dict()
    assert found["implied"]["se"]["high"] is None


def test_every_refusal_says_what_is_missing():
    for kind in KINDS.values():
        found = answer(kind.code, {}, None)
        assert found.verdict == "undecidable"
        assert "missing" in found.reason
        assert found.ask.startswith("Undecidable")


@pytest.mark.parametrize(
    ("item", "words"),
    [
        ("a text", "an object with id"),
        ({"id": "x", "given": {}}, "kind of check is not named"),
        ({"kind": "grimm", "given": {}}, "did you mean grim"),
        ({"kind": "grim"}, "given quantities are missing"),
        ({"kind": "grim", "given": {"n": "many"}}, "no count"),
        ({"kind": "grim", "given": {}, "print": "3"}, "did you mean printed"),
        ({"kind": "wilson", "given": {"evnts": "3", "n": "9"}}, "did you mean events"),
        ({"kind": "p_from_z", "given": {"z": "two"}}, "not a plain printed number"),
        ({"kind": "p_from_z", "given": {"z": "2.1"}, "printed": {"q": "1"}}, "gives no q"),
        ({"kind": "ci_from_se", "given": {"estimate": "1", "se": "1", "level": "100"}}, "no level"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_answered_with_its_error(item, words):
    (found,) = check_report([item]).findings
    assert found.verdict is None
    assert words in found.error


def test_other_names_and_numbers_are_understood():
    by_name = answer("ci-from-p", {"HR": 0.97, "P value": "= 0.74"}, "0.81 to 1.16")
    assert by_name.verdict == "consistent"
    listed = {"percentage_1": "33.1%", "percentage_2": "14.4%", "n_max": "200"}
    assert answer("denominators", listed).implied["n_1"].low == 118
    whole = answer("sum", {"part_1": "78", "part_2": "161", "total": "239"})
    assert whole.verdict == "consistent"


@pytest.mark.parametrize(
    ("kind", "given", "name", "value"),
    [
        ("p_from_ci", {"smd": "0.614", "ci": "0.25..0.979"}, "p", 0.000961),
        ("wan_sd", {"range": "8-27", "n": "29"}, "sd", 4.68837),
        ("se_from_ci_99", {"ci_low": "0.8", "ci_high": "1.6", "measure": "MD"}, "se", 0.155291),
        ("chi2", {"a": "14", "b": "15", "c": "4", "d": "25"}, "p", 0.004536),
        ("fixed_effect_pool", {"hr_1": "1.27", "ci_low_1": "0.7", "ci_high_1": "2.3", "hr_2": "0.9", "ci_low_2": "0.7", "ci_high_2": "1.15"}, "estimate", 0.9472),
        ("dose_convert", {"dose_miu": "1", "weight_kg": "54"}, "dose", 18518.5),
    ],
)  # fmt: skip
def test_quantities_as_they_stand_in_reports(kind, given, name, value):
    span = answer(kind, given).implied[name]
    assert span.low * (1 - 1e-4) <= value <= span.high * (1 + 1e-4)


def test_the_overall_may_stand_among_the_given():
    given = {"estimates": ["0.7", "0.9"], "overall": "0.5"}
    assert answer("subgroups_overall", given).verdict == "inconsistent"


def test_notes_of_ones_own_are_passed_over():
    (found,) = check_report({"id": "x", "kind": "grim", "given": {"n": "28"}, "printed": "5.18", "source": "Table 2"}).findings  # fmt: skip
    assert found.verdict == "consistent"


def test_one_group_s_deviation_against_the_interval_of_its_mean():
    given = {"sd": "1.2", "n": "36", "ci_low": "7.6", "ci_high": "12.4"}
    found = answer("sd_or_se", given)
    assert found.verdict == "inconsistent"
    assert "standard error" in found.reason
    assert answer("sd_or_se", {**given, "label": "se"}).verdict == "consistent"


def test_bad_lines_keep_their_number_and_the_others_are_answered():
    lines = ['{"id": 1, "kind": "grim", "given": {"n": "28"}, "printed": "5.18"}', "", "{", "[1]"]  # fmt: skip
    found = list(check_lines(lines))
    assert [f.verdict for f in found] == ["consistent", None, None]
    assert found[0].id == "1"
    assert [f.error.partition(":")[0] for f in found[1:]] == ["Line 3", "Line 4"]


def test_a_report_as_file_summary_frame_and_json(tmp_path):
    path = tmp_path / "printed.jsonl"
    path.write_text('{"id": "a", "kind": "grim", "given": {"n": "28"}, "printed": "5.19"}\nno\n', "utf-8")  # fmt: skip
    report = check_report(path)
    assert report.counts == {"consistent": 0, "inconsistent": 1, "undecidable": 0, "unreadable": 1}  # fmt: skip
    assert "question to the authors" in report.summary()
    frame = report.to_frame()
    assert frame["quantity"] == ["mean", None]
    assert frame["printed"][0] is None or frame["printed"][0] == "5.19"
    assert len(report.to_dict()["findings"]) == 2
    with pytest.raises(NotFound, match="no file"):
        check_report(tmp_path / "none.jsonl")


def test_one_wrong_arm_is_impossible_not_unreadable():
    found = answer("fisher", {"table": "31/29 v 3/30"}, "0.03")
    assert found.verdict == "inconsistent"
    assert "More events than participants" in found.reason


def test_a_paired_question_with_a_named_unpaired_test():
    given = {"events_1": "13", "events_2": "2", "n": "29", "test": "Fisher's exact test", "p": "0.002"}  # fmt: skip
    assert answer("paired_counts", given).verdict == "inconsistent"
    given["test"] = "McNemar's test"
    assert answer("paired_counts", given).verdict == "undecidable"


def test_a_97_percent_interval_is_not_read_as_95():
    given = {"hr": "1.09", "ci_low": "0.88", "ci_high": "1.35", "se": "0.0986"}
    found = answer("level_from_ci", given, "97")
    assert found.verdict == "consistent"
    assert answer("level_from_ci", given, "95").verdict == "inconsistent"


def test_the_list_in_the_documentation_is_the_list():
    done = subprocess.run(
        [sys.executable, ROOT / "scripts" / "list_checks.py", "--check"], check=False
    )
    assert done.returncode == 0
