"""The faults of a folder: gathered one by one, told in the order of its files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from synthesist.errors import Problem
from synthesist.store.columns import CSV_FILES

TOML = "review.toml"

#: A place in review.toml: section ("" for the top), place in it, key.
Key = tuple[str, int, str]

#: A place in a CSV file: file, row, column.
Cell = tuple[str, int, str]

ORDER = {name: i for i, name in enumerate((TOML, *(file.name for file in CSV_FILES)))}


@dataclass(slots=True)
class Faults:
    """What is wrong with a folder, and which rows are therefore not to be trusted.

    `broken` are files of which some rows could not be read at all, so that
    nothing can be said about what they lack, `absent` those that are not there;
    `shifted` rows have too few or too many cells, so that only their first cells
    can be told; `cells` and `keys` are what is faulty; `lines` are the lines on
    which the keys of review.toml stand, `labels` what its entries are called.
    """

    problems: list[Problem] = field(default_factory=list[Problem])
    broken: set[str] = field(default_factory=set[str])
    absent: set[str] = field(default_factory=set[str])
    shifted: set[tuple[str, int]] = field(default_factory=set[tuple[str, int]])
    cells: set[Cell] = field(default_factory=set[Cell])
    keys: set[Key] = field(default_factory=set[Key])
    lines: Mapping[Key, int] = field(default_factory=dict[Key, int])
    labels: dict[tuple[str, int], str] = field(
        default_factory=dict[tuple[str, int], str]
    )

    def cell(
        self,
        file: str,
        row: int | None,
        column: str | None,
        message: str,
        remedy: str,
        *,
        others: Iterable[str] = (),
    ) -> None:
        """Note a problem of a CSV file; `others` are further columns it concerns."""
        self.problems.append(
            Problem(message=message, remedy=remedy, file=file, row=row, field=column)
        )
        if row is not None:
            named = (column, *others) if column else others
            self.cells.update((file, row, name) for name in named)

    def key(
        self, section: str, index: int, key: str, message: str, remedy: str
    ) -> None:
        """Note a problem of a key in review.toml."""
        self.keys.add((section, index, key))
        self.problems.append(
            Problem(
                message=message,
                remedy=remedy,
                file=TOML,
                row=self.line(section, index, key),
                field=key or None,
                place=self.place(section, index, key),
            )
        )

    def line(self, section: str, index: int, key: str) -> int | None:
        """Return the line of a key, else of its table, None if it is not known."""
        return self.lines.get((section, index, key)) or self.lines.get(
            (section, index, "")
        )

    def place(self, section: str, index: int, key: str) -> str:
        """Return the place of a key in words."""
        line = self.line(section, index, key)
        parts = [TOML, f"line {line}" if line else "", self.label(section, index), key]
        return ", ".join(part for part in parts if part)

    def label(self, section: str, index: int) -> str:
        """Return what an entry of review.toml is called."""
        return self.labels.get((section, index), "")

    def touches(self, file: str, row: int, columns: Iterable[str]) -> bool:
        """Tell whether any of the columns of a row cannot be trusted."""
        return (file, row) in self.shifted or any(
            (file, row, column) in self.cells for column in columns
        )

    def told(self) -> tuple[Problem, ...]:
        """Return the problems in the order of the files and their lines."""
        return tuple(
            sorted(
                self.problems,
                key=lambda p: (ORDER.get(p.file or "", len(ORDER)), p.row or 0),
            )
        )
