"""Degrees of freedom of coefficients in models with dependent effects."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from synthesist.numerics.arrays import Indices, Matrix, Vector
from synthesist.pooling.dependent.estimate import Estimated
from synthesist.pooling.regression.inference import Inference, fixed_df
from synthesist.pooling.regression.kenward_roger import Adjusted


@dataclass(frozen=True, slots=True)
class DependentTest:
    """A way to test coefficients of a model with dependent effects."""

    code: str
    label: str
    infer: Callable[[Estimated], Inference]


def normal(estimated: Estimated) -> Inference:
    """Take the components as known."""
    return Inference(covariance=estimated.covariance, read=fixed_df(np.inf))


def residual(estimated: Estimated) -> Inference:
    """Use t and F on as many degrees of freedom as rows less coefficients."""
    return Inference(covariance=estimated.covariance, read=fixed_df(estimated.df))


def containment(estimated: Estimated) -> Inference:
    """Use t and F on the groups in which a moderator does not vary.

    A coefficient has the number of groups of the coarsest factor within whose groups
    its moderator is constant, less the number of coefficients; at least 1.
    """
    df = containment_df(estimated)

    def read(rows: Matrix) -> Adjusted:
        involved = np.any(rows != 0, axis=0)
        return Adjusted(1.0, float(df[involved].min()))

    return Inference(covariance=estimated.covariance, read=read)


def containment_df(estimated: Estimated) -> Vector:
    """Return the degrees of freedom of each coefficient (p,)."""
    model = estimated.model
    X = model.X
    found = np.full(X.shape[1], float(len(X)))
    for term in model.terms:
        for codes in (term.outer, term.outer * term.shape.size + term.inner):
            if term.dense and codes is term.outer:
                continue
            groups = len(np.unique(codes))
            constant = _constant(X, codes)
            found = np.where(constant, np.minimum(found, groups), found)
    return np.maximum(1.0, found - X.shape[1])


def _constant(X: Matrix, codes: Indices) -> Vector:
    """Say which columns are constant within groups (p,)."""
    order = np.argsort(codes, kind="stable")
    starts = np.concatenate([[0], np.flatnonzero(np.diff(codes[order])) + 1])
    sorted_rows = X[order]
    least = np.minimum.reduceat(sorted_rows, starts, axis=0)
    most = np.maximum.reduceat(sorted_rows, starts, axis=0)
    return np.asarray((least == most).all(axis=0))


DEPENDENT_TESTS: dict[str, DependentTest] = {
    test.code: test
    for test in (
        DependentTest("normal", "normal", normal),
        DependentTest("t", "t on rows less coefficients", residual),
        DependentTest("containment", "t on groups less coefficients", containment),
    )
}
