"""Doses: the sum of a schedule, and a dose by weight or body surface."""

from __future__ import annotations

import math
import re
from typing import Any

from synthesist.checks import fields as f
from synthesist.checks import reading
from synthesist.checks.kind import Field, Given, Impossible, Kind, Outcome
from synthesist.checks.ranges import Span, exact, ratio
from synthesist.errors import InvalidInput

GROUP = "Doses"

#: International units in one of these.
UNITS = {"iu": 1.0, "u": 1.0, "kiu": 1e3, "miu": 1e6, "wiu": 1e4, "mu": 1e6}
MEASURED = re.compile(r"([\d.,]+) ?([a-zA-Zµ]*)(?: ?/ ?([\w²]+))?")


def schedule(g: Given) -> Outcome:
    """Return the sum of a schedule, its numbers taken exactly."""
    if "schedule" in g:
        parts: list[list[float]] = g.values["schedule"]
    else:
        columns = [[v.value for v in g.values[n]] for n in ("dose", "per_day", "days") if n in g]  # fmt: skip
        longest = max(map(len, columns))
        if any(len(column) not in (1, longest) for column in columns):
            raise Impossible("There are not as many days as doses.")
        parts = [[c[i if len(c) > 1 else 0] for c in columns] for i in range(longest)]
    return Outcome(implied={"dose": exact(math.fsum(math.prod(p) for p in parts))})


def convert(g: Given) -> Outcome:
    """Return a dose by weight or surface, or a flat one from it."""
    given = "dose" if "dose" in g else "dose_miu"
    amount, unit, per = g.values[given]
    unit = unit or ("miu" if given == "dose_miu" else "")
    target, target_per = _unit(g.text("to") or "iu/kg")
    unit = unit or g.text("unit").partition("/")[0] or "iu"
    per = per or g.text("unit").partition("/")[2]
    for name in (unit, target):
        if name not in UNITS:
            raise Impossible(f"{name} has no fixed number of international units.")
    scale = amount * UNITS[unit] / UNITS[target]
    size = {"kg": "weight", "m2": "surface", "m²": "surface", "": ""}
    if {per, target_per} - size.keys():
        raise Impossible(f"A dose is flat, per kg or per m2, not per {per or target_per}.")  # fmt: skip
    found = exact(scale)
    for name, inward in ((size[per], True), (size[target_per], False)):
        if not name or size[per] == size[target_per]:
            continue
        if name not in g:
            raise Impossible(f"The {name} is missing.")
        body = g.span(name)
        found = Span(found.low * body.low, found.high * body.high) if inward else ratio(found, body)  # fmt: skip
    return Outcome(implied={"dose": found})


def _unit(text: str) -> tuple[str, str]:
    unit, _, per = text.lower().replace(" ", "").partition("/")
    return unit, per


def _measured(text: Any) -> tuple[float, str, str]:
    """Read an amount with its unit, such as 1 MIU or 0.9 MIU/m2."""
    found = MEASURED.match(str(text).strip())
    if not found:
        raise InvalidInput(f"'{text}' is no dose.", remedy="write 1 MIU or 0.9 MIU/m2")
    return reading.number(found[1]).value, found[2].lower(), (found[3] or "").lower()


def _body(text: Any) -> Any:
    """Read a weight or a surface, its unit left out."""
    return reading.number(re.sub(r"\s*(kg|m2|m²)$", "", str(text).strip()))


def _terms(text: Any) -> list[list[float]]:
    """Read 9x4+1.6x10, or 9 MIU/m2 x 2/day x 2 days."""
    parts = reading.items_of(text) or str(text).split("+")
    found = [
        [_measured(factor)[0] for factor in re.split(r"[x×*]", str(part)) if factor.strip()]
        for part in parts
    ]  # fmt: skip
    if not all(found):
        raise InvalidInput(f"'{text}' is no schedule.", remedy="write 9x4+1.6x10")
    return found


def _exactly(given: Any) -> tuple[Any, ...]:
    return tuple(reading.nominal(_measured(text)[0]) for text in reading.texts(given))


def _texts_of(given: Any) -> tuple[Any, ...]:
    return _exactly(given if isinstance(given, list) else [given])


ASK = (
    "What was planned and what was received, in which unit, at each day of the course?"
)
SOURCE = "Arithmetic of a schedule: dose x times a day x days, added over its parts"
BODY = "Arithmetic: IU = 10^-6 MIU = 10^-4 WIU; body surface and weight as printed"
PARTS = (
    f.several(Field("dose", "amount at a time", _texts_of, ("amount", "dose_each"))),
    f.several(Field("per_day", "times a day", _texts_of, ("times_per_day", "times", "doses_per_day", "per_cycle"))),
    f.several(Field("days", "days", _texts_of, ("n_days", "doses", "injections", "day", "number"))),
)  # fmt: skip
SCHEDULE = Field("schedule", "all parts, as 9x4+1.6x10", _terms, ("expression", "input", "regimen", "course"))  # fmt: skip

KINDS = (
    Kind(code="dose", label="Dose of a course", group=GROUP, rule="sum of dose x times a day x days", fields=(*PARTS, SCHEDULE),
         needs=(("dose", "days"), ("dose", "per_day"), ("schedule",)), gives=("dose",), answer=schedule, source=SOURCE, ask=ASK,
         prints="", synonyms=("dose_miu_m2", "dose_sum", "cumulative_dose", "dose_of_course")),
    Kind(code="dose_convert", label="Dose by weight or body surface", group=GROUP, rule="amount x IU of its unit, over weight or surface",
         fields=(Field("dose", "amount with its unit, as 1 MIU", _measured, ("amount", "flat", "flat_dose")), Field("dose_miu", "amount in MIU", _measured), Field("unit", "unit, where the amount has none", f.word, ("from", "dose_unit")),
                 Field("to", "unit of the answer, IU/kg unless given", f.word, ("target", "target_unit", "into")),
                 Field("weight", "body weight in kg", _body, ("weight_kg", "kg", "body_weight")), Field("surface", "body surface in m2", _body, ("bsa", "body_surface", "m2"))),
         needs=(("dose",), ("dose_miu",)), gives=("dose",), answer=convert, source=BODY, ask=ASK, synonyms=("dose_per_kg", "dose_per_m2", "dose_conversion")),
)  # fmt: skip
