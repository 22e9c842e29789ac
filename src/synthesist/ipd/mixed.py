"""A treatment effect that varies across trials: a mixed Cox model by Laplace's method.

With baseline hazards apart, trials meet only in the treatment effects ``theta_j``
of the trials, normal around ``beta`` with variance tau². For given tau² the penalised
likelihood is climbed in all of them; what Laplace's method adds is half the logarithm
of ``1 + tau² I_j`` for every trial, I_j being its information.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from synthesist.ipd.stages import Summaries
from synthesist.numerics.arrays import Vector
from synthesist.numerics.dense import part
from synthesist.numerics.results import HypothesisTest, Interval
from synthesist.survival import TIES, CoxFit
from synthesist.survival.likelihood import Design, Evaluation
from synthesist.survival.maximise import inverse, maximise
from synthesist.survival.risksets import risk_sets

#: The scan of tau that finds the highest of several maxima.
SCAN = 14

#: tau is sought up to this; a hazard ratio of one trial then differs from the next
#: by a factor of e**5.
LARGEST_TAU = 5.0


#: The smallest tau above zero: below, its penalty drowns the likelihood's digits.
SMALLEST_TAU = 1e-4


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MixedEffect:
    """A normal treatment effect across trials.

    Attributes
    ----------
    log_hr, se : float
        Its mean.
    loglik : float
        Integrated, by Laplace's method.
    effects : (k,) array
        The trials' effects, drawn towards the mean; summaries come last.
    test : HypothesisTest
        Of tau² = 0: a likelihood ratio whose distribution is an even mixture of
        0 and chi-squared with one degree of freedom.
    """

    log_hr: float
    se: float
    tau2: float
    tau2_interval: Interval
    loglik: float
    effects: Vector
    trials: tuple[str, ...]
    test: HypothesisTest


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _At:
    """The fit at one tau²."""

    loglik: float
    beta: float
    variance: float
    theta: Vector


def fit_mixed(base: CoxFit, known: Summaries) -> MixedEffect:
    """Fit the model whose fixed part is `base`.

    References
    ----------
    Ripatti S, Palmgren J. Biometrics 2000;56:1016. doi:10.1111/j.0006-341X.2000.01016.x
    Self SG, Liang KY. J Am Stat Assoc 1987;82:605. doi:10.1080/01621459.1987.10478472
    """
    from scipy.optimize import minimize_scalar
    from scipy.special import chdtrc

    at = _profile(base, known)
    taus = np.concatenate([[0.0], np.geomspace(0.02, LARGEST_TAU, SCAN)])
    scanned = [at(float(tau)).loglik for tau in taus]
    best = int(np.argmax(scanned))
    tau = 0.0
    # At zero the likelihood is flat in tau: its slope in tau² decides.
    low = float(taus[max(best - 1, 0)])
    high = float(taus[min(best + 1, SCAN)])
    found = minimize_scalar(
        lambda t2: -at(float(t2) ** 0.5).loglik,
        bounds=(low**2, high**2),
        method="bounded",
        options={"xatol": 1e-10 * max(high**2, 1e-6)},
    )
    if -float(found.fun) > scanned[0] + 1e-10:
        tau = float(found.x) ** 0.5
    top = at(tau)
    statistic = max(2 * (top.loglik - scanned[0]), 0.0)
    p = 1.0 if statistic == 0 else float(chdtrc(1, statistic)) / 2
    return MixedEffect(
        log_hr=top.beta,
        se=top.variance**0.5,
        tau2=tau**2,
        tau2_interval=_interval(at, tau, top.loglik, base.level),
        loglik=top.loglik,
        effects=top.theta,
        trials=(*base.model.data.trials, *known.trials),
        test=HypothesisTest(statistic=statistic, df=1, p=p, reference="chi2 mixture"),
    )


def _profile(base: CoxFit, known: Summaries) -> Callable[[float], _At]:
    """Return the fit at any tau, each starting from the one before."""
    model, method = base.model, TIES[base.ties]
    place = base.index("treated")
    sets = risk_sets(model.data, apart=True)
    q, j, a = len(base.names), len(model.data.trials), len(known)
    rest = [i for i in range(q) if i != place]
    places = np.empty((j, q), dtype=np.intp)
    places[:, place] = np.arange(j)
    places[:, rest] = j + a + np.arange(q - 1)
    size = j + a + q
    mean = size - 1
    design = Design(x=model.x, parameters=size, place=places)
    effects = np.arange(j + a)
    point = np.concatenate(
        [
            np.full(j + a, base.estimate[place]),
            base.estimate[rest],
            base.estimate[[place]],
        ]
    )
    constant = float(np.log(2 * np.pi * known.v).sum()) / 2

    def penalised(beta: Vector, tau2: float) -> Evaluation:
        found = method.evaluate(sets, design, beta)
        score, information = found.score, found.information
        loglik = found.loglik - constant
        apart = known.y - beta[j : j + a]
        loglik -= float((apart**2 / known.v).sum()) / 2
        score[j : j + a] += apart / known.v
        information[effects[j:], effects[j:]] += 1 / known.v
        away = beta[effects] - beta[mean]
        loglik -= float((away**2).sum()) / (2 * tau2)
        score[effects] -= away / tau2
        score[mean] += float(away.sum()) / tau2
        information[effects, effects] += 1 / tau2
        information[effects, mean] -= 1 / tau2
        information[mean, effects] -= 1 / tau2
        information[mean, mean] += len(effects) / tau2
        return Evaluation(loglik=loglik, score=score, information=information)

    def common() -> _At:
        from synthesist.ipd.one_stage import with_summaries

        def likelihood(beta: Vector) -> Evaluation:
            found = method.evaluate(model.sets, model.design, beta)
            return with_summaries(found, known, beta, place) if a else found

        found = maximise(likelihood, base.estimate, names=base.names)
        return _At(
            loglik=found.at.loglik,
            beta=float(found.beta[place]),
            variance=float(inverse(found.at.information)[place, place]),
            theta=np.full(j + a, found.beta[place]),
        )

    known_at: dict[float, _At] = {}

    def at(tau: float) -> _At:
        nonlocal point
        tau = tau if tau >= SMALLEST_TAU else 0.0
        if tau not in known_at:
            if tau == 0:
                known_at[tau] = common()
                return known_at[tau]
            found = maximise(lambda b: penalised(b, tau**2), point)
            point = found.beta
            own = np.diagonal(part(found.at.information, effects)) * tau**2
            known_at[tau] = _At(
                # Half the log determinant of the trials' block, which is diagonal.
                loglik=found.at.loglik - float(np.log(own).sum()) / 2,
                beta=float(found.beta[mean]),
                variance=float(inverse(found.at.information)[mean, mean]),
                theta=found.beta[effects],
            )
        return known_at[tau]

    return at


def _interval(
    at: Callable[[float], _At], tau: float, top: float, level: float
) -> Interval:
    """Return the profile-likelihood interval of tau²."""
    from scipy.optimize import brentq
    from scipy.special import chdtri

    goal = top - float(chdtri(1, 1 - level)) / 2

    def excess(t: float) -> float:
        return at(t).loglik - goal

    low = 0.0
    if tau > SMALLEST_TAU and excess(SMALLEST_TAU) < 0:
        low = float(brentq(excess, SMALLEST_TAU, tau, xtol=1e-9)) ** 2
    far = max(2 * tau, 0.05)
    while excess(far) > 0:
        far *= 1.5
        if far > 20 * LARGEST_TAU:
            return Interval(lower=low, upper=np.inf, level=level)
    high = float(brentq(excess, max(tau, SMALLEST_TAU), far, xtol=1e-9)) ** 2
    return Interval(lower=low, upper=high, level=level)
