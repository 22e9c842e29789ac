"""What every maker of simulated reports needs: the register, and how journals print."""

from __future__ import annotations

import numpy as np

MAKERS = {}


def maker(*kinds):
    """Register a maker for one check or several."""

    def register(function):
        for kind in kinds:
            MAKERS[kind] = function
        return function

    return register


def txt(value, digits):
    """Print a number with fixed decimals, as a journal does."""
    return f"{value:.{digits}f}"


def p_txt(p, rng):
    """Print a P value in one of the usual ways."""
    style = rng.integers(3)
    if p < 0.001:
        return "<0.001" if style else f"{p:.2e}"
    return txt(p, 3) if style else txt(p, 4)


def digits(rng, low=1, high=3):
    return int(rng.integers(low, high + 1))


def two_groups(rng):
    n1, n2 = (int(x) for x in rng.integers(5, 80, 2))
    shift, scale = rng.normal(0, 1), rng.uniform(0.5, 20)
    a = rng.normal(10 + shift, 1, n1) * scale
    b = rng.normal(10, rng.uniform(0.6, 1.6), n2) * scale
    return a, b


def summary(a, b, d):
    return {
        "mean_1": txt(a.mean(), d), "sd_1": txt(a.std(ddof=1), d), "n_1": str(len(a)),
        "mean_2": txt(b.mean(), d), "sd_2": txt(b.std(ddof=1), d), "n_2": str(len(b)),
    }  # fmt: skip


def counts(rng, low=6, high=120):
    n1, n2 = (int(x) for x in rng.integers(low, high, 2))
    p, q = rng.uniform(0.05, 0.95, 2)
    return int(rng.binomial(n1, p)), n1, int(rng.binomial(n2, q)), n2


def cells(t):
    a, n1, c, n2 = t
    return {"events_1": str(a), "n_1": str(n1), "events_2": str(c), "n_2": str(n2)}


def table(t):
    a, n1, c, n2 = t
    return np.array([[a, n1 - a], [c, n2 - c]])


def some_counts(rng):
    """Return counts with events and others in both."""
    while True:
        t = counts(rng)
        if 0 < t[0] + t[2] < t[1] + t[3]:
            return t


def estimate(rng, d=2):
    """Return a ratio's or a difference's estimate, standard error and names."""
    se = rng.uniform(0.05, 0.5)
    y = rng.normal(0, 0.6)
    log = bool(rng.integers(2))
    return y, se, log


def interval(y, se, log, z, d):
    back = np.exp if log else float
    return {
        "estimate": txt(back(y), d), "ci_low": txt(back(y - z * se), d),
        "ci_high": txt(back(y + z * se), d), "measure": "HR" if log else "MD",
    }  # fmt: skip
