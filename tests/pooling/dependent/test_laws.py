"""Laws of models with dependent effects."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

import synthesist as sy
from synthesist.pooling.dependent.blocks import stack_blocks
from synthesist.pooling.dependent.estimate import estimate, posed
from synthesist.pooling.dependent.layout import choose_layout
from synthesist.pooling.dependent.likelihood import pose, spread_of
from synthesist.pooling.dependent.low_rank import LowRank, low_rank
from synthesist.pooling.dependent.sampling import SamplingCovariance
from synthesist.pooling.dependent.structures import STRUCTURES
from synthesist.pooling.dependent.terms import components
from synthesist.pooling.dependent.tree import Tree

FEW = settings(max_examples=10, deadline=None)


@st.composite
def grouped(draw, least=4):
    """Draw effects in groups, with a moderator."""
    seed = draw(st.integers(0, 10_000))
    random = np.random.default_rng(seed)
    groups = draw(st.integers(least, 7))
    counts = draw(st.lists(st.integers(1, 5), min_size=groups, max_size=groups))
    codes = np.repeat(np.arange(groups), counts)
    n = len(codes)
    between, within = draw(
        st.sampled_from([(0.0, 0.0), (0.5, 0.1), (0.1, 0.5), (1, 0)])
    )
    v = random.uniform(0.02, 0.3, n)
    x = random.normal(size=n)
    y = 0.3 + 0.2 * x + between * random.normal(size=groups)[codes]
    y += within * random.normal(size=n) + random.normal(size=n) * np.sqrt(v)
    return {
        "yi": y.tolist(),
        "vi": v.tolist(),
        "x": x.tolist(),
        "study": [f"s{c}" for c in codes],
        "lab": [f"l{c}" for c in random.integers(0, 3, n)],
        "kind": [("p", "q", "r")[i % 3] for i in range(n)],
        "time": random.permutation(n).astype(float).tolist(),
    }


def same(a, b, rtol=1e-5, atol=1e-6):
    assert_allclose(a.log_likelihood, b.log_likelihood, rtol=1e-9, atol=1e-8)
    assert_allclose(a.estimate, b.estimate, rtol=rtol, atol=atol)
    assert_allclose(a.se, b.se, rtol=rtol, atol=atol)


@FEW
@given(grouped(), st.sampled_from(["REML", "ML"]))
def test_one_row_a_cluster_makes_three_levels_two(data, method):
    data = {**data, "study": [f"s{i}" for i in range(len(data["yi"]))]}
    three = sy.multilevel(data, "study/row", "x", method=method, test="normal")
    two = sy.regress(data, "x", tau2=method, test="normal")
    assert_allclose(three.estimate, two.estimate, rtol=1e-6, atol=1e-8)
    assert_allclose(three.se, two.se, rtol=1e-6)
    assert_allclose(three.component("study/row"), two.tau2, rtol=1e-5, atol=1e-8)
    assert_allclose(three.q, two.q, rtol=1e-9)
    criteria = two.criteria if method == "ML" else two.restricted_criteria
    assert_allclose(three.log_likelihood, criteria.log_likelihood, rtol=1e-9, atol=1e-9)
    assert any("cannot be told apart" in note for note in three.notes)


@FEW
@given(grouped())
def test_outcomes_with_nothing_in_common_are_pooled_apart(data):
    found = sy.multivariate(data, "kind", "study", "DIAG", test="normal")
    for i, kind in enumerate(sorted(set(data["kind"]))):
        rows = [j for j, k in enumerate(data["kind"]) if k == kind]
        # Rows of one kind in one study share an effect; keep studies where they do not.
        studies = [data["study"][j] for j in rows]
        if len(set(studies)) < len(studies) or len(rows) < 3:
            continue
        alone = sy.regress(
            {k: [data[k][j] for j in rows] for k in ("yi", "vi")}, "~ 1", test="normal"
        )
        assert_allclose(found.estimate[i], alone.estimate[0], rtol=1e-5, atol=1e-6)
        assert_allclose(found.se[i], alone.se[0], rtol=1e-5)
        assert_allclose(
            found.component("kind | study", kind), alone.tau2, rtol=1e-4, atol=1e-6
        )


@FEW
@given(grouped(), st.randoms(use_true_random=False))
def test_the_order_of_rows_is_irrelevant(data, random):
    order = list(range(len(data["yi"])))
    random.shuffle(order)
    shuffled = {name: [column[i] for i in order] for name, column in data.items()}
    same(
        sy.multilevel(data, "study/row", "x"), sy.multilevel(shuffled, "study/row", "x")
    )


@FEW
@given(grouped(), st.floats(0.01, 100), st.floats(-5, 5))
def test_units_and_shifts_go_through(data, scale, shift):
    before = sy.multilevel(data, "study/row", "x")
    y = [scale * (value + shift) for value in data["yi"]]
    v = [scale**2 * value for value in data["vi"]]
    after = sy.multilevel({**data, "yi": y, "vi": v}, "study/row", "x")
    expected = scale * (before.estimate + np.array([shift, 0]))
    assert_allclose(after.estimate, expected, rtol=1e-5, atol=1e-5 * scale)
    assert_allclose(after.se, scale * before.se, rtol=1e-5)
    for ours, theirs in zip(after.components, before.components, strict=True):
        assert_allclose(
            ours.value, scale**2 * theirs.value, rtol=1e-4, atol=1e-6 * scale**2
        )


@FEW
@given(grouped())
def test_no_components_are_more_likely(data):
    found = sy.multilevel(data, "study/row", "x").estimated
    problem, best = found.problem, found.best.value
    grid = np.concatenate([[0.0], np.geomspace(1e-4, 20, 25)])
    heights = [problem.at(np.array([a, b])).log_likelihood for a in grid for b in grid]
    assert max(heights) <= best + 1e-9


@settings(max_examples=5, deadline=None)
@given(grouped())
def test_two_levels_in_any_structure_are_one_likelihood(data):
    """With two inner levels UN, HCS and HAR are one model, and so are CS and AR."""
    two = {**data, "kind": [("p", "q")[i % 2] for i in range(len(data["yi"]))]}
    heights = {}
    for code in ("UN", "HCS", "HAR", "CS", "AR"):
        try:
            heights[code] = sy.multivariate(two, "kind", "study", code).log_likelihood
        except sy.NotEstimable:
            return
    assert_allclose([heights["HCS"], heights["HAR"]], heights["UN"], atol=1e-7)
    assert_allclose(heights["AR"], heights["CS"], atol=1e-7)
    assert heights["UN"] >= heights["CS"] - 1e-8


def test_a_saddle_at_zero_is_left():
    """Without variances correlations say nothing, and no gradient leads away."""
    two = {
        "yi": [0.210668, 0.040333, -0.677822, -0.092806, 0.106341, -0.271472],
        "vi": [0.23949, 0.028927, 0.251128, 0.13725, 0.220058, 0.29253],
        "study": ["s0", "s1", "s1", "s2", "s2", "s3"],
        "kind": list("pqpqpq"),
    }
    heights = [
        sy.multivariate(two, "kind", "study", code).log_likelihood
        for code in ("UN", "HCS", "HAR", "CS", "DIAG")
    ]
    assert_allclose(heights[:3], -1.358575, atol=1e-4)
    assert_allclose(heights[:3], heights[0], atol=1e-7)
    assert max(heights[3:]) < heights[0]


def test_deviations_of_zero_do_not_keep_the_wrong_correlations():
    three = {
        "yi": [0.192, 0.161, -0.319, 0.613, 0.51, 0.278, 0.401, 0.259, -0.137, 0.427,
               0.917, 0.278, 0.382, 0.647],
        "vi": [0.077, 0.078, 0.103, 0.294, 0.05, 0.281, 0.065, 0.071, 0.145, 0.197,
               0.192, 0.114, 0.05, 0.125],
        "study": list("00112233344444"),
        "kind": list("pqrpqrpqrpqrpq"),
    }  # fmt: skip
    whole = sy.multivariate(three, "kind", "study", "UN")
    part = sy.multivariate(three, "kind", "study", "HCS")
    assert_allclose(part.log_likelihood, -1.012802, atol=1e-5)
    assert whole.log_likelihood >= part.log_likelihood - 1e-6


@pytest.mark.parametrize("seed", [21, 22])
def test_correlations_at_their_ends_have_an_answer(seed):
    random = np.random.default_rng(seed)
    codes = np.repeat(np.arange(4), [4, 2, 4, 3])
    v = random.uniform(1, 9, 13)
    three = {
        "yi": (0.3 + random.normal(size=13) * np.sqrt(v)).tolist(),
        "vi": v.tolist(),
        "study": [f"s{i}" for i in codes],
        "kind": [("p", "q", "r")[i % 3] for i in range(13)],
    }
    best = sy.multivariate(three, "kind", "study", "UN")
    for code in ("HCS", "HAR", "CS", "AR", "DIAG", "ID"):
        lower = sy.multivariate(three, "kind", "study", code)
        assert lower.log_likelihood <= best.log_likelihood + 1e-6


def model_of(data, levels, within=(), covariance=None):
    from synthesist.pooling.dependent.model import assemble
    from synthesist.pooling.pool import as_effects
    from synthesist.pooling.regression.design import read_formula

    return assemble(
        as_effects(data), read_formula("x"), levels=levels, within=within,
        covariance=covariance, cluster="study", correlations={},
    )  # fmt: skip


def whole(problem, theta):
    """Return the log-likelihood and its gradient from whole matrices."""
    n = len(problem.y)
    solved = problem.layout.at(problem.split(theta))
    M = solved.blocks(np.arange(n)[None])[0]
    W = np.linalg.inv(M)
    Q, y = problem.Q, problem.y
    A = Q @ W @ Q.T
    P = W - W @ Q.T @ np.linalg.solve(A, Q @ W)
    value = -0.5 * (
        np.linalg.slogdet(M)[1] + np.linalg.slogdet(A)[1] + y @ P @ y
        + (n - len(Q)) * np.log(2 * np.pi)
    )  # fmt: skip
    slopes = []
    for i in range(len(theta)):
        M_i = solved.moved(i, np.eye(n))
        slopes.append(0.5 * (y @ P @ M_i @ P @ y - np.trace(P @ M_i)))
    return value, np.array(slopes)


@FEW
@given(grouped(), st.sampled_from(["tree", "blocks", "low rank"]), st.integers(0, 100))
def test_every_layout_is_the_likelihood_of_whole_matrices(data, kind, seed):
    levels = "study/row" if kind == "tree" else ["study", "lab", "row"]
    model = model_of(data, levels)
    unit = spread_of(model.y, model.X, model.v)
    V = SamplingCovariance(model.V.v / unit**2, model.V.cluster, {})
    if kind == "low rank":
        own = tuple(i for i, t in enumerate(model.terms) if t.single)
        shared = tuple(i for i, t in enumerate(model.terms) if not t.single)
        base = stack_blocks(tuple(model.terms[i] for i in own), V, np.arange(len(V)))
        layout = low_rank(model.terms, base, own, shared)
        assert isinstance(layout, LowRank)
    else:
        layout = choose_layout(model.terms, V)
        assert isinstance(layout, Tree) == (kind == "tree")
    problem = pose(model.y, model.X, model.v, layout, restricted=True)
    theta = np.random.default_rng(seed).uniform(0, 1, len(problem.parameters))
    height, (value, slopes) = problem.height(theta), whole(problem, theta)
    assert_allclose(height.value, value, rtol=1e-10, atol=1e-9)
    assert_allclose(height.gradient, slopes, rtol=1e-7, atol=1e-8)


@FEW
@given(grouped(least=5), st.sampled_from(sorted(STRUCTURES)), st.integers(0, 100))
def test_every_structure_has_its_derivatives(data, code, seed):
    inner = "time" if code == "CAR" else "kind"
    try:
        problem = posed(
            model_of(data, (), ((inner, "study", code),), 0.3), restricted=True
        )
    except sy.NotEstimable:
        return
    random = np.random.default_rng(seed)
    low = np.maximum(problem.low, -0.45)
    theta = low + random.uniform(0.1, 0.9, len(low)) * (
        np.minimum(problem.high, 0.95) - low
    )
    gradient, step = problem.height(theta).gradient, 1e-6
    for i in range(len(theta)):
        up, down = theta.copy(), theta.copy()
        up[i] += step
        down[i] -= step
        slope = (problem.height(up).value - problem.height(down).value) / (2 * step)
        assert_allclose(gradient[i], slope, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("seed", range(3))
def test_the_overall_correlation_has_its_derivatives(seed):
    random = np.random.default_rng(seed)
    two = {
        "yi": random.normal(size=9).tolist(),
        "vi": random.uniform(0.1, 0.9, 9).tolist(),
        "x": random.normal(size=9).tolist(),
        "study": list("aabbccdde"),
        "kind": list("pqpqqppqq"),
    }
    within = (("kind", "study", "UN"),)
    problem = posed(model_of(two, (), within, "unknown"), restricted=True)
    theta, step = np.array([0.4, 0.7, 0.3]), 1e-6
    gradient = problem.height(theta).gradient
    for i in range(3):
        up, down = theta.copy(), theta.copy()
        up[i] += step
        down[i] -= step
        slope = (problem.height(up).value - problem.height(down).value) / (2 * step)
        assert_allclose(gradient[i], slope, rtol=1e-5, atol=1e-6)


@FEW
@given(grouped())
def test_a_correlation_of_errors_of_zero_is_none(data):
    none = sy.multilevel(data, "study/row", "x")
    zero = sy.multilevel(data, "study/row", "x", covariance=0.0)
    # Another way to the same likelihood: blocks instead of a tree.
    same(none, zero)
    for a, b in zip(none.components, zero.components, strict=True):
        assert_allclose(a.value, b.value, rtol=1e-4, atol=1e-6)


@FEW
@given(grouped())
def test_a_known_correlation_that_is_none_is_plain(data):
    names = sorted(set(data["lab"]))
    plain = sy.multilevel(data, ["lab", "row"], "x")
    known = sy.multilevel(
        data, ["lab", "row"], "x", correlations={"lab": (names, np.eye(len(names)))}
    )
    same(plain, known)


def test_a_second_maximum_is_told_and_the_higher_one_used():
    """The variance may lie between studies or between rows, hardly less likely."""
    data = {
        "yi": [1.48, -1.2, 0.77, 2.04, 0.45, -0.51, -0.94, -1.75],
        "vi": [4.0, 4.0, 0.02, 4.0, 0.005, 4.0, 1.0, 1.0],
        "study": list("aaabcccd"),
    }
    found = sy.multilevel(data, "study/row")
    (note,) = [note for note in found.notes if "another maximum" in note]
    assert "0.092 below" in note
    assert found.component("study") == 0
    problem = found.estimated.problem
    grid = np.concatenate([[0.0], np.geomspace(1e-4, 100, 60)])
    heights = np.array(
        [[problem.at(np.array([a, b])).log_likelihood for b in grid] for a in grid]
    )
    assert heights.max() <= found.estimated.best.value + 1e-9
    # The other one, without variance between rows, is higher than all around it.
    i = heights[:, 0].argmax()
    assert i > 1
    assert heights[i, 0] > heights[i - 1 : i + 2, 1].max()
    assert_allclose(heights[i, 0], found.estimated.best.value - 0.0924, atol=0.01)


@pytest.mark.parametrize("name", ["REML", "ML"])
def test_a_model_without_groups_is_a_common_effect(name):
    data = {"yi": [0.1, 0.4, 0.3, 0.2], "vi": [0.1, 0.2, 0.05, 0.1], "x": [1, 2, 3, 5]}
    found = sy.multilevel(data, (), "x", method=name, test="normal")
    same_as = sy.regress(data, "x", tau2="CE")
    assert_allclose(found.estimate, same_as.estimate)
    assert_allclose(found.se, same_as.se)
    assert found.components == ()


def test_blocks_are_chains_of_groups():
    codes = [np.array([0, 0, 1, 2, 3]), np.array([0, 1, 1, 2, 3])]
    assert components(codes, 5).tolist() == [0, 0, 0, 1, 2]


def test_a_fit_can_begin_where_another_ended():
    model = model_of(
        {"yi": [0.1, 0.5, 0.4, 0.9, 0.2, 0.3], "vi": [0.05] * 6, "x": [1, 2, 3, 4, 5, 7],
         "study": list("aabbcc")}, "study/row",
    )  # fmt: skip
    cold = estimate(model, restricted=True)
    warm = estimate(model, restricted=True, start=np.array([0.1, 0.1]))
    assert_allclose(warm.best.value, cold.best.value, atol=1e-10)
