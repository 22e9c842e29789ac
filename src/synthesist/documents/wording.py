"""Pooled results in sentences for a clinician, with the uncertainty in every one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from synthesist.numerics.printing import count, decimal, percent, plural

if TYPE_CHECKING:
    from synthesist.pooling import PooledFit


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What the numbers are about, in the review's own words.

    `control_events` and `control_n` are totals over the studies pooled, where
    the results are counts of people; `better` is the direction that helps.
    """

    outcome: str
    treated: str = "treatment"
    control: str = "control"
    unit: str = ""
    better: str | None = None
    participants: int | None = None
    control_events: float | None = None
    control_n: float | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """An estimate and its limits as they are read."""

    value: float
    low: float
    high: float

    @classmethod
    def of(cls, fit: PooledFit) -> Reading:
        """Bring a fit's estimate and interval to the reading scale."""
        values = fit.display()
        return cls(values["estimate"], values["ci_low"], values["ci_high"])


def headline(fit: PooledFit, setting: Setting, name: str = "") -> str:
    """Name the measure with its estimate and interval: ``Risk ratio 1.27 (95% CI ...)``.

    `name` stands in place of that of the measure.
    """
    seen = Reading.of(fit)
    show = fit.effects.measure.scale.show_reading
    unit = (
        f" {setting.unit}"
        if setting.unit and fit.effects.measure.code in IN_UNITS
        else ""
    )
    low, high = show(seen.low), show(seen.high)
    return (
        f"{name or measure_name(fit)} {show(seen.value)}{unit} "
        f"({level(fit)} CI {low} to {high})"
    )


def _nobody(fit: PooledFit) -> tuple[str, ...]:
    """Warn when no event stands behind a number but the correction for zero cells."""
    cells, included = fit.effects.cells, fit.effects.included
    events = [
        cells[role][included] for role in ("events_t", "events_c") if role in cells
    ]
    if not events or any(np.nansum(counts) > 0 for counts in events):
        return ()
    if any(np.isnan(counts).any() for counts in events):
        return ()
    return (
        "Nobody in these studies had the event: what follows is the correction for zero cells alone and says nothing of the effect.",
    )


def measure_name(fit: PooledFit) -> str:
    """Name what is read: a proportion is one, whatever scale it was analysed on."""
    return fit.effects.measure.label.partition(" (")[0]


def in_words(fit: PooledFit, setting: Setting) -> tuple[str, ...]:
    """Say what was found, how sure it is, and how far studies differ.

    Nothing is called significant: the sentences give the interval and whether
    it holds no difference.
    """
    code = fit.effects.measure.code
    describe = SENTENCES.get(code, _generic)
    return (
        *_nobody(fit),
        *describe(fit, Reading.of(fit), setting),
        *_certainty(fit, setting),
        *_spread(fit),
        *_common_effect(fit),
    )


def level(fit: PooledFit) -> str:
    """Write the confidence level: ``95%``."""
    return percent(fit.interval.level)


def _who(
    fit: PooledFit, setting: Setting, noun: str = "study", many: str = "studies"
) -> str:
    """Count the studies and the people in them."""
    people = (
        f" with {plural(setting.participants, 'participant')}"
        if setting.participants
        else ""
    )
    return f"{plural(fit.k, noun, many)}{people}"


def _limits(fit: PooledFit, low: str, high: str) -> str:
    return f"({level(fit)} confidence interval {low} to {high})"


def _ratio(
    fit: PooledFit, seen: Reading, setting: Setting, what: str, verb: str = "was"
) -> str:
    """Say how a quantity in one group compares with that in the other."""
    limits = _limits(fit, decimal(seen.low), decimal(seen.high))
    return (
        f"{setting.outcome}: {what} with {setting.treated} {verb} {decimal(seen.value)} times "
        f"that with {setting.control} {limits}, in {_who(fit, setting)}."
    )


def _risk_ratio(fit: PooledFit, seen: Reading, setting: Setting) -> tuple[str, ...]:
    first = _ratio(fit, seen, setting, "the risk")
    return first, *_per_hundred(fit, seen, setting, float.__mul__)


