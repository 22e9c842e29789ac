"""Ids of records, and how records become reports."""

import hashlib

from hypothesis import given
from hypothesis import strategies as st

from synthesist.review import DuplicateAnswer, Record, group_reports, record_id
from synthesist.review.reports import contradictions, standing_answers


def record(name, report=""):
    return Record(record=name, file="database.ris", ordinal=1, report=report)


def answer(a, b, word="same"):
    time = "2026-01-01T00:00:00Z"
    return DuplicateAnswer(record_a=a, record_b=b, answer=word, by="A", time=time)


def groups(records, answers):
    return [
        "".join(r.record for r in report.records)
        for report in group_reports(records, answers)
    ]


def test_the_id_of_a_record_is_the_digest_of_file_ordinal_and_bytes():
    digest = hashlib.sha256(b"a.ris\x003\x00TY  - JOUR\n").hexdigest()
    assert record_id("a.ris", 3, b"TY  - JOUR\n") == "r" + digest[:12]


@given(st.binary(max_size=20))
def test_ids_tell_places_apart(raw):
    ids = {record_id(f, i, raw) for f in ("a.ris", "a.ris1") for i in (1, 11)}
    assert len(ids) == 4


ABCD = [record(name) for name in "abcd"]


def test_chains_of_the_same_are_one_report():
    assert groups(ABCD, [answer("a", "b"), answer("d", "b")]) == ["abd", "c"]


def test_the_last_answer_on_a_pair_counts_in_either_direction():
    answers = [answer("a", "b"), answer("b", "a", "different")]
    assert groups(ABCD, answers) == ["a", "b", "c", "d"]
    assert groups(ABCD, answers[::-1]) == ["ab", "c", "d"]


def test_undo_leaves_no_answer():
    answers = [answer("a", "b", "different"), answer("b", "a", "undo")]
    assert standing_answers(answers) == {}


def test_records_that_name_the_same_report_are_one():
    records = [record("a"), record("b", "trial-1"), record("c", "trial-1")]
    (_, report) = group_reports(records)
    assert report.id == "trial-1"
    assert report.names == {"b", "c", "trial-1"}
    assert report.record.record == "b"


def test_a_report_is_called_after_its_first_record_when_none_names_one():
    (report,) = group_reports([record("a"), record("b")], [answer("a", "b")])
    assert report.id == "a"


def test_different_within_a_report_is_a_contradiction():
    answers = [answer("a", "b"), answer("b", "c"), answer("a", "c", "different")]
    reports = group_reports(ABCD, answers)
    assert contradictions(reports, answers) == (answers[2],)
    assert contradictions(group_reports(ABCD, answers[1:]), answers[1:]) == ()


pairs = st.tuples(st.sampled_from("abcdefgh"), st.sampled_from("abcdefgh"))


@given(st.lists(pairs, max_size=12), st.randoms(use_true_random=False))
def test_the_order_of_agreeing_answers_does_not_matter(drawn, random):
    records = [record(name) for name in "abcdefgh"]
    answers = [answer(a, b) for a, b in drawn]
    shuffled = random.sample(answers, len(answers))
    assert groups(records, answers) == groups(records, shuffled)
    assert sorted("".join(groups(records, answers))) == sorted("abcdefgh")
