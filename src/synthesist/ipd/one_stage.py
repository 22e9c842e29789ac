"""One model for the patients of all trials, baseline hazards apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from synthesist.errors import InvalidInput, NotEstimable
from synthesist.ipd.mixed import MixedEffect, fit_mixed
from synthesist.ipd.stages import NONE, Summaries, summaries
from synthesist.ipd.trials import why_not
from synthesist.numerics.arrays import Vector
from synthesist.numerics.distributions import normal_quantile
from synthesist.numerics.printing import p_value, percent, plain
from synthesist.numerics.results import HypothesisTest, Interval, number, versions
from synthesist.survival import TIES, CoxFit, SurvivalData, cox
from synthesist.survival.cox import chi2_test
from synthesist.survival.likelihood import Design, Evaluation
from synthesist.survival.maximise import inverse, maximise
from synthesist.survival.risksets import risk_sets
from synthesist.survival.wording import ratio_text
from synthesist.tables import give_back

#: What the treatment effect may be across trials.
EFFECTS = ("common", "random")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class OneStageFit:
    """A hazard ratio from the patients of all trials in one stratified Cox model.

    Attributes
    ----------
    effect : str
        ``common`` or ``random`` across trials.
    log_hr, se : float
    heterogeneity : HypothesisTest or None
        Likelihood-ratio test of trial by treatment.
    tau2, tau2_interval : float or None
        Variance of the log hazard ratio between trials, with its
        profile-likelihood interval; of the random effect only.
    without : OneStageFit or None
        The same without the trials known by a summary.
    summaries : tuple of str
        Those trials.
    """

    data: SurvivalData
    effect: str
    ties: str
    log_hr: float
    se: float
    level: float
    loglik: float
    heterogeneity: HypothesisTest | None
    tau2: float | None = None
    tau2_interval: Interval | None = None
    cox: CoxFit | None = None
    mixed: MixedEffect | None = None
    without: OneStageFit | None = None
    summaries: tuple[str, ...] = ()
    adjusted: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return f"<OneStageFit: {ratio_text(self.log_hr)}, {self.effect} effect>"

    @property
    def interval(self) -> Interval:
        """Return Wald's interval of the log hazard ratio."""
        half = normal_quantile((1 + self.level) / 2) * self.se
        return Interval(
            lower=self.log_hr - half, upper=self.log_hr + half, level=self.level
        )

    @property
    def p(self) -> float:
        """Return the two-sided P value."""
        from scipy.special import ndtr

        return float(2 * ndtr(-abs(self.log_hr / self.se)))

    def text(self) -> str:
        """Return the hazard ratio with its interval and P value."""
        i = self.interval
        return f"{ratio_text(self.log_hr)} ({percent(self.level)} CI {ratio_text(i.lower)} to {ratio_text(i.upper)}), {p_value(self.p)}"

    def summary(self) -> str:
        """Return the result as text."""
        lines = [
            f"Hazard ratio, one stage, {self.effect} effect, stratified by trial",
            f"  {self.text()}",
        ]
        if self.tau2 is not None:
            between = ""
            if self.tau2_interval is not None:
                low, high = self.tau2_interval.lower, self.tau2_interval.upper
                between = f" ({percent(self.level)} CI {plain(low)} to {plain(high)})"
            lines.append(f"  tau² = {plain(self.tau2)}{between}")
        if self.heterogeneity is not None:
            test = self.heterogeneity
            lines.append(
                f"  Trial by treatment: chi² = {plain(test.statistic)} on {test.df} df, {p_value(test.p)}"
            )
        if self.without is not None:
            lines.append(
                f"  Without {', '.join(self.summaries)}: {self.without.text()}"
            )
        rules = f"ties {self.ties}"
        if self.adjusted:
            rules += f", adjusted for {', '.join(self.adjusted)}"
        lines.append(f"  Rules: {rules}")
        return "\n".join((*lines, *(f"  Note: {note}" for note in self.notes)))

    def to_dict(self) -> dict[str, Any]:
        """Return every number in full precision as JSON knows it."""
        interval, tau2 = self.interval, self.tau2_interval
        test = self.heterogeneity
        return {
            "model": f"{self.effect} effect, stratified by trial",
            "effect": self.effect,
            "ties": self.ties,
            "log_hr": number(self.log_hr),
            "se": number(self.se),
            "ci_low": number(interval.lower),
            "ci_high": number(interval.upper),
            "level": self.level,
            "p": number(self.p),
            "loglik": number(self.loglik),
            "tau2": number(self.tau2),
            "tau2_low": None if tau2 is None else number(tau2.lower),
            "tau2_high": None if tau2 is None else number(tau2.upper),
            "heterogeneity": None
            if test is None
            else {
                "statistic": number(test.statistic),
                "df": test.df,
                "p": number(test.p),
            },
            "summaries": list(self.summaries),
            "without_summaries": None
            if self.without is None
            else self.without.to_dict(),
            "adjusted": list(self.adjusted),
            "notes": list(self.notes),
            "versions": versions(),
        }

    def to_frame(self, backend: str | None = None) -> Any:
        """Return the hazard ratio with its interval as one row."""
        interval = self.interval
        low, hr, high = np.exp([interval.lower, self.log_hr, interval.upper]).tolist()
        return give_back(
            {
                "model": [f"one stage, {self.effect}"],
                "hr": [hr],
                "ci_low": [low],
                "ci_high": [high],
                "p": [self.p],
                "tau2": [self.tau2],
            },
            self.data.native,
            backend,
        )


