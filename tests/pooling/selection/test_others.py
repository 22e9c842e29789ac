"""Copas, p-curve, p-uniform and worst-case bias against R."""

import mpmath as mp
import numpy as np
import pytest
from numpy.testing import assert_allclose

import golden
import synthesist as sy
from pooling.selection.tables import published, smoking
from synthesist.errors import InvalidInput, NotEstimable
from synthesist.pooling.selection.copas import copas
from synthesist.pooling.selection.p_curve import p_curve
from synthesist.pooling.selection.p_uniform import METHODS, p_uniform
from synthesist.pooling.selection.robust_mean import robust_mean
from synthesist.pooling.selection.uniform_sums import sum_probability, sum_quantile
from synthesist.pooling.selection.worst_case import worst_case

R = golden.load("selection_others")
WORST = golden.load("selection")["worst_case"]


def table(name):
    return smoking() if name == "passive_smoking" else published(name)


@pytest.mark.parametrize("gamma", R["copas"])
def test_the_copas_model_is_that_of_r(gamma):
    theirs = R["copas"][gamma]
    pair = tuple(float(part) for part in gamma.split("|"))
    (point,) = copas(smoking(), gamma=[pair]).points
    for name in ("estimate", "tau2", "rho"):
        assert_allclose(getattr(point, name), theirs[name], rtol=1e-5)
    assert_allclose(point.log_likelihood, theirs["log_likelihood"], atol=1e-9)
    assert_allclose(point.unpublished, theirs["unpublished"], rtol=1e-10)
    from synthesist.numerics.tails import chi2_upper

    gap = 2 * (theirs["with_slope"] - theirs["log_likelihood"])
    assert_allclose(point.residual_p, chi2_upper(gap, 1), atol=1e-6)


def test_copas_agrees_with_what_was_printed_of_passive_smoking():
    # Copas and Shi, BMJ 2000;320:417: 24% excess risk (13 to 36) falls to 15% when
    # only 60% of studies were included.
    fit = copas(smoking(), published=(0.4,))
    plain = 100 * (np.exp(fit.unadjusted.estimate) - 1)
    assert round(plain) == 24
    (point,) = fit.points
    assert 37 / (37 + point.unpublished) == pytest.approx(0.6, abs=0.02)
    assert round(100 * (np.exp(point.estimate) - 1)) in {15}


def test_copas_adjusts_by_its_rule():
    fit = copas(smoking())
    first = next(p for p in fit.points if p.residual_p >= 0.1)
    assert fit.adjusted == first
    assert fit.unadjusted.residual_p < 0.1
    assert any("the mildest selection on the path" in note for note in fit.notes)
    estimates = [p.estimate for p in fit.points]
    assert (np.diff(estimates) < 0).all()
    assert (np.diff([p.unpublished for p in fit.points]) > 0).all()
    ml = sy.pool(smoking(), tau2="ML")
    assert_allclose(fit.unadjusted.estimate, ml.estimate, atol=1e-8)
    assert_allclose(fit.unadjusted.tau2, ml.tau2, atol=1e-8)


def test_copas_without_asymmetry_adjusts_nothing():
    data = {
        "yi": [0.1, 0.3, 0.2, 0.1, 0.3, 0.2],
        "vi": [0.01, 0.01, 0.04, 0.2, 0.2, 0.3],
    }
    fit = copas(data)
    assert fit.adjusted is fit.unadjusted
    assert any("adjusts nothing" in note for note in fit.notes)
    assert any("fewer than ten" in note for note in fit.notes)


@pytest.mark.parametrize(
    ("asked", "error", "words"),
    [
        ({"published": (1.2,)}, InvalidInput, "not between 0"),
        ({"gamma": [(0.0, -1.0)]}, InvalidInput, "gamma1"),
        ({"alternative": "up"}, InvalidInput, "direction of publication"),
        ({"level": 95}, InvalidInput, "confidence level"),
    ],
)
def test_what_copas_cannot_use_is_said(asked, error, words):
    with pytest.raises(error, match=words):
        copas(smoking(), **asked)


