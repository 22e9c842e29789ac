"""What was written reads back the same."""

import csv
import io
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from formats.reading import one, read
from formats.test_ris import RECORD
from formats.test_tagged import NBIB
from synthesist.errors import InvalidInput
from synthesist.formats import WRITERS, find_writer, write_references
from synthesist.formats.latex import decode_latex, encode_latex
from synthesist.formats.own_table import COLUMNS, safe, unsafe
from synthesist.formats.reference import LINK_KINDS
from synthesist.formats.types import TYPES

NOT_COMPARED = {"fields", "origin", "labels"}


def said(reference):
    """Return what a reference says, without where it stands."""
    values = {
        name: value
        for name, value in reference._asdict().items()
        if name not in NOT_COMPARED
    }
    return values | {
        "labels": {pair for pair in reference.labels if pair[0] != "record"}
    }


def again(references, code, tmp_path):
    """Write references and read them."""
    path = tmp_path / f"again{WRITERS[code].suffixes[0]}"
    write_references(references, path, dialect=code)
    back, report = read(path.read_bytes())
    assert report.unknown_tags == {}
    assert report.set_aside == ()
    return back


FULL = {
    "synthesist record": "r0123456789ab",
    "type": "article",
    "title": "A title with {braces}, 50 % & $5_#~^\\ ``quoted'' --- <0.05",
    "original title": "题",
    "translated title": "Another",
    "short title": "Short",
    "authors": "Ada, Beatrice | Trial Study Group, | van der Byron, George, Jr | 王丹丹",
    "translated authors": "Wang, Dandan",
    "editors": "Editor, A",
    "year": "2020",
    "date": "2020-05-06",
    "journal": "Annals of Examples",
    "journal abbreviation": "Ann Ex",
    "translated journal": "例子年鉴",
    "volume": "14",
    "issue": "3 Suppl 1",
    "pages": "118-120, 123",
    "article number": "e5",
    "doi": "10.1002/(SICI)1097-0258(19980815)17:15<1661::AID-SIM968>3.0.CO;2-2",
    "pmid": "12345678",
    "pmcid": "PMC7654321",
    "registrations": "ChiCTR2000029990 | NCT01234567",
    "accessions": '["Embase | L123456", "WOS | WOS:0001", "77"]',
    "language": "en | zh",
    "publication types": "Journal Article | Retracted Publication",
    "abstract": "BACKGROUND: One; two. RESULTS: =3.",
    "keywords": "Lupus | two words",
    "terms": "MeSH: *Lupus/drug therapy | Emtree: adult",
    "links": "retraction in: Ann Ex. 2021 PMID: 23456789",
    "retracted": "yes",
    "database": "MEDLINE",
    "platform": "Ovid",
    "publisher": "House",
    "place": "London",
    "edition": "2nd",
    "issn": "1234-5678 | 2345-678X",
    "isbn": "9781234567897",
    "urls": "https://example.org/a?b=1&c=2 | https://example.org/d",
    "addresses": "Here, there | Elsewhere",
    "notes": "A note | '=HYPERLINK() is text",
    "status": "included",
    "reason": "wrong population",
    "rank": "12",
    "tags": "one | two",
    "other labels": "rayyan: x",
}


def table(rows):
    """Write rows as our own CSV."""
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, [name for name, _ in COLUMNS])
    writer.writeheader()
    writer.writerows(rows)
    return buffer.getvalue()


def test_every_column_of_the_full_record_says_something():
    assert FULL.keys() == {name for name, _ in COLUMNS}
    reference = one(table([FULL]))
    empty = [name for name, value in said(reference).items() if not value]
    assert empty == []


@pytest.mark.parametrize("code", WRITERS)
def test_a_full_record_survives_every_format(code, tmp_path):
    reference = one(table([FULL]))
    (back,) = again([reference], code, tmp_path)
    assert said(back) == said(reference)
    assert ("record", reference.record) in back.labels


@pytest.mark.parametrize("code", WRITERS)
@pytest.mark.parametrize("text", [RECORD, NBIB], ids=["RIS", "NBIB"])
def test_exports_survive_every_format(code, text, tmp_path):
    reference = one(text)
    (back,) = again([reference], code, tmp_path)
    assert said(back) == said(reference)


