"""Duplicates of a review and of files: found, answered, taken back, estimated."""

import csv
import json
from pathlib import Path

import pytest

from made_up_papers import ABSTRACT, paper
from synthesist.actions.duplicates.answers import answer_pairs, read_answers, take_back
from synthesist.actions.duplicates.find import deduplicate_files, deduplicate_folder
from synthesist.actions.duplicates.index import INDEX
from synthesist.actions.duplicates.sheet import read_audit, read_sheet, write_audit
from synthesist.actions.duplicates.written import (
    fields_of,
    write_merged,
    write_pairs,
    write_studies,
)
from synthesist.actions.new_review import new_review
from synthesist.actions.references import import_references
from synthesist.documents.side_by_side import side_by_side
from synthesist.errors import InvalidInput, NotEstimable, NotFound
from synthesist.review.flow import flow_of
from synthesist.store import read_folder
from synthesist.store.together import JOURNAL, STAGE

TITLE = paper()["title"]
OTHER = "Complications after the removal of an appendix that does not exist"

#: Two searches: the first record of each is one paper.
FIRST = f"""\
TY  - JOUR
TI  - {TITLE}
AU  - Nowak, Anna Maria
AU  - Okafor, Chidi
PY  - 2015
T2  - Journal of Invented Rheumatology
VL  - 42
IS  - 7
SP  - 1101
EP  - 1109
DB  - MEDLINE
ER  -

TY  - JOUR
TI  - {OTHER}
AU  - Moreau, Claire
PY  - 2010
T2  - Annals of Gelology
VL  - 3
SP  - 5
DB  - MEDLINE
ER  -
"""
SECOND = f"""\
TY  - JOUR
TI  - {TITLE.upper()}
AU  - Nowak A.M.
AU  - Okafor C.
PY  - 2015
T2  - J Invented Rheumatol
VL  - 42
SP  - 1101
EP  - 9
AB  - {ABSTRACT}
DB  - Embase
ER  -

TY  - JOUR
TI  - {TITLE}
AU  - Nowak A.M.
AU  - Okafor C.
PY  - 2015
T2  - J Invented Rheumatol
VL  - 42
SP  - 455
EP  - 463
DB  - Embase
ER  -
"""


@pytest.fixture
def review(tmp_path):
    """Return a review into which both searches were taken."""
    folder = tmp_path / "review"
    new_review(folder)
    for file in ("records.csv", "duplicates.csv", "screening.csv", "studies.csv"):
        (folder / file).unlink(missing_ok=True)
    for file in folder.glob("*.csv"):
        file.unlink()
    toml = (folder / "review.toml").read_text(encoding="utf-8")
    start = toml.find("[[analyses]]")
    if start > 0:
        (folder / "review.toml").write_text(toml[:start], encoding="utf-8")
    take_in(folder, tmp_path / "first.ris", FIRST)
    take_in(folder, tmp_path / "second.ris", SECOND)
    return folder


def take_in(folder, file, text):
    file.write_text(text, encoding="utf-8")
    import_references(folder, [file])


def ids(folder):
    with (folder / "records.csv").open(encoding="utf-8", newline="") as stream:
        return [row["record"] for row in csv.DictReader(stream)]


def table(file):
    with file.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_a_review_gets_answers_that_its_flow_counts(review):
    names = ids(review)
    found = deduplicate_folder(review)
    assert [[names[p] for p in group] for group in found.duplicates.groups] == [
        [names[0], names[2]]
    ]
    (answer,) = read_answers(review)
    assert {answer.record_a, answer.record_b} == {names[0], names[2]}
    assert (answer.answer, answer.by) == ("same", "synthesist")
    assert answer.reason.startswith("title, authors, volume and page agree")
    flow = flow_of(read_folder(review))
    assert flow.searched.identified == 4
    assert flow.searched.duplicates == 1


