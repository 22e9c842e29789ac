"""Whether more studies are significant than there should be."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from synthesist.effects import EffectTable
from synthesist.errors import InvalidInput
from synthesist.numerics.arrays import Mask, Vector
from synthesist.numerics.distributions import normal_quantile
from synthesist.numerics.printing import p_value, percent, plain
from synthesist.numerics.results import number, versions
from synthesist.pooling.bias.sample import (
    HETEROGENEOUS,
    MUCH,
    Sample,
    check_finite,
    check_share,
    i2_from_q,
    sample_of,
)
from synthesist.pooling.heterogeneity import TAU2_ESTIMATORS
from synthesist.pooling.panel import single_panel
from synthesist.pooling.registry import choose
from synthesist.pooling.wording import studies
from synthesist.tables import give_back

#: A level at which an excess is called one: there is little power to find it.
CALLED = 0.10

#: Halvings of the bracket around the limit: more than a double has digits.
HALVINGS = 80

FEWEST = 10
FEW = (
    "{k} studies: with few studies the test has little power, and no excess is no "
    "evidence of none."
)
COMMON = (
    "The power of the studies is computed as if all shared one effect; with "
    "heterogeneity more are expected to be significant. Give tau2 to allow for it."
)
NO_NULL = "The measure has no value of no effect; zero on the analysis scale is taken."


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ExcessSignificance:
    """The significant studies that were found, and those to be expected.

    Attributes
    ----------
    observed : int
        Studies significant at `alpha`.
    expected : float
        The sum of the power of the studies.
    p : float
        The probability of so many or more.
    power : (k,) array
        Of each study, to find `effect`.
    significant : (k,) array of bool
    effect : float
        The assumed effect, on the analysis scale.
    tau2 : float
        The assumed variance of true effects.
    limit : float or None
        With an effect nearer to none than this there would be an excess at
        `called`; None where there is none even without any effect.
    """

    effects: EffectTable
    k: int
    test: str
    observed: int
    expected: float
    statistic: float | None
    p: float
    power: Vector = field(repr=False)
    significant: Mask = field(repr=False)
    effect: float
    tau2: float
    alpha: float
    called: float
    limit: float | None
    studies: tuple[str, ...] = field(repr=False)
    rules: Mapping[str, str]
    notes: tuple[str, ...] = ()

    def summary(self) -> str:
        """Return what was observed and expected, and the notes."""
        show = self.effects.measure.scale.show
        lines = [
            f"Excess significance, {studies(self.k)}",
            (
                f"  Significant at {self.alpha:g}: {self.observed} observed, "
                f"{plain(self.expected)} expected, {p_value(self.p)}"
            ),
            (
                f"  Assumed effect: {show(self.effect)}; median power "
                f"{percent(round(float(np.median(self.power)), 2))}"
            ),
        ]
        if self.limit is not None:
            lines.append(
                f"  An effect nearer to none than {show(self.limit)} would be an excess"
            )
        lines.append("  Rules: " + ", ".join(f"{k} {v}" for k, v in self.rules.items()))
        return "\n".join([*lines, *(f"  Note: {note}" for note in self.notes)])

    def to_dict(self) -> dict[str, Any]:
        """Return every number in full precision as JSON knows it."""
        return {
            "k": self.k,
            "test": self.test,
            "observed": self.observed,
            "expected": number(self.expected),
            "statistic": number(self.statistic),
            "p": number(self.p),
            "effect": number(self.effect),
            "tau2": number(self.tau2),
            "alpha": self.alpha,
            "called": self.called,
            "limit": number(self.limit),
            "measure": self.effects.measure.code,
            "rules": dict(self.rules),
            "notes": list(self.notes),
            "studies": [
                {
                    "study": name,
                    "power": number(self.power[i]),
                    "significant": bool(self.significant[i]),
                }
                for i, name in enumerate(self.studies)
            ],
            "versions": versions(),
        }

    def to_frame(self, backend: str | None = None) -> Any:
        """Return one row a study with its power."""
        columns: dict[str, Any] = {
            "study": list(self.studies),
            "power": self.power,
            "significant": self.significant,
        }
        return give_back(columns, self.effects.native, backend)


@dataclass(frozen=True, slots=True)
class ExcessTest:
    """A way to compare observed with expected numbers.

    `p` takes the power of the studies (k,) and the number that were significant, and
    returns a statistic, if there is one, and the probability of so many or more.
    """

    code: str
    label: str
    p: Callable[[Vector, int], tuple[float | None, float]]


def excess_significance(
    effects: Any,
    test: str = "exact",
    *,
    effect: float | None = None,
    tau2: str | float = "CE",
    alpha: float = 0.05,
    called: float = CALLED,
) -> ExcessSignificance:
    """Test whether more studies are significant than their power lets expect.

    Parameters
    ----------
    effects : PooledFit, EffectTable, path, frame or mapping of columns
        As for `pool`.
    test : str
        Code of `EXCESS_TESTS`: ``exact``, every study with its own power;
        ``binomial`` and ``chi2``, with the average of them. Chi2 is that of the
        source, read on one side.
    effect : float, optional
        The assumed effect, on the analysis scale; by default the answer of the
        studies.
    tau2 : str or float
        The estimator of tau², or its value: how true effects are assumed to differ.
        ``CE`` takes one effect for all, as the source does.
    alpha : float
        The two-sided level at which studies were called significant.
    called : float
        The level at which an excess is called one, for the limit.

    Returns
    -------
    ExcessSignificance

    Raises
    ------
    InvalidInput
        If a choice is not known or out of range.
    NotEstimable
        If there are fewer than two studies.

    References
    ----------
    Ioannidis JPA, Trikalinos TA. Clin Trials 2007;4:245. doi:10.1177/1740774507079441
    """
    chosen = choose(test, EXCESS_TESTS, "test of excess significance")
    check_share(alpha, "alpha")
    check_share(called, "called")
    check_finite(effect, "The assumed effect")
    sample = sample_of(effects, fewest=2)
    between, rule = _between(sample, tau2)
    scale = sample.table.measure.scale
    nothing = (
        0.0 if scale.no_effect is None else float(scale.to_analysis(scale.no_effect))
    )
    w = 1 / (sample.v + between)
    assumed = float(w @ sample.y) / float(w.sum()) if effect is None else float(effect)
    critical = normal_quantile(1 - alpha / 2)
    significant = np.abs(sample.y - nothing) >= critical * sample.se
    observed = int(significant.sum())

    def power(at: float) -> Vector:
        return power_of(sample.se, at - nothing, between, critical)

    found = power(assumed)
    statistic, p = chosen.p(found, observed)
    i2 = i2_from_q(sample.y, sample.v)
    wide = between == 0 and i2 > MUCH
    return ExcessSignificance(
        effects=sample.table,
        k=sample.k,
        test=chosen.code,
        observed=observed,
        expected=float(found.sum()),
        statistic=statistic,
        p=p,
        power=found,
        significant=significant,
        effect=assumed,
        tau2=between,
        alpha=alpha,
        called=called,
        limit=_limit(
            lambda at: chosen.p(power(at), observed)[1], assumed, nothing, called
        ),
        studies=sample.studies,
        rules={
            **sample.table.rules,
            "test": chosen.code,
            "tau2": rule,
            "alpha": f"{alpha:g}",
        },
        notes=(
            *sample.table.notes,
            *((FEW.format(k=sample.k),) if sample.k < FEWEST else ()),
            *((HETEROGENEOUS.format(i2=i2), COMMON) if wide else ()),
            *((NO_NULL,) if scale.no_effect is None else ()),
        ),
    )


def _between(sample: Sample, tau2: str | float) -> tuple[float, str]:
    """Return the assumed variance between studies, and what the rule is called."""
    if isinstance(tau2, str):
        code = choose(tau2, TAU2_ESTIMATORS, "estimator of tau²").code
        panel = single_panel(sample.y, sample.v)
        return float(TAU2_ESTIMATORS[code].estimate(panel)[0]), code
    if not 0 <= tau2 < np.inf:
        raise InvalidInput(
            f"tau² is {tau2}, which is below zero or not finite.",
            remedy="give the code of an estimator, or a value",
        )
    return float(tau2), f"{tau2:g}"


def power_of(se: Vector, effect: float, tau2: float, critical: float) -> Vector:
    """Return the probability (k,) that studies differ from no effect.

    Their effects scatter by standard error and tau² around `effect`, which is
    measured from no effect, and are judged by their standard errors (k,) alone.
    """
    from scipy.special import ndtr

    wide = np.sqrt(np.square(se) + tau2)
    above = ndtr((effect - critical * se) / wide)
    return above + ndtr((-effect - critical * se) / wide)


def _limit(
    p: Callable[[float], float], assumed: float, nothing: float, called: float
) -> float | None:
    """Return the effect at which an excess would just be called one.

    Power, and with it the probability of so many, only grows with the effect.
    """
    if p(nothing) >= called:
        return None
    step = assumed - nothing or 1.0
    near, far = nothing, assumed
    for _ in range(HALVINGS):
        if p(far) >= called:
            break
        near, far = far, far + step
        step *= 2
    for _ in range(HALVINGS):
        middle = 0.5 * (near + far)
        near, far = (near, middle) if p(middle) >= called else (middle, far)
    return 0.5 * (near + far)


def exact(power: Vector, observed: int) -> tuple[float | None, float]:
    """Return the tail of a sum of events with their own probabilities."""
    shares = np.ones(1)
    for one in power.tolist():
        shares = np.convolve(shares, (1 - one, one))
    return None, float(min(1.0, shares[observed:].sum()))


def binomial(power: Vector, observed: int) -> tuple[float | None, float]:
    """Return the binomial tail with the average power."""
    from scipy.special import bdtrc

    if observed == 0:
        return None, 1.0
    return None, float(bdtrc(observed - 1, len(power), float(power.mean())))


def chi_squared(power: Vector, observed: int) -> tuple[float | None, float]:
    """Return chi-squared of observed and expected numbers, and its upper side."""
    from scipy.special import ndtr

    k, expected = len(power), float(power.sum())
    spread = expected * (1 - expected / k)
    if spread <= 0:
        return None, 1.0
    z = (observed - expected) / float(np.sqrt(spread))
    return float(z * z), float(ndtr(-z))


EXCESS_TESTS: dict[str, ExcessTest] = {
    entry.code: entry
    for entry in (
        ExcessTest("exact", "every study with its own power", exact),
        ExcessTest("binomial", "binomial with the average power", binomial),
        ExcessTest("chi2", "chi-squared with the average power", chi_squared),
    )
}
