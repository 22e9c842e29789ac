"""Named columns of cells, and the one place where a cell becomes a number."""

from __future__ import annotations

import difflib
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from synthesist.errors import InvalidInput, Problem

Vector = NDArray[np.float64]

#: A cell as it was read: text from a CSV, a value from a frame, None where empty.
Cell = str | float | int | bool | None

#: What R writes for an empty number; any other word in a number column is an error.
EMPTY_WORDS = frozenset({"", "NA"})

#: How a P value begins that is no number: "<0.001".
BOUNDS = frozenset("<>\N{LESS-THAN OR EQUAL TO}\N{GREATER-THAN OR EQUAL TO}")


@dataclass(frozen=True, slots=True)
class Table:
    """Columns by name, with the row numbers by which an error names a row.

    `native` is the frame the table was read from, None for a CSV; results are
    given back in its kind.
    """

    name: str
    columns: Mapping[str, Sequence[Cell] | Vector]
    rows: Sequence[int]
    native: Any = field(default=None, compare=False, repr=False)

    def __len__(self) -> int:
        return len(self.rows)

    def __contains__(self, column: object) -> bool:
        return column in self.columns

    def problem(self, message: str, *, index: int, column: str, remedy: str) -> Problem:
        """Return a problem placed at one cell."""
        return Problem(
            message=message,
            remedy=remedy,
            file=self.name,
            row=self.rows[index],
            field=column,
        )

    def require(self, columns: Iterable[str], *, taken: Iterable[str] = ()) -> None:
        """Raise `InvalidInput` naming every missing column and its nearest known name.

        `taken` are columns that have a meaning of their own, so that none of them is
        the missing one under another name.
        """
        own = set(taken)
        free = [name for name in self.columns if name not in own]
        problems = [
            Problem(
                message=f"The column {name} is missing",
                remedy=_nearest(name, self.columns, free),
                file=self.name,
            )
            for name in columns
            if name not in self.columns
        ]
        if problems:
            raise InvalidInput(problems=problems)

    def select(self, indices: Sequence[int]) -> Table:
        """Return some rows, in the order of `indices`, with their own numbers."""
        return Table(
            name=self.name,
            columns={
                name: values[np.asarray(indices, dtype=np.int64)]
                if isinstance(values, np.ndarray)
                else [values[index] for index in indices]
                for name, values in self.columns.items()
            },
            rows=[self.rows[index] for index in indices],
            native=self.native,
        )

    def texts(self, column: str) -> tuple[str, ...]:
        """Return a column as text, stripped, empty where the cell is empty."""
        return tuple(as_text(cell) for cell in self.columns[column])

    def numbers(self, column: str, problems: list[Problem] | None = None) -> Vector:
        """Return a column as floats (k,), NaN where the cell is empty.

        A cell that is no finite number is added to `problems`, or raised at once
        when no list is given.

        Raises
        ------
        InvalidInput
            If a cell is no finite number and `problems` is None.
        """
        values = self.columns[column]
        if isinstance(values, np.ndarray):
            # A sum is finite only where every summand is; most columns are.
            finite = math.isfinite(values.sum())
            bad = () if finite else np.flatnonzero(np.isinf(values)).tolist()
            found = [self._not_a_number(i, column, values[i]) for i in bad]
            numbers = values
        else:
            found: list[Problem] = []
            numbers = np.full(len(values), np.nan)
            for index, cell in enumerate(values):
                try:
                    numbers[index] = as_number(cell)
                except ValueError:
                    found.append(self._not_a_number(index, column, cell))
        if found and problems is None:
            raise InvalidInput(problems=found)
        if problems is not None:
            problems.extend(found)
        return numbers

    def _not_a_number(self, index: int, column: str, cell: object) -> Problem:
        text = str(cell).strip()
        shown = text if len(text) <= 40 else text[:37] + "..."
        what, remedy = _reading(text)
        return self.problem(
            f"'{shown}' is {what}", index=index, column=column, remedy=remedy
        )


def _reading(text: str) -> tuple[str, str]:
    """Say what stands there in place of a number, and what to write."""
    if text[:1] in BOUNDS:
        return (
            "a bound, not a number",
            "give the exact value, or leave the cell empty and give another quantity",
        )
    if text.endswith("%") and _is_number(text[:-1]):
        return "not a number", f"write it without the sign: {text[:-1].strip()}"
    if text.count(",") == 1 and _is_number(text.replace(",", ".")):
        point = text.replace(",", ".")
        if len(text.partition(",")[2]) == 3:
            plain = text.replace(",", "")
            return "not a number", f"write {plain} or {point}, whichever is meant"
        return "not a number", f"write the decimal point as a point: {point}"
    return "not a number", "write a plain number such as 12.5, or leave the cell empty"


def _is_number(text: str) -> bool:
    """Return whether a text would be read as a number."""
    try:
        return math.isfinite(as_number(text))
    except ValueError:
        return False


def as_number(cell: Cell) -> float:
    """Return a cell as a float, NaN if it is empty.

    Raises
    ------
    ValueError
        If the cell holds anything but one finite number.
    """
    if cell is None:
        return math.nan
    if isinstance(cell, str):
        # float() also reads 1_000, inf and nan, which nobody means in a table.
        text = cell.strip().replace("\N{MINUS SIGN}", "-")
        if text in EMPTY_WORDS:
            return math.nan
        if "_" in text:
            raise ValueError(cell)
        number = float(text)
        if not math.isfinite(number):
            raise ValueError(cell)
        return number
    number = float(cell)
    if math.isinf(number):
        raise ValueError(cell)
    return number


def as_text(cell: Cell) -> str:
    """Return a cell as stripped text, empty for None and NaN, 1976.0 as 1976."""
    if cell is None or (isinstance(cell, float) and math.isnan(cell)):
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()


def _nearest(name: str, known: Iterable[str], free: Iterable[str]) -> str:
    """Name the column that was probably meant, among those that are free."""
    known = list(known)
    close = difflib.get_close_matches(name, list(free), n=1)
    if close:
        return f"rename {close[0]} to {name}, or say which column holds it"
    return f"add it; the table has {', '.join(known) or 'no columns'}"
