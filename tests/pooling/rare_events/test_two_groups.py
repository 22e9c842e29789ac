"""The mixed models of two groups against exact values, R, and brute force."""

import csv

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import stats

import golden
import synthesist as sy
from synthesist.pooling import GLMM_MODELS, glmm, pool
from synthesist.pooling.rare_events.families import Binomial, Poisson
from synthesist.pooling.rare_events.fixed_studies import FixedStudies
from synthesist.pooling.rare_events.hypergeometric import Hypergeometric
from synthesist.pooling.rare_events.mixture import Mixture
from synthesist.pooling.rare_events.random_studies import RandomStudies
from synthesist.pooling.rare_events.two_arms import TwoArms
from synthesist.pooling.rare_events.values import State

R = golden.load("rare_events")

#: 60 to 300 Gauss-Hermite nodes agree on these, computed outside this program from
#: golden/r/data/catheters.csv; printed to six to nine decimals.
CATHETERS = {
    "estimate": (-1.353158125, 1e-9),
    "se": (0.3510403, 1e-7),
    "tau2": (0.693457804, 1e-9),
    "loglik": (-24.944457, 1e-6),
}


def path(name):
    return str(golden.data(name))


def rows(name, *chosen):
    """Return the columns of some rows of a table, without empty cells."""
    with golden.data(name).open(newline="", encoding="utf-8") as file:
        table = list(csv.DictReader(file))
    table = [table[i] for i in chosen] if chosen else table
    roles = ("events_t", "n_t", "events_c", "n_c")
    return {role: [float(row[role]) for row in table] for role in roles}


def informative(name):
    """Return a table without the trials that R leaves out of every model."""
    table = {role: np.array(column) for role, column in rows(name).items()}
    events = table["events_t"] + table["events_c"]
    kept = (events > 0) & (events < table["n_t"] + table["n_c"])
    return {role: column[kept] for role, column in table.items()}


def test_the_exact_maximum_of_the_conditional_model_is_found():
    ours = glmm(path("catheters"), model="CM.EL").to_dict()
    for name, (exact, digit) in CATHETERS.items():
        assert_allclose(ours[name], exact, atol=0.51 * digit, rtol=0)


def test_the_common_effect_is_that_of_the_conditional_likelihood():
    fit = glmm(path("catheters"), tau2="CE")
    assert_allclose([fit.estimate, fit.se**2], [-1.2236, 0.0502], atol=0.51e-4)
    assert fit.tau2 == 0
    assert fit.tau2_method == "CE"


def test_a_maximum_at_the_boundary_has_the_common_effect_and_its_error():
    # R prints a standard error of 0.0001 for these trials.
    expected = golden.load("no_heterogeneity")["glmm/CM.EL"]
    ours = glmm(path("no_heterogeneity"), model="CM.EL").to_dict()
    assert ours["tau2"] == 0
    assert_allclose(ours["estimate"], -0.1623588, atol=0.51e-7)
    assert_allclose(ours["se"], 0.1955420, atol=0.51e-7)
    assert_allclose(ours["loglik"], expected["loglik_ml"], atol=0.51e-6)
    assert any("tau² is zero" in note for note in ours["notes"])


@pytest.mark.parametrize("name", ["catheters", "diuretics"])
def test_brute_force_gives_the_same_maximum_and_profile_limits(name):
    exact = R[f"{name}/CM.EL/exact"]
    fit = glmm(path(name), interval="profile")
    assert_allclose(fit.loglik, exact["loglik"], rtol=1e-11)
    assert_allclose(fit.estimate, exact["estimate"], rtol=1e-6)
    assert_allclose([fit.se, np.sqrt(fit.tau2)], [exact["se"], exact["tau"]], rtol=3e-6)
    ours = (fit.interval.lower, fit.interval.upper)
    assert_allclose(ours, exact["mu_limits"], rtol=1e-7)
    limits = np.sqrt([fit.tau2_interval.lower, fit.tau2_interval.upper])
    assert_allclose(limits, exact["tau_limits"], rtol=1e-7, atol=1e-12)


FILES = ("bcg", "beta_blockers", "catheters", "diuretics", "warfarin")
LOOSE = [
    (name, entry.removeprefix("glmm/"))
    for name in FILES
    for entry in golden.load(name)
    if entry.startswith("glmm/")
]


