"""Likelihoods against integrals to twenty digits, and maxima against other starts."""

from dataclasses import replace

import mpmath as mp
import numpy as np
import pytest
from numpy.testing import assert_allclose

import synthesist as sy
from pooling.selection.tables import SMOKING, published, smoking
from synthesist.numerics.maximise import climb
from synthesist.pooling.regression.design import read_formula
from synthesist.pooling.selection import selection_model
from synthesist.pooling.selection.model import pose
from synthesist.pooling.selection.setting import read_setting


@pytest.fixture(autouse=True, scope="module")
def digits():
    with mp.workdps(20):
        yield


def weight_of(name, delta, *, steps=(), two_sided=False, sign=1, precision=1):
    """Return a weight as a function of z, in mpmath, written down once more."""

    def weight(z, se):
        z = sign * z
        p = 2 * mp.ncdf(-abs(z)) if two_sided else mp.ncdf(-z)
        if name in {"beta", "power"}:
            p = min(max(p, mp.mpf("1e-5")), 1 - mp.mpf("1e-5"))
        if name == "step":
            return delta[sum(p > step for step in steps)]
        if name == "truncation":
            return delta[sum(z * se < cut for cut in steps)]
        alpha = steps[0] if steps else 0
        shapes = {
            "beta": lambda x: x ** (delta[0] - 1) * (1 - x) ** (delta[1] - 1),
            "halfnorm": lambda x: mp.exp(-delta[0] * precision * x**2),
            "negexp": lambda x: mp.exp(-delta[0] * precision * x),
            "logistic": lambda x: 2 / (1 + mp.exp(delta[0] * precision * x)),
            "power": lambda x: (1 - x) ** (delta[0] * precision),
        }
        shape = shapes[name]
        if alpha and p <= alpha:
            return mp.mpf(1)
        return shape(p) / (shape(mp.mpf(alpha)) if alpha else 1)

    return weight


def kinks(name, *, steps, two_sided, se):
    """Return every z at which a weight is not smooth."""
    ends = [mp.mpf(0)]
    ps = list(steps) if name != "truncation" else []
    if name in {"beta", "power"}:
        ps += [1e-5, 1 - 1e-5]
    for p in ps:
        z = mp.sqrt(2) * mp.erfinv(1 - (p if two_sided else 2 * mp.mpf(p)))
        ends += [z, -z]
    if name == "truncation":
        ends += [mp.mpf(cut) / se for cut in steps]
    return ends


def log_likelihood(fit, name, rows, mean, tau2, **given):
    """Return the log-likelihood of some studies by brute force."""
    y, v = fit.effects.y, fit.effects.v
    mean, tau2 = mp.mpf(mean), mp.mpf(tau2)
    delta = [mp.mpf(p.estimate) for p in fit.parameters]
    total = mp.mpf(0)
    for i in rows:
        se, sd = mp.sqrt(mp.mpf(v[i])), mp.sqrt(mp.mpf(v[i]) + tau2)
        weight = weight_of(name, delta, **given)
        marks = kinks(
            name,
            steps=given.get("steps", ()),
            two_sided=given.get("two_sided", False),
            se=se,
        )
        ends = sorted({*marks, *(mean / se + j * sd / se for j in range(-12, 13, 3))})
        ends = [mean / se - 40 * sd / se, *ends, mean / se + 40 * sd / se]
        whole = mp.quad(
            lambda z, w=weight, a=se, b=sd: w(z, a) * mp.npdf(a * z, mean, b) * a,
            sorted(ends),
        )
        own = weight(mp.mpf(y[i]) / se, se)
        total += mp.log(own) + mp.log(mp.npdf(mp.mpf(y[i]), mean, sd)) - mp.log(whole)
    return total


def same_of(fit, rows, mean, tau2):
    """Return our log-likelihood of the same studies."""
    part = fit.effects.select(np.isin(np.arange(len(fit.effects)), rows))
    setting = read_setting(
        part,
        part.included,
        fit.setting.function,
        steps=fit.steps or None,
        weights=[p.estimate for p in fit.parameters],
        alternative=fit.alternative,
        precision=None,
    )

    design = read_formula("~ 1").build({}, len(rows))
    likelihood, unit = pose(part.y, part.v, design, setting, common=False)
    if hasattr(likelihood.weighting, "halvings"):
        halvings = fit.found.likelihood.weighting.halvings
        finer = replace(likelihood.weighting, halvings=halvings)
        likelihood = replace(likelihood, weighting=finer)
    at = np.array([mean / unit, tau2 / unit**2])
    return likelihood.value(at) - len(rows) * np.log(unit)


