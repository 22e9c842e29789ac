"""Read one reported result, let its check answer, and say whether the digits agree."""

from __future__ import annotations

import re
from collections.abc import Mapping
from difflib import get_close_matches
from functools import cache, lru_cache
from typing import Any, cast

from synthesist.checks import reading
from synthesist.checks.fields import CORRELATIONS, DIFFERENCES, PROPORTIONS, RATIOS
from synthesist.checks.finding import Finding, shown
from synthesist.checks.kind import (
    CONSISTENT,
    INCONSISTENT,
    UNDECIDABLE,
    Field,
    Given,
    Impossible,
    Kind,
    Lacking,
    Outcome,
)
from synthesist.checks.printed import PrintedNumber
from synthesist.checks.ranges import Span
from synthesist.checks.registry import KINDS, find_kind
from synthesist.errors import InvalidInput, SynthesistError
from synthesist.numerics.printing import listed

KEYS = ("id", "kind", "given", "printed")
NOT_PRINTED = ("", "nr", "not reported", "not printed", "-", "none", "na", "n/a", "?")
NUMBERED = re.compile(r"(.+?)_?(\d+)")

#: Results that are counted, so that a whole number is not rounded.
WHOLE = ("events", "n", "total", "df", "denominator")

#: What says nothing of a quantity that cannot be below zero.
OPEN_FROM = 1e-12


def judge(item: Any) -> Finding:
    """Answer one reported result; what cannot be read becomes an answer with `error`."""
    line = _object(item)
    name, code = line.get("id"), line.get("kind")
    try:
        kind = _kind_of(item, line)
        given, printed, notes = _read(kind, line)
    except SynthesistError as error:
        return Finding(
            id=None if name is None else str(name),
            kind=None if code is None else str(code),
            verdict=None,
            error=" ".join(str(problem) for problem in error.problems),
        )
    return _answer(None if name is None else str(name), kind, given, printed, notes)


def _object(item: Any) -> dict[str, Any]:
    """Return a mapping with keys of text, an empty one for anything else."""
    if not isinstance(item, Mapping):
        return {}
    return {str(key): value for key, value in cast("Mapping[Any, Any]", item).items()}


def _kind_of(item: Any, line: Mapping[str, Any]) -> Kind:
    """Return the check that a line asks for."""
    if not isinstance(item, Mapping):
        raise InvalidInput(
            "A reported result is an object with id, kind, given and printed.",
            remedy='write {"id": ..., "kind": ..., "given": {...}, "printed": ...}',
        )
    if unknown := [key for key in line if key not in KEYS]:
        raise InvalidInput(
            f"Unknown key {listed(unknown)}.", remedy=f"use {listed(KEYS)}"
        )
    if not isinstance(line.get("kind"), str):
        raise InvalidInput("The kind of check is not named.", remedy="give kind")
    return find_kind(line["kind"])


@cache
def _names(code: str) -> dict[str, Field]:
    """Return the fields of a kind by every name they answer to."""
    kind = KINDS[code]
    found: dict[str, Field] = {}
    for field in kind.fields:
        found.setdefault(field.name, field)
    for field in kind.fields:
        for synonym in field.synonyms:
            if synonym not in kind.gives:
                found.setdefault(synonym, field)
    return found


@lru_cache(maxsize=4096)
def _normal(name: str) -> str:
    return re.sub(r"\W+", "_", str(name).strip().lower()).strip("_") or str(name)


def _read(
    kind: Kind, item: Mapping[str, Any]
) -> tuple[Given, dict[str, PrintedNumber], str]:
    """Read the given quantities and the printed one by the kind's fields."""
    raw = _object(item.get("given"))
    if not isinstance(item.get("given"), Mapping):
        raise InvalidInput(
            "The given quantities are missing.",
            remedy='write "given": {name: text as printed}',
        )
    known = _names(kind.code)
    values: dict[str, Any] = {}
    texts: dict[str, str] = {}
    rows: dict[str, list[tuple[int, Any]]] = {}
    printed: dict[str, Any] = {}
    unused: list[str] = []
    measure = ""
    for key, text in {**kind.preset, **raw}.items():
        name = _normal(key)
        if text is None or (isinstance(text, str) and not text.strip()):
            continue
        field = known.get(name)
        numbered = None if field else NUMBERED.fullmatch(name)
        if field:
            values[field.name] = _value(field, key, text)
            texts[str(key)] = _text(text)
            if field.name in ("estimate", "estimates"):
                measure = measure or name.rstrip("s")
        elif numbered and (base := known.get(numbered[1])) and base.several:
            rows.setdefault(base.name, []).append((int(numbered[2]), text))
            measure = measure or (numbered[1] if base.name == "estimates" else "")
            texts[str(key)] = _text(text)
        elif name in kind.gives:
            printed[name] = text
        else:
            unused.append(str(key))
    for name, entries in rows.items():
        ordered = [text for _, text in sorted(entries, key=lambda entry: entry[0])]
        values[name] = _value(known[name], name, ordered)
    shows = _printed(kind, known, item.get("printed"), values, texts)
    shows |= {name: _read_result(name, text) for name, text in printed.items()}
    if unused and not _whole(kind, values):
        raise InvalidInput(
            f"{kind.code} has no field {listed(unused)}.",
            remedy=_suggest(unused[0], known) + f"it needs {_needs(kind)}",
        )
    scale = str(values.get("measure", "")).strip().lower() or _scale_of(measure)
    notes = f" Not used: {listed(unused)}." if unused else ""
    return Given(values, texts, scale), shows, notes


