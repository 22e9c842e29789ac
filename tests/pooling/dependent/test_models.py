"""Multilevel and multivariate models against R."""

import json
from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_allclose

import golden
import synthesist as sy
from pooling.dependent.cases import R, errors_of, fit, levels, school, teeth
from synthesist.pooling.dependent.estimate import Estimated, to_units
from synthesist.pooling.dependent.structures import STRUCTURES

#: Closed formulas, the components being held at the same numbers as R's.
CLOSED = 1e-8

#: Where R's optimiser stopped; its likelihood says how far that is from the top.
STOPPED = 1e-4

#: The parameters that R's fits were held at: variances, then correlations.
HELD = {
    "study/row": [0.09, 0.04],
    "crossed": [0.09, 0.02, 0.04],
    "correlated errors": [0.09, 0.04],
    "kind|CS": [0.1, 0.4],
    "kind|HCS": [0.1**0.5, 0.2**0.5, 0.05**0.5, 0.4],
    "kind|DIAG": [0.1, 0.2, 0.05],
    "time|CAR": [0.1, 0.6],
    "step|AR": [0.1, -0.5],
    "step|HAR": [0.1**0.5, 0.2**0.5, 0.05**0.5, 0.3**0.5, 0.6],
}


def held(name):
    """Return a model with its components held, not estimated."""
    found = fit(name).estimated
    if name == "kind|UN":
        # R holds the correlations of ab, ac and bc; ours are ab, ac and bc given a.
        ab, ac, bc = 0.4, -0.2, 0.3
        partial = (bc - ab * ac) / np.sqrt((1 - ab**2) * (1 - ac**2))
        values = [0.1**0.5, 0.2**0.5, 0.05**0.5, ab, ac, partial]
    else:
        values = HELD[name]
    at = to_units(found.problem, np.array(values))
    return Estimated(found.model, found.problem, [replace(found.best, at=at)])


@pytest.mark.parametrize("name", [*HELD, "kind|UN"])
def test_with_its_components_held_a_model_agrees_with_r(name):
    ours, r = held(name), R["levels"][f"held|{name}"]
    assert_allclose(ours.estimate, r["estimate"], rtol=CLOSED)
    assert_allclose(np.sqrt(np.diag(ours.covariance)), r["se"], rtol=CLOSED)
    assert_allclose(
        ours.log_likelihood(restricted=True), r["log_likelihood"], rtol=CLOSED
    )
    assert_allclose(ours.log_likelihood(restricted=False), r["ml"][0], rtol=CLOSED)
    assert_allclose(ours.q, r["q"], rtol=CLOSED)


FREE = [
    name
    for name in R["levels"]
    if not name.startswith("held") and "contain" not in name
]


@pytest.mark.parametrize("name", FREE)
def test_the_likelihood_is_as_high_as_r_finds_it(name):
    parts = name.split("|")
    method = parts.pop() if parts[-1] in {"REML", "ML"} else "REML"
    found, r = fit("|".join(parts), method), R["levels"][name]
    assert found.log_likelihood >= r["log_likelihood"] - 1e-9
    assert_allclose(found.log_likelihood, r["log_likelihood"], atol=1e-6)
    assert_allclose(found.estimate, r["estimate"], rtol=STOPPED, atol=1e-6)
    assert_allclose(found.se, r["se"], rtol=STOPPED, atol=1e-6)
    assert_allclose(found.q, r["q"], rtol=CLOSED)
    for ours, key in ((found.criteria, "ml"), (found.restricted_criteria, "reml")):
        values = (ours.log_likelihood, ours.aic, ours.bic, ours.aicc)
        assert_allclose(values, r[key], atol=1e-5)
    assert_allclose(
        found.test.statistic if found.test else 0,
        r["qm"] if found.test else 0,
        rtol=1e-3,
    )


