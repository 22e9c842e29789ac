"""The words of a check: its fields, what is given, what follows, and the entry of the list."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from synthesist.checks.printed import PrintedNumber
from synthesist.checks.ranges import Span

CONSISTENT, INCONSISTENT, UNDECIDABLE = "consistent", "inconsistent", "undecidable"


class Lacking(Exception):
    """What is given cannot answer; the message says what is missing."""


class Impossible(Exception):
    """What is given contradicts itself already; the message says how."""


@dataclass(frozen=True, slots=True)
class Field:
    """A printed quantity by its name, what it means, and how its text is read.

    A field whose `several` is set also takes ``name_1``, ``name_2`` and so on.
    """

    name: str
    meaning: str
    read: Callable[[Any], Any]
    synonyms: tuple[str, ...] = ()
    several: bool = False


@dataclass(frozen=True, slots=True)
class Given:
    """The quantities of one reported result, read; texts are kept as printed."""

    values: Mapping[str, Any]
    printed: Mapping[str, str]
    measure: str = ""

    def __contains__(self, name: str) -> bool:
        """Whether a quantity is given."""
        return name in self.values

    def span(self, name: str) -> Span:
        """Return the numbers that a printed quantity stands for."""
        value: PrintedNumber = self.values[name]
        return Span(value.low, value.high)

    def number(self, name: str) -> PrintedNumber:
        """Return a printed quantity with its text."""
        return self.values[name]

    def spans(self, name: str) -> list[Span]:
        """Return the numbers of a list."""
        return [Span(value.low, value.high) for value in self.values[name]]

    def whole(self, name: str, default: int = 0) -> int:
        """Return a count."""
        return int(self.values[name].value) if name in self.values else default

    def value(self, name: str, default: float) -> float:
        """Return a quantity that is meant exactly, or what stands for it."""
        return self.values[name].value if name in self.values else default

    def text(self, name: str) -> str:
        """Return a word, in small letters, empty where none is given."""
        return str(self.values.get(name, "")).strip().lower()


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What follows from the given quantities.

    Parameters
    ----------
    implied : mapping
        Every quantity that follows, with all values it can have.
    routes : tuple of mappings
        Ways to get there, each a test or rule by which the authors may have gone;
        a printed result is consistent when it fits one of them. By default one:
        `implied`.
    hints : mapping
        Words for what else gives a printed value, tried when nothing fits.
    verdict, reason : str
        Set where the given quantities decide by themselves.
    alone : str
        The verdict where no result was printed, "undecidable" by default.
    caution : str
        What the reader of the answer must know.
    """

    implied: Mapping[str, Span]
    routes: tuple[Mapping[str, Span], ...] = ()
    hints: Mapping[str, Mapping[str, Span]] = field(
        default_factory=dict[str, Mapping[str, Span]]
    )
    verdict: str = ""
    reason: str = ""
    alone: str = ""
    caution: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """An entry of the list of checks.

    Parameters
    ----------
    code, label : str
        Name on the command line and in words.
    group : str
        The heading that it stands under.
    rule : str
        The relation that is checked, in a line.
    fields : tuple of Field
        What it takes.
    needs : tuple of tuples
        Sets of fields; one of them must be whole.
    gives : tuple of str
        What follows. A bare printed text is the first, or the pair
        ``ci_low``, ``ci_high``.
    prints : str
        The given field that a bare printed text is, where it is no result.
    answer : callable
        The rule itself.
    source : str
        Where the rule comes from.
    ask : str
        What to ask the authors.
    synonyms : tuple of str
        Other codes that are understood.
    preset : mapping
        Values of fields that the code itself states.
    """

    code: str
    label: str
    group: str
    rule: str
    fields: tuple[Field, ...]
    needs: tuple[tuple[str, ...], ...]
    gives: tuple[str, ...]
    answer: Callable[[Given], Outcome]
    source: str
    ask: str
    prints: str = ""
    synonyms: tuple[str, ...] = ()
    preset: Mapping[str, str] = field(default_factory=dict[str, str])
