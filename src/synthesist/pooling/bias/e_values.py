"""How strong confounding would have to be to explain an association away."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import exp, log, sqrt
from numbers import Real
from typing import Any

from synthesist.errors import InvalidInput
from synthesist.numerics.printing import decimal
from synthesist.numerics.results import number, versions
from synthesist.pooling.bias.sample import check_finite
from synthesist.pooling.fit import PooledFit
from synthesist.pooling.registry import choose
from synthesist.tables import give_back

COMMON = (
    "The outcome is taken to be common (more than 15 per cent at the end), so the "
    "{label} is turned into a risk ratio approximately; say rare=True if it is not."
)
RARE = "The outcome is taken to be rare, so the {label} stands for a risk ratio."
STANDARDISED = (
    "The standardised difference is turned into a risk ratio approximately, by "
    "exp(0.91 d)."
)
INCLUDES = (
    "The interval includes {to}, so no confounding is needed to move its limit there."
)
AVERAGE = (
    "For a pooled effect the E-value is about average bias in the studies; it says "
    "nothing of selective publication."
)
RANDOMISED = (
    "It is a tool for observational studies: randomisation removes confounding."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class EValue:
    """The least confounding that could explain an association.

    Attributes
    ----------
    measure : str
        RR, OR, HR, SMD or MD.
    estimate, low, high : float
        As given, on the scale on which they are read; limits may be None.
    risk_ratio, rr_low, rr_high : float
        The same as approximate risk ratios.
    point : float
        How strongly, as risk ratios, an unmeasured confounder would have to go with
        both exposure and outcome to move the estimate to `to`.
    limit : float or None
        The same for the nearer limit of the interval, 1 where that includes `to`.
    to : float
        The effect that would be true.
    """

    measure: str
    estimate: float
    low: float | None
    high: float | None
    risk_ratio: float
    rr_low: float | None
    rr_high: float | None
    point: float
    limit: float | None
    to: float
    rules: Mapping[str, str]
    notes: tuple[str, ...] = ()

    def summary(self) -> str:
        """Return both E-values and the notes as text."""
        lines = [
            f"E-value of {self.measure} {decimal(self.estimate)}: {decimal(self.point)}"
        ]
        if self.limit is not None:
            lines.append(
                f"  of the limit of {decimal(self.low)} to {decimal(self.high)} nearer to "
                f"{self.to:g}: {decimal(self.limit)}"
            )
        lines.append("  Rules: " + ", ".join(f"{k} {v}" for k, v in self.rules.items()))
        return "\n".join([*lines, *(f"  Note: {note}" for note in self.notes)])

    def to_dict(self) -> dict[str, Any]:
        """Return every number in full precision as JSON knows it."""
        return {
            "measure": self.measure,
            "estimate": self.estimate,
            "ci_low": number(self.low),
            "ci_high": number(self.high),
            "risk_ratio": self.risk_ratio,
            "rr_low": number(self.rr_low),
            "rr_high": number(self.rr_high),
            "e_value": self.point,
            "e_value_limit": number(self.limit),
            "to": self.to,
            "rules": dict(self.rules),
            "notes": list(self.notes),
            "versions": versions(),
        }

    def to_frame(self, backend: str | None = None) -> Any:
        """Return one row for the estimate and one for the limit nearer to no effect."""
        columns: dict[str, Any] = {
            "of": ["estimate", "limit"],
            "e_value": [self.point, self.limit],
        }
        return give_back(columns, None, backend)


@dataclass(frozen=True, slots=True)
class Reading:
    """How a measure becomes a risk ratio; `needs` says what must be told with it."""

    code: str
    label: str
    risk_ratio: Callable[[float, bool, float], float]
    none: float
    asks_rare: bool = False
    asks_sd: bool = False


def e_value(
    effect: Any,
    low: float | None = None,
    high: float | None = None,
    *,
    measure: str | None = None,
    rare: bool | None = None,
    sd: float | None = None,
    to: float | None = None,
) -> EValue:
    """Return how strong confounding must be to explain an association.

    Parameters
    ----------
    effect : PooledFit or float
        A pooled effect with its interval, or an estimate as it is read.
    low, high : float, optional
        The limits of its interval.
    measure : str, optional
        Code of `E_VALUES` for a number, by default ``RR``: ``OR``, ``HR``, ``SMD``
        and ``MD`` become risk ratios first. Rate ratios are risk ratios here.
    rare : bool, optional
        For OR and HR: whether the outcome is rare (at most 15 per cent at the end of
        follow-up); by default it is not.
    sd : float, optional
        For MD: the standard deviation of the outcome.
    to : float, optional
        The effect that would be true, by default none.

    Returns
    -------
    EValue

    Raises
    ------
    InvalidInput
        If there is no E-value for the measure, a ratio is not above zero, limits do
        not enclose the estimate, or the standard deviation is missing.

    References
    ----------
    VanderWeele TJ, Ding P. Ann Intern Med 2017;167:268. doi:10.7326/M16-2607
    """
    notes: tuple[str, ...] = ()
    if isinstance(effect, PooledFit):
        if low is not None or high is not None or measure is not None:
            raise InvalidInput(
                "A fit has its own limits and measure.", remedy="give the fit alone"
            )
        shown = effect.display()
        value, low, high = (shown[name] for name in ("estimate", "ci_low", "ci_high"))
        code = SAME_AS.get(effect.effects.measure.code, effect.effects.measure.code)
        notes = (*effect.effects.notes, AVERAGE)
    elif isinstance(effect, Real):
        value, code = float(effect), measure or "RR"
    else:
        raise InvalidInput(
            f"There is no E-value of {type(effect).__name__}.",
            remedy="give a pooled fit, or an estimate with its limits",
        )
    reading = choose(code, E_VALUES, "measure with an E-value")
    _check(reading, value, low, high, rare, sd)
    common = not rare

    def ratio(of: float) -> float:
        return reading.risk_ratio(of, common, sd or 1.0)

    aim = reading.none if to is None else float(to)
    _positive(reading, aim, "the true effect")
    target, rr = ratio(aim), ratio(value)
    ends = [None if end is None else ratio(end) for end in (low, high)]
    limit, included = _nearer(rr, ends, target)
    return EValue(
        measure=reading.code,
        estimate=value,
        low=low,
        high=high,
        risk_ratio=rr,
        rr_low=ends[0],
        rr_high=ends[1],
        point=_e(rr / target),
        limit=None if limit is None else _e(limit / target),
        to=aim,
        rules={
            "measure": reading.code,
            **({"outcome": "rare" if rare else "common"} if reading.asks_rare else {}),
            **({"sd": f"{sd:g}"} if sd is not None else {}),
            "to": f"{aim:g}",
        },
        notes=(
            *notes,
            *_how(reading, rare),
            *((INCLUDES.format(to=f"{aim:g}"),) if included else ()),
            RANDOMISED,
        ),
    )


def _how(reading: Reading, rare: bool | None) -> tuple[str, ...]:
    """Say how a measure became a risk ratio."""
    if reading.asks_rare:
        return ((RARE if rare else COMMON).format(label=reading.label.lower()),)
    return (STANDARDISED,) if reading.code in {"SMD", "MD"} else ()


def _nearer(
    rr: float, ends: list[float | None], target: float
) -> tuple[float | None, bool]:
    """Return the limit nearer to the target, and whether the interval includes it.

    The target itself is returned where it is included.
    """
    low, high = ends
    near = low if rr >= target else high
    if near is None:
        return None, False
    beyond = near <= target if rr >= target else near >= target
    return (target, True) if beyond else (near, False)


def _e(ratio: float) -> float:
    """Return the E-value of a risk ratio, on either side of 1."""
    ratio = max(ratio, 1 / ratio)
    return ratio + sqrt(ratio * (ratio - 1))


def _check(
    reading: Reading,
    value: float,
    low: float | None,
    high: float | None,
    rare: bool | None,
    sd: float | None,
) -> None:
    """Raise `InvalidInput` unless the numbers go together."""
    for name, one in (("the estimate", value), ("a limit", low), ("a limit", high)):
        if one is not None:
            _positive(reading, one, name)
    if (
        not (low if low is not None else value)
        <= value
        <= (high if high is not None else value)
    ):
        raise InvalidInput(
            f"{value:g} does not lie between its limits.",
            remedy="give the lower limit first, on the scale of the estimate",
        )
    if rare is not None and not reading.asks_rare:
        raise InvalidInput(
            f"Whether the outcome is rare does not matter for {reading.code}.",
            remedy="leave out rare",
        )
    if reading.asks_sd and not (sd and sd > 0):
        raise InvalidInput(
            "A mean difference needs the standard deviation of the outcome.",
            remedy="give sd, above zero",
        )
    if sd is not None and not reading.asks_sd:
        raise InvalidInput(
            f"A standard deviation does not belong to {reading.code}.",
            remedy="leave out sd",
        )


def _positive(reading: Reading, value: float, name: str) -> None:
    check_finite(value, name)
    if reading.none == 1.0 and not value > 0:
        raise InvalidInput(
            f"{name} is {value:g}, and a ratio is above zero.",
            remedy="give it as it is read, not as a logarithm",
        )


def risk_ratio(value: float, common: bool, sd: float) -> float:
    """Return a risk ratio as it is."""
    del common, sd
    return value


def from_odds_ratio(value: float, common: bool, sd: float) -> float:
    """Return the risk ratio of an odds ratio: its root where the outcome is common."""
    del sd
    return sqrt(value) if common else value


def from_hazard_ratio(value: float, common: bool, sd: float) -> float:
    """Return the risk ratio of a hazard ratio, at half of the patients with events.

    References
    ----------
    VanderWeele TJ. Biometrics 2020;76:746. doi:10.1111/biom.13197
    """
    del sd
    if not common:
        return value
    return (1 - exp(-log(2) * sqrt(value))) / (1 - exp(-log(2) * sqrt(1 / value)))


def from_standardised(value: float, common: bool, sd: float) -> float:
    """Return the risk ratio of a standardised difference."""
    del common
    return exp(0.91 * value / sd)


#: Measures that are read as another.
SAME_AS = {"IRR": "RR", "PETO": "OR", "SMDH": "SMD"}

E_VALUES: dict[str, Reading] = {
    entry.code: entry
    for entry in (
        Reading("RR", "Risk ratio", risk_ratio, 1.0),
        Reading("OR", "Odds ratio", from_odds_ratio, 1.0, asks_rare=True),
        Reading("HR", "Hazard ratio", from_hazard_ratio, 1.0, asks_rare=True),
        Reading("SMD", "Standardised mean difference", from_standardised, 0.0),
        Reading("MD", "Mean difference", from_standardised, 0.0, asks_sd=True),
    )
}