def test_a_second_run_changes_nothing(review):
    first = deduplicate_folder(review)
    held = (review / "duplicates.csv").read_bytes()
    for index in (True, False):
        if not index:
            (review / INDEX).unlink()
        second = deduplicate_folder(review)
        assert (review / "duplicates.csv").read_bytes() == held
        assert second.written == ()
        assert second.duplicates.groups == first.duplicates.groups
        assert [p[:3] for p in second.duplicates.ask] == [
            p[:3] for p in first.duplicates.ask
        ]


def test_records_are_never_changed(review):
    before = (review / "records.csv").read_bytes()
    deduplicate_folder(review)
    take_back(review, "all", by="Ada")
    assert (review / "records.csv").read_bytes() == before


@pytest.mark.parametrize("whole", [True, False])
def test_taking_back_restores_the_bytes_of_everything_derived(review, tmp_path, whole):
    def derived():
        found = deduplicate_folder(review, write=False)
        write_merged(tmp_path / "merged.csv", found, [review], {})
        return (tmp_path / "merged.csv").read_bytes(), flow_of(read_folder(review))

    (review / "duplicates.csv").write_text(
        "record_a,record_b,answer,by,time,reason\n", encoding="utf-8"
    )
    write_apart(tmp_path, review)
    before = (tmp_path / "apart.csv").read_bytes(), flow_of(read_folder(review))
    deduplicate_folder(review)
    merged = derived()
    assert merged != before
    held = (review / "duplicates.csv").read_bytes()
    take_back(review, "all" if whole else ids(review)[2], by="Ada", reason="a mistake")
    assert (review / "duplicates.csv").read_bytes().startswith(held)
    assert derived() == before
    # What was taken back is not answered again, whether it is compared anew or not.
    deduplicate_folder(review)
    (review / INDEX).unlink()
    again = deduplicate_folder(review)
    assert again.duplicates.groups == ()
    assert "took this answer back" in " ".join(p.reason for p in again.duplicates.ask)


def write_apart(tmp_path, review):
    """Write the reports of a review of which nothing is merged."""
    from dataclasses import replace

    found = deduplicate_folder(review, write=False)
    nothing = replace(found.duplicates, groups=())
    write_merged(
        tmp_path / "apart.csv", replace(found, duplicates=nothing), [review], {}
    )


def test_decisions_stay_with_their_records_and_the_report_shows_them(review):
    from synthesist.review import Decision
    from synthesist.review.verdicts import screen

    one, _, two, _ = ids(review)
    decisions = [
        Decision(
            record=name,
            stage="title-abstract",
            reviewer=who,
            verdict=verdict,
            time="2025-01-01T00:00:00Z",
        )
        for name, who, verdict in ((one, "ada", "include"), (two, "bea", "exclude"))
    ]
    deduplicate_folder(review)
    protocol = read_folder(review).protocol

    def shown():
        return {
            frozenset(d.record for d in screened.at("title-abstract").decisions)
            for screened in screen(reports_of(review), decisions, protocol)
        } - {frozenset()}

    assert shown() == {frozenset({one, two})}
    take_back(review, two, by="Ada")
    assert shown() == {frozenset({one}), frozenset({two})}


def test_one_member_is_taken_out_and_the_others_stay(review, tmp_path):
    third = SECOND.partition("\n\n")[0].replace("Embase", "Scopus") + "\n"
    take_in(review, tmp_path / "third.ris", third)
    names = ids(review)
    (group,) = deduplicate_folder(review).duplicates.groups
    assert [names[p] for p in group] == [names[0], names[2], names[4]]
    for member in (names[0], names[2], names[4]):
        take_back(review, member, by="Ada")
        rest = {names[0], names[2], names[4]} - {member}
        reports = {
            frozenset(r.record for r in report.records) for report in reports_of(review)
        }
        assert frozenset(rest) in reports
        assert frozenset({member}) in reports
        answer_pairs(
            review, [(member, name, "same") for name in sorted(rest)], by="Ada"
        )


def reports_of(folder):
    from synthesist.review.reports import group_reports

    review = read_folder(folder)
    return group_reports(review.records, review.duplicates)


