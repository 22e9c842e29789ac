"""Effects of events when outcomes are missing, by how informative that may be."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np

from synthesist.effects import EffectTable, effect_table
from synthesist.effects.notes import row_notes
from synthesist.effects.work import Indices, Remark
from synthesist.errors import InvalidInput, Problem
from synthesist.numerics.arrays import Mask, Vector
from synthesist.numerics.distributions import normal_quantile
from synthesist.pooling.fit import PooledFit
from synthesist.pooling.registry import choose
from synthesist.pooling.regression.columns import as_values, column_of

#: The measures of two groups whose risks are adjusted.
MEASURES = ("RR", "OR", "RD")

#: Points on each axis over which informative missingness is averaged: with twice as
#: many, answers agree to nine digits for standard deviations up to 2, far beyond use.
NODES = 80

ASSUMED = (
    "Missing outcomes by the strategy '{code}': {label}. The data cannot tell whether that "
    "is so; compare several strategies."
)
EXTREME = "Best and worst cases are bounds, far beyond what is plausible."
CORRECTED = Remark(
    "1/2 added to the observed cells",
    "1/2 was added to every observed cell of {studies} with a zero.",
)

Pair = tuple[float, float]


class Group(NamedTuple):
    """Observed risk, observed and missing patients of one group, (k,) each."""

    risk: Vector
    seen: Vector
    missing: Vector

    @property
    def share(self) -> Vector:
        """Return the share of patients whose outcome is missing."""
        return self.missing / (self.seen + self.missing)

    def at(self, imor: float | Vector) -> tuple[Vector, Vector]:
        """Return the risk of all patients and its variance.

        Parameters
        ----------
        imor : float or (m, 1) array
            The odds of the event among the missing over those among the observed;
            0 and infinity are allowed of one number. Several give (m, k) arrays.

        References
        ----------
        Higgins JPT, White IR, Wood AM. Clin Trials 2008;5:225.
        doi:10.1177/1740774508091600
        """
        p, share = self.risk, self.share
        if isinstance(imor, float) and imor == np.inf:
            among, slope = np.ones_like(p), np.zeros_like(p)
        else:
            whole = p * imor + 1 - p
            among, slope = p * imor / whole, imor / np.square(whole)
        risk = p * (1 - share) + among * share
        variance = p * (1 - p) / self.seen * np.square(
            1 - share + share * slope
        ) + share * (1 - share) / (self.seen + self.missing) * np.square(among - p)
        return risk, variance


@dataclass(frozen=True, slots=True)
class Strategy:
    """What is assumed of missing outcomes.

    `imor` are the odds ratios of both groups, None where they are asked for; `harm`
    says that they change places when the event is a good one.
    """

    code: str
    label: str
    imor: Pair | None = None
    harm: bool = False


def missing_outcomes(
    effects: Any,
    strategy: str = "IMOR",
    *,
    imor: float | Pair | None = None,
    sd: float | Pair = 0.0,
    correlation: float = 0.0,
    missing: tuple[str, str] = ("missing_t", "missing_c"),
    event: str = "bad",
    measure: str | None = None,
) -> EffectTable:
    """Return study effects that allow for patients whose outcome is missing.

    ``n_t`` and ``n_c`` of the table are the patients whose outcome is known; two
    further columns hold how many are not. The answer is a table for `pool`; it has no
    counts, because those of the missing are assumed.

    Parameters
    ----------
    effects : EffectTable, PooledFit, path, frame or mapping of columns
        Effects of ``events_t n_t events_c n_c``.
    strategy : str
        Code of `MISSING_STRATEGIES`: ``available``, the observed alone; ``none`` and
        ``all``, the missing had no event, or all had one; ``best`` and ``worst`` for
        the treated; ``IMOR``, by informative missingness odds ratios; and
        ``Gamble-Hollis``, intervals that span worst to best case.
    imor : float or (float, float), optional
        For ``IMOR``: the odds of the event among the missing over those among the
        observed, of both groups or of treated and control. By default 1.
    sd : float or (float, float)
        How uncertain that is: standard deviations of the logarithm.
    correlation : float
        Between the logarithms of both groups.
    missing : (str, str)
        The columns with the number of missing outcomes.
    event : {"bad", "good"}
        Whether the event is one to be avoided, for best and worst.
    measure : str, optional
        RR, OR or RD, where `effects` is no table of effects yet.

    Returns
    -------
    EffectTable

    Raises
    ------
    InvalidInput
        If the table has not what is needed, or a choice is out of range.

    References
    ----------
    Higgins JPT, White IR, Wood AM. Clin Trials 2008;5:225.
    doi:10.1177/1740774508091600
    White IR, Higgins JPT, Wood AM. Stat Med 2008;27:711. doi:10.1002/sim.3008
    Gamble C, Hollis S. J Clin Epidemiol 2005;58:579.
    doi:10.1016/j.jclinepi.2004.09.013
    """
    chosen = choose(strategy, MISSING_STRATEGIES, "strategy for missing outcomes")
    prior = _prior(chosen, imor, sd, correlation)
    if event not in ("bad", "good"):
        raise InvalidInput(
            f"An event is bad or good, not '{event}'.", remedy="choose one of them"
        )
    table = _table(effects, measure)
    rows = np.flatnonzero(table.included)
    lost = _missing(table, missing, rows)
    treated, control, zero = _groups(table, rows, lost)
    if chosen.code == "Gamble-Hollis":
        y, v = _uncertainty_interval(table.measure.code, treated, control)
    else:
        pair = prior.imor
        if chosen.harm and event == "good":
            pair = (pair[1], pair[0])
        y, v = _effects(table.measure.code, treated, control, replace(prior, imor=pair))
    return _adjusted(table, rows, y, v, zero, lost, chosen, prior, event)


@dataclass(frozen=True, slots=True, kw_only=True)
class Prior:
    """Informative missingness odds ratios of both groups, and how certain they are."""

    imor: Pair
    sd: Pair
    correlation: float

    @property
    def certain(self) -> bool:
        """Say whether they are taken as known."""
        return self.sd == (0.0, 0.0)

    def words(self) -> dict[str, str]:
        """Return the rules that belong to it."""
        found = {"imor": " and ".join(f"{one:g}" for one in self.imor)}
        if not self.certain:
            found["imor_sd"] = " and ".join(f"{one:g}" for one in self.sd)
            found["imor_correlation"] = f"{self.correlation:g}"
        return found


def _prior(
    strategy: Strategy, imor: float | Pair | None, sd: float | Pair, correlation: float
) -> Prior:
    """Return what is assumed of the missing.

    Raises
    ------
    InvalidInput
        If it is out of range or does not belong to the strategy.
    """
    asked = imor is not None or sd not in (0.0, (0.0, 0.0)) or correlation != 0
    if asked and strategy.code != "IMOR":
        raise InvalidInput(
            f"Odds ratios of the missing do not belong to '{strategy.code}'.",
            remedy="choose the strategy IMOR",
        )
    given = _pair(1.0 if imor is None else imor)
    spread = _pair(sd)
    if not all(0 < one < np.inf for one in given):
        raise InvalidInput(
            "An informative missingness odds ratio is a finite number above zero.",
            remedy="use the strategies none and all for 0 and infinity",
        )
    if not all(0 <= one < np.inf for one in spread) or not -1 <= correlation <= 1:
        raise InvalidInput(
            "A standard deviation is at least 0, a correlation from −1 to 1.",
            remedy="correct sd or correlation",
        )
    return Prior(imor=strategy.imor or given, sd=spread, correlation=float(correlation))


def _pair(value: float | Pair) -> Pair:
    if isinstance(value, tuple):
        return float(value[0]), float(value[1])
    return float(value), float(value)


def _table(effects: Any, measure: str | None) -> EffectTable:
    """Return a table of effects with the events of two groups."""
    table = effects.effects if isinstance(effects, PooledFit) else effects
    if not isinstance(table, EffectTable):
        table = effect_table(table, measure or "RR")
    elif measure is not None:
        raise InvalidInput(
            "The effects have their measure already.", remedy="leave out measure"
        )
    roles = ("events_t", "n_t", "events_c", "n_c")
    if table.measure.code not in MEASURES or any(r not in table.cells for r in roles):
        raise InvalidInput(
            f"Missing outcomes are for {', '.join(MEASURES)} computed from "
            f"{' '.join(roles)}.",
            remedy="make the effects from counts",
        )
    return table


def _missing(
    table: EffectTable, names: tuple[str, str], rows: Indices
) -> tuple[Vector, Vector]:
    """Return the missing patients of both groups.

    Raises
    ------
    InvalidInput
        If they are no numbers of at least zero.
    """
    found: list[Vector] = []
    problems: list[Problem] = []
    for name in names:
        values = as_values(column_of(table, name))
        numbers = (
            values if isinstance(values, np.ndarray) else np.full(len(table), np.nan)
        )
        problems += [
            Problem(
                message=f"{name} of {table.study[i]} is no number of patients",
                remedy="write how many outcomes are missing, 0 for none",
                row=i + 1,
                field=name,
            )
            for i in rows.tolist()
            if not (np.isfinite(numbers[i]) and numbers[i] >= 0)
        ]
        found.append(numbers[rows])
    if problems:
        raise InvalidInput(problems=problems)
    return found[0], found[1]


def _groups(
    table: EffectTable, rows: Indices, lost: tuple[Vector, Vector]
) -> tuple[Group, Group, Mask]:
    """Return both groups, 1/2 added to each cell where one of a study is zero."""
    a, n, c, m = (table.cells[r][rows] for r in ("events_t", "n_t", "events_c", "n_c"))
    zero = (a == 0) | (c == 0) | (a == n) | (c == m)
    add = np.where(zero, 0.5, 0.0)
    treated = Group((a + add) / (n + 2 * add), n + 2 * add, lost[0])
    control = Group((c + add) / (m + 2 * add), m + 2 * add, lost[1])
    return treated, control, zero


def _effects(
    measure: str, treated: Group, control: Group, prior: Prior
) -> tuple[Vector, Vector]:
    """Return effects and variances, averaged over what is uncertain."""
    contrast = CONTRASTS[measure]
    if prior.certain:
        return contrast(*treated.at(prior.imor[0]), *control.at(prior.imor[1]))
    points, weights = np.polynomial.hermite_e.hermegauss(NODES)
    weights = weights / weights.sum()
    rest = np.sqrt(1 - prior.correlation**2)
    first = np.zeros(len(treated.risk))
    second, within = np.zeros_like(first), np.zeros_like(first)
    for x, weight in zip(points.tolist(), weights.tolist(), strict=True):
        one = treated.at(prior.imor[0] * float(np.exp(prior.sd[0] * x)))
        shift = prior.sd[1] * (prior.correlation * x + rest * points[:, None])
        y, v = contrast(*one, *control.at(prior.imor[1] * np.exp(shift)))
        first += weight * (weights @ y)
        second += weight * (weights @ np.square(y))
        within += weight * (weights @ v)
    return first, within + np.maximum(0.0, second - np.square(first))


def _uncertainty_interval(
    measure: str, treated: Group, control: Group
) -> tuple[Vector, Vector]:
    """Return available cases, their errors from the limits of worst and best case."""
    contrast = CONTRASTS[measure]
    y, _ = contrast(*treated.at(1.0), *control.at(1.0))
    z = normal_quantile(0.975)
    ends: list[Vector] = []
    for side, filled in ((-1, (0.0, 1.0)), (1, (1.0, 0.0))):
        counts = [
            Group(
                (g.risk * g.seen + share * g.missing) / (g.seen + g.missing),
                g.seen + g.missing,
                np.zeros_like(g.missing),
            ).at(1.0)
            for g, share in zip((treated, control), filled, strict=True)
        ]
        end, variance = contrast(*counts[0], *counts[1])
        ends.append(end + side * z * np.sqrt(variance))
    return y, np.square((ends[1] - ends[0]) / (2 * z))


def risk_ratio(p: Vector, vp: Vector, q: Vector, vq: Vector) -> tuple[Vector, Vector]:
    """Return log risk ratios and variances from risks with theirs."""
    return np.log(p / q), vp / np.square(p) + vq / np.square(q)


def odds_ratio(p: Vector, vp: Vector, q: Vector, vq: Vector) -> tuple[Vector, Vector]:
    """Return log odds ratios and variances from risks with theirs."""
    y = np.log(p / (1 - p)) - np.log(q / (1 - q))
    return y, vp / np.square(p * (1 - p)) + vq / np.square(q * (1 - q))


def risk_difference(
    p: Vector, vp: Vector, q: Vector, vq: Vector
) -> tuple[Vector, Vector]:
    """Return risk differences and variances from risks with theirs."""
    return p - q, vp + vq


CONTRASTS: dict[
    str, Callable[[Vector, Vector, Vector, Vector], tuple[Vector, Vector]]
] = {"RR": risk_ratio, "OR": odds_ratio, "RD": risk_difference}


def _adjusted(
    table: EffectTable,
    rows: Indices,
    y: Vector,
    v: Vector,
    zero: Mask,
    lost: tuple[Vector, Vector],
    strategy: Strategy,
    prior: Prior,
    event: str,
) -> EffectTable:
    """Return the table with other effects, without counts."""
    effects, variances = table.y.copy(), table.v.copy()
    effects[rows], variances[rows] = y, v
    sizes = {f"n_{arm}": table.cells[f"n_{arm}"].copy() for arm in ("t", "c")}
    for arm, more in zip(("t", "c"), lost, strict=True):
        sizes[f"n_{arm}"][rows] += more
    remarks = {CORRECTED: rows[zero]} if zero.any() else {}
    share = float(
        (lost[0] + lost[1]).sum() / sum(n[rows].sum() for n in sizes.values())
    )
    notes = [
        f"{100 * share:.0f}% of outcomes are missing.",
        ASSUMED.format(code=strategy.code, label=strategy.label),
    ]
    if zero.any():
        many = int(zero.sum())
        notes.append(
            CORRECTED.table.format(
                studies=f"{many} {'study' if many == 1 else 'studies'}"
            )
        )
    if strategy.harm:
        notes.append(EXTREME)
    return replace(
        table,
        y=effects,
        v=variances,
        cells=sizes,
        columns={
            **table.columns,
            "events_t": table.cells["events_t"],
            "events_c": table.cells["events_c"],
        },
        row_notes=row_notes(remarks, len(table)),
        remarks=remarks,
        notes=tuple(notes),
        rules={
            "missing_outcomes": strategy.code,
            **(prior.words() if strategy.code == "IMOR" else {}),
            **({"event": event} if strategy.harm else {}),
        },
        profile=None,
        source=None,
    )


MISSING_STRATEGIES: dict[str, Strategy] = {
    entry.code: entry
    for entry in (
        Strategy("available", "they are as the observed of their group", (1.0, 1.0)),
        Strategy("none", "none of them had the event", (0.0, 0.0)),
        Strategy("all", "all of them had the event", (np.inf, np.inf)),
        Strategy("best", "the best case for the treated", (0.0, np.inf), harm=True),
        Strategy("worst", "the worst case for the treated", (np.inf, 0.0), harm=True),
        Strategy("IMOR", "by odds of the event among them against the observed"),
        Strategy(
            "Gamble-Hollis",
            "intervals span from the worst to the best case",
            (1.0, 1.0),
        ),
    )
}
