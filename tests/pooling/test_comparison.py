"""The rules of all programs side by side."""

import pytest

import golden
import synthesist as sy
from synthesist.effects import PROFILES, effect_table
from synthesist.pooling import pool
from synthesist.pooling.comparison import compare_profiles


@pytest.fixture(scope="module")
def catheters():
    return compare_profiles(effect_table(golden.data("catheters"), "RR"))


def rules(found, name):
    (answer,) = (answer for answer in found.answers if answer.name == name)
    return {d.rule: d for d in answer.differences}


def test_every_profile_has_the_answer_it_has_alone(catheters):
    table = effect_table(golden.data("catheters"), "RR")
    assert [answer.name for answer in catheters.answers] == ["synthesist", *PROFILES]
    for answer in catheters.answers[1:]:
        alone = pool(table, profile=answer.name)
        assert answer.fit.to_dict() == alone.to_dict()


def test_a_rule_is_named_by_what_it_alone_changes(catheters):
    metafor = rules(catheters, "metafor")
    assert metafor.keys() == {"interval", "prediction"}
    assert metafor["interval"].changes == ("interval",)
    assert metafor["prediction"].changes == ("prediction interval",)
    revman = rules(catheters, "revman5")
    assert "number of studies" in revman["zero_cells"].changes
    assert revman["prediction"].theirs == "none"


def test_rules_that_only_matter_together_are_found_when_taken_away(catheters):
    # Q around the Mantel-Haenszel estimate does nothing to REML.
    found = rules(compare_profiles(effect_table(golden.data("bcg"), "OR")), "revman5")
    assert "tau²" in found["q"].changes
    assert "q" not in rules(catheters, "revman2025")


def test_nothing_differs_where_no_rule_matters():
    # Q-based and tau²-based I² and the corrections are the same for a common effect.
    table = effect_table(golden.data("diuretics"), "OR")
    found = compare_profiles(table, model="mh", profiles=["metafor", "stata19"])
    assert [answer.differences for answer in found.answers] == [(), (), ()]


def test_what_was_asked_for_by_name_is_no_difference():
    table = effect_table(golden.data("catheters"), "RR", zero_cells="only-zero")
    found = compare_profiles(table, profiles=["revman5"])
    assert "zero_cells" not in rules(found, "revman5")


def test_the_effects_own_profile_is_set_aside():
    table = effect_table(golden.data("catheters"), "RR", profile="revman5")
    assert compare_profiles(table, profiles=[]).answers[0].fit.tau2_method == "REML"


def test_a_profile_without_an_answer_says_so():
    empty = {
        "events_t": [0, 0],
        "n_t": [20, 30],
        "events_c": [0, 0],
        "n_c": [22, 28],
    }
    found = compare_profiles(effect_table(empty, "OR"), profiles=["revman5"])
    answer = found.answers[1]
    assert answer.fit is None
    assert "not estimable" in found.summary()
    assert found.to_dict()["profiles"][1]["problem"] == answer.problem
    assert found.to_frame()["estimate"][1] is None
    assert found.forest().groups[0].rows[1].note == "not estimable"


def test_the_summary_is_a_line_a_profile_and_then_the_reasons(catheters):
    lines = catheters.summary().splitlines()
    assert lines[1].startswith("profile")
    assert [line.split()[0] for line in lines[2:11]] == ["synthesist", *PROFILES]
    assert "stata19: prediction k-2 for k-1: prediction interval" in lines


def test_the_frame_prints_the_i2_of_the_program(catheters):
    frame = catheters.to_frame()
    fits = [answer.fit for answer in catheters.answers]
    place = frame["profile"].index("meta7")
    assert frame["i2"][place] == fits[place].i2_q != fits[place].i2
    assert frame["i2"][0] == fits[0].i2


def test_ready_made_effects_are_compared_too():
    found = compare_profiles({"yi": [0.1, 0.4, 0.9], "vi": [0.04, 0.05, 0.02]})
    assert rules(found, "meta7").keys() <= {"interval", "prediction", "i2"}


def test_an_unknown_profile_is_refused():
    with pytest.raises(sy.InvalidInput, match="did you mean"):
        compare_profiles({"yi": [0.1], "vi": [0.04]}, profiles=["revman6"])
