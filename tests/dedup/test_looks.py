"""Many made-up pairs for every trap: what must be merged, and what only looks like it."""

import pytest

from dedup.looks_damage import DAMAGE
from dedup.looks_fields import FIELDS
from dedup.looks_kinds import KINDS
from made_up_papers import columns
from synthesist.dedup import find_duplicates

TRAPS = KINDS | FIELDS | DAMAGE
PAIRS = [
    pytest.param(*pair, id=f"{trap} {place}")
    for trap, pairs in TRAPS.items()
    for place, pair in enumerate(pairs, start=1)
]


def answered(*records):
    found = find_duplicates(columns(*records))
    if found.groups:
        return "same"
    return "ask" if found.ask else "different"


@pytest.mark.parametrize(("wanted", "left", "right"), PAIRS)
def test_a_careful_librarian_would_agree(wanted, left, right):
    for pair in ((left, right), (right, left)):
        found = answered(*pair)
        assert found == wanted or (wanted == "apart" and found != "same")


@pytest.mark.parametrize("trap", TRAPS)
def test_every_trap_has_six_pairs_and_both_answers(trap):
    answers = [wanted for wanted, _, _ in TRAPS[trap]]
    assert len(answers) >= 6
    assert "same" in answers
    assert {"different", "apart"} & set(answers)
