"""Every reasonable analysis is the one that `pool` gives alone."""

import numpy as np
import pytest
from hypothesis import given, settings
from numpy.testing import assert_allclose

import golden
import strategies
import synthesist as sy
from synthesist.effects import effect_table
from synthesist.pooling import pool
from synthesist.pooling.multiverse import multiverse


def catheters(code="OR", **rules):
    return effect_table(golden.data("catheters"), code, **rules)


@pytest.fixture(scope="module")
def found():
    table = catheters()
    early = [study for study in table.study if study[-4:] < "2000"]
    return multiverse(
        table,
        measures=["OR", "RR"],
        models=["iv", "mh"],
        exclude={"Leon 2004": ["Leon 2004"], "before 2000": early},
    )


def test_every_row_is_an_analysis_on_its_own(found):
    frame = found.to_frame()
    early = [study for study in found.effects.study if study[-4:] < "2000"]
    left_out = {"nothing": [], "Leon 2004": ["Leon 2004"], "before 2000": early}
    for i in range(0, len(found), 7):
        took = {name: options[i] for name, options in found.choices.items()}
        table = catheters(took["measure"], zero_cells=took["zero_cells"])
        gone = left_out[took["excluded"]]
        table = table.select([study not in gone for study in table.study])
        alone = (
            pool(table, model="mh")
            if took["model"] == "mh"
            else pool(table, tau2=took["tau2_method"], interval=took["interval"])
        )
        shown = alone.display()
        assert frame["k"][i] == alone.k
        for name in ("estimate", "ci_low", "ci_high"):
            assert_allclose(frame[name][i], shown[name], rtol=1e-9)
        assert_allclose(frame["p"][i], alone.p, rtol=1e-8)
        assert_allclose(frame["tau2"][i], alone.tau2, rtol=1e-7, atol=1e-12)


def test_no_two_rows_made_the_same_choices(found):
    rows = list(zip(*found.choices.values(), strict=True))
    assert len(set(rows)) == len(rows) == len(found)


def test_a_common_effect_has_one_interval_and_totals_no_rule_for_zeros(found):
    choices = {name: np.array(took) for name, took in found.choices.items()}
    common = choices["tau2_method"] == "CE"
    assert set(choices["interval"][common]) == {"normal"}
    totals = (choices["model"] == "mh") & (choices["excluded"] == "nothing")
    odds = totals & (choices["measure"] == "OR")
    assert choices["zero_cells"][odds].tolist() == ["only-zero"]


def test_the_planned_analysis_is_the_first(found):
    planned = pool(catheters())
    assert_allclose(found.numbers["estimate"][0], planned.estimate)
    assert_allclose(found.numbers["ci_low"][0], planned.interval.lower)
    assert found.summary().splitlines()[-1].startswith("Planned: measure OR")
    other = multiverse(catheters("RR", zero_cells="all"), interval=["HK", "normal"])
    first = {name: took[0] for name, took in other.choices.items()}
    assert (first["zero_cells"], first["interval"]) == ("all", "HK")


def test_rules_for_zero_cells_are_tried_only_where_there_is_a_zero():
    means = multiverse(effect_table(golden.data("asthma"), "MD"))
    assert set(means.choices["zero_cells"]) == {"only-zero"}
    assert means.decisions == ("tau2_method", "interval")
    whole = multiverse(effect_table(golden.data("bcg"), "RR"))
    assert set(whole.choices["zero_cells"]) == {"only-zero"}
    zeros = multiverse(catheters("RR"), zero_cells=["only-zero", "all"])
    assert set(zeros.choices["zero_cells"]) == {"only-zero", "all"}


def test_the_summary_says_what_moves_the_answer(found):
    text = found.summary()
    assert text.startswith(f"Odds ratio or risk ratio, {len(found)} analyses")
    assert "left out: median nothing" in text
    low = found.numbers["ci_low"] > 0
    high = found.numbers["ci_high"] < 0
    assert f"no effect in {(low | high).sum()} of {len(found)}" in text


