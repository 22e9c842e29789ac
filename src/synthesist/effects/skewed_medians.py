"""Mean and standard deviation behind quantiles of data that need not be normal."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from synthesist.effects.medians import (
    Moments,
    Quantiles,
    luo_mean,
    normal_moments,
    wan_sd,
)
from synthesist.tables import Vector

#: Box-Cox powers that are looked at.
POWERS = (0.0, 10.0)


def quantile_estimation(group: Quantiles) -> tuple[Vector, Vector]:
    """Return the moments (k,) of the family that comes nearest to the quantiles.

    Normal, log-normal, gamma and Weibull distributions, and the beta where all
    values are fractions, are fitted by least squares. Values below 0 leave the
    normal only.

    References
    ----------
    McGrath S et al. Stat Methods Med Res 2020;29:2520. doi:10.1177/0962280219889080
    """
    return _one_by_one(group, _nearest_family)


def unknown_non_normal(group: Quantiles) -> tuple[Vector, Vector]:
    """Return moments (k,) by a Box-Cox power and maximum likelihood.

    The power maximises the likelihood of the printed order statistics with mean
    and deviation by Luo and Wan; both are then fitted by maximum likelihood and
    turned back by quadrature. All values must be above 0.

    References
    ----------
    Cai S, Zhou J, Pan J. Stat Methods Med Res 2021;30:2701.
    doi:10.1177/09622802211047348
    """
    return _one_by_one(group, _power_normal)


def _one_by_one(
    group: Quantiles, moments: Callable[[Quantiles], tuple[float, float]]
) -> tuple[Vector, Vector]:
    """Apply to each study a method that has no closed form."""
    pairs = [moments(one) for one in _studies(group)]
    means, sds = zip(*pairs, strict=True) if pairs else ((), ())
    return np.array(means, dtype=np.float64), np.array(sds, dtype=np.float64)


def _studies(group: Quantiles) -> Sequence[Quantiles]:
    """Return each study's quantiles by itself."""
    names = ("n", "minimum", "q1", "median", "q3", "maximum")
    given = {
        name: getattr(group, name) for name in names if getattr(group, name) is not None
    }
    return [
        Quantiles(**{name: values[i : i + 1] for name, values in given.items()})
        for i in range(len(group.n))
    ]


def _positions(group: Quantiles) -> tuple[Vector, Vector]:
    """Return the printed quantiles of one study and their probabilities."""
    n = float(group.n[0])
    ends = ((group.minimum, 1 / n), (group.q1, 0.25), (group.median, 0.5))
    rest = ((group.q3, 0.75), (group.maximum, 1 - 1 / n))
    known = [(value[0], p) for value, p in (*ends, *rest) if value is not None]
    values, probabilities = zip(*known, strict=True)
    return np.array(values), np.array(probabilities)


@dataclass(frozen=True, slots=True)
class Family:
    """A family of distributions by two parameters, on unbounded scales.

    `start` gives first values from mean, deviation and median of the data.
    """

    quantile: Callable[[Vector, Vector], Vector]
    moments: Callable[[Vector], tuple[float, float]]
    start: Callable[[float, float, float], tuple[float, float]]


def _normal_quantile(a: Vector, p: Vector) -> Vector:
    return a[0] + np.exp(a[1]) * _special().ndtri(p)


def _normal_moments(a: Vector) -> tuple[float, float]:
    return float(a[0]), float(np.exp(a[1]))


def _log_normal_quantile(a: Vector, p: Vector) -> Vector:
    return np.exp(_normal_quantile(a, p))


def _log_normal_moments(a: Vector) -> tuple[float, float]:
    variance = float(np.exp(2 * a[1]))
    mean = float(np.exp(a[0] + variance / 2))
    return mean, mean * math.sqrt(math.expm1(variance))


def _log_normal_start(mean: float, sd: float, median: float) -> tuple[float, float]:
    return math.log(median), math.log(math.sqrt(math.log1p((sd / mean) ** 2)))


