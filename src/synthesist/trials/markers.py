"""Markers before and during treatment: paired differences, fold changes, directions."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from synthesist.errors import InvalidInput, NotEstimable
from synthesist.numerics.arrays import Vector
from synthesist.numerics.results import HypothesisTest, Interval
from synthesist.numerics.tails import t_point, t_two_tails
from synthesist.trials.proportions import checked_level

#: What may be printed of a marker when no number is.
DIRECTIONS = ("increase", "decrease", "no change", "normalised", "mixed")


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkerChange:
    """A marker before and during treatment in the same people.

    Attributes
    ----------
    n : int
        People with both values.
    estimate : float
        Mean difference, or the ratio of geometric means (fold change).
    interval : Interval
        By Student's t on differences, or on differences of logarithms.
    test, signed_rank : HypothesisTest
        Paired t test, and Wilcoxon's signed rank test (exact up to 50 differences
        without ties, else by the normal distribution with correction).
    fold : bool
        Whether `estimate` is a ratio.
    """

    label: str
    n: int
    estimate: float
    interval: Interval
    test: HypothesisTest
    signed_rank: HypothesisTest
    fold: bool
    notes: tuple[str, ...] = ()

    def summary(self) -> str:
        """Return the change as lines of text."""
        what = "fold change" if self.fold else "mean change"
        lines = [
            f"{self.label}: {what} {self.estimate:.4g} ({100 * self.interval.level:g}% CI {self.interval.lower:.4g} to {self.interval.upper:.4g}), n = {self.n}",
            f"  paired t P = {self.test.p:.4g}, signed rank P = {self.signed_rank.p:.4g}",
        ]
        return "\n".join([*lines, *(f"  Note: {note}" for note in self.notes)])

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return {
            "label": self.label,
            "n": self.n,
            "fold": self.fold,
            "estimate": self.estimate,
            "low": self.interval.lower,
            "high": self.interval.upper,
            "level": self.interval.level,
            "t_p": self.test.p,
            "signed_rank_p": self.signed_rank.p,
            "notes": list(self.notes),
        }


def marker_change(
    before: ArrayLike,
    during: ArrayLike,
    *,
    label: str = "Marker",
    fold: bool = True,
    level: float = 0.95,
) -> MarkerChange:
    """Compare a marker before and during treatment within people.

    Parameters
    ----------
    before, during : (n,) arrays
        In the same order of people; a pair with a missing value is left out.
    fold : bool
        Whether the change is a ratio, computed on logarithms.
    level : float
        Confidence level.

    Raises
    ------
    InvalidInput
        If the lengths differ, or a value for a fold change is not above zero.
    NotEstimable
        If fewer than two people have both values, or all changes are equal.
    """
    first, second = _pairs(before, during)
    kept = np.isfinite(first) & np.isfinite(second)
    lost = int(np.sum(~kept))
    first, second = first[kept], second[kept]
    if fold and not (np.all(first > 0) and np.all(second > 0)):
        raise InvalidInput(
            "A fold change needs values above zero.",
            where=label,
            remedy="give the limit of detection for values below it and say so, or ask for a difference",
        )
    change = np.log(second) - np.log(first) if fold else second - first
    mean, se = _mean_and_error(change, label)
    df = len(change) - 1
    half = t_point(1 - (1 - checked_level(level)) / 2, df) * se
    ends = mean - half, mean + half
    shown = [math.exp(v) for v in (mean, *ends)] if fold else [mean, *ends]
    notes = [f"{lost} without both values left out."] if lost else []
    return MarkerChange(
        label=label,
        n=len(change),
        estimate=shown[0],
        interval=Interval(lower=shown[1], upper=shown[2], level=level),
        test=HypothesisTest(
            statistic=mean / se, df=df, p=t_two_tails(mean / se, df), reference="t"
        ),
        signed_rank=signed_rank(change),
        fold=fold,
        notes=tuple(notes),
    )


def marker_ratio(
    numerator: tuple[ArrayLike, ArrayLike],
    denominator: tuple[ArrayLike, ArrayLike],
    *,
    label: str = "Ratio",
    level: float = 0.95,
) -> MarkerChange:
    """Compare a ratio of two markers, such as CD4/CD8, before and during treatment.

    Each pair holds the values before and during. The ratio is formed in each person,
    and its change is a ratio of ratios.
    """
    pairs = [_pairs(*numerator), _pairs(*denominator)]
    if len(pairs[0][0]) != len(pairs[1][0]):
        raise InvalidInput(
            "The two markers are not of the same people.",
            where=label,
            remedy="give both for each person, missing ones as NaN",
        )
    for values in (*pairs[0], *pairs[1]):
        if np.any(values[np.isfinite(values)] <= 0):
            raise InvalidInput(
                "A ratio needs values above zero.",
                where=label,
                remedy="give the limit of detection for values below it and say so",
            )
    (a, b), (c, d) = pairs
    return marker_change(a / c, b / d, label=label, fold=True, level=level)


def signed_rank(change: Vector) -> HypothesisTest:
    """Return Wilcoxon's signed rank test of changes (n,) against zero.

    Zeros are left out. Exact up to 50 changes without ties, else normal with the
    correction for continuity and for ties.

    References
    ----------
    Wilcoxon F. Biometrics Bull 1945;1:80. doi:10.2307/3001968
    """
    change = change[change != 0]
    n = len(change)
    if not n:
        return HypothesisTest(statistic=0.0, df=None, p=1.0, reference="signed rank")
    ranks = _midranks(np.abs(change))
    statistic = float(ranks[change > 0].sum())
    _, ties = np.unique(np.abs(change), return_counts=True)
    if n <= 50 and np.all(ties == 1):
        ways = np.ones(1)
        for rank in range(1, n + 1):
            longer = np.zeros(len(ways) + rank)
            longer[: len(ways)] += ways
            longer[rank:] += ways
            ways = longer / 2
        w = int(statistic)
        p = min(1.0, 2 * min(float(ways[: w + 1].sum()), float(ways[w:].sum())))
        return HypothesisTest(statistic=statistic, df=None, p=p, reference="exact")
    from scipy.special import ndtr

    distance = statistic - n * (n + 1) / 4
    spread = math.sqrt(
        n * (n + 1) * (2 * n + 1) / 24 - float(np.sum(ties**3 - ties)) / 48
    )
    z = (distance - math.copysign(0.5, distance) * (distance != 0)) / spread
    return HypothesisTest(
        statistic=statistic, df=None, p=float(2 * ndtr(-abs(z))), reference="normal"
    )


def _midranks(values: Vector) -> Vector:
    """Return ranks (n,), tied ones sharing their mean."""
    _, place, count = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(count)
    return (last - (count - 1) / 2)[place]


def _pairs(before: ArrayLike, during: ArrayLike) -> tuple[Vector, Vector]:
    first = np.asarray(before, dtype=np.float64).reshape(-1)
    second = np.asarray(during, dtype=np.float64).reshape(-1)
    if len(first) != len(second):
        raise InvalidInput(
            f"{len(first)} values before and {len(second)} during are not pairs.",
            remedy="give one value of each for each person, missing ones as NaN",
        )
    return first, second


def _mean_and_error(change: Vector, label: str) -> tuple[float, float]:
    if len(change) < 2:
        raise NotEstimable(
            f"{len(change)} people have both values, and an interval needs two.",
            where=label,
            remedy="show the values themselves",
        )
    se = float(np.std(change, ddof=1)) / math.sqrt(len(change))
    if not se > 1e-13 * float(np.max(np.abs(change))):
        raise NotEstimable(
            "Every person changed by the same, so that nothing varies.",
            where=label,
            remedy="check that the two columns are two measurements",
        )
    return float(np.mean(change)), se


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkerDirection:
    """What was printed of a marker: a direction, and perhaps a fold change."""

    marker: str
    direction: str
    fold: float | None = None
    note: str = ""

    def __post_init__(self) -> None:
        """Refuse a direction that is none, and a fold that contradicts it."""
        if self.direction not in DIRECTIONS:
            raise InvalidInput(
                f"'{self.direction}' is no direction.",
                where=self.marker,
                remedy=f"choose among {', '.join(DIRECTIONS)}",
            )
        if self.fold is None:
            return
        up = self.fold > 1
        against = {"increase": not up, "decrease": up}.get(self.direction, False)
        if self.fold <= 0 or against:
            raise InvalidInput(
                f"A fold change of {self.fold:g} is no {self.direction}.",
                where=self.marker,
                remedy="write 15 for fifteen times as much, 0.5 for half",
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectionTable:
    """Markers of which only directions were printed.

    `counts` says how many went each way; nothing is tested, because a marker that
    is not mentioned cannot be counted.
    """

    rows: tuple[MarkerDirection, ...]
    counts: Mapping[str, int]
    notes: tuple[str, ...]

    def summary(self) -> str:
        """Return one line a marker."""
        lines = [
            f"  {row.marker}: {row.direction}"
            + ("" if row.fold is None else f", {row.fold:g}-fold")
            for row in self.rows
        ]
        return "\n".join(["Markers during treatment", *lines, *self.notes])


def direction_table(rows: Sequence[MarkerDirection]) -> DirectionTable:
    """Gather printed directions, and say what they cannot show."""
    if not rows:
        raise InvalidInput("There is no marker.", remedy="give at least one")
    return DirectionTable(
        rows=tuple(rows), counts=Counter(r.direction for r in rows), notes=(multiplicity(len(rows)),)
    )  # fmt: skip


def multiplicity(markers: int, level: float = 0.95) -> str:
    """Say how many markers were looked at, and what chance alone would give."""
    if markers == 1:
        return "One marker is reported; how many were measured is not known."
    alpha = 1 - level
    chance = 1 - level**markers
    return (
        f"{markers} markers are reported. If none of them changed and they were independent, "
        f"at least one of {markers} tests would still give P < {alpha:.2g} with probability {chance:.2f}. "
        "How many were measured and not reported is not known."
    )
