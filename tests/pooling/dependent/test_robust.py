"""Robust covariances, their degrees of freedom, and the wild bootstrap."""

import itertools
import json

import numpy as np
import pytest
from numpy.testing import assert_allclose

import golden
import synthesist as sy
from pooling.dependent.cases import R, errors_of, fit, school, teeth
from synthesist.pooling.dependent.robust import ROBUST_KINDS, balancing


@pytest.fixture(scope="module")
def calendars():
    return sy.multilevel(school(), "district/school", "yc")


@pytest.fixture(scope="module")
def both():
    return sy.multivariate(teeth(), "outcome", "trial", covariance=errors_of("teeth"))


def test_reference_files_agree():
    plain = sy.multilevel(school(), "district/school")
    for kind in ("CR1", "CR2"):
        found = sy.robust(plain, "district", kind=kind)
        r, (mean,) = (
            golden.load("school_calendar")[f"robust/{kind}/district"],
            found.coefficients,
        )
        assert_allclose(mean.se, r["se"], rtol=1e-7)
        assert_allclose(mean.df, r["df"], rtol=1e-7)
        assert_allclose(mean.p, r["p"], rtol=1e-7)
        limits = (mean.interval.lower, mean.interval.upper)
        assert_allclose(limits, (r["ci_lb"], r["ci_ub"]), rtol=1e-6)


@pytest.mark.parametrize("kind", sorted(ROBUST_KINDS))
def test_covariances_agree_with_r(calendars, both, kind):
    for found, r, by in (
        (calendars, R["school"], "district"),
        (both, R["teeth"], "trial"),
    ):
        ours = found.robust(by, kind=kind)
        # As near as R's optimiser came to the same components.
        close = 1e-6 if by == "district" else 2e-4
        assert_allclose(
            ours.covariance, r["robust"][kind]["vcov"], rtol=close, atol=1e-12
        )


def test_satterthwaite_and_hotelling_agree_with_r(calendars, both):
    for found, r, by in (
        (calendars, R["school"], "district"),
        (both, R["teeth"], "trial"),
    ):
        ours, r = found.robust(by), r["robust"]["CR2"]
        close = 1e-6 if by == "district" else 2e-4
        assert_allclose([c.df for c in ours.coefficients], r["df"], rtol=close)
        assert_allclose([c.p for c in ours.coefficients], r["p"], rtol=10 * close)
        test = ours.contrast(list(found.names))
        assert_allclose(test.statistic, r["f"], rtol=close)
        assert_allclose(test.df_residual, r["df2"], rtol=close)
        assert_allclose(test.p, r["f_p"], rtol=10 * close)


def test_a_regression_of_independent_effects_agrees_with_r():
    found = sy.regress(school(), "yc", test="normal")
    for kind in ROBUST_KINDS:
        ours, r = (
            sy.robust(found, "district", kind=kind),
            R["school_regression"]["robust"][kind],
        )
        assert_allclose(ours.se, r["se"], rtol=1e-6)
        if kind == "CR2":
            assert_allclose([c.df for c in ours.coefficients], r["df"], rtol=1e-6)
            assert_allclose(ours.contrast(["Intercept", "yc"]).p, r["f_p"], rtol=1e-5)


def test_residuals_are_balanced_within_clusters():
    random = np.random.default_rng(1)
    M = np.array([a @ a.T + np.eye(4) for a in random.normal(size=(3, 4, 4))])
    x = random.normal(size=(3, 4, 1))
    left = M - 0.2 * x @ np.swapaxes(x, 1, 2)
    A = balancing(M, left)
    assert_allclose(A, np.swapaxes(A, 1, 2), atol=1e-12)
    assert_allclose(A @ left @ A, M, rtol=1e-9)


def test_moments_are_those_of_a_simulation(calendars):
    """The robust covariance is right on average, and scatters as its df say."""
    from dataclasses import replace

    from synthesist.pooling.dependent.robust import _exact
    from synthesist.pooling.dependent.working import working_of

    working = working_of(calendars, "district")
    every = np.arange(calendars.k)
    M = calendars.estimated.blocks(every[None])[0]
    root = np.linalg.cholesky(M)
    H = working.X @ working.phi @ working.pulled
    random = np.random.default_rng(5)
    found = []
    for _ in range(1500):
        noise = root @ random.normal(size=calendars.k)
        scores, _ = _exact(replace(working, residuals=noise - H @ noise))
        found.append((working.phi @ scores.T @ scores @ working.phi)[1, 1])
    mean, scatter = np.mean(found), np.var(found)
    assert_allclose(mean, working.phi[1, 1], rtol=5 * np.sqrt(scatter / 1500) / mean)
    df = calendars.robust("district").coefficients[1].df
    assert_allclose(2 * mean**2 / scatter, df, rtol=0.25)


