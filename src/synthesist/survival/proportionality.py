"""Are the hazards proportional? A score test of covariates whose effect drifts in time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from synthesist.errors import InvalidInput
from synthesist.numerics.arrays import Vector
from synthesist.numerics.dense import solve
from synthesist.numerics.results import HypothesisTest
from synthesist.survival.likelihood import evaluate

if TYPE_CHECKING:
    from synthesist.survival.cox_fit import CoxFit, CoxModel


@dataclass(frozen=True, slots=True, kw_only=True)
class ProportionalityTest:
    """Tests of proportional hazards: one for each coefficient, and one for all.

    A coefficient is tested against one that changes in proportion to `transform`
    of time.
    """

    transform: str
    names: tuple[str, ...]
    tests: tuple[HypothesisTest, ...]
    overall: HypothesisTest

    def to_dict(self) -> dict[str, Any]:
        """Return the tests as JSON values."""
        rows = zip((*self.names, "overall"), (*self.tests, self.overall), strict=True)
        return {
            "transform": self.transform,
            "tests": [
                {"name": name, "statistic": t.statistic, "df": t.df, "p": t.p}
                for name, t in rows
            ],
        }


def proportionality_test(fit: CoxFit, transform: str) -> ProportionalityTest:
    """Test proportional hazards.

    The score test of adding to every covariate its product with a function of
    time; what it needs are weighted sums over event times.

    References
    ----------
    Grambsch PM, Therneau TM. Biometrika 1994;81:515. doi:10.1093/biomet/81.3.515
    """
    from synthesist.survival.cox import chi2_test

    if transform not in TRANSFORMS:
        raise InvalidInput(
            f"There is no transform {transform} of time.",
            remedy=f"choose {', '.join(TRANSFORMS)}",
        )
    model = fit.model
    g = TRANSFORMS[transform](model)
    # The test does not change when a constant is taken off; the sums are better.
    g = g - float(model.sets.deaths @ g) / model.sets.deaths.sum()
    plain, once, twice = (
        evaluate(
            model.sets,
            model.design,
            fit.estimate,
            efron=model.efron,
            time_weights=weights,
        )
        for weights in (None, g, g * g)
    )
    adjusted = twice.information - once.information @ solve(
        plain.information, once.information
    )
    slope = once.score
    tests = tuple(
        chi2_test(float(s * s / v), 1)
        for s, v in zip(slope, np.diagonal(adjusted).tolist(), strict=True)
    )
    overall = chi2_test(float(slope @ solve(adjusted, slope)), len(slope))
    return ProportionalityTest(
        transform=transform, names=fit.names, tests=tests, overall=overall
    )


def _km(model: CoxModel) -> Vector:
    """Return 1 minus the survival of all just before each event time (t,)."""
    sets = model.sets
    order = np.argsort(sets.exit, kind="stable")
    times, place = np.unique(sets.times, return_inverse=True)
    deaths = np.bincount(place, weights=sets.deaths)
    at_risk = len(sets) - np.searchsorted(sets.exit[order], times, side="left")
    if sets.entry is not None:
        late = np.sort(sets.entry)
        at_risk -= len(sets) - np.searchsorted(late, times, side="left")
    after = np.cumprod(1 - deaths / at_risk)
    return 1 - np.concatenate([[1.0], after[:-1]])[place]


def _rank(model: CoxModel) -> Vector:
    """Return the rank of each event time among all times of follow-up (t,)."""
    exits = np.sort(model.sets.exit)
    times = model.sets.times
    below = np.searchsorted(exits, times, side="left")
    return (below + 1 + np.searchsorted(exits, times, side="right")) / 2


def _log(model: CoxModel) -> Vector:
    return np.log(model.sets.times)


def _identity(model: CoxModel) -> Vector:
    return model.sets.times


TRANSFORMS: dict[str, Callable[[CoxModel], Vector]] = {
    "km": _km,
    "rank": _rank,
    "log": _log,
    "identity": _identity,
}
