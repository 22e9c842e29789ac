"""Degrees of freedom of robust tests, from moments under the working model."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from synthesist.numerics import linear
from synthesist.numerics.arrays import Matrix
from synthesist.pooling.regression.kenward_roger import Adjusted


@dataclass(frozen=True)
class Pieces:
    """How the scores of clusters scatter under the working model.

    The score of cluster j is ``U_j' e_j`` with ``U_j = A_j M_j^-1 X_j``; those of two
    clusters have the covariance ``own_j [i = j] - crossed_i phi crossed_j'``.

    Parameters
    ----------
    own : (J, p, p) array
        ``U_j' M_j U_j``.
    crossed : (J, p, p) array
        ``U_j' X_j``.
    phi : (p, p) array
        Covariance of the coefficients under the working model.
    """

    own: NDArray[np.float64]
    crossed: NDArray[np.float64]
    phi: Matrix

    def read(self, rows: Matrix) -> Adjusted:
        """Return Satterthwaite's degrees of freedom for one contrast.

        References
        ----------
        Bell RM, McCaffrey DF. Surv Methodol 2002;28:169.
        """
        if len(rows) > 1:
            return Adjusted(1.0, self.hotelling(rows))
        c = self.phi @ rows[0]
        own = np.einsum("p,jpq,q->j", c, self.own, c)
        sums = np.einsum("p,jpq->jq", c, self.crossed)
        within = np.einsum("jp,pq,jq->j", sums, self.phi, sums)
        expected = float((own - within).sum())
        inner = self.phi @ (sums.T @ sums)
        square = float((own * own - 2 * own * within).sum() + np.trace(inner @ inner))
        return Adjusted(1.0, expected * expected / square)

    def hotelling(self, rows: Matrix) -> float:
        """Return the degrees of freedom of Hotelling's T² that a Wald test is like.

        References
        ----------
        Zhang JT. J Stat Theory Pract 2012;6:59.
        Tipton E, Pustejovsky JE. J Educ Behav Stat 2015;40:604.
        doi:10.3102/1076998615606099
        """
        size = len(rows)
        C = self.phi @ rows.T
        own = np.einsum("pa,jpq,qb->jab", C, self.own, C)
        sums = np.einsum("pa,jpq->jaq", C, self.crossed)
        within = np.einsum("jap,pq,jbq->jab", sums, self.phi, sums)
        expected = (own - within).sum(axis=0)
        values, vectors = linear.eigen((expected + expected.T) / 2)
        if values[0] <= 0:
            return 0.0
        half = (vectors / np.sqrt(values)) @ vectors.T
        own = half @ own @ half
        sums = half @ sums
        return size * (size + 1) / _variance(own, sums, self.phi)


def _variance(
    own: NDArray[np.float64], sums: NDArray[np.float64], phi: Matrix
) -> float:
    """Return the summed variance of all entries of the standardised covariance.

    With ``Q_ij = own_i [i = j] - sums_i phi sums_j'`` it is the sum over all pairs of
    ``tr(Q_ij)**2 + tr(Q_ij Q_ij)``, computed without any pair.
    """
    within = np.einsum("jap,pq,jbq->jab", sums, phi, sums)
    trace, less = np.einsum("jaa->j", own), np.einsum("jaa->j", within)
    found = float((trace * trace - 2 * trace * less).sum())
    found += float(np.einsum("jab,jba->", own, own))
    found -= 2 * float(np.einsum("jab,jba->", own, within))
    # tr(s_i phi s_j')**2 and tr(s_i phi s_j' s_i phi s_j') as products of sums.
    root = linear.cholesky(phi)
    scaled = sums @ root
    J, a, p = scaled.shape
    flat = scaled.reshape(J, a * p)
    gram = flat.T @ flat
    found += float(np.einsum("ij,ij->", gram, gram))
    four = gram.reshape(a, p, a, p)
    found += float(np.einsum("apbq,bpaq->", four, four))
    return found
