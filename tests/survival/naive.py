"""The definitions, word by word: risk sets are listed, subsets and orders counted.

Slow and independent of the program; laws compare with it.
"""

import itertools
import math

import numpy as np


def strata_of(columns):
    """Return one list of (time, event, x) for each trial."""
    strata = {}
    for trial, time, event, treated, age in zip(
        *(columns[n] for n in ("trial", "time", "event", "treated", "age")), strict=True
    ):
        strata.setdefault(trial, []).append((time, event, (treated, age / 10)))
    return strata.values()


def tied_times(stratum):
    """Give, for each event time, the x of those with the event and of all at risk."""
    for time in sorted({t for t, event, _ in stratum if event}):
        dead = [x for t, event, x in stratum if event and t == time]
        rest = [x for t, event, x in stratum if t > time or (t == time and not event)]
        yield dead, rest


def log_likelihood(columns, beta, ties):
    """Return the partial log-likelihood at `beta` = (treated, age / 10)."""
    return sum(
        TIES[ties]([_risk(x, beta) for x in dead], [_risk(x, beta) for x in rest])
        for stratum in strata_of(columns)
        for dead, rest in tied_times(stratum)
    )


def _risk(x, beta):
    return math.exp(sum(a * b for a, b in zip(x, beta, strict=True)))


def _breslow(dead, rest):
    total = sum(dead) + sum(rest)
    return sum(math.log(r / total) for r in dead)


def _efron(dead, rest):
    d = len(dead)
    return sum(
        math.log(r) - math.log(sum(rest) + sum(dead) * (1 - i / d))
        for i, r in enumerate(dead)
    )


def _discrete(dead, rest):
    everybody = dead + rest
    total = sum(
        math.prod(subset) for subset in itertools.combinations(everybody, len(dead))
    )
    return math.log(math.prod(dead) / total)


def _exact(dead, rest):
    """Sum the probabilities of every order in which they may have had the event."""
    total = 0.0
    for order in itertools.permutations(dead):
        left = sum(dead) + sum(rest)
        p = 1.0
        for r in order:
            p *= r / left
            left -= r
        total += p
    return math.log(total)


TIES = {
    "breslow": _breslow,
    "efron": _efron,
    "discrete": _discrete,
    "exact": _exact,
}


def maximum(columns, ties):
    """Return the coefficients at which the likelihood is largest, by a plain search."""
    from scipy.optimize import minimize

    found = minimize(
        lambda beta: -log_likelihood(columns, beta, ties),
        np.zeros(2),
        method="BFGS",
        options={"gtol": 1e-7},
    )
    return found.x
