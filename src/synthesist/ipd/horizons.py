"""Restricted mean survival per trial and pooled, over a grid of horizons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from synthesist.effects import MEASURES, effect_table
from synthesist.errors import InvalidInput, NotEstimable
from synthesist.numerics.arrays import Matrix, Vector
from synthesist.numerics.results import versions
from synthesist.pooling import PooledFit, pool
from synthesist.survival import SurvivalData, kaplan_meier
from synthesist.survival.curves import round_times
from synthesist.survival.rmst import rmst_over
from synthesist.tables import give_back

#: What is pooled: the difference of restricted means, or their ratio.
CONTRASTS = ("difference", "ratio")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class HorizonFit:
    """Restricted means of trials at several horizons, and their pooled contrast.

    Attributes
    ----------
    horizons : tuple of float
    contrast : str
        ``difference`` (treated minus control) or ``ratio``.
    effects, variances : (trials, horizons) arrays
        On the analysis scale, a ratio's logarithm; NaN where a trial's follow-up
        ends before.
    fits : tuple of PooledFit
        One for each horizon.
    """

    data: SurvivalData
    horizons: tuple[float, ...]
    contrast: str
    effects: Matrix
    variances: Matrix
    fits: tuple[PooledFit, ...]
    notes: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return f"<HorizonFit: {self.contrast} at {len(self.horizons)} horizons>"

    def rows(self) -> list[dict[str, Any]]:
        """Return one row for each horizon, on the reading scale."""
        rows: list[dict[str, Any]] = []
        for tau, fit in zip(self.horizons, self.fits, strict=True):
            shown = fit.display()
            rows.append(
                {
                    "horizon": tau,
                    "trials": fit.k,
                    self.contrast: shown["estimate"],
                    "ci_low": shown["ci_low"],
                    "ci_high": shown["ci_high"],
                    "p": fit.p,
                    "tau2": fit.tau2,
                }
            )
        return rows

    def to_frame(self, backend: str | None = None) -> Any:
        """Return one row for each horizon."""
        rows = self.rows()
        return give_back(
            {name: [row[name] for row in rows] for name in rows[0]},
            self.data.native,
            backend,
        )

    def to_dict(self) -> dict[str, Any]:
        """Return every horizon as JSON values."""
        return {
            "contrast": self.contrast,
            "horizons": self.rows(),
            "fits": [fit.to_dict() for fit in self.fits],
            "notes": list(self.notes),
            "versions": versions(),
        }

    def summary(self) -> str:
        """Return the horizons as text."""
        lines = [f"Restricted mean survival, {self.contrast} by horizon"]
        lines += [
            f"  {row['horizon']:g}: {row[self.contrast]:.4g} ({row['ci_low']:.4g} to {row['ci_high']:.4g}), {row['trials']} trials"
            for row in self.rows()
        ]
        return "\n".join((*lines, *(f"  Note: {note}" for note in self.notes)))


def rmst_over_horizons(
    data: SurvivalData,
    horizons: Sequence[float] | None = None,
    *,
    contrast: str = "difference",
    level: float = 0.95,
    **options: Any,
) -> HorizonFit:
    """Compare restricted means in every trial and pool them, horizon by horizon.

    Parameters
    ----------
    horizons : sequence of float, optional
        By default round times up to the last at which two trials can answer.
    contrast : {"difference", "ratio"}
    **options
        Passed to `synthesist.pool`.

    Raises
    ------
    InvalidInput
        If there is no such contrast, or a horizon is not above zero.
    NotEstimable
        If no trial is followed to a horizon.

    References
    ----------
    Wei Y, Royston P, Tierney JF, Parmar MKB. Stat Med 2015;34:2881.
    doi:10.1002/sim.6556
    """
    if contrast not in CONTRASTS:
        raise InvalidInput(
            f"There is no contrast {contrast}.",
            remedy=f"choose {' or '.join(CONTRASTS)}",
        )
    lasts = _last_times(data)
    chosen = _grid(lasts) if horizons is None else tuple(map(float, horizons))
    if not chosen or min(chosen) <= 0:
        raise InvalidInput("A horizon is not above zero.")
    y, v = _contrasts(data, chosen, contrast)
    fits: list[PooledFit] = []
    notes = list(data.notes)
    for j, tau in enumerate(chosen):
        if not np.isfinite(y[:, j]).any():
            raise NotEstimable(
                f"No trial is followed to {tau:g} in both arms.",
                remedy="choose an earlier horizon",
            )
        fits.append(_pool(data, y[:, j], v[:, j], contrast, level, options))
    ends = [
        name
        for name, last in zip(data.trials, lasts, strict=True)
        if last < max(chosen)
    ]
    if ends:
        notes.append(
            f"{', '.join(ends)} end before the last horizon and leave the pool there."
        )
    return HorizonFit(
        data=data,
        horizons=chosen,
        contrast=contrast,
        effects=y,
        variances=v,
        fits=tuple(fits),
        notes=tuple(notes),
    )


def _last_times(data: SurvivalData) -> list[float]:
    """Return the time to which both arms of each trial are followed, 0 for one arm."""
    found: list[float] = []
    for i in range(len(data.trials)):
        curves = kaplan_meier(data.part(i)).curves
        both = len(curves) == 2
        found.append(min(c.last for c in curves) if both else 0.0)
    return found


def _grid(lasts: Sequence[float]) -> tuple[float, ...]:
    """Return round horizons up to where two trials, or the only one, can answer."""
    ordered = sorted(lasts, reverse=True)
    last = ordered[1] if len(ordered) > 1 and ordered[1] > 0 else ordered[0]
    if last <= 0:
        return ()
    return tuple(float(t) for t in round_times(last, 6)[1:])


def _contrasts(
    data: SurvivalData, horizons: Sequence[float], contrast: str
) -> tuple[Matrix, Matrix]:
    """Return effects and variances (trials, horizons)."""
    shape = (len(data.trials), len(horizons))
    y, v = np.full(shape, np.nan), np.full(shape, np.nan)
    for i in range(len(data.trials)):
        curves = kaplan_meier(data.part(i)).curves
        if len(curves) != 2:
            continue
        means, variances = rmst_over(curves, horizons)
        if contrast == "difference":
            y[i] = means[1] - means[0]
            v[i] = variances[0] + variances[1]
        else:
            y[i] = np.log(means[1] / means[0])
            v[i] = (variances / means**2).sum(axis=0)
        none = ~(v[i] > 0)
        y[i, none] = v[i, none] = np.nan
    return y, v


def _pool(
    data: SurvivalData,
    y: Vector,
    v: Vector,
    contrast: str,
    level: float,
    options: dict[str, Any],
) -> PooledFit:
    """Pool the trials at one horizon."""
    effects = effect_table(
        {"study": np.array(data.trials, dtype=object), "yi": y, "vi": v},
        "GEN" if contrast == "difference" else "HR",
    )
    measure = MEASURES["GEN" if contrast == "difference" else "ROM"]
    label = f"Restricted mean survival, {contrast}"
    effects = replace(effects, measure=replace(measure, label=label))
    return pool(effects, level=level, **options)
