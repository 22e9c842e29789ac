"""Models with dependent effects as plain text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from synthesist.errors import InvalidInput
from synthesist.numerics.printing import decimal
from synthesist.pooling.regression.wording import (
    between,
    coefficient_lines,
    signed,
    test_words,
)
from synthesist.pooling.wording import p_value, plain

if TYPE_CHECKING:
    from synthesist.pooling.dependent.components import Component
    from synthesist.pooling.dependent.fit import DependentFit


def summary(fit: DependentFit) -> str:
    """Return coefficients, components, shares, rules and notes."""
    scale = fit.effects.measure.scale
    unit = "" if scale.name == "identity" else f", {scale.name} scale"
    title = f"{fit.effects.measure.label}, {fit.model} model on {fit.formula}"
    lines = [f"{title}, {fit.k} effects{unit}"]
    lines += [f"  {line}" for line in coefficient_lines(fit.coefficients)]
    if fit.test:
        lines.append(f"  All moderators: {test_words(fit.test)}")
    if len(fit.terms) > 1:
        lines += [f"  {name}: {test_words(test)}" for name, test in fit.terms.items()]
    for component in fit.components:
        shown = signed(component.value)
        limits = between(component.interval)
        lines.append(
            f"  {capital(component.name)}: {shown}{limits}, {component.groups} groups"
        )
    shares = ", ".join(f"{name} {share:.0f}%" for name, share in fit.i2.items())
    if shares:
        lines.append(f"  I²: {shares}")
    lines.append(f"  Residual Q = {plain(fit.q)} on {fit.q_df} df, {p_value(fit.q_p)}")
    lines.append(f"  Log-likelihood {decimal(fit.log_likelihood, 4)} ({fit.method})")
    lines.append("  Rules: " + ", ".join(f"{k} {v}" for k, v in fit.rules.items()))
    lines += [f"  Note: {note}" for note in fit.notes]
    return "\n".join(lines)


def capital(text: str) -> str:
    """Return text with its first letter large."""
    return text[:1].upper() + text[1:]


def find_component(fit: DependentFit, term: str, levels: Sequence[str]) -> Component:
    """Return a component by its factor and levels.

    Raises
    ------
    InvalidInput
        If there is none, or more than one.
    """
    named = [c for c in fit.components if c.term == term]
    if levels:
        found = [c for c in named if set(c.levels) == set(levels)]
    else:
        found = [c for c in named if c.kind == "variance"]
    if len(found) == 1:
        return found[0]
    known = "; ".join(c.name for c in fit.components) or "none"
    raise InvalidInput(
        f"There is no single component of {term} {' and '.join(levels)}".rstrip() + ".",
        remedy=f"choose from {known}",
    )