@pytest.mark.parametrize(("name", "model"), LOOSE)
def test_r_agrees_as_far_as_its_own_integrals_go(name, model):
    r = golden.load(name)[f"glmm/{model}"]
    # R leaves trials without events out of this model too, and takes Laplace's
    # approximation; see docs/differences.md.
    laplace = model == "UM.RS"
    data = informative(name) if laplace and name == "catheters" else path(name)
    ours = glmm(data, model=model).to_dict()
    accuracy = {"rtol": 1.5e-2 if laplace else 1e-3, "atol": 1e-6 if laplace else 1e-9}
    for name in ("estimate", "se", "tau2", "i2", "h2"):
        assert_allclose(ours[name], r[name], **accuracy)


EXACT = [
    (key, *key.split("/")) for key in R if key.count("/") == 2 and "exact" not in key
]


@pytest.mark.parametrize(("key", "name", "model", "rest"), EXACT)
def test_r_agrees_with_fifty_nodes(key, name, model, rest):
    options = {"tau2": "CE"} if rest == "CE" else {"coding": float(rest)}
    ours = glmm(path(name), model=model, **options).to_dict()
    for quantity in ("estimate", "se", "tau2"):
        # R's search for the variance ends at 1e-4 or so.
        assert_allclose(ours[quantity], R[key][quantity], rtol=5e-4, atol=1e-9)


def test_the_common_odds_ratio_is_conditional_logistic_regression():
    r = R["diuretics/clogit"]
    fit = glmm(rows("diuretics", *r["rows"]), tau2="CE")
    assert_allclose([fit.estimate, fit.se], [r["estimate"], r["se"]], rtol=1e-7)


def test_every_model_has_a_reference():
    covered = {model for _, model in LOOSE} | {"binomial-normal", "Poisson-normal"}
    assert covered >= GLMM_MODELS.keys()


def test_the_hypergeometric_cumulant_is_the_sum_it_says():
    a = np.array([4.0, 505.0, 0.0, 180.0, 9.0])
    n1 = np.array([123.0, 88391.0, 10.0, 13598.0, 9.0])
    m = np.array([15.0, 1004.0, 3.0, 552.0, 12.0])
    n2 = np.array([139.0, 88391.0, 12.0, 12867.0, 40.0])
    family = Hypergeometric(a, n1, n2, m)
    for theta in (-40.0, -9.0, -0.61, 0.0, 0.3, 2.0, 12.0, 45.0):
        found = family.cumulant(np.full((1, 5, 1), theta))
        ours = family.constant(a) + a * theta - found.value[0, :, 0]
        for i in range(5):
            law = stats.nchypergeom_fisher(n1[i] + n2[i], n1[i], m[i], np.exp(theta))
            if abs(theta) < 3:
                assert_allclose(ours[i], law.logpmf(a[i]), rtol=1e-9)
                assert_allclose(found.mean[0, i, 0], law.mean(), rtol=1e-8)
                assert_allclose(found.variance[0, i, 0], law.var(), rtol=1e-6)
            x = np.arange(family.lowest[i], family.highest[i] + 1)
            logs = family.log_weights(i) + x * theta
            assert_allclose(
                found.value[0, i, 0], np.logaddexp.reduce(logs), rtol=1e-12, atol=1e-13
            )


def two_arms(kind):
    x = (np.array([0.0, 3.0, 12.0]), np.array([2.0, 1.0, 20.0]))
    size = (np.array([20.0, 15.0, 60.0]), np.array([25.0, 30.0, 55.0]))
    return x, size, TwoArms(x, (kind(size[0]), kind(size[1])))


def joint(kind, x, size, level, effect):
    """Compute the likelihood of one study's two counts by scipy's distributions."""
    value = 1.0
    for count, n, eta in zip(
        x, size, (level + effect / 2, level - effect / 2), strict=True
    ):
        p = np.exp(eta)
        law = stats.poisson(n * p) if kind is Poisson else stats.binom(n, p / (1 + p))
        value *= law.pmf(count)
    return value


@pytest.mark.parametrize("kind", [Binomial, Poisson])
def test_fixed_studies_integrate_over_the_effects(kind):
    x, size, arms = two_arms(kind)
    levels = np.array([[-2.0, -1.5, -0.9]])
    ours = FixedStudies(arms, 0.0).at(State(np.array([[-0.4, 0.8]]), levels), 109)
    z = np.linspace(-10, 10, 2001)
    normal = stats.norm.pdf(z) * (z[1] - z[0])
    studies = [
        joint(
            kind,
            [count[i] for count in x],
            [n[i] for n in size],
            levels[0, i],
            -0.4 + 0.8 * z,
        )
        for i in range(3)
    ]
    theirs = sum(np.log(study @ normal) for study in studies)
    assert_allclose(ours.loglik[0], theirs, rtol=1e-10)


