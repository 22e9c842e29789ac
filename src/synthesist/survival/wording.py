"""Results of survival analyses as plain text."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from synthesist.numerics.printing import p_value, percent, plain

if TYPE_CHECKING:
    from synthesist.survival.cox_fit import CoxFit


def cox_summary(fit: CoxFit) -> str:
    """Return hazard ratios, tests and notes, one a line."""
    ratio = "odds ratio" if fit.ties == "discrete" else "hazard ratio"
    strata = count(fit.strata, "stratum", "strata")
    lines = [
        f"Cox model, {ratio}; {fit.n} patients, {fit.events} events, {strata}",
    ]
    width = max(len(name) for name in fit.names)
    for name, b, interval, p in zip(
        fit.names, fit.estimate, fit.intervals, fit.p, strict=True
    ):
        lines.append(
            f"  {name:<{width}}  {ratio_text(b)} ({percent(fit.level)} CI "
            f"{ratio_text(interval.lower)} to {ratio_text(interval.upper)}), {p_value(p)}"
        )
    for name, test in fit.tests.items():
        lines.append(
            f"  {name}: chi² = {plain(test.statistic)} on {test.df} df, {p_value(test.p)}"
        )
    lines.append(f"  Rules: ties {fit.ties}" + (", Firth" if fit.firth else ""))
    return "\n".join((*lines, *(f"  Note: {note}" for note in fit.notes)))


def ratio_text(log_ratio: float) -> str:
    """Return a ratio with two decimals, given its logarithm."""
    with np.errstate(over="ignore"):
        value = float(np.exp(log_ratio))
    return f"{value:.1g}" if 0 < value < 0.005 else f"{value:.2f}"


def count(number: int, one: str, several: str) -> str:
    """Return a number with its noun."""
    return f"{number} {one if number == 1 else several}"
