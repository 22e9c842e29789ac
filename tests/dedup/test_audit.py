"""Estimated errors: against R's hypergeometric distribution, and by their laws."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

import golden
from made_up_papers import columns, paper
from synthesist.dedup import find_duplicates
from synthesist.dedup.audit import (
    Judged,
    Stratum,
    draw,
    estimate_errors,
    exact_limits,
    judge,
    strata,
)
from synthesist.dedup.find import Pair

R = golden.load("duplicates")


@pytest.mark.parametrize("case", R["exact"], ids=str)
def test_limits_are_those_of_r(case):
    assert exact_limits(
        case["wrong"], case["sample"], case["population"], case["level"]
    ) == (case["low"], case["high"])


def judged(rows):
    return [
        Judged(kind="merge", stratum=str(n), wrong=x, sample=k, population=size)
        for n, (x, k, size) in enumerate(rows)
    ]


def test_strata_are_put_together_as_in_r():
    expected = R["combined"]
    found = estimate_errors(judged(expected["strata"]))
    assert found.estimate == pytest.approx(expected["estimate"], rel=1e-12)
    assert found.interval.lower == pytest.approx(expected["low"], rel=1e-12)
    assert found.interval.upper == pytest.approx(expected["high"], rel=1e-12)


def test_when_all_were_judged_the_number_is_known():
    found = estimate_errors(judged([(3, 20, 20), (0, 5, 5)]))
    assert (found.estimate, found.interval.lower, found.interval.upper) == (3, 3, 3)


def test_a_stratum_of_which_nothing_was_judged_may_hold_anything():
    found = estimate_errors(judged([(0, 10, 10), (0, 0, 40)]))
    assert (found.estimate, found.interval.lower, found.interval.upper) == (0, 0, 40)
    assert found.notes == ("Nothing of the stratum '1' was judged.",)


def test_nothing_to_judge_has_no_errors():
    found = estimate_errors([])
    assert (found.population, found.estimate, found.interval.upper) == (0, 0, 0)


@given(st.data())
def test_limits_hold_the_estimate_and_more_judgements_narrow_them(data):
    population = data.draw(st.integers(1, 400))
    sample = data.draw(st.integers(1, population))
    wrong = data.draw(st.integers(0, sample))
    low, high = exact_limits(wrong, sample, population)
    guess = population * wrong / sample
    assert wrong <= low <= guess + 1
    assert guess - 1 <= high <= population
    assert low <= high
    if population >= 2 * sample:
        more = exact_limits(2 * wrong, 2 * sample, population)
        assert more[1] - more[0] <= high - low + 1


@pytest.mark.parametrize("true", [0, 2, 9])
def test_the_interval_holds_the_true_number_as_often_as_it_says(true):
    # Every sample of the small population is counted, so no chance is left.
    from math import comb

    population, sample = 30, 8
    covered = sum(
        comb(true, x) * comb(population - true, sample - x)
        for x in range(min(true, sample) + 1)
        for low, high in [exact_limits(x, sample, population)]
        if low <= true <= high
    )
    assert covered / comb(population, sample) >= 0.95


def made(kind, name, size):
    return Stratum(
        kind, name, tuple(Pair(n, n + 1, "same", 0.9, "") for n in range(size))
    )


@given(
    st.lists(st.integers(1, 60), max_size=3),
    st.lists(st.integers(1, 60), max_size=3),
    st.integers(1, 150),
)
def test_a_sample_is_as_large_as_asked_and_takes_from_every_stratum(merges, near, size):
    found = [made("merge", str(n), k) for n, k in enumerate(merges)]
    found += [made("near miss", str(n), k) for n, k in enumerate(near)]
    drawn = draw(found, size)
    assert len(drawn) == min(size, sum(merges) + sum(near))
    assert len({(d.kind, d.stratum, d.pair) for d in drawn}) == len(drawn)
    if size >= 2 * len(found):
        assert {(d.kind, d.stratum) for d in drawn} == {(s.kind, s.name) for s in found}
    assert draw(found, size) == drawn
    for item in drawn:
        assert item.population == len(
            next(
                s for s in found if (s.kind, s.name) == (item.kind, item.stratum)
            ).pairs
        )


def test_strata_are_merges_and_near_misses():
    given_records = columns(
        paper(),
        paper(pages="1101-9"),
        paper(pages="455-463"),
        paper(year="2019", volume="46", pages="1-8"),
    )
    found = strata(find_duplicates(given_records))
    assert {stratum.kind for stratum in found} == {"merge", "near miss"}
    assert sum(len(s.pairs) for s in found if s.kind == "merge") == 1
    assert ("near miss", "asked") in {(s.kind, s.name) for s in found}


def test_judgements_are_counted_by_stratum():
    rows = [("merge", "sure", 9, False), ("merge", "sure", 9, True)]
    sizes = {("merge", "sure"): 9, ("near miss", "asked"): 4}
    one, two = judge(rows, sizes)
    assert (one.population, one.sample, one.wrong) == (9, 2, 1)
    assert (two.population, two.sample, two.wrong) == (4, 0, 0)
