"""Selection models against metafor's selmodel, which integrates to 1e-6, beta to 1e-4."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

import golden
import synthesist as sy
from pooling.selection.tables import published, smoking
from synthesist.pooling.selection import SELECTION_FUNCTIONS, selection_model

R = golden.load("selection")["fits"]

WOODS_STEPS = (
    0.005, 0.01, 0.05, 0.10, 0.25, 0.35, 0.50, 0.65, 0.75, 0.90, 0.95, 0.99, 0.995,
)  # fmt: skip

#: Weights given in advance (Vevea and Woods 2005, table 1).
WOODS = {
    "moderate_one": (1, 0.99, 0.95, 0.80, 0.75, 0.65, 0.60, 0.55, 0.50, 0.50, 0.50, 0.50, 0.50, 0.50),
    "severe_one": (1, 0.99, 0.90, 0.75, 0.60, 0.50, 0.40, 0.35, 0.30, 0.25, 0.10, 0.10, 0.10, 0.10),
    "moderate_two": (1, 0.99, 0.95, 0.90, 0.80, 0.75, 0.60, 0.60, 0.75, 0.80, 0.90, 0.95, 0.99, 1.00),
    "severe_two": (1, 0.99, 0.90, 0.75, 0.60, 0.50, 0.25, 0.25, 0.50, 0.60, 0.75, 0.90, 0.99, 1.00),
}  # fmt: skip

ASKED = {
    "passive_smoking|step": {"function": "step"},
    "passive_smoking|step four": {"function": "step", "steps": (0.025, 0.1, 0.5)},
    "passive_smoking|step two-sided": {
        "function": "step",
        "steps": 0.05,
        "alternative": "two-sided",
    },
    "passive_smoking|step common": {"function": "step", "tau2": "CE"},
    "passive_smoking|beta": {"function": "beta"},
    "passive_smoking|halfnorm": {"function": "halfnorm"},
    "passive_smoking|negexp": {"function": "negexp"},
    "passive_smoking|logistic": {"function": "logistic"},
    "passive_smoking|power": {"function": "power"},
    "counselling|beta": {"function": "beta"},
    "counselling|beta mods": {"function": "beta", "moderators": "~ blind"},
    "counselling|step mods": {"function": "step", "moderators": "~ blind"},
    "counselling|halfnorm two-sided": {
        "function": "halfnorm",
        "alternative": "two-sided",
    },
    "counselling|negexp threshold": {"function": "negexp", "steps": 0.025},
    "counselling|power threshold": {"function": "power", "steps": 0.05},
    "diarrhoea|step less": {"function": "step", "steps": 0.5, "alternative": "less"},
}
for _name in ("halfnorm", "negexp", "logistic", "power"):
    _less = {"function": _name, "alternative": "less", "tau2": "CE"}
    ASKED[f"diarrhoea|{_name} less common"] = _less
    ASKED[f"diarrhoea|{_name} less precision"] = _less | {"precision": "sei"}


def fitted(case):
    table = case.split("|")[0]
    effects = smoking() if table == "passive_smoking" else published(table)
    return selection_model(effects, **ASKED[case])


@pytest.mark.parametrize("case", ASKED)
def test_the_maximum_is_that_of_metafor_or_higher(case):
    fit, theirs = fitted(case), R[case]
    assert fit.log_likelihood >= theirs["log_likelihood"] - 1e-5
    assert_allclose(fit.log_likelihood, theirs["log_likelihood"], atol=5e-4)
    # A likelihood within 1e-5 of its top leaves so much room to the parameters.
    rtol = 2e-4 if ASKED[case]["function"] == "step" else 5e-3
    ours = [c.estimate for c in fit.coefficients]
    assert_allclose(ours, np.atleast_1d(theirs["estimate"]), rtol=rtol, atol=1e-3)
    assert_allclose(fit.tau2, theirs["tau2"], rtol=rtol, atol=5e-4)
    deltas = [p.estimate for p in fit.parameters]
    assert_allclose(deltas, np.atleast_1d(theirs["delta"]), rtol=1e-2, atol=1e-3)


@pytest.mark.parametrize(
    "case", [case for case in ASKED if ASKED[case]["function"] == "step"]
)
def test_standard_errors_and_criteria_of_steps_are_those_of_metafor(case):
    fit, theirs = fitted(case), R[case]
    ours = [c.se for c in fit.coefficients]
    assert_allclose(ours, np.atleast_1d(theirs["se"]), rtol=2e-3)
    deltas = [p.se for p in fit.parameters if not p.fixed]
    assert_allclose(
        deltas, np.atleast_1d(theirs["se_delta"])[1:].astype(float), rtol=2e-3
    )
    assert_allclose(fit.unadjusted.log_likelihood, theirs["null"], atol=1e-6)
    assert_allclose(fit.test.statistic, theirs["lrt"], atol=1e-5)
    assert fit.test.df == theirs["lrt_df"]
    assert_allclose(fit.test.p, theirs["lrt_p"], rtol=1e-4)
    for name in ("aic", "aicc", "bic"):
        assert_allclose(getattr(fit.criteria, name), theirs[name], atol=1e-5)
    if fit.tau2_se is not None:
        assert_allclose(fit.tau2_se, theirs["se_tau2"], rtol=2e-3)
    if theirs["lrt_tau2"] is not None:
        assert_allclose(
            fit.heterogeneity_test().statistic, theirs["lrt_tau2"], atol=1e-4
        )


@pytest.mark.parametrize("weights", WOODS)
def test_weights_given_in_advance(weights):
    theirs = R[f"ratings|{weights}"]
    fit = selection_model(
        published("ratings"), steps=WOODS_STEPS, weights=WOODS[weights]
    )
    assert_allclose(fit.estimate, theirs["estimate"], rtol=1e-5)
    assert_allclose(fit.se, theirs["se"], rtol=1e-3)
    assert_allclose(fit.tau2, theirs["tau2"], atol=1e-5)
    assert fit.test is None
    assert any("given, not estimated" in note for note in fit.notes)


def test_severer_weights_adjust_more():
    ratings = published("ratings")
    plain = sy.pool(ratings, tau2="ML").estimate
    found = {
        name: selection_model(ratings, steps=WOODS_STEPS, weights=weights).estimate
        for name, weights in WOODS.items()
    }
    assert found["severe_one"] < found["moderate_one"] < plain
    assert found["severe_two"] < found["moderate_two"] < plain


def test_every_function_has_a_reference():
    # The truncation is held to brute force in test_exact.py.
    asked = {entry["function"] for entry in ASKED.values()}
    assert asked | {"truncation"} == SELECTION_FUNCTIONS.keys()


def test_a_second_maximum_is_flagged():
    fit = selection_model(smoking(), "beta")
    (lower,) = fit.lower_modes
    assert lower.log_likelihood < fit.log_likelihood - 1
    assert lower.coefficients[0] < 0 < fit.estimate
    assert any("2 maxima" in note for note in fit.notes)
    assert any("grow as P values grow" in note for note in fit.notes)
