"""Cronbach's alpha of an instrument with `m` items in `n` persons, on three scales."""

from __future__ import annotations

import numpy as np

from synthesist.effects.arms import Effects
from synthesist.tables import Vector


def alpha(value: Vector, m: Vector, n: Vector) -> Effects:
    """Return alpha (k,) and its variance.

    References
    ----------
    Bonett DG. Psychol Methods 2010;15:368. doi:10.1037/a0020142
    """
    return Effects(value, 2 * m * np.square(1 - value) / ((m - 1) * (n - 2)))


def cube_root_alpha(value: Vector, m: Vector, n: Vector) -> Effects:
    """Return ``1 - (1 - alpha)^(1/3)`` (k,), which rises with alpha.

    References
    ----------
    Hakstian AR, Whalen TE. Psychometrika 1976;41:219. doi:10.1007/BF02291840
    """
    root = np.cbrt(1 - value)
    v = 18 * m * (n - 1) * np.square(root) / ((m - 1) * np.square(9 * n - 11))
    return Effects(1 - root, v)


def log_alpha(value: Vector, m: Vector, n: Vector) -> Effects:
    """Return ``-log(1 - alpha)`` (k,), which rises with alpha.

    References
    ----------
    Bonett DG. J Educ Behav Stat 2002;27:335. doi:10.3102/10769986027004335
    """
    return Effects(-np.log1p(-value), 2 * m / ((m - 1) * (n - 2)))
