"""What R computed of small-study effects, and the effects it did so from."""

from functools import cache

import golden
import synthesist as sy

R = golden.load("bias")

#: Names of the analyses: a table and a measure.
NAMES = [name for name in R if " " in name]

#: Files whose reference values hold tests of funnels too, by a script of their own.
FILES = (
    "adherence",
    "asthma",
    "bcg",
    "beta_blockers",
    "catheters",
    "diuretics",
    "expectancy",
    "head_neck",
    "stroke_stay",
    "vasospasm",
    "warfarin",
)


@cache
def table(name):
    """Return the effects of an analysis: ``bcg RR``."""
    file, measure = name.split()
    return sy.effect_table(golden.data(file), measure)


@cache
def made_up(measure):
    """Return made-up effects with missing outcomes."""
    rows = R["missing"]["data"]
    columns = {name: [row[name] for row in rows] for name in rows[0]}
    return sy.effect_table(columns, measure)


def entries(ending):
    """List (file, measure) wherever an earlier reference file has an entry."""
    return [
        (file, measure)
        for file in FILES
        for measure, found in golden.load(file).items()
        if isinstance(found, dict) and ending in found
    ]
