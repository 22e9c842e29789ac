"""How strong selection would have to be to explain a pooled effect away."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from synthesist.effects import EffectTable
from synthesist.errors import InvalidInput, NotEstimable
from synthesist.numerics.arrays import Indices, Mask, Vector
from synthesist.numerics.distributions import normal_quantile
from synthesist.numerics.results import Interval
from synthesist.numerics.tails import t_point, t_two_tails
from synthesist.pooling.pool import as_effects, check_level, pool, usable
from synthesist.pooling.registry import choose
from synthesist.pooling.regression.columns import labels_of
from synthesist.pooling.selection.robust_mean import robust_mean
from synthesist.pooling.selection.worst_case_fit import WorstCase, WorstCasePoint

if TYPE_CHECKING:
    pass

#: The ratios of publication that are shown by default.
RATIOS = (1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0)

#: A ratio is looked for up to here; beyond it all is as in the worst case.
MOST = 1e6

#: Points at which a limit is followed on its way to the worst case.
STEPS = 61

SIGNS = {"greater": 1.0, "less": -1.0}

MODELS = ("robust", "common")

NO_TRUTH = (
    "How much more often affirmative results are published is assumed, not estimated; "
    "affirmative means significant and in the favoured direction."
)
NO_RATIO = (
    "No ratio of publication moves the {what} to {q}: it stays beyond even when only "
    "results that are not affirmative are pooled."
)
FEW = "{what} not affirmative: the worst case rests on {them} alone."
FEW_DF = (
    "Some intervals rest on fewer than four degrees of freedom, where a robust interval "
    "is not reliable."
)
DIRECTION = (
    "Selection is taken to favour effects {favoured} than zero, and the pooled effect "
    "lies on the other side."
)
IGNORED = "Clusters are not used with a common effect."


def worst_case(
    effects: Any,
    *,
    cluster: str | None = None,
    ratios: Sequence[float] = RATIOS,
    alternative: str = "greater",
    q: float = 0.0,
    model: str = "robust",
    alpha: float = 0.05,
    level: float = 0.95,
) -> WorstCase:
    """Pool effects as if affirmative results were published so many times as often.

    Affirmative results are significant and in the favoured direction. The others get
    the ratio as an additional weight; as it grows without limit they alone count.

    Parameters
    ----------
    effects : EffectTable, path, frame or mapping of columns
        As for `pool`; several effects of one study are welcome with `cluster`.
    cluster : str, optional
        The column of the clusters, within which effects may depend on each other.
    ratios : sequence of float
        How many times as often affirmative results are published, at least 1.
    alternative : {"greater", "less"}
        Which effects are favoured.
    q : float
        The value, on the analysis scale, to which the estimate is to be moved.
    model : {"robust", "common"}
        Weights with tau² (REML, without correction) and a robust standard error
        (CR2, Satterthwaite), or a common effect with a normal interval.
    alpha : float
        The two-sided level of significance that studies used.
    level : float

    Raises
    ------
    InvalidInput
        If a ratio is below 1, or a code is not known.
    NotEstimable
        If all effects are affirmative, or there are fewer than two clusters.

    References
    ----------
    Mathur MB, VanderWeele TJ. J R Stat Soc C 2020;69:1091. doi:10.1111/rssc.12440
    """
    table = as_effects(effects)
    check_level(level)
    check_level(1 - alpha)
    sign = choose(alternative, SIGNS, "direction of selection")
    choose(model, dict.fromkeys(MODELS), "model of worst-case bias")
    shares = sorted({float(ratio) for ratio in ratios})
    if not all(1 <= ratio < np.inf for ratio in shares):
        raise InvalidInput(
            "A ratio of publication is below 1.",
            remedy="say how many times as often affirmative results are published",
        )
    y, v = usable(table)
    affirmative = sign * y / np.sqrt(v) > normal_quantile(1 - alpha / 2)
    others = np.flatnonzero(~affirmative)
    if not len(others):
        raise NotEstimable(
            "All effects are affirmative, so there is no worst case.",
            remedy="use a selection model, or find unpublished results",
        )
    rows = _rows(table, cluster)
    if model == "robust" and len(rows) < 2:
        raise NotEstimable(
            "A robust answer needs at least 2 clusters.",
            remedy="choose the model common, or another column",
        )
    common = model == "common"
    tau2 = 0.0 if common else float(pool(table, tau2="REML").tau2 or 0.0)
    weigher = _Weigher(sign * y, v, tau2, affirmative, rows, level, common=common)
    points = [weigher.at(ratio) for ratio in shares]
    worst = weigher.worst()
    explained, limit = weigher.explained(sign * q)
    return WorstCase(
        effects=table,
        model=model,
        alternative=alternative,
        k=len(y),
        affirmative=int(affirmative.sum()),
        clusters=len(rows),
        points=tuple(_turned(point, sign) for point in points),
        worst=_turned(worst, sign),
        explained=explained,
        explained_limit=limit,
        q=q,
        tau2=tau2,
        is_affirmative=_in_place(table, affirmative),
        level=level,
        rules={
            **table.rules,
            "model": model,
            "alternative": alternative,
            "alpha": f"{alpha:g}",
            "tau2": "CE" if common else "REML",
            "interval": "normal" if common else "CR2",
            **({"cluster": cluster} if cluster else {}),
            "level": f"{level:g}",
        },
        notes=(
            *table.notes,
            *_notes(table, weigher, worst, (explained, limit), q, sign, cluster),
        ),
    )


class _Weigher:
    """Pooled answers by the ratio of publication, the favoured direction upward."""

    def __init__(
        self,
        y: Vector,
        v: Vector,
        tau2: float,
        affirmative: Mask,
        rows: list[Indices],
        level: float,
        *,
        common: bool,
    ) -> None:
        self.y, self.v, self.affirmative, self.rows = y, v + tau2, affirmative, rows
        self.level, self.common = level, common

    def at(self, ratio: float) -> WorstCasePoint:
        """Return the answer at one ratio."""
        extra = np.where(self.affirmative, 1.0, ratio)
        return self._answer(ratio, self.y, self.v, extra, self.rows)

    def worst(self) -> WorstCasePoint:
        """Return the answer of results that are not affirmative."""
        kept = ~self.affirmative
        place = np.cumsum(kept) - 1
        rows = [place[own[kept[own]]] for own in self.rows]
        rows = [own for own in rows if len(own)]
        ones = np.ones(int(kept.sum()))
        return self._answer(np.inf, self.y[kept], self.v[kept], ones, rows)

    def _answer(
        self, ratio: float, y: Vector, v: Vector, extra: Vector, rows: list[Indices]
    ) -> WorstCasePoint:
        w = extra / v
        if self.common or len(rows) < 2:
            estimate = float((w * y).sum() / w.sum())
            se = float(np.sqrt((extra * w).sum()) / w.sum())
            df = np.inf
        else:
            estimate, se, df = robust_mean(y, w, v, rows)
        half = t_point(0.5 + self.level / 2, df) * se
        return WorstCasePoint(
            ratio=ratio,
            estimate=estimate,
            se=se,
            df=None if np.isinf(df) else df,
            interval=Interval(
                lower=estimate - half, upper=estimate + half, level=self.level
            ),
            p=t_two_tails(estimate / se, df) if se > 0 else 1.0,
        )

    def explained(self, q: float) -> tuple[float | None, float | None]:
        """Return the ratios that move estimate and lower limit down to `q`."""
        w = (self.y - q) / self.v
        over = float(w[self.affirmative].sum())
        under = float(w[~self.affirmative].sum())
        needed = over / -under if under < 0 else None
        estimate = 1.0 if over + under <= 0 else needed
        limit = _first(lambda ratio: self.at(ratio).interval.lower - q)
        return estimate, limit


def _first(above: Callable[[float], float]) -> float | None:
    """Return the smallest ratio at which a function is not above zero."""
    if above(1.0) <= 0:
        return 1.0
    grid = np.geomspace(1.0, MOST, STEPS)
    low = 1.0
    for high in grid[1:].tolist():
        if above(high) > 0:
            low = high
            continue
        for _ in range(60):
            middle = (low * high) ** 0.5
            low, high = (middle, high) if above(middle) > 0 else (low, middle)
        return high
    return None


def _turned(point: WorstCasePoint, sign: float) -> WorstCasePoint:
    """Return an answer in the direction in which it was asked for."""
    ends = sorted((sign * point.interval.lower, sign * point.interval.upper))
    return WorstCasePoint(
        ratio=point.ratio,
        estimate=sign * point.estimate,
        se=point.se,
        df=point.df,
        interval=Interval(lower=ends[0], upper=ends[1], level=point.interval.level),
        p=point.p,
    )


def _rows(table: EffectTable, cluster: str | None) -> list[Indices]:
    """Return the rows of each cluster, among the effects that are there."""
    included = np.flatnonzero(table.included)
    if cluster is None:
        return [np.array([i]) for i in range(len(included))]
    labels = labels_of(table, cluster)
    found: dict[str, list[int]] = {}
    for place, i in enumerate(included.tolist()):
        # An effect without a cluster is one of its own.
        found.setdefault(labels[i] or f"\0{i}", []).append(place)
    return [np.array(rows) for rows in found.values()]


def _in_place(table: EffectTable, affirmative: Mask) -> Mask:
    found = np.zeros(len(table), dtype=np.bool_)
    found[table.included] = affirmative
    return found


def _notes(
    table: EffectTable,
    weigher: _Weigher,
    worst: WorstCasePoint,
    ratios: tuple[float | None, float | None],
    q: float,
    sign: float,
    cluster: str | None,
) -> list[str]:
    notes = [NO_TRUTH]
    shown = table.measure.scale.show(q)
    for what, ratio in zip(("estimate", "limit"), ratios, strict=True):
        if ratio is None:
            notes.append(NO_RATIO.format(what=what, q=shown))
    left = int((~weigher.affirmative).sum())
    if left < 10:
        what = "1 effect is" if left == 1 else f"{left} effects are"
        notes.append(FEW.format(what=what, them="it" if left == 1 else "them"))
    first = weigher.at(1.0)
    if any(p.df is not None and p.df < 4 for p in (first, worst)):
        notes.append(FEW_DF)
    if first.estimate < 0:
        favoured = "larger" if sign > 0 else "smaller"
        notes.append(DIRECTION.format(favoured=favoured))
    if cluster and weigher.common:
        notes.append(IGNORED)
    if not cluster and len(set(table.study)) < len(table.study):
        notes.append("Some studies have several effects: name their column as cluster.")
    return notes
