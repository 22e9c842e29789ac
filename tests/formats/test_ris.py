"""RIS as databases and programs write it."""

import pytest

from formats.reading import one, read

RECORD = """\
TY  - JOUR
TI  - Low-dose interleukin-2 &amp; lupus: a <i>randomised</i> trial
AU  - Ada, Beatrice C.
AU  - Trial Study Group,
PY  - 2020///
T2  - Annals of Examples
J2  - Ann Ex
VL  - 14
IS  - 3
SP  - 118
EP  - 20
DO  - https://doi.org/10.1000%2Fxyz.123
UR  - https://example.org/a?b=1
SN  - 1234-567X
LA  - eng
AB  - BACKGROUND: Some people. METHODS: Registered as NCT 01234567. RESULTS: P < 0.05.
KW  - Lupus
KW  - *Interleukin-2
N1  - PMID: 12345678
ER  -
"""


def test_every_field_reaches_its_place():
    reference = one(RECORD)
    assert reference.title == "Low-dose interleukin-2 & lupus: a randomised trial"
    assert [str(name) for name in reference.authors] == [
        "Ada, Beatrice C.",
        "Trial Study Group",
    ]
    assert [name.collective for name in reference.authors] == [False, True]
    assert (reference.year, reference.journal) == ("2020", "Annals of Examples")
    assert reference.journal_abbreviation == "Ann Ex"
    assert (reference.volume, reference.issue, reference.pages) == (
        "14",
        "3",
        "118-120",
    )
    assert (reference.doi, reference.pmid) == ("10.1000/xyz.123", "12345678")
    assert reference.issns == ("1234-567X",)
    assert reference.languages == ("en",)
    assert reference.registrations == ("NCT01234567",)
    assert reference.keywords == ("Lupus", "Interleukin-2")
    assert reference.abstract.endswith("P < 0.05.")
    assert reference.type == "article"


def test_raw_fields_and_bytes_are_kept_as_they_stand():
    reference = one("\n\n" + RECORD)
    assert (
        "TI",
        "Low-dose interleukin-2 &amp; lupus: a <i>randomised</i> trial",
    ) in reference.fields
    assert reference.origin.raw.decode() == RECORD
    assert (reference.origin.line, reference.origin.last_line) == (3, 22)
    assert reference.record.startswith("r")


def test_changes_are_counted():
    _, report = read(RECORD)
    assert report.changes == {
        "entities decoded": 1,
        "markup removed": 1,
        "pages completed": 1,
    }


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_no_record_is_lost_to_a_mark_or_line_ends(mark, end):
    text = mark + (RECORD + "\n" + RECORD).replace("\n", end)
    references, report = read(text)
    assert [reference.title for reference in references] == [one(RECORD).title] * 2
    assert report.encoding.mark == bool(mark)


def test_a_missing_end_does_not_swallow_the_next_record():
    references, _ = read(
        "TY  - JOUR\nTI  - First\n\nTY  - JOUR\nTI  - Second\nER  - \n"
    )
    assert [reference.title for reference in references] == ["First", "Second"]


def test_a_mark_between_joined_files_does_not_hide_a_record():
    references, _ = read(
        "\ufeffTY  - JOUR\nTI  - A\nER  - \n\ufeffTY  - JOUR\nTI  - B\nER  - \n"
    )
    assert [reference.title for reference in references] == ["A", "B"]


@pytest.mark.parametrize(
    "line",
    ["TI  -  Title", "TI - Title", "TI  - Title", "TI\t- Title", "TI  -\u00a0Title"],
)
def test_any_spacing_of_a_tag_is_read(line):
    assert one(f"TY  -  JOUR\n{line}\nER  -  \n").title == "Title"


def test_lines_that_only_look_like_tags_stay_in_their_text():
    reference = one(
        "TY  - JOUR\nAB  - The odds\nOR - 3.2 was high\nand so on\nER  - \n"
    )
    assert reference.abstract == "The odds OR - 3.2 was high and so on"


def test_continued_keywords_and_addresses_are_one_each():
    reference = one("TY  - JOUR\nKW  - one\ntwo\nthree\nAD  - Here\nThere\nER  -\n")
    assert reference.keywords == ("one", "two", "three")
    assert reference.addresses == ("Here", "There")


