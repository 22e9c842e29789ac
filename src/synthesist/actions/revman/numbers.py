"""The numbers of one entry of a RevMan 5 outcome, and the rules it is pooled by."""

from __future__ import annotations

import math
from collections.abc import Mapping

from synthesist.formats.revman_data import Entry, RevManOutcome

#: Where RevMan's own measures go; what is not here is an effect with standard error.
_MEASURES = {
    "RR": "RR",
    "OR": "OR",
    "RD": "RD",
    "PETO_OR": "PETO",
    "MD": "MD",
    "SMD": "SMD",
}


class Unfit(Exception):
    """An entry cannot become rows; the argument says why."""


def measure_of(outcome: RevManOutcome) -> str:
    """Return the measure that an outcome of RevMan 5 is pooled by."""
    if outcome.kind == "observed minus expected":
        return "HR"
    if outcome.kind == "generic inverse variance":
        return "GEN"
    given = outcome.computed.get("EFFECT_MEASURE", "")
    return _MEASURES.get(given, "RR" if outcome.kind == "dichotomous" else "MD")


def rules_of(outcome: RevManOutcome) -> dict[str, str]:
    """Return the rules of an analysis that are not RevMan 5's for random effects."""
    rules = {"profile": "revman5"}
    method = outcome.computed.get("METHOD", "")
    if method == "PETO" or measure_of(outcome) == "PETO":
        return rules | {"model": "peto"}
    if outcome.computed.get("RANDOM", "NO") == "YES":
        return rules
    return rules | ({"model": "mh"} if method == "MH" else {"tau2": "CE"})


def numbers_of(outcome: RevManOutcome, entry: Entry) -> tuple[Mapping[str, str], ...]:
    """Return the numbers of an entry: two rows of arms, or one that compares them.

    Empty attributes, and zeros where nobody was counted, are what was not
    reported.
    """
    sides = ("1", "2")
    totals = {
        side: read_count(entry[f"TOTAL_{side}"], "participants") for side in sides
    }
    if outcome.kind == "dichotomous":
        swap = outcome.computed.get("SWAP_EVENTS") == "YES"
        return tuple(
            _events(entry[f"EVENTS_{side}"], totals[side], swap=swap) for side in sides
        )
    if outcome.kind == "continuous":
        return tuple(
            {
                "n": str(totals[side]),
                "mean": _checked(entry[f"MEAN_{side}"]),
                "sd": _checked(entry[f"SD_{side}"]),
            }
            if totals[side]
            else {}
            for side in sides
        )
    if outcome.kind == "observed minus expected":
        v = entry["VAR"]
        if not read_number(v):
            return ({"note": _who(entry, totals)},)
        return (
            {
                "o_minus_e": _checked(entry["O_E"]),
                "v": _checked(v),
                "note": _who(entry, totals),
            },
        )
    if not read_number(entry["SE"]):
        return ({"note": _who(entry, totals)},)
    return (
        {
            "mean": _checked(entry["ESTIMATE"] or _analysis_scale(entry)),
            "se": _checked(entry["SE"]),
            "note": _who(entry, totals),
        },
    )


def _events(text: str, total: int | None, *, swap: bool) -> dict[str, str]:
    """Return the events of an arm."""
    if not total:
        return {}
    events = read_count(text, "events")
    if events is None:
        return {"n": str(total)}
    if events > total:
        raise Unfit(f"{events} events among {total} participants")
    if swap:
        note = f"{events} had the event; the file counts those who had not"
        return {"n": str(total), "events": str(total - events), "note": note}
    return {"n": str(total), "events": str(events)}


def _analysis_scale(entry: Entry) -> str:
    """Return the estimate where only the displayed effect is there."""
    logarithm = read_number(entry["LOG_EFFECT_SIZE"])
    # The file's logarithms are decimal ones.
    return entry["EFFECT_SIZE"] if logarithm is None else repr(logarithm * math.log(10))


def _who(entry: Entry, totals: Mapping[str, int | None]) -> str:
    """Say how many people a comparison rests on."""
    parts: list[str] = []
    for side, name in (("1", "treated"), ("2", "control")):
        events = read_count(entry[f"EVENTS_{side}"])
        if totals[side]:
            said = f"{events} of {totals[side]}" if events else f"{totals[side]}"
            parts.append(f"{name} {said}")
    return "; ".join(parts)


def read_number(text: str) -> float | None:
    """Read a number, None where there is none."""
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _checked(text: str) -> str:
    """Return a number as it is printed, or nothing."""
    if text and read_number(text) is None:
        raise Unfit(f"'{text[:40]}' is no number")
    return text


def read_count(text: str, what: str = "") -> int | None:
    """Read a whole number, None where there is none."""
    if not text:
        return None
    value = read_number(text)
    if value is None or value != int(value) or value < 0:
        if not what:
            return None
        raise Unfit(f"'{text[:40]}' {what} are no whole number")
    return int(value)


def read_p(text: str) -> str:
    """Return a P value, or nothing."""
    value = read_number(text)
    return text if value is not None and 0 <= value <= 1 else ""
