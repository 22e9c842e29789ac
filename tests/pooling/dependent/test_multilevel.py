"""Effects that share a district, a school or a trial, against R's rma.mv."""

import csv
import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

import golden
import synthesist as sy
from synthesist.pooling.dependent import multilevel, multivariate


def expected(name, key):
    path = golden.data(name).parents[1] / "expected" / f"{name}.json"
    return json.loads(path.read_text("utf-8"))[key]


def test_schools_within_districts_agree_with_r():
    data = str(golden.data("school_calendar"))
    found = multilevel(data, "district/school", test="normal").to_dict()
    want = expected("school_calendar", "multilevel/REML")
    (mean,) = found["coefficients"]
    assert_allclose(mean["estimate"], want["estimate"], rtol=1e-7)
    assert_allclose(mean["se"], want["se"], rtol=1e-7)
    assert_allclose(mean["ci_high"], want["ci_ub"], rtol=1e-7)
    assert_allclose(found["q"], want["q"], rtol=1e-8)
    variances = [component["value"] for component in found["components"]]
    assert_allclose(variances, want["sigma2"], rtol=1e-6)
    assert_allclose(
        found["restricted_criteria"]["log_likelihood"], want["loglik"], rtol=1e-8
    )


@pytest.mark.parametrize("method", ["REML", "ML"])
def test_two_outcomes_of_a_trial_agree_with_r(method):
    with golden.data("periodontal").open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    n = len(rows)
    v = np.zeros((n, n))
    for start in range(0, n, 2):
        for i in range(2):
            pair = [float(rows[start + i][name]) for name in ("v1i", "v2i")]
            v[start + i, start : start + 2] = pair
    data = {name: [row[name] for row in rows] for name in ("trial", "outcome")}
    data |= {name: [float(row[name]) for row in rows] for name in ("yi", "vi")}
    found = multivariate(
        data, "outcome", "trial", "UN", "~ outcome - 1", covariance=v, method=method
    ).to_dict()
    want = expected("periodontal", f"multivariate/UN/{method}")
    means = {c["name"]: c["estimate"] for c in found["coefficients"]}
    assert_allclose(sorted(means.values()), sorted(want["estimate"]), rtol=1e-5)


@given(st.integers(0, 10_000))
def test_one_effect_a_group_is_the_model_of_two_levels(seed):
    draw = np.random.default_rng(seed)
    k = int(draw.integers(4, 15))
    v = draw.uniform(0.05, 0.5, k)
    y = draw.normal(0.3, np.sqrt(v + 0.2))
    data = {"yi": y, "vi": v, "study": [f"s{i}" for i in range(k)]}
    found = multilevel(data, "study", test="normal").to_dict()
    two = sy.pool(data, tau2="REML", interval="normal")
    assert_allclose(found["components"][0]["value"], two.tau2, atol=1e-6)
    assert_allclose(found["coefficients"][0]["estimate"], two.estimate, atol=1e-6)