def test_ovid_numbers_links_strategies_and_trailing_tags():
    text = """\
1.
TY  - JOUR
DB  - Embase <1974 to 2021>
ID  - 2019-65183-001
T1  - First
ER  -
NL  - J Psych

Link to the Ovid Full Text or citation: https://example.org

C1  - Database: Embase <1980 to 2024 Week 25>

Search Strategy:

--------------------------------------------------------------------------------
1     exp lupus/ (9999)

2.
TY  - JOUR
T1  - Second
ER  -
"""
    references, report = read(text)
    assert [reference.title for reference in references] == ["First", "Second"]
    assert references[0].journal == "J Psych"
    assert references[0].accessions == (("PsycINFO", "2019-65183-001"),)
    assert report.dialect == "ris/ovid"
    assert report.boilerplate == {"number": 2, "link to full text": 1, "rule": 1}
    assert [passage.text for passage in report.passages] == [
        "C1  - Database: Embase <1980 to 2024 Week 25>",
        "Search Strategy:",
        "1     exp lupus/ (9999)",
    ]


def test_tags_before_the_type_belong_to_the_record():
    text = "DB  - McK\nTI  - First\nTY  - JOUR\nVL  - 1\nER  - \n\nDB  - McK\nTI  - Second\nTY  - JOUR\nER  - \n"
    references, report = read(text)
    assert [reference.title for reference in references] == ["First", "Second"]
    assert references[1].origin.raw.startswith(b"DB  - McK\nTI  - Second")
    assert report.start_markers == 2


def test_a_record_without_a_type_is_kept_and_said():
    text = "TY  - JOUR\nTI  - First\nER  - \n\nTI  - Second\nAU  - B, C\nER  - \nTY  - JOUR\nTI  - Third\nER  - \n"
    references, report = read(text)
    assert [reference.title for reference in references] == ["First", "Second", "Third"]
    assert (report.start_markers, report.unmarked) == (3, 1)


def test_rayyan_puts_two_fields_into_one_line():
    text = "TY  - JOUR\nAN  - rayyan-1\nTI  - A\nDO  - 10.1000/1     LK  - https://e.org/x\nER  -\n"
    reference = one(text)
    assert (reference.doi, reference.urls) == ("10.1000/1", ("https://e.org/x",))


def test_central_and_its_preamble():
    text = """\
Record #1 of 2
Provider: John Wiley & Sons, Ltd.
Content: text/plain; charset="UTF-8"

TY  -  JOUR
AN  -  CN-00778158
A1  -  Ada, B
T1  -  First
C3  -  PUBMED 21314913
ER  -


Record #2 of 2
Provider: John Wiley & Sons, Ltd.
Content: text/plain; charset="UTF-8"

TY  -  JOUR
AN  -  CN-00778159
T1  -  Second
ER  -
"""
    references, report = read(text)
    assert [reference.pmid for reference in references] == ["21314913", ""]
    assert references[0].accessions == (("CENTRAL", "CN-00778158"),)
    assert references[0].database == "CENTRAL"
    assert not report.passages


def test_unknown_tags_are_kept_and_listed():
    references, report = read(
        "TY  - JOUR\nTI  - A\nZ7  - what is this\nZ7  - and this\nER  - \n"
    )
    assert report.unknown_tags == {"Z7": 2}
    assert ("Z7", "what is this") in references[0].fields


def test_scopus_keeps_a_pmid_in_a_custom_field():
    text = "TY  - JOUR\nTI  - A\nC2  - 38580657\nDB  - Scopus\nER  - \n"
    assert one(text).pmid == "38580657"


def test_an_empty_record_is_a_record():
    references, report = read("TY  -\nER  -\n\nTY  - GEN\nER  -\n")
    assert len(references) == report.start_markers == 2


OVID_ADDRESS = (
    "TY  - JOUR\nTI  - A title\nIS  - {issue}\nM2  - Ada, B. Somewhere.\nL2  - http://ovidsp.ovid.com/"
    "ovidweb.cgi?T=JS&PAGE=reference&D={database}&NEWS=N&AN={number}\nER  - \n"
)