def one_stage(
    data: SurvivalData,
    *,
    effect: str = "common",
    adjust: str | Sequence[str] = (),
    ties: str = "efron",
    aggregate: Any = None,
    level: float = 0.95,
) -> OneStageFit:
    """Estimate the hazard ratio in one Cox model stratified by trial.

    Parameters
    ----------
    data : SurvivalData
    effect : {"common", "random"}
        Whether the treatment has one effect, or one for each trial that is
        drawn from a normal distribution.
    adjust : str or sequence of str
        Covariates beside the arm, with the same coefficient in every trial.
    ties : str
        Code of `synthesist.survival.TIES`.
    aggregate : EffectTable, path, frame or mapping of columns, optional
        Trials known by a log hazard ratio and its variance only: each enters the
        likelihood as a normal term.
    level : float
        Of the confidence intervals.

    Returns
    -------
    OneStageFit

    Raises
    ------
    InvalidInput
        If a name or code is not known.
    NotEstimable
        If no trial compares its arms.

    References
    ----------
    Riley RD et al. Stat Med 2008;27:1870. doi:10.1002/sim.3165
    """
    if effect not in EFFECTS:
        raise InvalidInput(
            f"There is no effect {effect} across trials.",
            remedy=f"choose {' or '.join(EFFECTS)}",
        )
    known = summaries(aggregate, data.trials)
    terms = [adjust] if isinstance(adjust, str) else list(adjust)
    formula = " + ".join(["treated", *filter(None, terms)])
    base = cox(data, formula, ties=ties, level=level, robust=False)
    if "treated" not in base.names:
        raise NotEstimable(
            "In no trial are both arms at risk at an event.",
            remedy="check the arms and the event",
        )
    heterogeneity, notes = heterogeneity_test(base, known)
    fit = _common(base, known, heterogeneity, effect, notes)
    if effect == "random":
        fit = _random(base, known, heterogeneity, notes)
    if len(known):
        alone = one_stage(data, effect=effect, adjust=adjust, ties=ties, level=level)
        fit = _with(fit, alone, known)
    return fit


def _common(
    base: CoxFit,
    known: Summaries,
    heterogeneity: HypothesisTest | None,
    effect: str,
    notes: tuple[str, ...],
) -> OneStageFit:
    """Return the fit with one effect in all trials."""
    place = base.index("treated")
    beta, covariance, loglik = base.estimate, base.covariance, base.loglik[1]
    if len(known) and effect == "common":
        model, method = base.model, TIES[base.ties]

        def likelihood(point: Vector) -> Evaluation:
            found = method.evaluate(model.sets, model.design, point)
            return with_summaries(found, known, point, place)

        found = maximise(likelihood, base.estimate, names=base.names)
        beta, covariance = found.beta, inverse(found.at.information)
        loglik = found.at.loglik
    return OneStageFit(
        data=base.model.data,
        effect="common",
        ties=base.ties,
        log_hr=float(beta[place]),
        se=float(covariance[place, place] ** 0.5),
        level=base.level,
        loglik=loglik,
        heterogeneity=heterogeneity,
        cox=base if not len(known) else None,
        adjusted=tuple(name for name in base.names if name != "treated"),
        notes=(*base.notes, *notes),
    )


