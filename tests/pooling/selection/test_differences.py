"""Where R gives other numbers of selection: docs/differences.md, rows 12 to 14."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

import golden
import synthesist as sy
from pooling.selection.tables import smoking
from synthesist.pooling.selection import selection_model, worst_case
from synthesist.pooling.selection.robust_mean import robust_mean

R = golden.load("selection")


def test_row_12_a_beta_function_is_integrated_to_the_end():
    fit = selection_model(smoking(), "beta")
    theirs = R["fits"]["passive_smoking|beta"]["log_likelihood"]
    assert_allclose([theirs, fit.log_likelihood], [-7.810117, -7.809866], atol=5e-7)
    # Ours is held to integrals of twenty digits in test_exact.py.
    assert fit.log_likelihood > theirs


def test_row_13_robust_standard_errors_know_of_tau2():
    rows = sy.effect_table(golden.data("bcg"), "RR")
    theirs = R["worst_case"]["bcg|5|small"]
    (ours,) = worst_case(rows, alternative="less", ratios=(5,)).points
    assert_allclose([theirs["se"], theirs["df"]], [0.1411729, 3.739489], rtol=1e-6)
    assert_allclose([ours.se, ours.df], [0.1636668, 4.242475], rtol=1e-6)
    assert_allclose(
        [ours.se, ours.df], [theirs["club_se"], theirs["club_df"]], rtol=1e-6
    )
    # With their working variances the same standard error, but not the same df.
    affirmative = rows.y / np.sqrt(rows.v) < -1.959963984540054
    w = np.where(affirmative, 1.0, 5.0) / (rows.v + theirs["tau2"])
    alone = [np.array([i]) for i in range(len(rows))]
    found = robust_mean(rows.y, w, rows.v, alone)
    assert_allclose(found.se, theirs["se"], rtol=1e-10)
    assert found.df == pytest.approx(3.606197, abs=1e-6)


def test_row_14_an_interval_without_studies_has_weight_zero():
    rows = smoking()
    kept = rows.select(rows.y / np.sqrt(rows.v) > 1.96)
    fit = selection_model(kept, steps=0.025)
    assert fit.parameters[1].estimate == 0
    low, high = (
        selection_model(kept, weights=(1, weight)).log_likelihood
        for weight in (1e-3, 1e-2)
    )
    assert fit.log_likelihood > low > high
