"""What clusters do, and what groups are."""

import json

import numpy as np
import pytest
from numpy.testing import assert_allclose

import synthesist as sy
from pooling.dependent.cases import R, errors_of, fit, school, teeth


def test_leaving_out_clusters_agrees_with_r():
    found = sy.multilevel(school(), "district/school", "yc")
    ours, r = found.influence("district"), R["school"]["cluster"]
    place = [r["order"].index(float(name)) for name in ours.cluster]
    # R sorts the clusters for residuals, not for the other two.
    assert_allclose(ours.residual, np.array(r["residual"])[place], rtol=1e-4)
    assert_allclose(ours.cook, r["cook"], rtol=1e-3)
    theirs = np.column_stack(list(r["dfbetas"].values()))
    assert_allclose(ours.dfbetas, theirs, rtol=1e-3, atol=1e-5)
    hat = np.array(r["hat"])
    codes = found.estimated.model.terms[0].outer
    assert_allclose(ours.leverage, np.bincount(codes, weights=hat), rtol=1e-6)
    assert_allclose(ours.leverage.sum(), 2)


def test_leaving_out_trials_of_two_outcomes_agrees_with_r():
    found = sy.multivariate(teeth(), "outcome", "trial", covariance=errors_of("teeth"))
    ours, r = found.influence(), R["teeth"]["cluster"]
    assert_allclose(ours.cook, r["cook"], rtol=0.02)
    assert_allclose(ours.residual, r["residual"], rtol=0.02)


def test_without_a_cluster_the_model_is_that_of_the_others():
    found = sy.multilevel(school(), "district/school", "yc")
    ours = found.influence()
    assert ours.by == "district"
    rest = school().select(np.array(school().column("district")) != 71)
    alone = sy.multilevel(rest, "district/school", "yc")
    i = list(ours.cluster).index("71")
    assert_allclose(ours.estimate[i], alone.estimate, rtol=1e-6)
    assert_allclose(ours.components[i], [c.value for c in alone.components], rtol=1e-5)
    json.dumps(ours.to_dict(), allow_nan=False)
    assert len(ours.to_frame()["cook"]) == 11
    assert ours.summary().startswith("27")


def test_rows_can_be_left_out_one_by_one():
    found = fit("study/row").influence("row")
    assert found.by == "row"
    assert len(found.cluster) == 50
    assert (found.rows == 1).all()


def test_schools_are_those_of_their_district():
    # School 1 of one district is not school 1 of another.
    found = sy.multilevel(school(), "district/school", "yc")
    ours = found.influence("school")
    assert ours.by == "district/school"
    assert len(ours.cluster) == 56
    assert (ours.rows == 1).all()
    assert ours.cluster == found.influence("district/school").cluster
    # A path need not be a level of the model.
    plain = sy.multilevel(school(), "district", "yc")
    assert len(plain.influence("district/school").cluster) == 56
    rows = plain.influence("row")
    assert_allclose(
        np.sort(rows.cook), np.sort(plain.influence("district/school").cook)
    )
    assert found.robust("district").clusters == 11
    assert plain.robust("district/school", kind="CR1").clusters == 56


def test_a_cluster_that_alone_tells_something_is_named():
    data = {
        "yi": [0.1, 0.3, 0.2, 0.5, 0.4, 0.6, 0.2, 0.3],
        "vi": [0.1] * 8,
        "s": list("aabbccdd"),
        "x": [0, 0, 0, 0, 0, 0, 0, 1],
    }
    found = sy.multilevel(data, "s", "x").influence()
    assert np.isnan(found.cook[3])
    assert "Without d" in found.notes[0]


@pytest.mark.parametrize(
    "name", ["study/row", "crossed", "correlated errors", "kind|UN"]
)
def test_group_effects_are_what_whole_matrices_give(name):
    found = fit(name)
    estimated = found.estimated
    n = found.k
    M = estimated.blocks(np.arange(n)[None])[0]
    X = estimated.model.X
    W = np.linalg.inv(M)
    P = W - W @ X @ np.linalg.inv(X.T @ W @ X) @ X.T @ W
    for t, (term, T) in enumerate(
        zip(estimated.model.terms, estimated.matrices, strict=True)
    ):
        m = term.shape.size
        Z = np.zeros((n, len(term.groups) * m))
        Z[np.arange(n), term.outer * m + term.inner] = 1
        G = np.kron(np.eye(len(term.groups)), T)
        expected = G @ Z.T @ P @ estimated.model.y
        spread = G - G @ Z.T @ P @ Z @ G
        effects = found.group_effects()[t]
        place = np.unique(term.outer * m + term.inner)
        assert_allclose(effects.estimate, expected[place], rtol=1e-7, atol=1e-10)
        assert_allclose(effects.se**2, np.diag(spread)[place], rtol=1e-6, atol=1e-10)
