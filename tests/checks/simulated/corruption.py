"""Errors larger than rounding, one kind of slip for each check."""

from __future__ import annotations

import math

import numpy as np
from scipy import stats

from checks.simulated.making import txt

CORRUPTED = {}


def corrupter(*kinds):
    """Register an error that is no other printed number, for one check or several."""

    def register(function):
        for kind in kinds:
            CORRUPTED[kind] = function
        return function

    return register


def corrupted(rng, kind, given, printed, finding):
    """Put an error into a report, larger than what rounding leaves open.

    The printed result is moved out of the implied range by one to three times its
    width and two to six units of the last digit; a P value by a factor of two to ten
    beyond. Checks that compare nothing printed have errors of their own.
    """
    if kind in CORRUPTED:
        return CORRUPTED[kind](rng, given, printed)
    if isinstance(printed, dict):
        name = next(iter(printed))
        return given, {name: moved(rng, name, printed[name], finding.implied[name])}
    name = next(iter(finding.printed))
    return given, {name: moved(rng, name, finding.printed[name], finding.implied[name])}


def moved(rng, name, text, span):
    """Return a printed number that lies outside a range."""
    if name == "p" or name.startswith("p_"):
        return wrong_p(rng, span)
    number = text.strip("%<>")
    places = len(number.partition(".")[2])
    off = (span.high - span.low) * rng.uniform(1, 3) + 10.0**-places * rng.uniform(2, 6)
    up = bool(rng.integers(2)) or span.low - off < 0
    value = (span.high + off) if up else (span.low - off)
    return txt(value, places)


def wrong_p(rng, span):
    """Return a P value that lies outside a range by a factor."""
    factor = rng.uniform(2, 10)
    high = span.high * factor + 0.002
    if high < 0.99 and (rng.integers(2) or span.low < 0.004):
        return txt(high, 3)
    return txt(span.low / factor - 0.0005, 3) if span.low / factor > 0.001 else "<0.0001"  # fmt: skip


@corrupter("ci_symmetry")
def off_centre(rng, given, printed):
    low, high = float(given["ci_low"]), float(given["ci_high"])
    places = len(printed.partition(".")[2])
    unit = 10.0**-places
    if given["measure"] == "percent":
        # Exact intervals lean to the middle; further off than that is an error.
        return given, txt(low + 0.02 * (high - low) if rng.integers(2) else high - 0.02 * (high - low), places)  # fmt: skip
    off = (0.1 * (high - low) + 3 * unit) * (1 if rng.integers(2) else -1)
    return given, txt(float(printed) + off, places)


@corrupter("denominators_for_percentages")
def wrong_denominator(rng, given, printed):
    return given, str(int(printed) + 1)


@corrupter("percentages_total")
def missing_category(rng, given, printed):
    parts = [float(part) for part in given["percentages"].split(", ")]
    parts[int(rng.integers(len(parts)))] += rng.uniform(1, 9)
    return {"percentages": ", ".join(txt(part, 1) for part in parts)}, printed


@corrupter("rank_test_least_p")
def too_small_a_p(rng, given, printed):
    return given, "<0.001"


@corrupter("paired_counts")
def wrong_paired_p(rng, given, printed):
    before, after = int(given["before"]), int(given["after"])
    if abs(before - after) < 3:
        return given, "<0.001"
    # With so many that changed, P cannot be this large.
    return given, "0.97"


@corrupter("paired_means")
def unpaired_p(rng, given, printed):
    n, diff = int(given["n"]), float(given["mean_post"]) - float(given["mean_pre"])
    t = diff * math.sqrt(n) / math.hypot(float(given["sd_pre"]), float(given["sd_post"]))  # fmt: skip
    p = 2 * stats.t.sf(abs(t), 2 * n - 2)
    return given, txt(max(p, 0.004) * 1.5, 3) if p < 0.001 else txt(p, 3)


@corrupter("pairs_as_groups")
def se_of_groups(rng, given, printed):
    n, d = int(given["n"]), float(given["smd"])
    return given, txt(math.sqrt(2 / n + d * d / (4 * n)), 3)


