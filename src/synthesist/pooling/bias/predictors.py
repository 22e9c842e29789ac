"""What effects are regressed on, and with what weights, to see small-study effects."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from synthesist.errors import InvalidInput
from synthesist.numerics.arrays import Mask, Vector
from synthesist.pooling.bias.sample import Sample


@dataclass(frozen=True, slots=True, kw_only=True)
class Regressed:
    """Effects on something that goes with the size of a study, (k,) each.

    `y` are the effects themselves but for the score test; `known` says for which of
    the studies there is a weight above zero.
    """

    x: Vector
    y: Vector
    w: Vector
    known: Mask


def on_standard_error(sample: Sample, size: str | None) -> Regressed:
    """Regress effects on their standard errors."""
    del size
    return _all(sample.se, sample.y, 1 / sample.v)


def on_size(sample: Sample, size: str | None) -> Regressed:
    """Regress effects on the number of patients, weights by inverse variance."""
    return _all(total(sample, size), sample.y, 1 / sample.v)


def on_size_pooled(sample: Sample, size: str | None) -> Regressed:
    """Regress effects on the number of patients, weights by events of both groups."""
    return _some(total(sample, size), sample.y, _events_weight(sample))


def on_inverse_size(sample: Sample, size: str | None) -> Regressed:
    """Regress effects on one over the number of patients, weights by all events."""
    return _some(1 / total(sample, size), sample.y, _events_weight(sample))


def on_effective_size(sample: Sample, size: str | None) -> Regressed:
    """Regress effects on one over the root of the effective number of patients."""
    del size
    n, m = both_sizes(sample)
    effective = 4 * n * m / (n + m)
    return _all(1 / np.sqrt(effective), sample.y, effective)


def on_null_error(sample: Sample, size: str | None) -> Regressed:
    """Regress on the part of the standard error that does not hold the effect."""
    del size
    n, m = both_sizes(sample)
    variance = 1 / n + 1 / m
    return _all(np.sqrt(variance), sample.y, 1 / variance)


def on_score(sample: Sample, size: str | None) -> Regressed:
    """Regress scores over their variance on one over the root of that variance.

    References
    ----------
    Harbord RM, Egger M, Sterne JAC. Stat Med 2006;25:3443. doi:10.1002/sim.2380
    Harbord RM, Harris RJ, Sterne JAC. Stata J 2009;9:197.
    """
    del size
    n, m = both_sizes(sample)
    a, events = _cells(sample, "events_t")[0], _both_events(sample)
    everyone = n + m
    rest = everyone - events
    if sample.table.measure.code == "RR":
        scale = np.where(rest > 0, everyone / np.where(rest > 0, rest, 1.0), 0.0)
        score = (a - events * n / everyone) * scale
        v = n * m * events / np.square(everyone) * scale
    else:
        score = a - events * n / everyone
        v = n * m * events * rest / (np.square(everyone) * (everyone - 1))
    informative = v > 0
    safe = np.where(informative, v, 1.0)
    return _some(1 / np.sqrt(safe), score / safe, np.where(informative, v, 0.0))


def total(sample: Sample, size: str | None) -> Vector:
    """Return the number of patients of each study (k,).

    Raises
    ------
    InvalidInput
        If it is not known, or not above zero.
    """
    cells = sample.table.cells
    if size is not None:
        from synthesist.pooling.regression.columns import as_values, column_of

        found = as_values(column_of(sample.table, size))
        n = found[sample.rows] if isinstance(found, np.ndarray) else np.zeros(1)
    elif "n_t" in cells and "n_c" in cells:
        n = np.add(*both_sizes(sample))
    elif "n" in cells:
        n = cells["n"][sample.rows]
    else:
        raise InvalidInput(
            "The number of patients of each study is not known.",
            remedy="name the column that holds it: size='n'",
        )
    return _above_zero(n)


def both_sizes(sample: Sample) -> tuple[Vector, Vector]:
    """Return the sizes of both groups of each study (k,).

    Raises
    ------
    InvalidInput
        If they are not known.
    """
    treated, control = _cells(sample, "n_t", "n_c")
    return _above_zero(treated), _above_zero(control)


def _above_zero(n: Vector) -> Vector:
    if not (np.isfinite(n) & (n > 0)).all():
        raise InvalidInput(
            "The number of patients is not known of every study.",
            remedy="give it for all, or choose a test that does not need it",
        )
    return n


def _both_events(sample: Sample) -> Vector:
    return np.add(*_cells(sample, "events_t", "events_c"))


def _events_weight(sample: Sample) -> Vector:
    """Return ``1 / (1/events + 1/others)`` of all patients of each study (k,)."""
    if "events" in sample.table.cells:
        events, everyone = _cells(sample, "events", "n")
    else:
        events, everyone = _both_events(sample), np.add(*both_sizes(sample))
    return events * (everyone - events) / everyone


def _cells(sample: Sample, *roles: str) -> tuple[Vector, ...]:
    """Return role columns of the studies.

    Raises
    ------
    InvalidInput
        If the effects were not computed from them.
    """
    cells = sample.table.cells
    missing = [role for role in roles if role not in cells]
    if missing:
        raise InvalidInput(
            f"This test needs {', '.join(missing)}, which these effects were not "
            "computed from.",
            remedy="choose a test that needs effects and standard errors only: "
            "egger, egger-mixed, thompson-sharp or begg",
        )
    found = tuple(cells[role][sample.rows] for role in roles)
    if any(np.isnan(column).any() for column in found):
        raise InvalidInput(
            f"{', '.join(roles)} are not known of every study.",
            remedy="choose a test that does not need them",
        )
    return found


def _all(x: Vector, y: Vector, w: Vector) -> Regressed:
    return Regressed(x=x, y=y, w=w, known=np.ones(len(y), dtype=np.bool_))


def _some(x: Vector, y: Vector, w: Vector) -> Regressed:
    return Regressed(x=x, y=y, w=w, known=w > 0)


@dataclass(frozen=True, slots=True)
class Predictor:
    """Something that goes with the size of a study.

    `null` says that the line read at zero is the effect of an unlimited study.
    """

    label: str
    regress: Callable[[Sample, str | None], Regressed]
    limit: bool = True


PREDICTORS: dict[str, Predictor] = {
    "standard error": Predictor("standard error", on_standard_error),
    "patients": Predictor("number of patients", on_size, limit=False),
    "patients, by events": Predictor("number of patients", on_size_pooled, limit=False),
    "1/patients": Predictor("1 / number of patients", on_inverse_size),
    "effective size": Predictor("1 / root of effective size", on_effective_size),
    "null error": Predictor("root of 1/n + 1/m", on_null_error),
    "score": Predictor("1 / root of score variance", on_score),
}