def test_what_a_person_says_holds(review):
    names = ids(review)
    deduplicate_folder(review)
    answer_pairs(review, [(names[0], names[2], "different")], by="Ada")
    assert deduplicate_folder(review).duplicates.groups == ()
    answer_pairs(review, [(names[0], names[1], "same")], by="Ada")
    found = deduplicate_folder(review)
    assert [[names[p] for p in g] for g in found.duplicates.groups] == [names[:2]]
    assert flow_of(read_folder(review)).searched.duplicates == 1


def test_an_answer_of_the_rules_gives_way_to_a_person(review):
    names = ids(review)
    deduplicate_folder(review)
    answer_pairs(review, [(names[0], names[3], "same")], by="Ada")
    answer_pairs(review, [(names[2], names[3], "different")], by="Ada")
    deduplicate_folder(review)
    assert read_answers(review)[-1].answer == "undo"
    read_folder(review)
    assert deduplicate_folder(review).written == ()


def test_a_later_search_is_compared_with_what_is_there(review, tmp_path, monkeypatch):
    names = ids(review)
    deduplicate_folder(review)
    take_in(
        review,
        tmp_path / "third.ris",
        SECOND.partition("\n\n")[0].replace("Embase", "Scopus") + "\n",
    )
    from synthesist.actions.duplicates import reading

    normalised = []
    real = reading.normalise_chunk
    monkeypatch.setattr(
        reading,
        "normalise_chunk",
        lambda chunk: normalised.extend(chunk["ids"]) or real(chunk),
    )
    found = deduplicate_folder(review)
    new = ids(review)[-1]
    assert normalised == [new]
    assert [[found.ids[p] for p in g] for g in found.duplicates.groups] == [
        [names[0], names[2], new]
    ]
    assert len(found.written) == 1
    assert len(found.duplicates.ask) == 1
    (review / INDEX).unlink()
    anew = deduplicate_folder(review)
    assert anew.duplicates.groups == found.duplicates.groups
    assert anew.written == ()


def test_an_edited_record_is_compared_anew(review):
    deduplicate_folder(review)
    file = review / "records.csv"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace(TITLE.upper(), OTHER.upper()), encoding="utf-8")
    assert deduplicate_folder(review).loaded.records.title[2] == OTHER.lower()


def test_what_an_import_decided_before_it_died_is_finished(review):
    stage = review / STAGE
    stage.mkdir()
    text = (review / "records.csv").read_text(encoding="utf-8")
    row = text.splitlines()[-1].replace(ids(review)[-1], "r00000000000f")
    (stage / "0").write_text(f"{text}{row}\n", encoding="utf-8")
    (stage / JOURNAL).write_text('["records.csv"]', encoding="utf-8")
    assert deduplicate_folder(review).ids[-1] == "r00000000000f"
    assert not stage.exists()


def test_a_record_that_is_taken_out_is_compared_anew(review):
    deduplicate_folder(review)
    file = review / "records.csv"
    lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
    file.write_text("".join(lines[:-1]), encoding="utf-8")
    assert len(deduplicate_folder(review).ids) == len(lines) - 2


def test_rows_behind_a_file_without_a_last_line_end_are_found(review, tmp_path):
    file = review / "records.csv"
    file.write_bytes(file.read_bytes().rstrip(b"\n"))
    deduplicate_folder(review)
    take_in(review, tmp_path / "third.ris", SECOND)
    found = deduplicate_folder(review)
    assert list(found.ids) == ids(review)


def test_reports_by_name_hold_over_a_later_search(review, tmp_path):
    file = review / "records.csv"
    with file.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    rows[0]["report"] = rows[3]["report"] = "one report"
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    first = deduplicate_folder(review)
    assert any({0, 3} <= set(group) for group in first.duplicates.groups)
    take_in(review, tmp_path / "third.ris", SECOND)
    second = deduplicate_folder(review)
    assert second.loaded.ids[:4] == first.loaded.ids[:4]
    assert any({0, 3} <= set(group) for group in second.duplicates.groups)


