"""Effects and R's answers to them, from every reference file that has both."""

import csv
from functools import cache

import numpy as np

import golden

FILES = (
    "adherence",
    "asthma",
    "bcg",
    "beta_blockers",
    "catheters",
    "diuretics",
    "expectancy",
    "head_neck",
    "passive_smoking",
    "stroke_stay",
    "training",
    "vasospasm",
    "warfarin",
)


@cache
def effects(file, measure):
    """Return the effects and variances (k,) that R analysed, empty rows left out."""
    found = golden.load(file)[measure].get("effects")
    if found is None:
        with golden.data(file).open(newline="", encoding="utf-8") as rows:
            table = list(csv.DictReader(rows))
        found = {name: [float(row[name]) for row in table] for name in ("yi", "vi")}
    y, v = (np.array(found[name], dtype=float) for name in ("yi", "vi"))
    present = np.isfinite(y) & np.isfinite(v)
    return y[present], v[present]


def data(file, measure):
    """Return the effects as a table for `pool`."""
    y, v = effects(file, measure)
    return {"yi": y, "vi": v}


def fits(*codes, ending):
    """List (file, measure, code) wherever R has an answer named ``code/ending``."""
    return [
        (file, measure, code)
        for file in FILES
        for measure, entries in golden.load(file).items()
        if isinstance(entries, dict)
        for code in codes
        if f"{code}/{ending}" in entries
    ]


def expected(file, measure, code, ending):
    """Return R's numbers of one fit."""
    return golden.load(file)[measure][f"{code}/{ending}"]
