"""What holds for every set of records."""

from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from made_up_papers import ABSTRACT, columns, paper
from synthesist.dedup import Answered, find_duplicates
from synthesist.dedup.block import find_pairs, key_table, order_of

TITLES = (
    paper()["title"],
    paper()["title"].upper() + ".",
    paper()["title"] + ": a randomised trial",
    "Erratum: " + paper()["title"],
    "Editorial",
    "Imaginine for flares. Part I",
    "Imaginine for flares. Part II",
    "",
)

records = st.fixed_dictionaries(
    {
        "title": st.sampled_from(TITLES),
        "authors": st.sampled_from(
            (paper()["authors"], "Nowak AM; Okafor C", "Moreau, Claire", "")
        ),
        "year": st.sampled_from(("2015", "2014", "2016", "")),
        "journal": st.sampled_from(
            (paper()["journal"], "J Invented Rheumatol", "Acta", "")
        ),
        "volume": st.sampled_from(("42", "43", "")),
        "issue": st.sampled_from(("7", "s1", "")),
        "pages": st.sampled_from(("1101-1109", "1101", "S12", "e77", "")),
        "doi": st.sampled_from(("10.1000/a.1", "10.1000/a.2", "", "")),
        "pmid": st.sampled_from(("11", "12", "", "", "")),
        "abstract": st.sampled_from((ABSTRACT, "", "")),
        "source": st.sampled_from(("", "", "Embase")),
    }
)
sets = st.lists(records, max_size=7)


def named(found, ids):
    """Return groups and pairs to ask about by the names of the records."""
    return (
        {frozenset(ids[place] for place in group) for group in found.groups},
        {frozenset((ids[p.left], ids[p.right])) for p in found.ask},
    )


@given(sets, st.randoms(use_true_random=False))
def test_the_order_of_the_input_does_not_matter(given_records, random):
    ids = [f"r{place}" for place in range(len(given_records))]
    order = list(range(len(ids)))
    random.shuffle(order)
    first = find_duplicates(columns(*given_records, ids=ids))
    shuffled = [ids[place] for place in order]
    second = find_duplicates(
        columns(*(given_records[place] for place in order), ids=shuffled)
    )
    assert named(first, ids) == named(second, shuffled)


@given(sets)
def test_a_second_run_changes_nothing(given_records):
    given = columns(*given_records)
    first = find_duplicates(given)
    held = tuple(pair[:2] for pair in first.pairs())
    second = find_duplicates(given, Answered(held=held))
    assert second.groups == first.groups


@given(sets, records, st.data())
def test_adding_a_record_never_splits_a_pair_that_a_person_confirmed(
    given_records, another, data
):
    given_records = [*given_records, another, another | {"year": "2011"}]
    pair = st.integers(0, len(given_records) - 1)
    pairs = data.draw(st.lists(st.tuples(pair, pair), max_size=3))
    confirmed = tuple((a, b) for a, b in pairs if a != b)
    for size in (len(given_records), len(given_records) + 1):
        found = find_duplicates(
            columns(*[*given_records, another][:size]), Answered(same=confirmed)
        )
        home = {p: group[0] for group in found.groups for p in group}
        assert all(home[a] == home[b] for a, b in confirmed)


@given(sets, st.data())
def test_what_a_person_called_different_stays_apart(given_records, data):
    given_records = [*given_records, paper(), paper()]
    pair = st.tuples(
        st.integers(0, len(given_records) - 1), st.integers(0, len(given_records) - 1)
    )
    pairs = tuple((a, b) for a, b in data.draw(st.lists(pair, max_size=3)) if a != b)
    found = find_duplicates(columns(*given_records), Answered(different=pairs))
    home = {p: group[0] for group in found.groups for p in group}
    assert all(home.get(a, -1) != home.get(b, -2) for a, b in pairs)
    assert all({frozenset(pair[:2])} - set(map(frozenset, pairs)) for pair in found.ask)


@given(sets)
def test_no_group_holds_a_pair_that_the_rules_call_different(given_records):
    found = find_duplicates(columns(*given_records))
    for group in found.groups:
        for pair in found.inside(group):
            compared = found.compared.get((pair.left, pair.right))
            assert compared is None or compared.answer != "different"


@given(sets, sets)
def test_new_records_are_compared_with_old_ones_and_with_each_other(old, new):
    given = columns(*old, *new)
    keys, rank = key_table(given), order_of(given)
    whole = {tuple(p) for p in find_pairs(keys, rank).tolist()}
    later = {tuple(p) for p in find_pairs(keys, rank, len(old)).tolist()}
    assert later == {pair for pair in whole if pair[1] >= len(old)}


@given(sets)
def test_pairs_are_listed_left_before_right_and_once(given_records):
    found = find_duplicates(columns(*given_records))
    pairs = [(pair.left, pair.right) for pair in (*found.pairs(), *found.ask)]
    assert all(left < right for left, right in pairs)
    assert len(set(pairs)) == len(pairs)
    sizes = [len(group) for group in found.groups]
    assert len(list(found.pairs())) == sum(n * (n - 1) // 2 for n in sizes)
    assert found.to_remove == sum(sizes) - len(sizes)


def test_a_crowd_with_one_title_is_compared_in_part_and_not_in_whole():
    crowd = [
        paper(title="Editorial", volume=str(volume), pages=str(1 + volume % 3))
        for volume in range(1, 300)
    ]
    given = columns(*crowd, crowd[7], ids=[str(n) for n in range(len(crowd) + 1)])
    pairs = find_pairs(key_table(given), order_of(given))
    assert len(pairs) < 300 * 299 / 4
    assert find_duplicates(given).groups == ((7, 299),)


def test_several_processes_find_what_one_finds(monkeypatch):
    many = [
        paper(
            title=f"{paper()['title']} {word}", pages=f"{100 + number}-{140 + number}"
        )
        for number, word in enumerate(("alpha", "beta", "gamma", "delta") * 12)
    ]
    given = columns(*many, *many, ids=[str(n) for n in range(2 * len(many))])
    monkeypatch.setattr("synthesist.dedup.parallel.MANY", 10)
    monkeypatch.setattr("synthesist.dedup.parallel.TASK", 50)
    alone, together = find_duplicates(given), find_duplicates(given, workers=2)
    assert alone.groups == together.groups
    assert alone.ask == together.ask


def test_nothing_is_found_among_nothing():
    found = find_duplicates(columns())
    assert (found.groups, found.ask, found.to_remove) == ((), (), 0)
    assert np.array_equal(order_of(columns()), [])
    assert replace(found, groups=((0, 1),)).to_remove == 1
