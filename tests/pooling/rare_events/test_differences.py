"""Where R's mixed models give other numbers: docs/differences.md, rows 7 to 9."""

import csv

import numpy as np
from numpy.testing import assert_allclose
from scipy import stats

import golden
from synthesist.pooling import glmm

ROLES = ("events_t", "n_t", "events_c", "n_c")


def columns(name):
    with golden.data(name).open(newline="", encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["events_t"]]
    return {role: np.array([float(row[role]) for row in rows]) for role in ROLES}


def test_row_7_the_error_of_a_common_odds_ratio_is_the_hypergeometric_one():
    arms = columns("no_heterogeneity")
    fit = glmm(arms, model="CM.EL")
    n1, n2 = arms["n_t"], arms["n_c"]
    m = arms["events_t"] + arms["events_c"]
    law = stats.nchypergeom_fisher(n1 + n2, n1, m, np.exp(fit.estimate))
    assert_allclose(law.mean().sum(), arms["events_t"].sum(), rtol=1e-9)
    assert_allclose(fit.se, law.var().sum() ** -0.5, rtol=1e-6)
    assert_allclose(fit.se, 0.1955420, atol=0.51e-7)


def on_a_grid(arms, beta, points=241):
    """Compute the log-likelihood of UM.RS on one plain grid for all trials."""
    mu, _, alpha, sigma = beta
    z = np.linspace(-9, 9, points)
    weight = stats.norm.pdf(z) * (z[1] - z[0])
    total = 0.0
    for a, n1, c, n2 in zip(*(arms[role] for role in ROLES), strict=True):
        level = alpha + sigma * z
        p, q = (1 / (1 + np.exp(-level - side * mu / 2)) for side in (1, -1))
        total += np.log(stats.binom.pmf(a, n1, p) * stats.binom.pmf(c, n2, q) @ weight)
    return total


def test_row_8_laplace_is_not_the_integral():
    arms = columns("beta_blockers")
    fit = glmm(arms, model="UM.RS")
    assert fit.tau2 == 0
    theirs = golden.load("beta_blockers")["glmm/UM.RS"]
    assert_allclose(theirs["se"], 0.1185002, atol=0.51e-7)
    best = np.array(
        [
            fit.estimate,
            0.0,
            fit.parameters["level"],
            np.sqrt(fit.parameters["level_variance"]),
        ]
    )
    assert_allclose(on_a_grid(arms, best, 2401), fit.loglik, rtol=1e-9)
    free = (0, 2, 3)
    h = 1e-3
    information = np.zeros((3, 3))
    for i, first in enumerate(free):
        for j, second in enumerate(free[: i + 1]):
            corners = [
                s
                * t
                * on_a_grid(
                    arms,
                    best + h * (s * np.eye(4)[first] + t * np.eye(4)[second]),
                    1201,
                )
                for s in (1, -1)
                for t in (1, -1)
            ]
            information[i, j] = information[j, i] = -sum(corners) / (4 * h * h)
    assert_allclose(fit.se, np.linalg.inv(information)[0, 0] ** 0.5, rtol=1e-4)
    assert fit.se > 1.005 * theirs["se"]


def test_row_9_a_trial_without_events_speaks_of_its_level_where_levels_are_random():
    arms = columns("catheters")
    silent = arms["events_t"] + arms["events_c"] == 0
    less = {role: column[~silent] for role, column in arms.items()}
    assert golden.load("catheters")["glmm/UM.RS"]["k"] == len(less["n_t"])
    with_it, without = glmm(arms, model="UM.RS"), glmm(less, model="UM.RS")
    assert with_it.parameters["level"] < without.parameters["level"]
    for model in ("CM.EL", "CM.AL", "UM.FS"):
        one, two = glmm(arms, model=model), glmm(less, model=model)
        assert_allclose([one.estimate, one.se], [two.estimate, two.se], rtol=1e-9)
