"""Cluster-robust tests and intervals with corrections for few clusters."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from synthesist.effects import EffectTable
from synthesist.errors import InvalidInput, NotEstimable
from synthesist.numerics import linear
from synthesist.numerics.arrays import Matrix, Vector
from synthesist.numerics.results import HypothesisTest, number, versions
from synthesist.numerics.tails import f_tail
from synthesist.pooling.dependent.satterthwaite import Pieces
from synthesist.pooling.dependent.working import Stack, Working, working_of
from synthesist.pooling.pool import check_level
from synthesist.pooling.registry import choose
from synthesist.pooling.regression.contrast_rows import contrast_rows
from synthesist.pooling.regression.fit import test_dict
from synthesist.pooling.regression.inference import Coefficient, Inference, fixed_df
from synthesist.pooling.regression.wording import coefficient_lines, test_words
from synthesist.tables import give_back

#: With fewer degrees of freedom the t distribution is no guide.
FEW = 4.0

#: An eigenvalue smaller than this, relative to the largest, is zero.
ZERO = 1e-10

FEW_DF = (
    "{names} rests on fewer than four degrees of freedom, where a robust test is not "
    "reliable."
)
FEW_CLUSTERS = (
    "{J} clusters are too few for {kind}, which is right for many; CR2 is made for few."
)


@dataclass(frozen=True, slots=True)
class RobustKind:
    """A correction of the robust covariance for few clusters.

    `factor` takes the numbers of clusters and coefficients and returns what the
    covariance is multiplied with; `exact` asks for residuals that are balanced within
    each cluster.
    """

    code: str
    label: str
    factor: Callable[[int, int], float]
    exact: bool = False


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RobustFit:
    """Coefficients with a covariance that does not rest on the working model.

    Attributes
    ----------
    kind : str
        Code of `ROBUST_KINDS`.
    by : str
        What the clusters are.
    clusters : int
        Their number.
    coefficients : tuple of Coefficient
        With Satterthwaite's degrees of freedom for CR2, and as many as clusters less
        coefficients for the others.
    test : HypothesisTest or None
        Of all moderators; of all coefficients where there is no constant.
    terms : mapping of HypothesisTest
        The same for each term.
    """

    effects: EffectTable
    kind: str
    by: str
    clusters: int
    coefficients: tuple[Coefficient, ...]
    covariance: Matrix
    test: HypothesisTest | None
    terms: Mapping[str, HypothesisTest | None]
    level: float
    rules: Mapping[str, str]
    notes: tuple[str, ...] = ()
    estimate: Vector = field(repr=False)
    names: tuple[str, ...] = field(repr=False)
    pieces: Pieces | None = field(repr=False, default=None)

    @property
    def se(self) -> Vector:
        """Standard errors (p,)."""
        return np.sqrt(np.diagonal(self.covariance))

    def contrast(
        self, rows: ArrayLike | Mapping[str, float] | Sequence[str]
    ) -> HypothesisTest:
        """Test whether combinations of the coefficients are all zero.

        For CR2 that is the approximate Hotelling test, else F on the number of
        clusters less coefficients.

        Parameters
        ----------
        rows : (l, p) array, mapping or sequence of str
            As a matrix, as one combination by coefficients' names, or as the names
            of coefficients that are tested together.

        Raises
        ------
        InvalidInput
            If a name is not known, or the matrix has another width.
        NotEstimable
            If one combination follows from others, or there are too few clusters.

        References
        ----------
        Tipton E, Pustejovsky JE. J Educ Behav Stat 2015;40:604.
        doi:10.3102/1076998615606099
        """
        return wald(self, contrast_rows(rows, self.names))

    def summary(self) -> str:
        """Return the result as text."""
        kind = ROBUST_KINDS[self.kind]
        lines = [f"{kind.label} ({self.kind}), {self.clusters} clusters by {self.by}"]
        lines += [
            f"  {line}, df {c.df:.3g}" if c.df is not None else f"  {line}"
            for line, c in zip(
                coefficient_lines(self.coefficients), self.coefficients, strict=True
            )
        ]
        if self.test:
            lines.append(f"  All moderators: {test_words(self.test)}")
        if len(self.terms) > 1:
            lines += [f"  {n}: {test_words(test)}" for n, test in self.terms.items()]
        return "\n".join([*lines, *(f"  Note: {note}" for note in self.notes)])

    def to_dict(self) -> dict[str, Any]:
        """Return every number in full precision as JSON knows it."""
        return {
            "kind": self.kind,
            "by": self.by,
            "clusters": self.clusters,
            "coefficients": [c.to_dict() for c in self.coefficients],
            "covariance": [[number(x) for x in row] for row in self.covariance],
            "test": test_dict(self.test),
            "terms": {name: test_dict(test) for name, test in self.terms.items()},
            "level": self.level,
            "rules": dict(self.rules),
            "notes": list(self.notes),
            "versions": versions(),
        }

    def to_frame(self, backend: str | None = None) -> Any:
        """Return one row a coefficient, on the analysis scale."""
        rows = [c.to_dict() for c in self.coefficients]
        columns: dict[str, Any] = {key: [row[key] for row in rows] for key in rows[0]}
        return give_back(columns, self.effects.native, backend)


def robust(
    fit: Any,
    cluster: str | None = None,
    *,
    kind: str = "CR2",
    level: float | None = None,
) -> RobustFit:
    """Return tests and intervals that hold though the working model may be wrong.

    Parameters
    ----------
    fit : DependentFit or RegressionFit
        A fitted model; its covariance is the working one, which weights the effects.
    cluster : str, optional
        The column of the clusters, or ``row``; effects of different clusters are
        independent. By default the factor with the fewest groups, or every study.
    kind : str
        Code of `ROBUST_KINDS`. CR2 is unbiased where the working model is right, and
        is tested on Satterthwaite's degrees of freedom.
    level : float, optional
        Confidence level, by default that of the fit.

    Raises
    ------
    InvalidInput
        If there are fewer than two clusters, or groups of the model lie in several.

    References
    ----------
    Hedges LV, Tipton E, Johnson MC. Res Synth Methods 2010;1:39. doi:10.1002/jrsm.5
    Pustejovsky JE, Tipton E. J Bus Econ Stat 2018;36:672.
    doi:10.1080/07350015.2016.1247004
    """
    chosen = choose(kind, ROBUST_KINDS, "robust covariance")
    working = working_of(fit, cluster)
    level = working.level if level is None else level
    check_level(level)
    J, p = len(working.clusters), len(working.names)
    if chosen.exact and not working.aligned:
        raise InvalidInput(
            f"Effects of different {working.by} depend on each other in this model.",
            remedy="choose a coarser cluster, or CR1",
        )
    if chosen.exact:
        adjusted, pieces = _exact(working)
        scores = adjusted
    else:
        scores, pieces = working.scores(working.residuals), None
        if p >= J and chosen.code == "CR1p":
            raise NotEstimable(
                f"{J} clusters cannot carry {p} coefficients.", remedy="choose CR2"
            )
    meat = chosen.factor(J, p) * (scores.T @ scores)
    covariance = working.phi @ meat @ working.phi
    read = pieces.read if pieces is not None else fixed_df(max(1.0, float(J - p)))
    inference = Inference(covariance=covariance, read=read)
    coefficients = inference.coefficients(working.names, working.estimate, level)
    found = RobustFit(
        effects=working.effects,
        kind=chosen.code,
        by=working.by,
        clusters=J,
        coefficients=coefficients,
        covariance=covariance,
        test=None,
        terms={},
        level=level,
        rules={**working.rules, "robust": chosen.code, "cluster": working.by},
        notes=_notes(coefficients, chosen, J),
        estimate=working.estimate,
        names=working.names,
        pieces=pieces,
    )
    return _with_tests(found, working)


def _with_tests(found: RobustFit, working: Working) -> RobustFit:
    """Return the fit with the tests of its terms."""
    eye = np.eye(len(working.names))
    slopes = [i for i in range(len(eye)) if i != working.intercept]
    terms = {
        name: _try(found, eye[list(columns)])
        for name, columns in working.terms.items()
        if columns and columns != (working.intercept,)
    }
    whole = _try(found, eye[slopes]) if slopes else None
    return replace(found, terms=terms, test=whole)


def _try(found: RobustFit, rows: Matrix) -> HypothesisTest | None:
    """Test contrasts, None where there are too few clusters."""
    try:
        return wald(found, rows)
    except NotEstimable:
        return None


def wald(found: RobustFit, rows: Matrix) -> HypothesisTest:
    """Test contrasts (l, p) with a robust covariance."""
    size = len(rows)
    values, spread = rows @ found.estimate, rows @ found.covariance @ rows.T
    if np.linalg.matrix_rank(spread) < size:
        raise NotEstimable(
            f"{found.clusters} clusters cannot test these {size} contrasts together.",
            remedy="test fewer of them",
        )
    statistic = float(values @ linear.solve(spread, values))
    if found.pieces is None:
        df = max(1.0, float(found.clusters - len(found.names)))
        scale = 1.0 / size
    else:
        eta = found.pieces.hotelling(rows)
        df = eta - size + 1
        scale = df / (eta * size)
    if df <= 0:
        raise NotEstimable(
            f"{found.clusters} clusters leave no degrees of freedom for {size} contrasts.",
            remedy="test fewer of them",
        )
    f = scale * statistic
    return HypothesisTest(
        statistic=f,
        df=float(size),
        p=f_tail(f, size, df),
        reference="F",
        df_residual=df,
    )


def _exact(working: Working) -> tuple[Matrix, Pieces]:
    """Return scores of adjusted residuals (J, p), and what degrees of freedom need."""
    J, p = len(working.clusters), len(working.names)
    scores = np.zeros((J, p))
    own = np.zeros((J, p, p))
    crossed = np.zeros((J, p, p))
    for numbers, rows in working.parts:
        M = working.blocks(rows)
        X = working.X[rows]
        left = M - X @ working.phi @ np.swapaxes(X, 1, 2)
        A = balancing(M, left)
        W = np.moveaxis(working.pulled[:, rows], 0, 2)
        U = A @ W
        e = working.residuals[rows]
        scores[numbers] = np.einsum("bsp,bs->bp", U, e)
        own[numbers] = np.einsum("bsp,bst,btq->bpq", U, M, U)
        crossed[numbers] = np.einsum("bsp,bsq->bpq", U, X)
    return scores, Pieces(own, crossed, working.phi)


def balancing(M: Stack, left: Stack) -> Stack:
    """Return symmetric A (b, s, s) with ``A left A = M``.

    `left` is what residuals scatter by under the working model, M what they should
    scatter by; where residuals cannot scatter A is zero.
    """
    root = linear.cholesky(M)
    inner = np.swapaxes(root, 1, 2) @ left @ root
    values, vectors = linear.eigen((inner + np.swapaxes(inner, 1, 2)) / 2)
    most = np.maximum(values[:, -1:], 0.0)
    sound = values > ZERO * most
    inverse = np.where(sound, 1 / np.sqrt(np.where(sound, values, 1.0)), 0.0)
    half = root @ vectors
    return np.einsum("bsi,bi,bti->bst", half, inverse, half)


def _notes(
    coefficients: Sequence[Coefficient], kind: RobustKind, J: int
) -> tuple[str, ...]:
    """Say what must be known of the answer."""
    few = [c.name for c in coefficients if c.df is not None and c.df < FEW]
    notes = [FEW_DF.format(names=", ".join(few))] if few else []
    if not kind.exact and J < 40:
        notes.append(FEW_CLUSTERS.format(J=J, kind=kind.code))
    return tuple(notes)


def _one(J: int, p: int) -> float:
    del J, p
    return 1.0


def _clusters(J: int, p: int) -> float:
    del p
    return J / (J - 1)


def _coefficients(J: int, p: int) -> float:
    return J / (J - p)


ROBUST_KINDS: dict[str, RobustKind] = {
    kind.code: kind
    for kind in (
        RobustKind("CR0", "robust, not corrected", _one),
        RobustKind("CR1", "robust, by J / (J - 1)", _clusters),
        RobustKind("CR1p", "robust, by J / (J - p)", _coefficients),
        RobustKind("CR2", "robust, bias-reduced linearisation", _one, exact=True),
    )
}
