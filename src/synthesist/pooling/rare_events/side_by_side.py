"""Every method that needs no correction of zeros, side by side in one call."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from synthesist.effects import EffectTable, effect_table
from synthesist.effects.notes import table_notes
from synthesist.errors import InvalidInput, NotConverged, NotEstimable
from synthesist.numerics.results import number, versions
from synthesist.pooling.common import UNTOUCHED
from synthesist.pooling.fit import PooledFit
from synthesist.pooling.mantel_haenszel import mantel_haenszel
from synthesist.pooling.peto import ODDS_RATIOS, peto
from synthesist.pooling.rare_events.beta_binomial import CONTRASTS, beta_binomial
from synthesist.pooling.rare_events.exact_difference import exact_risk_difference
from synthesist.pooling.rare_events.glmm import glmm
from synthesist.pooling.rare_events.models import RATE_RATIO
from synthesist.pooling.rare_events.notes import CORRECTION
from synthesist.tables import give_back

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from synthesist.figures import ForestPlot

COMMON = (
    "No finite tau² is the most likely one in the exact conditional model, so its "
    "answer is that of a common effect."
)
DISAGREE = (
    "By {some} there is an effect, by {others} the interval holds none: the answer "
    "hangs on the method."
)


@dataclass(frozen=True, slots=True)
class CountMethod:
    """A way to pool counts as they are.

    `measures` are those it can give; `fit` takes an effect table and a level.
    """

    code: str
    label: str
    measures: tuple[str, ...]
    fit: Callable[[EffectTable, float], PooledFit]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RareEventComparison:
    """Answers to one question by the methods that take zeros as they are.

    Attributes
    ----------
    effects : EffectTable
        What was pooled.
    fits : mapping of PooledFit
        By the code of the method, in `COUNT_METHODS` order; None where it has no
        answer.
    problems : mapping of str
        Why a method has none.
    """

    effects: EffectTable
    fits: Mapping[str, PooledFit | None]
    problems: Mapping[str, str]
    level: float
    notes: tuple[str, ...] = ()

    def summary(self) -> str:
        """Return one line a method."""
        from synthesist.pooling.wording import headline, studies

        labels = {code: COUNT_METHODS[code].label for code in self.fits}
        width = max(map(len, labels.values()))
        lines = [f"{self.effects.measure.label}, {studies(len(self.effects))}"]
        for code, fit in self.fits.items():
            text = headline(fit) if fit else self.problems[code]
            lines.append(f"  {labels[code]:<{width}}  {text}")
        return "\n".join([*lines, *(f"  Note: {note}" for note in self.notes)])

    def to_dict(self) -> dict[str, Any]:
        """Return every number in full precision as JSON knows it."""
        return {
            "measure": self.effects.measure.code,
            "level": self.level,
            "methods": [
                {
                    "method": code,
                    "label": COUNT_METHODS[code].label,
                    "fit": fit.to_dict() if fit else None,
                    "problem": self.problems.get(code),
                }
                for code, fit in self.fits.items()
            ],
            "notes": list(self.notes),
            "versions": versions(),
        }

    def to_frame(self, backend: str | None = None) -> Any:
        """Return one row a method, on the reading scale."""
        shown = [fit.display() if fit else {} for fit in self.fits.values()]
        columns: dict[str, list[Any]] = {
            "method": [COUNT_METHODS[code].label for code in self.fits],
            "k": [fit.k if fit else None for fit in self.fits.values()],
        }
        for name in ("estimate", "ci_low", "ci_high"):
            columns[name] = [entry.get(name) for entry in shown]
        columns["p"] = [number(fit.p) if fit else None for fit in self.fits.values()]
        columns["problem"] = [self.problems.get(code, "") for code in self.fits]
        return give_back(columns, self.effects.native, backend)

    def forest(self) -> ForestPlot:
        """Return a forest plot with one row a method."""
        from synthesist.figures import ForestGroup, ForestPlot, ForestRow

        measure = self.effects.measure
        rows: list[ForestRow] = []
        for code, fit in self.fits.items():
            label = COUNT_METHODS[code].label
            if fit is None:
                rows.append(ForestRow(label=label, note="no answer"))
                continue
            shown = fit.display()
            rows.append(
                ForestRow(
                    label=label,
                    estimate=shown["estimate"],
                    low=shown["ci_low"],
                    high=shown["ci_high"],
                )
            )
        return ForestPlot(
            groups=(ForestGroup(rows=tuple(rows)),),
            study_header="Method",
            effect_label=measure.label,
            effect_short=measure.code,
            interval_label=f"{100 * self.level:g}% CI",
            no_effect=measure.scale.no_effect,
            log=measure.scale.log,
            digits=3 if measure.code == "RD" else 2,
            footer=self.notes,
        )

    def plot(self) -> Figure:
        """Draw one interval a method."""
        from synthesist.figures import forest

        return forest(self.forest())


def compare_rare_events(
    data: Any, measure: str = "OR", *, level: float = 0.95
) -> RareEventComparison:
    """Pool counts by every method that needs no correction of zeros.

    Odds ratios by Mantel-Haenszel, Peto, the exact conditional model (with its
    profile interval) and the beta-binomial model; other measures by those that can
    give them.

    Parameters
    ----------
    data : EffectTable, path, frame or mapping of columns
        With ``events_t n_t events_c n_c``, or times at risk for rates.
    measure : {"OR", "RR", "RD", "IRR", "IRD"}
        Not used when `data` is an `EffectTable`, which has its own.
    level : float
        Confidence level.

    Returns
    -------
    RareEventComparison
        A method that cannot answer says why, beside those that can.

    Raises
    ------
    InvalidInput
        If no method gives the measure, or the counts are missing.
    """
    table = data if isinstance(data, EffectTable) else effect_table(data, measure)
    code = table.measure.code
    methods = [m for m in COUNT_METHODS.values() if code in m.measures]
    if not methods:
        known = sorted(
            {m for method in COUNT_METHODS.values() for m in method.measures}
        )
        raise InvalidInput(
            f"No method of counts gives a {table.measure.label.lower()}.",
            remedy=f"choose a measure among {', '.join(known)}",
        )
    fits: dict[str, PooledFit | None] = {}
    problems: dict[str, str] = {}
    for method in methods:
        try:
            fits[method.code] = method.fit(table, level)
        except (NotEstimable, NotConverged) as error:
            fits[method.code] = None
            problems[method.code] = error.problems[0].message
    return RareEventComparison(
        effects=table,
        fits=fits,
        problems=problems,
        level=level,
        notes=_notes(table, fits),
    )


def _conditional(effects: EffectTable, level: float) -> PooledFit:
    """Return the exact conditional model, of a common effect where tau² has no end."""
    try:
        return glmm(effects, model="CM.EL", interval="profile", level=level)
    except NotEstimable as error:
        try:
            fit = glmm(
                effects, model="CM.EL", interval="profile", tau2="CE", level=level
            )
        except NotEstimable:
            raise error from None
        return replace(fit, notes=(*fit.notes, COMMON))


def _notes(
    effects: EffectTable, fits: Mapping[str, PooledFit | None]
) -> tuple[str, ...]:
    """Say whether the methods disagree, and what each of them warns of.

    Of the notes of the effects only those count that say what was left out: no
    correction enters any of the answers.
    """
    found = [(code, fit) for code, fit in fits.items() if fit is not None]
    names = {
        side: [
            COUNT_METHODS[code].label
            for code, fit in found
            if (fit.interval.lower > 0 or fit.interval.upper < 0) is side
        ]
        for side in (True, False)
    }
    left_out = {
        remark: rows
        for remark, rows in effects.remarks.items()
        if not effects.included[rows].all()
    }
    said = [
        note
        for _, fit in found
        for note in fit.notes
        if note not in (*effects.notes, UNTOUCHED) and CORRECTION not in note
    ]
    notes = tuple(dict.fromkeys((*table_notes(left_out, effects.study), *said)))
    if not all(names.values()):
        return notes
    some, others = (", ".join(names[side]) for side in (True, False))
    return (DISAGREE.format(some=some, others=others), *notes)


COUNT_METHODS: dict[str, CountMethod] = {
    method.code: method
    for method in (
        CountMethod(
            "mh",
            "Mantel-Haenszel",
            ("OR", "RR", "RD", "IRR", "IRD"),
            lambda effects, level: mantel_haenszel(effects, level=level),
        ),
        CountMethod(
            "peto",
            "Peto",
            ODDS_RATIOS,
            lambda effects, level: peto(effects, level=level),
        ),
        CountMethod(
            "CM.EL",
            "exact conditional model",
            (*ODDS_RATIOS, RATE_RATIO),
            _conditional,
        ),
        CountMethod(
            "exact-rd",
            "exact risk difference",
            ("RD",),
            lambda effects, level: exact_risk_difference(effects, level=level),
        ),
        CountMethod(
            "beta-binomial",
            "beta-binomial model",
            tuple(CONTRASTS),
            lambda effects, level: beta_binomial(effects, level=level),
        ),
    )
}
