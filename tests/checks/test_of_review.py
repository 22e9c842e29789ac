"""The examples' printed numbers, found beside the rows that they stand in."""

from pathlib import Path

import pytest

from synthesist.actions.check_numbers import check_numbers_of_review
from synthesist.documents.anchors import Anchors
from synthesist.documents.checks_section import beside, view_of_checks
from synthesist.store import read_folder

EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.fixture(scope="module")
def sle():
    return read_folder(EXAMPLES / "il2-sle")


@pytest.fixture(scope="module")
def aml():
    return read_folder(EXAMPLES / "il2-aml")


def found_of(review, row_of):
    """Return what was found of the rows that a condition picks, by its check."""
    rows = {result.row for result in review.results if row_of(result)}
    return [
        (found.finding.kind, found.finding.verdict, found.finding.reason)
        for found in check_numbers_of_review(review).findings
        if found.row in rows and found.file == "results.csv"
    ]


def test_pairs_that_were_tested_as_independent_groups_are_found(sle):
    found = found_of(sle, lambda r: r.outcome == "vasculitis" and r.p)
    assert {kind for kind, _, _ in found} == {"paired_counts"}
    assert {verdict for _, verdict, _ in found} == {"inconsistent"}
    assert all("that of an unpaired test" in reason for _, _, reason in found)


def test_quartiles_under_the_name_of_a_range_are_found(sle):
    found = found_of(sle, lambda r: r.outcome == "bilag" and r.max in (13.75, 10.75))
    assert [(kind, verdict) for kind, verdict, _ in found] == [("quartiles_as_range", "inconsistent")] * 2  # fmt: skip


def test_medians_too_skewed_to_be_converted_are_flagged(sle):
    found = found_of(sle, lambda r: r.outcome == "anti-dsdna")
    assert len(found) == 6
    assert {(kind, verdict) for kind, verdict, _ in found} == {("skewness_of_median", "undecidable")}  # fmt: skip


def test_the_interval_that_is_not_around_its_landmark_is_found(aml):
    (found,) = check_numbers_of_review(aml).contradictions
    result = next(r for r in aml.results if r.row == found.row)
    assert (result.surv_percent, result.ci_low, result.ci_high) == (43, 22, 52)
    assert found.finding.kind == "ci_symmetry"


def test_a_landmark_whose_p_is_another_stays_open(aml):
    found = found_of(aml, lambda r: r.outcome == "os" and r.p == "0.14")
    assert [(kind, verdict) for kind, verdict, _ in found] == [("landmark_test", "undecidable")]  # fmt: skip


@pytest.mark.parametrize("name", ["il2-sle", "il2-aml"])
def test_every_finding_has_its_line_and_its_link(name):
    review = read_folder(EXAMPLES / name)
    checked = check_numbers_of_review(review)
    view = view_of_checks(checked, review, Anchors(review))
    lines = [*view.contradictions.rows, *(view.open.rows if view.open else ())]
    assert len(lines) == len(checked.findings)
    places = {line.anchor for line in lines}
    for found in checked.findings:
        links = {part.href for part in beside(checked, found.file, found.row)} - {""}
        assert links
        assert links <= places


def test_the_words_accuse_nobody(sle):
    for found in check_numbers_of_review(sle).findings:
        words = f"{found.finding.rule} {found.finding.ask}".lower()
        assert "fraud" not in words
        assert "fabricat" not in words
        assert found.finding.ask


def test_findings_are_json_with_their_rows(sle):
    found = check_numbers_of_review(sle).to_dict()
    assert found["checked"] > len(found["findings"]) > 0
    first = found["findings"][0]
    assert first["file"] == "results.csv"
    assert first["with_rows"]
