"""Checking reads everything and computes nothing."""

import pytest

from synthesist.actions.check_review import check_review
from synthesist.actions.new_review import new_review
from synthesist.errors import InvalidInput, NotFound


def test_every_problem_is_told_at_once_in_the_order_of_the_files(tmp_path):
    folder = tmp_path / "mine"
    new_review(folder)
    for name, old, new in (
        ("results.csv", ",50,24,", ",50,x,"),
        ("review.toml", 'measure = "RR"', 'measure = "XX"'),
        ("studies.csv", "randomised", "random"),
    ):
        path = folder / name
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(InvalidInput) as caught:
        check_review(folder)
    files = [problem.file for problem in caught.value.problems]
    assert files == ["review.toml", "studies.csv", "results.csv"]
    assert len(str(caught.value).splitlines()) == 3


def test_nothing_is_written(tmp_path):
    folder = tmp_path / "mine"
    files = new_review(folder)
    check_review(folder)
    assert tuple(sorted(p for p in folder.rglob("*") if p.is_file())) == files


def test_a_folder_that_is_not_there(tmp_path):
    with pytest.raises(NotFound):
        check_review(tmp_path / "none")


def test_a_plan_that_no_method_can_carry_out_is_found_before_the_run(tmp_path):
    folder = tmp_path / "new"
    new_review(folder)
    plan = folder / "review.toml"
    text = plan.read_text("utf-8")
    start = text.index('id = "response-rr"')
    changed = text[start:].replace(
        'measure = "RR" ', 'measure = "RR"\nmodel = "peto" ', 1
    )
    plan.write_text(text[:start] + changed, "utf-8")
    with pytest.raises(InvalidInput, match=r"review\.toml, analysis 'response-rr'"):
        check_review(folder)
