"""Whole trials: P values at baseline, and two reports of the same participants."""

from __future__ import annotations

import math
import re
from datetime import date
from statistics import NormalDist
from typing import Any

from synthesist.checks import fields as f
from synthesist.checks import reading
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
from synthesist.checks.ranges import Span, exact
from synthesist.errors import InvalidInput
from synthesist.numerics.tails import chi2_upper

GROUP = "Whole trials"
NORMAL = NormalDist()

#: Combined P values below this are called a contradiction to chance; below the
#: second, something to look at.
NEVER, RARELY = 1e-8, 1e-3
CAUTION = "Variables of one table are correlated and not all of them normal, which alone makes combined P values extreme; see doi:10.1111/anae.13938."


def _z(p: float) -> float:
    return NORMAL.inv_cdf(min(max(p, 1e-300), 1 - 1e-16))


def baseline(g: Given) -> Outcome:
    """Combine P values at baseline: too far apart, or too much alike, for chance.

    P values printed as 1 come from tests of counts, whose P values are not spread
    evenly; they say nothing of groups too much alike.
    """
    ps: tuple[PrintedNumber, ...] = g.values["p_values"]
    if len(ps) < 2:
        raise Lacking("Two P values or more are needed.")
    logs = Span(*(-2 * math.fsum(math.log(max(x, 1e-300)) for x in ends)
                  for ends in ([p.high for p in ps], [p.low for p in ps])))  # fmt: skip
    df = 2 * len(ps)
    implied = {"p_different": Span(chi2_upper(logs.high, df), chi2_upper(logs.low, df))}  # fmt: skip
    counted = any(p.high >= 1 for p in ps)
    if not counted:
        root = math.sqrt(len(ps))
        z = [math.fsum(_z(x) for x in ends) / root for ends in ([p.low for p in ps], [p.high for p in ps])]  # fmt: skip
        implied["p_alike"] = Span(_upper(z[1]), _upper(z[0]))
    extreme = [name for name, span in implied.items() if span.high < NEVER]
    rare = [name for name, span in implied.items() if span.high < RARELY]
    words = {"p_different": "The groups differ more at baseline than chance makes them.",
             "p_alike": "The groups are more alike at baseline than chance makes them."}  # fmt: skip
    if extreme:
        return Outcome(implied=implied, verdict=INCONSISTENT, reason=words[extreme[0]], caution=CAUTION)  # fmt: skip
    if rare:
        return Outcome(implied=implied, verdict=UNDECIDABLE, reason=f"Rare, but not so rare as to speak for itself: {words[rare[0]][0].lower()}{words[rare[0]][1:]}", caution=CAUTION)  # fmt: skip
    return Outcome(implied=implied, verdict=CONSISTENT, caution=CAUTION)


def _upper(z: float) -> float:
    return math.erfc(z / math.sqrt(2)) / 2


def same_participants(g: Given) -> Outcome:
    """Say whether two reports can hold the same participants."""
    implied: dict[str, Span] = {}
    if "n_1" in g and "n_2" in g:
        few = min(g.whole("n_1"), g.whole("n_2"))
        implied["shared"] = Span(0.0, float(few))
    ids = [_registrations(g.text(f"registry_{i}")) for i in (1, 2)]
    if shared := ids[0] & ids[1]:
        return _overlap(implied, INCONSISTENT, f"Both reports name {sorted(shared)[0].upper()}: they are one trial, not two.")  # fmt: skip
    centres = [_words(g.text(f"centre_{i}")) for i in (1, 2)]
    names = [_words(g.text(f"authors_{i}")) for i in (1, 2)]
    days = _shared_days(g)
    if days is not None:
        implied["shared_days"] = exact(float(max(0, days)))
        if days <= 0:
            return _apart(implied, "They recruited at different times.")
    if all(centres) and not centres[0] & centres[1]:
        return _apart(implied, "They recruited at different centres.")
    if all(ids):
        return _apart(implied, "They have different registrations.")
    if all(centres) and days is not None:
        same_n = "n_1" in g and g.whole("n_1") == g.whole("n_2")
        if same_n:
            return _overlap(implied, INCONSISTENT, "The same centre, time and number of participants: they are hardly two sets of people.")  # fmt: skip
        return _overlap(implied, UNDECIDABLE, "The same centre recruited at the same time.")  # fmt: skip
    known = [w for w, pair in (("centre", centres), ("authors", names)) if all(pair) and pair[0] & pair[1]]  # fmt: skip
    reason = f"The same {' and '.join(known)}. " if known else ""
    return _overlap(implied, UNDECIDABLE, f"{reason}Registration, or centre and dates of both reports, missing.")  # fmt: skip


