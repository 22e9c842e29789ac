"""Covariates by formula: the columns of a model, and who lacks a value for them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from synthesist.errors import InvalidInput, NotEstimable
from synthesist.numerics.arrays import Mask, Vector
from synthesist.survival.data import SurvivalData

#: The arm, in a formula.
ARM = "treated"

#: What is read here: names, and products by colon or star. The rest is Wilkinson
#: notation for formulaic.
PLAIN = re.compile(r"^[\w .-]+([:*][\w .-]+)*$")

FUNCTIONS = frozenset(
    [
        "C",
        "bs",
        "center",
        "cr",
        "df",
        "degree",
        "exp",
        "include_intercept",
        "knots",
        "log",
        "log10",
        "log2",
        "lower_bound",
        "poly",
        "raw",
        "scale",
        "upper_bound",
        "False",
        "True",
    ]
)
WORD = re.compile(r"[^\W\d]\w*")
FOREIGN = re.compile(r"[^\w\s+*:()=,.\[\]-]|\.\s*[^\W\d]|__")


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a model: its name, and a value for each patient (n,)."""

    name: str
    values: Vector


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of a model; `missing` says who lacks a value for one of them."""

    columns: tuple[Column, ...]
    missing: Mask | None
    used: tuple[str, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names of the columns."""
        return tuple(column.name for column in self.columns)


def model_columns(data: SurvivalData, terms: str | Sequence[str]) -> Columns:
    """Return the columns of a formula.

    Parameters
    ----------
    data : SurvivalData
    terms : str or sequence of str
        ``"treated + age"``; ``a:b`` is a product, ``a*b`` both and their product.
        Anything else, such as ``"poly(age, 2)"`` or ``"bs(age, df=4)"``, is
        handed to formulaic.

    Raises
    ------
    InvalidInput
        If a name is not known, or the formula cannot be read.
    """
    parts = (
        [part.strip() for part in terms.split("+")]
        if isinstance(terms, str)
        else list(terms)
    )
    parts = [part.removeprefix("~").strip() for part in parts]
    parts = [part for part in parts if part and part not in {"1", "0"}]
    if not all(PLAIN.match(part) for part in parts):
        return _by_formulaic(data, " + ".join(parts))
    products = [product for part in parts for product in _expand(part)]
    found: dict[str, Vector] = {}
    used: dict[str, None] = {}
    for product in dict.fromkeys(products):
        columns: list[Column] = [Column("", np.empty(0))]
        for name in product:
            used[name] = None
            columns = [
                _times(left, right)
                for left in columns
                for right in variable_columns(data, name)
            ]
        found.update((column.name, column.values) for column in columns)
    if not found:
        raise InvalidInput(
            "The model has no covariate.", remedy="name one, such as treated"
        )
    return Columns(
        tuple(Column(name, values) for name, values in found.items()),
        missing_of(data, tuple(used)),
        tuple(used),
    )


def variable_columns(data: SurvivalData, name: str) -> list[Column]:
    """Return a number as one column, a category as one for each level but the first."""
    if name == ARM and name not in data.covariates:
        return [Column(ARM, data.arm().astype(np.float64))]
    covariate = data.covariate(name)
    if not covariate.levels:
        return [Column(name, covariate.values)]
    return [
        Column(f"{name}[{level}]", (covariate.values == code).astype(np.float64))
        for code, level in enumerate(covariate.levels)
        if code > 0
    ]


def missing_of(data: SurvivalData, names: Sequence[str]) -> Mask | None:
    """Return who lacks one of some covariates, None when nobody does."""
    missing: Mask | None = None
    for name in names:
        if name in data.covariates:
            lacking = data.covariates[name].missing
            if lacking.any():
                missing = lacking if missing is None else missing | lacking
    return missing


