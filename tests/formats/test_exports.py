"""Exports as databases and programs write them, made up by us, one of each kind."""

from pathlib import Path

import pytest

from formats.reading import one, read

FOLDER = Path(__file__).parent / "exports"

#: File, dialect, records; of the first its type, authors, volume, issue and pages,
#: DOI, PMID, database and platform.
CASES = [
    (
        "acm.bib",
        "bibtex",
        1,
        "conference-paper",
        ["Ada, Beatrice"],
        "||118-120",
        "",
        "",
        ("", ""),
    ),
    (
        "central.ris",
        "ris/central",
        1,
        "article",
        ["Ada, B", "Byron, G"],
        "12|3|118-120",
        "10.1000/xyz",
        "",
        ("CENTRAL", "Cochrane Library"),
    ),
    (
        "citavi.ris",
        "ris/citavi",
        1,
        "article",
        ["Ada, Beatrice", "Byron, George"],
        "12|3|118-120",
        "",
        "",
        ("", ""),
    ),
    (
        "ciw.ciw",
        "wos",
        1,
        "article",
        ["Ada, Beatrice", "Byron, George"],
        "12|3|118-120",
        "10.1000/xyz",
        "34567890",
        ("WOS", "Web of Science"),
    ),
    (
        "cnki-endnote.txt",
        "refer/cnki",
        1,
        "article",
        ["王丹丹", "李四"],
        "|02|118-120, 123",
        "",
        "",
        ("CNKI", "CNKI"),
    ),
    (
        "cnki-refworks.txt",
        "refworks/cnki",
        1,
        "article",
        ["王丹丹", "李四"],
        "|02|118-120, 123",
        "",
        "",
        ("CNKI", "CNKI"),
    ),
    (
        "cnki.net",
        "noteexpress/cnki",
        1,
        "article",
        ["王丹丹", "李四"],
        "|02|118-120, 123",
        "",
        "",
        ("CNKI", "CNKI"),
    ),
    (
        "covidence.ris",
        "ris/covidence",
        1,
        "article",
        ["Ada, B.", "Byron, G."],
        "12|3|118-120",
        "10.1000/xyz",
        "",
        ("", ""),
    ),
    (
        "ctgov.csv",
        "table/clinicaltrials.gov",
        1,
        "trial-registration",
        [],
        "||",
        "",
        "",
        ("ClinicalTrials.gov", ""),
    ),
    (
        "dimensions.csv",
        "table",
        1,
        "article",
        ["Ada, Beatrice", "Byron, George"],
        "12|3|118-120",
        "10.1000/xyz",
        "34567890",
        ("", ""),
    ),
    (
        "ebsco-psyc.ris",
        "ris/cinahl",
        1,
        "article",
        ["Ada, Beatrice"],
        "12|3|118-120",
        "",
        "",
        ("APA PsycInfo", "EBSCOhost"),
    ),
    (
        "embase-com.ris",
        "ris/embase",
        1,
        "article",
        ["Ada, B.", "Byron, G."],
        "12|3|118-120",
        "10.1000/xyz",
        "34567890",
        ("Embase", "Embase.com"),
    ),
    (
        "embase.csv",
        "table/embase",
        1,
        "article",
        ["Ada, B.", "Byron, G."],
        "12|3|118-120",
        "10.1000/xyz",
        "34567890",
        ("Embase", ""),
    ),
    (
        "eppi.ris",
        "ris/eppi-reviewer",
        1,
        "article",
        ["Ada, B", "Byron, G"],
        "||118-120",
        "",
        "",
        ("", ""),
    ),
    (
        "ictrp.csv",
        "table/ictrp",
        1,
        "trial-registration",
        [],
        "||",
        "",
        "",
        ("ChiCTR", ""),
    ),
    (
        "ieee.ris",
        "ris/ieee",
        1,
        "proceedings",
        ["Ada, B.", "Byron, G."],
        "||118-120",
        "10.1109/X.2021.1",
        "",
        ("IEEE Xplore", "IEEE Xplore"),
    ),
    (
        "lens.csv",
        "table/lens",
        1,
        "article",
        ["Ada, Beatrice", "Byron, George"],
        "12|3|118-120",
        "10.1000/xyz",
        "34567890",
        ("The Lens", ""),
    ),
    (
        "lilacs.ris",
        "ris",
        1,
        "article",
        ["Ada, Beatrice", "da Silva, João"],
        "12|3|118-120",
        "",
        "",
        ("LILACS", ""),
    ),
    (
        "medrxiv.ris",
        "ris",
        1,
        "article",
        ["Ada, Beatrice"],
        "||2021.05.06.21256789",
        "10.1101/2021.05.06.21256789",
        "",
        ("", ""),
    ),
    (
        "mendeley.ris",
        "ris/mendeley",
        1,
        "article",
        ["Ada, Beatrice", "Byron, George"],
        "12|3|118-120",
        "",
        "",
        ("", ""),
    ),
    (
        "ovid-medline.ris",
        "ris/ovid",
        2,
        "article",
        ["Ada, Beatrice", "Byron, George G"],
        "12|3|118-120",
        "10.1000/xyz.2021-1",
        "34567890",
        ("Ovid MEDLINE(R) ALL", "Ovid"),
    ),
    (
        "procite.txt",
        "ris",
        1,
        "article",
        ["Ada, B.", "Byron, G."],
        "12||118-120",
        "",
        "",
        ("", ""),
    ),
    (
        "proquest.ris",
        "ris/proquest",
        1,
        "article",
        ["Ada, Beatrice", "Byron, George"],
        "12|3|118-120",
        "",
        "",
        ("APA PsycInfo(R)", "ProQuest"),
    ),
    (
        "pubmed.csv",
        "table/pubmed",
        1,
        "",
        ["Ada, B", "Byron, G"],
        "12|3|118-120",
        "10.1000/xyz",
        "34567890",
        ("PubMed", ""),
    ),
    (
        "rayyan.ris",
        "ris/rayyan",
        1,
        "article",
        ["Ada, B."],
        "12|3|118-120",
        "10.1000/xyz",
        "",
        ("Rayyan", ""),
    ),
    ("refer-no0.enw", "refer", 2, "", ["Ada, B"], "||", "", "", ("", "")),
    (
        "refworks.txt",
        "refworks",
        1,
        "article",
        ["Ada, Beatrice", "Byron, George"],
        "12|3|118-120",
        "10.1000/xyz",
        "",
        ("", ""),
    ),
    (
        "scholar.enw",
        "refer",
        1,
        "article",
        ["Ada, Beatrice", "Byron, George"],
        "12|3|118-120",
        "",
        "",
        ("", ""),
    ),
    (
        "scopus.csv",
        "table/scopus",
        1,
        "article",
        ["Ada, B.", "Byron, G."],
        "12|3|118-120",
        "10.1000/xyz",
        "",
        ("Scopus", ""),
    ),
    (
        "scopus.ris",
        "ris/scopus",
        1,
        "article",
        ["Ada, B.", "Byron, G."],
        "12|3|118-120",
        "10.1000/xyz",
        "",
        ("Scopus", "Scopus"),
    ),
    (
        "springer.ris",
        "ris",
        1,
        "article",
        ["Ada, Beatrice"],
        "12|3|118-120",
        "10.1000/xyz",
        "",
        ("", ""),
    ),
    (
        "vip.txt",
        "noteexpress/vip",
        1,
        "article",
        ["王丹丹", "李四"],
        "24|2|118-120",
        "",
        "",
        ("维普", "VIP"),
    ),
    (
        "wanfang-refworks.txt",
        "refworks/wanfang",
        1,
        "article",
        ["王丹丹", "李四"],
        "24|2|118-120, 123",
        "10.3760/cma.j.issn.1007-7480.2020.02.008",
        "",
        ("WanFang", "Wanfang"),
    ),
    (
        "wos.ris",
        "ris/wos",
        1,
        "article",
        ["Ada, B", "Byron, G"],
        "12|3|118-120",
        "10.1000/xyz",
        "",
        ("WOS", "Web of Science"),
    ),
    (
        "zotero.bib",
        "bibtex",
        1,
        "article",
        ["Ada, Beatrice", "Trial Group"],
        "12|3|118-120",
        "10.1000/xyz",
        "34567890",
        ("", ""),
    ),
    (
        "zotero.ris",
        "ris/zotero",
        1,
        "article",
        ["Ada, Beatrice", "Byron, George"],
        "12|3|118-120",
        "10.1000/xyz",
        "34567890",
        ("PubMed", ""),
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case[0])
def test_an_export(case):
    name, dialect, count, kind, authors, place, doi, pmid, source = case
    references, report = read((FOLDER / name).read_bytes(), name=name)
    assert (report.dialect, report.records) == (dialect, count)
    first = references[0]
    assert first.type == kind
    assert list(map(str, first.authors)) == authors
    assert f"{first.volume}|{first.issue}|{first.pages}" == place
    assert (first.doi, first.pmid) == (doi, pmid)
    assert (first.database, first.platform) == source
    assert first.title
    assert first.year in {"2018", "2020", "2021"}


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-be", "gb18030"])
@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("name", ["cnki.net", "wanfang-refworks.txt", "lilacs.ris"])
def test_encodings_and_line_ends_change_nothing(name, ends, encoding):
    text = (FOLDER / name).read_text(encoding="utf-8")
    if name == "lilacs.ris" and encoding == "gb18030":
        # Its one letter beyond ASCII would be four bytes that may mean anything.
        text = text.replace("ã", "a")
    (plain,), _ = read(text.encode(), name=name)
    (other,), report = read(text.replace("\n", ends).encode(encoding), name=name)
    assert (other.title, other.authors, other.abstract) == (
        plain.title,
        plain.authors,
        plain.abstract,
    )
    assert report.encoding.damaged == 0


def test_every_sample_is_tested():
    assert {path.name for path in FOLDER.iterdir()} == {case[0] for case in CASES}


def test_a_search_strategy_behind_the_records_is_shown():
    _, report = read((FOLDER / "ovid-medline.ris").read_bytes())
    (passage,) = report.passages
    assert passage.text.startswith("Search Strategy:")
    assert passage.line == 34


def test_a_bibtex_entry_in_round_brackets():
    text = '@string(j = "Annals (of) Examples")\n@article(key, title = {A (b) c}, year = 2020, journal = j)\n'
    reference = one(text)
    assert (reference.title, reference.year) == ("A (b) c", "2020")
    assert reference.journal == "Annals (of) Examples"
