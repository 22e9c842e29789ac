"""Write a regimen as the line that is read back to the same regimen."""

from __future__ import annotations

from synthesist.trials.schedule import Count, Part, Regimen, Rhythm


def line_of(found: Regimen) -> str:
    """Write all parts and what stands around them, apart by semicolons."""
    segments = [_part(part, first=index == 0) for index, part in enumerate(found.parts)]
    frame: list[str] = []
    if found.cycle is not None:
        frame.append(_cycle(found))
    if found.over is not None:
        length, unit = found.over
        frame.append(f"over {length} {unit}{'s' if length > 1 else ''}")
    if found.until:
        frame.append(f"until {found.until}")
    return "; ".join([*segments, " ".join(frame)] if frame else segments)


def number(value: float) -> str:
    """Write a number as a dose is printed, never with an exponent of Python's."""
    if value >= 1e5:
        digits, power = f"{value:.12e}".split("e")
        digits = digits.rstrip("0").rstrip(".")
        power = str(int(power))
        return f"10^{power}" if digits == "1" else f"{digits}×10^{power}"
    return f"{value:.12f}".rstrip("0").rstrip(".")


def _part(part: Part, *, first: bool) -> str:
    dose = number(part.low)
    if part.high != part.low:
        dose += f"-{number(part.high)}"
    follows = part.start == 0
    once = part.days == Count(1, 1) and part.rhythm == Rhythm()
    words = ["then" if follows and not first else "", f"{dose} {part.unit}", part.route]
    words.append("" if once else rhythm_words(part.rhythm))
    days = _days(part, alone=follows or (first and part.start == 1))
    if part.rhythm.of_week is not None and days:
        words[-1] += ","
    words.append(days)
    said = " ".join(word for word in words if word)
    if part.doses is not None:
        comma = "," if said[-1].isdigit() else ""
        said += f"{comma} {'up to ' if part.most else ''}{_count(part.doses)} doses"
    if part.repeats > 1:
        said += f", {part.repeats} times at unstated intervals"
    return said


def rhythm_words(rhythm: Rhythm) -> str:
    """Say how often: ``twice daily 5 days a week``."""
    times = {1: "", 2: "twice daily", 3: "three times daily"}.get(
        rhythm.times, f"{rhythm.times} times daily"
    )
    if rhythm.of_week is not None:
        days = "day" if rhythm.of_week == 1 else "days"
        return f"{times} {rhythm.of_week} {days} a week".strip()
    if rhythm.every == 1:
        return times or "daily"
    if rhythm.every == 2:
        return "every other day"
    if rhythm.every == 7:
        return "weekly"
    if rhythm.every % 7 == 0:
        return f"every {rhythm.every // 7} weeks"
    return f"every {rhythm.every} days"


def _days(part: Part, *, alone: bool) -> str:
    """Say when; `alone` where the length says it without a first day."""
    if part.listed:
        return f"days {', '.join(map(str, part.listed))}"
    if part.days is None:
        return "" if part.start <= 1 else f"from day {part.start}"
    fixed = part.days.low == part.days.high
    if alone and not (fixed and part.start == 1):
        return f"for {_count(part.days)} day{'s' if part.days.high > 1 else ''}"
    if not fixed:
        return f"from day {part.start} for {_count(part.days)} days"
    last = part.start + part.days.low - 1
    return f"day {last}" if last == part.start else f"days {part.start}-{last}"


def _count(count: Count) -> str:
    low, high = count.low, count.high
    return str(low) if low == high else f"{low} to {high}"


def _cycle(found: Regimen) -> str:
    cycle = found.cycle
    if cycle is None:
        return ""
    if cycle.length is None:
        words = "in cycles"
    elif cycle.length == 1:
        words = f"every {cycle.unit}"
    else:
        words = f"every {cycle.length} {cycle.unit}s"
    if cycle.count is None:
        return words
    return (
        f"{words} for {_count(cycle.count)} cycle{'s' if cycle.count.high > 1 else ''}"
    )
