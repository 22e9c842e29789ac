"""The components of variance of a fitted model, as they are reported."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from synthesist.numerics.arrays import Vector
from synthesist.numerics.results import Interval, number
from synthesist.pooling.dependent.estimate import Estimated
from synthesist.pooling.dependent.structures import Parameter
from synthesist.pooling.dependent.terms import Term

#: A correlation within this of 1 or -1 is at its bound.
AT_ONE = 1e-6


@dataclass(frozen=True, slots=True, kw_only=True)
class Component:
    """A variance of effects between groups, or a correlation of effects within them.

    Attributes
    ----------
    term : str
        The factor it belongs to.
    levels : tuple of str
        The inner levels it is of; empty where these share it.
    kind : {"variance", "correlation", "slope"}
    value : float
        A variance in squared units of the effects.
    groups : int
        Number of groups of the factor.
    at_bound : bool
        Whether the variance is zero or the correlation at its limit.
    interval : Interval or None
        By profile likelihood, where it was asked for.
    """

    term: str
    levels: tuple[str, ...]
    kind: Literal["variance", "correlation", "slope"]
    value: float
    groups: int
    at_bound: bool
    interval: Interval | None = None

    @property
    def name(self) -> str:
        """What it is, in words."""
        of = f" of {' and '.join(self.levels)}" if self.levels else ""
        return f"{self.kind}{of}, {self.term}"

    def to_dict(self) -> dict[str, Any]:
        """Return every number in full precision as JSON knows it."""
        return {
            "term": self.term,
            "levels": list(self.levels),
            "kind": self.kind,
            "value": number(self.value),
            "groups": self.groups,
            "at_bound": self.at_bound,
            "low": number(self.interval and self.interval.lower),
            "high": number(self.interval and self.interval.upper),
        }


def components_of(estimated: Estimated) -> tuple[Component, ...]:
    """Return the components of a fitted model."""
    problem = estimated.problem
    parts = problem.split(estimated.best.at)
    found: list[Component] = []
    for term, theta in zip(problem.terms, parts, strict=True):
        names = tuple(term.levels)
        for parameter, value in zip(term.shape.parameters, theta.tolist(), strict=True):
            if parameter.kind in {"correlation", "slope"}:
                value = _correlation(term, parameter, theta, value)
                at_bound = _at_bound(parameter, value)
            else:
                value = value if parameter.kind == "variance" else value * value
                at_bound = value == 0
                value *= problem.scale**2
            found.append(
                Component(
                    term=term.name,
                    levels=tuple(names[i] for i in parameter.levels),
                    kind="variance" if parameter.kind == "sd" else parameter.kind,
                    value=value,
                    groups=len(term.levels if term.dense else term.groups),
                    at_bound=at_bound,
                )
            )
    return tuple(found)


def _correlation(
    term: Term, parameter: Parameter, theta: Vector, value: float
) -> float:
    """Return a correlation as it is reported, whatever the variances are."""
    if not parameter.partial:
        return value
    deviations = [p.kind != "correlation" for p in term.shape.parameters]
    unit = term.shape.matrix(np.where(deviations, 1.0, theta)).matrix
    first, second = parameter.levels
    return float(unit[first, second])


def _at_bound(parameter: Parameter, value: float) -> bool:
    """Say whether a correlation is at the end of its range."""
    high = 1.0 if parameter.partial else parameter.high
    low = -1.0 if parameter.partial else parameter.low
    return value >= high - AT_ONE or value <= low + AT_ONE
