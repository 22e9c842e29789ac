"""A panel weighted at its tau²: what intervals and predictions are made from."""

from __future__ import annotations

from typing import NamedTuple

from synthesist.numerics.arrays import Vector
from synthesist.numerics.sums import column_dot
from synthesist.pooling.panel import Panel, Weighed
from synthesist.pooling.weights import trace_p_squared


class Pooled(NamedTuple):
    """Groups, their tau² (g,), the weights that follow, and the estimator's code."""

    panel: Panel
    tau2: Vector
    weighed: Weighed
    code: str

    @property
    def estimate(self) -> Vector:
        """Return the pooled effects (g,)."""
        return self.panel.centre + self.weighed.mean

    @property
    def variance_of_tau2(self) -> Vector:
        """Return the inverse of the expected information of tau² (g,).

        That of the full likelihood for ML, else of the restricted one.
        """
        if self.code == "ML":
            return 2 / column_dot(self.weighed.w, self.weighed.w)
        return 2 / trace_p_squared(self.weighed)
