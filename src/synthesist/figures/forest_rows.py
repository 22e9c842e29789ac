"""A forest plot becomes a list of rows, checked and with its numbers in print."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from synthesist.errors import InvalidInput, Problem
from synthesist.figures.forest_model import ForestPlot, ForestRow, ForestSummary
from synthesist.figures.numbers import aligned, interval_text
from synthesist.figures.typeface import clean, require_glyphs

Kind = Literal["title", "study", "summary", "prediction", "text"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row of the figure; `where` names it in messages, `gap` in em stands above."""

    kind: Kind
    label: str
    where: str
    cells: tuple[str, ...] = ()
    estimate: float | None = None
    low: float | None = None
    high: float | None = None
    weight: float | None = None
    weight_text: str = ""
    interval_text: str = ""
    note: str = ""
    link: str = ""
    indent: bool = False
    gap: float = 0.0

    @property
    def missing(self) -> bool:
        """Tell whether the row has nothing to draw."""
        return self.kind in {"study", "summary"} and self.estimate is None


def forest_rows(plot: ForestPlot) -> list[Row]:
    """Give the rows from top to bottom, with weights and intervals in print.

    Raises
    ------
    InvalidInput
        Naming every row that cannot be drawn and every character without glyph.
    """
    rows = [_tidy(row) for row in _rows(plot)]
    _check(plot, rows)
    printed = aligned([_triple(plot, row) for row in rows])
    return [
        replace(
            row,
            interval_text=text or row.note,
            weight_text="" if row.weight is None else f"{row.weight:.1f}%",
        )
        for row, text in zip(rows, printed, strict=True)
    ]


def _rows(plot: ForestPlot) -> Iterator[Row]:
    """Give the rows as they were handed in, in the order of printing."""
    titled = any(group.title for group in plot.groups)
    for number, group in enumerate(plot.groups, start=1):
        gap = 0.45 if number > 1 else 0.0
        name = f"group {group.title!r}" if group.title else f"group {number}"
        if group.title:
            yield Row(kind="title", label=group.title, where=name, gap=gap)
            gap = 0.0
        for row in group.rows:
            yield _study(row, indent=titled, gap=gap)
            gap = 0.0
        if group.summary:
            yield from _summary(plot, group.summary, name, indent=titled, gap=gap)
    if plot.summary:
        yield from _summary(plot, plot.summary, "overall", indent=False, gap=0.45)


def _study(row: ForestRow, *, indent: bool, gap: float) -> Row:
    """Give the row of a study."""
    return Row(
        kind="study",
        label=row.label,
        where=f"study {row.label!r}",
        cells=row.cells,
        estimate=row.estimate,
        low=row.low,
        high=row.high,
        weight=row.weight,
        note=row.note or ("not reported" if row.estimate is None else ""),
        link=row.link,
        indent=indent,
        gap=gap,
    )


def _summary(
    plot: ForestPlot, summary: ForestSummary, name: str, *, indent: bool, gap: float
) -> Iterator[Row]:
    """Give a summary with the rows that belong under it."""
    where = f"summary of {name}" if name != "overall" else "overall summary"
    yield Row(
        kind="summary",
        label=summary.label,
        where=where,
        cells=summary.cells,
        estimate=summary.estimate,
        low=summary.low,
        high=summary.high,
        weight=summary.weight,
        note=summary.note or ("not estimable" if summary.estimate is None else ""),
        indent=indent,
        gap=gap,
    )
    if summary.prediction:
        yield Row(
            kind="prediction",
            label=plot.prediction_label,
            where=f"prediction interval, {where}",
            low=summary.prediction[0],
            high=summary.prediction[1],
            indent=indent,
        )
    for line in summary.text:
        yield Row(kind="text", label=line, where=where, indent=indent)


def _tidy(row: Row) -> Row:
    """Give the row with its texts on one line each."""
    return replace(
        row,
        label=clean(row.label),
        cells=tuple(clean(cell) for cell in row.cells),
        note=clean(row.note),
    )


def _triple(plot: ForestPlot, row: Row) -> tuple[str, str, str] | None:
    """Give the printed numbers of a row that has an interval."""
    if row.low is None or row.high is None:
        return None
    return interval_text(
        row.estimate, row.low, row.high, plot.digits, percent=plot.percent, log=plot.log
    )


def _check(plot: ForestPlot, rows: list[Row]) -> None:
    """Refuse rows that cannot be drawn, all of them at once."""
    problems = [problem for row in rows for problem in _problems(plot, row)]
    if problems:
        raise InvalidInput(problems=problems)
    texts = [(text, row.where) for row in rows for text in (row.label, *row.cells)]
    texts += [(row.note, row.where) for row in rows]
    texts += [
        (text, "the forest plot")
        for text in (
            *plot.headers, *plot.footer, *(plot.favours or ()), plot.title, plot.label,
            plot.effect_label, plot.effect_short, plot.interval_label,
            plot.study_header, plot.weight_header,
        )
    ]  # fmt: skip
    require_glyphs(dict.fromkeys(texts))


def _problems(plot: ForestPlot, row: Row) -> Iterator[Problem]:
    """Give what is wrong with one row."""
    if row.cells and len(row.cells) != len(plot.headers):
        yield Problem(
            message=f"{len(row.cells)} cells stand under {len(plot.headers)} headers",
            place=row.where,
            remedy="give one text for each header, empty where there is nothing",
        )
    numbers = [n for n in (row.low, row.estimate, row.high) if n is not None]
    if (row.low is None) != (row.high is None) or (
        row.kind == "summary" and row.estimate is not None and row.low is None
    ):
        yield Problem(
            message="the interval has one end only" if row.low or row.high else
            "the estimate has no interval",
            place=row.where,
            remedy="give both limits",
        )  # fmt: skip
    elif any(math.isnan(n) for n in (*numbers, row.weight or 0.0)) or (
        row.estimate is not None and math.isinf(row.estimate)
    ):
        yield Problem(
            message="a number is not finite",
            place=row.where,
            remedy="leave the estimate out (None) and say why in the note",
        )
    elif numbers != sorted(numbers):
        yield Problem(
            message="the estimate is not inside its interval",
            place=row.where,
            remedy="check that estimate and limits are on the same scale",
        )
    elif plot.log and numbers and (numbers[0] < 0 or row.estimate == 0):
        yield Problem(
            message="a logarithmic axis has no place for zero or negative numbers",
            place=row.where,
            remedy="give ratios, not their logarithms, or set log to False",
        )
