"""The likelihood of effects that were selected, with its derivatives.

A study with effect y, seen because its weight is w(y), has the density

    w(y) N(y; x'beta, v + tau2) / A,    A = the integral of the numerator.

Derivatives of log A are moments under the weighted density, so the expected
information is their covariance, and the observed one differs from it only by what the
studies' own x and x**2 deviate from their expectations.

References
----------
Hedges LV. Stat Sci 1992;7:246. doi:10.1214/ss/1177011364
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from synthesist.numerics import linear
from synthesist.numerics.arrays import Mask, Matrix, Vector
from synthesist.numerics.maximise import Height
from synthesist.pooling.selection.atoms import HALF_LOG
from synthesist.pooling.selection.functions import LARGEST, LogWeight
from synthesist.pooling.selection.weighting import Pieces, Smooth

#: Less observed information than this, relative to the expected, leads astray.
BENT = 0.05

#: A mean is looked for up to so many of the largest standard errors from all effects.
FARTHEST = 100.0

#: This share of the information without selection is kept where all else is lost, so
#: that steps stay within the range of a float.
FLAT = 1e-12


class _State(NamedTuple):
    """The weighted densities at a point: what everything else is made from.

    `e` are the first four moments of x (4, k), `ed` the means of the slopes (k, d);
    `own` and `slopes` belong to the studies and to the pieces.
    """

    total: Vector
    root: Vector
    x: Vector
    share: Matrix
    powers: Vector
    e: Vector
    slopes: Vector
    ed: Matrix
    own: LogWeight
    own_slopes: Matrix
    bend: Matrix | None
    value: float

    @property
    def gaps(self) -> tuple[Vector, Vector, Matrix]:
        """What studies deviate from expectation: in x, x**2 and the slopes."""
        x = self.x
        return x - self.e[0], x * x - self.e[1], self.own_slopes - self.ed


@dataclass(frozen=True)
class Likelihood:
    """The likelihood in (beta, tau², the free parameters of the selection function).

    Parameters
    ----------
    y, v : (k,) arrays
        Effects and variances, the favoured direction being upward.
    X : (k, p) array
    weighting : Pieces or Smooth
    fixed : (d,) array
        Parameters that are known, NaN for those to be estimated. Those of pieces are
        the weights of all intervals, the first among them; they are estimated on the
        logarithm.
    least : float
        The smallest value of a parameter.
    common : bool
        Whether tau² is zero.
    log : bool
        Whether parameters are estimated on their logarithm.
    most : float
        The largest tau² that is looked at.
    """

    y: Vector
    v: Vector
    X: Matrix
    weighting: Pieces | Smooth
    fixed: Vector
    least: float
    common: bool
    log: bool
    most: float

    @property
    def in_pieces(self) -> bool:
        """Whether weights are constant in pieces."""
        return isinstance(self.weighting, Pieces)

    @property
    def p(self) -> int:
        """Number of coefficients; tau² stands behind them."""
        return self.X.shape[1]

    @property
    def free(self) -> Mask:
        """Which parameters of the function are estimated (d,)."""
        return np.isnan(self.fixed)

    @property
    def size(self) -> int:
        """Number of all parameters."""
        return self.p + 1 + int(self.free.sum())

    @property
    def bounds(self) -> tuple[Vector, Vector]:
        """The smallest and largest values of all parameters."""
        count = self.size
        low, high = np.full(count, -np.inf), np.full(count, np.inf)
        if self.p == 1 and np.ptp(self.X) == 0:
            # A mean further from all effects than this is none that they speak of.
            away = FARTHEST * float(np.sqrt(self.v.max()))
            inner = self.y / self.X[:, 0]
            low[0], high[0] = inner.min() - away, inner.max() + away
        low[self.p] = 0.0
        high[self.p] = 0.0 if self.common else self.most
        ends = np.array([self.least, LARGEST])
        low[self.p + 1 :], high[self.p + 1 :] = np.log(ends) if self.log else ends
        return low, high

    def delta(self, at: Vector) -> Vector:
        """Return all parameters of the function (d,), each as it is read."""
        found = self.fixed.copy()
        own = at[self.p + 1 :]
        found[self.free] = np.exp(own) if self.log else own
        return found

    def scale(self, at: Vector) -> Vector:
        """Return the derivative of each parameter as it is read in the one climbed."""
        found = np.ones(self.size)
        if self.log:
            found[self.p + 1 :] = np.exp(at[self.p + 1 :])
        return found

    def height(self, at: Vector) -> Height:
        """Return the log-likelihood, its gradient and an information.

        The observed one, which leads to the top in fewer steps, unless the likelihood
        bends the other way here; then the expected one.
        """
        with np.errstate(all="ignore"):
            state = self._state(at)
            gradient, expected = self._gradient(state), self._expected(state)
            expected[np.diag_indices(self.size)] += self._least(state)
            observed = expected + self._deviation(state)
            scale = np.sqrt(np.maximum(np.diagonal(expected), 1e-300))
            unit = observed / np.outer(scale, scale)
        if not (np.isfinite(gradient).all() and np.isfinite(unit).all()):
            # So far away that squares overflow: no place to go to.
            return Height(-np.inf, np.zeros(self.size), np.eye(self.size))
        sound = linear.eigen(unit)[0][0] > BENT
        return Height(state.value, gradient, observed if sound else expected)

    def exact(self, at: Vector) -> Height:
        """Return the same with the observed information."""
        with np.errstate(all="ignore"):
            state = self._state(at)
            observed = self._expected(state) + self._deviation(state)
            return Height(state.value, self._gradient(state), observed)

    def value(self, at: Vector) -> float:
        """Return the log-likelihood."""
        with np.errstate(all="ignore"):
            return self._state(at).value

    def _state(self, at: Vector) -> _State:
        p, free = self.p, self.free
        total = self.v + at[p]
        root, se = np.sqrt(total), np.sqrt(self.v)
        mean = self.X @ at[:p]
        atoms = self.weighting.atoms(mean / se, root / se)
        delta = self.delta(at)
        if self.in_pieces:
            with np.errstate(divide="ignore"):
                pieces, own = self.weighting.weigh(np.log(delta))
            factor = np.ones(int(free.sum()))
        else:
            pieces, own = self.weighting.weigh(delta)
            factor = delta[free] if self.log else np.ones(int(free.sum()))
        logs = atoms.logs + pieces.value
        top = logs.max(axis=1, keepdims=True)
        share = np.exp(logs - top)
        mass = share.sum(axis=1, keepdims=True)
        share /= mass
        x = (self.y - mean) / root
        heights = own.value - np.log(root) - 0.5 * x * x - (top + np.log(mass))[:, 0]
        slopes = pieces.slopes[free] * factor[:, None, None]
        return _State(
            total=total,
            root=root,
            x=x,
            share=share,
            powers=atoms.powers,
            e=np.einsum("kn,rkn->rk", share, atoms.powers),
            slopes=slopes,
            ed=_means(share, slopes),
            own=own,
            own_slopes=own.slopes[free].T * factor,
            bend=pieces.bend,
            value=float(heights.sum()) - HALF_LOG * len(x),
        )

    def _gradient(self, state: _State) -> Vector:
        x, square, slopes = state.gaps
        found = np.empty(self.size)
        found[: self.p] = self.X.T @ (x / state.root)
        found[self.p] = 0.5 * float((square / state.total).sum())
        found[self.p + 1 :] = slopes.sum(axis=0)
        return found

    def _expected(self, state: _State) -> Matrix:
        """Return the expected information: the covariance of the scores."""
        p, X, total, root = self.p, self.X, state.total, state.root
        e1, e2, e3, e4 = state.e
        found = np.zeros((self.size, self.size))
        found[:p, :p] = (X.T * ((e2 - e1 * e1) / total)) @ X
        found[:p, p] = X.T @ ((e3 - e1 * e2) / (2 * total * root))
        found[p, p] = 0.25 * float(((e4 - e2 * e2) / (total * total)).sum())
        if len(state.slopes):
            with_x = _means(state.share * state.powers[0], state.slopes)
            with_square = _means(state.share * state.powers[1], state.slopes)
            with_x -= e1[:, None] * state.ed
            with_square -= e2[:, None] * state.ed
            found[:p, p + 1 :] = X.T @ (with_x / root[:, None])
            found[p, p + 1 :] = 0.5 * (with_square / total[:, None]).sum(axis=0)
            found[p + 1 :, p + 1 :] = _products(state.share, state.slopes)
            found[p + 1 :, p + 1 :] -= state.ed.T @ state.ed
        found[p, :p] = found[:p, p]
        found[p + 1 :, : p + 1] = found[: p + 1, p + 1 :].T
        return found

    def _least(self, state: _State) -> Vector:
        """Return an information so small that only a flat likelihood has less."""
        found = np.ones(self.size)
        found[: self.p] = (self.X.T**2 / state.total).sum(axis=1)
        found[self.p] = float((1 / state.total**2).sum())
        return FLAT * found

    def _deviation(self, state: _State) -> Matrix:
        """Return what the observed information has more than the expected one."""
        p, total = self.p, state.total
        x, square, slopes = state.gaps
        found = np.zeros((self.size, self.size))
        found[:p, p] = found[p, :p] = self.X.T @ (x / (total * state.root))
        found[p, p] = float((square / (total * total)).sum())
        if state.bend is not None and state.own.bend is not None and self.free.any():
            expectation = (state.share * state.bend).sum(axis=1)
            found[-1, -1] = -float((state.own.bend - expectation).sum())
        if self.log and not self.in_pieces:
            # The curve is linear in the parameter, which is an exponential here.
            inner = np.arange(p + 1, self.size)
            found[inner, inner] -= slopes.sum(axis=0)
        return found


def _means(weights: Matrix, slopes: Vector) -> Matrix:
    """Return sums of weights (k, n) times slopes (d, k or 1, n), as (k, d)."""
    if slopes.shape[1] == 1:
        return weights @ slopes[:, 0].T
    return np.einsum("kn,dkn->kd", weights, slopes)


def _products(share: Matrix, slopes: Vector) -> Matrix:
    """Return sums of shares times products of slopes, over pieces and studies (d, d)."""
    if slopes.shape[1] == 1:
        return (slopes[:, 0] * share.sum(axis=0)) @ slopes[:, 0].T
    return np.einsum("kn,dkn,ekn->de", share, slopes, slopes)