def test_another_source_is_compared_anew(review):
    deduplicate_folder(review)
    found = deduplicate_folder(review, source="Embase")
    assert set(found.loaded.records.source) >= {"embase"}


def four_copies(tmp_path):
    """Return a review of four copies of one paper and one of another."""
    folder = tmp_path / "copies"
    new_review(folder, bare=True)
    one, other = paper(), paper(title=OTHER, doi="", pmid="")
    for number, source in enumerate(("MEDLINE", "Embase", "Scopus", "CENTRAL")):
        file = tmp_path / f"copy-{number}.csv"
        with file.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, [*one, "database"])
            writer.writeheader()
            writer.writerow(one | {"database": source})
            writer.writerow(
                other | {"database": source, "pages": f"{number}1-{number}9"}
            )
        import_references(folder, [file])
        yield folder


def answer_nothing(folder):
    pass


def separate_two(folder):
    first, _, second, *_ = ids(folder)
    answer_pairs(folder, [(first, second, "different")], by="Ada")


def join_others(folder):
    _, one, _, two, *_ = ids(folder)
    answer_pairs(folder, [(one, two, "same")], by="Ada")


def take_all_back(folder):
    take_back(folder, "all", by="Ada")


def take_one_back(folder):
    take_back(folder, ids(folder)[0], by="Ada")


@pytest.mark.parametrize(
    "answer",
    [answer_nothing, separate_two, join_others, take_all_back, take_one_back],
)
def test_the_index_decides_nothing(tmp_path, answer):
    for searches, folder in enumerate(four_copies(tmp_path), start=1):
        if searches > 1:
            deduplicate_folder(folder)
        if searches == 3:
            answer(folder)
    held = deduplicate_folder(folder, write=False)
    (folder / INDEX).unlink()
    anew = deduplicate_folder(folder, write=False)
    assert anew.duplicates.groups == held.duplicates.groups
    assert anew.duplicates.ask == held.duplicates.ask
    assert dict(anew.duplicates.compared) == dict(held.duplicates.compared)


def test_what_was_taken_back_as_a_whole_stays_apart(tmp_path):
    *_, folder = four_copies(tmp_path)
    found = deduplicate_folder(folder)
    assert [len(group) for group in found.duplicates.groups] == [4, 4]
    take_back(folder, "all", by="Ada")
    (folder / INDEX).unlink()
    assert deduplicate_folder(folder).duplicates.groups == ()


@pytest.mark.parametrize("damage", [b"", b"PK\x03\x04 not an archive", None])
def test_a_damaged_index_costs_time_only(review, damage):
    first = deduplicate_folder(review)
    file = review / INDEX
    file.write_bytes(file.read_bytes()[:200] if damage is None else damage)
    assert deduplicate_folder(review).duplicates.groups == first.duplicates.groups


@pytest.mark.parametrize(
    ("pairs", "by", "message"),
    [
        ([("a", "b", "same")], "Ada", "There is no record a"),
        ([], "", "Nobody answers"),
        ([], "synthesist", "Nobody answers"),
    ],
)
def test_answers_that_cannot_be_are_refused(review, pairs, by, message):
    with pytest.raises(InvalidInput, match=message):
        answer_pairs(review, pairs, by=by)


def test_answers_are_checked(review):
    one, two, *_ = ids(review)
    with pytest.raises(InvalidInput, match="'perhaps' on"):
        answer_pairs(review, [(one, two, "perhaps")], by="Ada")
    with pytest.raises(InvalidInput, match="compared with itself"):
        answer_pairs(review, [(one, one, "same")], by="Ada")
    assert read_answers(review) == ()


