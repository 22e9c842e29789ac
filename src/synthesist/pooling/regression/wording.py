"""A meta-regression as plain text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from synthesist.numerics.printing import p_value, percent, plain
from synthesist.pooling.wording import studies

if TYPE_CHECKING:
    from synthesist.numerics.results import HypothesisTest, Interval
    from synthesist.pooling.regression.fit import RegressionFit
    from synthesist.pooling.regression.inference import Coefficient


def summary(fit: RegressionFit) -> str:
    """Return the coefficients, what they explain, the rules and the notes."""
    scale = fit.effects.measure.scale
    unit = "" if scale.name == "identity" else f", {scale.name} scale"
    lines = [f"{fit.effects.measure.label} on {fit.formula}, {studies(fit.k)}{unit}"]
    lines += [f"  {line}" for line in coefficient_lines(fit.coefficients)]
    if fit.test:
        lines.append(f"  All moderators: {test_words(fit.test)}")
    if len(fit.terms) > 1:
        lines += [f"  {name}: {test_words(test)}" for name, test in fit.terms.items()]
    if fit.tau2_method != "CE":
        limits = between(fit.tau2_interval)
        lines.append(
            f"  Left over: tau² = {plain(fit.tau2)}{limits} ({fit.tau2_method})"
        )
        limits = between(fit.i2_interval, 0, "%")
        lines.append(f"  I² from tau² = {fit.i2:.0f}%{limits}")
    if fit.r2 is not None:
        lines.append(f"  Explained: R² = {fit.r2:.0f}%")
    lines.append(f"  Residual Q = {plain(fit.q)} on {fit.q_df} df, {p_value(fit.q_p)}")
    if fit.inflation:
        shown = ", ".join(f"{name} {plain(x)}" for name, x in fit.inflation.items())
        lines.append(f"  Variance inflation: {shown}")
    lines.append("  Rules: " + ", ".join(f"{k} {v}" for k, v in fit.rules.items()))
    lines += [f"  Note: {note}" for note in fit.notes]
    return "\n".join(lines)


def coefficient_lines(coefficients: Sequence[Coefficient]) -> list[str]:
    """Return coefficients in columns, one line each."""
    if not coefficients:
        return []
    rows = [
        (
            c.name,
            signed(c.estimate),
            "" if c.se is None else f"SE {signed(c.se)}",
            _between(c.interval),
            "" if c.p is None else p_value(c.p),
        )
        for c in coefficients
    ]
    widths = [max(len(row[i]) for row in rows) for i in range(5)]
    return [
        "  ".join(
            text.rjust(width) if i == 1 else text.ljust(width)
            for i, (text, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]


def _between(interval: Interval | None) -> str:
    if interval is None:
        return ""
    low, high = signed(interval.lower), signed(interval.upper)
    return f"({percent(interval.level)} CI {low} to {high})"


def test_words(test: HypothesisTest | None) -> str:
    """Return a test as text."""
    if test is None:
        return "no test"
    if test.df_residual is None:
        return f"chi-squared = {plain(test.statistic)} on {test.df:g} df, {p_value(test.p)}"
    return (
        f"F = {plain(test.statistic)} on {test.df:g} and {test.df_residual:.4g} df, "
        f"{p_value(test.p)}"
    )


def between(
    interval: Interval | None, digits: int | None = None, unit: str = ""
) -> str:
    """Return an interval in brackets, empty when there is none."""
    if interval is None:
        return ""
    low, high = (
        plain(limit) if digits is None else f"{limit:.{digits}f}"
        for limit in (interval.lower, interval.upper)
    )
    return f" ({percent(interval.level)} CI {low} to {high}{unit})"


def signed(value: float) -> str:
    """Return a coefficient with its proper minus sign."""
    return plain(value).replace("-", "\N{MINUS SIGN}")