def test_copas_needs_studies_of_different_precision():
    with pytest.raises(NotEstimable, match="equally precise"):
        copas({"yi": [1, 2, 3, 4.0], "vi": [1, 1, 1, 1.0]})
    with pytest.raises(NotEstimable, match="at least 4"):
        copas({"yi": [1, 2, 3.0], "vi": [1, 2, 1.0]})


@pytest.mark.parametrize("name", R["p_curve"])
def test_the_p_curve_is_that_of_r(name):
    theirs = R["p_curve"][name]
    # R's limits are those of 90 per cent.
    fit = p_curve(table(name), level=0.9)
    assert fit.significant == theirs["significant"]
    assert fit.below_half == theirs["half"]
    for ours, key in (
        (fit.skew, "skew_full"),
        (fit.skew_half, "skew_half"),
        (fit.flat, "flat_full"),
        (fit.flat_half, "flat_half"),
    ):
        assert_allclose(ours.statistic, theirs[key]["z"], rtol=1e-8)
        assert_allclose(ours.p, theirs[key]["p"], rtol=1e-8)
    assert_allclose(fit.skew_binomial, theirs["skew_binomial"], rtol=1e-10)
    assert_allclose(fit.flat_binomial, theirs["flat_binomial"], rtol=1e-8)
    assert_allclose(fit.power, theirs["power"], atol=1e-7)
    assert_allclose(fit.power_interval.upper, theirs["power_high"], atol=1e-7)
    low = theirs["power_low"]
    assert_allclose(fit.power_interval.lower, 0.05 if low is None else low, atol=1e-7)


def test_a_p_curve_tells_evidence_from_none():
    strong = {"yi": [4.0, 3.5, 5.0, 3.9, 4.4, 3.3], "sei": [1.0] * 6}
    fit = p_curve(strong)
    assert fit.evidence
    assert not fit.inadequate
    weak = {"yi": [2.0, 2.02, 1.98, 2.05, 2.1, 2.01], "sei": [1.0] * 6}
    fit = p_curve(weak)
    assert not fit.evidence
    assert fit.inadequate
    assert fit.power == pytest.approx(0.05)
    assert any("ends at the bound" in note for note in fit.notes)
    found, fitted, low = fit.shares()
    for shares in (found, fitted, low):
        assert shares.sum() == pytest.approx(1)
    assert_allclose(fitted, 0.2, atol=1e-3)


def test_a_p_curve_says_when_not_to_use_it():
    mixed = {
        "study": ["a", "a", "b", "c"],
        "yi": [4.0, -3.0, 8.0, 0.1],
        "sei": [1.0, 1, 1, 1],
    }
    notes = " ".join(p_curve(mixed).notes)
    for words in ("so few", "point the other way", "differ much", "several effects"):
        assert words in notes
    with pytest.raises(NotEstimable, match="No effect is significant"):
        p_curve({"yi": [0.1, 0.2], "sei": [1.0, 1.0]})


@pytest.mark.parametrize("name", R["p_uniform"])
def test_p_uniform_is_that_of_r(name):
    theirs = R["p_uniform"][name]
    fit = p_uniform(table(name), method="original")
    assert fit.significant == theirs["k"]
    ours = [fit.estimate, fit.interval.lower, fit.interval.upper]
    assert_allclose(
        ours, [theirs[key] for key in ("estimate", "ci_low", "ci_high")], atol=1e-9
    )
    assert_allclose(fit.test.statistic, theirs["statistic"], rtol=1e-12)
    assert_allclose(fit.test.p, theirs["p"], rtol=1e-10)


