"""The flow diagram adds up, whatever was decided in whatever order."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.review.conftest import protocol

from synthesist.review import (
    Decision,
    DuplicateAnswer,
    Record,
    Result,
    Review,
    SearchSource,
    Study,
    flow_of,
)
from synthesist.review.records import VERDICTS

FILES = ("database.ris", "register.ris", "website.ris", "previous.ris", "unknown.ris")


def record(name, file="database.ris", report=""):
    return Record(record=name, file=file, ordinal=1, report=report)


def decide(name, stage, verdict, who="A", reason=""):
    return Decision(
        record=name, stage=stage, reviewer=who, verdict=verdict, reason=reason, time=""
    )


def both(name, stage, verdict, reason=""):
    return [decide(name, stage, verdict, who, reason) for who in "AB"]


def same(a, b):
    return DuplicateAnswer(record_a=a, record_b=b, answer="same", by="A", time="")


def study(name, *reports):
    return Study(study=name, design="randomised", reports=reports)


def test_without_records_there_is_no_flow(review):
    assert flow_of(review()) is None


def test_a_review_from_search_to_studies(review):
    flow = flow_of(
        review(
            records=(
                *(record(name) for name in "abcdefg"),
                record("h", "register.ris"),
                record("i", "website.ris"),
                record("j", "website.ris"),
                record("k", "website.ris"),
                record("l", "previous.ris", "old"),
                record("m", "previous.ris"),
                record("n", report="old"),
            ),
            duplicates=(same("a", "h"), same("b", "k")),
            decisions=(
                *both("a", "title-abstract", "include"),
                *both("b", "title-abstract", "include"),
                *both("c", "title-abstract", "exclude"),
                *both("d", "title-abstract", "include"),
                *both("e", "title-abstract", "include"),
                decide("f", "title-abstract", "include"),
                *both("g", "title-abstract", "include"),
                decide("b", "retrieval", "not-retrieved"),
                *both("a", "full-text", "include"),
                *both("d", "full-text", "exclude", "design"),
                decide("g", "full-text", "include"),
                decide("g", "full-text", "exclude", "B", "population"),
                decide("j", "retrieval", "include"),
                *both("j", "full-text", "include"),
            ),
            studies=(study("S1", "a"), study("S2", "old"), study("S3", "old", "j")),
        )
    )
    searched, other = flow.searched, flow.other
    assert [(s.name, s.records) for s in searched.sources] == [
        ("database", 8),
        ("register", 1),
    ]
    # h is a; k is b; n is one of the earlier version.
    assert (searched.identified, searched.duplicates, searched.screened) == (9, 2, 6)
    assert (searched.excluded, searched.open_screening, searched.sought) == (1, 1, 5)
    assert (searched.not_retrieved, searched.open_retrieval) == (1, 1)
    assert (searched.assessed, searched.open_full_text, searched.included) == (2, 1, 1)
    assert searched.reasons == (("design", 1),)
    assert (other.identified, other.duplicates, other.sought) == (3, 1, 2)
    assert (other.open_retrieval, other.assessed, other.included) == (1, 1, 1)
    assert (flow.reports, flow.studies) == (2, 1)
    assert (flow.previous_reports, flow.previous_studies) == (2, 2)
    assert (flow.total_reports, flow.total_studies) == (4, 3)
    assert flow.notes == (
        "1 report awaits screening.",
        "2 reports await retrieval.",
        "1 report awaits assessment at full text.",
        "1 report is among them which the reviewers judge differently and nobody has settled.",
    )


def test_reasons_stand_in_the_order_of_the_protocol(review):
    names, reasons = "abc", ("design", "population", "design")
    rows = [row for name in names for row in both(name, "title-abstract", "include")]
    for name, reason in zip(names, reasons, strict=True):
        rows += both(name, "full-text", "exclude", reason)
    flow = flow_of(review(records=tuple(map(record, names)), decisions=tuple(rows)))
    assert flow.searched.reasons == (("population", 1), ("design", 2))
    assert flow.searched.excluded_at_full_text == 3


def test_an_included_report_of_no_study_is_noted(review):
    rows = both("a", "title-abstract", "include") + both("a", "full-text", "include")
    parts = {"records": (record("a"),), "decisions": tuple(rows)}
    flow = flow_of(review(**parts, studies=(study("S", "b"),)))
    assert flow.notes == ("1 report is included but named by no study.",)
    assert flow_of(review(**parts)).notes == ()


def test_hits_that_are_not_all_there_are_noted(review):
    source = SearchSource(id="d", name="Database", hits=5, files=("database.ris",))
    flow = flow_of(review(protocol=protocol(sources=(source,)), records=(record("a"),)))
    assert "Database reported 5 hits, of which 1 are in records.csv." in flow.notes


decided = st.sampled_from(
    [(stage, verdict) for stage, verdicts in VERDICTS.items() for verdict in verdicts]
)


@st.composite
def reviews(draw):
    """Draw a review of few records, with any answers and any decisions."""
    names = "abcdefgh"
    pairs = st.tuples(st.sampled_from(names), st.sampled_from(names))
    decisions = [
        decide(name, *choice, who, "design" if choice[1] == "exclude" else "")
        for name, choice, who in draw(
            st.lists(
                st.tuples(st.sampled_from(names), decided, st.sampled_from("ABC")),
                max_size=40,
            )
        )
    ]
    return Review(
        protocol=protocol(),
        records=tuple(
            record(
                name,
                draw(st.sampled_from(FILES)),
                draw(st.sampled_from(["", "x", "y"])),
            )
            for name in names
        ),
        duplicates=tuple(same(a, b) for a, b in draw(st.lists(pairs, max_size=4))),
        decisions=tuple(decisions),
        studies=tuple(
            study(str(i), *draw(st.sets(st.sampled_from(names)))) for i in range(3)
        ),
    )


@given(reviews())
def test_every_box_is_the_sum_of_those_it_leads_to(review):
    flow = flow_of(review)
    for s in (flow.searched, flow.other):
        assert s.identified == sum(source.records for source in s.sources)
        assert s.identified == s.duplicates + s.open_screening + s.screened
        assert s.screened == s.excluded + s.sought
        waiting = s.open_retrieval + s.open_full_text
        assert s.sought == s.not_retrieved + waiting + s.assessed
        assert s.assessed == s.excluded_at_full_text + s.included
        assert s.excluded_at_full_text == sum(n for _, n in s.reasons)
        assert min(s.duplicates, s.open_screening, s.open_retrieval) >= 0
    previous = sum(r.file == "previous.ris" for r in review.records)
    assert flow.searched.identified + flow.other.identified + previous == 8
    assert flow.reports == flow.searched.included + flow.other.included
    assert flow.total_studies <= len(review.studies)


@given(reviews(), st.randoms(use_true_random=False))
def test_only_the_order_of_one_persons_verdicts_matters(review, random):
    # Of retrieval the last verdict counts whoever gave it, and a report of several
    # records may have been judged by one person several times.
    review = replace(
        review,
        records=tuple(replace(r, report="") for r in review.records),
        duplicates=(),
        decisions=tuple(d for d in review.decisions if d.stage != "retrieval"),
    )
    groups = {}
    for row in review.decisions:
        groups.setdefault((row.record, row.stage, row.reviewer), []).append(row)
    order = [key for key, rows in groups.items() for _ in rows]
    random.shuffle(order)
    # The next row of a group comes wherever the group stands.
    queues = {key: iter(rows) for key, rows in groups.items()}
    shuffled = tuple(next(queues[key]) for key in order)
    assert flow_of(replace(review, decisions=shuffled)) == flow_of(review)


@given(reviews())
def test_a_verdict_that_was_superseded_does_not_matter(review):
    last = {
        (row.record, row.stage, row.reviewer): index
        for index, row in enumerate(review.decisions)
    }
    kept = tuple(review.decisions[index] for index in sorted(last.values()))
    assert flow_of(replace(review, decisions=kept)) == flow_of(review)


@pytest.mark.parametrize("kind", ["database", "register", "website"])
def test_what_other_methods_found_needs_no_verdict_on_its_abstract(review, kind):
    rows = both("a", "full-text", "include")
    flow = flow_of(review(records=(record("a", f"{kind}.ris"),), decisions=tuple(rows)))
    assert flow.reports == (1 if kind == "website" else 0)


def test_a_study_pooled_before_its_report_is_included_is_noted(review):
    rows = both("a", "title-abstract", "include")
    result = Result(study="S", arm="x", outcome="o", source="page 1", row=2)
    parts = {"records": (record("a"),), "studies": (study("S", "a"),)}
    waiting = flow_of(review(**parts, decisions=tuple(rows), results=(result,)))
    assert "S has results, but none of its reports is included: retrieval." in (
        waiting.notes
    )
    rows += both("a", "full-text", "include")
    included = flow_of(review(**parts, decisions=tuple(rows), results=(result,)))
    assert included.notes == ()
