"""The records of the lupus example: their ids, their flow, and that they are invented."""

import re
from pathlib import Path

import pytest

from synthesist.review import record_id
from synthesist.review.flow import flow_of

SEARCHES = Path(__file__).parents[2] / "examples" / "il2-sle" / "searches"

#: A record is the bytes from its start marker to the end of its last line.
RIS = re.compile(rb"^TY  - .*?^ER  - *\n", re.MULTILINE | re.DOTALL)


def exported():
    return {
        (path.name, ordinal): raw
        for path in sorted(SEARCHES.iterdir())
        for ordinal, raw in enumerate(RIS.findall(path.read_bytes()), start=1)
    }


def fields(raw):
    lines = raw.decode("utf-8").splitlines()
    return {line[:2]: line[6:] for line in lines if line[:2] != "ER"}


def test_every_record_of_the_exports_is_in_records_csv(sle):
    assert [(r.file, r.ordinal) for r in sle.records] != []
    assert {(r.file, r.ordinal) for r in sle.records} == exported().keys()


def test_ids_follow_from_file_ordinal_and_bytes(sle):
    raw = exported()
    for record in sle.records:
        key = (record.file, record.ordinal)
        assert record.record == record_id(*key, raw[key])


def test_fields_are_those_of_the_exports(sle):
    raw = exported()
    tags = {"title": "T1", "authors": "AU", "year": "PY", "journal": "T2"}
    tags |= {"volume": "VL", "issue": "IS", "pages": "SP", "doi": "DO", "pmid": "AN"}
    tags |= {"language": "LA", "note": "N1"}
    for record in sle.records:
        found = fields(raw[record.file, record.ordinal])
        for name, tag in tags.items():
            assert getattr(record, name) == found.get(tag, ""), (record.record, name)


def test_hits_are_the_records_of_each_source(sle):
    for source in sle.protocol.sources:
        assert source.hits == sum(r.file in source.files for r in sle.records)


def test_what_is_invented_says_so(sle):
    assert {"records", "duplicates", "screening"} <= set(sle.protocol.synthetic)
    for source in sle.protocol.sources:
        assert source.note.startswith("Synthetic:")
    for record in sle.records:
        assert record.file.startswith("synthetic-")
        invented = re.match(r"Synthetic record \d+: ", record.title)
        # Only the true reports of the studies bear a report's name.
        assert bool(invented) != bool(record.report), record
        if invented:
            assert record.note.startswith("Invented")
            assert re.fullmatch(r"Invented author \d+", record.authors)
            assert record.doi + record.pmid == ""


def test_true_reports_are_those_of_the_studies(sle):
    reports = {record.report for record in sle.records if record.report}
    assert reports == {report for study in sle.studies for report in study.reports}


@pytest.mark.parametrize(
    ("report", "journal", "year", "doi"),
    [
        ("he-2020", "Annals of the Rheumatic Diseases", "2020", "10.1136/annrheumdis-2019-215396"),
        ("humrich-2022", "Annals of the Rheumatic Diseases", "2022", "10.1136/ard-2022-222501"),
        ("he-2016", "Nature Medicine", "2016", "10.1038/nm.4148"),
        ("zhao-2019", "BMC Immunology", "2019", "10.1186/s12865-019-0305-0"),
    ],
)  # fmt: skip
def test_true_reports_keep_journal_year_and_doi(sle, report, journal, year, doi):
    found = sle.records_of(report)
    assert found
    for record in found:
        assert (record.journal, record.year) == (journal, year)
        assert record.doi.lower() == doi


def test_the_flow_adds_up_box_by_box(sle):
    flow = flow_of(sle)
    searched, other = flow.searched, flow.other
    assert searched.identified == 40
    assert (searched.duplicates, searched.screened) == (9, 31)
    assert (searched.excluded, searched.sought) == (16, 15)
    assert (searched.not_retrieved, searched.assessed) == (2, 13)
    assert dict(searched.reasons) == {
        "wrong population": 2,
        "wrong intervention": 1,
        "wrong type of publication": 1,
        "no result of interest": 2,
    }
    assert searched.included == 7
    assert (other.identified, other.duplicates, other.sought) == (3, 1, 2)
    assert (sum(n for _, n in other.reasons), other.included) == (1, 1)
    assert (flow.reports, flow.studies) == (8, 6)
    awaiting = (
        searched.open_screening,
        searched.open_retrieval,
        searched.open_full_text,
    )
    assert awaiting == (0, 0, 0)
    # Nothing awaits a decision, no conflict is open, every report has its study.
    assert flow.notes == ()


def test_without_records_there_is_no_flow_of_our_own(aml):
    assert flow_of(aml) is None
    assert len(aml.reported_for("flow")) == 4
