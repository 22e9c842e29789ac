"""E-values against printed ones, R, and the bias they are defined by."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

import golden
import synthesist as sy
from pooling.bias.cases import R
from synthesist.errors import InvalidInput
from synthesist.pooling.bias import E_VALUES, e_value

CASES = {
    "RR 3.9": (3.9, {}),
    "RR 1.8": (1.8, {}),
    "RR 0.8": (0.8, {}),
    "RR 0.91": (0.91, {}),
    "OR 2.5 common": (2.5, {"measure": "OR"}),
    "OR 2.5 rare": (2.5, {"measure": "OR", "rare": True}),
    "HR 0.56 common": (0.56, {"measure": "HR", "rare": False}),
    "SMD 0.42": (0.42, {"measure": "SMD"}),
    "RR 2.5 to 1.5": (2.5, {"to": 1.5}),
}


@pytest.mark.parametrize("name", R["e_values"])
def test_they_solve_the_bounding_equation_in_r(name):
    effect, options = CASES[name]
    assert_allclose(e_value(effect, **options).point, R["e_values"][name], rtol=1e-9)


def test_the_printed_examples():
    # VanderWeele and Ding 2017: 7.26 and 3.0 for smoking-like data, 1.8 and 1.43.
    first = e_value(3.9, 1.8, 8.7)
    assert round(first.point, 2) == 7.26
    assert round(first.limit, 1) == 3.0
    second = e_value(0.80, 0.71, 0.91)
    assert round(second.point, 2) == 1.81
    assert round(second.limit, 2) == 1.43


def test_every_measure_has_a_reference():
    assert E_VALUES.keys() == {name.split()[0] for name in CASES} | {"MD"}


def test_a_mean_difference_is_a_standardised_one():
    plain = e_value(4.2, 2.0, 6.4, measure="MD", sd=10)
    standardised = e_value(0.42, 0.2, 0.64, measure="SMD")
    assert_allclose(plain.point, standardised.point)
    assert_allclose(plain.limit, standardised.limit)


@given(st.floats(0.05, 20))
def test_confounding_as_strong_as_the_e_value_explains_it_all(ratio):
    e = e_value(ratio).point
    assert_allclose(e * e / (2 * e - 1), max(ratio, 1 / ratio), rtol=1e-9)
    assert_allclose(e_value(1 / ratio).point, e, rtol=1e-9)


def test_an_interval_that_includes_no_effect_needs_no_confounding():
    found = e_value(1.3, 0.9, 1.9)
    assert found.limit == 1
    assert any("includes 1" in note for note in found.notes)
    assert e_value(1.3, 0.9).limit == 1
    assert e_value(1.3, high=1.9).limit is None


def test_a_pooled_effect_brings_its_measure_and_interval():
    fit = sy.pool(sy.effect_table(golden.data("bcg"), "RR"))
    found, by_hand = (
        e_value(fit),
        e_value(*[fit.display()[n] for n in ("estimate", "ci_low", "ci_high")]),
    )
    assert_allclose([found.point, found.limit], [by_hand.point, by_hand.limit])
    assert any("average bias" in note for note in found.notes)
    odds = e_value(sy.pool(sy.effect_table(golden.data("bcg"), "PETO")), rare=True)
    assert odds.measure == "OR"
    with pytest.raises(InvalidInput, match="give the fit alone"):
        e_value(fit, 0.3, 0.8)
    with pytest.raises(InvalidInput, match="measure with an E-value"):
        e_value(sy.pool(sy.effect_table(golden.data("bcg"), "RD")))


@pytest.mark.parametrize(
    ("arguments", "options", "said"),
    [
        ((-0.5,), {}, "above zero"),
        ((1.5, 1.6, 2.0), {}, "between its limits"),
        ((1.5,), {"rare": True}, "does not matter"),
        ((1.5,), {"sd": 2.0}, "does not belong"),
        ((1.5,), {"measure": "MD"}, "standard deviation"),
        ((1.5,), {"measure": "RD"}, "measure with an E-value"),
        ((1.5,), {"to": -1.0}, "above zero"),
        ((float("nan"),), {"measure": "SMD"}, "no finite number"),
        (({"yi": [1], "vi": [1]},), {}, "no E-value of dict"),
    ],
)
def test_what_does_not_go_together_is_refused(arguments, options, said):
    with pytest.raises(InvalidInput, match=said):
        e_value(*arguments, **options)


def test_a_result_can_be_printed_and_written():
    found = e_value(2.5, 1.2, 5.1, measure="OR")
    assert "E-value of OR 2.50" in found.summary()
    assert any("common" in note for note in found.notes)
    assert json.loads(json.dumps(found.to_dict()))["e_value"] == found.point
    assert found.to_frame()["e_value"] == [found.point, found.limit]