def test_what_cannot_be_taken_back_is_refused(review):
    with pytest.raises(InvalidInput, match="There is nothing to take back"):
        take_back(review, "all", by="Ada")
    with pytest.raises(InvalidInput, match="There is no record x"):
        take_back(review, "x", by="Ada")
    deduplicate_folder(review)
    merged = {name for a in read_answers(review) for name in (a.record_a, a.record_b)}
    alone = next(name for name in ids(review) if name not in merged)
    with pytest.raises(InvalidInput, match="There is nothing to take back"):
        take_back(review, alone, by="Ada")
    with pytest.raises(InvalidInput, match="There is no record x"):
        take_back(review, "x", by="Ada")
    with pytest.raises(InvalidInput, match="Nobody takes it back"):
        take_back(review, "all", by="")


def test_a_folder_without_records_is_not_found(tmp_path):
    with pytest.raises(NotFound, match=r"no records\.csv"):
        deduplicate_folder(tmp_path)
    with pytest.raises(NotFound, match="no folder"):
        deduplicate_folder(tmp_path / "absent")


CSV = f"""\
Record_ID,TITLE,Author,Year,BookTitle,volume,Number,pages,DOI,Database,remark
7,{TITLE},"Nowak, Anna and Okafor, Chidi",2015,J Invented Rheumatol,42,7,1101-1109,,Embase,x
9,{TITLE},"Nowak A; Okafor C",2015,J Invented Rheumatol,42,7,1101-9,,MEDLINE,y
11,{OTHER},"Moreau, C",2010,,,,,,,z
"""


def test_a_table_is_read_by_its_column_names(tmp_path):
    file = tmp_path / "records.csv"
    file.write_text(CSV, encoding="utf-8")
    found = deduplicate_files([file])
    assert found.ids == ("7", "9", "11")
    assert next(iter(found.pairs()))[:3] == ("7", "9", "same")
    counts = found.to_dict()
    assert counts.pop("seconds") >= 0
    assert counts == {"records": 3, "groups": 1, "to_remove": 1, "ask": 0}


def test_ids_of_several_files_bear_their_names(tmp_path):
    for name in ("a.csv", "b.csv"):
        (tmp_path / name).write_text(CSV, encoding="utf-8")
    found = deduplicate_files([tmp_path / "a.csv", tmp_path / "b.csv"])
    assert found.ids[:2] == ("a.csv:7", "a.csv:9")
    assert [len(group) for group in found.duplicates.groups] == [4, 2]


def test_files_of_one_name_are_told_apart_by_their_folders(tmp_path):
    files = [tmp_path / folder / "a.csv" for folder in ("may", "june")]
    files.append(tmp_path / "b.csv")
    for file in files:
        file.parent.mkdir(exist_ok=True)
        file.write_text(CSV, encoding="utf-8")
    ids = deduplicate_files(files).ids
    assert [ids[place] for place in (0, 3, 6)] == [
        "may/a.csv:7",
        "june/a.csv:7",
        "b.csv:7",
    ]
    assert set(ids) == set(deduplicate_files(files[::-1]).ids)


def test_one_file_that_is_named_twice_is_refused(tmp_path, monkeypatch):
    (tmp_path / "a.csv").write_text(CSV, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InvalidInput, match="named twice") as caught:
        deduplicate_files([tmp_path / "a.csv", Path("a.csv")])
    assert "name it once" in str(caught.value)


def test_the_order_of_files_does_not_matter(tmp_path):
    (tmp_path / "a.csv").write_text(CSV, encoding="utf-8")
    (tmp_path / "b.ris").write_text(SECOND, encoding="utf-8")
    files = [tmp_path / "a.csv", tmp_path / "b.ris"]

    def named(files):
        found = deduplicate_files(files)
        return (
            {frozenset(found.ids[p] for p in g) for g in found.duplicates.groups},
            {frozenset(pair[:2]) for pair in found.pairs()},
        )

    assert named(files) == named(files[::-1])


