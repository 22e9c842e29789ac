"""Read one reported result: its quantities by any of their names, and what was printed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from functools import cache, lru_cache
from typing import Any, cast

from synthesist.checks import reading
from synthesist.checks.fields import CORRELATIONS, DIFFERENCES, PROPORTIONS, RATIOS
from synthesist.checks.kind import Field, Given, Kind
from synthesist.checks.printed import PrintedNumber
from synthesist.checks.registry import KINDS
from synthesist.errors import InvalidInput, SynthesistError
from synthesist.numerics.printing import listed

NOT_PRINTED = ("", "nr", "not reported", "not printed", "-", "none", "na", "n/a", "?")
#: Limits that are printed together.
PAIRS = dict.fromkeys(("ci", "interval", "ci95", "ci_95", "95_ci", "confidence_interval", "limits"), ("ci_low", "ci_high")) | {
    "range": ("min", "max"), "iqr": ("q1", "q3"), "quartiles": ("q1", "q3"), "scale": ("scale_min", "scale_max"),
}  # fmt: skip

#: What the printed result may be called among the given quantities.
WHOLES = ("overall", "pooled", "printed", "reported", "whole")

#: An estimate with its interval in brackets.
WITH_INTERVAL = re.compile(r"\d\s*[(\[]")

NUMBERED = re.compile(r"(.+?)_?(\d+)")

#: Results that are counted, so that a whole number is not rounded.
WHOLE = ("events", "n", "total", "df", "denominator")


def as_object(item: Any) -> dict[str, Any]:
    """Return a mapping with keys of text, an empty one for anything else."""
    if not isinstance(item, Mapping):
        return {}
    return {str(key): value for key, value in cast("Mapping[Any, Any]", item).items()}


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


def read_item(
    kind: Kind, item: Mapping[str, Any]
) -> tuple[Given, dict[str, PrintedNumber], str]:
    """Read the given quantities and the printed one by the kind's fields."""
    raw = as_object(item.get("given"))
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
    for key, text in _expanded(known, {**kind.preset, **raw}):
        name = _normal(key)
        texts[key] = _text(text)
        if field := known.get(name):
            values[field.name] = _value(field, key, text)
            if field.name in ("estimate", "estimates"):
                measure = measure or name.rstrip("s")
        elif found := _numbered(kind.code, name):
            base, number, stem = found
            rows.setdefault(base.name, []).append((number, text))
            measure = measure or (stem if base.name == "estimates" else "")
        elif result := _result(kind, name):
            printed[result] = text
            del texts[key]
        else:
            unused.append(key)
            del texts[key]
    for name, entries in rows.items():
        ordered = [text for _, text in sorted(entries, key=lambda entry: entry[0])]
        values[name] = _value(known[name], name, ordered)
    shows = _printed(kind, known, item.get("printed"), values, texts)
    shows |= {name: _read_result(name, text) for name, text in printed.items()}
    shows = shows or _given_result(kind, known, texts)
    if unused and not is_whole(kind, values):
        raise InvalidInput(
            f"{kind.code} has no field {listed(unused)}.",
            remedy=_suggest(unused[0], known) + f"it needs {needs_of(kind)}",
        )
    scale = str(values.get("measure", "")).strip().lower() or _scale_of(measure)
    notes = f" Not used: {listed(unused)}." if unused else ""
    return Given(values, texts, scale), shows, notes


def choose(kinds: Sequence[Kind], raw: Mapping[str, Any]) -> Kind:
    """Return the check of a general name that what is given is enough for.

    One that knows every given name goes before one that does not, and else the
    first of them.
    """
    if len(kinds) == 1:
        return kinds[0]
    enough: list[Kind] = []
    for kind in kinds:
        known = _names(kind.code)
        names = [_normal(key) for key, _ in _expanded(known, {**kind.preset, **raw})]
        fields = [known.get(n) or (_numbered(kind.code, n) or (None,))[0] for n in names]  # fmt: skip
        if not is_whole(kind, {field.name: None for field in fields if field}):
            continue
        if all(f or _result(kind, n) for f, n in zip(fields, names, strict=True)):
            return kind
        enough.append(kind)
    return (*enough, *kinds)[0]


def _expanded(
    known: Mapping[str, Field], raw: Mapping[str, Any]
) -> Iterator[tuple[str, Any]]:
    """Give the quantities that are there, pairs such as ``ci`` and ``range`` in two."""
    for key, text in raw.items():
        if text is None or (isinstance(text, str) and not text.strip()):
            continue
        name = _normal(key)
        pair = PAIRS.get(name) if name not in known else None
        if pair and pair[0] in known:
            ends = reading.numbers_in(_text(text))
            if len(ends) == 2:
                yield from zip(pair, ends, strict=True)
                continue
        field = known.get(name)
        if field and field.name == "estimate" and "ci_low" in known and isinstance(text, str):  # fmt: skip
            ends = reading.numbers_in(text) if WITH_INTERVAL.search(text) else ()
            if len(ends) == 3:
                yield from zip((key, "ci_low", "ci_high"), ends, strict=True)
                continue
        yield key, text


@cache
def _stems(code: str) -> dict[str, Field]:
    """Return the fields that may be numbered, by every name."""
    several = [field for field in KINDS[code].fields if field.several]
    return {name: f for f in reversed(several) for name in (f.name, *f.synonyms)}


def _numbered(code: str, name: str) -> tuple[Field, int, str] | None:
    """Return field, number and name without it of ``hr_2`` and the like."""
    found = NUMBERED.fullmatch(name)
    if not found:
        return None
    field = _stems(code).get(found[1])
    return (field, int(found[2]), found[1]) if field else None


def _result(kind: Kind, name: str) -> str:
    """Return the result that a given name stands for, ``overall`` for the first."""
    if name in kind.gives:
        return name
    if name in WHOLES:
        return kind.gives[0]
    bare = name.partition("_")[2] if name.partition("_")[0] in WHOLES else ""
    return bare if bare in kind.gives else ""


def _given_result(
    kind: Kind, known: Mapping[str, Field], texts: Mapping[str, str]
) -> dict[str, PrintedNumber]:
    """Take the result from among the given quantities, where nothing needs it there."""
    first = kind.gives[0]
    if kind.prints or any(first in names for names in kind.needs):
        return {}
    for key, text in texts.items():
        if (field := known.get(_normal(key))) and field.name == first:
            return {first: _read_result(first, text)}
    return {}


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
        named = as_object(raw)
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


def is_whole(kind: Kind, values: Mapping[str, Any]) -> bool:
    """Whether one of the sets of fields that are enough is given."""
    return any(all(name in values for name in names) for names in kind.needs)


def needs_of(kind: Kind) -> str:
    """Write the sets of fields that are enough."""
    return ", or ".join(" ".join(names) for names in kind.needs)


def _suggest(name: str, known: Mapping[str, Field]) -> str:
    near = get_close_matches(_normal(name), known, 1)
    return f"did you mean {known[near[0]].name}? " if near else ""


def _text(value: Any) -> str:
    parts = reading.items_of(value)
    return str(value) if parts is None else ", ".join(map(str, parts))