def with_summaries(
    found: Evaluation, known: Summaries, point: Vector, place: int
) -> Evaluation:
    """Add a normal term for each trial known by a summary."""
    score, information = found.score.copy(), found.information.copy()
    apart = known.y - point[place]
    score[place] += float((apart / known.v).sum())
    information[place, place] += float((1 / known.v).sum())
    terms = -(apart**2) / known.v - np.log(2 * np.pi * known.v)
    return Evaluation(
        loglik=found.loglik + float(terms.sum()) / 2,
        score=score,
        information=information,
    )


def _random(
    base: CoxFit,
    known: Summaries,
    heterogeneity: HypothesisTest | None,
    notes: tuple[str, ...],
) -> OneStageFit:
    """Return the fit with an effect for each trial, drawn from a normal distribution."""
    found = fit_mixed(base, known)
    extra: tuple[str, ...] = ()
    if found.tau2 == 0:
        extra = (
            "The estimate of tau² is zero: the trials scatter no more than chance explains. This is not proof that they do not differ.",
        )
    return OneStageFit(
        data=base.model.data,
        effect="random",
        ties=base.ties,
        log_hr=found.log_hr,
        se=found.se,
        level=base.level,
        loglik=found.loglik,
        heterogeneity=heterogeneity,
        tau2=found.tau2,
        tau2_interval=found.tau2_interval,
        mixed=found,
        adjusted=tuple(name for name in base.names if name != "treated"),
        notes=(
            *base.notes,
            *notes,
            "tau² is estimated by maximum likelihood (Laplace); with few trials it is too small on average, and the interval of the hazard ratio too short.",
            *extra,
        ),
    )


def _with(fit: OneStageFit, alone: OneStageFit, known: Summaries) -> OneStageFit:
    """Say what adding the summaries did."""
    from dataclasses import replace

    names = ", ".join(known.trials)
    note = f"Adding {names} as a summary moves the hazard ratio from {alone.text()} to {fit.text()}."
    return replace(fit, without=alone, summaries=known.trials, notes=(*fit.notes, note))


def heterogeneity_test(
    base: CoxFit, known: Summaries = NONE
) -> tuple[HypothesisTest | None, tuple[str, ...]]:
    """Return the likelihood-ratio test of trial by treatment, and notes.

    Each trial that compares its arms has its own treatment effect, the other
    coefficients are common. A trial without events in one arm has its largest
    likelihood at an infinite effect: it is left out.
    """
    data, method = base.model.data, TIES[base.ties]
    counts = data.counts()
    live = [i for i in range(len(data.trials)) if not why_not(counts, i)]
    lost = [
        data.trials[i]
        for i in range(len(data.trials))
        if i not in live and why_not(counts, i).startswith("no event in")
    ]
    notes = (
        (
            f"The test of trial by treatment leaves out {', '.join(lost)}: no event in one arm.",
        )
        if lost
        else ()
    )
    if len(live) + len(known) < 2:
        return None, ()
    place = base.index("treated")
    if len(live) < len(data.trials):
        wanted = np.zeros(len(data.trials), dtype=np.bool_)
        wanted[live] = True
        mask = np.repeat(wanted, np.diff(data.starts))
        data, x = data.select(mask), base.model.x[:, mask]
    else:
        x = base.model.x
    sets = risk_sets(data, apart=True)
    q, j = len(base.names), len(data.trials)
    rest = [i for i in range(q) if i != place]
    places = np.empty((j, q), dtype=np.intp)
    places[:, place] = np.arange(j)
    places[:, rest] = j + np.arange(q - 1)
    apart = Design(x=x, parameters=j + q - 1, place=places)
    together = Design(x=x, parameters=q)
    start = np.concatenate([np.full(j, base.estimate[place]), base.estimate[rest]])

    def of_all(point: Vector) -> Evaluation:
        found = method.evaluate(sets, together, point)
        return with_summaries(found, known, point, place) if len(known) else found

    try:
        separate = maximise(lambda b: method.evaluate(sets, apart, b), start)
        common = maximise(of_all, base.estimate)
    except NotEstimable:
        return None, (
            "There is no test of trial by treatment: in one of the trials the hazard ratio has no finite estimate.",
        )
    free = separate.at.loglik - float(np.log(2 * np.pi * known.v).sum()) / 2
    statistic = max(2 * (free - common.at.loglik), 0.0)
    return chi2_test(statistic, j + len(known) - 1), notes