@pytest.mark.parametrize("name", R["p_uniform_star"])
def test_p_uniform_star_is_that_of_r(name):
    theirs = R["p_uniform_star"][name]
    fit = p_uniform(table(name))
    assert_allclose(fit.log_likelihood, theirs["log_likelihood"], atol=1e-9)
    ends, spread = fit.interval, fit.tau2_interval
    ours = [fit.estimate, fit.tau2, ends.lower, ends.upper, spread.lower, spread.upper]
    keys = ("estimate", "tau2", "ci_low", "ci_high", "tau2_low", "tau2_high")
    assert_allclose(ours, [theirs[key] for key in keys], atol=1e-6)
    assert_allclose(fit.test.statistic, theirs["test_effect"], atol=1e-6)
    assert_allclose(fit.tau2_test.statistic, theirs["test_tau2"], atol=1e-6)


def test_every_method_of_p_uniform_has_a_reference():
    assert METHODS.keys() == {"star", "original"}


def test_p_uniform_has_no_limit_where_results_are_only_just_significant():
    data = {"yi": [1.97, 1.965, 1.98], "sei": [1.0, 1.0, 1.0]}
    fit = p_uniform(data, method="original")
    assert fit.interval.lower == -np.inf
    assert fit.to_dict()["ci_low"] is None
    notes = " ".join(fit.notes)
    assert "without limit" in notes
    assert "3 significant studies" in notes
    assert "None" not in fit.summary()


def test_p_uniform_in_the_other_direction_is_turned():
    rows = smoking()
    for method in METHODS:
        up = p_uniform(rows, method=method)
        turned = {"yi": -rows.y, "vi": rows.v}
        down = p_uniform(turned, method=method, alternative="less")
        assert_allclose(down.estimate, -up.estimate, atol=1e-9)
        assert_allclose(down.interval.upper, -up.interval.lower, atol=1e-7)
    with pytest.raises(NotEstimable, match="favoured direction"):
        p_uniform({"yi": [3.0, 4.0], "sei": [1.0, 1.0]}, alternative="less")


@pytest.mark.parametrize(("x", "k"), [(0.3, 1), (2.0, 5), (11.7, 20), (26.5, 59)])
def test_sums_of_uniforms_are_irwin_and_halls(x, k):
    with mp.workdps(60):
        terms = [
            (-1) ** j * mp.binomial(k, j) * (mp.mpf(x) - j) ** k
            for j in range(int(x) + 1)
        ]
        truth = mp.fsum(terms) / mp.factorial(k)
    assert_allclose(sum_probability(x, k), float(truth), rtol=1e-14)
    assert_allclose(sum_probability(sum_quantile(0.025, k), k), 0.025, rtol=1e-10)


def test_many_uniforms_are_normal():
    for p, z in ((0.025, -1.959963984540054), (0.5, 0.0)):
        assert_allclose(sum_quantile(p, 60), 30 + z * 5**0.5, atol=0.005)
        assert_allclose(sum_quantile(p, 61), 30.5 + z * (61 / 12) ** 0.5, rtol=1e-12)


@pytest.mark.parametrize("case", [case for case in WORST if case.endswith("small")])
def test_the_robust_mean_is_that_of_clubsandwich_and_robumeta(case):
    name, ratio, _ = case.split("|")
    theirs = WORST[case]
    rows = sy.effect_table(golden.data("bcg"), "RR") if name == "bcg" else smoking()
    size = 3 if "threes" in name else 1
    clusters = [
        np.arange(i, min(i + size, len(rows))) for i in range(0, len(rows), size)
    ]
    sign = -1 if name == "bcg" else 1
    affirmative = sign * rows.y / np.sqrt(rows.v) > 1.959963984540054
    extra = np.where(affirmative, 1.0, float(ratio))
    w = extra / (rows.v + theirs["tau2"])
    found = robust_mean(rows.y, w, rows.v + theirs["tau2"], clusters)
    assert_allclose(found.estimate, theirs["estimate"], rtol=1e-10)
    assert_allclose(found.se, theirs["club_se"], rtol=1e-10)
    assert_allclose(found.df, theirs["club_df"], rtol=1e-9)
    # robumeta's working variances are those of sampling alone.
    plain = rows.v.copy()
    for own in clusters:
        plain[own] = plain[own].mean()
    assert_allclose(
        robust_mean(rows.y, w, plain, clusters).se, theirs["se"], rtol=1e-10
    )


