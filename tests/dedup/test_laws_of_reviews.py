"""What holds for a review in which searches and people's answers come one after another."""

import csv
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from dedup.test_laws_of_looks import bibliographies
from synthesist.actions.duplicates.answers import answer_pairs, read_answers, take_back
from synthesist.actions.duplicates.find import deduplicate_folder
from synthesist.actions.duplicates.index import INDEX
from synthesist.actions.duplicates.written import write_merged
from synthesist.actions.new_review import new_review
from synthesist.actions.references import import_references
from synthesist.review.flow import flow_of
from synthesist.store import read_folder

COLUMNS = ("title", "authors", "year", "journal", "volume", "issue", "pages", "doi")
COLUMNS += ("pmid", "abstract")


def begin(folder):
    """Make a review without records."""
    new_review(folder)
    for file in folder.glob("*.csv"):
        file.unlink()
    toml = (folder / "review.toml").read_text(encoding="utf-8")
    (folder / "review.toml").write_text(
        toml.partition("[[analyses]]")[0], encoding="utf-8"
    )


def search(folder, name, records):
    """Take the records of a search in."""
    file = folder.parent / f"{folder.name}-{name}.csv"
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, COLUMNS, extrasaction="ignore")
        writer.writeheader()
        writer.writerows(records)
    import_references(folder, [file])


def derived(folder):
    """Return what follows from the answers: the merged reports, and the flow."""
    found = deduplicate_folder(folder, write=False)
    return merged(folder, found), flow_of(read_folder(folder))


def merged(folder, found):
    file = folder / "out.csv"
    write_merged(file, found, [folder], {})
    return file.read_bytes()


def apart(folder):
    """Return what would follow if nothing were a duplicate of anything."""
    found = deduplicate_folder(folder, write=False)
    nothing = replace(found.duplicates, groups=())
    return merged(folder, replace(found, duplicates=nothing))


def answer_some(folder, data):
    """Answer some of what is asked; return the pairs that are called the same."""
    found = deduplicate_folder(folder)
    said = [
        (found.ids[pair.left], found.ids[pair.right], answer)
        for pair in found.duplicates.ask
        if (answer := data.draw(st.sampled_from(("same", "different", ""))))
    ]
    if said:
        answer_pairs(folder, said, by="Ada")
    return [pair[:2] for pair in said if pair[2] == "same"]


@settings(max_examples=6)
@given(bibliographies(least=3), bibliographies(least=1), st.data())
def test_searches_answers_and_taking_back(tmp_path_factory, old, new, data):
    folder = tmp_path_factory.mktemp("reviews") / "review"
    begin(folder)
    search(folder, "first", old)
    records = (folder / "records.csv").read_bytes()
    before = flow_of(read_folder(folder))
    confirmed = answer_some(folder, data)
    search(folder, "second", new)
    confirmed += answer_some(folder, data)
    found = deduplicate_folder(folder)
    home = {found.ids[p]: group for group in found.duplicates.groups for p in group}
    assert all(home[a] == home[b] for a, b in confirmed)

    # A further run writes nothing, whether the index is there or not.
    answers = (folder / "duplicates.csv").read_bytes() if read_answers(folder) else b""
    for _ in range(2):
        again = deduplicate_folder(folder)
        assert again.written == ()
        assert again.duplicates.groups == found.duplicates.groups
        (folder / INDEX).unlink(missing_ok=True)
    if answers:
        assert (folder / "duplicates.csv").read_bytes() == answers

    # Taking everything back leaves the records, and what follows, as they were. What
    # is taken out of one group may find another, of which it is taken out next.
    assert (folder / "records.csv").read_bytes().startswith(records)
    for _ in range(len(old) + len(new)):
        if not deduplicate_folder(folder).duplicates.groups:
            break
        for name in found.ids:
            if any(name in (a.record_a, a.record_b) for a in standing(folder)):
                take_back(folder, name, by="Ada")
    assert derived(folder)[0] == apart(folder)
    assert derived(folder)[1].searched.duplicates == before.searched.duplicates == 0


def standing(folder):
    """Return the answers "same" that hold."""
    last = {frozenset((a.record_a, a.record_b)): a for a in read_answers(folder)}
    return [answer for answer in last.values() if answer.answer == "same"]
