"""Best linear unbiased predictions of what groups share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from synthesist.errors import InvalidInput
from synthesist.numerics.arrays import Indices, Matrix, Vector
from synthesist.numerics.distributions import normal_quantile
from synthesist.numerics.results import number, versions
from synthesist.pooling.dependent.terms import Term
from synthesist.tables import give_back

if TYPE_CHECKING:
    from synthesist.pooling.dependent.fit import DependentFit


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class GroupEffects:
    """How the groups of one factor depart from what the moderators predict.

    Attributes
    ----------
    term : str
    group, inner : sequence of str
        Names of the groups, and their inner levels where there are any.
    estimate, se, lower, upper : (g,) arrays
        Predictions with normal intervals, on the analysis scale; the components are
        taken as known.
    """

    term: str
    group: Sequence[str]
    inner: Sequence[str]
    estimate: Vector
    se: Vector
    lower: Vector
    upper: Vector
    level: float
    native: Any = field(default=None, repr=False)

    def to_frame(self, backend: str | None = None) -> Any:
        """Return one row a group."""
        return give_back(
            {
                "group": list(self.group),
                "inner": list(self.inner),
                "estimate": self.estimate,
                "se": self.se,
                "low": self.lower,
                "high": self.upper,
            },
            self.native,
            backend,
        )

    def to_dict(self) -> dict[str, Any]:
        """Return every number in full precision as JSON knows it."""
        return {
            "term": self.term,
            "level": self.level,
            "groups": [
                {
                    "group": self.group[i],
                    "inner": self.inner[i],
                    "estimate": number(self.estimate[i]),
                    "se": number(self.se[i]),
                    "low": number(self.lower[i]),
                    "high": number(self.upper[i]),
                }
                for i in range(len(self.group))
            ],
            "versions": versions(),
        }

    def summary(self) -> str:
        """Return one line a group."""
        lines = [f"{self.term}: departures from the mean"]
        for i, name in enumerate(self.group):
            label = f"{name}, {self.inner[i]}" if self.inner[i] else name
            lines.append(
                f"  {label}: {self.estimate[i]:.3g} "
                f"({100 * self.level:g}% {self.lower[i]:.3g} to {self.upper[i]:.3g})"
            )
        return "\n".join(lines)


def group_effects(fit: DependentFit) -> tuple[GroupEffects, ...]:
    """Predict the effects of all groups of every factor.

    Raises
    ------
    InvalidInput
        If the model has one overall correlation, which does not separate them.

    References
    ----------
    Robinson GK. Stat Sci 1991;6:15. doi:10.1214/ss/1177011926
    """
    estimated = fit.estimated
    if estimated.model.overall:
        raise InvalidInput(
            "One overall correlation does not tell true effects from sampling errors.",
            remedy="assume a correlation of the sampling errors instead",
        )
    found: list[GroupEffects] = []
    for t, term in enumerate(estimated.model.terms):
        T = estimated.matrices[t]
        gains = estimated.gains(t)
        pulls = _sums(term, estimated.score[None])[0]
        sums = _sums(term, estimated.pulled_design)
        less = np.einsum("pga,pq,qgb->gab", sums, estimated.covariance, sums)
        estimate = pulls @ T
        spread = T - np.einsum("ab,gbc,cd->gad", T, gains - less, T)
        variance = np.maximum(0.0, np.diagonal(spread, axis1=1, axis2=2))
        group, inner = _present(term)
        values, se = estimate[group, inner], np.sqrt(variance[group, inner])
        half = normal_quantile(0.5 + fit.level / 2) * se
        found.append(
            GroupEffects(
                term=term.name,
                group=_names(term, group, inner),
                inner=_levels(term, inner),
                estimate=values,
                se=se,
                lower=values - half,
                upper=values + half,
                level=fit.level,
                native=fit.effects.native,
            )
        )
    return tuple(found)


def _names(term: Term, group: Indices, inner: Indices) -> list[str]:
    """Return the names of groups; a known matrix has them as inner levels."""
    if term.dense:
        return [term.levels[i] for i in inner.tolist()]
    return [term.groups[i] for i in group.tolist()]


def _levels(term: Term, inner: Indices) -> list[str]:
    """Return the names of inner levels, empty where a term has none."""
    if term.dense:
        return [""] * len(inner)
    return [term.levels[i] for i in inner.tolist()]


def _sums(term: Term, Z: Matrix) -> NDArray[np.float64]:
    """Return sums of rows (c, k) over groups and inner levels (c, g, m)."""
    groups, m = len(term.groups), term.shape.size
    place = term.outer * m + term.inner
    found = np.zeros((len(Z), groups * m))
    for i, row in enumerate(Z):
        np.add.at(found[i], place, row)
    return found.reshape(len(Z), groups, m)


def _present(term: Term) -> tuple[Indices, Indices]:
    """Return groups and inner levels that occur, in order."""
    place = np.unique(term.outer * term.shape.size + term.inner)
    return place // term.shape.size, place % term.shape.size
