"""What can go wrong, named by what the reader can do about it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing that is wrong, where it is, and what to do.

    Rows are numbered as a text editor numbers the lines of the file: the header
    is row 1. For a frame in memory they count from 1, the header not counted.
    """

    message: str
    remedy: str = ""
    file: str | None = None
    row: int | None = None
    field: str | None = None
    place: str = ""

    @property
    def where(self) -> str:
        """The place in words, empty when the message already says it."""
        if self.place:
            return self.place
        parts = (
            self.file,
            None if self.row is None else f"row {self.row}",
            None if self.field is None else f"column {self.field}",
        )
        return ", ".join(part for part in parts if part)

    def __str__(self) -> str:
        """Give the problem as one sentence, the remedy after a semicolon."""
        place = f"{self.where}: " if self.where else ""
        message = self.message.rstrip(".")
        remedy = f"; {self.remedy.rstrip('.')}" if self.remedy else ""
        return f"{place}{message}{remedy}."


class SynthesistError(Exception):
    """Base of everything this program raises on purpose."""

    def __init__(
        self,
        message: str = "",
        *,
        where: str = "",
        remedy: str = "",
        problems: Iterable[Problem] = (),
    ) -> None:
        given = tuple(problems)
        self.problems = given or (Problem(message=message, place=where, remedy=remedy),)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class InvalidInput(SynthesistError):
    """The input contradicts itself or cannot be read: correct it."""


class NotEstimable(SynthesistError):
    """The data are valid but cannot answer the question."""


class NotConverged(SynthesistError):
    """An iteration ended without an answer that can be trusted."""


class NotFound(SynthesistError):
    """Something named does not exist."""


class Unavailable(SynthesistError):
    """A service on the network does not answer: repeat later."""


class Conflict(SynthesistError):
    """Somebody else was faster: reload and repeat."""
