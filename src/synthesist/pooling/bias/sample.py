"""The studies that a look for bias is about, and what speaks against looking."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from synthesist.effects import EffectTable
from synthesist.errors import InvalidInput, NotEstimable
from synthesist.numerics.arrays import Indices, Vector
from synthesist.numerics.printing import plural
from synthesist.pooling.dependent.fit import DependentFit
from synthesist.pooling.fit import PooledFit
from synthesist.pooling.pool import as_effects, usable
from synthesist.pooling.wording import studies

#: With fewer studies chance and bias cannot be told apart.
ENOUGH = 10

#: Beyond this I² (per cent) and below this ratio of variances a test is not advised.
MUCH, NARROW = 50.0, 4.0

FEW = (
    "{k} {units}: with fewer than ten, small-study effects and chance cannot be told "
    "apart, and neither a test nor a correction should be relied on."
)
HETEROGENEOUS = (
    "The effects differ widely (I² from Q {i2:.0f}%): heterogeneity between small and "
    "large studies looks the same as bias."
)
ALIKE = (
    "The variances differ by less than a factor of four ({ratio:.2g}): the studies are "
    "too much of a size to show small-study effects."
)
BY_ITSELF = (
    "Effect and standard error of this measure go together by themselves, which a "
    "regression on the standard error takes for a small-study effect."
)
AVERAGED = (
    "The effect without bounds to size is that at the average of the other moderators."
)
EQUAL = "All studies have the same {what}, so there is no slope to estimate."


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """Included effects and variances (k,), and their rows in the table."""

    table: EffectTable
    y: Vector
    v: Vector
    rows: Indices

    @property
    def k(self) -> int:
        """Return the number of studies."""
        return len(self.y)

    @property
    def se(self) -> Vector:
        """Return the standard errors (k,)."""
        return np.sqrt(self.v)

    @property
    def studies(self) -> tuple[str, ...]:
        """Return the names of the studies (k,)."""
        rows: list[int] = self.rows.tolist()
        return tuple(self.table.study[row] for row in rows)

    def cautions(self) -> tuple[str, ...]:
        """Return what speaks against looking for small-study effects here.

        References
        ----------
        Sterne JAC et al. BMJ 2011;343:d4002. doi:10.1136/bmj.d4002
        Ioannidis JPA, Trikalinos TA. CMAJ 2007;176:1091.
        """
        return cautions(self.y, self.v)


def cautions(y: Vector, v: Vector, *, clusters: int | None = None) -> tuple[str, ...]:
    """Return what speaks against looking for small-study effects in some effects.

    Where several effects come from one study, the number of `clusters` counts.
    """
    notes: list[str] = []
    many = len(y) if clusters is None else clusters
    if many < ENOUGH:
        notes.append(
            FEW.format(k=many, units="studies" if clusters is None else "clusters")
        )
    i2 = i2_from_q(y, v)
    if i2 > MUCH:
        notes.append(HETEROGENEOUS.format(i2=i2))
    ratio = float(v.max() / v.min())
    if ratio < NARROW:
        notes.append(ALIKE.format(ratio=ratio))
    return tuple(notes)


def i2_from_q(y: Vector, v: Vector) -> float:
    """Return the share of scatter beyond sampling error, in per cent."""
    if len(y) < 2:
        return 0.0
    w = 1 / v
    q = float(w @ np.square(y - (w @ y) / w.sum()))
    return 100 * max(0.0, 1 - (len(y) - 1) / q) if q > 0 else 0.0


def sample_of(effects: Any, *, fewest: int = 3) -> Sample:
    """Return the studies of a fit, or of what `pool` takes.

    Raises
    ------
    InvalidInput
        If a variance is not above zero, or effects depend on each other.
    NotEstimable
        If there are fewer than `fewest` studies.
    """
    refuse_dependent(effects)
    table = effects.effects if isinstance(effects, PooledFit) else as_effects(effects)
    y, v = usable(table)
    if len(y) < fewest:
        raise NotEstimable(
            f"At least {fewest} studies are needed; there are {len(y)}.",
            remedy="look at the studies as they are",
        )
    return Sample(table=table, y=y, v=v, rows=np.flatnonzero(table.included))


def refuse_dependent(effects: Any) -> None:
    """Raise `InvalidInput` for a model with dependent effects."""
    if isinstance(effects, DependentFit):
        raise InvalidInput(
            "This method is not defined for effects that depend on each other.",
            remedy="use small_study_test or pet_peese, or one effect a study",
        )


def counted(k: int, clusters: int | None) -> str:
    """Return in words how many studies there are, or effects in how many clusters."""
    if clusters is None:
        return studies(k)
    return f"{plural(k, 'effect')} in {plural(clusters, 'cluster')}"


def check_share(value: float, name: str) -> None:
    """Raise `InvalidInput` unless a level of significance lies between 0 and 1."""
    if not 0 < value < 1:
        raise InvalidInput(
            f"{name} is {value}, which is not between 0 and 1.",
            remedy="write 0.05 for 5 per cent",
        )


def check_finite(value: float | None, name: str) -> None:
    """Raise `InvalidInput` for a number that is not finite."""
    if value is not None and not np.isfinite(value):
        raise InvalidInput(
            f"{name} is {value}, which is no finite number.", remedy="give a number"
        )


def needs_spread(x: Vector, what: str) -> None:
    """Raise `NotEstimable` where studies do not differ in what is regressed on."""
    # Equal up to the rounding of a square root and a sum.
    if np.ptp(x) <= 1e-12 * float(np.abs(x).max()):
        raise NotEstimable(
            EQUAL.format(what=what),
            remedy="studies of different size are needed to tell small-study effects",
        )