@corrupter("sd_or_se")
def other_label(rng, given, printed):
    # Where both readings give P < 0.001 the label cannot be seen in it.
    seen = "0.35" if printed.startswith("<") or "e" in printed else printed
    return {**given, "label": "sd" if given.get("label") == "se" else "se"}, seen


@corrupter("se_from_sd")
def sd_as_se(rng, given, printed):
    return given, given["sd"]


@corrupter("sd_from_se")
def se_as_sd(rng, given, printed):
    return given, given["se"]


@corrupter("sd_within_range", "bounded_scale", "mean_and_median")
def too_wide(rng, given, printed):
    ends = [float(given[name]) for name in ("max", "min", "scale_max", "scale_min") if name in given]  # fmt: skip
    if not ends:
        return given, txt(float(given["median"]) + float(given["sd"]) * rng.uniform(1.1, 3) + 0.05, 2)  # fmt: skip
    return given, txt((ends[0] - ends[1]) * rng.uniform(0.8, 1.5), 2)


@corrupter("quartiles_as_range")
def quartiles(rng, given, printed):
    a = rng.normal(50, 12, 40)
    q1, q3 = np.quantile(a, [0.25, 0.75])
    return {"min": txt(q1, 2), "max": txt(q3, 2), "n": "40", "mean": txt(a.mean(), 2)}, txt(a.std(ddof=1), 2)  # fmt: skip


@corrupter("grim")
def impossible_mean(rng, given, printed):
    n, value = int(given["n"]), round(float(printed) * 100)
    possible = {math.floor(100 * k / n + 0.5) for k in range(13 * n)} | {math.ceil(100 * k / n - 0.5) for k in range(13 * n)}  # fmt: skip
    wrong = [v for v in range(max(0, value - 30), value + 30) if v not in possible]
    return given, txt(int(rng.choice(wrong)) / 100 if wrong else -0.37, 2)


@corrupter("grimmer")
def impossible_sd(rng, given, printed):
    n, total = int(given["n"]), round(float(given["mean"]) * int(given["n"]))
    sums = [s for s in range(max(0, total - 1), total + 2) if txt(s / n, 2) == given["mean"]]  # fmt: skip
    possible = {round(100 * math.sqrt(max(0, q - s * s / n) / (n - 1))) for s in sums for q in range(s % 2, 145 * n, 2)}  # fmt: skip
    value = round(float(printed) * 100)
    near = {v + shift for v in possible for shift in (-1, 0, 1)}
    wrong = [v for v in range(max(0, value - 60), value + 60) if v not in near]
    return given, txt(int(rng.choice(wrong)) / 100 if wrong else 99.0, 2)


@corrupter("skewness_of_median")
def misplaced_median(rng, given, printed):
    return {**given, "median": txt(float(given["q3"]) + rng.uniform(0.5, 9), 1)}, printed  # fmt: skip


@corrupter("landmark_test")
def other_hazard_ratio(rng, given, printed):
    return given, {"hr": txt(float(printed["hr"]) * (8 if rng.integers(2) else 1 / 8), 3)}  # fmt: skip


@corrupter("hr_p_events")
def other_events(rng, given, printed):
    events = int(given["events"])
    if printed.startswith("<") or float(printed) > 0.5 or 0.85 < float(given["hr"]) < 1.18:  # fmt: skip
        return {**given, "hr": "0.60", "events": "20"}, "<0.001"
    return {**given, "events": str(events * 4 if rng.integers(2) else max(1, events // 4))}, printed  # fmt: skip


@corrupter("baseline_p_values")
def too_much_alike(rng, given, printed):
    k = len(given["p_values"].split(", "))
    return {"p_values": ", ".join(txt(p, 3) for p in rng.uniform(0.985, 0.999, max(k, 10)))}, None  # fmt: skip


@corrupter("same_participants")
def one_trial_twice(rng, given, printed):
    return {**given, "registry_2": given["registry_1"].lower()}, None