def _odds_ratio(fit: PooledFit, seen: Reading, setting: Setting) -> tuple[str, ...]:
    first = _ratio(fit, seen, setting, "the odds", "were")

    def with_odds(risk: float, ratio: float) -> float:
        return risk * ratio / (1 - risk + risk * ratio)

    return first, *_per_hundred(fit, seen, setting, with_odds)


def _per_hundred(
    fit: PooledFit,
    seen: Reading,
    setting: Setting,
    apply: Callable[[float, float], float],
) -> tuple[str, ...]:
    """Say what a ratio means for a hundred people at the risk seen in the controls."""
    if not setting.control_n or not setting.control_events:
        return ()
    risk = setting.control_events / setting.control_n
    value, low, high = (
        decimal(min(100 * apply(risk, ratio), 100), 0)
        for ratio in (seen.value, seen.low, seen.high)
    )
    where = "In this study" if fit.k == 1 else "In these studies"
    seen_in_controls = (
        f"{count(setting.control_events)} of {count(setting.control_n)} people "
        f"with {setting.control}"
    )
    return (
        (
            f"{where} {seen_in_controls} had it ({decimal(100 * risk, 0)} in 100); at that risk "
            f"it would be about {value} in 100 with {setting.treated} ({low} to {high})."
        ),
    )


def _hazard_ratio(fit: PooledFit, seen: Reading, setting: Setting) -> tuple[str, ...]:
    return (
        _ratio(fit, seen, setting, "the hazard of an event"),
        "The hazard is the rate of events among those still without one; the ratio is taken to be the same at all times.",
    )


def _rate_ratio(fit: PooledFit, seen: Reading, setting: Setting) -> tuple[str, ...]:
    return (_ratio(fit, seen, setting, "the rate"),)


def _risk_difference(
    fit: PooledFit, seen: Reading, setting: Setting
) -> tuple[str, ...]:
    value, low, high = (
        _more_or_fewer(100 * max(-1.0, min(x, 1.0)))
        for x in (seen.value, seen.low, seen.high)
    )
    return (
        (
            f"{setting.outcome}: of 100 people {value} with {setting.treated} than with "
            f"{setting.control} {_limits(fit, low, high)}, in {_who(fit, setting)}."
        ),
    )


def _difference(
    fit: PooledFit, seen: Reading, setting: Setting, unit: str, what: str = ""
) -> tuple[str, ...]:
    value, low, high = (
        _higher_or_lower(x, unit) for x in (seen.value, seen.low, seen.high)
    )
    return (
        (
            f"{setting.outcome}: {what}{value} with {setting.treated} than with "
            f"{setting.control} {_limits(fit, low, high)}, in {_who(fit, setting)}."
        ),
    )


def _mean_difference(
    fit: PooledFit, seen: Reading, setting: Setting
) -> tuple[str, ...]:
    unit = f" {setting.unit}" if setting.unit else ""
    return _difference(fit, seen, setting, unit, "the mean was ")


def _standardised(fit: PooledFit, seen: Reading, setting: Setting) -> tuple[str, ...]:
    return _difference(fit, seen, setting, " standard deviations")


def _proportion(fit: PooledFit, seen: Reading, setting: Setting) -> tuple[str, ...]:
    value, low, high = (
        decimal(100 * max(0.0, min(x, 1.0)), 0)
        for x in (seen.value, seen.low, seen.high)
    )
    who = _who(fit, setting, "treated group", "treated groups")
    limits = _limits(fit, low, f"{high} of 100")
    return (
        f"{setting.outcome}: {value} of 100 people {limits}, in {who}.",
        "There is no comparison group here: how many it would have been without the treatment cannot be read from this number.",
    )


def _change(fit: PooledFit, seen: Reading, setting: Setting) -> tuple[str, ...]:
    standardised = fit.effects.measure.code != "MC"
    named = f" {setting.unit}" if setting.unit else ""
    unit = " standard deviations" if standardised else named
    value, low, high = (
        _higher_or_lower(x, unit) for x in (seen.value, seen.low, seen.high)
    )
    who = _who(fit, setting, "treated group", "treated groups")
    return (
        f"{setting.outcome}: {value} after treatment than before {_limits(fit, low, high)}, in {who}.",
        "There is no comparison group here: a change after treatment is not a change by treatment.",
    )