@pytest.mark.parametrize("name", FREE)
def test_components_are_where_r_finds_them(name):
    parts = name.split("|")
    method = parts.pop() if parts[-1] in {"REML", "ML"} else "REML"
    found, r = fit("|".join(parts), method), R["levels"][name]
    variances = [c.value for c in found.components if c.kind == "variance"]
    theirs = (
        r["tau2"] if "kind" in name or "step" in name or "time" in name else r["sigma2"]
    )
    scale = max(variances)
    # The likelihood is flat at its top, so what is left of it moves components more.
    assert_allclose(variances, np.atleast_1d(theirs), atol=2e-3 * scale)
    free = all(v > 1e-3 * scale for v in variances)
    if free and "UN" in name:
        ours = {c.levels: c.value for c in found.components if c.kind == "correlation"}
        expected = dict(
            zip([("a", "b"), ("a", "c"), ("b", "c")], r["rho"], strict=True)
        )
        for pair, value in expected.items():
            assert_allclose(ours[pair], value, atol=5e-3)


def test_every_structure_has_a_reference():
    names = {name.split("|")[-1] for name in R["levels"] if "|" in name}
    assert set(STRUCTURES) <= names


@pytest.mark.parametrize("method", ["REML", "ML"])
def test_reference_files_agree(method):
    found = sy.multivariate(
        teeth(), "outcome", "trial", covariance=errors_of("teeth"), method=method
    )
    r = golden.load("periodontal")[f"multivariate/UN/{method}"]
    assert found.log_likelihood >= r["loglik"] - 1e-10
    # R stops where the likelihood is 1e-10 lower, and components are 1e-5 away.
    assert_allclose(found.estimate, r["estimate"], rtol=2e-5)
    assert_allclose(found.se, r["se"], rtol=2e-5)
    assert_allclose(
        [c.value for c in found.components], [*r["tau2"], r["rho"]], rtol=2e-5
    )
    assert_allclose(found.q, r["q"], rtol=1e-10)


@pytest.mark.parametrize(
    ("name", "formula"),
    [("multilevel/REML", "~ 1"), ("multilevel/REML/year_centred", "yc")],
)
def test_school_calendars_agree(name, formula):
    found, r = (
        sy.multilevel(school(), "district/school", formula, test="normal"),
        golden.load("school_calendar")[name],
    )
    assert_allclose(found.estimate, r["estimate"], rtol=1e-7)
    assert_allclose(found.se, r["se"], rtol=1e-7)
    assert_allclose([c.value for c in found.components], r["sigma2"], rtol=1e-6)
    assert_allclose(found.log_likelihood, r["loglik"], rtol=1e-10)
    assert_allclose([c.p for c in found.coefficients], r["p"], rtol=1e-6)
    assert_allclose(
        [c.interval.upper for c in found.coefficients], r["ci_ub"], rtol=1e-7
    )


def test_containment_counts_groups_as_r_does():
    found, r = fit("study/row", test="containment"), R["levels"]["study/row|contain"]
    assert_allclose([c.df for c in found.coefficients], r["df"])
    assert_allclose([c.p for c in found.coefficients], r["p"], rtol=1e-4)
    assert fit("study/row", test="t").coefficients[0].df == 48


def test_shares_and_weights_agree_with_r():
    found, r = sy.multilevel(school(), "district/school", "yc"), R["school"]
    assert_allclose(
        [found.i2["district"], found.i2["district/school"]], r["i2"], rtol=1e-6
    )
    assert_allclose(found.i2["total"], sum(r["i2"]), rtol=1e-6)
    plain = sy.multilevel(school(), "district/school")
    assert_allclose(plain.weights, r["weights"], rtol=1e-6)
    both = sy.multivariate(teeth(), "outcome", "trial", covariance=errors_of("teeth"))
    ours = [both.i2["outcome | trial: AL"], both.i2["outcome | trial: PD"]]
    assert_allclose(ours, R["teeth"]["i2"], rtol=1e-5)