@pytest.mark.parametrize("code", WRITERS)
def test_nothing_but_a_record_survives(code, tmp_path):
    reference = one("TY  - JOUR\nER  - \n")
    assert said(again([reference], code, tmp_path)[0]) == said(reference)


@pytest.mark.parametrize("code", WRITERS)
def test_every_kind_survives(code, tmp_path):
    rows = [{"synthesist record": "r0", "type": kind, "title": "T"} for kind in TYPES]
    references, _ = read(table(rows))
    assert [r.type for r in again(references, code, tmp_path)] == list(TYPES)


@pytest.mark.parametrize("code", WRITERS)
def test_the_same_references_give_the_same_bytes(code, tmp_path):
    references = [one(table([FULL]))]
    paths = [tmp_path / f"{name}{WRITERS[code].suffixes[0]}" for name in "ab"]
    for path in paths:
        write_references(references, path, dialect=code)
    assert paths[0].read_bytes() == paths[1].read_bytes()


#: Texts of any characters; brackets around a title mean that it is a translation.
texts = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cs",), exclude_characters="[]")
    | st.sampled_from(" ;|,&<>{}\\$%-='\"\n"),
    max_size=12,
)
names = st.lists(
    st.sampled_from(
        ["Ada, B", "Group X,", "王丹丹", "Byron, G, Jr", "van der Ada, Bea", "WHO,"]
    ),
    max_size=3,
)
rows = st.fixed_dictionaries(
    {"synthesist record": st.just("r0")},
    optional={
        **{
            name: texts
            for name in FULL
            if name
            not in {"synthesist record", "links", "authors", "accessions", "type"}
        },
        "authors": names.map(" | ".join),
        "editors": names.map(" | ".join),
        "translated authors": names.map(" | ".join),
        "other labels": st.sampled_from(["rayyan: x", "asreview: 1 | study: Ada 2020"]),
        "type": st.sampled_from(list(TYPES)),
        "date": st.dates().map(str),
        "doi": texts.map(lambda text: f"10.1000/{text}"),
        "pages": st.sampled_from(["1", "118-20", "S1-9", "e5", "i-ii", "1, 3-4"])
        | texts,
        "accessions": st.lists(texts, max_size=3).map(json.dumps),
        "links": st.sampled_from(LINK_KINDS).map(lambda kind: f"{kind}: somewhere"),
        "terms": st.sampled_from(["MeSH: *Lupus", "Emtree: Lupus | MeSH: adult"]),
        "keywords": st.lists(
            st.sampled_from(["Lupus", "adult", "x y"]) | texts, max_size=3
        ).map(" | ".join),
    },
)


@settings(max_examples=100)
@given(
    rows=st.lists(rows, min_size=1, max_size=3), code=st.sampled_from(sorted(WRITERS))
)
def test_whatever_was_read_is_written_and_read_the_same(rows, code, tmp_path_factory):
    references, _ = read(table(rows))
    back = again(references, code, tmp_path_factory.mktemp("laws"))
    assert [said(reference) for reference in back] == [
        said(reference) for reference in references
    ]


@given(texts)
def test_latex_is_undone(text):
    assert decode_latex(encode_latex(text)) == text


@given(texts)
def test_safe_cells_are_undone(text):
    assert unsafe(safe(text)) == text or text.startswith("'")


@pytest.mark.parametrize(
    "text", ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "\r=1"]
)
def test_formulas_become_text(text):
    assert safe(text) == f"'{text}"


@pytest.mark.parametrize("text", ["-2.109", "+3", "-1e-5", "plain", ""])
def test_numbers_and_text_stay(text):
    assert safe(text) == text


def test_a_text_too_long_for_a_cell_goes_on_beside_it(tmp_path):
    long = "word " * 20_000
    reference = one(
        table([{"synthesist record": "r0", "title": "T", "abstract": long}])
    )
    (back,) = again([reference], "xlsx", tmp_path)
    assert back.abstract == long.strip()


def test_a_format_that_is_not_written(tmp_path):
    with pytest.raises(InvalidInput, match="names no format"):
        find_writer(tmp_path / "a.docx")
    with pytest.raises(InvalidInput, match="no format docx"):
        find_writer(tmp_path / "a.ris", "docx")
