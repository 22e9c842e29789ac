"""What each study does to a regression, by leaving it out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from synthesist.errors import InvalidInput, NotEstimable
from synthesist.numerics import linear
from synthesist.numerics.arrays import Matrix, Vector
from synthesist.numerics.results import number, versions
from synthesist.pooling.regression.core import Core, fit_core
from synthesist.tables import give_back

if TYPE_CHECKING:
    from synthesist.pooling.regression.fit import RegressionFit


ALONE = (
    "Without {studies} not all coefficients can be estimated, so nothing is said of "
    "what it does."
)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Influence:
    """Diagnostics of the k studies of a regression, NaN where they do not exist.

    Attributes
    ----------
    study : sequence of str
    residual : (k,) array
        Externally standardised: the effect less what the others predict for it.
    leverage : (k,) array
        How much of its own prediction a study makes.
    cook : (k,) array
        The shift of all coefficients, squared and standardised.
    dffits : (k,) array
        The shift of the study's own prediction, standardised.
    dfbetas : (k, p) array
        The shift of each coefficient, standardised.
    covariance_ratio : (k,) array
        The determinant of the coefficients' covariance without the study, relative
        to that with it.
    tau2, q : (k,) arrays
        What they are without the study.
    estimate : (k, p) array
        The coefficients without the study.
    """

    study: Sequence[str]
    names: tuple[str, ...]
    residual: Vector
    leverage: Vector
    cook: Vector
    dffits: Vector
    dfbetas: Matrix
    covariance_ratio: Vector
    tau2: Vector
    q: Vector
    estimate: Matrix
    weight: Vector
    notes: tuple[str, ...] = ()
    native: Any = field(default=None, repr=False)

    def _columns(self) -> dict[str, Vector]:
        """Return all diagnostics by name, one value a study."""
        single = {
            "residual": self.residual,
            "leverage": self.leverage,
            "cook": self.cook,
            "dffits": self.dffits,
            "covariance_ratio": self.covariance_ratio,
            "tau2": self.tau2,
            "q": self.q,
            "weight": self.weight,
        }
        shifts = {
            f"dfbetas {name}": self.dfbetas[:, i] for i, name in enumerate(self.names)
        }
        return single | shifts

    def to_frame(self, backend: str | None = None) -> Any:
        """Return one row a study."""
        return give_back(
            {"study": list(self.study), **self._columns()}, self.native, backend
        )

    def to_dict(self) -> dict[str, Any]:
        """Return every number in full precision as JSON knows it."""
        columns = self._columns()
        return {
            "studies": [
                {"study": name, **{key: number(x[i]) for key, x in columns.items()}}
                for i, name in enumerate(self.study)
            ],
            "notes": list(self.notes),
            "versions": versions(),
        }

    def summary(self) -> str:
        """Return one line a study, those with the largest shift first."""
        order = np.argsort(-np.nan_to_num(self.cook, nan=np.inf), kind="stable")
        lines = [
            f"{self.study[i]}: Cook's distance {self.cook[i]:.3g}, residual "
            f"{self.residual[i]:.3g}, leverage {self.leverage[i]:.3g}"
            for i in order.tolist()
        ]
        return "\n".join([*lines, *(f"Note: {note}" for note in self.notes)])


def influence(fit: RegressionFit) -> Influence:
    """Leave each study out in turn and fit again, tau² included.

    References
    ----------
    Viechtbauer W, Cheung MW. Res Synth Methods 2010;1:112. doi:10.1002/jrsm.11

    Raises
    ------
    InvalidInput
        If moderators were imputed.
    """
    if fit.imputed:
        raise InvalidInput(
            "Influence is not defined for a regression with imputed moderators.",
            remedy="regress with missing='drop'",
        )
    core = fit.core
    k, p = core.X.shape
    study = [fit.effects.study[i] for i in np.flatnonzero(fit.used).tolist()]
    cells = np.full((k, 6), np.nan)
    shifts, estimates = np.full((k, p), np.nan), np.full((k, p), np.nan)
    factor = _factor(core)
    precision = linear.inverse(factor * core.covariance)
    whole = linear.log_determinant(factor * core.covariance)
    leverage, alone = 1 - core.free, list[str]()
    for i in range(k):
        rest = np.array([j for j in range(k) if j != i], dtype=np.intp)
        try:
            other = fit_core(
                core.y[rest], core.v[rest], core.X[rest], fit.names, core.method
            )
        except NotEstimable:
            alone.append(study[i])
            continue
        x, scale = core.X[i], _factor(other)
        moved = core.estimate - other.estimate
        variance = scale * (core.v[i] + other.tau2)
        spread = scale * other.covariance
        cells[i] = (
            (core.y[i] - x @ other.estimate) / np.sqrt(variance + x @ spread @ x),
            moved @ precision @ moved,
            x @ moved / np.sqrt(variance * leverage[i]),
            np.exp(linear.log_determinant(spread) - whole),
            other.tau2,
            float(other.contrasts.common.q[0]),
        )
        shifts[i] = moved / np.sqrt(scale * np.diagonal(_all_at(core, other.tau2)))
        estimates[i] = other.estimate
    residual, cook, dffits, ratio, tau2, q = cells.T
    return Influence(
        study=study,
        names=fit.names,
        residual=residual,
        leverage=leverage,
        cook=cook,
        dffits=dffits,
        dfbetas=shifts,
        covariance_ratio=ratio,
        tau2=tau2,
        q=q,
        estimate=estimates,
        weight=100 * core.w / core.w.sum(),
        notes=_notes(alone),
        native=fit.effects.native,
    )


def _factor(core: Core) -> float:
    """Return by how much the test scales the covariance of the coefficients."""
    found = core.inference.covariance[0, 0] / core.covariance[0, 0]
    return float(found) if core.method.test != "KR" else 1.0


def _all_at(core: Core, tau2: float) -> Matrix:
    """Return the covariance of the coefficients of all studies at another tau²."""
    return core.pivots.covariance(core.contrasts.at(np.array([tau2])))[0]


def _notes(alone: Sequence[str]) -> tuple[str, ...]:
    if not alone:
        return ()
    return (ALONE.format(studies=", ".join(alone)),)