def test_group_effects_agree_with_r():
    found, r = sy.multilevel(school(), "district/school", "yc"), R["school"]
    district, schools = found.group_effects()
    place = [r["ranef_district"]["names"].index(float(g)) for g in district.group]
    for ours, key in ((district.estimate, "estimate"), (district.se, "se")):
        assert_allclose(
            ours, np.array(r["ranef_district"][key])[place], rtol=1e-5, atol=1e-8
        )
    assert_allclose(
        np.sort(schools.estimate),
        np.sort(r["ranef_school"]["estimate"]),
        rtol=1e-5,
        atol=1e-7,
    )
    assert_allclose(np.sort(schools.se), np.sort(r["ranef_school"]["se"]), rtol=1e-5)
    both = sy.multivariate(teeth(), "outcome", "trial", covariance=errors_of("teeth"))
    (effects,) = both.group_effects()
    theirs = R["teeth"]["ranef"]
    names = [
        f"{inner} | {group}"
        for group, inner in zip(effects.group, effects.inner, strict=True)
    ]
    place = [theirs["names"].index(name) for name in names]
    assert_allclose(
        effects.estimate, np.array(theirs["estimate"])[place], rtol=1e-4, atol=1e-6
    )
    assert_allclose(effects.se, np.array(theirs["se"])[place], rtol=1e-4)


def test_predictions_agree_with_r_and_add_what_is_new():
    found, r = (
        sy.multilevel(school(), "district/school", "yc", test="normal"),
        R["school"]["predict"],
    )
    new = found.predict({"yc": [-5, 0, 5]})
    for ours, key in (
        (new.estimate, "estimate"), (new.se, "se"), (new.lower, "ci_low"), (new.upper, "ci_high"),
        (new.pi_lower, "pi_low"), (new.pi_upper, "pi_high"),
    ):  # fmt: skip
        assert_allclose(ours, r[key], rtol=1e-6)
    district = found.predict({"yc": [0]}, of="district")
    assert_allclose(district.variance, found.component("district"))
    assert new.variance[0] == pytest.approx(sum(c.value for c in found.components))
    with pytest.raises(sy.InvalidInput, match="did you mean district"):
        found.predict({"yc": [0]}, of="distric")


def test_new_outcomes_scatter_by_their_own_variance():
    found = sy.multivariate(teeth(), "outcome", "trial", covariance=errors_of("teeth"))
    new = found.predict({"outcome": ["PD", "AL"]})
    variances = [found.component("outcome | trial", level) for level in ("PD", "AL")]
    assert_allclose(new.variance, variances)
    with pytest.raises(sy.InvalidInput, match="No study has outcome = XX"):
        found.predict({"outcome": ["XX"]})


def test_profile_intervals_lie_where_the_likelihood_has_fallen():
    found = sy.multilevel(school(), "district/school", "yc").profiled()
    # R ends its search when the likelihood is near enough for it.
    for component, (low, high) in zip(
        found.components, R["school"]["profile"], strict=True
    ):
        assert_allclose(component.interval.lower, low, rtol=2e-3)
        assert_allclose(component.interval.upper, high, rtol=2e-3)
    problem = found.estimated.problem
    drop = 0.5 * 3.841458820694124
    at = found.components[0].interval.upper / problem.scale**2
    scan = np.array([at, 1.0]) * np.ones((400, 2))
    scan[:, 1] = np.geomspace(0.01, 2, 400)
    heights = [problem.height(theta).value for theta in scan]
    assert_allclose(max(heights), found.estimated.best.value - drop, atol=1e-4)
    assert max(heights) <= found.estimated.best.value - drop + 1e-9


def test_profiles_of_outcomes_agree_with_r():
    found = sy.multivariate(
        teeth(), "outcome", "trial", covariance=errors_of("teeth")
    ).profiled()
    for component, (low, high) in zip(
        found.components, R["teeth"]["profile"], strict=True
    ):
        assert_allclose(component.interval.lower, low, rtol=5e-3, atol=1e-4)
        assert_allclose(component.interval.upper, high, rtol=5e-3)


def test_a_profile_is_highest_at_the_estimate_and_cut_at_the_interval():
    found = sy.multilevel(school(), "district/school", "yc").profiled()
    for component in found.components:
        at, heights = found.profile(component.term)
        assert_allclose(heights.max(), found.log_likelihood, atol=1e-9)
        assert_allclose(at[heights.argmax()], component.value, rtol=1e-6)
        ends = [component.interval.lower, component.interval.upper]
        _, cut = found.profile(component.term, points=ends)
        assert_allclose(cut, found.log_likelihood - 0.5 * 3.841458820694124, atol=1e-6)
        # With one component held, the other is at its best: no pair is higher.
        held = found.profile(component.term, points=[0.05])[1][0]
        problem, grid = found.estimated.problem, np.geomspace(1e-4, 1, 200)
        pair = np.column_stack([np.full(200, 0.05), grid])
        pair = pair if component is found.components[0] else pair[:, ::-1]
        shift = found.log_likelihood - found.estimated.best.value
        tops = [problem.height(x / problem.scale**2).value + shift for x in pair]
        assert max(tops) <= held + 1e-9
        assert_allclose(max(tops), held, atol=1e-3)