def test_worst_case_bias_is_the_robust_mean_at_each_ratio():
    fit = worst_case(smoking(), ratios=(1, 5, 30))
    for point in fit.points:
        theirs = WORST[f"passive_smoking|{point.ratio:g}|small"]
        assert_allclose(point.estimate, theirs["estimate"], atol=1e-8)
        assert_allclose(point.se, theirs["club_se"], rtol=1e-6)
        assert_allclose(point.df, theirs["club_df"], rtol=1e-6)


def test_a_common_effect_has_the_closed_form():
    rows = sy.effect_table(golden.data("bcg"), "RR")
    fit = worst_case(rows, model="common", alternative="less", ratios=(1, 4))
    y, w = rows.y, 1 / rows.v
    affirmative = y / np.sqrt(rows.v) < -1.959963984540054
    for point in fit.points:
        extra = np.where(affirmative, 1.0, point.ratio)
        mean = (extra * w * y).sum() / (extra * w).sum()
        se = np.sqrt((extra**2 * w).sum()) / (extra * w).sum()
        assert_allclose([point.estimate, point.se], [mean, se], rtol=1e-12)
    plain = sy.pool(rows, tau2="CE")
    assert_allclose(fit.points[0].interval.lower, plain.interval.lower, atol=1e-10)
    # As the R package PublicationBias prints: no ratio explains it, with either model.
    assert fit.explained is None
    assert worst_case(rows, alternative="less").explained is None


def test_the_ratio_that_explains_is_where_estimate_and_limit_are_q():
    data = {
        "yi": [0.9, 0.8, 0.7, -0.2, 0.1, -0.1, 0.05],
        "sei": [0.3, 0.2, 0.3] + [0.2] * 4,
    }
    for q in (0.0, 0.1):
        for model in ("common", "robust"):
            fit = worst_case(data, q=q, model=model)
            (at,) = worst_case(data, ratios=(fit.explained,), model=model).points
            assert_allclose(at.estimate, q, atol=1e-10)
            if fit.explained_limit > 1:
                (at,) = worst_case(
                    data, ratios=(fit.explained_limit,), model=model
                ).points
                assert_allclose(at.interval.lower, q, atol=1e-9)
            assert fit.explained_limit <= fit.explained


def test_the_worst_case_is_the_limit_of_a_large_ratio():
    fit = worst_case(smoking(), ratios=(1, 1e9))
    assert_allclose(fit.points[1].estimate, fit.worst.estimate, atol=1e-8)
    assert_allclose(fit.points[1].se, fit.worst.se, rtol=1e-3)


def test_clusters_are_kept_together():
    rows = sy.effect_table(golden.data("school_calendar"), "GEN")
    alone = worst_case(rows)
    together = worst_case(rows, cluster="district")
    assert together.clusters < alone.clusters == len(rows)
    assert_allclose(
        [p.estimate for p in together.points], [p.estimate for p in alone.points]
    )
    assert together.points[0].se != pytest.approx(alone.points[0].se)


def test_worst_case_bias_says_when_not_to_use_it():
    data = {"study": ["a", "a", "b"], "yi": [3.0, 2.9, 0.1], "sei": [1.0, 1.0, 1.0]}
    notes = " ".join(worst_case(data).notes)
    for words in ("assumed, not estimated", "rests on it alone", "several effects"):
        assert words in notes
    turned = {"yi": [-3.0, -2.0, 0.1, 0.2], "sei": [1.0] * 4}
    assert any("other side" in note for note in worst_case(turned).notes)
    for asked, words in (
        ({"ratios": (0.5,)}, "below 1"),
        ({"model": "random"}, "no model"),
        ({"alternative": "both"}, "direction"),
    ):
        with pytest.raises(InvalidInput, match=words):
            worst_case(data, **asked)
    with pytest.raises(NotEstimable, match="All effects are affirmative"):
        worst_case({"yi": [3.0, 4.0], "sei": [1.0, 1.0]})
