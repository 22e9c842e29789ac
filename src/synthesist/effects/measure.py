"""What a measure is: the ways to it, and how it is read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from synthesist.effects.routes import Route
from synthesist.effects.scales import Scale

Design = Literal["two groups", "one group", "before-after", "correlation", "generic"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """How groups become an effect, and how it is read.

    A study takes the first of `routes` for which it has every cell. `caution` is
    what the reader of every result must know.
    """

    code: str
    label: str
    scale: Scale
    design: Design
    routes: tuple[Route, ...]
    caution: str = ""

    @property
    def roles(self) -> tuple[tuple[str, ...], ...]:
        """The sets of columns that are enough, the preferred one first."""
        return tuple(route.roles for route in self.routes)

    @property
    def variances(self) -> tuple[str, ...]:
        """The forms of the variance that can be chosen, the default first."""
        return tuple(dict.fromkeys(v for route in self.routes for v in route.variances))


def measure(
    design: Design,
    code: str,
    label: str,
    scale: Scale,
    *routes: Route,
    caution: str = "",
) -> Measure:
    """Return a measure, as the registries write it."""
    return Measure(
        code=code,
        label=label,
        scale=scale,
        design=design,
        routes=routes,
        caution=caution,
    )