def _overlap(implied: dict[str, Span], verdict: str, reason: str) -> Outcome:
    return Outcome(implied=implied, verdict=verdict, reason=reason)


def _apart(implied: dict[str, Span], reason: str) -> Outcome:
    if "shared" in implied:
        implied["shared"] = exact(0.0)
    return Outcome(implied=implied, verdict=CONSISTENT, reason=reason)


def _registrations(text: str) -> set[str]:
    """Return the registry ids of a text, without what varies in writing."""
    return {re.sub(r"[^a-z0-9]", "", part) for part in re.split(r"[;,\s]+", text) if part.strip()}  # fmt: skip


def _words(text: str) -> set[str]:
    return {part.strip() for part in re.split(r"[;,]", text) if part.strip()}


def _shared_days(g: Given) -> int | None:
    """Return on how many days both recruited, None where a date is missing."""
    names = ("start_1", "end_1", "start_2", "end_2")
    if any(name not in g for name in names):
        return None
    start_1, end_1, start_2, end_2 = (g.values[name] for name in names)
    if end_1[1] < start_1[0] or end_2[1] < start_2[0]:
        raise Impossible("A report ends its recruitment before it begins.")
    latest, first = max(start_1[0], start_2[0]), min(end_1[1], end_2[1])
    return (first - latest).days + 1


def _days(text: Any) -> tuple[date, date]:
    """Read a date, a month or a year as its first and last day."""
    found = re.fullmatch(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?", str(text).strip())
    if not found:
        raise InvalidInput(f"'{text}' is no date.", remedy="write 2015-03-01, 2015-03 or 2015")  # fmt: skip
    year, month, day = (int(part) if part else None for part in found.groups())
    try:
        first = date(year or 1, month or 1, day or 1)
        if day:
            return first, first
        last_month = month or 12
        following = date(first.year + last_month // 12, last_month % 12 + 1, 1)
    except ValueError as error:
        raise InvalidInput(f"'{text}' is no date.", remedy="write 2015-03-01") from error  # fmt: skip
    return first, date.fromordinal(following.toordinal() - 1)


P_VALUES = f.several(Field("p_values", "P values at baseline", f.p_values, ("p", "ps", "p_value", "values")))  # fmt: skip
CARLISLE = "Carlisle JB. Anaesthesia 2017;72:944. doi:10.1111/anae.13938"
HANDBOOK = "Cochrane Handbook, chapter 4: Lefebvre C et al. Searching for and selecting studies (reports of one study). 2019. doi:10.1002/9781119536604.ch4"


def _two(name: str, meaning: str, read: Any, *synonyms: str) -> tuple[Field, ...]:
    return tuple(
        Field(f"{name}_{i}", f"{meaning}, report {i}", read, (f"{name}{i}", *(f"{s}_{i}" for s in synonyms)))
        for i in (1, 2)
    )  # fmt: skip


KINDS = (
    Kind(code="baseline_p_values", label="P values at baseline", group=GROUP,
         rule="Fisher's and Stouffer's combination of P values, which chance spreads evenly", fields=(P_VALUES,), needs=(("p_values",),),
         gives=("p_different", "p_alike"), answer=baseline, source=CARLISLE,
         ask="How were participants allocated, and are the numbers of this table means with standard deviations of all who were randomised?",
         synonyms=("carlisle", "baseline", "baseline_p", "baseline_table", "carlisle_test", "baseline_p_value", "baseline_ps")),
    Kind(code="same_participants", label="The same participants in two reports", group=GROUP,
         rule="same registration; or same centre, dates and number; apart if centre, dates or registration differ",
         fields=(*_two("registry", "registration", f.word, "registry_id", "registration", "trial_id", "nct"), *_two("centre", "centres", f.word, "center", "site", "hospital"),
                 *_two("start", "first day of recruitment", _days, "from", "date_start", "start_date"), *_two("end", "last day of recruitment", _days, "to", "date_end", "end_date"),
                 *_two("n", "participants", reading.count, "size"), *_two("authors", "authors", f.word, "author")),
         needs=(("registry_1", "registry_2"), ("centre_1", "centre_2"), ("n_1", "n_2"), ("start_1", "end_1", "start_2", "end_2"), ("authors_1", "authors_2")),
         gives=("shared", "shared_days"), answer=same_participants, source=HANDBOOK,
         ask="Are participants of one report also in the other, and how many?", synonyms=("overlap", "overlapping_reports", "duplicate_participants", "same_patients", "shared_participants", "overlapping_participants", "double_publication")),
)  # fmt: skip
