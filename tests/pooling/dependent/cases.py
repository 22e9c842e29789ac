"""Effects in groups, and the models that R fitted to them."""

import csv
from functools import cache

import numpy as np

import golden
import synthesist as sy

R = golden.load("r/expected/dependent.json")


@cache
def table(name):
    """Return the columns of a reference table, numbers where they are."""
    with golden.data(name).open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return {key: [_cell(row[key]) for row in rows] for key in rows[0]}


def _cell(text):
    try:
        return float(text)
    except ValueError:
        return text


@cache
def levels():
    data = dict(table("made_up_levels"))
    data["step"] = [(1.0, 2.0, 4.0, 7.0).index(t) + 1 for t in data["time"]]
    return sy.effect_table(data, "GEN")


@cache
def school():
    data = dict(table("school_calendar"))
    year = np.array(data["year"])
    return sy.effect_table({**data, "yc": (year - year.mean()).tolist()}, "GEN")


@cache
def teeth():
    return sy.effect_table(str(golden.data("periodontal")), "GEN")


@cache
def errors_of(name):
    """Return the sampling covariance of a table."""
    if name == "teeth":
        return sy.sampling_covariance(teeth(), "trial", columns=["v1i", "v2i"])
    return sy.sampling_covariance(levels(), "study", r=0.5)


#: The correlations of the laboratories as the script of the reference has them.
KNOWN = (list("abcde"), 0.6 ** np.abs(np.subtract.outer(np.arange(5), np.arange(5))))


def fit(name, method="REML", **options):
    """Fit a model of the invented rows by the name that R's has."""
    both = {"method": method, "test": "normal", **options}
    if name == "study/row":
        return sy.multilevel(levels(), "study/row", "dose", **both)
    if name == "crossed":
        return sy.multilevel(levels(), ["study", "lab", "row"], "dose", **both)
    if name == "correlated errors":
        return sy.multilevel(
            levels(), "study/row", "dose", covariance=errors_of("levels"), **both
        )
    if name == "known correlation":
        return sy.multilevel(
            levels(), ["lab", "row"], correlations={"lab": KNOWN}, **both
        )
    inner, structure = name.split("|")
    formula = None if inner == "kind" else "dose"
    return sy.multivariate(
        levels(),
        inner,
        "study",
        structure,
        formula,
        covariance=errors_of("levels"),
        **both,
    )