def complete(data: SurvivalData, columns: Columns) -> tuple[SurvivalData, Columns]:
    """Leave out the patients without a value, and say how many of which trial.

    Raises
    ------
    NotEstimable
        If nobody has them all.
    """
    if columns.missing is None:
        return data, columns
    lacking = columns.missing
    if lacking.all():
        raise NotEstimable(
            f"No patient has {' and '.join(columns.used)}.",
            remedy="leave a covariate out of the model",
        )
    per_trial = np.add.reduceat(lacking, data.starts[:-1], dtype=np.intp)
    sizes = np.diff(data.starts)
    by_trial = ", ".join(
        f"{name} {'all ' if lost == size else ''}{lost}"
        for name, lost, size in zip(
            data.trials, per_trial.tolist(), sizes.tolist(), strict=True
        )
        if lost
    )
    names = [
        name
        for name in columns.used
        if name in data.covariates and data.covariates[name].missing.any()
    ]
    note = f"{int(lacking.sum())} patients without {' or '.join(names)} are left out ({by_trial})."
    kept = ~lacking
    return data.select(kept, note), Columns(
        tuple(Column(c.name, c.values[kept]) for c in columns.columns),
        None,
        columns.used,
    )


def _expand(part: str) -> list[tuple[str, ...]]:
    """Return the products of a term: ``a*b`` is a, b and a:b."""
    factors = [tuple(n.strip() for n in f.split(":")) for f in part.split("*")]
    found: list[tuple[str, ...]] = [()]
    for factor in factors:
        found += [(*product, *factor) for product in found]
    return sorted((product for product in found if product), key=len)


def _times(left: Column, right: Column) -> Column:
    """Return the product of two columns; the first may be empty."""
    if not left.name:
        return right
    return Column(f"{left.name}:{right.name}", left.values * right.values)


def _by_formulaic(data: SurvivalData, formula: str) -> Columns:
    """Return the columns of a formula that needs more than products."""
    from importlib import import_module

    import narwhals.stable.v2 as nw
    from formulaic.errors import FormulaicError

    formulaic: Any = import_module("formulaic")
    used = _variables(data, formula)
    missing = missing_of(data, used)
    kept = slice(None) if missing is None else ~missing
    try:
        # formulaic reads pandas, which it brings with it.
        frame = nw.from_dict(
            {name: _variable(data, name)[kept] for name in used}, backend="pandas"
        )
        matrix = formulaic.model_matrix(
            f"1 + {formula}", frame.to_native(), context={}, output="numpy"
        )
    except FormulaicError as error:
        raise InvalidInput(
            f"The formula {formula} cannot be read ({type(error).__name__}).",
            remedy="write terms joined by +, such as treated + poly(age, 2)",
        ) from None
    names = [str(name) for name in matrix.model_spec.column_names]
    values = np.full((len(data), len(names)), np.nan)
    values[kept] = np.asarray(matrix, dtype=np.float64)
    return Columns(
        tuple(
            Column(name, values[:, j])
            for j, name in enumerate(names)
            if name != "Intercept"
        ),
        missing,
        used,
    )


def _variables(data: SurvivalData, formula: str) -> tuple[str, ...]:
    """Return the covariates of a formula, and refuse what is no formula.

    A formula is evaluated, and it may come with a folder that somebody else wrote:
    only names, numbers and known functions reach the evaluation.
    """
    foreign = FOREIGN.search(formula)
    words = dict.fromkeys(WORD.findall(formula))
    unknown = [w for w in words if w not in FUNCTIONS and not _known(data, w)]
    if foreign or unknown:
        what = foreign[0] if foreign else unknown[0]
        raise InvalidInput(
            f"The formula {formula} has {what!r}, which is neither a covariate nor a function.",
            remedy=f"the covariates are {', '.join(data.covariates) or 'none'}; the functions are {', '.join(sorted(FUNCTIONS))}",
        )
    return tuple(word for word in words if _known(data, word))


def _known(data: SurvivalData, name: str) -> bool:
    return name in data.covariates or (name == ARM and data.treated is not None)


def _variable(data: SurvivalData, name: str) -> Vector:
    """Return a variable for formulaic, categories as their labels."""
    if name == ARM and name not in data.covariates:
        return data.arm().astype(np.float64)
    covariate = data.covariate(name)
    if not covariate.levels:
        return covariate.values
    labels = np.array(["", *covariate.levels], dtype=object)
    return labels[np.nan_to_num(covariate.values + 1).astype(np.intp)]
