"""How the pooled effect falls as more studies are taken to be unpublished."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from synthesist.errors import InvalidInput, NotEstimable
from synthesist.numerics.arrays import Vector
from synthesist.numerics.distributions import normal_quantile
from synthesist.numerics.maximise import Maximum, maximise
from synthesist.numerics.results import Interval
from synthesist.numerics.tails import chi2_upper, t_two_tails
from synthesist.pooling.pool import as_effects, check_level, usable
from synthesist.pooling.registry import known
from synthesist.pooling.selection.copas_fit import CopasFit, CopasPoint
from synthesist.pooling.selection.publication import LARGEST_RHO, Publication

if TYPE_CHECKING:
    pass

#: The least precise study is published with these probabilities, by default.
PUBLISHED = (0.99, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1, 0.05)

#: The most precise study is published with this probability.
SURE = 0.99

#: Correlations from which the likelihood is climbed, in the favoured direction.
STARTS = (0.1, 0.5, 0.8)

#: The directions in which publication may favour effects.
DIRECTIONS = {"greater": 1.0, "less": -1.0}

#: A study with this gamma0 is published for certain.
FARTHEST = 40.0

#: tau² is looked for up to this many times the squared range of the effects.
MOST = 100.0

NO_TRUTH = (
    "The data cannot estimate how many studies are unpublished: this is a sensitivity "
    "analysis over assumptions."
)
RULE = (
    "Adjusted by a rule: the answer under the mildest selection on the path after "
    "which effects no longer depend on their standard errors (P at least {alpha:g})."
)
NOT_NEEDED = (
    "Without selection effects do not depend on their standard errors (P at least "
    "{alpha:g}), so the rule adjusts nothing; that is no proof that nothing is missing."
)
NOT_ENOUGH = (
    "No selection on this path makes effects independent of their standard errors (P at "
    "least {alpha:g}), so the rule gives no adjusted answer."
)
FEW = (
    "{k} studies: with fewer than ten, a dependence of effects on standard errors cannot "
    "be told from chance, and the rule should not be relied on."
)
ON_BOUND = (
    "At {count} of the points the correlation of effect and publication lies on its "
    "bound, where standard errors take it as known."
)
DEPENDENT = (
    "Some studies have several effects, and the model takes all effects to be "
    "independent: standard errors are too small."
)


def copas(
    effects: Any,
    *,
    published: Sequence[float] = PUBLISHED,
    gamma: Sequence[tuple[float, float]] | None = None,
    alternative: str | None = None,
    alpha: float = 0.1,
    level: float = 0.95,
) -> CopasFit:
    """Pool effects as if studies were published by their size and their error.

    The probability that a study with standard error s is published rises with
    ``gamma0 + gamma1 / s``. These cannot be estimated and are varied: by default along
    a path on which the most precise study is published with a probability of 0.99 and
    the least precise one ever less often.

    Parameters
    ----------
    effects : EffectTable, path, frame or mapping of columns
        As for `pool`.
    published : sequence of float
        Probabilities that the least precise study is published.
    gamma : sequence of (float, float), optional
        Pairs of gamma0 and gamma1 to use instead, the mildest selection first.
    alternative : {"greater", "less"}, optional
        Which effects publication favours, by default those to which imprecise studies
        tend. The correlation of effect and publication has that sign or is zero;
        without this, a selection in one direction and a slope in the other would
        cancel in the test.
    alpha : float
        The adjusted answer is the first on the path at which a likelihood ratio test
        of whether effects depend on their standard errors has at least this P value.
    level : float

    Raises
    ------
    InvalidInput
        If a probability is not between 0 and 1, or gamma1 is below zero.
    NotEstimable
        If there are fewer than four studies, or all are equally precise.

    References
    ----------
    Copas J, Shi JQ. Biostatistics 2000;1:247. doi:10.1093/biostatistics/1.3.247
    Copas JB, Shi JQ. Stat Methods Med Res 2001;10:251.
    doi:10.1177/096228020101000402
    """
    table = as_effects(effects)
    check_level(level)
    y, v = usable(table)
    s = np.sqrt(v)
    if len(y) < 4:
        raise NotEstimable(
            "The Copas model needs at least 4 studies.", remedy="report them one by one"
        )
    if s.min() == s.max():
        raise NotEstimable(
            "All studies are equally precise, so publication cannot depend on it.",
            remedy="use a selection model by P values",
        )
    pairs = _path(s, published) if gamma is None else _given(gamma)
    sign = _direction(y, s, alternative)
    climber = _Climber(sign * y, s)
    points = tuple(_point(climber, pair, sign, level) for pair in pairs)
    naive = _point(climber, None, sign, level)
    adjusted = next((p for p in (naive, *points) if p.residual_p >= alpha), None)
    notes = [NO_TRUTH]
    if len(y) < 10:
        notes.append(FEW.format(k=len(y)))
    rule = NOT_NEEDED if adjusted is naive else RULE if adjusted else NOT_ENOUGH
    notes.append(rule.format(alpha=alpha))
    bound = sum(abs(p.rho) >= LARGEST_RHO for p in points)
    if bound:
        notes.append(ON_BOUND.format(count=bound))
    if len(set(table.study)) < len(table.study):
        notes.append(DEPENDENT)
    return CopasFit(
        effects=table,
        k=len(y),
        points=points,
        unadjusted=naive,
        adjusted=adjusted,
        alpha=alpha,
        level=level,
        rules={
            **table.rules,
            "model": "copas",
            "alternative": "greater" if sign > 0 else "less",
            "path": "given" if gamma is not None else f"most precise {SURE:g}",
            "residual": f"P at least {alpha:g}",
            "tau2": "ML",
            "interval": "Wald",
            "level": f"{level:g}",
        },
        notes=(*table.notes, *notes),
    )


def _path(s: Vector, published: Sequence[float]) -> list[tuple[float, float]]:
    """Return gammas that publish the least precise study so often."""
    shares = sorted({float(share) for share in published}, reverse=True)
    if not shares or not all(0 < share <= SURE for share in shares):
        raise InvalidInput(
            f"A probability of publication is not between 0 and {SURE:g}.",
            remedy="give probabilities such as (0.9, 0.5, 0.1)",
        )
    top = normal_quantile(SURE)
    found: list[tuple[float, float]] = []
    for share in shares:
        gap = top - normal_quantile(share)
        slope = gap / float(1 / s.min() - 1 / s.max())
        found.append((top - slope / float(s.min()), slope))
    return found


def _given(gamma: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    found = [(float(a), float(b)) for a, b in gamma]
    if not found or not all(np.isfinite(a) and b >= 0 for a, b in found):
        raise InvalidInput(
            "gamma1 is not at least zero, or there is no pair.",
            remedy="give pairs such as ((-1.0, 0.3),)",
        )
    return found


def _direction(y: Vector, s: Vector, alternative: str | None) -> float:
    """Return the direction that publication favours."""
    if alternative is not None:
        return DIRECTIONS[known(alternative, DIRECTIONS, "direction of publication")]
    w = 1 / s**2
    mean = (w * y).sum() / w.sum()
    return (
        1.0
        if float((w * (s - (w * s).sum() / w.sum()) * (y - mean)).sum()) >= 0
        else -1.0
    )


class _Climber:
    """Fits under one assumption after the other, each from where the last one ended.

    Effects are in units of a typical standard error, the favoured ones larger.
    """

    def __init__(self, y: Vector, s: Vector) -> None:
        self.unit = float(np.median(s))
        self.s, self.scaled = s, s / self.unit
        self.y = y / self.unit
        w = 1 / self.scaled**2
        self.mean = float((w * self.y).sum() / w.sum())
        self.last: Maximum | None = None
        self.most = MOST * (1 + float(np.ptp(self.y)) ** 2)
        nothing = np.full(len(y), FARTHEST)
        self.plain = self._climb(nothing, [[self.mean, 0.5, 0.0]], slope=False)
        start = [self.mean, 0.0, 0.5, 0.0]
        self.plain_slope = self._climb(nothing, [start], slope=True)

    def fit(self, u: Vector) -> tuple[Maximum, Maximum]:
        """Return the maximum, and that with a slope on the standard error."""
        starts = [[self.mean, 0.5, rho] for rho in STARTS]
        if self.last is not None:
            starts.insert(0, self.last.at.tolist())
        best = self._climb(u, starts, slope=False)
        self.last = best
        upward = [*best.at[:1].tolist(), 0.0, *best.at[1:].tolist()]
        along = [*self.plain_slope.at[:-1].tolist(), STARTS[0]]
        return best, self._climb(u, [upward, along], slope=True)

    def _climb(
        self, u: Vector, starts: Sequence[Sequence[float]], *, slope: bool
    ) -> Maximum:
        columns = (
            [np.ones(len(self.y)), self.scaled] if slope else [np.ones(len(self.y))]
        )
        likelihood = Publication(
            y=self.y, s=self.scaled, X=np.column_stack(columns), u=u, most=self.most
        )
        low, high = likelihood.bounds
        low[-1] = 0.0
        if u[0] == FARTHEST:
            high[-1] = 0.0
        points = [np.array(start) for start in starts]
        return maximise(likelihood.height, points, low, high)[0]


def _point(
    climber: _Climber, gamma: tuple[float, float] | None, sign: float, level: float
) -> CopasPoint:
    """Fit under one assumption, and test whether effects still depend on their errors."""
    from scipy.special import log_ndtr, ndtr

    s, unit, k = climber.s, climber.unit, len(climber.s)
    a, b = gamma if gamma is not None else (np.inf, 0.0)
    u = np.full(k, FARTHEST) if gamma is None else a + b / s
    if gamma is None:
        best, sloped = climber.plain, climber.plain_slope
    else:
        best, sloped = climber.fit(u)
    spread = best.covariance()[0, 0]
    se = float(np.sqrt(spread)) * unit if spread > 0 else None
    estimate = sign * float(best.at[0]) * unit
    half = None if se is None else normal_quantile(0.5 + level / 2) * se
    # (1 - P) / P, from logarithms as P may be small.
    odds = np.exp(log_ndtr(-u) - log_ndtr(u))
    shares = np.asarray(ndtr(u), dtype=np.float64)
    return CopasPoint(
        gamma0=a,
        gamma1=b,
        published=float(shares[np.argmax(s)]),
        published_most=float(shares[np.argmin(s)]),
        estimate=estimate,
        se=se,
        interval=None
        if half is None
        else Interval(lower=estimate - half, upper=estimate + half, level=level),
        p=None if se is None else t_two_tails(estimate / se, np.inf),
        tau2=float(best.at[1]) * unit**2,
        rho=sign * float(best.at[2]),
        log_likelihood=best.value - k * float(np.log(unit)),
        unpublished=0.0 if gamma is None else float(odds.sum()),
        residual_p=chi2_upper(max(0.0, 2 * (sloped.value - best.value)), 1),
    )
