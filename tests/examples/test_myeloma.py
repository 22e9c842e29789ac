"""The trial on its own: its numbers, its course, its exact intervals, its directions."""

import csv
from pathlib import Path

import pytest
from numpy.testing import assert_allclose

from synthesist.documents.trial_section import single_results, trial_view
from synthesist.trials import regimen

EVIDENCE = Path(__file__).parents[3] / "shared" / "evidence"


def test_responses_have_exact_intervals_of_evaluable_and_enrolled(myeloma):
    found = {s.outcome.id: s.response for s in single_results(myeloma, "response")}
    whole = found["tumour-response"]
    assert (whole.events, whole.n, whole.enrolled) == (6, 17, 18)
    assert_allclose((whole.interval.lower, whole.interval.upper), (0.142, 0.617), atol=5e-4)  # fmt: skip
    assert_allclose(found["objective-reduction"].interval.upper, 0.364, atol=5e-4)
    (harm,) = single_results(myeloma, "harm")
    assert (harm.response.events, harm.response.n) == (0, 18)
    assert_allclose(harm.response.interval.upper, 0.185, atol=5e-4)


def test_the_course_of_loading_and_eight_weeks(myeloma):
    (entry,) = myeloma.protocol.regimens
    found = regimen(entry.line)
    assert found.line() == entry.line
    loading, course = found.dose(1, 2), found.dose(1, 56)
    assert_allclose((loading.low, loading.high), (36, 36))
    assert_allclose((course.low, course.high), (104.4, 108))
    assert_allclose(entry.quantities["dose_cycle"], 106.2)


def test_the_account_holds_directions_a_bound_and_the_sum(myeloma):
    view = trial_view(myeloma, {})

    def texts(table):
        return [" ".join(p.text for c in r.cells for p in c.parts) for r in table.rows]

    directions = texts(view.markers)
    assert len(directions) == 8
    assert "increase 15" in directions[0]
    assert "normalised" in next(t for t in directions if "CD4/CD8" in t)
    assert any("8 markers" in note for note in view.marker_notes)
    (duration,) = texts(view.durations)
    assert "8 to 1086+" in duration
    assert "at least 241: a lower bound" in duration
    assert any("2 with" in note and "make up the 6" in note for note in view.response_notes)  # fmt: skip


@pytest.mark.skipif(not EVIDENCE.is_dir(), reason="the evidence files are not beside the repository")  # fmt: skip
def test_every_number_is_that_of_the_evidence(myeloma):
    with (EVIDENCE / "myeloma_peest1995.csv").open(encoding="utf-8") as file:
        printed = {row["item"]: row for row in csv.DictReader(file)}
    held = {r.outcome: r for r in myeloma.results}
    for item, outcome in (
        ("tumour response", "tumour-response"),
        ("objective tumour mass reduction", "objective-reduction"),
        ("long-lasting stable disease after progression", "stable-disease"),
        ("serious side-effects", "serious-side-effects"),
    ):
        row = printed[item]
        assert (held[outcome].printed["events"], held[outcome].printed["n"]) == (row["value"], row["n"])  # fmt: skip
    times = held["treatment-duration"].printed
    assert times["min"] == printed["treatment duration minimum"]["value"]
    assert times["max"] == printed["treatment duration maximum (ongoing)"]["value"]
    assert times["mean"] == printed["treatment duration mean"]["value"]
    assert held["eosinophils"].printed["fold"] == printed["eosinophil fold increase"]["value"]  # fmt: skip
    assert myeloma.arm("Peest 1995", "IL-2").n == int(printed["patients enrolled"]["value"])  # fmt: skip
    with (EVIDENCE / "myeloma_peest1995_immune.csv").open(encoding="utf-8") as file:
        markers = list(csv.DictReader(file))
    assert len(markers) == sum(bool(r.direction) for r in myeloma.results)
