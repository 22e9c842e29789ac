"""CSV, TSV and workbooks."""

import datetime as dt

import pytest

from formats.reading import one, read
from synthesist.errors import InvalidInput


def test_embase_with_its_preamble():
    text = (
        '"SEARCH QUERY","lupus:ti"\n-------------------\n\n'
        '"Title","Author Names","Source","Emtree Drug Index Terms","Medline PMID","DOI"\n'
        '"First","Yang Z., Jiang B.","Nat. Commun. (2024) 15:1 (12-20). Date of Publication: 1 Dec 2024",'
        '"keratin, melanin (drug therapy, oral)",38773066,10.1000/x\n'
    )
    references, report = read(text)
    (first,) = references
    assert [str(name) for name in first.authors] == ["Yang, Z.", "Jiang, B."]
    assert (first.journal, first.year, first.volume, first.issue, first.pages) == (
        "Nat. Commun.",
        "2024",
        "15",
        "1",
        "12-20",
    )
    assert [term.text for term in first.terms] == [
        "keratin",
        "melanin (drug therapy, oral)",
    ]
    assert report.dialect == "table/embase"
    assert report.passages[0].text == '"SEARCH QUERY","lupus:ti"'


def test_embase_with_a_field_a_row():
    text = (
        '"TITLE","First"\n"AUTHOR NAMES","Yang Z.","Jiang B."\n"SOURCE","Annals (2020)"\n'
        '"ABSTRACT","Text, with\na line end"\n\n"TITLE","Second"\n"SOURCE","Annals (2021)"\n'
    )
    references, _ = read(text)
    assert [r.title for r in references] == ["First", "Second"]
    assert len(references[0].authors) == 2


def test_pubmed_scopus_and_covidence_authors():
    pubmed = 'PMID,Title,Authors,Citation,First Author,Journal/Book\n1,A,"Ada B, Trial Study Group, Byron GG.",c,Ada B,Ann\n'
    assert [str(n) for n in one(pubmed).authors] == [
        "Ada, B",
        "Trial Study Group",
        "Byron, GG",
    ]
    scopus = "Authors,Title,Source title,EID,Source,Art. No.\nAda B.; Byron G.,A,Ann,2-s2.0-1,Scopus,e5\n"
    reference = one(scopus)
    assert [str(n) for n in reference.authors] == ["Ada, B.", "Byron, G."]
    assert (reference.database, reference.article_number) == ("Scopus", "e5")
    covidence = 'Title,Authors,Abstract,Covidence #\nA,"Ada, B.; Byron, G.",x,#12\n'
    assert [str(n) for n in one(covidence).authors] == ["Ada, B.", "Byron, G."]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("rows", [1, 29, 30, 31, 100])
def test_every_row_is_a_record(delimiter, rows):
    # The thirty-first row was once lost by reader and counter alike.
    lines = [delimiter.join(("title", "year", "doi"))]
    lines += [
        delimiter.join((f"Title {n}", "2020", f"10.1000/{n}")) for n in range(rows)
    ]
    references, _ = read("\n".join(lines))
    assert [r.title for r in references] == [f"Title {n}" for n in range(rows)]


def test_quoted_line_ends_marks_and_empty_rows():
    text = 'title,abstract,year\n"A ""quoted"" title","line one\nline two",2020\n,,\n\nB,c,2021\n'
    references, _ = read(text)
    assert [r.title for r in references] == ['A "quoted" title', "B"]
    assert references[0].abstract == "line one line two"
    assert references[1].origin.line == 6


def test_a_row_that_does_not_fit_is_set_aside_with_a_reason():
    references, report = read("title,year\nA,2020\nB, with a comma,2021\nC,2022\n")
    assert [r.title for r in references] == ["A", "C"]
    (aside,) = report.set_aside
    assert aside.origin.line == 3
    assert aside.reason == "the row has 3 cells, the header 2"
    assert aside.origin.raw == b"B, with a comma,2021\n"


def test_an_open_quotation_mark_costs_one_row():
    text = 'title,year\nA,2020\n"B,2021\n' + "".join(f"C{n},2022\n" for n in range(50))
    references, report = read(text)
    assert len(references) == 51
    assert report.set_aside[0].reason == "a quotation mark is not closed"