def test_few_clusters_are_told(calendars):
    assert any("too few" in note for note in calendars.robust(kind="CR0").notes)
    few = sy.multilevel(
        {"yi": [0.1, 0.3, 0.2, 0.4, 0.9, 0.7], "vi": [0.1] * 6, "s": list("aabbcc"),
         "x": [1, 1, 2, 2, 3, 4]}, "s", "x",
    ).robust()  # fmt: skip
    assert any("fewer than four" in note for note in few.notes)


def test_the_answer_is_whole_in_every_form(calendars):
    found = calendars.robust()
    json.dumps(found.to_dict(), allow_nan=False)
    assert "11 clusters by district" in found.summary()
    assert found.to_frame()["name"] == ["Intercept", "yc"]
    assert found.contrast({"yc": 1}).p == pytest.approx(found.coefficients[1].p)
    wider = calendars.robust(level=0.99).coefficients[1].interval
    assert wider.upper > found.coefficients[1].interval.upper


def test_what_has_no_robust_answer_is_said(calendars):
    with pytest.raises(sy.InvalidInput, match="choose one of CR0"):
        calendars.robust(kind="CR9")
    with pytest.raises(sy.InvalidInput, match="choose a coarser cluster"):
        calendars.robust("row")
    assert calendars.robust("row", kind="CR1").clusters == 56
    with pytest.raises(sy.InvalidInput, match="coarser"):
        fit("crossed").robust("study")
    with pytest.raises(sy.InvalidInput, match="has no robust answer"):
        sy.robust("fit")
    with pytest.raises(sy.NotFound, match="no column distrct"):
        calendars.robust("distrct")
    small = {
        "yi": [0.1, 0.3, 0.2, 0.4, 0.3],
        "vi": [0.1] * 5,
        "s": list("aabbb"),
        "x": [1, 2, 3, 5, 6],
        "z": [1, 0, 1, 1, 0],
    }
    two = sy.multilevel(small, "s", "x + z").robust(kind="CR0")
    with pytest.raises(sy.NotEstimable, match="2 clusters cannot test these 3"):
        two.contrast(["Intercept", "x", "z"])


def brute_force(found, C, signs):
    """Compute the robust Wald statistic of one set of signs, with whole matrices."""
    working = found.estimated
    every = np.arange(found.k)
    W = np.linalg.inv(working.blocks(every[None])[0])
    X, y = working.model.X, working.model.y
    phi = np.linalg.inv(X.T @ W @ X)
    beta = phi @ X.T @ W @ y
    null = beta - phi @ C.T @ np.linalg.solve(C @ phi @ C.T, C @ beta)
    codes = working.model.terms[0].outer
    new = X @ null + signs[codes] * (y - X @ null)
    again = phi @ X.T @ W @ new
    e = new - X @ again
    half = W @ X
    meat = sum(
        np.outer(s, s)
        for s in (half[codes == j].T @ e[codes == j] for j in range(len(signs)))
    )
    value = C @ again
    return value @ np.linalg.solve(C @ phi @ meat @ phi @ C.T, value)


def test_the_wild_bootstrap_is_what_it_says(calendars):
    C = np.array([[0.0, 1.0]])
    found = calendars.wild_bootstrap(["yc"])
    signs = [
        np.array([1.0, *rest]) for rest in itertools.product([1.0, -1.0], repeat=10)
    ]
    statistics = np.array([brute_force(calendars, C, s) for s in signs])
    assert found.exact
    assert found.draws == 1024
    assert_allclose(found.statistic, statistics[0], rtol=1e-8)
    assert_allclose(
        found.p, np.mean(statistics >= statistics[0] * (1 - 1e-9)), atol=1e-12
    )


def test_random_signs_approach_all_signs(calendars):
    whole = calendars.wild_bootstrap(["Intercept", "yc"])
    drawn = calendars.wild_bootstrap(["Intercept", "yc"], draws=500, seed=3)
    assert not drawn.exact
    assert abs(whole.p - drawn.p) < 4 * np.sqrt(whole.p * (1 - whole.p) / 500)
    assert drawn == calendars.wild_bootstrap(["Intercept", "yc"], draws=500, seed=3)
    json.dumps(drawn.to_dict(), allow_nan=False)
    assert "501 random signs" in drawn.summary()


def test_few_signs_make_a_coarse_p(both):
    found = both.wild_bootstrap(["outcome[AL]"], "trial")
    assert found.draws == 16
    assert "coarse" in found.summary()
    with pytest.raises(sy.NotEstimable, match="follow from others"):
        both.wild_bootstrap([[1, 0], [2, 0]], "trial")