CASES = {
    "step": ({"function": "step", "steps": (0.025, 0.5)}, {"steps": (0.025, 0.5)}),
    "step two-sided": (
        {"function": "step", "steps": 0.1, "alternative": "two-sided"},
        {"steps": (0.1,), "two_sided": True},
    ),
    "beta": ({"function": "beta"}, {}),
    "halfnorm": ({"function": "halfnorm"}, {}),
    "negexp": ({"function": "negexp", "steps": 0.05}, {"steps": (0.05,)}),
    "logistic two-sided": (
        {"function": "logistic", "alternative": "two-sided"},
        {"two_sided": True},
    ),
    "power": ({"function": "power"}, {}),
    "truncation": ({"function": "truncation"}, {"steps": (0.0,)}),
}


@pytest.mark.parametrize("case", CASES)
def test_the_likelihood_is_the_integral(case):
    asked, given = CASES[case]
    fit = selection_model(smoking(), **asked)
    rows, at = [1, 16], (fit.estimate, fit.tau2)
    truth = log_likelihood(fit, asked["function"], rows, *at, **given)
    assert_allclose(same_of(fit, rows, *at), float(truth), rtol=1e-10)


@pytest.mark.parametrize("function", ["halfnorm", "power", "logistic"])
def test_steep_functions_are_integrated_too(function):
    fit = selection_model(smoking(), function, weights=[100.0])
    rows, at = [3], (0.2, 0.02)
    truth = log_likelihood(fit, function, rows, *at)
    assert_allclose(same_of(fit, rows, *at), float(truth), rtol=1e-9)


@pytest.mark.parametrize("case", CASES)
def test_the_gradient_is_zero_and_nothing_near_is_higher(case):
    asked, _ = CASES[case]
    fit = selection_model(smoking(), **asked)
    best, likelihood = fit.found.best, fit.found.likelihood
    height = likelihood.exact(best.at)
    se = 1 / np.sqrt(np.diagonal(height.curvature))
    assert np.abs(height.gradient * se)[best.free].max() < 1e-7
    rng = np.random.default_rng(5)
    low, high = likelihood.bounds
    for _ in range(30):
        at = np.clip(best.at + 3 * se * rng.normal(size=len(se)), low, high)
        assert likelihood.value(at) <= best.value + 1e-9


@pytest.mark.parametrize(
    ("table", "asked"),
    [
        (None, {"function": "beta"}),
        (None, {"function": "step", "steps": (0.025, 0.1, 0.5)}),
        ("counselling", {"function": "beta"}),
        ("diarrhoea", {"function": "negexp", "alternative": "less"}),
    ],
)
def test_no_other_start_climbs_higher(table, asked):
    effects = smoking() if table is None else published(table)
    fit = selection_model(effects, **asked)
    likelihood = fit.found.likelihood
    low, high = likelihood.bounds
    rng = np.random.default_rng(11)
    p = likelihood.p
    for _ in range(8):
        start = np.empty(likelihood.size)
        start[:p] = rng.normal(0, 2, p)
        start[p] = rng.exponential(1.0)
        spread = rng.normal(0, 1.2, likelihood.size - p - 1)
        start[p + 1 :] = spread if likelihood.log else np.exp(1.5 * spread)
        top = climb(likelihood.height, start, low, high)
        assert top.value <= fit.found.best.value + 1e-8


def test_profile_limits_are_where_the_test_would_just_reject():
    fit = selection_model(smoking(), "step", interval="profile")
    for place, ends in ((0, fit.interval), (2, fit.parameters[1].interval)):
        likelihood = fit.found.likelihood
        for value in (ends.lower, ends.upper):
            at = (
                value / np.median(np.sqrt(fit.effects.v))
                if place == 0
                else np.log(value)
            )
            low, high = likelihood.bounds
            low[place] = high[place] = at
            start = fit.found.best.at.copy()
            start[place] = at
            held = climb(likelihood.height, start, low, high)
            gap = 2 * (fit.found.best.value - held.value)
            assert_allclose(gap, 3.841458820694124, rtol=1e-6)
    assert fit.tau2_interval.lower == 0.0


def test_a_file_is_read_as_pool_reads_it():
    rows = sy.effect_table(SMOKING, "GEN")
    assert selection_model(SMOKING).estimate == selection_model(rows).estimate
