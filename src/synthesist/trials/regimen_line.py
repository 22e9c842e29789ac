"""Read a regimen from the line in which it is printed."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from synthesist.errors import InvalidInput
from synthesist.trials.schedule import LENGTHS, Count, Cycle, Part, Regimen, Rhythm
from synthesist.trials.units import (
    SIZE_FORM,
    UNIT_FORM,
    DoseUnit,
    size_named,
    unit_named,
)

#: Routes as they are written, and as they are read back.
ROUTES = {
    "SC": ("sc", "s.c.", "subcutaneous", "subcutaneously"),
    "IV": ("iv", "i.v.", "intravenous", "intravenously"),
    "CIV": ("civ", "continuous iv", "iv continuously", "continuous infusion"),
    "IM": ("im", "i.m.", "intramuscular", "intramuscularly"),
    "IP": ("ip", "i.p.", "intraperitoneal", "intraperitoneally"),
    "IT": ("it", "intratumoral", "intratumoural"),
    "inhaled": ("inhaled", "by inhalation"),
    "PO": ("po", "p.o.", "oral", "orally", "by mouth"),
}

_ROUTE_FORM = "|".join(
    re.escape(spelling)
    for spellings in ROUTES.values()
    for spelling in sorted(spellings, key=len, reverse=True)
)
_ROUTE_OF = {s: route for route, spellings in ROUTES.items() for s in spellings}

NUMBER = r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?:e\d+|\s?[x×]\s?10\^?\d+)?|10\^\d+"
RANGE = r"(?:\s*[-–]\s*|\s+to\s+)"
TIMES = {"once": 1, "twice": 2, "three times": 3, "thrice": 3, "four times": 4}
_TIMES = r"(once|twice|thrice|(?:three|four|\d+) times)"

#: A pause, by which the length of a cycle may be said.
OFF = r"(\d+) (day|week)s? (?:off|rest|of rest)\b"

#: What follows a number that is no day: ``day 1, 4 times``.
COUNTED = (
    r"\s?(?:times|doses?|infusions?|injections?|days?|weeks?|months?|cycles?|to\b|[-–])"
)

#: Short forms of rhythms, as prescriptions write them.
SHORT = {
    "qd": Rhythm(),
    "bd": Rhythm(times=2),
    "bid": Rhythm(times=2),
    "tid": Rhythm(times=3),
    "tds": Rhythm(times=3),
    "qid": Rhythm(times=4),
    "qod": Rhythm(every=2),
    "qw": Rhythm(every=7),
}

HOW = "write each part as dose, unit, route, rhythm and days, parts apart by ';', such as: 9 MIU/m2 SC twice daily days 1-2; 0.9 MIU/m2 SC twice daily 5 days a week, days 3-56; every 12 weeks until progression"


def regimen(line: str) -> Regimen:
    """Read a regimen from one line, such as printed in a report.

    Parts are apart by semicolons: each has a dose with its unit, a route, a rhythm
    and its days; further parts say how often the whole is given anew, for how long,
    and until what.

    Parameters
    ----------
    line : str
        For instance ``"9 MIU/m2 SC twice daily days 1-2; 0.9 MIU/m2 SC twice daily
        5 days a week, days 3-56; every 12 weeks until progression"``.

    Raises
    ------
    InvalidInput
        Naming the words that were not understood, or days that cannot be.
    """
    if len(line) > 2000:
        raise InvalidInput("The line is longer than any regimen.", remedy=HOW)
    segments = [s for s in re.split(r"\s*;\s*", " ".join(line.split())) if s]
    parts: list[Part] = []
    found = Regimen(parts=())
    for segment in segments:
        words = _Words(segment.strip(" ,."), segment)
        following = words.take(r"then\b,?\s*") is not None
        if words.is_dose():
            parts.append(_read_part(words, first=not parts, following=following))
            if words.take(rf"(?:then |and |followed by )?(?={OFF})") is not None:
                found = _read_frame(words, replace(found, parts=tuple(parts)))
        else:
            found = _read_frame(words, replace(found, parts=tuple(parts)))
        found = _read_until(words, found)
        words.end()
    if not parts:
        raise InvalidInput("The line holds no dose.", where="regimen", remedy=HOW)
    return _checked(replace(found, parts=tuple(parts)))


@dataclass(slots=True)
class _Words:
    """What is left to be read of a segment."""

    text: str
    segment: str

    def take(self, form: str) -> re.Match[str] | None:
        """Take the words of a form from the front, None where they are others."""
        found = re.match(form, self.text, re.IGNORECASE)
        if found is not None:
            self.text = self.text[found.end() :].lstrip(" ,.")
        return found

    def is_dose(self) -> bool:
        """Tell whether a dose stands at the front."""
        form = rf"({NUMBER})(?:{RANGE}(?:{NUMBER}))?\s*(?:{UNIT_FORM})"
        return re.match(form, self.text, re.IGNORECASE) is not None

    def end(self) -> None:
        """Refuse words that were not understood."""
        if self.text:
            raise _unread(self.text, self.segment)


def _unread(text: str, segment: str) -> InvalidInput:
    return InvalidInput(
        f"'{text}' is not understood", where=f"regimen, in '{segment}'", remedy=HOW
    )


def read_number(text: str) -> float:
    """Read a number, also as ``2 x 10^6`` or ``18,500``."""
    plain = re.sub(r"(?<=\d),(?=\d{3})", "", text.replace(" ", ""))
    found = re.fullmatch(r"(?:([\d.]+)[x×])?10\^?(\d+)", plain)
    if found is not None and ("^" in plain or found[1]):
        return float(f"{found[1] or 1}e{found[2]}")
    return float(plain)


def _read_part(words: _Words, *, first: bool, following: bool) -> Part:
    """Read a dose with its route, rhythm and days."""
    low, high, unit = read_dose(words)
    route, rhythm, again = "", None, True
    times: int | None = None
    while again:
        again = False
        if not route and (found := words.take(rf"({_ROUTE_FORM})(?![\w.])")):
            route, again = _ROUTE_OF[found[1].casefold()], True
        if rhythm is None and (found := _read_rhythm(words)) is not None:
            rhythm, again = found, True
        elif rhythm is not None and (week := _read_of_week(words)) is not None:
            rhythm, again = replace(rhythm, of_week=week), True
    if words.take(r"once\b") is not None and rhythm is None:
        times = 1
    rhythm = rhythm or Rhythm()
    if rhythm.every > 1 and rhythm.of_week is not None:
        raise _twice(words)
    part = Part(low=low, high=high, unit=unit, route=route, rhythm=rhythm)
    part = _read_days(words, part, first=first, following=following)
    if part.listed and (rhythm.every > 1 or rhythm.of_week is not None):
        raise _twice(words)
    if times == 1 and part.days is None and not part.listed:
        part = replace(part, days=Count(1, 1))
    return part


def _twice(words: _Words) -> InvalidInput:
    return InvalidInput(
        "The days of treatment are said in two ways.",
        where=f"regimen, in '{words.segment}'",
        remedy="keep one: every so many days, so many days a week, or the days themselves",
    )


def read_dose(words: _Words) -> tuple[float, float, DoseUnit]:
    """Take one dose or a range of doses with its unit."""
    found = words.take(
        rf"({NUMBER})(?:{RANGE}({NUMBER}))?\s*({UNIT_FORM})(?:{SIZE_FORM})?"
    )
    if found is None:
        raise _unread(words.text, words.segment)
    low = read_number(found[1])
    high = read_number(found[2]) if found[2] else low
    if not 0 < low <= high or high > 1e15:
        raise InvalidInput(
            f"A dose of {found[0].strip()} cannot be.",
            where=f"regimen, in '{words.segment}'",
            remedy="give the dose above 0, the smaller of two first",
        )
    return low, high, DoseUnit(unit_named(found[3]), size_named(found[4] or ""))


def _read_rhythm(words: _Words) -> Rhythm | None:
    """Take how often doses are given."""
    if found := words.take(r"(?:/|per |a )d(?:ay)?\b|once daily\b|daily\b|every day\b"):
        return Rhythm()
    if found := words.take(rf"{_TIMES} (?:daily|a day|per day)\b"):
        return Rhythm(times=_times(found[1]))
    if found := words.take(r"(?:every (\d+) hours|q(\d+)h)\b"):
        hours = int(found[1] or found[2])
        if not 1 <= hours <= 24 or 24 % hours:
            raise InvalidInput(
                f"Every {hours} hours is no whole number of doses a day.",
                where=f"regimen, in '{words.segment}'",
                remedy="write how many times daily",
            )
        return Rhythm(times=24 // hours)
    if words.take(r"(?:every other day|on alternate days|alternate days)\b"):
        return Rhythm(every=2)
    if found := words.take(r"(?:every (\d+)|q(\d+)) ?(d|days|w|weeks)\b"):
        size = 7 if found[3][0].casefold() == "w" else 1
        return Rhythm(every=_whole(found[1] or found[2], words) * size)
    if words.take(r"(?:once weekly|weekly|every week|once a week)\b"):
        return Rhythm(every=7)
    if found := words.take(rf"{_TIMES} (?:weekly|a week|per week)\b"):
        return Rhythm(of_week=_of_week(_times(found[1]), words))
    if (week := _read_of_week(words)) is not None:
        return Rhythm(of_week=week)
    if found := words.take(rf"({'|'.join(SHORT)})\b"):
        return SHORT[found[1].casefold()]
    return None


def _read_of_week(words: _Words) -> int | None:
    """Take ``5 days a week``."""
    found = words.take(r"(?:on )?(\d) days? (?:a|per|each|every|of each) week\b")
    return None if found is None else _of_week(int(found[1]), words)


def _of_week(days: int, words: _Words) -> int:
    if not 1 <= days <= 7:
        raise InvalidInput(
            f"A week has no {days} days.",
            where=f"regimen, in '{words.segment}'",
            remedy="give 1 to 7 days a week",
        )
    return days


def _times(text: str) -> int:
    plain = text.casefold()
    return TIMES.get(plain) or int(plain.split()[0])


def _whole(text: str, words: _Words) -> int:
    """Read a number of days or weeks that a patient can live to see."""
    value = int(text)
    if not 1 <= value <= 40_000:
        raise InvalidInput(
            f"{value} is no number of days, weeks or months here.",
            where=f"regimen, in '{words.segment}'",
            remedy="count from 1",
        )
    return value


def _read_days(words: _Words, part: Part, *, first: bool, following: bool) -> Part:
    """Take the days of a part, and how many doses or blocks it has."""
    start = 0 if following and not first else 1
    part, given = replace(part, start=start), following or first
    if found := words.take(rf"(?:on )?days? (\d+)((?:(?:, and|,| and) ?\d+(?!\d|{COUNTED}))+)"):  # fmt: skip
        days = (int(found[1]), *map(int, re.findall(r"\d+", found[2])))
        if list(days) != sorted(set(days)) or days[0] < 1 or days[-1] > 40_000:
            raise InvalidInput(
                "The days of treatment do not count upward from 1.",
                where=f"regimen, in '{words.segment}'",
                remedy="write them in order, each once",
            )
        part, given = replace(part, start=days[0], listed=days), True
    elif found := words.take(rf"(?:on )?(day|week)s? (\d+)(?:{RANGE}(\d+))?\b"):
        part, given = _between(words, part, found), True
    elif found := words.take(r"(?:from|starting on|beginning on) day (\d+)\b"):
        part, given = replace(part, start=_whole(found[1], words)), True
    if found := words.take(rf"(?:for |x ?|× ?)?(\d+)(?:{RANGE}(\d+))? ?(day|week|month)s?\b(?! off| rest)"):  # fmt: skip
        if part.listed or part.days is not None:
            raise InvalidInput(
                f"'{found[0].strip()}' stands beside days that say when already.",
                where=f"regimen, in '{words.segment}'",
                remedy="name the days, or say for how long, not both",
            )
        part = replace(part, days=_days(words, found))
        if not given:
            raise InvalidInput(
                f"It is not said when '{words.segment}' begins.",
                where="regimen",
                remedy="begin the part with 'then', or name its days",
            )
    most = (
        words.take(r"(?:up to|at most|maximum|max\.?)\s+(?=\d+ doses?\b)") is not None
    )
    if found := words.take(rf"(?:for )?(\d+)(?:{RANGE}(\d+))? (?:doses|dose|infusions|injections)\b"):  # fmt: skip
        doses = Count(int(found[1]), int(found[2] or found[1]))
        part = replace(part, doses=doses, most=most)
    if found := words.take(r"(\d+) times(?: at unstated intervals)?\b"):
        part = replace(part, repeats=_whole(found[1], words))
    return part


def _between(words: _Words, part: Part, found: re.Match[str]) -> Part:
    """Take ``days 3-56`` or ``weeks 2-4``."""
    size = 7 if found[1].casefold() == "week" else 1
    first = _whole(found[2], words)
    last = _whole(found[3] or found[2], words)
    if last < first:
        raise InvalidInput(
            f"The days run backward: {found[0].strip()}.",
            where=f"regimen, in '{words.segment}'",
            remedy="write the first day first",
        )
    length = (last - first + 1) * size
    return replace(part, start=(first - 1) * size + 1, days=Count(length, length))


def _days(words: _Words, found: re.Match[str]) -> Count:
    """Take ``for 10 to 14 days``."""
    ends = [_whole(end, words) for end in (found[1], found[2] or found[1])]
    size = LENGTHS[found[3].casefold()]
    return Count(round(ends[0] * size), round(ends[1] * size))


def _read_frame(words: _Words, found: Regimen) -> Regimen:
    """Take what stands around the parts: cycles, rest, and the length of the course."""
    before = words.text
    if words.take(r"in cycles\b(?: of unstated length)?"):
        found = replace(found, cycle=Cycle(length=None))
    if got := words.take(r"every (?:(\d+) )?(day|week|month)s?\b"):
        length = _whole(got[1] or "1", words)
        found = replace(found, cycle=Cycle(length=length, unit=got[2].casefold()))
    if got := words.take(OFF):
        days = _last_day(found.parts, words) + _whole(got[1], words) * int(LENGTHS[got[2].casefold()])  # fmt: skip
        size = "week" if days % 7 == 0 else "day"
        length = int(days // LENGTHS[size])
        found = replace(found, cycle=Cycle(length=length, unit=size))
    if got := words.take(rf"(?:for )?(\d+)(?:{RANGE}(\d+))? (?:cycles?|courses?)\b"):
        count = Count(int(got[1]), int(got[2] or got[1]))
        cycle = found.cycle or Cycle(length=None)
        found = replace(found, cycle=replace(cycle, count=count))
    if got := words.take(r"for (\d+) (day|week|month)s?\b"):
        found = _whole_cycles(words, found, got)
    if got := words.take(r"(?:over|within) (\d+) (day|week|month)s?\b"):
        found = replace(found, over=(_whole(got[1], words), got[2].casefold()))
    if words.text == before and not words.text.casefold().startswith("until"):
        raise _unread(words.text, words.segment)
    return found


def _last_day(parts: tuple[Part, ...], words: _Words) -> int:
    """Return the day on which the parts read so far end."""
    from synthesist.trials.regimen_days import readings

    ends = (
        {reading.last for reading in readings(Regimen(parts=parts))} if parts else {0}
    )
    if not parts or len(ends) > 1 or None in ends:
        raise InvalidInput(
            "The days off follow a part whose end is not stated.",
            where=f"regimen, in '{words.segment}'",
            remedy="write the length of the cycle: every 4 weeks",
        )
    return max(int(end) for end in ends if end is not None)


def _whole_cycles(words: _Words, found: Regimen, got: re.Match[str]) -> Regimen:
    """Turn the length of treatment into a number of cycles."""
    length = _whole(got[1], words) * LENGTHS[got[2].casefold()]
    days = None if found.cycle is None else found.cycle.days
    count = 0.0 if days is None else length / days
    if found.cycle is None or abs(count - round(count)) > 1e-9 or count < 0.5:
        raise InvalidInput(
            f"'{got[0].strip()}' is no whole number of cycles.",
            where=f"regimen, in '{words.segment}'",
            remedy="write the number of cycles: every 4 weeks for 3 cycles",
        )
    whole = Count(round(count), round(count))
    return replace(found, cycle=replace(found.cycle, count=whole))


def _read_until(words: _Words, found: Regimen) -> Regimen:
    """Take what ends treatment."""
    got = words.take(r"until ([^;,]{1,200})$")
    return found if got is None else replace(found, until=got[1].strip(" ."))


def _checked(found: Regimen) -> Regimen:
    """Refuse parts that do not fit into their cycle, and an end that is said twice."""
    from synthesist.trials.regimen_days import check

    check(found)
    return found
