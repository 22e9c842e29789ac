"""Formulas that are more than a sum of columns, read by formulaic.

Formulaic evaluates what stands in a formula as Python, so a formula is looked
through first: it may name columns and call the transformations below, no more.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from typing import Any

import numpy as np

from synthesist.errors import InvalidInput
from synthesist.numerics.arrays import Matrix
from synthesist.pooling.regression.columns import Values
from synthesist.pooling.regression.design import (
    INTERCEPT,
    Design,
    Formula,
    as_numbers,
    as_words,
    levels_of,
)

#: The transformations that a formula may call.
FUNCTIONS = frozenset(
    [
        "C",
        "I",
        "bs",
        "cc",
        "cr",
        "cs",
        "center",
        "scale",
        "standardize",
        "poly",
        "log",
        "log2",
        "log10",
        "exp",
        "exp2",
        "exp10",
    ]
)

#: The ways to code words: ``C(x, contr.sum)``.
CONTRASTS = frozenset(["treatment", "sum", "helmert", "poly", "diff", "SAS"])

ALLOWED = (
    ast.Expression,
    ast.Call,
    ast.keyword,
    ast.Name,
    ast.Load,
    ast.Constant,
    ast.BinOp,
    ast.UnaryOp,
    ast.operator,
    ast.unaryop,
    ast.Tuple,
    ast.List,
    ast.Compare,
    ast.cmpop,
)


def read_by_formulaic(text: str) -> Formula:
    """Read a formula with interactions, transformations, contrasts or splines.

    Raises
    ------
    InvalidInput
        If formulaic cannot read it, or it calls anything but `FUNCTIONS`.
    """
    from formulaic import Formula as Parsed
    from formulaic.errors import FormulaicError

    try:
        read: Any = Parsed
        parsed = read(text)
        terms = list(parsed)
    except (FormulaicError, SyntaxError, ValueError) as error:
        raise _unreadable(text, str(error)) from None
    names: dict[str, None] = {}
    for term in terms:
        if not hasattr(term, "factors"):
            raise _unreadable(text, "it has more than one side")
        for factor in term.factors:
            names |= dict.fromkeys(_names_in(text, factor))
    columns = tuple(names)

    def build(values: Mapping[str, Values], size: int) -> Design:
        return _design(text, parsed, columns, values, size)

    return Formula(f"~ {text}", columns, build)


def _names_in(text: str, factor: Any) -> list[str]:
    """Return the columns that a factor names, having looked at all it would do."""
    kind = factor.eval_method.value
    if kind == "literal":
        return []
    if kind == "lookup":
        return [factor.expr]
    try:
        tree = ast.parse(factor.expr, mode="eval")
    except SyntaxError as error:
        raise _unreadable(text, str(error)) from None
    names: list[str] = []
    _look(text, tree.body, names)
    return names


def _look(text: str, node: ast.AST, names: list[str]) -> None:
    """Collect the names below a node, refusing whatever is no plain expression."""
    if isinstance(node, ast.Attribute):
        base = node.value
        if not (
            isinstance(base, ast.Name) and base.id == "contr" and node.attr in CONTRASTS
        ):
            raise _forbidden(text, ast.unparse(node))
        return
    if not isinstance(node, ALLOWED):
        raise _forbidden(text, ast.unparse(node))
    if isinstance(node, ast.Call):
        function = node.func
        if isinstance(function, ast.Name):
            if function.id not in FUNCTIONS:
                raise _forbidden(text, function.id)
        else:
            _look(text, function, names)
        for argument in (*node.args, *(pair.value for pair in node.keywords)):
            _look(text, argument, names)
        return
    if isinstance(node, ast.Name):
        names.append(node.id)
        return
    for child in ast.iter_child_nodes(node):
        _look(text, child, names)


def _design(
    text: str,
    parsed: Any,
    columns: tuple[str, ...],
    values: Mapping[str, Values],
    size: int,
) -> Design:
    """Return the design that formulaic makes, and how to make further rows."""
    levels = {name: levels_of(values[name]) for name in columns}
    matrix, spec = _materialised(text, parsed, _frame(values, columns, size))

    def rows(values: Mapping[str, Values], size: int) -> Matrix:
        coded = {
            name: as_numbers(name, values[name])
            if known is None
            else as_words(name, values[name], known)
            for name, known in levels.items()
        }
        found, _ = _materialised(text, spec, _frame(coded, columns, size))
        return found

    terms = {
        INTERCEPT if str(term) == "1" else str(term): tuple(place)
        for term, place in spec.term_indices.items()
    }
    return Design(
        X=matrix,
        names=tuple(spec.column_names),
        terms=terms,
        formula=f"~ {text}",
        columns=columns,
        rows=rows,
    )


def _frame(values: Mapping[str, Values], columns: tuple[str, ...], size: int) -> Any:
    """Return the moderators as formulaic takes them."""
    import pandas as pd

    data = {
        name: column
        if isinstance(column, np.ndarray)
        else pd.Series(column, dtype=object)
        for name in columns
        for column in (values[name],)
    }
    return pd.DataFrame(data, index=range(size))


def _materialised(text: str, spec: Any, frame: Any) -> tuple[Matrix, Any]:
    """Return the matrix and the specification by which further rows are coded."""
    import warnings

    from formulaic.errors import FormulaicError

    try:
        # What formulaic warns of is either an error here or of no consequence.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found = spec.get_model_matrix(frame, na_action="ignore", context={})
    except (FormulaicError, ValueError, TypeError, ArithmeticError) as error:
        raise _unreadable(text, str(error)) from None
    matrix = np.asarray(found, dtype=np.float64).reshape(len(frame), -1)
    if not np.isfinite(matrix).all():
        raise InvalidInput(
            f"The formula {text} gives values that are not finite.",
            remedy="look for the logarithm of zero or of a negative number",
        )
    return matrix, found.model_spec


def _unreadable(text: str, why: str) -> InvalidInput:
    # Formulaic marks the place with colours that only a terminal shows.
    why = re.sub(r"\s*\[?⧛.*", "", re.sub(r"\s+", " ", why)).strip().rstrip(".")
    return InvalidInput(
        f"The formula {text} cannot be read: {why}.",
        remedy="write it as ~ dose + design, ~ bs(dose, df=4) or ~ dose * design",
    )


def _forbidden(text: str, what: str) -> InvalidInput:
    return InvalidInput(
        f"The formula {text} uses {what}, which is no transformation of a moderator.",
        remedy=f"use {', '.join(sorted(FUNCTIONS))}, or compute a column beforehand",
    )
