"""The same analysis without each study, or study by study."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite
from typing import TYPE_CHECKING, Any

import numpy as np

from synthesist.numerics.arrays import Indices
from synthesist.numerics.results import number, versions
from synthesist.pooling import wording
from synthesist.pooling.engine import Answers
from synthesist.pooling.fit import PooledFit
from synthesist.pooling.influence.studied import Studied, studied
from synthesist.pooling.influence.subsets import first_studies, without_each
from synthesist.tables import Cell, give_back
from synthesist.tables.table import as_text

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from synthesist.figures import ForestPlot

#: The columns of a frame that stand on the scale of the reader, and the engine's names.
READ = {"estimate": "estimate", "ci_low": "lower", "ci_high": "upper"}

#: The columns that have one scale only.
PLAIN = ("p", "tau2", "i2", "i2_q", "q", "q_p")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Refits:
    """Answers from parts of the studies, beside that from all of them.

    Attributes
    ----------
    fit : PooledFit
        The answer from all studies.
    rows : (m,) array of int
        The study, a row of the fit's effects, that each answer is about.
    answers : Answers
        The numbers of each answer (m,), on the analysis scale.
    word : str
        What is done with the study: ``without`` or ``up to``.
    """

    fit: PooledFit
    rows: Indices
    answers: Answers
    word: str
    notes: tuple[str, ...] = ()

    @property
    def labels(self) -> tuple[str, ...]:
        """Say for each answer which studies are in it."""
        study = self.fit.effects.study
        return tuple(f"{self.word} {study[row]}" for row in self.rows.tolist())

    def summary(self) -> str:
        """Return the answers as text, one a line, and that from all studies."""
        show = self.fit.effects.measure.scale.show
        wide = max(map(len, self.labels))
        percent = wording.percent(self.fit.interval.level)
        lines = [f"{self.fit.effects.measure.label}, {wording.studies(self.fit.k)}"]
        found = self.answers
        for i, label in enumerate(self.labels):
            low, high = show(float(found.lower[i])), show(float(found.upper[i]))
            lines.append(
                f"  {label:<{wide}}  {show(float(found.estimate[i]))} ({percent} CI "
                f"{low} to {high}){_spread(float(found.tau2[i]), float(found.i2[i]))}"
            )
        lines.append(f"All studies: {wording.headline(self.fit)}")
        return "\n".join([*lines, *(f"Note: {note}" for note in self.notes)])

    def display(self) -> dict[str, list[float | None]]:
        """Return estimates and limits (m,) as they are read."""
        back = self.fit.effects.to_reading
        return {
            name: [number(value) for value in back(getattr(self.answers, field))]
            for name, field in READ.items()
        }

    def to_frame(self, backend: str | None = None) -> Any:
        """Return one row an answer, on the reading scale."""
        study = self.fit.effects.study
        columns: dict[str, Any] = {
            "study": [study[row] for row in self.rows.tolist()],
            "k": [int(k) for k in self.answers.k],
            **self.display(),
        }
        for name in PLAIN:
            columns[name] = [number(value) for value in getattr(self.answers, name)]
        return give_back(columns, self.fit.effects.native, backend)

    def to_dict(self) -> dict[str, Any]:
        """Return every number in full precision as JSON knows it."""
        found, shown = self.answers, self.display()
        fields = {**READ, "se": "se", "statistic": "statistic", "h2": "h2"}
        fields |= {name: name for name in PLAIN}
        study = self.fit.effects.study
        return {
            "word": self.word,
            "fit": self.fit.to_dict(),
            "answers": [
                {
                    "study": study[row],
                    "k": int(found.k[i]),
                    **{
                        name: number(getattr(found, field)[i])
                        for name, field in fields.items()
                    },
                    "display": {name: values[i] for name, values in shown.items()},
                }
                for i, row in enumerate(self.rows.tolist())
            ],
            "notes": list(self.notes),
            "versions": versions(),
        }

    def forest(self) -> ForestPlot:
        """Return the answers as the data of a forest plot, that from all below."""
        from synthesist.pooling.drawing import refits_forest_plot

        return refits_forest_plot(self)

    def plot(self, *, width_mm: float = 180) -> Figure:
        """Draw one row an answer."""
        from synthesist.figures import forest

        return forest(self.forest(), width_mm=width_mm)


def leave_one_out(effects: Any, **options: Any) -> Refits:
    """Pool all studies but one, for each of them in turn.

    Parameters
    ----------
    effects : PooledFit, EffectTable, path, frame or mapping of columns
        A fit by inverse variance, or what `pool` takes.
    **options
        The choices of `pool`, unless a fit is given.

    Returns
    -------
    Refits
        One answer an included study, in the order of the input.

    Raises
    ------
    InvalidInput
        As `pool`, or if the fit was not made by inverse variance.
    NotEstimable
        If there are fewer than 2 studies.
    """
    known = studied(effects, options)
    return _refits(
        known, known.rows, without_each(known.y, known.v, known.method), "without"
    )


def cumulative(
    effects: Any, *, by: str | None = None, descending: bool = False, **options: Any
) -> Refits:
    """Pool the first study, the first two, and so on to all.

    Parameters
    ----------
    effects : PooledFit, EffectTable, path, frame or mapping of columns
        A fit by inverse variance, or what `pool` takes.
    by : str, optional
        The column by which studies are ordered, numbers by size; by default they
        are in the order of the input. A study whose cell is empty comes last.
    descending : bool
        Whether the order is turned round.
    **options
        The choices of `pool`, unless a fit is given.

    Returns
    -------
    Refits
        One answer an included study, in that order.

    Raises
    ------
    InvalidInput
        As `pool`, or if the fit was not made by inverse variance.
    NotFound
        If there is no such column.
    NotEstimable
        If no study is included.

    References
    ----------
    Lau J, Antman EM, Jimenez-Silva J, et al. N Engl J Med 1992;327:248.
    doi:10.1056/NEJM199207233270406
    """
    known = studied(effects, options, fewest=1)
    order, notes = _order(known, by, descending=descending)
    answers = first_studies(known.y[order], known.v[order], known.method)
    return _refits(known, known.rows[order], answers, "up to", notes)


def _refits(
    known: Studied,
    rows: Indices,
    answers: Answers,
    word: str,
    notes: tuple[str, ...] = (),
) -> Refits:
    effects = known.fit.effects
    left = [effects.study[i] for i in np.flatnonzero(~effects.included).tolist()]
    if left:
        notes = (*notes, f"Without an effect and in no answer: {', '.join(left)}.")
    return Refits(
        fit=known.fit,
        rows=rows,
        answers=answers,
        word=word,
        notes=(*known.notes, *notes),
    )


def _order(
    known: Studied, by: str | None, *, descending: bool
) -> tuple[Indices, tuple[str, ...]]:
    """Return the order of the included studies, and what must be known of it."""
    order = np.arange(len(known.y))
    if by is None:
        return order[::-1] if descending else order, ()
    column = known.fit.effects.column(by)
    rows: list[int] = known.rows.tolist()
    cells: list[Any] = [column[row] for row in rows]
    stated = [i for i, cell in enumerate(cells) if not _is_empty(cell)]
    rank = _ranks([cells[i] for i in stated])
    sign = -1 if descending else 1
    placed = sorted(range(len(stated)), key=lambda i: sign * rank[i])
    unstated = sorted(set(range(len(cells))) - set(stated))
    notes: tuple[str, ...] = ()
    if unstated:
        names = [known.fit.effects.study[rows[i]] for i in unstated]
        notes = (f"No {by} is stated for {', '.join(names)}; they come last.",)
    return np.array([*(stated[i] for i in placed), *unstated], dtype=np.intp), notes


def _is_empty(cell: Cell) -> bool:
    return as_text(cell) == ""


def _ranks(cells: Sequence[Cell]) -> list[int]:
    """Return the rank of each cell: as numbers where all are, else as text."""
    texts = [as_text(cell) for cell in cells]
    try:
        values: list[Any] = [float(text) for text in texts]
    except ValueError:
        values = texts
    place = {value: i for i, value in enumerate(sorted(set(values)))}
    return [place[value] for value in values]


def _spread(tau2: float, i2: float) -> str:
    """Return the heterogeneity as text, empty for a single study."""
    if not isfinite(tau2):
        return ""
    return f", tau² = {wording.plain(tau2)}, I² = {i2:.0f}%"
