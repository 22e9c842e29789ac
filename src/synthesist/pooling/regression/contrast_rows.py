"""Combinations of coefficients, as a matrix or by name."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike

from synthesist.errors import InvalidInput
from synthesist.numerics.arrays import Matrix


def contrast_rows(
    rows: ArrayLike | Mapping[str, float] | Sequence[str], names: Sequence[str]
) -> Matrix:
    """Return combinations of coefficients as the rows of a matrix (l, p).

    Raises
    ------
    InvalidInput
        If a name is not known, or the matrix has another width.
    """
    if isinstance(rows, Mapping):
        found = np.zeros((1, len(names)))
        for name, factor in rows.items():
            found[0, _place(str(name), names)] = factor
        return found
    if isinstance(rows, str):
        rows = [rows]
    if isinstance(rows, Sequence) and all(isinstance(name, str) for name in rows):
        return np.eye(len(names))[[_place(str(name), names) for name in rows]]
    matrix = np.atleast_2d(np.asarray(rows, dtype=np.float64))
    if matrix.shape[1] != len(names) or not np.isfinite(matrix).all():
        raise InvalidInput(
            f"A combination has {matrix.shape[1]} numbers for {len(names)} coefficients.",
            remedy=f"give one number for each of {', '.join(names)}",
        )
    return matrix


def _place(name: str, names: Sequence[str]) -> int:
    if name in names:
        return list(names).index(name)
    close = difflib.get_close_matches(name, names, n=1)
    raise InvalidInput(
        f"There is no coefficient {name}.",
        remedy=f"did you mean {close[0]}?"
        if close
        else f"choose from {', '.join(names)}",
    )
