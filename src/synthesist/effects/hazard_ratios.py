"""Log hazard ratios from whatever a trial report prints.

References
----------
Parmar MKB, Torri V, Stewart L. Stat Med 1998;17:2815.
doi:10.1002/(SICI)1097-0258(19981230)17:24<2815::AID-SIM110>3.0.CO;2-8
Tierney JF et al. Trials 2007;8:16. doi:10.1186/1745-6215-8-16
"""

from __future__ import annotations

import numpy as np

from synthesist.effects import checks
from synthesist.effects.arms import Effects
from synthesist.effects.contrasts import READY, reported
from synthesist.effects.routes import Route, columns
from synthesist.effects.work import Remark
from synthesist.tables import Vector

AT_ONE_TIME = Remark(
    "from survival at one time point",
    "In {studies} the hazard ratio comes from survival at one time point: it takes hazards to be proportional and approximates the events.",
)


def from_observed_minus_expected(o_minus_e: Vector, v: Vector) -> Effects:
    """Return ``(O - E) / V`` (k,) and ``1 / V``, V the log-rank variance."""
    return Effects(o_minus_e / v, 1 / v)


def from_survival(surv_t: Vector, n_t: Vector, surv_c: Vector, n_c: Vector) -> Effects:
    """Return log hazard ratios (k,) from per cent event-free at one time.

    Hazards are taken to be proportional, so that the ratio of the log survivals
    is the hazard ratio; the events are taken to be ``n (1 - S)`` and the variance
    ``4 / events``.
    """
    treated, control = surv_t / 100, surv_c / 100
    events = n_t * (1 - treated) + n_c * (1 - control)
    return Effects(np.log(np.log(treated) / np.log(control)), 4 / events)


ROUTES: tuple[Route, ...] = (
    columns(
        from_observed_minus_expected,
        ("o_minus_e", "v"),
        conditions=(checks.positive("v", "The log-rank variance"),),
    ),
    *READY,
    *reported("hr", "The hazard ratio", log=True),
    columns(
        from_survival,
        ("surv_t", "n_t", "surv_c", "n_c"),
        conditions=(
            checks.per_cent("surv_t"),
            checks.per_cent("surv_c"),
            checks.not_fractions("surv_t", "surv_c"),
            *checks.size("n_t"),
            *checks.size("n_c"),
        ),
        sizes=("n_t", "n_c"),
        remark=AT_ONE_TIME,
    ),
)
