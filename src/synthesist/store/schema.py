"""What a file or table of the review folder is made of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from synthesist.store.fields import Field


@dataclass(frozen=True, slots=True, kw_only=True)
class CsvFile:
    """A CSV file of the folder: one row of it becomes one `row_type`.

    `part` is the review's attribute that takes the rows, `key` the columns that
    no two rows may share; with `extra`, columns of the user's own are kept.
    """

    name: str
    meaning: str
    part: str
    row_type: Callable[..., Any]
    fields: tuple[Field, ...]
    key: tuple[str, ...] = ()
    extra: bool = False
    printed: bool = False

    def field(self, name: str) -> Field | None:
        """Return a column by its name."""
        return next((f for f in self.fields if f.name == name), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A table of review.toml, or an array of tables where `many` is set."""

    name: str
    meaning: str
    row_type: Callable[..., Any]
    fields: tuple[Field, ...]
    many: bool = False
