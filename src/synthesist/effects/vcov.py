"""Covariances of effects that share patients: one control group, several outcomes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from synthesist.effects import zero_cells
from synthesist.effects.arms import Events, PersonTime
from synthesist.effects.table import EffectTable
from synthesist.effects.work import Indices, Work
from synthesist.errors import InvalidInput, Problem
from synthesist.tables import Vector
from synthesist.tables.table import as_text

Matrix = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Covariance:
    """Covariances within clusters of effects; between clusters there are none.

    `blocks` hold the rows of a cluster, counted among the included studies, and
    their covariance matrix; a cluster of one is its variance. `size` is the
    number of included studies.
    """

    blocks: tuple[tuple[Indices, Matrix], ...]
    size: int

    def dense(self) -> Matrix:
        """Return the whole matrix (k, k), mostly zeros."""
        whole = np.zeros((self.size, self.size))
        for rows, block in self.blocks:
            whole[np.ix_(rows, rows)] = block
        return whole


def vcov(
    effects: EffectTable,
    *,
    cluster: str = "study",
    rho: float | None = None,
    time: str | None = None,
    phi: float | None = None,
    shared_control: str | None = None,
) -> Covariance:
    """Return the covariances of effects from the same patients.

    Parameters
    ----------
    effects : EffectTable
    cluster : str
        The column whose equal values mark effects of the same patients; "study"
        takes the labels.
    rho : float, optional
        Correlation of the estimates of two outcomes in the same patients.
    time : str, optional
        The column of time points; the correlation then falls off as `phi` to the
        power of their distance.
    phi : float, optional
        Correlation of two estimates one unit of time apart.
    shared_control : str, optional
        The column whose equal values mark effects against the same control group,
        "study" for the labels. Their covariance is the control group's part of
        the variance, and goes before `rho`.

    Raises
    ------
    InvalidInput
        If nothing says how effects are correlated, a correlation is impossible,
        the measure's covariance with a shared control is not known, or effects
        said to share a control group have different ones.

    References
    ----------
    Gleser LJ, Olkin I. In: Handbook of research synthesis. 2nd ed. 2009, 357.
    """
    _check(effects, rho, time, phi, shared_control)
    rows = np.flatnonzero(effects.included)
    v = effects.v[rows]
    together = _codes(effects, cluster)[rows]
    arms = None if shared_control is None else _codes(effects, shared_control)[rows]
    groups = together if arms is None or rho is not None else arms
    times = None if time is None else np.asarray(effects.column(time), np.float64)[rows]
    shared = None if arms is None else _control_parts(effects, rows, arms)
    blocks: list[tuple[Indices, Matrix]] = []
    for code in dict.fromkeys(groups.tolist()):
        members = np.flatnonzero(groups == code)
        block = np.zeros((members.size, members.size))
        if rho is not None or phi is not None:
            correlation = np.full_like(block, 1.0 if rho is None else rho)
            if times is not None and phi is not None:
                apart = np.abs(times[members][:, None] - times[members][None, :])
                correlation *= phi**apart
            block = correlation * np.sqrt(np.outer(v[members], v[members]))
        if shared is not None and arms is not None:
            same = arms[members][:, None] == arms[members][None, :]
            block = np.where(same, shared(members), block)
        np.fill_diagonal(block, v[members])
        blocks.append((members, block))
    return Covariance(blocks=tuple(blocks), size=rows.size)


def _check(
    effects: EffectTable,
    rho: float | None,
    time: str | None,
    phi: float | None,
    shared_control: str | None,
) -> None:
    """Raise `InvalidInput` for a question without an answer."""
    if rho is None and phi is None and shared_control is None:
        raise InvalidInput(
            "Nothing says how the effects are correlated.",
            remedy="give rho, or time and phi, or shared_control",
        )
    if (time is None) != (phi is None):
        raise InvalidInput(
            "A correlation over time needs the time points and its strength.",
            remedy="give both time and phi",
        )
    for name, value in (("rho", rho), ("phi", phi)):
        if value is not None and not 0 <= value < 1:
            raise InvalidInput(
                f"The correlation {name} is {value}.",
                remedy="give a number from 0 to below 1",
            )
    code = effects.measure.code
    if shared_control is not None and code not in SHARED:
        raise InvalidInput(
            f"The covariance of two {effects.measure.label.lower()}s with a shared control group is not known.",
            remedy=f"it is for {', '.join(SHARED)}",
        )


def _codes(effects: EffectTable, column: str) -> Indices:
    """Return a number for each different value of a column (k,)."""
    cells = effects.study if column == "study" else effects.column(column)
    texts = [as_text(cell) for cell in cells]
    numbers = {text: i for i, text in enumerate(dict.fromkeys(texts))}
    return np.array([numbers[text] for text in texts], dtype=np.int64)


def _control_parts(
    effects: EffectTable, rows: Indices, arms: Indices
) -> Callable[[Indices], Matrix]:
    """Return the function that gives covariances of effects against one control group."""
    cells = {role: values[rows] for role, values in effects.cells.items()}
    work = Work(rules=effects.choices)
    needed, part = SHARED[effects.measure.code]
    missing = [
        role for role in needed if role not in cells or np.isnan(cells[role]).any()
    ]
    if missing:
        raise InvalidInput(
            f"A shared control group needs {', '.join(needed)} of every study.",
            remedy=f"give {', '.join(missing)}",
        )
    _check_same(effects, rows, arms, cells, needed)
    share = np.sqrt(part(cells, work))
    y = effects.y[rows]
    total = _total_size(cells, arms) if effects.measure.code == "SMD" else None

    def covariance(members: Indices) -> Matrix:
        block = np.outer(share[members], share[members])
        if total is not None:
            block += np.outer(y[members], y[members]) / (2 * total[members][:, None])
        return block

    return covariance


def _check_same(
    effects: EffectTable,
    rows: Indices,
    arms: Indices,
    cells: Mapping[str, Vector],
    needed: tuple[str, ...],
) -> None:
    """Raise `InvalidInput` where a control group is said to be one and is not."""
    problems: list[Problem] = []
    for role in (role for role in needed if role.endswith("_c")):
        first: dict[int, float] = {}
        for arm, value, row in zip(
            arms.tolist(), cells[role].tolist(), rows.tolist(), strict=True
        ):
            if first.setdefault(arm, value) != value:
                problems.append(
                    Problem(
                        message=f"{role} is {value:g}, and {first[arm]:g} in another row of the same control group",
                        place=f"study {effects.study[row]}",
                        remedy="correct it, or mark the control groups as different",
                    )
                )
    if problems:
        raise InvalidInput(problems=problems)


def _total_size(cells: Mapping[str, Vector], arms: Indices) -> Vector:
    """Return the patients of all groups that share a control group (k,)."""
    treated = np.bincount(arms, weights=cells["n_t"])
    return treated[arms] + cells["n_c"]


def _corrected(cells: Mapping[str, Vector], work: Work) -> Events:
    """Return the control groups as they entered the effects."""
    treated = Events(cells["events_t"], cells["n_t"])
    control = Events(cells["events_c"], cells["n_c"])
    return zero_cells.correct(treated, control, work)[1]


def _of_risk_ratio(cells: Mapping[str, Vector], work: Work) -> Vector:
    control = _corrected(cells, work)
    return 1 / control.events - 1 / control.n


def _of_odds_ratio(cells: Mapping[str, Vector], work: Work) -> Vector:
    control = _corrected(cells, work)
    return 1 / control.events + 1 / control.rest


def _of_risk_difference(cells: Mapping[str, Vector], work: Work) -> Vector:
    control = _corrected(cells, work)
    return control.events * control.rest / control.n**3


def _of_rate_ratio(cells: Mapping[str, Vector], work: Work) -> Vector:
    treated = PersonTime(cells["events_t"], cells["time_t"])
    control = PersonTime(cells["events_c"], cells["time_c"])
    return 1 / zero_cells.correct_rates(treated, control, work)[1].events


COUNTS = ("events_t", "n_t", "events_c", "n_c")
MEANS = ("n_t", "mean_c", "sd_c", "n_c")
Part = Callable[[Mapping[str, Vector], Work], Vector]

#: The control group's part of the variance, and the columns it is made of.
SHARED: dict[str, tuple[tuple[str, ...], Part]] = {
    "RR": (COUNTS, _of_risk_ratio),
    "OR": (COUNTS, _of_odds_ratio),
    "RD": (COUNTS, _of_risk_difference),
    "AS": (("n_c",), lambda cells, work: 1 / (4 * cells["n_c"])),
    "IRR": (("events_t", "time_t", "events_c", "time_c"), _of_rate_ratio),
    "MD": (MEANS, lambda cells, work: np.square(cells["sd_c"]) / cells["n_c"]),
    "SMD": (MEANS, lambda cells, work: 1 / cells["n_c"]),
    "ROM": (
        MEANS,
        lambda cells, work: np.square(cells["sd_c"] / cells["mean_c"]) / cells["n_c"],
    ),
}