@pytest.mark.parametrize("before", [0, 40])
def test_a_quotation_mark_does_not_swallow_the_row_behind_it(before):
    rows = [f'Title {n},"Ada, B",2020\n' for n in range(before)]
    text = "title,authors,year\n" + "".join(
        (*rows, '"Open,Ada,2021\n', 'Behind it,"Byron, C",2022\n', "Last,D,2023\n")
    )
    references, report = read(text)
    assert [r.title for r in references][before:] == ["Behind it", "Last"]
    (aside,) = report.set_aside
    assert aside.reason == "a quotation mark is not closed"
    assert aside.header == "title,authors,year\n"
    assert report.conserved


def test_a_mapping_names_columns():
    text = "Überschrift,Wer,Wann\nA,Ada B,2020\n"
    with pytest.raises(InvalidInput):
        read(text)
    reference = one(
        text,
        dialect="table",
        columns={"title": "Überschrift", "authors": "Wer", "year": "Wann"},
    )
    assert (reference.title, reference.year, str(reference.authors[0])) == (
        "A",
        "2020",
        "Ada, B",
    )


def test_lists_as_python_prints_them_and_formulas_of_excel():
    text = 'title,authors,issn,keywords\nA,"[\'Marx, Karl\', \'Lindgren, Astrid\']","=""19326203""","[\'x\', \'y\']"\n'
    reference = one(text)
    assert [str(n) for n in reference.authors] == ["Marx, Karl", "Lindgren, Astrid"]
    assert (reference.issns, reference.keywords) == (("1932-6203",), ("x", "y"))


def test_trial_registers_as_tables():
    text = "NCT Number,Study Title,Conditions,Sponsor,First Posted\nNCT01234567,A trial,Lupus|SLE,Ada,2020-05-06\n"
    reference = one(text)
    assert (reference.type, reference.registrations) == (
        "trial-registration",
        ("NCT01234567",),
    )
    assert reference.keywords == ("Lupus", "SLE")
    text = "TrialID,Public title,Primary sponsor,Date registration\nChiCTR2000029990,试验,Ada,01/02/2020\n"
    assert one(text).registrations == ("ChiCTR2000029990",)


def workbook(path, rows, *, dimension=None):
    """Write a workbook; `dimension` replaces what the sheet says of its size."""
    xlsxwriter = pytest.importorskip("xlsxwriter")
    book = xlsxwriter.Workbook(path, {"default_date_format": "yyyy-mm-dd"})
    sheet = book.add_worksheet("references")
    for number, row in enumerate(rows):
        sheet.write_row(number, 0, row)
    book.add_worksheet("notes").write(0, 0, "nothing")
    book.close()
    if dimension:
        import zipfile

        members = {}
        with zipfile.ZipFile(path) as archive:
            members = {name: archive.read(name) for name in archive.namelist()}
        import re

        name = "xl/worksheets/sheet1.xml"
        members[name] = re.sub(
            rb'<dimension ref="[^"]*"/>',
            f'<dimension ref="{dimension}"/>'.encode(),
            members[name],
        )
        with zipfile.ZipFile(path, "w") as archive:
            for member, data in members.items():
                archive.writestr(member, data)
    return path


def test_a_workbook_is_read_whatever_it_says_of_its_size(tmp_path):
    rows = [["Title", "Authors", "Publication Year", "Date"]]
    rows += [
        [f"T{n}", "Ada, B.; Byron, G.", 2020, dt.date(2020, 5, 6)] for n in range(40)
    ]
    path = workbook(tmp_path / "a.xlsx", rows, dimension="A1:B3")
    references, report = read(path.read_bytes())
    assert len(references) == 40
    assert (references[0].year, references[0].date) == ("2020", "2020-05-06")
    assert report.notes == ("The sheet notes was not read.",)


def test_a_bomb_is_refused(tmp_path):
    import zipfile

    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * (50 << 20))
    with pytest.raises(InvalidInput, match="would unpack"):
        read(path.read_bytes())


@pytest.mark.parametrize("data", [b"PK\x03\x04", b"PK\x03\x04" + b"x" * 500])
def test_a_damaged_workbook_is_invalid_input(data):
    with pytest.raises(InvalidInput, match="damaged"):
        read(data)


def test_a_table_of_springer_glues_its_names():
    text = (
        "Item Title,Publication Title,Journal Volume,Journal Issue,Item DOI,Authors,"
        "Publication Year,Content Type\n"
        "A title,Annals,1,2,10.1000/xyz,Ann McAdaBen C. ByronLi Wu,2020,Article\n"
    )
    reference = one(text)
    assert (reference.title, reference.journal) == ("A title", "Annals")
    assert (reference.volume, reference.issue, reference.type) == ("1", "2", "article")
    assert [str(name) for name in reference.authors] == [
        "McAda, Ann",
        "Byron, Ben C.",
        "Wu, Li",
    ]


