"""Answers without each study, study by study, and of all subsets, against R."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

import golden
from pooling.cases import data, fits
from synthesist.pooling import pool
from synthesist.pooling.influence import (
    baujat,
    cumulative,
    gosh,
    influence,
    leave_one_out,
)

R = golden.load("influence")
CASES = [
    (case, how)
    for case, entry in R.items()
    if "/" in case and not case.startswith("gosh")
    for how in entry
    if how not in ("yi", "vi")
]
NAMES = {"EE": "CE", "z": "normal", "knha": "HK"}
FIELDS = {
    "estimate": "estimate",
    "se": "se",
    "p": "p",
    "ci_lb": "lower",
    "ci_ub": "upper",
    "q": "q",
    "q_p": "q_p",
    "tau2": "tau2",
    "i2": "i2",
    "h2": "h2",
}

#: R's iterations end at 1e-12 of its own scale; near zero that is all it can tell.
RTOL, ATOL = 1e-7, 1e-10


def fit(case, how):
    tau2, interval = how.split("/")
    table = {"yi": R[case]["yi"], "vi": R[case]["vi"]}
    return pool(table, tau2=NAMES.get(tau2, tau2), interval=NAMES[interval])


def agree(ours, theirs, rtol=RTOL, atol=ATOL):
    # Where R's iterations do not converge it has no number; we always have one.
    r = np.array(theirs, dtype=float)
    assert np.isfinite(ours).all()
    assert_allclose(ours[np.isfinite(r)], r[np.isfinite(r)], rtol=rtol, atol=atol)


@pytest.mark.parametrize(("case", "how"), CASES)
def test_each_study_left_out(case, how):
    found, r = leave_one_out(fit(case, how)).answers, R[case][how]["leave_one_out"]
    for theirs, ours in FIELDS.items():
        if r[theirs]:
            agree(getattr(found, ours), r[theirs])


@pytest.mark.parametrize(("case", "how"), CASES)
def test_study_by_study(case, how):
    # R says of one study that tau² is zero; we say nothing.
    found, r = cumulative(fit(case, how)).answers, R[case][how]["cumulative"]
    for theirs, ours in FIELDS.items():
        if r[theirs]:
            agree(getattr(found, ours)[1:], r[theirs][1:])
    assert_allclose(found.estimate[0], r["estimate"][0], rtol=1e-12)
    assert np.isnan(found.tau2[0])


@pytest.mark.parametrize(("case", "how"), CASES)
def test_influence(case, how):
    found, r = influence(fit(case, how)), R[case][how]["influence"]
    for name, ours in found.measures._asdict().items():
        agree(ours, r[name])
    assert found.influential.tolist() == r["influential"]


@pytest.mark.parametrize(("case", "how"), CASES)
def test_baujat(case, how):
    found, r = baujat(fit(case, how)), R[case][how]["baujat"]
    agree(found.heterogeneity, r["x"])
    agree(found.influence, r["y"])


@pytest.mark.parametrize("method", ["REML", "EE"])
def test_all_subsets(method):
    r, bcg = R[f"gosh/{method}"], R["bcg/RR"]
    six = {"yi": bcg["yi"][:6], "vi": bcg["vi"][:6]}
    found = gosh(six, tau2=NAMES.get(method, method))
    assert found.every
    place = {tuple(np.flatnonzero(m) + 1): i for i, m in enumerate(found.members)}
    index = [place[tuple(map(int, incl.split()))] for incl in r["incl"]]
    assert sorted(index) == list(range(63))
    several = np.array(r["k"]) > 1
    for theirs, ours in {"estimate": "estimate", "QE": "q", "I2": "i2"}.items():
        values = getattr(found.answers, ours)[index]
        agree(values[several], np.array(r[theirs])[several])
    agree(found.answers.estimate[index], r["estimate"])


@pytest.mark.parametrize(("file", "measure", "code"), fits("REML", ending="z"))
def test_every_reference_file(file, measure, code):
    entries = golden.load(file)[measure]
    if "influence/REML" not in entries:
        pytest.skip("R has no answer")
    found = pool(data(file, measure), tau2=code, interval="normal")
    if found.k < 3:
        pytest.skip("R fits nothing to one study")
    without = leave_one_out(found).answers
    for name in ("estimate", "se", "tau2"):
        agree(getattr(without, name), entries["leave_one_out/REML"][name])
    growing = cumulative(found).answers
    for name in ("estimate", "se"):
        agree(getattr(growing, name), entries["cumulative/REML"][name])
    measures = influence(found).measures
    for name, theirs in entries["influence/REML"].items():
        # Squares double the error of R's tau²; a residual near zero keeps all of it.
        agree(getattr(measures, name), theirs, rtol=3e-7, atol=1e-8)
