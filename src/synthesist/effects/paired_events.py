"""Events in matched pairs: two treatments in one mouth, one patient or one pair.

Of each pair either both had the event, or the treated only, the control only, or
neither.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from synthesist.effects import checks
from synthesist.effects.arms import Cells, Effects
from synthesist.effects.checks import Check
from synthesist.effects.derivations import assumed_correlation
from synthesist.effects.routes import Formula, Route
from synthesist.effects.work import Work
from synthesist.effects.zero_cells import added
from synthesist.tables import Vector

ROLES = ("both", "only_t", "only_c", "neither")


@dataclass(frozen=True, slots=True)
class Pairs:
    """How many pairs had the event in which of their two sides."""

    both: Vector
    only_t: Vector
    only_c: Vector
    neither: Vector


def marginal_log_risk_ratio(pairs: Pairs) -> Effects:
    """Return log risk ratios of the margins (k,).

    References
    ----------
    Zou GY. Stat Med 2007;26:2937. doi:10.1002/sim.2759
    """
    treated, control = pairs.both + pairs.only_t, pairs.both + pairs.only_c
    v = (pairs.only_t + pairs.only_c) / (treated * control)
    return Effects(np.log(treated / control), v)


def marginal_log_odds_ratio(pairs: Pairs) -> Effects:
    """Return log odds ratios of the margins (k,), the pairing in the variance.

    References
    ----------
    Becker MP, Balagtas CC. Biometrics 1993;49:997. doi:10.2307/2532242
    Elbourne DR et al. Int J Epidemiol 2002;31:140. doi:10.1093/ije/31.1.140
    """
    a, b, c, d = pairs.both, pairs.only_t, pairs.only_c, pairs.neither
    n = a + b + c + d
    margins = (a + b, c + d, a + c, b + d)
    shared = n * (a * d - b * c) / (margins[0] * margins[1] * margins[2] * margins[3])
    v = 1 / margins[0] + 1 / margins[1] + 1 / margins[2] + 1 / margins[3]
    y = np.log(margins[0] * margins[3] / (margins[1] * margins[2]))
    return Effects(y, v - 2 * shared)


def marginal_risk_difference(pairs: Pairs) -> Effects:
    """Return risk differences of the margins (k,)."""
    b, c = pairs.only_t, pairs.only_c
    n = pairs.both + b + c + pairs.neither
    y = (b - c) / n
    return Effects(y, (b + c) / np.square(n) - np.square(b - c) / n**3)


def conditional_log_odds_ratio(pairs: Pairs) -> Effects:
    """Return log odds ratios within pairs (k,), from discordant pairs alone."""
    b, c = pairs.only_t, pairs.only_c
    return Effects(np.log(b / c), 1 / b + 1 / c)


def conditional_peto(pairs: Pairs) -> Effects:
    """Return log odds ratios within pairs by Peto (k,).

    References
    ----------
    Curtin F, Elbourne D, Altman DG. Stat Med 2002;21:2161. doi:10.1002/sim.1206
    """
    b, c = pairs.only_t, pairs.only_c
    return Effects(2 * (b - c) / (b + c), 4 / (b + c))


def log_odds_ratio_with_r(
    events_t: Vector, events_c: Vector, n: Vector, r: Vector
) -> Effects:
    """Return log odds ratios (k,) from the margins and the correlation of a pair.

    References
    ----------
    Elbourne DR et al. Int J Epidemiol 2002;31:140. doi:10.1093/ije/31.1.140
    """
    a, c = events_t, events_c
    b, d = n - a, n - c
    shared = r * n / np.sqrt(a * b * c * d)
    v = 1 / a + 1 / b + 1 / c + 1 / d
    return Effects(np.log(a * d / (b * c)), v - 2 * shared)


def paired(formula: Formula, *, corrected: bool = True) -> Route:
    """Return the way from counts of pairs, by way of the zero-cell rule."""

    def compute(cells: Cells, work: Work) -> Effects:
        counts = [cells[role] for role in ROLES]
        rule, add = work.rules.zero_cells, work.rules.add
        if corrected and rule != "none":
            zero = np.min(counts, axis=0) == 0
            where = np.ones_like(zero) if rule == "all" else zero
            work.remark(added(add), where)
            counts = [np.where(where, count + add, count) for count in counts]
        return formula(Pairs(*counts))

    return Route(
        roles=ROLES,
        compute=compute,
        checks=tuple(check for role in ROLES for check in _count(role)),
        rules=("zero_cells", "add") if corrected else (),
    )


def _count(role: str) -> tuple[Check, ...]:
    return (
        checks.not_negative(role, "The number of pairs"),
        checks.whole(role, "The number of pairs"),
    )


def by_margins() -> Route:
    """Return the way from events under both treatments and their correlation."""
    return Route(
        roles=("events_t", "events_c", "n", "r"),
        compute=lambda cells, work: log_odds_ratio_with_r(
            cells["events_t"], cells["events_c"], cells["n"], cells["r"]
        ),
        checks=(
            *checks.events_among("events_t", "n"),
            *checks.events_among("events_c", "n"),
            checks.correlation("r"),
        ),
        derivations=(assumed_correlation("n"),),
    )
