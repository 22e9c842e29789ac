"""Reference values of study effects, gathered from the files that hold them."""

import numpy as np

import golden

#: Measures that R lists with effects, by the table they were computed from.
TABLES = (
    "bcg",
    "diuretics",
    "catheters",
    "beta_blockers",
    "stroke_stay",
    "asthma",
    "vasospasm",
    "warfarin",
    "adherence",
    "head_neck",
)

PRINTED = ("fleiss2009", "bonett2008", "mcgraw1992", "morris2008", "revman_smd")

#: Two figures in which the program that made the reference is not followed; see
#: test_differences.py.
NOT_FOLLOWED = {"ZPCOR"}


def vector(values):
    """Return numbers as an array, None as NaN."""
    return np.array([np.nan if v is None else v for v in values], dtype=float)


def from_tables():
    """Yield (table, measure, y, v) of every table that R computed effects from."""
    for table in TABLES:
        for code, entry in golden.load(table).items():
            if isinstance(entry, dict) and "effects" in entry and "/" not in code:
                effects = entry["effects"]
                yield table, code, vector(effects["yi"]), vector(effects["vi"])


def from_escalc():
    """Yield (measure, options, roles, y, v) of every further case."""
    for case in golden.load("measures")["cases"]:
        roles = {role: vector(np.atleast_1d(v)) for role, v in case["roles"].items()}
        y, v = vector(np.atleast_1d(case["yi"])), vector(np.atleast_1d(case["vi"]))
        yield case["measure"], case["options"] or {}, roles, y, v


def printed():
    """Yield (file, case, roles, digits) of every printed effect."""
    for name in PRINTED:
        source = golden.load(f"published/{name}.toml")
        for case in source["case"]:
            roles = case.get("roles") or source["roles"]
            yield name, case, roles, source["source"]["digits"]


def simulated():
    """Yield (measure, entry) of every simulated estimator."""
    for code, entry in golden.load("simulated").items():
        if not code.startswith("_"):
            yield code, entry