def _value(field: Field, key: Any, text: Any) -> Any:
    try:
        return field.read(text)
    except SynthesistError as error:
        problem = error.problems[0]
        raise InvalidInput(problem.message, where=str(key), remedy=problem.remedy) from None  # fmt: skip


def _printed(
    kind: Kind,
    known: Mapping[str, Field],
    raw: Any,
    values: dict[str, Any],
    texts: dict[str, str],
) -> dict[str, PrintedNumber]:
    """Read what was printed as the result: one text, a pair, or texts by name."""
    if raw is None or (isinstance(raw, str) and raw.strip().lower() in NOT_PRINTED):
        return {}
    if isinstance(raw, Mapping):
        named = _object(raw)
    else:
        parts = reading.items_of(raw)
        text = str(raw) if parts is None else "; ".join(map(str, parts))
        named = _by_name(kind, known, text)
    found: dict[str, PrintedNumber] = {}
    for key, text in named.items():
        name = _normal(key)
        if text is None:
            continue
        field = known.get(name)
        result = name if name in kind.gives or not field else field.name
        if result in kind.gives and result != kind.prints:
            found[result] = _read_result(result, text)
        elif field is not None:
            values[field.name] = _value(field, key, text)
            texts[str(key)] = _text(text)
        else:
            raise InvalidInput(
                f"{kind.code} gives no {key}.",
                remedy=f"it gives {listed(kind.gives)}",
            )
    return found


def _by_name(kind: Kind, known: Mapping[str, Field], text: str) -> dict[str, str]:
    """Name the numbers of a bare printed text."""
    first = kind.prints or kind.gives[0]
    parts = () if reading.is_number(text) else reading.numbers_in(text)
    pair = [n for n in ("ci_low", "ci_high") if n in kind.gives or n in known]
    if len(parts) < 2 or len(pair) < 2:
        return {first: text}
    if len(parts) == 2:
        return dict(zip(pair, parts, strict=True))
    return dict(zip((first, *pair), parts, strict=False))


def _read_result(name: str, text: Any) -> PrintedNumber:
    """Read a printed result by what it is."""
    if name == "p" or name.startswith("p_"):
        return reading.p_value(text)
    if isinstance(text, str) and not reading.is_number(text):
        found = reading.numbers_in(text)
        text = found[0] if len(found) == 1 else text
    return reading.amount(text) if name in WHOLE else reading.number(text)


def _scale_of(name: str) -> str:
    known = (*RATIOS, *DIFFERENCES, *PROPORTIONS, *CORRELATIONS)
    return name if name in known and name not in ("log", "mean") else ""


def _whole(kind: Kind, values: Mapping[str, Any]) -> bool:
    return any(all(name in values for name in names) for names in kind.needs)


def _needs(kind: Kind) -> str:
    return ", or ".join(" ".join(names) for names in kind.needs)


def _suggest(name: str, known: Mapping[str, Field]) -> str:
    near = get_close_matches(_normal(name), known, 1)
    return f"did you mean {known[near[0]].name}? " if near else ""


def _text(value: Any) -> str:
    parts = reading.items_of(value)
    return str(value) if parts is None else ", ".join(map(str, parts))


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
        if not _whole(kind, given.values):
            missing = min(
                ([n for n in names if n not in given] for names in kind.needs), key=len
            )
            raise Lacking(f"{listed(missing)} missing; {kind.code} needs {_needs(kind)}.")  # fmt: skip
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
