"""Cells of individual patients become arrays, and an error never repeats a cell.

A value of one patient must not reach a message, a log or a page, so a problem
names the row, the column and what is wrong, and of the content only what belongs
to the whole column, such as the codes of an event.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from synthesist.errors import InvalidInput, Problem
from synthesist.numerics.arrays import Indices, Mask, Vector
from synthesist.tables import Cell, Table
from synthesist.tables.table import as_number, as_text

#: So many problems of one kind are listed; the rest is counted.
LISTED = 20

#: A column with more labels than this is no arm: its labels are not printed.
MOST_LABELS = 6

Codes = NDArray[np.unsignedinteger]


@dataclass(slots=True)
class Reader:
    """A table of patients, and what is wrong with it so far."""

    table: Table
    problems: list[Problem] = field(default_factory=list[Problem])

    def blame(self, rows: Indices, column: str, message: str, remedy: str) -> None:
        """Add one problem for each row, and one that counts those not listed."""
        for index in rows[:LISTED].tolist():
            self.problems.append(
                self.table.problem(message, index=index, column=column, remedy=remedy)
            )
        if len(rows) > LISTED:
            self.problems.append(
                Problem(
                    message=f"{message}, in {len(rows) - LISTED} more rows",
                    remedy=remedy,
                    file=self.table.name,
                    field=column,
                )
            )

    def finish(self) -> None:
        """Raise `InvalidInput` if anything is wrong."""
        if self.problems:
            raise InvalidInput(problems=self.problems)

    def numbers(self, column: str, *, required: bool = True) -> Vector:
        """Return a column as floats (n,), NaN where a cell is empty or wrong."""
        cells = self.table.columns[column]
        if isinstance(cells, np.ndarray):
            bad = np.flatnonzero(np.isinf(cells))
            values = cells
        else:
            values, bad = _parse(cells)
        self.blame(
            bad,
            column,
            "The cell is not a number",
            "write a plain number such as 12.5",
        )
        if required:
            empty = np.isnan(values)
            if empty.any():
                empty[bad] = False
                self.refuse_empty(np.flatnonzero(empty), column)
        return values

    def refuse_empty(self, rows: Indices, column: str) -> None:
        """Say of each row that its cell is empty."""
        self.blame(
            rows,
            column,
            "The cell is empty",
            "fill it, or take the patient out and report how many were",
        )

    def positive(self, column: str, what: str) -> Vector:
        """Return a column of numbers above zero; `what` says what they are."""
        values = self.numbers(column)
        self.blame(
            np.flatnonzero(values <= 0),
            column,
            f"The {what} is not above zero",
            f"correct the {what}, or take the patient out and report how many were",
        )
        return values

    def labels(
        self, column: str, *, required: bool = True
    ) -> tuple[Codes, tuple[str, ...]]:
        """Return a column as codes (n,) of its labels, in order of appearance."""
        cells = self.table.columns[column]
        if isinstance(cells, np.ndarray):
            codes, labels = _code_numbers(cells)
        else:
            codes, labels = _code_texts(cells)
        if "" in labels and required:
            self.refuse_empty(np.flatnonzero(codes == labels.index("")), column)
        return codes, labels

    def is_text(self, column: str) -> bool:
        """Say whether a column has filled cells, and none of them is a number."""
        cells = self.table.columns[column]
        if isinstance(cells, np.ndarray):
            return False
        filled = [cell for cell in cells if as_text(cell)]
        return bool(filled) and not any(_is_number(cell) for cell in filled)

    def events(self, column: str, event_is: str | float | None) -> Mask:
        """Return whether each patient had the event."""
        if event_is is not None:
            return self._equal(column, event_is, "event_is")
        values = self.numbers(column)
        codes = np.unique(values[~np.isnan(values)])
        wrong = np.flatnonzero(~np.isnan(values) & (values != 0) & (values != 1))
        shown = [_code(code) for code in codes.tolist()]
        remedy = "recode it: 1 is the event and 0 is censored, or say with event_is which code is the event"
        if len(wrong) and len(codes) <= MOST_LABELS and None not in shown:
            # One mistake of the whole column, not one of every patient.
            also = f" (and {len(wrong) - 1} more rows)" if len(wrong) > 1 else ""
            self.problems.append(
                self.table.problem(
                    f"The event is coded {_listed(shown)}, not 0 and 1{also}",
                    index=int(wrong[0]),
                    column=column,
                    remedy=remedy,
                )
            )
        else:
            self.blame(wrong, column, "The event is neither 0 nor 1", remedy)
        return values == 1

    def arms(self, column: str, treated_is: str | None) -> tuple[Mask, tuple[str, str]]:
        """Return whether each patient is of the treated arm, and both labels."""
        if treated_is is not None:
            treated = self._equal(column, treated_is, "treated_is")
            codes, labels = self.labels(column, required=False)
            present: list[int] = np.unique(codes[~treated]).tolist()
            others = {labels[code] for code in present} - {""}
            if len(others) > 1:
                self.problems.append(
                    Problem(
                        message=f"Beside the treated arm there are {len(others)} others",
                        remedy="keep the two arms that are to be compared",
                        file=self.table.name,
                        field=column,
                    )
                )
            return treated, (next(iter(others), "control"), str(treated_is))
        if self.is_text(column):
            self.problems.append(self._labelled_arms(column))
            return np.zeros(len(self.table), dtype=np.bool_), ("control", "treated")
        values = self.numbers(column)
        self.blame(
            np.flatnonzero(~np.isnan(values) & (values != 0) & (values != 1)),
            column,
            "The arm is neither 0 nor 1",
            "code the treated arm 1 and the control arm 0, or say with treated_is which label is treated",
        )
        return values == 1, ("control", "treated")

    def _labelled_arms(self, column: str) -> Problem:
        """Ask which of the labels is the treated arm."""
        found = [label for label in self.labels(column)[1] if label]
        shown = (
            f"labelled {_listed([repr(label) for label in found])}"
            if len(found) <= MOST_LABELS
            else f"given by {len(found)} labels"
        )
        return Problem(
            message=f"The arm is {shown}, not 0 and 1",
            remedy="say with treated_is which label is the treated arm",
            file=self.table.name,
            field=column,
        )

    def _equal(self, column: str, wanted: str | float, option: str) -> Mask:
        """Return which cells hold the wanted label."""
        codes, labels = self.labels(column)
        text = as_text(wanted)
        if text not in labels:
            self.problems.append(
                Problem(
                    message=f"No patient has {text!r}",
                    remedy=f"check {option} against the labels of the column",
                    file=self.table.name,
                    field=column,
                )
            )
            return np.zeros(len(codes), dtype=np.bool_)
        return codes == labels.index(text)


def smallest_codes(codes: Indices, count: int) -> Codes:
    """Return codes in the smallest kind of integer: sorting one of 16 bits is fast."""
    return codes.astype(np.min_scalar_type(max(count - 1, 0)), copy=False)


def _parse(cells: Sequence[Cell]) -> tuple[Vector, Indices]:
    """Return the numbers of cells, and where a cell is none."""
    values = np.full(len(cells), np.nan)
    bad: list[int] = []
    for index, cell in enumerate(cells):
        try:
            values[index] = as_number(cell)
        except (TypeError, ValueError):
            bad.append(index)
    return values, np.array(bad, dtype=np.intp)


def _is_number(cell: Cell) -> bool:
    try:
        as_number(cell)
    except (TypeError, ValueError):
        return False
    return True


def _code_texts(cells: Sequence[Cell]) -> tuple[Codes, tuple[str, ...]]:
    """Return codes of labels and the labels, in order of appearance."""
    known: dict[Cell, int] = {}
    codes = np.fromiter(
        (known.setdefault(cell, len(known)) for cell in cells), np.intp, len(cells)
    )
    # Cells that differ only by spaces or by type are one label.
    labels: dict[str, int] = {}
    merged = [labels.setdefault(as_text(cell), len(labels)) for cell in known]
    if len(labels) < len(known):
        codes = np.array(merged, dtype=np.intp)[codes]
    return smallest_codes(codes, len(labels)), tuple(labels)


def _code_numbers(values: Vector) -> tuple[Codes, tuple[str, ...]]:
    """Return codes of numbers and their labels, in order of appearance."""
    n = len(values)
    low, high = (values.min(), values.max()) if n else (0.0, 0.0)
    if np.isfinite(low) and high - low < 65536:
        # Whole numbers in a small range, as trial numbers are, need no sorting.
        steps = (values - low).astype(np.intp)
        if np.array_equal(steps + low, values):
            first = np.full(int(high - low) + 1, n)
            first[steps[::-1]] = np.arange(n - 1, -1, -1)
            present = np.argsort(first)[: int((first < n).sum())]
            place = np.zeros(len(first), dtype=np.intp)
            place[present] = np.arange(len(present))
            labels = tuple(as_text(float(p + low)) for p in present.tolist())
            return smallest_codes(place, len(present))[steps], labels
    distinct, first, codes = np.unique(values, return_index=True, return_inverse=True)
    order = np.argsort(first)
    place = np.empty(len(order), dtype=np.intp)
    place[order] = np.arange(len(order))
    labels = tuple(as_text(float(v)) for v in distinct[order].tolist())
    return smallest_codes(place[codes], len(labels)), labels


def _code(value: float) -> str | None:
    """Return an event code that may be printed, None for what may be a patient's."""
    return f"{value:g}" if value.is_integer() and -1 <= value <= 99 else None


def _listed(words: Sequence[str | None]) -> str:
    shown = [word for word in words if word is not None]
    return " and ".join(filter(None, (", ".join(shown[:-1]), *shown[-1:])))