def _generic(fit: PooledFit, seen: Reading, setting: Setting) -> tuple[str, ...]:
    show = fit.effects.measure.scale.show_reading
    limits = _limits(fit, show(seen.low), show(seen.high))
    label = fit.effects.measure.label.lower()
    return (
        f"{setting.outcome}: the pooled {label} is {show(seen.value)} {limits}, in {_who(fit, setting)}.",
    )


def _certainty(fit: PooledFit, setting: Setting) -> tuple[str, ...]:
    """Say on which side of no difference the interval lies, or that it holds it."""
    no_effect = fit.effects.measure.scale.no_effect
    if no_effect is None:
        return ()
    seen = Reading.of(fit)
    if seen.low <= no_effect <= seen.high:
        return (
            "The interval includes no difference, so these data alone do not show which way the effect goes.",
        )
    higher = seen.low > no_effect
    if fit.effects.measure.code in RATES_OF_EVENTS:
        side = "more" if higher else "fewer"
        return (
            f"The whole interval lies on the side of {side} events with {setting.treated}.",
        )
    if setting.better is None or fit.effects.measure.code not in TWO_GROUPS:
        side = "more" if higher else "less"
        return (f"The whole interval lies on the side of {side}.",)
    winner = (
        setting.treated if higher == (setting.better == "higher") else setting.control
    )
    return (f"The whole interval lies on the side that favours {winner}.",)


def _spread(fit: PooledFit) -> tuple[str, ...]:
    """Say how far the studies differ, as far as they can tell."""
    if fit.k == 1:
        return ("One study cannot show how results differ between places.",)
    if fit.k < 3:
        return ("Two studies say little about how far results differ between places.",)
    if fit.prediction is None:
        return ()
    scale = fit.effects.measure.scale
    display = fit.display()
    low, high = (scale.show_reading(display[key]) for key in ("pi_low", "pi_high"))
    return (
        (
            f"In a new study of this kind the true effect would be expected between {low} and {high} "
            f"({level(fit)} prediction interval)."
        ),
    )


def _common_effect(fit: PooledFit) -> tuple[str, ...]:
    """Say what the answer is if one effect is common to the few studies there are."""
    show = fit.effects.measure.scale.show_reading
    return tuple(
        f"With so few studies the interval depends on the model: if all of them estimate one common "
        f"effect, it is {show(seen.value)} {_limits(fit, show(seen.low), show(seen.high))}."
        for seen in map(Reading.of, fit.beside)
    )


def _more_or_fewer(per_hundred: float) -> str:
    """Write a difference of counts: ``4 fewer``, ``31 more``."""
    return f"{decimal(abs(per_hundred), 0)} {'fewer' if per_hundred < 0 else 'more'}"


def _higher_or_lower(value: float, unit: str) -> str:
    """Write a difference of means: ``8.47 lower``."""
    return f"{decimal(abs(value))}{unit} {'lower' if value < 0 else 'higher'}"


TWO_GROUPS = frozenset(
    [
        "RR",
        "OR",
        "RD",
        "AS",
        "PETO",
        "MD",
        "SMD",
        "SMDH",
        "ROM",
        "IRR",
        "IRD",
        "IRSD",
        "HR",
    ]
)

#: These compare how often events come, whatever the outcome is named after: overall
#: survival is better when it is higher, its hazard when it is lower.
RATES_OF_EVENTS = frozenset({"HR", "IRR", "IRD", "IRSD"})

IN_UNITS = frozenset({"MD", "MC", "MN"})

SENTENCES = {
    "RR": _risk_ratio,
    "OR": _odds_ratio,
    "PETO": _odds_ratio,
    "HR": _hazard_ratio,
    "IRR": _rate_ratio,
    "RD": _risk_difference,
    "MD": _mean_difference,
    "SMD": _standardised,
    "SMDH": _standardised,
    "PR": _proportion,
    "PLN": _proportion,
    "PLO": _proportion,
    "PAS": _proportion,
    "PFT": _proportion,
    "MC": _change,
    "SMCC": _change,
    "SMCR": _change,
    "SMCRH": _change,
}