def test_rows_without_ids_have_their_numbers_and_files_are_no_sources(tmp_path):
    bare = f"title,year,authors\n{TITLE},2015,Nowak A\n\n{TITLE},2015,Nowak A\n"
    file = tmp_path / "bare.csv"
    file.write_text(bare, encoding="utf-8")
    found = deduplicate_files([file])
    assert found.ids == ("1", "2")
    assert len(found.duplicates.groups) == 1
    assert deduplicate_files([file], source="Embase").duplicates.groups == ()


def test_columns_of_other_names_are_mapped(tmp_path):
    file = tmp_path / "t.csv"
    file.write_text(f"Nr,Was,Wer\n3,{TITLE},x\n4,{OTHER},y\n", encoding="utf-8")
    with pytest.raises(InvalidInput, match="No column holds titles"):
        deduplicate_files([file])
    found = deduplicate_files([file], columns={"title": "was", "id": "Nr"})
    assert found.ids == ("3", "4")
    assert found.loaded.records.title[0] == TITLE.lower()
    with pytest.raises(InvalidInput, match="There is no column What"):
        deduplicate_files([file], columns={"title": "What"})


def test_known_exports_are_read_by_their_own_names(tmp_path):
    file = tmp_path / "pubmed.csv"
    file.write_text(
        "PMID,Title,Authors,Citation,First Author,Journal/Book,Publication Year,Create Date,PMCID,NIHMS ID,DOI\n"
        f'123,{TITLE},"Nowak A, Okafor C",x,Nowak A,J Invented Rheumatol,2015,2015/01/02,,,10.1000/a\n',
        encoding="utf-8",
    )
    records = deduplicate_files([file]).loaded.records
    assert records.journal == [("j invented rheumatol",)]
    assert (records.year, records.pmid, records.doi) == ([2015], ["123"], ["10.1000/a"])
    assert [name.split()[0] for name in records.authors[0]] == ["nowak", "okafor"]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_tables_are_read_in_any_encoding(tmp_path, encoding):
    file = tmp_path / "t.csv"
    text = "title;year\nÜber die Größe von Gänsen und anderen Vögeln;2010\n" * 1
    file.write_text(text, encoding=encoding)
    assert deduplicate_files([file]).loaded.records.title == [
        "uber die grosse von gansen und anderen vogeln"
    ]


def test_ids_that_stand_twice_are_refused(tmp_path):
    file = tmp_path / "t.csv"
    file.write_text("id,title\n1,a\n1,b\n", encoding="utf-8")
    with pytest.raises(InvalidInput, match="The id 1 stands in 2 rows"):
        deduplicate_files([file])
    with pytest.raises(NotFound):
        deduplicate_files([tmp_path / "absent.csv"])


def test_pairs_are_written_groups_first(review, tmp_path):
    found = deduplicate_folder(review, write=False)
    write_pairs(tmp_path / "pairs.csv", found)
    rows = table(tmp_path / "pairs.csv")
    assert list(rows[0]) == ["left", "right", "answer", "score", "reason"]
    assert [row["answer"] for row in rows] == ["same", "ask"]
    names = ids(review)
    for row in rows:
        assert names.index(row["left"]) < names.index(row["right"])
        assert 0 <= float(row["score"]) <= 1
    with pytest.raises(InvalidInput, match="cannot be written"):
        write_pairs(tmp_path / "absent" / "pairs.csv", found)


def test_a_report_says_where_each_field_is_from(review, tmp_path):
    found = deduplicate_folder(review, write=False)
    write_merged(tmp_path / "merged.csv", found, [review], {})
    rows = table(tmp_path / "merged.csv")
    names = ids(review)
    assert len(rows) == 3
    report = rows[0]
    assert report["records"] == f"{names[0]}; {names[2]}"
    assert report["title"] == TITLE
    assert report["abstract"] == ABSTRACT
    assert f"title: {names[0]}" in report["from"]
    assert f"abstract: {names[2]}" in report["from"]


