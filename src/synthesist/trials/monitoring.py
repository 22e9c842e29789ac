"""Watching one arm by Bayes' rule, with a prior that is stated."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from synthesist.errors import InvalidInput
from synthesist.numerics.arrays import Vector
from synthesist.numerics.results import Interval
from synthesist.trials.proportions import check_counts, checked_level


@dataclass(frozen=True, slots=True, kw_only=True)
class Monitoring:
    """What is known of a response rate at an interim look.

    Attributes
    ----------
    prior : (float, float)
        Parameters of the Beta prior: responses and non-responses it is worth.
    events, n : int
        Seen so far.
    interval : Interval
        Equal-tailed credible interval.
    above : float
        Posterior probability that the rate is above `target`.
    predictive : float, optional
        Probability that the trial of `n_max` will end with `above` over `success`.
    """

    prior: tuple[float, float]
    events: int
    n: int
    target: float
    mean: float
    interval: Interval
    above: float
    n_max: int | None = None
    success: float | None = None
    predictive: float | None = None

    def summary(self) -> str:
        """Return the posterior as lines of text, the prior first."""
        a, b = self.prior
        lines = [
            f"Prior Beta({a:g}, {b:g}), worth {a + b:g} people with mean {a / (a + b):.3g}",
            f"  {self.events}/{self.n} seen: mean {self.mean:.3f} ({100 * self.interval.level:g}% credible {self.interval.lower:.3f} to {self.interval.upper:.3f})",
            f"  probability of a rate above {self.target:g}: {self.above:.4f}",
        ]
        if self.predictive is not None:
            lines.append(
                f"  probability that {self.n_max} people will end with this above {self.success:g}: {self.predictive:.4f}"
            )
        return "\n".join(lines)

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return {
            "prior": list(self.prior),
            "events": self.events,
            "n": self.n,
            "target": self.target,
            "mean": self.mean,
            "low": self.interval.lower,
            "high": self.interval.upper,
            "level": self.interval.level,
            "above": self.above,
            "n_max": self.n_max,
            "success": self.success,
            "predictive": self.predictive,
        }


def monitor(
    events: int,
    n: int,
    *,
    prior: tuple[float, float],
    target: float,
    n_max: int | None = None,
    success: float | None = None,
    level: float = 0.95,
) -> Monitoring:
    """Return the posterior of a response rate, and how the trial may end.

    Parameters
    ----------
    events, n : int
        Responses and people so far.
    prior : (float, float)
        Parameters of the Beta prior, above 0; there is no default, because it is a
        judgement that must be stated.
    target : float
        The rate that must be exceeded.
    n_max : int, optional
        People at the end; with it, `success` is needed.
    success : float, optional
        The posterior probability that would count as success at the end.

    Raises
    ------
    InvalidInput
        If the prior is not proper or a number cannot be.

    References
    ----------
    Thall PF, Simon R. Biometrics 1994;50:337. doi:10.2307/2533377
    Lee JJ, Liu DD. Clin Trials 2008;5:93. doi:10.1177/1740774508089279
    """
    from scipy.special import betaincinv

    check_counts(events, n)
    a, b = _checked_prior(prior)
    _check_share("target", target)
    a, b = a + events, b + n - events
    tail = (1 - checked_level(level)) / 2
    interval = Interval(
        lower=float(betaincinv(a, b, tail)),
        upper=float(betaincinv(a, b, 1 - tail)),
        level=level,
    )
    predictive = None
    if n_max is not None:
        if success is None or n_max < n:
            raise InvalidInput(
                "A look ahead needs an end that is not past, and what would be success.",
                remedy="give n_max of at least n, and success, a probability",
            )
        _check_share("success", success)
        predictive = _predictive(a, b, n_max - n, target, success)
    return Monitoring(
        prior=prior,
        events=events,
        n=n,
        target=target,
        mean=a / (a + b),
        interval=interval,
        above=_above(a, b, target),
        n_max=n_max,
        success=success,
        predictive=predictive,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class StoppingRule:
    """For each look the responses at which to stop; see `stopping_rule`.

    Attributes
    ----------
    n : tuple of int
        People at each look.
    futility : tuple of (int or None)
        Stop at so many responses or fewer, None where no number is low enough.
    efficacy : tuple of (int or None)
        Stop at so many or more, None where no number is high enough.
    """

    prior: tuple[float, float]
    target: float
    low: float
    high: float
    n: tuple[int, ...]
    futility: tuple[int | None, ...]
    efficacy: tuple[int | None, ...]

    def summary(self) -> str:
        """Return one line a look."""
        a, b = self.prior
        lines = [
            f"Prior Beta({a:g}, {b:g}); stop where the probability of a rate above {self.target:g} is below {self.low:g} or above {self.high:g}"
        ]
        for people, few, many in zip(self.n, self.futility, self.efficacy, strict=True):
            low = "never" if few is None else f"{few} or fewer"
            high = "never" if many is None else f"{many} or more"
            lines.append(f"  after {people}: futility {low}, efficacy {high}")
        return "\n".join(lines)


def stopping_rule(
    looks: tuple[int, ...],
    *,
    prior: tuple[float, float],
    target: float,
    low: float = 0.05,
    high: float = 0.95,
) -> StoppingRule:
    """Return the numbers of responses at which a trial would stop at each look.

    Parameters
    ----------
    looks : tuple of int
        People at each look.
    low, high : float
        Posterior probabilities of a rate above `target` below and above which it
        stops.

    References
    ----------
    Thall PF, Simon R. Biometrics 1994;50:337. doi:10.2307/2533377
    """
    a, b = _checked_prior(prior)
    for name, value in (("target", target), ("low", low), ("high", high)):
        _check_share(name, value)
    few: list[int | None] = []
    many: list[int | None] = []
    for n in looks:
        check_counts(0, n)
        x = np.arange(n + 1, dtype=np.float64)
        chance = _above_all(x + a, (n - x) + b, target)
        under, over = np.flatnonzero(chance < low), np.flatnonzero(chance > high)
        few.append(int(under[-1]) if under.size else None)
        many.append(int(over[0]) if over.size else None)
    return StoppingRule(
        prior=prior,
        target=target,
        low=low,
        high=high,
        n=looks,
        futility=tuple(few),
        efficacy=tuple(many),
    )


def _predictive(a: float, b: float, further: int, target: float, success: float) -> float:  # fmt: skip
    """Add up the chances of all ends that would be a success."""
    from scipy.special import betaln, gammaln

    x = np.arange(further + 1, dtype=np.float64)
    ways = gammaln(further + 1) - gammaln(x + 1) - gammaln(further - x + 1)
    chance = np.exp(ways + betaln(a + x, b + further - x) - betaln(a, b))
    return float(chance[_above_all(x + a, (further - x) + b, target) > success].sum())


def _above(a: float, b: float, target: float) -> float:
    return float(_above_all(np.array([a]), np.array([b]), target)[0])


def _above_all(a: Vector, b: Vector, target: float) -> Vector:
    """Return P(rate > target) under Beta(a, b), by the tail that is exact."""
    from scipy.special import betainc

    return np.asarray(betainc(b, a, 1 - target), dtype=float)


def _checked_prior(prior: tuple[float, float]) -> tuple[float, float]:
    a, b = prior
    if not (0 < a < 1e6 and 0 < b < 1e6):
        raise InvalidInput(
            f"Beta({a:g}, {b:g}) is no proper prior.",
            remedy="give two numbers above 0, such as (0.5, 0.5)",
        )
    return float(a), float(b)


def _check_share(name: str, value: float) -> None:
    if not 0 < value < 1:
        raise InvalidInput(
            f"{name} is {value:g}, which is not between 0 and 1.",
            remedy="write it as a share",
        )