def test_profiles_of_deviations_and_correlations_are_drawn():
    found = sy.multivariate(teeth(), "outcome", "trial", covariance=errors_of("teeth"))
    (axes,) = found.plot_profile("outcome | trial", "AL", "PD").axes
    curve = max(axes.lines, key=lambda line: len(line.get_xdata()))
    assert_allclose(curve.get_ydata().max(), found.log_likelihood, atol=1e-9)
    at, heights = found.profile("outcome | trial", "AL")
    assert at[0] >= 0
    assert_allclose(
        at[heights.argmax()], found.component("outcome | trial", "AL"), rtol=1e-6
    )
    with pytest.raises(sy.InvalidInput, match="lies between -1 and 1"):
        found.profile("outcome | trial", "AL", "PD", points=[1.5])


def test_the_overall_correlation_agrees_with_its_likelihood():
    found = sy.multivariate(teeth(), "outcome", "trial", covariance="unknown")
    r = R["riley"]
    assert found.log_likelihood >= r["log_likelihood"] - 1e-10
    assert_allclose(found.log_likelihood, r["log_likelihood"], atol=1e-8)
    assert_allclose(
        [c.value for c in found.components], [*r["tau2"], r["rho"]], rtol=1e-3
    )
    assert any("not known" in note for note in found.notes)
    with pytest.raises(sy.InvalidInput, match="does not tell"):
        found.group_effects()
    twice = {
        "yi": [0.1, 0.2, 0.4, 0.3],
        "vi": [0.1] * 4,
        "s": list("aabb"),
        "o": list("pppq"),
    }
    with pytest.raises(sy.InvalidInput, match="two effects of one level"):
        sy.multivariate(
            {**twice, "s": list("aaab")[::-1], "o": list("qpqp")},
            "o",
            "s",
            covariance="unknown",
        )
    with pytest.raises(sy.InvalidInput, match="structure UN"):
        sy.multivariate(teeth(), "outcome", "trial", "CS", covariance="unknown")
    with pytest.raises(sy.InvalidInput, match="no sampling covariance"):
        sy.multivariate(teeth(), "outcome", "trial", covariance="unkown")


def test_what_moderators_explain_is_told_by_level():
    found = sy.multilevel(school(), "district/school", "yc")
    without = sy.multilevel(school(), "district/school")
    shares = found.explained()
    for term, share in shares.items():
        expected = 100 * max(0, 1 - found.component(term) / without.component(term))
        assert_allclose(share, expected, atol=1e-6)
    both = sy.multivariate(teeth(), "outcome", "trial", covariance=errors_of("teeth"))
    assert_allclose(list(both.explained().values()), 0, atol=1e-6)
    assert_allclose(
        both.explained("~ 0 + outcome")["outcome | trial: AL"], 0, atol=1e-6
    )


@pytest.mark.parametrize(
    "name", ["study/row", "crossed", "kind|UN", "known correlation"]
)
def test_the_answer_is_whole_in_every_form(name):
    found = fit(name)
    text = json.dumps(found.to_dict(), allow_nan=False)
    assert json.loads(text)["components"]
    words = found.summary()
    assert "Variance" in words
    assert "Log-likelihood" in words
    assert list(found.to_frame())[:2] == ["name", "estimate"]
    for effects in found.group_effects():
        json.dumps(effects.to_dict(), allow_nan=False)
        assert effects.summary().startswith(effects.term)
        assert len(effects.to_frame()["group"]) == len(effects.estimate)
    new = found.predict()
    assert len(new.estimate) == len(levels())
    json.dumps(new.to_dict(), allow_nan=False)
