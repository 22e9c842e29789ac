"""A log hazard ratio from what a report prints, by every route that it allows.

References
----------
Parmar MKB, Torri V, Stewart L. Stat Med 1998;17:2815.
doi:10.1002/(SICI)1097-0258(19981230)17:24<2815::AID-SIM110>3.0.CO;2-8
Tierney JF et al. Trials 2007;8:16. doi:10.1186/1745-6215-8-16
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any

from synthesist.errors import InvalidInput, NotEstimable
from synthesist.numerics.printed import PrintedNumber, read_printed
from synthesist.numerics.results import number
from synthesist.survival.wording import ratio_text

NORMAL = NormalDist()

#: Numbers that are counts or were not rounded for print.
EXACT = frozenset({"events", "events_t", "events_c", "n_t", "n_c", "ci_level"})

#: Whom a P value speaks for when the hazard ratio is not printed.
SIDES = {"treated": -1.0, "control": 1.0}

Values = Mapping[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportRoute:
    """A way from printed numbers to a log hazard ratio and its standard error.

    `needs` are the numbers it takes, `direction` says that it must be told which
    arm does better, `caution` what its reader must know.
    """

    code: str
    label: str
    needs: tuple[str, ...]
    compute: Callable[[Values], tuple[float, float]]
    direction: bool = False
    caution: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteResult:
    """A log hazard ratio by one route, with what the rounding of print allows."""

    route: str
    label: str
    log_hr: float
    se: float
    log_hr_range: tuple[float, float]
    se_range: tuple[float, float]
    caution: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Return the result as JSON values."""
        return {
            "route": self.route,
            "label": self.label,
            "log_hr": number(self.log_hr),
            "se": number(self.se),
            "log_hr_low": number(self.log_hr_range[0]),
            "log_hr_high": number(self.log_hr_range[1]),
            "se_low": number(self.se_range[0]),
            "se_high": number(self.se_range[1]),
            "caution": self.caution,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportedHazardRatio:
    """A hazard ratio by all routes that a report allows, the best first."""

    routes: tuple[RouteResult, ...]
    notes: tuple[str, ...]

    @property
    def best(self) -> RouteResult:
        """Return the result of the route that loses least."""
        return self.routes[0]

    def to_dict(self) -> dict[str, Any]:
        """Return every route as JSON values."""
        return {
            "routes": [route.to_dict() for route in self.routes],
            "notes": list(self.notes),
        }

    def summary(self) -> str:
        """Return every route as text, the best first."""
        lines = ["Hazard ratio from a report"]
        lines += [
            f"  {r.label}: {ratio_text(r.log_hr)}, standard error {r.se:.3f} ({r.se_range[0]:.3f} to {r.se_range[1]:.3f} by rounding)"
            for r in self.routes
        ]
        return "\n".join((*lines, *(f"  Note: {note}" for note in self.notes)))


def hazard_ratio_from_report(
    printed: Mapping[str, str | float | None],
    *,
    favours: str | None = None,
    one_sided: bool = False,
) -> ReportedHazardRatio:
    """Return the log hazard ratio by every route that printed numbers allow.

    Parameters
    ----------
    printed : mapping of str
        Any of ``hr``, ``ci_low``, ``ci_high``, ``ci_level``, ``p``, ``events``,
        ``events_t``, ``events_c``, ``n_t``, ``n_c``, ``o_minus_e``, ``v``,
        ``expected_t``, ``expected_c``, ``surv_t``, ``surv_c`` (per cent at one
        time), as text with the digits of print: half of the last one on either
        side is carried through.
    favours : {"treated", "control"}, optional
        Which arm does better, where only a P value says how much.
    one_sided : bool
        Whether the P value is one-sided.

    Returns
    -------
    ReportedHazardRatio

    Raises
    ------
    InvalidInput
        If a number cannot be read or is impossible.
    NotEstimable
        If the numbers allow no route.
    """
    numbers = {
        name: _read(name, value)
        for name, value in printed.items()
        if value is not None and str(value).strip()
    }
    _check(numbers, favours)
    if one_sided and "p" in numbers:
        p = numbers["p"]
        numbers["p"] = PrintedNumber(p.text, 2 * p.value, 2 * p.low, 2 * p.high)
    found: list[RouteResult] = []
    for route in ROUTES.values():
        if not all(name in numbers for name in route.needs):
            continue
        if route.direction and favours is None and "hr" not in numbers:
            continue
        sign = _sign(numbers, favours) if route.direction else 1.0
        result = _by_route(route, numbers, sign)
        if result is not None:
            found.append(result)
    if not found:
        raise NotEstimable(
            "No hazard ratio follows from these numbers.",
            remedy="look for an interval, a P value with the events, O - E and V, or a curve",
        )
    notes = [*_centring(numbers), *_disagreements(found)]
    if found[0].caution:
        notes.append(found[0].caution)
    return ReportedHazardRatio(routes=tuple(found), notes=tuple(notes))


def _read(name: str, value: str | float) -> PrintedNumber:
    """Read a number, with the ends of what rounds to it."""
    if name not in KNOWN:
        raise InvalidInput(
            f"A report has no {name} here.", remedy=f"it may have {', '.join(KNOWN)}"
        )
    text = value if isinstance(value, str) else repr(float(value))
    found = read_printed(text)
    if name in EXACT or not isinstance(value, str):
        return PrintedNumber(found.text, found.value, found.value, found.value)
    if name == "p" and found.low < 0:
        return PrintedNumber(found.text, found.value, 0.0, found.high)
    return found


def _check(numbers: Mapping[str, PrintedNumber], favours: str | None) -> None:
    """Refuse what is impossible."""
    for name in ("hr", "ci_low", "ci_high", "v", "expected_t", "expected_c"):
        if name in numbers and numbers[name].value <= 0:
            raise InvalidInput(f"{name} is not above zero.")
    for name in ("events", "events_t", "events_c", "n_t", "n_c"):
        if name in numbers and numbers[name].value < 0:
            raise InvalidInput(f"{name} is below zero.")
    if "p" in numbers and not 0 < numbers["p"].value <= 1:
        raise InvalidInput("p is not between 0 and 1.")
    for name in ("surv_t", "surv_c"):
        if name in numbers and not 0 < numbers[name].value < 100:
            raise InvalidInput(f"{name} is not between 0 and 100 per cent.")
    ends = [numbers[name].value for name in ("ci_low", "ci_high") if name in numbers]
    if len(ends) == 2 and ends[0] >= ends[1]:
        raise InvalidInput("The interval is upside down: ci_low is not below ci_high.")
    if favours is not None and favours not in SIDES:
        raise InvalidInput(
            f"The result favours {favours}.", remedy=f"say {' or '.join(SIDES)}"
        )


def _sign(numbers: Mapping[str, PrintedNumber], favours: str | None) -> float:
    """Return -1 when the treated do better, 1 when they do worse."""
    if favours is not None:
        return SIDES[favours]
    return -1.0 if numbers["hr"].value < 1 else 1.0


def _by_route(
    route: ReportRoute, numbers: Mapping[str, PrintedNumber], sign: float
) -> RouteResult | None:
    """Compute a route at the printed digits and at all corners of their rounding."""
    names = [*route.needs, *(n for n in ("ci_level",) if n in numbers)]
    central = {name: numbers[name].value for name in names}
    try:
        log_hr, se = route.compute(central)
    except (ValueError, ZeroDivisionError):
        return None
    log_hr *= sign
    corners: list[tuple[float, float]] = []
    ends = [sorted({numbers[n].low, numbers[n].high}) for n in names]
    for corner in itertools.product(*ends):
        try:
            at, error = route.compute(dict(zip(names, corner, strict=True)))
        except (ValueError, ZeroDivisionError):
            at, error = math.nan, math.inf
        corners.append((sign * at, error))
    logs = [at for at, _ in corners if math.isfinite(at)] + [log_hr]
    errors = [error for _, error in corners] + [se]
    low = min(errors)
    if route.code == "hr-p" and numbers["hr"].low <= 1 <= numbers["hr"].high:
        # A ratio that may be 1 goes with any P value by chance.
        low = 0.0
    return RouteResult(
        route=route.code,
        label=route.label,
        log_hr=log_hr,
        se=se,
        log_hr_range=(min(logs), max(logs)),
        se_range=(low, max(errors)),
        caution=route.caution,
    )


def _centring(numbers: Mapping[str, PrintedNumber]) -> Sequence[str]:
    """Say when a printed interval is not centred on its ratio."""
    if not {"hr", "ci_low", "ci_high"} <= numbers.keys():
        return ()
    low, high = numbers["ci_low"], numbers["ci_high"]
    if low.low <= 0:
        return ()
    ends = (math.sqrt(low.low * high.low), math.sqrt(low.high * high.high))
    hr = numbers["hr"]
    if ends[0] <= hr.high and hr.low <= ends[1]:
        return ()
    middle = math.sqrt(low.value * high.value)
    return (
        f"The printed interval is centred on {middle:.3g}, not on the hazard ratio {hr.text}: one of the numbers may be misprinted.",
    )


def _disagreements(found: Sequence[RouteResult]) -> Sequence[str]:
    """Say which routes do not agree with the first within the rounding of print."""
    best = found[0]
    notes: list[str] = []
    for other in found[1:]:
        apart = max(
            other.log_hr_range[0] - best.log_hr_range[1],
            best.log_hr_range[0] - other.log_hr_range[1],
        )
        if apart > 0.1 * best.se:
            notes.append(
                f"{other.label} gives {ratio_text(other.log_hr)}, {best.label} {ratio_text(best.log_hr)}: more than rounding explains."
            )
        gap = max(
            other.se_range[0] / best.se_range[1], best.se_range[0] / other.se_range[1]
        )
        if gap > 1.1:
            notes.append(
                f"The standard error is {other.se:.3f} by {other.label} and {best.se:.3f} by {best.label}: more than rounding explains."
            )
    return notes


def _z(p: float) -> float:
    """Return the normal deviate of a two-sided P value."""
    if not 0 < p < 1:
        raise ValueError(p)
    return NORMAL.inv_cdf(1 - p / 2)


def _o_minus_e(x: Values) -> tuple[float, float]:
    return x["o_minus_e"] / x["v"], x["v"] ** -0.5


def _expected(x: Values) -> tuple[float, float]:
    """From observed and expected events of both arms."""
    ratio = (x["events_t"] / x["expected_t"]) / (x["events_c"] / x["expected_c"])
    return math.log(ratio), math.sqrt(1 / x["expected_t"] + 1 / x["expected_c"])


def _interval(x: Values) -> tuple[float, float]:
    z = NORMAL.inv_cdf(0.5 + _level(x) / 2)
    low, high = math.log(x["ci_low"]), math.log(x["ci_high"])
    middle = math.log(x["hr"]) if "hr" in x else (low + high) / 2
    return middle, (high - low) / (2 * z)


def _level(x: Values) -> float:
    level = x.get("ci_level", 0.95)
    return level / 100 if level > 1 else level


def _ratio_and_p(x: Values) -> tuple[float, float]:
    log_hr = math.log(x["hr"])
    if log_hr == 0:
        raise ValueError("no standard error follows")
    return log_hr, abs(log_hr) / _z(x["p"])


def _ratio_and_events_by_arm(x: Values) -> tuple[float, float]:
    return math.log(x["hr"]), math.sqrt(1 / x["events_t"] + 1 / x["events_c"])


def _v_of_events(x: Values) -> float:
    """Return V from all events, with the arms' sizes where they are printed."""
    if "n_t" not in x:
        return x["events"] / 4
    return x["events"] * x["n_t"] * x["n_c"] / (x["n_t"] + x["n_c"]) ** 2


def _ratio_and_events(x: Values) -> tuple[float, float]:
    return math.log(x["hr"]), _v_of_events(x) ** -0.5


def _p_and_events_by_arm(x: Values) -> tuple[float, float]:
    v = x["events_t"] * x["events_c"] / (x["events_t"] + x["events_c"])
    return _z(x["p"]) / v**0.5, v**-0.5


def _p_and_events(x: Values) -> tuple[float, float]:
    v = _v_of_events(x)
    return _z(x["p"]) / v**0.5, v**-0.5


def _landmark(x: Values) -> tuple[float, float]:
    treated, control = x["surv_t"] / 100, x["surv_c"] / 100
    events = x["n_t"] * (1 - treated) + x["n_c"] * (1 - control)
    return math.log(math.log(treated) / math.log(control)), 2 / events**0.5


EQUAL_ARMS = "The arms are taken as equally large."
APPROXIMATE = "The variance is approximated from the events: it is exact only for equal arms and small effects."
ONE_TIME = "The hazard ratio comes from survival at one time: hazards are taken as proportional, and the events are approximated."

ROUTES = {
    route.code: route
    for route in (
        ReportRoute(
            code="o-e-v",
            label="O - E and V",
            needs=("o_minus_e", "v"),
            compute=_o_minus_e,
        ),
        ReportRoute(
            code="hr-ci",
            label="hazard ratio and interval",
            needs=("hr", "ci_low", "ci_high"),
            compute=_interval,
        ),
        ReportRoute(
            code="ci", label="interval", needs=("ci_low", "ci_high"), compute=_interval
        ),
        ReportRoute(
            code="o-e",
            label="observed and expected events of both arms",
            needs=("events_t", "expected_t", "events_c", "expected_c"),
            compute=_expected,
        ),
        ReportRoute(
            code="hr-p",
            label="hazard ratio and P",
            needs=("hr", "p"),
            compute=_ratio_and_p,
        ),
        ReportRoute(
            code="hr-events-arm",
            label="hazard ratio and events of each arm",
            needs=("hr", "events_t", "events_c"),
            compute=_ratio_and_events_by_arm,
            caution=APPROXIMATE,
        ),
        ReportRoute(
            code="hr-events-n",
            label="hazard ratio, events and sizes of the arms",
            needs=("hr", "events", "n_t", "n_c"),
            compute=_ratio_and_events,
            caution=APPROXIMATE,
        ),
        ReportRoute(
            code="hr-events",
            label="hazard ratio and events",
            needs=("hr", "events"),
            compute=_ratio_and_events,
            caution=EQUAL_ARMS,
        ),
        ReportRoute(
            code="p-events-arm",
            label="P and events of each arm",
            needs=("p", "events_t", "events_c"),
            compute=_p_and_events_by_arm,
            direction=True,
            caution=APPROXIMATE,
        ),
        ReportRoute(
            code="p-events-n",
            label="P, events and sizes of the arms",
            needs=("p", "events", "n_t", "n_c"),
            compute=_p_and_events,
            direction=True,
            caution=APPROXIMATE,
        ),
        ReportRoute(
            code="p-events",
            label="P and events",
            needs=("p", "events"),
            compute=_p_and_events,
            direction=True,
            caution=EQUAL_ARMS,
        ),
        ReportRoute(
            code="landmark",
            label="survival at one time",
            needs=("surv_t", "n_t", "surv_c", "n_c"),
            compute=_landmark,
            caution=ONE_TIME,
        ),
    )
}

KNOWN = tuple(
    dict.fromkeys(
        [name for route in ROUTES.values() for name in route.needs] + ["ci_level"]
    )
)