@pytest.mark.parametrize("kind", [Binomial, Poisson])
def test_random_studies_integrate_over_effects_and_levels(kind):
    x, size, arms = two_arms(kind)
    mu, tau, alpha, sigma = beta = (-0.4, 0.8, -1.4, 0.7)
    ours = RandomStudies(arms, 0.0).at(State(np.array([beta]), np.empty((1, 0))), 57)

    # A plain grid, fine and wide enough for these small counts.
    grid = np.linspace(-9, 9, 301)
    u, z = np.meshgrid(grid, grid)
    normal = stats.norm.pdf(u) * stats.norm.pdf(z) * (grid[1] - grid[0]) ** 2
    studies = [
        joint(
            kind,
            [count[i] for count in x],
            [n[i] for n in size],
            alpha + sigma * z,
            mu + tau * u,
        )
        for i in range(3)
    ]
    theirs = sum(np.log((study * normal).sum()) for study in studies)
    assert_allclose(ours.loglik[0], theirs, rtol=1e-9)


def likelihoods():
    """Yield one likelihood of each kind, and a point of its parameters."""
    a, c = np.array([0.0, 3.0, 12.0]), np.array([2.0, 1.0, 20.0])
    n1, n2 = np.array([20.0, 15.0, 60.0]), np.array([25.0, 30.0, 55.0])
    arms = TwoArms((a, c), (Binomial(n1), Binomial(n2)), coding=0.3)
    exact = Mixture(a, Hypergeometric(a, n1, n2, a + c), np.zeros(3), 0.0)
    yield exact, State(np.array([[-0.4, 0.8]]), np.empty((1, 0)))
    yield (
        RandomStudies(arms, 0.0),
        State(np.array([[-0.4, 0.8, -1.4, 0.7]]), np.empty((1, 0))),
    )


@pytest.mark.parametrize(
    ("likelihood", "state"), list(likelihoods()), ids=["CM.EL", "UM.RS"]
)
def test_derivatives_are_those_of_the_likelihood(likelihood, state):
    nodes = likelihood.nodes[3]
    found = likelihood.at(state, nodes)
    h = 1e-5
    for i in range(state.beta.shape[1]):
        up, down = (
            likelihood.at(
                State(
                    state.beta + sign * h * np.eye(len(state.beta[0]))[i], state.inner
                ),
                nodes,
            )
            for sign in (1, -1)
        )
        slope = (up.loglik - down.loglik) / (2 * h)
        assert_allclose(found.gradient[0, i], slope[0], rtol=1e-6, atol=1e-8)
        bend = (up.gradient - down.gradient) / (2 * h)
        assert_allclose(found.hessian[0, i], bend[0], rtol=1e-6, atol=1e-7)


def test_profile_intervals_end_where_the_likelihood_ratio_rejects():
    for model in ("UM.FS", "UM.RS"):
        fit = glmm(path("diuretics"), model=model, interval="profile")
        cut = fit.loglik - stats.chi2.ppf(0.95, 1) / 2
        ends = np.array([fit.interval.lower, fit.interval.upper])
        assert_allclose(fit.profile("estimate", ends)[1], cut, atol=1e-6)
        ends = np.array([fit.tau2_interval.lower, fit.tau2_interval.upper])
        assert_allclose(fit.profile("tau2", ends)[1], cut, atol=1e-6)


def test_the_likelihood_ratio_test_goes_with_the_profile_interval():
    fit = glmm(path("beta_blockers"), interval="profile")
    deviance = 2 * (fit.loglik - fit.profile("estimate", np.zeros(1))[1][0])
    assert_allclose(fit.p, stats.chi2.sf(deviance, 1), rtol=1e-9)
    assert fit.interval.lower < 0 < fit.interval.upper
    assert fit.p > 0.05


def test_a_second_maximum_is_flagged():
    arms = {
        "events_t": [1108, 46, 11],
        "n_t": [3000, 57, 34],
        "events_c": [761, 73, 58],
        "n_c": [3000, 80, 268],
    }
    fit = glmm(arms)
    (other,) = fit.lower_modes
    assert fit.tau2 == 0 < other.tau2
    assert fit.loglik > other.loglik
    assert any("has 2 maxima" in note for note in fit.notes)
    near = fit.profile("tau2", other.tau2 * np.array([0.9, 1.0, 1.1]))[1]
    assert near[1] > max(near[0], near[2])
    assert_allclose(near[1], other.loglik, rtol=1e-9)


