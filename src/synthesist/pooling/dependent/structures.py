"""How the effects inside a group go together: structures of covariance, by code.

A structure turns a few parameters into a covariance matrix T of the levels of the
inner factor, with its derivatives. Where levels have one variance in common the
parameter is that variance; where they differ and are correlated it is the standard
deviation, in which T is smooth down to zero.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from synthesist.numerics.arrays import Matrix, Vector

Kind = Literal["variance", "sd", "correlation", "slope"]

#: Partial correlations stay this far inside: their derivatives end at 1.
INSIDE = 1e-12

#: The smallest standard deviation, in units of the spread of the effects; at zero
#: itself the gradient would say nothing.
LEAST_SD = 1e-6

#: No variance is larger, in the same units.
LARGEST = 1e8


#: Slopes are searched up to here.
STEEPEST = 1e3


class Parameter(NamedTuple):
    """One parameter and its bounds.

    `levels` are the inner levels that it belongs to, none where they share it. A
    correlation is reported as it is, unless it is `partial`: then as that of its
    levels.
    """

    kind: Kind
    levels: tuple[int, ...]
    low: float
    high: float
    partial: bool = False


class Shaped(NamedTuple):
    """A covariance T (m, m) with its derivatives (r, m, m)."""

    matrix: Matrix
    derivatives: NDArray[np.float64]


@dataclass(frozen=True)
class Shape:
    """A structure for given inner levels.

    Parameters
    ----------
    parameters : tuple of Parameter
    matrix : callable
        Takes the parameters (r,) and returns T with its derivatives.
    """

    size: int
    parameters: tuple[Parameter, ...]
    matrix: Callable[[Vector], Shaped]


@dataclass(frozen=True, slots=True)
class Structure:
    """A kind of covariance between the levels of a factor inside a group.

    `shape` takes the number of levels and their times (m,), which are their ranks
    unless the factor is numbers; `timed` says that it needs them.
    """

    code: str
    label: str
    shape: Callable[[int, Vector], Shape]
    timed: bool = False


def variance(*levels: int) -> Parameter:
    """Return the variance of a level, or of all."""
    return Parameter("variance", levels, 0.0, LARGEST)


def deviation(level: int) -> Parameter:
    """Return the standard deviation of one level."""
    return Parameter("sd", (level,), LEAST_SD, float(np.sqrt(LARGEST)))


def identity(size: int, times: Vector) -> Shape:
    """Levels are independent, with one variance."""
    del times
    eye = np.eye(size)

    def matrix(theta: Vector) -> Shaped:
        return Shaped(theta[0] * eye, eye[None])

    return Shape(size, (variance(),), matrix)


def diagonal(size: int, times: Vector) -> Shape:
    """Levels are independent, each with its own variance."""
    del times
    each = np.zeros((size, size, size))
    for i in range(size):
        each[i, i, i] = 1.0

    def matrix(theta: Vector) -> Shaped:
        return Shaped(np.diag(theta), each)

    return Shape(size, tuple(variance(i) for i in range(size)), matrix)


def compound(size: int, times: Vector) -> Shape:
    """All levels have one variance and every pair one correlation."""
    del times
    others = 1.0 - np.eye(size)

    def correlated(rho: float) -> tuple[Matrix, Matrix]:
        return np.eye(size) + rho * others, others

    least = -1.0 / (size - 1) if size > 1 else 0.0
    return _homogeneous(size, correlated, least, 1.0)


def autoregressive(size: int, times: Vector) -> Shape:
    """One variance; correlations are powers of one by the steps between levels."""
    steps = np.abs(times[:, None] - times)

    def correlated(rho: float) -> tuple[Matrix, Matrix]:
        with np.errstate(divide="ignore", invalid="ignore"):
            found = np.where(steps == 0, 1.0, np.sign(rho) ** steps * abs(rho) ** steps)
            slope = steps * np.sign(rho) ** (steps - 1) * abs(rho) ** (steps - 1)
        return found, np.where(steps == 0, 0.0, slope)

    whole = bool((steps == np.round(steps)).all())
    return _homogeneous(size, correlated, -1.0 if whole else 0.0, 1.0)


def continuous(size: int, times: Vector) -> Shape:
    """One variance; correlations fall with the time between levels."""
    gaps = np.abs(times[:, None] - times)

    def correlated(rho: float) -> tuple[Matrix, Matrix]:
        # Just above zero, because the slope of a small power of zero is infinite.
        base = max(rho, 1e-12)
        found = base**gaps
        return found, np.where(gaps == 0, 0.0, gaps * base ** (gaps - 1))

    return _homogeneous(size, correlated, 0.0, 1.0)


def heterogeneous_compound(size: int, times: Vector) -> Shape:
    """Each level has its variance, every pair one correlation."""
    del times
    others = 1.0 - np.eye(size)

    def correlated(rho: Vector) -> tuple[Matrix, NDArray[np.float64]]:
        return np.eye(size) + rho[0] * others, others[None]

    least = -1.0 / (size - 1) if size > 1 else 0.0
    pairs = (Parameter("correlation", (), least, 1.0),)
    return _heterogeneous(size, correlated, pairs if size > 1 else ())


def heterogeneous_autoregressive(size: int, times: Vector) -> Shape:
    """Each level has its variance; correlations are powers of one by the steps."""
    one = autoregressive(size, times)

    def correlated(rho: Vector) -> tuple[Matrix, NDArray[np.float64]]:
        shaped = one.matrix(np.array([1.0, rho[0]]))
        return shaped.matrix, shaped.derivatives[1:]

    return _heterogeneous(size, correlated, one.parameters[1:])


def unstructured(size: int, times: Vector) -> Shape:
    """Each level has its variance, each pair its correlation.

    The parameters are partial correlations: of each pair given the levels before
    the first of the two. Any of them between -1 and 1 give a covariance matrix; that
    of the first two levels is their correlation.

    References
    ----------
    Joe H. J Multivar Anal 2006;97:2177. doi:10.1016/j.jmva.2005.05.010
    """
    del times
    pairs = [(i, j) for i in range(1, size) for j in range(i)]
    edge = 1.0 if size == 2 else 1.0 - INSIDE

    def correlated(z: Vector) -> tuple[Matrix, NDArray[np.float64]]:
        root = np.zeros((size, size))
        slopes = np.zeros((len(pairs), size, size))
        root[0, 0] = 1.0
        place = {pair: k for k, pair in enumerate(pairs)}
        for i in range(1, size):
            row = np.array([z[place[i, j]] for j in range(i)])
            left = np.sqrt(np.maximum(0.0, 1 - row * row))
            product = np.concatenate([[1.0], np.cumprod(left)])
            root[i, : i + 1] = np.append(row, 1.0) * product
            for j in range(i):
                slope = slopes[place[i, j], i]
                slope[j] = product[j]
                if left[j] > 0:
                    slope[j + 1 : i + 1] = (
                        -root[i, j + 1 : i + 1] * row[j] / left[j] ** 2
                    )
        half = slopes @ root.T
        found = root @ root.T
        np.fill_diagonal(found, 1.0)
        return found, _symmetric(half, size)

    parameters = tuple(
        Parameter("correlation", (j, i), -edge, edge, partial=size > 2)
        for i, j in pairs
    )
    return _heterogeneous(size, correlated, parameters)


def _symmetric(half: NDArray[np.float64], size: int) -> NDArray[np.float64]:
    """Return derivatives of a correlation matrix, whose diagonal never changes."""
    found = half + np.swapaxes(half, 1, 2)
    found[:, np.arange(size), np.arange(size)] = 0.0
    return found


def _homogeneous(
    size: int,
    correlated: Callable[[float], tuple[Matrix, Matrix]],
    low: float,
    high: float,
) -> Shape:
    """Return a structure with one variance and one correlation."""
    if size == 1:
        return identity(1, np.zeros(1))

    def matrix(theta: Vector) -> Shaped:
        found, slope = correlated(float(theta[1]))
        return Shaped(theta[0] * found, np.stack([found, theta[0] * slope]))

    pair = Parameter("correlation", (), low, high)
    return Shape(size, (variance(), pair), matrix)


def _heterogeneous(
    size: int,
    correlated: Callable[[Vector], tuple[Matrix, NDArray[np.float64]]],
    pairs: tuple[Parameter, ...],
) -> Shape:
    """Return a structure with one standard deviation a level and some correlations."""
    if size == 1:
        return identity(1, np.zeros(1))

    def matrix(theta: Vector) -> Shaped:
        sd = theta[:size]
        found, slopes = correlated(theta[size:])
        outer = np.outer(sd, sd)
        derivatives = np.zeros((len(theta), size, size))
        for i in range(size):
            derivatives[i, i] = found[i] * sd
            derivatives[i, :, i] = found[i] * sd
            derivatives[i, i, i] = 2 * sd[i]
        derivatives[size:] = slopes * outer
        return Shaped(outer * found, derivatives)

    deviations = tuple(deviation(i) for i in range(size))
    return Shape(size, (*deviations, *pairs), matrix)


def on_the_first(size: int, times: Vector) -> Shape:
    """Take the second level as a line in the first, and some scatter around it.

    It is the unstructured covariance of two levels in other parameters: the standard
    deviation of the first, the slope, and the standard deviation around the line.
    """
    del times
    parameters = (
        deviation(0),
        Parameter("slope", (0, 1), -STEEPEST, STEEPEST),
        deviation(1),
    )

    def matrix(theta: Vector) -> Shaped:
        first, slope, rest = theta.tolist()
        square = first * first
        T = np.array(
            [[square, slope * square], [slope * square, slope**2 * square + rest**2]]
        )
        derivatives = np.array(
            [
                [
                    [2 * first, 2 * slope * first],
                    [2 * slope * first, 2 * slope**2 * first],
                ],
                [[0.0, square], [square, 2 * slope * square]],
                [[0.0, 0.0], [0.0, 2 * rest]],
            ]
        )
        return Shaped(T, derivatives)

    return Shape(size, parameters, matrix)


STRUCTURES: dict[str, Structure] = {
    structure.code: structure
    for structure in (
        Structure("ID", "independent, one variance", identity),
        Structure("DIAG", "independent, a variance each", diagonal),
        Structure("CS", "one variance and one correlation", compound),
        Structure("HCS", "a variance each, one correlation", heterogeneous_compound),
        Structure("UN", "a variance each, a correlation a pair", unstructured),
        Structure("AR", "autoregressive, one variance", autoregressive, timed=True),
        Structure(
            "HAR",
            "autoregressive, a variance each",
            heterogeneous_autoregressive,
            timed=True,
        ),
        Structure("CAR", "autoregressive in continuous time", continuous, timed=True),
    )
}
