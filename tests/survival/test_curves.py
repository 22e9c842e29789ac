"""Kaplan-Meier, Nelson-Aalen and restricted means against R; their laws."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

import golden
from strategies import patients
from synthesist.errors import InvalidInput, NotEstimable
from synthesist.survival import (
    CURVE_INTERVALS,
    kaplan_meier,
    rmst,
    survival_data,
)
from synthesist.survival.curves import round_times
from synthesist.survival.rmst import restricted_mean, rmst_over

R = golden.load("survival")
TIGHT = 1e-10
AT = [0, 3, 10, 10.5, 20, 30]


def as_float(values):
    return np.array([np.nan if v is None else v for v in values], dtype=float)


@pytest.mark.parametrize("shape", ["right", "late"])
@pytest.mark.parametrize("interval", CURVE_INTERVALS)
def test_curves_with_intervals_and_quantiles(made_up, shape, interval):
    g = R[f"km/{shape}/{interval}"]
    curves = kaplan_meier(made_up(late=shape == "late"), interval=interval).curves
    found = [curve.at(AT) for curve in curves]
    for ours, theirs in (
        ("survival", "survival"),
        ("se", "se"),
        ("lower", "lower"),
        ("upper", "upper"),
        ("at_risk", "n_risk"),
    ):
        values = np.concatenate([f[ours] for f in found])
        assert_allclose(values, as_float(g[theirs]), rtol=TIGHT, atol=1e-12)
    shares = (0.25, 0.5, 0.75)
    for arm, curve in enumerate(curves):
        for i, share in enumerate(shares):
            at, limits = curve.quantile(share)
            expected = [
                g["quantiles"][k][arm][i] for k in ("quantile", "lower", "upper")
            ]
            ours = [at, limits and limits.lower, limits and limits.upper]
            assert [None if v == np.inf else v for v in ours] == expected


@pytest.mark.parametrize("shape", ["right", "late"])
def test_cumulative_hazards(made_up, shape):
    g = R[f"km/{shape}/log"]
    curves = kaplan_meier(made_up(late=shape == "late")).curves
    hazard, se = [], []
    for curve in curves:
        place = np.searchsorted(curve.time, AT, side="right")
        hazard.extend(np.concatenate([[0], curve.hazard])[place])
        se.extend(np.concatenate([[0], curve.hazard_se])[place])
    assert_allclose(hazard, g["cumhaz"], rtol=TIGHT)
    assert_allclose(se, g["cumhaz_se"], rtol=TIGHT)


def test_follow_up_by_the_reversed_curve(made_up):
    rows = kaplan_meier(made_up(), reverse=True).medians()
    g = R["reverse"]
    assert [row["median"] for row in rows] == g["median"]
    assert [row["ci_low"] for row in rows] == g["lower"]
    assert [row["ci_high"] for row in rows] == g["upper"]


def test_restricted_means(made_up):
    found = rmst(made_up(), 24)
    assert_allclose(found.estimates, R["rmst_24"]["rmst"], rtol=TIGHT)
    assert_allclose(found.ses, R["rmst_24"]["se"], rtol=TIGHT)
    assert_allclose(np.add(found.estimates, found.lost), 24)
    assert_allclose(found.difference_se, np.hypot(*R["rmst_24"]["se"]), rtol=TIGHT)
    assert found.to_dict()["ratio"] == pytest.approx(
        R["rmst_24"]["rmst"][1] / R["rmst_24"]["rmst"][0]
    )
    assert "difference" in found.summary()
    assert found.to_frame()["what"] == ["control", "treated", "difference"]


@pytest.mark.parametrize("endpoint", ["disease_free_survival", "overall_survival"])
def test_gastric(gastric, endpoint):
    read, expected = gastric
    data, g = read(endpoint), expected[endpoint]["kaplan_meier"]
    for interval, name in (("log", "log"), ("log-log", "loglog")):
        curves = kaplan_meier(data, interval=interval).curves
        found = [c.at([365, 730, 1095, 1825, 2555]) for c in curves]
        for ours, theirs in (
            ("survival", "survival"),
            ("se", "se"),
            ("at_risk", "n_risk"),
            ("lower", f"lower_{name}"),
            ("upper", f"upper_{name}"),
        ):
            values = np.concatenate([f[ours] for f in found])
            assert_allclose(values, g[theirs], rtol=1e-8)
    assert [c.quantile()[0] for c in curves] == g["median"]
    found = rmst(data, 1825)
    assert_allclose(found.estimates, expected[endpoint]["rmst_1825"]["rmst"], rtol=1e-8)
    assert_allclose(found.ses, expected[endpoint]["rmst_1825"]["se"], rtol=1e-8)


def test_the_spread_of_a_mean_is_not_its_error():
    # Without censoring before the horizon the restricted mean is a mean of
    # min(T, tau), and its variance the sample variance over n, with divisor n.
    times = np.array([2.0, 3.0, 5.0, 5.5, 9.0, 11.0, 14.0])
    data = survival_data({"t": times, "e": np.ones(7)}, time="t", event="e")
    mean, variance = restricted_mean(kaplan_meier(data).curves[0], 10.0)
    cut = np.minimum(times, 10)
    assert_allclose(mean, cut.mean())
    assert_allclose(variance, cut.var() / 7)


def test_a_horizon_beyond_follow_up_is_refused(made_up):
    with pytest.raises(NotEstimable, match="ends before the horizon 100"):
        rmst(made_up(), 100)
    curves = kaplan_meier(made_up()).curves
    means, variances = rmst_over(curves, [10, 20, 100])
    assert np.isfinite(means[:, :2]).all()
    assert np.isnan(means[:, 2]).all()
    assert np.isnan(variances[:, 2]).all()
    assert rmst(made_up()).tau == min(curve.last for curve in curves)


def test_groups_by_category_trial_and_both(made_up):
    data = made_up()
    assert [c.label for c in kaplan_meier(data, "stage").curves] == ["I", "II", "III"]
    assert len(kaplan_meier(data, ("trial", "treated")).curves) == 6
    assert len(kaplan_meier(data, None).curves) == 1
    with pytest.raises(InvalidInput, match="values: too many"):
        kaplan_meier(data, "biomarker")
    with pytest.raises(InvalidInput, match="no interval arcsine"):
        kaplan_meier(data, interval="arcsine")
    with pytest.raises(InvalidInput, match="level"):
        kaplan_meier(data, level=0)
    curves = kaplan_meier(data)
    assert curves["treated"].n == 97
    with pytest.raises(KeyError):
        curves["somebody"]
    assert curves.to_frame([5, 10])["time"] == [5, 10, 5, 10]
    assert "median 11" in curves.summary()


def test_after_the_last_time_nothing_is_known(made_up):
    curve = kaplan_meier(made_up()).curves[0]
    assert np.isnan(curve.at([1000])["survival"]).all()
    dead = survival_data({"t": [1.0, 2], "e": [1, 1]}, time="t", event="e")
    assert kaplan_meier(dead).curves[0].at([5])["survival"] == 0


def test_round_times():
    assert round_times(9.7).tolist() == [0, 2, 4, 6, 8]
    assert round_times(60).tolist() == [0, 10, 20, 30, 40, 50, 60]
    assert round_times(0.31)[-1] == pytest.approx(0.3)


def read(columns, **more):
    return survival_data(
        columns, time="time", event="event", treated="treated", trial="trial", **more
    )


@given(patients())
def test_a_survival_curve_never_rises_and_stays_in_its_band(columns):
    for interval in CURVE_INTERVALS:
        for curve in kaplan_meier(read(columns), interval=interval).curves:
            assert (np.diff(curve.survival) <= 0).all()
            assert ((curve.survival >= 0) & (curve.survival <= 1)).all()
            low, high = curve.band()
            live = curve.survival > 0
            assert (low[live] <= curve.survival[live] + 1e-12).all()
            assert (high[live] >= curve.survival[live] - 1e-12).all()


@given(patients(), st.floats(1, 40))
def test_area_under_and_over_the_curve_is_the_horizon(columns, tau):
    found = rmst(read(columns), tau)
    assert_allclose(np.add(found.estimates, found.lost), tau)
    assert 0 <= min(found.estimates) <= max(found.estimates) <= tau + 1e-9
    assert min(found.ses) >= 0


@settings(max_examples=30)
@given(patients(), st.integers(2, 3))
def test_weights_are_copies(columns, weight):
    n = len(columns["time"])
    weights = [weight if i % 2 else 1 for i in range(n)]
    copies = {
        name: [v for v, w in zip(values, weights, strict=True) for _ in range(w)]
        for name, values in columns.items()
    }
    weighted = kaplan_meier(read(dict(columns, w=weights), weights="w")).curves
    for a, b in zip(weighted, kaplan_meier(read(copies)).curves, strict=True):
        assert_allclose(a.time, b.time)
        assert_allclose(a.survival, b.survival, atol=1e-12)
        live = b.survival > 0
        assert_allclose(a.spread[live], b.spread[live], rtol=1e-9)


@settings(max_examples=30)
@given(patients())
def test_trials_merged_are_one_trial(columns):
    merged = dict(columns, trial=["one"] * len(columns["trial"]))
    for a, b in zip(
        kaplan_meier(read(columns)).curves,
        kaplan_meier(read(merged)).curves,
        strict=True,
    ):
        assert_allclose(a.survival, b.survival, rtol=1e-12)
        assert_allclose(a.time, b.time)


def test_times_with_decimals_are_kept_to_the_last_bit():
    times = [0.1, 0.3, 0.7, 1.1, 1.3]
    data = survival_data(
        {"t": times, "e": [1, 0, 1, 1, 0], "trial": list("ABABA")},
        time="t",
        event="e",
        trial="trial",
    )
    curve = kaplan_meier(data).curves[0]
    assert curve.time.tolist() == [0.1, 0.7, 1.1]
    assert curve.count_at_risk(np.array(times)).tolist() == [5, 4, 3, 2, 1]
    assert curve.at(times)["censored"].tolist() == [0, 1, 1, 1, 2]
