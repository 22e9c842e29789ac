"""Where another program is not followed, by how much, and why."""

import numpy as np
from numpy.testing import assert_allclose

import golden
from effects.references import from_escalc, from_tables
from synthesist import effect_table


def test_fisher_z_of_partial_correlations_has_one_degree_less():
    # metafor 3 divides by n - m - 1; Fisher 1924 and metafor since 4 by n - m - 2,
    # which for one predictor is the n - 3 of a plain correlation.
    ((roles, y, v),) = (
        (roles, y, v) for code, _, roles, y, v in from_escalc() if code == "ZPCOR"
    )
    effects = effect_table(roles, "ZPCOR")
    assert_allclose(effects.y, y, rtol=1e-12)
    assert_allclose(1 / effects.v, 1 / v - 1, rtol=1e-9)


def test_peto_adds_nothing():
    # escalc adds 1/2 to tables with a zero; Peto's method needs it not, and
    # rma.peto and RevMan do not.
    for table in ("catheters", "beta_blockers"):
        ((y, v),) = (
            (y, v)
            for name, code, y, v in from_tables()
            if (name, code) == (table, "PETO")
        )
        effects = effect_table(golden.data(table), "PETO")
        zero = np.zeros(len(effects), dtype=bool)
        for arm in "tc":
            events, n = effects.cells[f"events_{arm}"], effects.cells[f"n_{arm}"]
            zero |= (events == 0) | (events == n)
        reported = ~np.isnan(effects.cells["n_t"])
        assert_allclose(effects.y[reported & ~zero], y[reported & ~zero], rtol=1e-10)
        assert_allclose(effects.v[reported & ~zero], v[reported & ~zero], rtol=1e-10)
        revman = golden.load("revman5")[f"{table}/OR/Peto"]
        te = np.array([np.nan if x is None else x for x in revman["te"]], dtype=float)
        assert_allclose(effects.y[reported], te, rtol=1e-9, atol=1e-12)


def test_revman_corrects_the_variance_of_risk_differences_alone():
    for table in ("catheters", "beta_blockers"):
        revman = golden.load("revman5")[f"{table}/RD/Inverse"]
        effects = effect_table(golden.data(table), "RD", corrected="variance")
        reported = effects.included
        assert_allclose(effects.y[reported], revman["te"], rtol=1e-9, atol=1e-12)
        assert_allclose(np.sqrt(effects.v[reported]), revman["sete"], rtol=1e-9)


def test_revman_leaves_out_tables_without_any_event():
    for table in ("catheters", "beta_blockers"):
        for code in ("OR", "RR"):
            revman = golden.load("revman5")[f"{table}/{code}/Inverse"]
            effects = effect_table(
                golden.data(table), code, zero_cells="drop-double-zero"
            )
            reported = ~np.isnan(effects.cells["n_t"])
            te = np.array([np.nan if x is None else x for x in revman["te"]], float)
            assert_allclose(effects.y[reported], te, rtol=1e-9, atol=1e-12)


def test_what_meta_calls_revmans_standardised_difference():
    # R's meta under settings.meta("RevMan5") has the exact factor and the unbiased
    # variance; RevMan's own forms are tested against values worked by hand.
    for table in ("stroke_stay", "asthma"):
        revman = golden.load("revman5")[f"{table}/SMD"]
        effects = effect_table(golden.data(table), "SMD", variance="UB")
        assert_allclose(effects.y, revman["te"], rtol=1e-9)
        assert_allclose(np.sqrt(effects.v), revman["sete"], rtol=1e-9)
