"""The wild cluster bootstrap, with the null hypothesis imposed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from synthesist.errors import NotEstimable
from synthesist.numerics import linear
from synthesist.numerics.arrays import Matrix, Vector
from synthesist.numerics.results import number, versions
from synthesist.pooling.dependent.working import working_of
from synthesist.pooling.regression.contrast_rows import contrast_rows
from synthesist.pooling.wording import p_value

#: Numbers in one block of draws.
BLOCK = 2_000_000

#: Statistics that differ by less, relative to the observed one, are ties.
TIE = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class WildBootstrap:
    """A test by signs that are dealt to the clusters' residuals.

    Attributes
    ----------
    statistic : float
        The robust Wald statistic, not corrected.
    p : float
        The share of draws with a statistic at least as large, the observed one among
        them.
    draws : int
    exact : bool
        Whether these are all signs there are.
    """

    statistic: float
    p: float
    draws: int
    exact: bool
    clusters: int
    by: str
    seed: int | None
    notes: tuple[str, ...] = ()

    def summary(self) -> str:
        """Return the result as text."""
        where = f"{self.clusters} clusters by {self.by}"
        signs = (
            f"all {self.draws} signs" if self.exact else f"{self.draws} random signs"
        )
        lines = [f"Wild bootstrap over {where}, {signs}: {p_value(self.p)}"]
        return "\n".join([*lines, *(f"  Note: {note}" for note in self.notes)])

    def to_dict(self) -> dict[str, Any]:
        """Return every number in full precision as JSON knows it."""
        return {
            "statistic": number(self.statistic),
            "p": number(self.p),
            "draws": self.draws,
            "exact": self.exact,
            "clusters": self.clusters,
            "by": self.by,
            "seed": self.seed,
            "notes": list(self.notes),
            "versions": versions(),
        }


FEW = "{clusters} clusters have only {signs} different signs, so the P value is coarse."


def wild_bootstrap(
    fit: Any,
    rows: ArrayLike | Mapping[str, float] | Sequence[str],
    cluster: str | None = None,
    *,
    draws: int = 1999,
    seed: int = 0,
) -> WildBootstrap:
    """Test combinations of coefficients by dealing signs to clusters of residuals.

    Residuals are those of the model in which the combinations are zero; each cluster's
    keep or change their sign together, and the working covariance stays that of the
    fit. The test statistic is the robust Wald statistic.

    Parameters
    ----------
    fit : DependentFit or RegressionFit
    rows : (l, p) array, mapping or sequence of str
        As a matrix, as one combination by coefficients' names, or as the names of
        coefficients that are tested together.
    cluster : str, optional
        As for `robust`.
    draws, seed : int
        Number of random signs and their start; where there are no more different
        signs than `draws`, all are taken.

    Raises
    ------
    InvalidInput
        If a name is not known or there are fewer than two clusters.
    NotEstimable
        If one combination follows from others.

    References
    ----------
    Cameron AC, Gelbach JB, Miller DL. Rev Econ Stat 2008;90:414.
    doi:10.1162/rest.90.3.414
    Joshi M, Pustejovsky JE, Beretvas SN. Res Synth Methods 2022;13:457.
    doi:10.1002/jrsm.1554
    """
    working = working_of(fit, cluster)
    C = contrast_rows(rows, working.names)
    phi, beta = working.phi, working.estimate
    spread = C @ phi @ C.T
    if np.linalg.matrix_rank(spread) < len(C):
        raise NotEstimable(
            "The combinations cannot be tested together.",
            remedy="leave out those that follow from others",
        )
    null = beta - phi @ C.T @ linear.solve(spread, C @ beta)
    residuals = working.residuals + working.X @ (beta - null)
    a = working.scores(residuals)
    G = _inner(working.X, working.pulled, working.codes, len(working.clusters))
    J = len(working.clusters)
    # All signs changed at once give the same statistic, so the first is held.
    exact = J - 1 < 62 and draws >= 2 ** (J - 1)
    signs = _all_signs(J) if exact else _random_signs(J, draws, seed)
    observed = _statistics(np.ones((1, J)), a, G, phi, C)[0]
    step = max(1, BLOCK // (J * a.shape[1]))
    extreme = 0
    for start in range(0, len(signs), step):
        found = _statistics(signs[start : start + step], a, G, phi, C)
        extreme += int(np.sum(found >= observed * (1 - TIE)))
    taken = len(signs)
    if not exact:
        extreme, taken = extreme + 1, taken + 1
    few = FEW.format(clusters=J, signs=2 ** (J - 1)) if J <= 8 else ""
    return WildBootstrap(
        statistic=float(observed),
        p=extreme / taken,
        draws=taken,
        exact=exact,
        clusters=J,
        by=working.by,
        seed=None if exact else seed,
        notes=(few,) if few else (),
    )


def _inner(X: Matrix, WX: Matrix, codes: Any, J: int) -> Any:
    """Return ``X_j' M^-1 X_j`` of every cluster (J, p, p)."""
    p = X.shape[1]
    found = np.empty((J, p, p))
    for a in range(p):
        for b in range(p):
            found[:, a, b] = np.bincount(codes, weights=WX[a] * X[:, b], minlength=J)
    return found


def _statistics(signs: Matrix, a: Matrix, G: Any, phi: Matrix, C: Matrix) -> Vector:
    """Return the robust Wald statistics of draws (b, J), b of them."""
    total = signs @ a
    moved = total @ phi
    scores = signs[:, :, None] * a - np.einsum("jpq,bq->bjp", G, moved)
    half = scores @ (phi @ C.T)
    spread = np.einsum("bjm,bjn->bmn", half, half)
    values = moved @ C.T
    solved = linear.pseudo_inverse(spread)
    return np.einsum("bm,bmn,bn->b", values, solved, values)


def _all_signs(J: int) -> Matrix:
    """Return all signs with the first held (2**(J - 1), J)."""
    count = 1 << (J - 1)
    found = np.ones((count, J))
    for j in range(J - 1):
        found[:, j + 1] = np.where(np.arange(count) >> j & 1, -1.0, 1.0)
    return found


def _random_signs(J: int, draws: int, seed: int) -> Matrix:
    """Return random signs (draws, J)."""
    return np.random.default_rng(seed).choice([-1.0, 1.0], (draws, J))