def test_names_in_full_between_commas():
    reference = one(
        'title,authors,year\nA title,"Ann Ada, Ben Byron, Cleo De Wit",2020\n'
    )
    assert [name.family for name in reference.authors] == ["Ada", "Byron", "De Wit"]


def test_a_table_named_by_the_tags_of_web_of_science():
    header = "PT\tAU\tAF\tTI\tSO\tDT\tID\tPD\tPY\tVL\tBP\tEP\tDI\tPM\tUT"
    row = (
        "J\tAda, B; Byron, G\tAda, Beatrice; Byron, George\tA title\tANNALS\tArticle"
        "\tLUPUS; TRIAL\tFEB 3\t2020\t1\t118\t120\t10.1000/xyz\t12345678\tWOS:000123456700001"
    )
    references, report = read(f"{header}\t\r\n{row}\t\r\n".encode("utf-16"))
    (reference,) = references
    assert (report.dialect, report.unknown_tags) == ("table/wos", {})
    assert [str(name) for name in reference.authors] == [
        "Ada, Beatrice",
        "Byron, George",
    ]
    assert (reference.type, reference.title, reference.journal) == (
        "article",
        "A title",
        "ANNALS",
    )
    assert (reference.volume, reference.pages, reference.date) == (
        "1",
        "118-120",
        "2020-02-03",
    )
    assert (reference.doi, reference.pmid) == ("10.1000/xyz", "12345678")
    assert reference.accessions == (("WOS", "WOS:000123456700001"),)


def test_a_table_named_by_the_tags_of_ovid():
    reference = one(
        '"VN","DB","AN","TI","AU","SO","YR","DO","PT"\n"Ovid Technologies","APA PsycInfo",'
        '"2020-12345-001","A title","Ada, B; Byron, G","Annals. Vol.12(3), 2020, pp. 118-120."'
        ',"2020","10.1000/xyz","Journal Article"\n'
    )
    assert (reference.title, reference.type) == ("A title", "article")
    assert (reference.journal, reference.volume, reference.issue) == (
        "Annals",
        "12",
        "3",
    )
    assert (reference.pages, reference.database) == ("118-120", "APA PsycInfo")


def test_medline_of_web_of_science_named_by_tags():
    header = "PT\tAN\tTI\tAU\tSO\tVL\tIS\tPS\tPY\tPD\tMH\tDI\tUT"
    row = (
        "J\t12345678\tA title.\tAda, Bea (ada@x.edu) ; Byron, G\tAnnals\t12\t3\t118-20\t2018"
        "\t2018 Sep (Epub 2018 Jun 11)\tAnimals. *Fires\t10.1000/xyz\tMEDLINE:12345678"
    )
    reference = one(f"{header}\n{row}\n")
    assert [str(name) for name in reference.authors] == ["Ada, Bea", "Byron, G"]
    assert (reference.pmid, reference.pages) == ("12345678", "118-120")
    assert reference.date == "2018-09"


def test_clinicaltrials_as_it_was():
    reference = one(
        '"Rank","NCT Number","Title","Acronym","Status","Conditions","Interventions",'
        '"Sponsor/Collaborators","Study Type","Study Designs","Other IDs","First Posted","URL"\n'
        '"1","NCT01234567","A trial","X","Completed","Lupus|Pain","Drug: A|Drug: B","Someone",'
        '"Interventional","Allocation: Randomized","X|2015-004529-10","March 3, 2017",'
        '"https://ClinicalTrials.gov/show/NCT01234567"\n'
    )
    assert reference.type == "trial-registration"
    assert (reference.date, reference.database) == ("2017-03-03", "ClinicalTrials.gov")
    assert reference.keywords == ("Lupus", "Pain", "Drug: A", "Drug: B")
    assert reference.registrations == ("2015-004529-10", "NCT01234567")


def test_ictrp_names_its_columns_in_two_ways():
    reference = one(
        "Main ID,Public Title,Recruitment status,Condition,Intervention,Countries\n"
        "EUCTR2024-500001-12-DE,A trial,Recruiting,Lupus,A,Sweden\n"
    )
    assert (reference.title, reference.type) == ("A trial", "trial-registration")
    assert reference.registrations == ("2024-500001-12-00",)
    assert reference.keywords == ("Lupus", "A")
