"""The answer under several assumptions about missing outcomes, side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from synthesist.errors import InvalidInput
from synthesist.numerics.printing import p_value, percent
from synthesist.numerics.results import versions
from synthesist.pooling.bias.missing_outcomes import (
    EXTREME,
    MISSING_STRATEGIES,
    Pair,
    missing_outcomes,
)
from synthesist.pooling.fit import PooledFit
from synthesist.pooling.pool import pool
from synthesist.tables import give_back

if TYPE_CHECKING:
    from matplotlib.figure import Figure

#: What is compared unless something else is asked for.
SEVERAL = (
    "available",
    "IMOR 1/2",
    "IMOR 2",
    "none",
    "all",
    "Gamble-Hollis",
    "best",
    "worst",
)

STRONG = (
    "The answers do not all stand on the same side of no effect with their intervals: "
    "what is assumed of the missing matters."
)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MissingOutcomesComparison:
    """Answers by what is assumed of missing outcomes.

    Attributes
    ----------
    fits : mapping of PooledFit
        By strategy, in the order asked for.
    """

    fits: Mapping[str, PooledFit]
    notes: tuple[str, ...] = ()

    def summary(self) -> str:
        """Return the answers, one a line, and the notes."""
        first = next(iter(self.fits.values()))
        show = first.effects.measure.scale.show
        wide = max(map(len, self.fits))
        lines = [
            f"{first.effects.measure.label} by what is assumed of missing outcomes"
        ]
        for name, fit in self.fits.items():
            ends = fit.interval
            lines.append(
                f"  {name:<{wide}}  {show(fit.estimate)} ({percent(ends.level)} CI "
                f"{show(ends.lower)} to {show(ends.upper)}), {p_value(fit.p)}"
            )
        rules = {k: v for k, v in first.rules.items() if k != "missing_outcomes"}
        lines.append("  Rules: " + ", ".join(f"{k} {v}" for k, v in rules.items()))
        return "\n".join([*lines, *(f"  Note: {note}" for note in self.notes)])

    def to_dict(self) -> dict[str, Any]:
        """Return every number in full precision as JSON knows it."""
        return {
            "strategies": [
                {"strategy": name, "fit": fit.to_dict()}
                for name, fit in self.fits.items()
            ],
            "notes": list(self.notes),
            "versions": versions(),
        }

    def to_frame(self, backend: str | None = None) -> Any:
        """Return one row a strategy, on the reading scale."""
        shown = [fit.display() for fit in self.fits.values()]
        columns: dict[str, Any] = {"strategy": list(self.fits)}
        for name in ("estimate", "ci_low", "ci_high"):
            columns[name] = [row[name] for row in shown]
        columns["p"] = [fit.p for fit in self.fits.values()]
        columns["tau2"] = [fit.tau2 for fit in self.fits.values()]
        native = next(iter(self.fits.values())).effects.native
        return give_back(columns, native, backend)

    def plot(self, **options: Any) -> Figure:
        """Draw the answers as a forest plot; `options` are fields of `ForestPlot`."""
        from synthesist.pooling.bias.drawing import draw_missing

        return draw_missing(self, options)


def compare_missing_outcomes(
    effects: Any,
    strategies: Sequence[str] = SEVERAL,
    *,
    missing: tuple[str, str] = ("missing_t", "missing_c"),
    event: str = "bad",
    measure: str | None = None,
    **options: Any,
) -> MissingOutcomesComparison:
    """Pool the same studies under several assumptions about missing outcomes.

    Parameters
    ----------
    effects : EffectTable, PooledFit, path, frame or mapping of columns
        As for `missing_outcomes`.
    strategies : sequence of str
        Codes of `MISSING_STRATEGIES`; ``IMOR 2`` and ``IMOR 1/2`` stand for one odds
        ratio in both groups, ``IMOR 2, 1/2`` for one in the treated and another in
        the control group.
    missing, event, measure
        As for `missing_outcomes`.
    **options
        The choices of `pool`.

    Returns
    -------
    MissingOutcomesComparison

    Raises
    ------
    InvalidInput
        As `missing_outcomes` and `pool`.
    """
    if not strategies:
        raise InvalidInput(
            "There is no strategy to compare.",
            remedy=f"choose from {', '.join(MISSING_STRATEGIES)}",
        )
    fits: dict[str, PooledFit] = {}
    for name in strategies:
        code, odds = _read(name)
        table = missing_outcomes(
            effects, code, imor=odds, missing=missing, event=event, measure=measure
        )
        fits[name] = pool(table, **options)
    sides = {_side(fit) for fit in fits.values()}
    several = next(iter(fits.values())).effects.notes[:1]
    notes = (
        *several,
        *((STRONG,) if len(sides) > 1 else ()),
        *((EXTREME,) if {"best", "worst"} & fits.keys() else ()),
    )
    return MissingOutcomesComparison(fits=fits, notes=notes)


def _read(name: str) -> tuple[str, Pair | None]:
    """Return the code of a strategy and the odds ratios written after it.

    Raises
    ------
    InvalidInput
        If they cannot be read.
    """
    code, _, text = name.partition(" ")
    if not text:
        return code, None
    try:
        odds = [_odds(part) for part in text.split(",")]
    except (ValueError, ZeroDivisionError):
        odds = []
    if len(odds) not in (1, 2):
        raise InvalidInput(
            f"'{name}' is no strategy.",
            remedy="write it like 'IMOR 2' or 'IMOR 2, 1/2'",
        )
    return code, (odds[0], odds[-1])


def _odds(text: str) -> float:
    above, _, below = text.partition("/")
    return float(above) / float(below or 1)


def _side(fit: PooledFit) -> int:
    """Return on which side of no effect the whole interval lies, 0 for both."""
    scale = fit.effects.measure.scale
    nothing = (
        0.0 if scale.no_effect is None else float(scale.to_analysis(scale.no_effect))
    )
    return int(fit.interval.lower > nothing) - int(fit.interval.upper < nothing)