@pytest.mark.parametrize(
    ("database", "number", "pmid", "name"),
    [
        ("medp", "39012781", "39012781", "MEDLINE"),
        ("oemezd", "638340023", "", "Embase"),
        ("psyc19", "2019-12345-001", "", "APA PsycInfo"),
        ("zzzz", "39012781", "", ""),
    ],
)
def test_ovids_address_names_database_and_number(database, number, pmid, name):
    text = OVID_ADDRESS.format(database=database, number=number, issue="3")
    reference = one(text)
    assert (reference.pmid, reference.database) == (pmid, name)
    assert (reference.platform, reference.issue) == ("Ovid", "3")
    assert reference.addresses == ("Ada, B. Somewhere.",)


@pytest.mark.parametrize("codes", ["eag, 7805975", "101676033", "9439514, b6e"])
def test_a_journals_number_is_no_issue(codes):
    text = OVID_ADDRESS.format(database="medp", number="39012781", issue=codes)
    (reference,), report = read(text)
    assert reference.issue == ""
    assert ("IS", codes) in reference.fields
    assert report.changes["journal codes taken from the issue"] == 1


def test_na_stands_for_nothing():
    reference = one(
        "TY  - JOUR\nAB  - NA\nAU  - NA\nVL  - NA\nDO  - NA\nKW  - NA\nTI  - DNA\nER  - \n"
    )
    assert (reference.abstract, reference.authors, reference.volume) == ("", (), "")
    assert (reference.title, reference.keywords) == ("DNA", ("NA",))
    assert ("VL", "NA") in reference.fields


EBSCO = (
    "TY  - JOUR\nT1  - A title\nVL  - v. 40\nN1  - Accession Number: 12345678; Keywords: Lupus;"
    "\nDP  - EBSCOhost\nDB  - {code}\nER  - \n"
)


@pytest.mark.parametrize(
    ("code", "name", "pmid"),
    [
        ("ecn", "EconLit", ""),
        ("cmedm", "MEDLINE", "12345678"),
        ("CINAHL Complete", "CINAHL Complete", ""),
    ],
)
def test_ebscohost_names_databases_by_codes(code, name, pmid):
    reference = one(EBSCO.format(code=code))
    assert (reference.database, reference.platform) == (name, "EBSCOhost")
    assert reference.accessions == ((name, "12345678"),)
    assert (reference.pmid, reference.volume) == (pmid, "40")


def test_dimensions_and_the_lens():
    text = "TY  - JOUR\nAN  - pub.1117140107\nTI  - A title\nER  - \n"
    assert one(text).database == "Dimensions"
    text = "TY  - JOUR\nTI  - A title\nUR  - https://lens.org/012-345-678-901-23X\nER  - \n"
    assert one(text).platform == "The Lens"


def test_a_library_of_many_sources_is_of_none():
    scopus = "TY  - JOUR\nTI  - One\nDB  - Scopus\nER  - \n"
    other = "TY  - JOUR\nTI  - Two\nJF  - Annals\nER  - \n"
    references, report = read(scopus + 3 * other)
    assert report.dialect == "ris"
    assert [r.database for r in references] == ["Scopus", "", "", ""]
    assert read(scopus + other)[1].dialect == "ris/scopus"
    lens = "TY  - JOUR\nTI  - A title\nUR  - https://doi.org/10.1000/x\nhttps://lens.org/01\nER  - \n"
    assert one(lens).database == "The Lens"


def test_a_number_before_a_record_is_a_sign_of_it():
    text = "".join(
        f"{n}. \nTY  - JOUR\nDB  - Embase\nAN  - 200123456{n}\nT1  - Title {n}\nER  - \n\n"
        for n in range(1, 4)
    )
    _, report = read(text)
    assert report.dialect == "ris/ovid"


def test_a_tag_may_stand_close_to_its_value():
    record = one("TY  - JOUR\nTI  -A title\nAB  - as\nX9  -3 of them\nER  - \n")
    assert record.title == "A title"
    assert record.abstract == "as X9 -3 of them"
