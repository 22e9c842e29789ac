"""Ovid's own text, with tags and with labels, and what ERIC calls NBIB."""

import pytest

from formats.reading import one, read
from formats.seeds import ERIC, OVID, OVID_TEXT


def test_ovids_tagged_text():
    references, report = read(OVID)
    first, second = references
    assert (report.dialect, report.start_markers) == ("ovid", 2)
    assert report.boilerplate == {"provider": 1}
    assert report.passages == ()
    assert first.title == "A title"
    assert [str(name) for name in first.authors] == ["Ada, Beatrice"]
    assert (first.journal, first.volume, first.issue) == (
        "Annals of Examples",
        "1",
        "2",
    )
    assert (first.pages, first.year, first.pmid) == ("118-120", "2020", "12345678")
    assert first.abstract == "Text. OR - 3.2"
    assert (first.database, first.platform) == ("Ovid MEDLINE(R) ALL", "Ovid")
    assert (second.journal, second.year, second.pages) == ("Annals", "2007", "433-441")
    assert second.origin.raw.startswith(b"<2. >")
    assert not [value for _, value in first.fields if "<2. >" in value]


@pytest.mark.parametrize("numbered", [True, False])
def test_ovids_text_with_labels(numbered):
    text = OVID_TEXT
    if not numbered:
        text = text.replace("<1>\n", "").replace(
            "<2>\nTitle", "Accession Number\n  2\nTitle"
        )
    references, report = read(text)
    first, second = references
    assert (report.dialect, report.start_markers) == ("ovid-text", 2)
    assert [str(name) for name in first.authors] == ["Ada, Beatrice", "Byron, George"]
    assert (first.volume, first.issue, first.pages) == ("1", "2", "118-120")
    assert (first.title, first.year, first.type) == ("A title", "2020", "article")
    assert [a.number for a in first.accessions] == ["00000001-202002000-00001"]
    assert second.title == "Second"


@pytest.mark.parametrize(
    ("source", "place"),
    [
        ("Lancet. 373(9664):632-3, 2009 Feb 21.", "Lancet|373|9664|632-633|2009"),
        ("Ann Ex. Vol.45(2), 2010, pp. 123-134.", "Ann Ex|45|2|123-134|2010"),
        ("Ann Ex. 2009 Feb 21;37(9):632-3", "Ann Ex|37|9|632-633|2009"),
        ("Annals of X. ", "Annals of X||||"),
        ("Soc Ex Meet. 2005; 9pp..", "Soc Ex Meet||||2005"),
    ],
)
def test_a_citation_of_ovid(source, place):
    said = one(f"<1>\nTitle\n  A title\nSource\n  {source}\n")
    parts = (said.journal, said.volume, said.issue, said.pages, said.year)
    assert "|".join(parts) == place


def test_a_file_of_eric():
    references, report = read(ERIC)
    first = references[0]
    assert (report.dialect, report.start_markers) == ("eric", 2)
    assert (first.doi, first.issns, first.type) == (
        "10.1000/xyz",
        ("1234-5678",),
        "article",
    )
    assert first.accessions == (("ERIC", "EJ1234567"),)
    assert (first.database, first.year) == ("ERIC", "2020")


def test_a_line_of_another_format_begins_no_refworks():
    from synthesist.errors import InvalidInput

    with pytest.raises(InvalidInput, match="no references"):
        read("Record.*X.*\nRT ~ Journal\nTI ~ Words\n")


def test_ovids_tagged_text_without_its_numbers_or_name():
    bare = OVID.replace("<1. >\n", "").replace("<2. >\n", "")
    assert [r.title for r in read(bare)[0]] == ["A title", "Second"]
    nameless = OVID.replace("VN  - Ovid Technologies\n", "").replace(". >", ">")
    references, report = read(nameless)
    assert [r.title for r in references] == ["A title", "Second"]
    assert report.dialect == "ovid"
