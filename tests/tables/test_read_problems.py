"""Reading on past what is wrong, so that one fault does not hide another."""

import pytest

from synthesist.errors import InvalidInput
from synthesist.tables.read import parse_csv

TEXT = "a,b,b\n1,2\n3,4,5,6\n7,8,9\n"


def test_reading_goes_on_when_problems_are_collected():
    problems = []
    table = parse_csv(TEXT, name="t.csv", problems=problems)
    assert [(p.row, p.field) for p in problems] == [(1, "b"), (2, None), (3, None)]
    assert table.texts("a") == ("1", "3", "7")
    assert table.rows == [2, 3, 4]


def test_reading_stops_with_the_same_problems_when_they_are_not():
    problems = []
    parse_csv(TEXT, name="t.csv", problems=problems)
    with pytest.raises(InvalidInput) as caught:
        parse_csv(TEXT, name="t.csv")
    assert caught.value.problems == tuple(problems)


def test_a_file_without_a_header_is_an_error_either_way():
    with pytest.raises(InvalidInput, match="empty"):
        parse_csv("\n\n", name="t.csv", problems=[])


def test_an_open_quotation_mark_keeps_the_rows_before_it():
    problems = []
    table = parse_csv('a,b\n1,2\n"3,4\n5,6\n', name="t.csv", problems=problems)
    assert [p.row for p in problems] == [3]
    assert table.texts("a") == ("1",)
