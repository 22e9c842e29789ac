"""What holds for every mixture of the made-up traps, with people's answers in between."""

from hypothesis import given
from hypothesis import strategies as st

from dedup.looks_damage import DAMAGE
from dedup.looks_fields import FIELDS
from dedup.looks_kinds import KINDS
from made_up_papers import columns
from synthesist.dedup import Answered, find_duplicates

#: All records of one trap look alike; of two traps some do.
TRAPS = [
    [record for _, *pair in pairs for record in pair]
    for pairs in (KINDS | FIELDS | DAMAGE).values()
]


@st.composite
def bibliographies(draw, least=0):
    """Draw records of one or two traps, so that most have a look-alike."""
    some = [*draw(st.sampled_from(TRAPS)), *draw(st.sampled_from(TRAPS))]
    return draw(st.lists(st.sampled_from(some), min_size=least, max_size=9))


def named(found, ids):
    """Return groups, and what is asked and why, by the names of the records."""
    return (
        {frozenset(ids[place] for place in group) for group in found.groups},
        {(frozenset((ids[p.left], ids[p.right])), p.reason) for p in found.ask},
    )


def answers_of(data, found):
    """Answer some of what is asked, one way or the other."""
    said = [
        (pair[:2], data.draw(st.sampled_from(("same", "different", ""))))
        for pair in found.ask
    ]
    return {
        answer: tuple(pair for pair, given in said if given == answer)
        for answer in ("same", "different")
    }


def together(found, pairs):
    home = {place: group[0] for group in found.groups for place in group}
    return [home.get(a, -1) == home.get(b, -2) for a, b in pairs]


def held_of(found):
    """Return the answers of the rules that a review keeps."""
    return tuple(pair[:2] for pair in found.pairs() if pair[:2] not in found.confirmed)


@given(bibliographies(), st.randoms(use_true_random=False))
def test_the_order_of_records_matters_neither_to_groups_nor_to_questions(
    records, random
):
    ids = [f"r{place}" for place in range(len(records))]
    order = list(range(len(ids)))
    random.shuffle(order)
    shuffled = [ids[place] for place in order]
    one = find_duplicates(columns(*records, ids=ids))
    two = find_duplicates(columns(*(records[p] for p in order), ids=shuffled))
    assert named(one, ids) == named(two, shuffled)


@given(bibliographies(), st.data())
def test_a_second_run_says_what_the_first_said(records, data):
    given = columns(*records)
    first = find_duplicates(given)
    answers = answers_of(data, first)
    second = find_duplicates(given, Answered(held=held_of(first), **answers))
    third = find_duplicates(given, Answered(held=held_of(second), **answers))
    assert third.groups == second.groups
    assert [pair[:2] for pair in third.ask] == [pair[:2] for pair in second.ask]


@given(bibliographies(), st.data())
def test_what_was_answered_holds_and_is_not_asked_again(records, data):
    given = columns(*records)
    first = find_duplicates(given)
    answers = answers_of(data, first)
    second = find_duplicates(given, Answered(held=held_of(first), **answers))
    assert all(together(second, answers["same"]))
    # Of answers that contradict each other those that say "same" hold.
    allowed = find_duplicates(given, Answered(same=answers["same"]))
    apart = [
        pair
        for pair, joined in zip(
            answers["different"], together(allowed, answers["different"]), strict=True
        )
        if not joined
    ]
    assert not any(together(second, apart))
    said = {*answers["same"], *answers["different"]}
    assert said.isdisjoint(pair[:2] for pair in second.ask)


@given(bibliographies(least=2), bibliographies(), st.data())
def test_a_later_search_never_splits_what_a_person_confirmed(old, new, data):
    first = find_duplicates(columns(*old, ids=[f"a{n}" for n in range(len(old))]))
    answers = answers_of(data, first)
    place = st.integers(0, len(old) - 1)
    said = data.draw(
        st.lists(st.tuples(place, place).filter(lambda p: p[0] < p[1]), max_size=2)
    )
    answered = Answered(held=held_of(first), same=(*answers["same"], *said))
    ids = [f"a{n}" for n in range(len(old))] + [f"b{n}" for n in range(len(new))]
    given = columns(*old, *new, ids=ids)
    for new_from in (0, len(old)):
        found = find_duplicates(given, answered, new_from=new_from, known=first.ask)
        assert all(together(found, answered.same))


@given(bibliographies(least=1), bibliographies())
def test_a_later_search_is_grouped_as_if_all_were_compared_anew(old, new):
    first = find_duplicates(columns(*old))
    held = Answered(held=held_of(first))
    ids = [str(n) for n in range(len(old) + len(new))]
    given = columns(*old, *new, ids=ids)
    later = find_duplicates(given, held, new_from=len(old), known=first.ask)
    anew = find_duplicates(given, held)
    assert named(later, ids) == named(anew, ids)
