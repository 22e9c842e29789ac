"""From the decisions of several people to one verdict."""

import pytest
from tests.review.conftest import protocol

from synthesist.review import Decision, Record, Reviewer, group_reports, screen

REPORTS = group_reports(
    [Record(record=name, file="database.ris", ordinal=1) for name in "ab"]
)


def decisions(text, stage="title-abstract"):
    """Read decisions such as ``A include, B exclude/design``."""
    rows = []
    for part in text.split(", "):
        who, verdict = part.split()
        verdict, _, reason = verdict.partition("/")
        row = Decision(
            record="a",
            stage=stage,
            reviewer=who,
            verdict=verdict,
            reason=reason,
            time="",
        )
        rows.append(row)
    return rows


def standing(text, stage="title-abstract", **given):
    first, _ = screen(REPORTS, decisions(text, stage), protocol(**given))
    return first.at(stage).standing


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A include", "open"),
        ("A include, A include", "open"),
        ("A include, B include", "include"),
        ("A include, B maybe", "include"),
        ("A maybe, B maybe", "include"),
        ("A exclude, B exclude", "exclude"),
        ("A include, B exclude", "conflict"),
        ("A maybe, B exclude", "conflict"),
        ("A include, B exclude, C exclude", "exclude"),
        ("C include", "include"),
        ("C include, A exclude, B exclude", "include"),
        ("C include, C exclude", "exclude"),
        ("A exclude, B include, A include", "include"),
        ("A include, B include, A exclude", "conflict"),
    ],
)
def test_title_and_abstract(text, expected):
    assert standing(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A maybe, B maybe", "open"),
        ("A maybe, B include", "conflict"),
        ("A include, B include", "include"),
        ("A exclude/design, B exclude/design", "exclude"),
    ],
)
def test_full_text(text, expected):
    assert standing(text, "full-text") == expected


def test_one_person_is_enough_for_retrieval():
    assert standing("A include", "retrieval") == "include"
    assert standing("A include, B not-retrieved", "retrieval") == "not-retrieved"


def test_who_works_alone_needs_no_second():
    alone = (Reviewer(id="A"),)
    assert standing("A include", reviewers=alone) == "include"
    assert standing("A include", reviewers=alone, reviewers_per_record=2) == "open"
    assert standing("A include", reviewers_per_record=1) == "include"


def test_of_two_reasons_the_first_in_the_protocol_counts():
    rows = decisions("A exclude/design, B exclude/population", "full-text")
    first, second = screen(REPORTS, rows, protocol())
    assert first.at("full-text").reason == "population"
    assert first.at("full-text").decisions == tuple(rows)
    assert second.at("full-text").decisions == ()


def test_a_decision_on_any_record_counts_for_the_report():
    records = [
        Record(record=name, file="database.ris", ordinal=1, report="x") for name in "ab"
    ]
    rows = decisions("A include, B include")
    rows[1] = Decision(
        record="b", stage="title-abstract", reviewer="B", verdict="include", time=""
    )
    (only,) = screen(group_reports(records), rows, protocol())
    assert only.at("title-abstract").standing == "include"
