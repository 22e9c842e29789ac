"""What a model with dependent effects is given, and what is wrong with it."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

import synthesist as sy
from pooling.dependent.cases import errors_of, teeth
from synthesist.pooling.dependent.sampling import blocks_by_rows

DATA = {
    "yi": [0.1, 0.5, 0.4, 0.9, 0.2, 0.3, 0.6, 0.1],
    "vi": [0.05, 0.1, 0.05, 0.2, 0.1, 0.05, 0.1, 0.2],
    "x": [1, 2, 3, 4, 5, 7, 9, 12],
    "study": ["a", "a", "b", "b", "c", "c", "d", "d"],
    "lab": ["p", "q", "p", "q", "p", "q", "p", "q"],
    "kind": ["u", "w"] * 4,
}


def test_rows_without_a_group_are_left_out_and_named():
    data = {**DATA, "study": ["a", "a", "b", "b", "c", "c", "d", None]}
    found = sy.multilevel(data, "study/row", "x")
    assert found.k == 7
    assert any(
        "Left out, because x or study or row is not known: 8" in n or "Left out" in n
        for n in found.notes
    )
    assert found.to_dict()["rows"][7]["included"] is False
    assert found.weights[7] == 0
    assert np.isnan(found.fitted[7])


def test_a_covariance_can_be_given_in_three_ways():
    r = 0.4
    sd = np.sqrt(DATA["vi"])
    same_study = np.equal.outer(DATA["study"], DATA["study"])
    matrix = np.where(same_study, r * np.outer(sd, sd), 0.0)
    np.fill_diagonal(matrix, DATA["vi"])
    rows = {
        "c1": [matrix[i, 2 * (i // 2)] for i in range(8)],
        "c2": [matrix[i, 2 * (i // 2) + 1] for i in range(8)],
    }
    data = {**DATA, **rows}
    ways = (
        sy.sampling_covariance(data, "study", r=r),
        sy.sampling_covariance(data, "study", columns=["c1", "c2"]),
        sy.sampling_covariance(data, "study", matrix=matrix),
    )
    for way in ways:
        assert_allclose(way.matrix(), matrix)
    fits = [
        sy.multilevel(data, "study/row", "x", covariance=way)
        for way in (*ways, matrix, r)
    ]
    for found in fits:
        assert_allclose(found.estimate, fits[0].estimate, rtol=1e-8)
    assert any("A correlation of 0.4 was assumed" in note for note in fits[0].notes)


def test_a_covariance_follows_its_rows():
    whole = errors_of("teeth")
    some = np.array([7, 2, 3, 6, 0])
    assert_allclose(whole.take(some).matrix(), whole.matrix()[np.ix_(some, some)])
    assert len(blocks_by_rows(whole)) == 5


def test_rows_without_an_effect_have_no_covariance():
    data = {**DATA, "yi": [0.1, None, 0.4, 0.9, 0.2, 0.3, 0.6, 0.1],
            "vi": [0.05, None, 0.05, 0.2, 0.1, 0.05, 0.1, 0.2]}  # fmt: skip
    found = sy.multilevel(data, "study/row", "x", covariance=0.5)
    assert found.k == 7
    sd = np.sqrt([0.05, 0.2])
    whole = found.estimated.model.V.matrix()
    assert_allclose(whole[1, 2], 0.5 * sd[0] * sd[1])
    assert (whole[0, 1:] == 0).all()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"r": 1.5}, "not between"),
        ({}, "exactly one"),
        ({"r": 0.5, "matrix": np.eye(8)}, "exactly one"),
        ({"matrix": np.eye(3)}, "there are 8 effects"),
        ({"matrix": np.diag(DATA["vi"]) + 0.5 * np.eye(8, k=1)}, "not symmetric"),
        (
            {"matrix": 2 * np.diag(DATA["vi"]) + 0.01 * np.ones((8, 8))},
            "on its diagonal",
        ),
        (
            {"matrix": np.diag(DATA["vi"]) + 0.3 * (np.eye(8, k=1) + np.eye(8, k=-1))},
            "singular",
        ),
        ({"columns": ["kind"]}, "holds words"),
        ({"columns": ["x"]}, "need 2 columns"),
    ],
)
def test_what_is_no_covariance_is_said(options, words):
    with pytest.raises(sy.InvalidInput, match=words):
        sy.sampling_covariance(DATA, "study", **options)


def test_a_covariance_of_another_table_is_refused():
    with pytest.raises(sy.InvalidInput, match="there are 8"):
        sy.multilevel(DATA, "study/row", covariance=errors_of("teeth"))


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: sy.multilevel(DATA, "studdy/row"), sy.NotFound, "no column studdy"),
        (
            lambda: sy.multilevel(DATA, "study/row", method="DL"),
            sy.InvalidInput,
            "REML, ML",
        ),
        (
            lambda: sy.multilevel(DATA, "study/row", test="KR"),
            sy.InvalidInput,
            "containment",
        ),
        (lambda: sy.multilevel(DATA, "study/row", level=95), sy.InvalidInput, "0.95"),
        (
            lambda: sy.multilevel({**DATA, "one": ["z"] * 8}, "one/row"),
            sy.NotEstimable,
            "only one one",
        ),
        (
            lambda: sy.multilevel(DATA, "study", "lab + kind"),
            sy.NotEstimable,
            "leave out",
        ),
        (
            lambda: sy.multivariate(DATA, "kind", "study", "XX"),
            sy.InvalidInput,
            "structure",
        ),
        (
            lambda: sy.multivariate(
                {**DATA, "kind": ["u", "u", "w", "w"] * 2}, "kind", "study"
            ),
            sy.NotEstimable,
            "No study has both",
        ),
        (
            lambda: sy.multilevel(
                DATA, ["lab", "row"], correlations={"lab": (["p"], [[1]])}
            ),
            sy.InvalidInput,
            "lacks q",
        ),
        (
            lambda: sy.multilevel(
                DATA,
                ["lab", "row"],
                correlations={"lab": (["p", "q"], [[1, 2], [2, 1]])},
            ),
            sy.InvalidInput,
            "not one of correlations",
        ),
        (
            lambda: sy.multilevel(
                DATA, ["lab", "row"], correlations={"lab": (["p", "q"], [[1]])}
            ),
            sy.InvalidInput,
            "shape",
        ),
        (
            lambda: sy.multilevel(
                DATA, "study/row", correlations={"lab": (["p", "q"], np.eye(2))}
            ),
            sy.InvalidInput,
            "no level",
        ),
        (
            lambda: sy.multilevel({**DATA, "vi": [0, *DATA["vi"][1:]]}, "study/row"),
            sy.InvalidInput,
            "above",
        ),
        (
            lambda: sy.multilevel(DATA, "study/row").component("lab"),
            sy.InvalidInput,
            "no single component",
        ),
        (
            lambda: sy.multilevel({**DATA, "x": [None] * 8}, "study/row", "x"),
            sy.NotEstimable,
            "No row",
        ),
    ],
)
def test_what_cannot_be_done_is_said(call, error, words):
    with pytest.raises(error, match=words):
        call()


def test_zero_components_and_limits_are_notes():
    flat = {**DATA, "yi": [0.3] * 7 + [0.31]}
    found = sy.multilevel(flat, "study/row")
    assert any("estimated as zero" in note for note in found.notes)
    assert all(c.at_bound for c in found.components)
    assert found.i2["total"] == 0
    two = sy.multivariate(DATA, "kind", "study")
    assert any("independent" in note for note in two.notes)
    assert any("too few" in note for note in found.notes)
    assert any(
        "add the level 'row'" in note for note in sy.multilevel(DATA, "study").notes
    )


def test_intervals_at_zero_begin_there():
    found = sy.multilevel({**DATA, "yi": [0.3] * 7 + [0.31]}, "study/row").profiled()
    assert all(c.interval.lower == 0 for c in found.components)
    assert all(c.interval.upper > 0 for c in found.components)


def test_numbers_name_times_and_words_name_outcomes():
    times = {**DATA, "time": [1, 2] * 4}
    assert sy.multivariate(times, "time", "study", "CAR").names == ("Intercept",)
    assert sy.multivariate(DATA, "kind", "study", "CS").names == ("kind[u]", "kind[w]")


def test_levels_and_structures_go_together():
    found = sy.multivariate(
        teeth(),
        "outcome",
        "trial",
        "DIAG",
        levels="trial/row",
        covariance=errors_of("teeth"),
    )
    assert [c.term for c in found.components][:2] == ["trial", "trial/row"]


def test_a_model_is_drawn():
    forest = sy.multilevel(DATA, "study/row").plot()
    texts = " ".join(
        t.get_text() for t in forest.findobj(lambda a: hasattr(a, "get_text"))
    )
    assert "Multilevel model (REML)" in texts
    (axes,) = sy.multilevel(DATA, "study/row", "x").plot().axes
    line = max(axes.lines, key=lambda drawn: drawn.get_linewidth())
    found = sy.multilevel(DATA, "study/row", "x")
    assert_allclose(line.get_ydata(), found.predict({"x": line.get_xdata()}).estimate)
    with pytest.raises(sy.InvalidInput, match="no numeric moderator"):
        sy.multilevel(DATA, "study/row", "kind").plot("kind")
