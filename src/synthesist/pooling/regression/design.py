"""A formula and columns become a design matrix."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from synthesist.errors import InvalidInput
from synthesist.numerics.arrays import Matrix, Vector
from synthesist.pooling.regression.columns import Values

#: The name that the constant goes by, as term and as column.
INTERCEPT = "Intercept"

#: A sum of column names: nothing that a formula language is needed for.
PLAIN = re.compile(r"[^\W\d][\w.]*|`[^`]+`")

#: What stands in a sum besides names.
ONE, ZERO = {"1"}, {"0", "-1"}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Design:
    """The design matrix of a regression.

    Attributes
    ----------
    X : (k, p) array
        One row a study, one column a coefficient.
    names : tuple of str
        Names of the columns.
    terms : mapping of str to tuple of int
        The columns of each term, the constant among them.
    formula : str
        What was asked for.
    columns : tuple of str
        The moderators in it.
    rows : callable
        Returns the matrix (m, p) of other moderators, coded as these are.
    """

    X: Matrix
    names: tuple[str, ...]
    terms: Mapping[str, tuple[int, ...]]
    formula: str
    columns: tuple[str, ...]
    rows: Callable[[Mapping[str, Values], int], Matrix]

    @property
    def intercept(self) -> int | None:
        """The column of the constant."""
        column = self.terms.get(INTERCEPT)
        return column[0] if column else None

    @property
    def slopes(self) -> tuple[int, ...]:
        """All columns but that of the constant."""
        return tuple(i for i in range(len(self.names)) if i != self.intercept)


@dataclass(frozen=True, slots=True)
class Formula:
    """What a formula asks for, before it has met any data."""

    text: str
    columns: tuple[str, ...]
    build: Callable[[Mapping[str, Values], int], Design]


def read_formula(formula: str | Sequence[str]) -> Formula:
    """Read a formula, or a sequence of columns to be added up.

    A sum of columns is coded here; anything else goes to formulaic.

    Raises
    ------
    InvalidInput
        If it is not a formula, or calls what is no transformation.
    """
    if not isinstance(formula, str):
        formula = " + ".join(
            name if PLAIN.fullmatch(name) else f"`{name}`" for name in formula
        )
    text = formula.strip().removeprefix("~").strip() or "1"
    plain = _plain(text)
    if plain is not None:
        names, constant = plain

        def build(values: Mapping[str, Values], size: int) -> Design:
            return _sum_design(f"~ {text}", names, values, size, constant=constant)

        if constant or not names:
            return Formula(f"~ {text}", names, build)
    from synthesist.pooling.regression.formulas import read_by_formulaic

    return read_by_formulaic(text)


def _plain(text: str) -> tuple[tuple[str, ...], bool] | None:
    """Return the names in a sum and whether it has a constant, None for no sum."""
    constant, names = True, list[str]()
    for part in re.sub(r"-\s*1\b", "+ -1", text).split("+"):
        word = part.strip()
        if word in ONE or word in ZERO:
            constant = word in ONE
        elif PLAIN.fullmatch(word):
            names.append(word.strip("`"))
        elif word:
            return None
    return tuple(dict.fromkeys(names)), constant


def _sum_design(
    text: str,
    names: Sequence[str],
    values: Mapping[str, Values],
    size: int,
    *,
    constant: bool,
) -> Design:
    """Return the design of a sum: numbers as they are, words by treatment coding."""
    levels = {name: levels_of(values[name]) for name in names}
    titles: list[str] = [INTERCEPT] if constant else []
    terms: dict[str, tuple[int, ...]] = {INTERCEPT: (0,)} if constant else {}
    for name in names:
        known = levels[name]
        own = [name] if known is None else [f"{name}[T.{level}]" for level in known[1:]]
        terms[name] = tuple(range(len(titles), len(titles) + len(own)))
        titles += own

    def rows(values: Mapping[str, Values], size: int) -> Matrix:
        parts: list[Vector] = [np.ones(size)] if constant else []
        for name in names:
            parts += _coded(name, values[name], levels[name])
        return np.column_stack(parts) if parts else np.empty((size, 0))

    return Design(
        X=rows(values, size),
        names=tuple(titles),
        terms=terms,
        formula=text,
        columns=tuple(names),
        rows=rows,
    )


def levels_of(values: Values) -> tuple[str, ...] | None:
    """Return the words that a moderator takes, in order; None for numbers."""
    if isinstance(values, np.ndarray):
        return None
    return tuple(sorted({value for value in values if value is not None}))


def _coded(
    name: str, values: Values, levels: tuple[str, ...] | None
) -> Sequence[Vector]:
    """Return the columns of one moderator, the first level being the reference."""
    if levels is None:
        return [as_numbers(name, values)]
    words = as_words(name, values, levels)
    return [np.array([word == level for word in words], float) for level in levels[1:]]


def as_numbers(name: str, values: Values) -> Vector:
    """Return a moderator that was numbers before.

    Raises
    ------
    InvalidInput
        If it holds words now.
    """
    if isinstance(values, np.ndarray):
        return values
    raise InvalidInput(
        f"The moderator {name} was numbers and is words here.",
        remedy="give numbers, as the studies have them",
    )


def as_words(name: str, values: Values, levels: Sequence[str]) -> list[str | None]:
    """Return a moderator that was words before.

    Raises
    ------
    InvalidInput
        If a word is new.
    """
    from synthesist.tables.table import as_text

    words = (
        [as_text(value) or None for value in values.tolist()]
        if isinstance(values, np.ndarray)
        else values
    )
    strange = sorted({word for word in words if word and word not in levels})
    if strange:
        raise InvalidInput(
            f"No study has {name} = {', '.join(strange)}.",
            remedy=f"choose from {', '.join(levels)}",
        )
    return words
