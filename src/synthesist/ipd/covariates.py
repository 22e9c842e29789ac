"""A covariate as the pieces by which a treatment effect may differ."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from synthesist.errors import InvalidInput
from synthesist.numerics.arrays import Matrix, Vector
from synthesist.survival import SurvivalData

#: Shares at which the knots of a restricted cubic spline lie.
KNOTS = {
    3: (0.1, 0.5, 0.9),
    4: (0.05, 0.35, 0.65, 0.95),
    5: (0.05, 0.275, 0.5, 0.725, 0.95),
}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Pieces:
    """The pieces of a covariate.

    Attributes
    ----------
    names : tuple of str
        One for each piece.
    values : (q, n) array
        Zero at the reference, NaN where not recorded.
    reference : str
        What the reference is, in words.
    levels : tuple of str
        The categories, the reference first; empty for a number.
    knots : (m,) array
        Of a spline; empty for a straight line.
    origin : float
        The number at the reference.
    """

    covariate: str
    names: tuple[str, ...]
    values: Matrix
    reference: str
    levels: tuple[str, ...] = ()
    knots: Vector
    origin: float = 0.0

    def at(self, numbers: Sequence[float] | Vector) -> Matrix:
        """Return the pieces (m, q) at given numbers of the covariate."""
        x = np.asarray(numbers, dtype=np.float64)
        return (_basis(x, self.knots) - _basis(np.array([self.origin]), self.knots)).T


def pieces(
    data: SurvivalData,
    covariate: str,
    *,
    knots: int = 0,
    reference: str | float | None = None,
) -> Pieces:
    """Return a covariate as pieces.

    Parameters
    ----------
    knots : int
        0 for a straight line, 3 to 5 for a restricted cubic spline; of numbers.
    reference : str or float, optional
        Where the treatment effect is taken: a category, by default the first, or
        a number, by default the median.

    Raises
    ------
    InvalidInput
        If there is no such covariate, category or number of knots.

    References
    ----------
    Durrleman S, Simon R. Stat Med 1989;8:551. doi:10.1002/sim.4780080504
    """
    found = data.covariate(covariate)
    if found.levels:
        return _categories(covariate, found.values, found.levels, reference)
    values = found.values
    recorded = values[~found.missing]
    if not len(recorded):
        raise InvalidInput(f"Nobody has {covariate}.")
    distinct = np.unique(recorded)
    if len(distinct) == 2 and reference is None:
        reference = float(distinct[0])
    origin = float(np.median(recorded)) if reference is None else float(reference)
    at: Vector = np.empty(0)
    if knots:
        if knots not in KNOTS:
            raise InvalidInput(
                f"A restricted cubic spline has no {knots} knots here.",
                remedy=f"choose {', '.join(map(str, KNOTS))}, or 0 for a straight line",
            )
        at = np.unique(np.quantile(recorded, KNOTS[knots]))
        if len(at) < knots:
            raise InvalidInput(
                f"{covariate} has too few values for {knots} knots.",
                remedy="take a straight line (knots=0)",
            )
    basis = _basis(values, at) - _basis(np.array([origin]), at)
    names = (covariate, *(f"{covariate} bend {i + 1}" for i in range(len(basis) - 1)))
    return Pieces(
        covariate=covariate,
        names=names,
        values=basis,
        reference=f"{covariate} {origin:g}",
        knots=at,
        origin=origin,
    )


def _categories(
    covariate: str,
    codes: Vector,
    levels: tuple[str, ...],
    reference: str | float | None,
) -> Pieces:
    """Return an indicator of every category but the reference."""
    first = levels[0] if reference is None else str(reference)
    if first not in levels:
        raise InvalidInput(
            f"{covariate} has no category {first}.",
            remedy=f"its categories are {', '.join(levels)}",
        )
    rest = [level for level in levels if level != first]
    values = np.stack(
        [
            np.where(np.isnan(codes), np.nan, codes == levels.index(level))
            for level in rest
        ]
    ).astype(np.float64)
    return Pieces(
        covariate=covariate,
        names=tuple(rest),
        values=values,
        reference=first,
        levels=(first, *rest),
        knots=np.empty(0),
    )


def without_sparse(
    data: SurvivalData, chosen: Pieces
) -> tuple[Pieces, tuple[str, ...]]:
    """Leave out, trial by trial, the patients of categories that one arm has no event in.

    Such a category has no finite effect in that trial, and would take the trial's
    other categories with it.

    Returns
    -------
    Pieces
        NaN for the patients that are left out.
    tuple of str
        A note for each category.
    """
    arm = data.arm()
    values = chosen.values.copy()
    notes: list[str] = []
    for piece, level in enumerate(chosen.levels[1:]):
        without: list[str] = []
        for i, trial in enumerate(data.trials):
            rows = slice(int(data.starts[i]), int(data.starts[i + 1]))
            mine = chosen.values[piece, rows] == 1
            happened = data.event[rows] & mine
            if mine.any() and not (
                (happened & arm[rows]).any() and (happened & ~arm[rows]).any()
            ):
                values[:, rows][:, mine] = np.nan
                without.append(trial)
        if without:
            notes.append(
                f"{chosen.covariate} {level} is left out of {', '.join(without)}: no event in one of the arms."
            )
    return replace(chosen, values=values), tuple(notes)


def _basis(x: Vector, knots: Vector) -> Matrix:
    """Return a number and the bends of its restricted cubic spline (q, n).

    Beyond the outer knots the curve is straight.
    """
    if not len(knots):
        return x[None].astype(np.float64)
    last, before = knots[-1], knots[-2]
    span = (last - knots[0]) ** 2

    def cube(at: float) -> Vector:
        return np.maximum(x - at, 0.0) ** 3

    bends = [
        (
            cube(k)
            - cube(before) * (last - k) / (last - before)
            + cube(last) * (before - k) / (last - before)
        )
        / span
        for k in knots[:-2]
    ]
    return np.stack([x, *bends])
