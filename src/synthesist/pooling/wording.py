"""A pooled result as plain text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from synthesist.numerics.printing import p_value, percent, plain

if TYPE_CHECKING:
    from synthesist.pooling.fit import HypothesisTest, Interval, PooledFit


def summary(fit: PooledFit) -> str:
    """Return the result, its heterogeneity, its rules and its notes, one a line."""
    lines = [
        f"{fit.effects.measure.label}, {studies(fit.k)}",
        f"  {headline(fit)}",
    ]
    if fit.prediction:
        lines.append(f"  {prediction(fit)}")
    lines += [f"  {line}" for line in heterogeneity(fit)]
    lines.append("  Rules: " + ", ".join(f"{k} {v}" for k, v in fit.rules.items()))
    lines += [f"  Note: {note}" for note in fit.notes]
    for beside in fit.beside:
        lines.append(f"Beside it, {beside.tau2_method}: {headline(beside)}")
    return "\n".join(lines)


def headline(fit: PooledFit) -> str:
    """Return the estimate with its interval and P value."""
    show = fit.effects.measure.scale.show
    # A proportion has no value that stands for no effect, so its P value means nothing.
    tested = fit.effects.measure.scale.no_effect is not None
    test = f", {p_value(fit.p)}" if fit.p is not None and tested else ""
    return f"{show(fit.estimate)} ({between(fit, fit.interval, 'CI')}){test}"


def prediction(fit: PooledFit) -> str:
    """Return the prediction interval as text, empty when there is none."""
    if fit.prediction is None:
        return ""
    low, high = _both(fit, fit.prediction)
    return f"{percent(fit.prediction.level)} prediction interval {low} to {high}"


def heterogeneity(fit: PooledFit) -> list[str]:
    """Return Q, tau² and both I² as text, one line each."""
    lines: list[str] = []
    if fit.q is not None and fit.q_df:
        test = f", {p_value(fit.q_p)}" if fit.q_p is not None else ""
        lines.append(f"Q = {plain(fit.q)} on {fit.q_df} df{test}")
    if fit.tau2 is not None and fit.tau2_method != "CE":
        lines.append(
            f"tau² = {plain(fit.tau2)}{_limits(fit.tau2_interval)} ({fit.tau2_method})"
        )
    if fit.i2 is not None and fit.tau2_method != "CE":
        lines.append(f"I² from tau² = {fit.i2:.0f}%{_limits(fit.i2_interval, 0, '%')}")
    if fit.i2_q is not None:
        lines.append(f"I² from Q = {fit.i2_q:.0f}%{_limits(fit.i2_q_interval, 0, '%')}")
    return lines


def between_subgroups(test: HypothesisTest | None) -> str:
    """Return the test between subgroups as text."""
    if test is None:
        return "Between subgroups: nothing can be compared."
    return (
        f"Between subgroups: Q = {plain(test.statistic)} on {test.df:g} df, "
        f"{p_value(test.p)}"
    )


def heterogeneity_lines(fit: PooledFit) -> list[str]:
    """Return the same in at most two lines, for a figure."""
    found = heterogeneity(fit)
    spread = [line for line in found if line.startswith("tau²")]
    shares = {"tau²": fit.i2, "Q": fit.i2_q}
    if fit.tau2_method == "CE":
        shares["tau²"] = None
    known = [
        f"{share:.0f}% from {name}"
        for name, share in shares.items()
        if share is not None
    ]
    rest = [line for line in found if line.startswith("Q")]
    if known:
        rest.append(f"I² = {', '.join(known)}")
    return [line for line in (*spread, "; ".join(rest)) if line]


def studies(number: int) -> str:
    """Return a number of studies in words."""
    return "1 study" if number == 1 else f"{number} studies"


def between(fit: PooledFit, interval: Interval, name: str) -> str:
    """Return an interval on the reading scale: ``95% CI 0.52 to 0.91``."""
    low, high = _both(fit, interval)
    return f"{percent(interval.level)} {name} {low} to {high}"


def _both(fit: PooledFit, interval: Interval) -> tuple[str, str]:
    show = fit.effects.measure.scale.show
    return show(interval.lower), show(interval.upper)


def _limits(
    interval: Interval | None, digits: int | None = None, unit: str = ""
) -> str:
    """Return an interval of a quantity that has no other scale, in brackets."""
    if interval is None:
        return ""
    low, high = (
        plain(limit) if digits is None else f"{limit:.{digits}f}"
        for limit in (interval.lower, interval.upper)
    )
    return f" ({percent(interval.level)} CI {low} to {high}{unit})"