def test_the_curve_shows_every_analysis_and_choice(found):
    from matplotlib.text import Text

    figure = found.plot(title="Catheters")
    shown = {text.get_text() for text in figure.findobj(Text)}
    assert {"Catheters", "Measure", "Zero cells", "Left out", "REML", "mh"} <= shown
    (results,) = (axes for axes in figure.axes if axes.get_label() == "results")
    points = results.collections[-1].get_offsets()
    assert_allclose(points[:, 1], np.sort(found.numbers["estimate"]))


def test_an_analysis_without_an_answer_stays_in_the_frame():
    table = catheters()
    found = multiverse(
        table,
        models=["iv", "peto"],
        measures=["OR", "RR"],
        zero_cells=["only-zero"],
        exclude={"all": list(table.study)},
    )
    frame = found.to_frame()
    empty = [i for i, status in enumerate(frame["status"]) if status != "ok"]
    assert all(frame["estimate"][i] is None and frame["k"][i] == 0 for i in empty)
    told = {frame["status"][i] for i in empty}
    assert "no study has an effect" in told
    assert any("odds ratios" in status for status in told)
    assert f"{len(empty)} analyses have no answer" in found.summary()
    assert found.plot()
    entry = found.to_dict()["analyses"][empty[0]]
    assert entry["estimate"] is None


def test_proportions_are_drawn_as_they_are_read():
    counts = {"events": [0, 5, 9, 12], "n": [20, 24, 31, 40]}
    found = multiverse(effect_table(counts, "PLO"))
    assert set(found.choices["zero_cells"]) == {"only-zero", "none"}
    (results,) = (a for a in found.plot().axes if a.get_label() == "results")
    heights = results.collections[-1].get_offsets()[:, 1]
    assert ((heights > 0) & (heights < 1)).all()
    assert "excludes no effect" not in found.summary()


@settings(max_examples=20)
@given(data=strategies.effects(min_studies=2, max_studies=8))
def test_ready_made_effects_have_estimators_and_intervals_to_choose(data):
    table = {"yi": np.array(data[0]), "vi": np.array(data[1])}
    found = multiverse(table)
    assert len(found) == 3 * 3 + 1
    for i in (0, 4, 9):
        took = {name: options[i] for name, options in found.choices.items()}
        alone = pool(table, tau2=took["tau2_method"], interval=took["interval"])
        assert_allclose(found.numbers["estimate"][i], alone.estimate, atol=1e-8)
        assert_allclose(found.numbers["ci_high"][i], alone.interval.upper, atol=1e-6)


def test_a_truth_a_row_leaves_out_too():
    table = catheters()
    mask = np.arange(len(table)) < 3
    one = multiverse(table, exclude={"first": mask}, tau2=["DL"], interval=["normal"])
    two = multiverse(
        table, exclude={"first": table.study[:3]}, tau2=["DL"], interval=["normal"]
    )
    assert_allclose(one.numbers["estimate"], two.numbers["estimate"])


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"measures": ["OR", "RD"]}, "another quantity"),
        ({"tau2": []}, "a list of codes"),
        ({"tau2": "REML"}, "a list of codes"),
        ({"tau2": ["GENQ"]}, "weights of its own"),
        ({"tau2": ["REMEL"]}, "did you mean REML"),
        ({"interval": ["HKK"]}, "did you mean HK"),
        ({"models": ["mhh"]}, "did you mean mh"),
        ({"level": 2}, "not between 0 and 1"),
    ],
)
def test_wrong_choices_are_refused(options, message):
    with pytest.raises(sy.InvalidInput, match=message):
        multiverse(catheters(), **options)


def test_standardised_differences_may_be_mixed_but_not_with_plain_ones():
    table = effect_table(golden.data("asthma"), "SMD")
    assert len(multiverse(table, measures=["SMD", "SMDH"])) == 20
    with pytest.raises(sy.InvalidInput, match="another quantity"):
        multiverse(table, measures=["SMD", "MD"])


def test_an_unknown_study_cannot_be_left_out():
    with pytest.raises(sy.NotFound, match="called Nobody"):
        multiverse(catheters(), exclude={"some": ["Nobody"]})
