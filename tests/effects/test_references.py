"""Every measure against somebody else's number."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

import golden
from effects.references import (
    NOT_FOLLOWED,
    from_escalc,
    from_tables,
    printed,
    simulated,
)
from synthesist import MEASURES, effect_table

#: R writes twelve digits of the tables and fourteen of the rest.
RELATIVE, NEAR_ZERO = 1e-10, 1e-12

#: R's escalc adds 1/2 for Peto's odds ratio too, which needs none and rma.peto
#: does not; studies with a zero are compared with rma.peto's in the pooling tests.
ADDS_FOR_PETO = {("catheters", "PETO"), ("beta_blockers", "PETO")}


def table_cases():
    return [
        pytest.param(*case, id=f"{case[1]}-{case[0]}")
        for case in from_tables()
        if case[:2] not in ADDS_FOR_PETO
    ]


def escalc_cases():
    return [
        pytest.param(*case, id=f"{case[0]}-{i}")
        for i, case in enumerate(from_escalc())
        if case[0] not in NOT_FOLLOWED
    ]


@pytest.mark.parametrize(("table", "code", "y", "v"), table_cases())
def test_effects_agree_with_metafor(table, code, y, v):
    effects = effect_table(golden.data(table), code)
    given = effects.included
    assert_allclose(effects.y[given], y[np.isfinite(y)], RELATIVE, NEAR_ZERO)
    assert_allclose(effects.v[given], v[np.isfinite(v)], RELATIVE, NEAR_ZERO)


@pytest.mark.parametrize(("code", "options", "roles", "y", "v"), escalc_cases())
def test_further_effects_agree_with_metafor(code, options, roles, y, v):
    effects = effect_table(roles, code, **options)
    defined = np.isfinite(y) & (v > 0)
    assert_allclose(effects.included, defined)
    assert_allclose(effects.y[defined], y[defined], RELATIVE, NEAR_ZERO)
    assert_allclose(effects.v[defined], v[defined], RELATIVE, NEAR_ZERO)


@pytest.mark.parametrize(
    ("name", "case", "roles", "digits"),
    [pytest.param(*c, id=f"{c[0]}-{c[1]['measure']}") for c in printed()],
)
def test_effects_agree_with_what_was_printed(name, case, roles, digits):
    options = {"small_sample": "approximate", "variance": "RevMan"}
    effects = effect_table(
        roles, case["measure"], **(options if name == "revman_smd" else {})
    )
    seen = {"y": effects.y, "se": np.sqrt(effects.v), "v": effects.v}
    for quantity in seen.keys() & case.keys():
        # Half of the last printed digit is all that a print can tell.
        assert_allclose(
            seen[quantity], case[quantity], rtol=0, atol=0.501 * 10**-digits
        )


@pytest.mark.parametrize(
    ("code", "entry"), [pytest.param(*c, id=c[0]) for c in simulated()]
)
def test_variances_are_those_of_simulated_studies(code, entry):
    effects = effect_table({r: [v] for r, v in entry["roles"].items()}, code)
    # Large-sample forms at 50 to 300 patients: four per cent; the mean of an
    # estimator lies within a tenth of its standard deviation.
    assert_allclose(effects.v[0], entry["variance"], rtol=0.04)
    assert abs(effects.y[0] - entry["mean"]) < 0.2 * entry["variance"] ** 0.5


@pytest.mark.parametrize("arm", [0, 1])
@pytest.mark.parametrize(("form", "code"), [("log-log", "SURVLL"), ("logit", "SURVLO")])
def test_survival_at_one_time_agrees_with_the_survival_package(arm, form, code):
    expected = golden.load("single_survival")[f"{arm}/{form}"]
    ways = (("surv", "se_surv"), ("surv", "ci_low", "ci_high"))
    for roles in ways:
        effects = effect_table({role: [expected[role]] for role in roles}, code)
        estimate, low, high = (100 * reading[0] for reading in effects.readings())
        assert_allclose(
            [estimate, low, high],
            [expected[key] for key in ("surv", "ci_low", "ci_high")],
            rtol=1e-10,
        )


@pytest.mark.parametrize("arm", [0, 1])
def test_median_from_events_agrees_with_an_exponential_fit(arm):
    expected = golden.load("single_survival")[f"{arm}/exponential"]
    median = np.exp(expected["log_median"])
    effects = effect_table(
        {"median": [median], "events": [expected["events"]]}, "MEDLN"
    )
    assert_allclose(effects.y, expected["log_median"], rtol=1e-12)
    assert_allclose(effects.v, expected["se"] ** 2, rtol=1e-6)


def test_every_measure_has_a_reference():
    known = {case[1] for case in from_tables()}
    known |= {case[0] for case in from_escalc()}
    known |= {case[1]["measure"] for case in printed()}
    known |= {case[0] for case in simulated()}
    # Survival has its own tests above, crossovers theirs in
    # test_unit_of_analysis.py; ready-made effects are read as they are.
    known |= {"SURVLL", "SURVLO", "MEDLN", "MDX", "SMDX", "GEN"}
    assert MEASURES.keys() <= known
