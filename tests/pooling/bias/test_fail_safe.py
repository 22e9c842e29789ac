"""Fail-safe numbers against R and by adding the studies."""

import json

import numpy as np
import pytest
from numpy.testing import assert_allclose

import golden
import synthesist as sy
from pooling import cases as earlier
from pooling.bias.cases import NAMES, R, entries, table
from synthesist.errors import InvalidInput
from synthesist.pooling.bias import FAIL_SAFE, fail_safe_n

CASES = [(name, key) for name in NAMES for key in R[name]["fail_safe"]]


def options(key):
    _, _, value = key.partition(" ")
    if not value:
        return {}
    return {"target": 0.1} if value == "0.1" else {"alpha": float(value)}


@pytest.mark.parametrize(("name", "key"), CASES)
def test_it_agrees_with_r(name, key):
    # For the random-effects model R added studies one at a time, at a fixed tau².
    found = fail_safe_n(table(name), key.split()[0], **options(key))
    assert found.number == R[name]["fail_safe"][key]


@pytest.mark.parametrize("method", ["Rosenthal", "Orwin", "Rosenberg"])
@pytest.mark.parametrize(("file", "measure"), entries("fail_safe_n/Rosenthal"))
def test_it_agrees_with_the_earlier_references(file, measure, method):
    expected = golden.load(file)[measure][f"fail_safe_n/{method}"]["n"]
    assert fail_safe_n(earlier.data(file, measure), method).number == expected


def test_every_method_has_a_reference():
    assert FAIL_SAFE.keys() == {key.split()[0] for _, key in CASES}


@pytest.mark.parametrize("name", NAMES)
def test_with_a_common_effect_the_general_number_is_the_older_ones(name):
    for other, asked in (("Rosenberg", {}), ("Orwin-weighted", {"target": 0.05})):
        general = fail_safe_n(table(name), "general", tau2="CE", **asked)
        older = fail_safe_n(table(name), other, **asked)
        assert_allclose(general.exact, older.exact, rtol=1e-10, atol=1e-10)


def test_adding_the_studies_loses_significance():
    effects = table("bcg RR")
    found = fail_safe_n(effects, "Rosenberg")
    weight = 1 / np.mean(1 / effects.v)
    p = [
        sy.pool(
            {
                "yi": [*effects.y, *np.zeros(n)],
                "vi": [*effects.v, *np.full(n, weight)],
            },
            tau2="CE",
        ).p
        for n in (found.number - 1, found.number)
    ]
    assert p[0] < 0.05 <= p[1]


def test_an_answer_that_is_not_significant_needs_no_study():
    found = fail_safe_n({"yi": [0.1, -0.2, 0.15], "vi": [0.2, 0.3, 0.1]})
    assert found.number == 0
    assert any("no study is needed" in note for note in found.notes)


def test_no_number_brings_an_average_to_zero():
    found = fail_safe_n(table("bcg RR"), "Orwin", target=0.0)
    assert found.number is None
    assert found.to_dict()["n"] is None
    assert "No number of studies" in found.summary()


def test_the_sign_of_the_target_does_not_matter():
    up, down = (fail_safe_n(table("bcg RR"), "Orwin", target=t) for t in (0.2, -0.2))
    assert up.exact == down.exact
    assert up.target == -0.2


def test_choices_of_another_method_are_refused():
    with pytest.raises(InvalidInput, match="target does not belong"):
        fail_safe_n(table("bcg RR"), "Rosenthal", target=0.1)
    with pytest.raises(InvalidInput, match="alpha does not belong"):
        fail_safe_n(table("bcg RR"), "Orwin", alpha=0.1)
    with pytest.raises(InvalidInput, match="no finite number"):
        fail_safe_n(table("bcg RR"), "Orwin", target=float("inf"))
    with pytest.raises(InvalidInput, match="no fail-safe N"):
        fail_safe_n(table("bcg RR"), "Rosental")


@pytest.mark.parametrize("method", FAIL_SAFE)
def test_it_discourages_its_own_use_and_can_be_written(method):
    found = fail_safe_n(table("bcg RR"), method)
    assert "discouraged" in found.notes[-1]
    assert "averaging no effect" in found.summary()
    assert json.loads(json.dumps(found.to_dict()))["n"] == found.number
    assert found.to_frame()["n"] == [found.number]
