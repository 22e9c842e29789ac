"""What is written by the rules is read back as it was meant."""

import csv
import json
import tempfile
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from strategies import labels
from synthesist.store import read_folder
from synthesist.store.fields import read_name

names = labels.map(read_name).filter(lambda name: name and ";" not in name)
numbers = st.one_of(st.none(), st.floats(-1e6, 1e6, allow_subnormal=False))


@st.composite
def reviews(draw):
    """Draw outcomes, studies with two arms, and a result for some of them."""
    outcomes = draw(st.lists(names, min_size=1, max_size=3, unique=True))
    studies = draw(st.lists(names, min_size=1, max_size=4, unique=True))
    arms = {
        s: draw(st.lists(names, min_size=2, max_size=2, unique=True)) for s in studies
    }
    places = [(s, a, o) for s in studies for a in arms[s] for o in outcomes]
    results = []
    for place in draw(st.lists(st.sampled_from(places), unique=True)):
        n = draw(st.one_of(st.none(), st.integers(0, 10**6)))
        events = None if n is None else draw(st.integers(0, n))
        results.append((*place, n, events, draw(numbers)))
    return outcomes, studies, arms, results


def write(path, header, rows):
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header.split())
        writer.writerows(rows)


@given(reviews())
def test_a_generated_folder_reads_back(drawn):
    outcomes, studies, arms, results = drawn
    with tempfile.TemporaryDirectory() as beside:
        folder = Path(beside)
        entries = "".join(
            # JSON's strings are TOML's, but for the code point of deletion.
            f"[[outcomes]]\nid = {json.dumps(o, ensure_ascii=False)}\nlabel = 'x'\n"
            for o in outcomes
        )
        text = f"format = 1\ntitle = 'T'\n{entries}"
        (folder / "review.toml").write_text(text, encoding="utf-8")
        write(
            folder / "studies.csv", "study design", [(s, "randomised") for s in studies]
        )
        roles = ("treated", "control")
        rows = [(s, *row) for s in studies for row in zip(arms[s], roles, strict=True)]
        write(folder / "arms.csv", "study arm role", rows)
        write(
            folder / "results.csv",
            "study arm outcome n events mean source",
            [(*row, "page 1") for row in results],
        )
        review = read_folder(folder)
    assert [outcome.id for outcome in review.protocol.outcomes] == outcomes
    assert [study.study for study in review.studies] == studies
    assert [arm.arm for arm in review.arms] == [a for s in studies for a in arms[s]]
    assert [
        (r.study, r.arm, r.outcome, r.n, r.events, r.mean) for r in review.results
    ] == results
    assert [r.row for r in review.results] == list(range(2, len(results) + 2))
