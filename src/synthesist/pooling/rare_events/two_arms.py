"""Two counts a study, linked by the study's own level."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from synthesist.numerics.arrays import Matrix, Vector
from synthesist.pooling.rare_events.families import ArmFamily


class Joint(NamedTuple):
    """A log-likelihood in a study's effect and level, with derivatives, (t, k, q)."""

    value: Matrix
    by_effect: Matrix
    by_level: Matrix
    effect: Matrix
    """Minus the second derivatives: the information about the effect,"""
    mixed: Matrix
    """about both,"""
    level: Matrix
    """and about the level."""


@dataclass(frozen=True, slots=True, eq=False)
class TwoArms:
    """Counts of two groups (k,) with linear predictors ``level ± part of the effect``.

    The treated group has the share `coding` of the effect, the control group the rest
    with the opposite sign; 1/2 treats them alike.
    """

    x: tuple[Vector, Vector]
    families: tuple[ArmFamily, ArmFamily]
    coding: float = 0.5

    def __len__(self) -> int:
        return len(self.x[0])

    def joint(self, effect: Matrix, level: Matrix) -> Joint:
        """Return the log-likelihood at effects and levels (t, k, q)."""
        up, down = self.coding, self.coding - 1
        parts = [
            (x[:, None], eta, family.cumulant(eta))
            for x, family, eta in zip(
                self.x,
                self.families,
                (level + up * effect, level + down * effect),
                strict=True,
            )
        ]
        (x, eta, first), (other_x, other_eta, second) = parts
        r, s = x - first.mean, other_x - second.mean
        v, w = first.variance, second.variance
        return Joint(
            value=x * eta - first.value + other_x * other_eta - second.value,
            by_effect=up * r + down * s,
            by_level=r + s,
            effect=up * up * v + down * down * w,
            mixed=up * v + down * w,
            level=v + w,
        )

    def repeated(self, times: int) -> TwoArms:
        """Return every study so many times in a row."""
        first, second = (np.repeat(x, times) for x in self.x)
        families = tuple(family.repeated(times) for family in self.families)
        return TwoArms((first, second), (families[0], families[1]), self.coding)

    def constant(self) -> float:
        """Return the part of the log-likelihood without parameters."""
        pairs = zip(self.x, self.families, strict=True)
        return float(sum(family.constant(x).sum() for x, family in pairs))

    def levels(self) -> Vector:
        """Return about the level of each study (k,), as if there were no effect."""
        return np.mean(
            [_level(*pair) for pair in zip(self.x, self.families, strict=True)], axis=0
        )


def _level(x: Vector, family: ArmFamily) -> Vector:
    """Return the linear predictor of one group, kept from infinity by half an event."""
    unit = family.cumulant(np.zeros((len(x), 1)))
    # At eta = 0 the variance is n / 4 for events among n, and the mean n / 2.
    mean, variance = unit.mean[:, 0], unit.variance[:, 0]
    if np.array_equal(mean, variance):
        return np.log((x + 0.5) / mean)
    return np.log((x + 0.5) / (2 * mean - x + 0.5))