def _gamma_quantile(a: Vector, p: Vector) -> Vector:
    return _special().gammaincinv(np.exp(a[0]), p) * np.exp(a[1])


def _gamma_moments(a: Vector) -> tuple[float, float]:
    shape, scale = math.exp(a[0]), math.exp(a[1])
    return shape * scale, math.sqrt(shape) * scale


def _gamma_start(mean: float, sd: float, median: float) -> tuple[float, float]:
    shape = (mean / sd) ** 2
    return math.log(shape), math.log(median / shape)


def _weibull_quantile(a: Vector, p: Vector) -> Vector:
    return np.exp(a[1]) * (-np.log1p(-p)) ** np.exp(-a[0])


def _weibull_moments(a: Vector) -> tuple[float, float]:
    shape, scale = math.exp(a[0]), math.exp(a[1])
    first, second = math.gamma(1 + 1 / shape), math.gamma(1 + 2 / shape)
    return scale * first, scale * math.sqrt(second - first**2)


def _weibull_start(mean: float, sd: float, median: float) -> tuple[float, float]:
    return math.log(mean / sd), math.log(median)


def _beta_quantile(a: Vector, p: Vector) -> Vector:
    return _special().betaincinv(np.exp(a[0]), np.exp(a[1]), p)


def _beta_moments(a: Vector) -> tuple[float, float]:
    first, second = math.exp(a[0]), math.exp(a[1])
    mean = first / (first + second)
    return mean, math.sqrt(mean * (1 - mean) / (first + second + 1))


def _beta_start(mean: float, sd: float, median: float) -> tuple[float, float]:
    total = max(median * (1 - median) / sd**2 - 1, 0.5)
    return math.log(median * total), math.log((1 - median) * total)


def _special() -> Any:
    """Return scipy's special functions, loaded when they are needed."""
    from scipy import special

    return special


NORMAL = Family(
    _normal_quantile, _normal_moments, lambda mean, sd, median: (mean, math.log(sd))
)
OF_POSITIVE = (
    Family(_log_normal_quantile, _log_normal_moments, _log_normal_start),
    Family(_gamma_quantile, _gamma_moments, _gamma_start),
    Family(_weibull_quantile, _weibull_moments, _weibull_start),
)
OF_FRACTIONS = (Family(_beta_quantile, _beta_moments, _beta_start),)


def _nearest_family(group: Quantiles) -> tuple[float, float]:
    """Fit every family to one study and return the moments of the nearest."""
    from scipy.optimize import least_squares

    values, p = _positions(group)
    # A zero has no logarithm; the value is that of the paper's own program.
    values = np.where(values == 0, 0.01, values)
    mean, sd = (float(x[0]) for x in normal_moments(group))
    median = float(np.median(values))
    families = [NORMAL]
    if values.min() > 0:
        families.extend(OF_POSITIVE)
        if values.max() < 1:
            families.extend(OF_FRACTIONS)
    best, moments = np.inf, (np.nan, np.nan)
    for family in families:
        # Starts from moments of normal data are kept where the families live.
        first = family.start(
            max(mean, 0.1 * sd) if len(families) > 1 else mean, sd, median
        )

        def distance(a: Vector, family: Family = family) -> Vector:
            return family.quantile(a, p) - values

        try:
            fit: Any = least_squares(
                distance, first, xtol=1e-14, ftol=1e-14, gtol=1e-14
            )
            found = family.moments(fit.x)
        except (ValueError, OverflowError):
            # The quantiles are so far from this family that it has no moments.
            continue
        if fit.cost < best:
            best, moments = float(fit.cost), found
    return moments


