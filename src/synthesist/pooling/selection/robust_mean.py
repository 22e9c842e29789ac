"""A weighted mean with a covariance that is robust to clusters, corrected for few.

The weights need not be the inverse of the working covariance; for means this is
linear in the number of effects.

References
----------
Hedges LV, Tipton E, Johnson MC. Res Synth Methods 2010;1:39. doi:10.1002/jrsm.5
Tipton E. Psychol Methods 2015;20:375. doi:10.1037/met0000011
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from synthesist.numerics import linear
from synthesist.numerics.arrays import Indices, Vector

#: An eigenvalue smaller than this, relative to the largest, is zero.
ZERO = 1e-10


class RobustMean(NamedTuple):
    """A mean, its standard error and Satterthwaite's degrees of freedom."""

    estimate: float
    se: float
    df: float


def robust_mean(y: Vector, w: Vector, v: Vector, clusters: list[Indices]) -> RobustMean:
    """Return a weighted mean and its standard error, robust to clusters.

    The squared standard error is unbiased where effects are independent and have the
    variances v.

    Parameters
    ----------
    y, w, v : (k,) arrays
        Effects, weights and working variances.
    clusters : list of arrays of int
        The rows of each cluster.
    """
    total = float(w.sum())
    estimate = float((w * y).sum()) / total
    e = y - estimate
    q = 1 / total
    spread = q * q * float((w * w * v).sum())
    count = len(clusters)
    score, s, c, d = (np.empty(count) for _ in range(4))
    for size in sorted({len(rows) for rows in clusters}):
        place = [j for j, rows in enumerate(clusters) if len(rows) == size]
        rows = np.stack([clusters[j] for j in place])
        own, variance = w[rows], v[rows]
        root = np.sqrt(variance)
        moved = q * own * variance
        left = spread - moved[:, :, None] - moved[:, None, :]
        left[:, np.arange(size), np.arange(size)] += variance
        left *= root[:, :, None] * root[:, None, :]
        values, vectors = linear.eigen(left)
        sound = values > ZERO * np.maximum(values[:, -1:], 1e-300)
        inverse = np.where(sound, 1 / np.sqrt(np.where(sound, values, 1.0)), 0.0)
        a = root * np.einsum("bsi,bi,bti,bt->bs", vectors, inverse, vectors, root * own)
        score[place] = (a * e[rows]).sum(axis=1)
        s[place] = a.sum(axis=1)
        c[place] = q * (a * variance * own).sum(axis=1)
        d[place] = (a * a * variance).sum(axis=1)
    se = q * float(np.sqrt((score * score).sum()))
    cross = float(c @ s)
    ss, cc = float(s @ s), float(c @ c)
    inner = -2 * c * s + spread * s * s
    trace = float((d + inner).sum())
    square = float((d * d + 2 * d * inner).sum())
    square += 2 * cc * ss + 2 * cross**2 - 4 * spread * cross * ss + (spread * ss) ** 2
    # A trace is at least the root of the sum of squares; rounding may forget it where
    # one cluster carries nearly all weight.
    df = trace * trace / square if square > 0 else 1.0
    return RobustMean(estimate, se, min(max(df, 1.0), float(count)))
