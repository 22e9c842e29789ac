"""Read one reported result, let its check answer, and say whether the digits agree."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any

from synthesist.checks import reading
from synthesist.checks.finding import Finding, shown
from synthesist.checks.items import as_object, choose, is_whole, needs_of, read_item
from synthesist.checks.kind import (
    CONSISTENT,
    INCONSISTENT,
    UNDECIDABLE,
    Given,
    Impossible,
    Kind,
    Lacking,
    Outcome,
)
from synthesist.checks.printed import PrintedNumber
from synthesist.checks.ranges import Span
from synthesist.checks.registry import find_kinds
from synthesist.errors import InvalidInput, SynthesistError
from synthesist.numerics.printing import listed

KEYS = ("id", "kind", "given", "printed")

#: What says nothing of a quantity that cannot be below zero.
OPEN_FROM = 1e-12


def judge(item: Any) -> Finding:
    """Answer one reported result; what cannot be read becomes an answer with `error`."""
    line = as_object(item)
    name, code = line.get("id"), line.get("kind")
    try:
        kind = _kind_of(item, line)
        given, printed, notes = read_item(kind, line)
    except SynthesistError as error:
        return Finding(
            id=None if name is None else str(name),
            kind=None if code is None else str(code),
            verdict=None,
            error=" ".join(str(problem) for problem in error.problems),
        )
    return _answer(None if name is None else str(name), kind, given, printed, notes)


def _kind_of(item: Any, line: Mapping[str, Any]) -> Kind:
    """Return the check that a line asks for."""
    if not isinstance(item, Mapping):
        raise InvalidInput(
            "A reported result is an object with id, kind, given and printed.",
            remedy='write {"id": ..., "kind": ..., "given": {...}, "printed": ...}',
        )
    for key in line:
        # Notes of one's own are passed over, and a slip of the pen is not.
        if key not in KEYS and (near := get_close_matches(key.lower(), KEYS, 1)):
            raise InvalidInput(f"Unknown key {key}.", remedy=f"did you mean {near[0]}?")
    if not isinstance(line.get("kind"), str):
        raise InvalidInput("The kind of check is not named.", remedy="give kind")
    return choose(find_kinds(line["kind"]), as_object(line.get("given")))


def _answer(
    name: str | None,
    kind: Kind,
    given: Given,
    printed: dict[str, PrintedNumber],
    notes: str,
) -> Finding:
    """Let the rule answer and compare."""
    hint = ""
    try:
        if not is_whole(kind, given.values):
            missing = min(
                ([n for n in names if n not in given] for names in kind.needs), key=len
            )
            raise Lacking(f"{listed(missing)} missing; {kind.code} needs {needs_of(kind)}.")  # fmt: skip
        outcome = kind.answer(given)
        verdict, reason = outcome.verdict, outcome.reason
        if not verdict:
            verdict, reason = _compare(outcome, printed)
            reason = reason or outcome.reason
        if verdict == INCONSISTENT:
            hint = _hint(outcome, printed)
    except Lacking as error:
        outcome, verdict = Outcome(implied={}), UNDECIDABLE
        reason = str(error)
    except Impossible as error:
        outcome, verdict = Outcome(implied={}), INCONSISTENT
        reason = str(error)
    except ArithmeticError:
        outcome, verdict = Outcome(implied={}), UNDECIDABLE
        reason = "The numbers are too large or too small to compute with."
    shows = {key: value.text for key, value in printed.items()}
    caution = f" {outcome.caution}" if outcome.caution else ""
    return Finding(
        id=name,
        kind=kind.code,
        verdict=verdict,
        implied=outcome.implied,
        rule=_rule(kind, given, outcome, shows, verdict, reason) + caution + notes + f" Source: {kind.source}",
        ask=_ask(kind, verdict, reason, hint),
        reason=reason,
        label=kind.label,
        given=given.printed,
        printed=shows,
    )  # fmt: skip


def _compare(outcome: Outcome, printed: Mapping[str, PrintedNumber]) -> tuple[str, str]:
    """Say whether what is printed can follow, by one of the routes."""
    routes = outcome.routes or (outcome.implied,)
    names = [name for name in printed if any(name in route for route in routes)]
    if not printed and outcome.alone:
        return outcome.alone, ""
    if not printed:
        return UNDECIDABLE, "Nothing was printed to compare with."
    if not names:
        return UNDECIDABLE, f"No {listed([*printed])} follows from what is given."
    fitting = [
        route
        for route in routes
        if all(
            name in route and route[name].meets(reading.span(printed[name]))
            for name in names
        )
    ]
    if not fitting:
        return INCONSISTENT, ""
    if all(_open(name, route[name]) for route in fitting for name in names):
        return UNDECIDABLE, "The rounding of the digits leaves every value possible."
    return CONSISTENT, ""


def _open(name: str, span: Span) -> bool:
    """Whether a span says nothing at all."""
    if name.startswith("p") and span.low <= OPEN_FROM and span.high >= 1:
        return True
    return span.low <= OPEN_FROM and span.high == float("inf")


def _hint(outcome: Outcome, printed: Mapping[str, PrintedNumber]) -> str:
    """Name what else gives the printed value."""
    fits = [
        words
        for words, spans in outcome.hints.items()
        if any(name in spans for name in printed)
        and all(
            spans[name].meets(reading.span(value))
            for name, value in printed.items()
            if name in spans
        )
    ]
    return f"The printed value is that of {listed(fits)}. " if fits else ""


def _rule(
    kind: Kind,
    given: Given,
    outcome: Outcome,
    printed: Mapping[str, str],
    verdict: str,
    reason: str,
) -> str:
    """Name the test, its inputs and its result."""
    inputs = ", ".join(f"{name} {text}" for name, text in given.printed.items())
    implied = ", ".join(shown(name, span) for name, span in outcome.implied.items())
    parts = [f"{kind.label} ({kind.code}): {inputs}"]
    if implied:
        parts.append(f"implied {implied}")
    if printed:
        shows = ", ".join(f"{n.replace('_', ' ')} {t}" for n, t in printed.items())
        parts.append(f"printed {shows}")
    return f"{'; '.join(parts)}; {verdict}.{' ' if reason else ''}{reason}"


def _ask(kind: Kind, verdict: str, reason: str, hint: str) -> str:
    if verdict == CONSISTENT:
        return ""
    if verdict == UNDECIDABLE:
        return f"Undecidable: {reason} {kind.ask}".strip()
    return f"{hint}{kind.ask}"