def _power_normal(group: Quantiles) -> tuple[float, float]:
    """Fit a Box-Cox power normal to one study and return its moments."""
    from scipy.optimize import minimize, minimize_scalar

    values, _ = _positions(group)
    if values.min() <= 0:
        return np.nan, np.nan
    # The likelihood has the scale of the data in it only through the Jacobian,
    # which the method leaves out; so does this.
    counts = _order_counts(group)

    def start(power: float) -> tuple[float, float]:
        moved = _moved(group, power)
        return float(luo_mean(moved)[0]), float(wan_sd(moved)[0])

    def loss(power: float) -> float:
        return -_order_likelihood(_box_cox(values, power), *start(power), *counts)

    grid = np.linspace(*POWERS, 101)
    best = float(grid[int(np.nanargmin([loss(power) for power in grid]))])
    step = grid[1] - grid[0]
    ends = (max(best - step, POWERS[0]), min(best + step, POWERS[1]))
    found: Any = minimize_scalar(
        loss, bounds=ends, method="bounded", options={"xatol": 1e-6}
    )
    power = float(found.x) if found.fun < loss(POWERS[0]) else POWERS[0]
    mean, sd = start(power)
    moved = _box_cox(values, power)
    fit: Any = minimize(
        lambda a: -_order_likelihood(moved, a[0], np.exp(a[1]), *counts),
        (mean, np.log(sd)),
        method="Nelder-Mead",
        options={"xatol": 1e-9, "fatol": 1e-12, "maxiter": 2000},
    )
    return _turned_back(power, float(fit.x[0]), float(np.exp(fit.x[1])))


def _box_cox(values: Vector, power: float) -> Vector:
    """Return the Box-Cox transform, near 0 without loss of digits."""
    logs = np.log(values)
    return logs if power == 0 else np.expm1(power * logs) / power


def _moved(group: Quantiles, power: float) -> Quantiles:
    """Return quantiles on the transformed scale."""
    names = ("minimum", "q1", "median", "q3", "maximum")
    given = {name: getattr(group, name) for name in names}
    return replace(
        group,
        **{k: _box_cox(v, power) for k, v in given.items() if v is not None},
    )


def _order_counts(group: Quantiles) -> tuple[Vector, float, float]:
    """Return how many values lie between the printed ones, below and above them."""
    n = float(group.n[0])
    quarter, half = np.floor(0.25 * n + 1), np.floor(0.5 * n + 1)
    three_quarters = np.floor(0.75 * n + 1)
    places = (
        (group.minimum, 1.0),
        (group.q1, quarter),
        (group.median, half),
        (group.q3, three_quarters),
        (group.maximum, n),
    )
    at = np.array([place for value, place in places if value is not None])
    return np.diff(at) - 1, at[0] - 1, n - at[-1]


def _order_likelihood(
    values: Vector, mean: float, sd: float, between: Vector, below: float, above: float
) -> float:
    """Return the log likelihood of order statistics of normal data, up to a constant."""
    special = _special()
    z = (values - mean) / sd
    with np.errstate(divide="ignore", invalid="ignore"):
        inside = between * np.log(np.diff(special.ndtr(z)))
        tails = below * special.log_ndtr(z[0]) + above * special.log_ndtr(-z[-1])
        total = -np.square(z).sum() / 2 - len(z) * np.log(sd) + inside.sum() + tails
    return float(total) if np.isfinite(total) else -np.inf


def _turned_back(power: float, mean: float, sd: float) -> tuple[float, float]:
    """Return the moments on the scale of the data, by quadrature.

    What the power cannot reach is cut off, on both sides alike.
    """
    if power == 0:
        return _log_normal_moments(np.array([mean, np.log(sd)]))
    reach = min(abs(mean + 1 / power) / sd, 40.0)
    nodes, weights = np.polynomial.legendre.leggauss(400)
    z = nodes * min(reach, 9.0)
    weights = weights * np.exp(-np.square(z) / 2)
    weights = weights / weights.sum()
    values = np.maximum(1 + power * (mean + sd * z), 0) ** (1 / power)
    first = float((weights * values).sum())
    return first, float(np.sqrt((weights * np.square(values - first)).sum()))


MEDIAN_METHODS: dict[str, Moments] = {
    "luo-wan-shi": normal_moments,
    "QE": quantile_estimation,
    "MLN": unknown_non_normal,
}
