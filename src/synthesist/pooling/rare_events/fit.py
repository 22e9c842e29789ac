"""An answer by maximum likelihood, with the likelihood it came from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from synthesist.errors import InvalidInput
from synthesist.numerics.arrays import Vector
from synthesist.numerics.distributions import normal_quantile
from synthesist.numerics.results import number
from synthesist.pooling.fit import PooledFit
from synthesist.pooling.rare_events.profile import Profile
from synthesist.pooling.rare_events.search import Optimum
from synthesist.pooling.rare_events.values import MU, TAU, Likelihood

if TYPE_CHECKING:
    from matplotlib.figure import Figure

#: Points of a drawn profile, and how far it reaches in units of its interval.
POINTS, REACH = 61, 1.4


class Mode(NamedTuple):
    """A maximum of the likelihood."""

    estimate: float
    tau2: float
    loglik: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LikelihoodFit(PooledFit):
    """A pooled effect by maximum likelihood of the counts.

    Attributes
    ----------
    loglik : float
        The log-likelihood with all its constants, at its maximum.
    parameters : mapping of str to float
        What else was estimated, such as the variance of the levels of studies.
    lower_modes : tuple of Mode
        Maxima of the likelihood that are lower than the one that was taken.
    """

    loglik: float
    parameters: Mapping[str, float] = field(default_factory=dict[str, float])
    lower_modes: tuple[Mode, ...] = ()
    likelihood: tuple[Likelihood, Optimum] | None = field(default=None, repr=False)

    def to_dict(self) -> dict[str, Any]:
        """Return every number in full precision as JSON knows it."""
        return PooledFit.to_dict(self) | {
            "loglik": number(self.loglik),
            "parameters": {name: number(v) for name, v in self.parameters.items()},
            "lower_modes": [
                {name: number(v) for name, v in mode._asdict().items()}
                for mode in self.lower_modes
            ],
        }

    def profile(
        self, parameter: str = "estimate", points: Vector | None = None
    ) -> tuple[Vector, Vector]:
        """Return points and the likelihood maximised over all other parameters.

        Parameters
        ----------
        parameter : {"estimate", "tau2"}
            What is held fixed at each point.
        points : (n,) array, optional
            By default around the interval.

        Raises
        ------
        InvalidInput
            If there is no such parameter, or no likelihood of it.
        """
        if self.likelihood is None or parameter not in PARAMETERS:
            raise InvalidInput(
                f"There is no profile of {parameter}.",
                remedy=f"choose {' or '.join(PARAMETERS)}, of a mixed model",
            )
        likelihood, best = self.likelihood
        at = self._points(parameter) if points is None else np.asarray(points, float)
        place = PARAMETERS[parameter]
        values = np.sqrt(at) if place == TAU else at
        return at, Profile(likelihood, best, place).at(values)[0]

    def plot_profile(self, parameter: str = "estimate") -> Figure:
        """Draw the profile likelihood of the estimate or of tau²."""
        from synthesist.figures import likelihood_profile

        points, loglik = self.profile(parameter)
        cut = self.loglik - 0.5 * normal_quantile(0.5 + self.interval.level / 2) ** 2
        effect = parameter == "estimate"
        low, high = self._limits(parameter)
        inside = [low > points[0], high < points[-1]]
        limits = [
            value if shown else None
            for value, shown in zip((low, high), inside, strict=True)
        ]
        return likelihood_profile(
            points,
            loglik,
            estimate=self.estimate if effect else float(self.tau2 or 0.0),
            name=self.effects.measure.label if effect else "tau²",
            cutoff=cut,
            interval=(limits[0], limits[1]),
            level=self.interval.level,
            log=effect and self.effects.measure.scale.log,
        )

    def _limits(self, parameter: str) -> tuple[float, float]:
        """Return where the profile crosses the limit of the confidence level."""
        from synthesist.pooling.rare_events.profile import interval

        if self.likelihood is None:
            return np.nan, np.nan
        place = PARAMETERS[parameter]
        low, high = interval(*self.likelihood, place, self.interval.level)
        return (low * low, high * high) if place == TAU else (low, high)

    def _points(self, parameter: str) -> Vector:
        low, high = self._limits(parameter)
        tau2 = parameter == "tau2"
        centre = float(self.tau2 or 0.0) if tau2 else self.estimate
        reach = 4 * self.se
        above = REACH * (high - centre) if np.isfinite(high) else reach
        below = REACH * (centre - low) if np.isfinite(low) else reach
        start = max(0.0, centre - below) if tau2 else centre - below
        return np.linspace(start, centre + above, POINTS)


#: The parameters that have a profile, and their places.
PARAMETERS = {"estimate": MU, "tau2": TAU}