def test_studies_are_suggested(tmp_path):
    rows = [
        paper(id="1", abstract=ABSTRACT + " NCT01234567. We studied 120 patients."),
        paper(id="2", title=TITLE + ": study protocol", pages="1-9", volume="40"),
        paper(
            id="3",
            title="Two years later: imaginine after flares",
            pages="9-20",
            volume="45",
            abstract="NCT01234567",
        ),
    ]
    file = tmp_path / "t.csv"
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    found = deduplicate_files([file])
    assert found.duplicates.groups == ()
    write_studies(tmp_path / "s.csv", found, [file], {})
    suggested = {
        (r["left"], r["right"]): r["reason"] for r in table(tmp_path / "s.csv")
    }
    assert suggested["1", "3"] == "both name NCT01234567"
    assert suggested["1", "2"].startswith("title and authors agree, but one is")


def test_fields_stand_side_by_side_with_what_differs():
    left, right = (
        paper(),
        paper(title=TITLE.replace("severe", "mild"), pages="", pmid="7"),
    )
    lines = {line.field: line for line in side_by_side(left, right)}
    assert lines["authors"].level == "same"
    assert lines["title"].level == "differs"
    assert [run.text for run in lines["title"].left if run.differs] == ["severe"]
    assert [run.text for run in lines["title"].right if run.differs] == ["mild"]
    assert "".join(run.text for run in lines["title"].left) == TITLE
    assert (lines["pages"].level, lines["pmid"].level) == ("left", "right")
    assert "doi" not in lines


def test_an_audit_is_drawn_filled_in_and_read_back(tmp_path):
    file = tmp_path / "t.csv"
    rows = [
        paper(
            id=f"{n}{side}",
            title=f"{TITLE} in region {chr(97 + n)}",
            pages=f"{n + 1}01-{n + 1}09",
            volume=str(n),
        )
        for n in range(20)
        for side in "xy"
    ]
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    found = deduplicate_files([file])
    assert found.duplicates.to_remove == 20
    sheet = tmp_path / "sheet.csv"
    write_audit(sheet, found, [file], {}, size=30)
    drawn = table(sheet)
    assert {row["kind"] for row in drawn} <= {"merge", "near miss"}
    merges = [row for row in drawn if row["kind"] == "merge"]
    assert sum({r["stratum"]: int(r["population"]) for r in merges}.values()) == 20
    with pytest.raises(NotEstimable, match="Nothing was judged"):
        read_audit(sheet)
    for row in drawn:
        row["answer"] = "same" if row["kind"] == "merge" else "different"
    merges[0]["answer"] = "different"
    fill(sheet, drawn)
    audit = read_audit(sheet)
    assert audit.wrong_merges.wrong == 1
    assert audit.wrong_merges.estimate == pytest.approx(20 / len(merges))
    assert audit.wrong_merges.interval.lower <= 1 <= audit.wrong_merges.interval.upper
    assert (audit.missed.wrong, audit.missed.estimate) == (0, 0)
    assert len(read_sheet(sheet)) == len(drawn)


def fill(file, rows):
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def test_a_sheet_with_another_word_is_refused(tmp_path):
    file = tmp_path / "sheet.csv"
    file.write_text("left,right,answer\na,b,same\na,c,yes\n", encoding="utf-8")
    with pytest.raises(InvalidInput, match="row 3, column answer: 'yes' is no answer"):
        read_sheet(file)


def test_no_register_is_overlooked_by_looking_for_signs_first():
    from synthesist.actions.duplicates.reading import SIGNS
    from synthesist.formats.identifiers import REGISTRIES

    # ClinicalTrials.gov's numbers begin with a zero, in small letters too.
    hints = {item.hint + ("0" if item.hint == "nct" else "") for item in REGISTRIES}
    assert [h for h in hints if not any(sign in h for sign in SIGNS)] == []
    assert "CT" in SIGNS  # of EudraCT, EUCT and CTIS


def test_fields_are_found_again_by_id(review):
    name = ids(review)[1]
    assert fields_of([review], {name}, {})[name]["title"] == OTHER


def test_counts_are_json(review):
    json.dumps(deduplicate_folder(review).to_dict(), allow_nan=False)
