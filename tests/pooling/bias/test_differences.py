"""Where R gives other numbers of funnels: docs/differences.md, rows 10 and 11."""

import numpy as np
from numpy.testing import assert_allclose

import golden
from pooling import cases as earlier
from pooling.bias.cases import R, table
from synthesist.pooling.bias import excess_significance, trim_and_fill


def test_row_10_filled_studies_are_pooled_at_the_maximum_of_the_likelihood():
    effects = earlier.data("diuretics", "RD")
    found = trim_and_fill(effects, interval="normal")
    theirs = golden.load("diuretics")["RD"]["trimfill/REML/L0"]
    assert_allclose(
        [theirs["tau2"], found.filled.tau2], [0.004226, 0.004137], atol=5e-7
    )

    def score(tau2):
        """Compute the slope of the restricted likelihood of the filled studies."""
        y = np.concatenate([effects["yi"], found.y])
        w = 1 / (np.concatenate([effects["vi"], found.v]) + tau2)
        rest = y - (w @ y) / w.sum()
        return 0.5 * (w**2 @ rest**2 - w.sum() + (w @ w) / w.sum())

    steep = score(0.8 * found.filled.tau2)
    assert abs(score(found.filled.tau2)) < 1e-6 * steep
    assert abs(score(theirs["tau2"])) > 1e-2 * steep


def test_row_11_power_is_not_cut_off_where_true_effects_are_rare():
    found = excess_significance(table("passive_smoking GEN"), "chi2", tau2="REML")
    theirs = R["passive_smoking GEN"]["excess"]["chi2 tau2"]["expected"]
    assert_allclose([theirs, found.expected], [7.024374, 7.024388], atol=5e-7)
    # R leaves out true effects beyond five standard deviations: 5.7e-7 of them, of
    # which nearly all are significant or nearly none.
    assert 0 < found.expected - theirs < found.k * 5.8e-7