def test_pool_knows_the_models_by_name():
    effects = sy.effect_table(path("catheters"), "OR")
    for model in ("CM.EL", "UM.FS"):
        assert (
            pool(effects, model=model).estimate == glmm(effects, model=model).estimate
        )
    assert pool(effects, model="glmm").model == "CM.EL"


def test_one_informative_trial_is_its_own_conditional_odds_ratio():
    fit = glmm({"events_t": [3, 0], "n_t": [20, 9], "events_c": [8, 0], "n_c": [22, 9]})
    law = stats.nchypergeom_fisher(42, 20, 11, np.exp(fit.estimate))
    assert_allclose(law.mean(), 3, rtol=1e-9)
    assert_allclose(fit.se, law.var() ** -0.5, rtol=1e-6)
    assert fit.tau2 is None
    assert fit.prediction is None


@pytest.mark.parametrize("model", ["CM.EL", "CM.AL", "UM.FS", "UM.RS"])
def test_events_in_one_group_alone_have_no_ratio(model):
    arms = {"events_t": [0, 0], "n_t": [20, 30], "events_c": [2, 5], "n_c": [21, 30]}
    with pytest.raises(sy.NotEstimable, match="zero or infinite"):
        glmm(arms, model=model)


def test_no_events_at_all_are_not_estimable():
    arms = {"events_t": [0, 0], "n_t": [20, 30], "events_c": [0, 0], "n_c": [21, 30]}
    with pytest.raises(sy.NotEstimable, match="people without"):
        glmm(arms)


def test_one_event_a_trial_says_nothing_of_tau2():
    # Among the two people of whom one had the event only the mean speaks: any tau with
    # the right mean gives the same likelihood, so zero is taken and said.
    arms = {"events_t": [0, 1], "n_t": [100, 80], "events_c": [1, 0], "n_c": [110, 100]}
    fit = glmm(arms, interval="profile")
    assert fit.tau2 == 0
    assert fit.tau2_interval is None
    assert any("nothing is said of tau²" in note for note in fit.notes)
    # Each trial's event is in the treated group with the odds n_t / n_c times the ratio.
    ratio = np.exp(fit.estimate)
    share = [n * ratio / (n * ratio + m) for n, m in ((100, 110), (80, 100))]
    assert_allclose(sum(share), 1, atol=1e-9)
    assert fit.interval.lower < fit.estimate < fit.interval.upper


@pytest.mark.parametrize("model", ["CM.AL", "UM.FS"])
def test_trials_that_are_nearly_all_or_nothing_have_an_answer(model):
    arms = {
        "events_t": [2, 0, 3, 0, 1],
        "n_t": [2, 3, 3, 3, 4],
        "events_c": [23, 9, 47, 36, 36],
        "n_c": [54, 17, 49, 54, 36],
    }
    fit = glmm(arms, "OR", model=model, interval="profile")
    assert fit.interval.lower < fit.estimate < fit.interval.upper
    assert np.isfinite(fit.se)


def test_wrong_choices_are_named():
    with pytest.raises(sy.InvalidInput, match="not for rate ratios"):
        glmm(path("warfarin"), model="CM.AL")
    with pytest.raises(sy.InvalidInput, match="did you mean CM"):
        glmm(path("catheters"), model="CM.ELL")
    with pytest.raises(sy.InvalidInput, match="has no mixed model"):
        glmm(sy.effect_table(path("catheters"), "RR"))
    with pytest.raises(sy.InvalidInput, match="no counts that are known"):
        glmm({"yi": [0.1], "vi": [0.2]})
    with pytest.raises(sy.InvalidInput, match="between 0 and 1"):
        glmm(path("catheters"), model="UM.FS", coding=2)


def test_everything_is_told():
    found = glmm(path("catheters"), model="UM.RS").to_dict()
    assert found["parameters"].keys() == {"level", "level_variance"}
    assert found["rules"]["quadrature"].endswith("nodes")
    assert found["lower_modes"] == []
    assert found["tau2_low"] < found["tau2"] < found["tau2_high"]
    # What advises to use the counts is not said of an answer from the counts.
    assert not any("compare Mantel-Haenszel" in note for note in found["notes"])


def test_the_profile_is_drawn(tmp_path):
    fit = glmm(path("catheters"))
    for parameter in ("estimate", "tau2"):
        figure = fit.plot_profile(parameter)
        assert figure.get_axes()
    with pytest.raises(sy.InvalidInput, match="no profile"):
        fit.profile("q")
