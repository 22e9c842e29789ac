"""What every look at single studies begins with: the fit, its studies, its method."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from synthesist.errors import InvalidInput, NotEstimable
from synthesist.numerics.arrays import Indices, Vector
from synthesist.pooling.engine import Method
from synthesist.pooling.fit import PooledFit
from synthesist.pooling.pool import pool

OTHER_Q = (
    "Q is measured from the inverse-variance estimate here, not from that of Mantel "
    "and Haenszel."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Studied:
    """A fit, the effects and variances (k,) in it, and their rows in the table."""

    fit: PooledFit
    y: Vector
    v: Vector
    rows: Indices
    method: Method
    notes: tuple[str, ...] = ()

    @property
    def studies(self) -> tuple[str, ...]:
        """Return the names of the studies (k,)."""
        rows: list[int] = self.rows.tolist()
        return tuple(self.fit.effects.study[row] for row in rows)


def studied(effects: Any, options: dict[str, Any], *, fewest: int = 2) -> Studied:
    """Return a fit to be looked into.

    Parameters
    ----------
    effects : PooledFit, EffectTable, path, frame or mapping of columns
        A fit, or what `pool` takes.
    options : dict
        The choices of `pool`; none beside a fit, which has its own.
    fewest : int
        So many studies are needed.

    Raises
    ------
    InvalidInput
        If the fit was not made by inverse variance, or has weights of its own.
    NotEstimable
        If there are too few studies.
    """
    fit = effects if isinstance(effects, PooledFit) else pool(effects, **options)
    if isinstance(effects, PooledFit) and options:
        raise InvalidInput(
            f"A fit has its own choices; {next(iter(options))} cannot be given beside it.",
            remedy="give the effects in place of the fit",
        )
    if fit.model != "iv" or fit.tau2_method == "GENQ":
        raise InvalidInput(
            "Studies are left out of fits by inverse variance only.",
            remedy="pool with the model iv, and tau² estimated without weights of its own",
        )
    if fit.k < fewest:
        raise NotEstimable(
            f"At least {fewest} studies are needed; there are {fit.k}.",
            remedy="look at the studies as they are",
        )
    included = fit.effects.included
    return Studied(
        fit=fit,
        y=fit.effects.y[included],
        v=fit.effects.v[included],
        rows=np.flatnonzero(included),
        method=Method(
            tau2=fit.tau2_method,
            interval=fit.rules["interval"],
            prediction="none",
            tau2_interval="none",
            level=fit.interval.level,
        ),
        notes=(OTHER_Q,) if fit.rules.get("q") == "Mantel-Haenszel" else (),
    )
