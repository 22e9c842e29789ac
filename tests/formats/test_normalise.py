"""Names, pages, dates, numbers and text in one form each."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formats.reading import one
from synthesist.formats.abstracts import sections
from synthesist.formats.dates import find_year, parse_date
from synthesist.formats.identifiers import (
    accession,
    find_doi,
    find_pmcid,
    find_pmid,
    find_registrations,
)
from synthesist.formats.languages import medline_code, normalise_languages
from synthesist.formats.latex import decode_latex
from synthesist.formats.names import listed_names, parse_name, parse_pinyin, split_names
from synthesist.formats.pages import join_pages, normalise_pages
from synthesist.formats.reference import Name
from synthesist.formats.text import blanks, entities, without_markup


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Ada, Beatrice C.", ("Ada", "Beatrice C.", "", False)),
        ("Ada, B, Jr", ("Ada", "B", "Jr", False)),
        ("Ada, III, B", ("Ada", "B", "III", False)),
        ("Ada BC", ("Ada", "BC", "", False)),
        ("Yang Z.", ("Yang", "Z.", "", False)),
        ("Brownstein C D", ("Brownstein", "C D", "", False)),
        ("A. Author-One", ("Author-One", "A.", "", False)),
        ("George van der Byron", ("van der Byron", "George", "", False)),
        ("Tom Cruise", ("Cruise", "Tom", "", False)),
        ("柯洪琴", ("柯洪琴", "", "", False)),
        ("World Health Organization", ("World Health Organization", "", "", True)),
        ("Trial Group,", ("Trial Group", "", "", True)),
        ("中国医师协会", ("中国医师协会", "", "", True)),
        ("郝国强[1]", ("郝国强", "", "", False)),
        ("Plato", ("Plato", "", "", False)),
    ],
)
def test_names(text, name):
    assert tuple(parse_name(text)) == name


def test_pinyin_puts_the_family_in_capitals():
    assert str(parse_pinyin("Wenjie JIANG")) == "Jiang, Wenjie"
    assert str(parse_pinyin("XU Ya-qiong")) == "Xu, Ya-qiong"


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Ada, B.; Byron, G.", ["Ada, B.", "Byron, G."]),
        ("Yang Z., Jiang B.", ["Yang Z.", "Jiang B."]),
        ("Ada, Beatrice", ["Ada, Beatrice"]),
        ("Ada, B. and Byron, G.", ["Ada, B.", "Byron, G."]),
        ("施洋;李四；王五;", ["施洋", "李四", "王五"]),
        ("施洋，李四、王五", ["施洋", "李四", "王五"]),
        ("Ada B|Byron G", ["Ada B", "Byron G"]),
    ],
)
def test_lists_of_names(text, names):
    assert split_names(text) == names


@pytest.mark.parametrize(
    ("text", "pages"),
    [
        ("118-20", "118-120"),
        ("118–20", "118-120"),
        ("118-120+123", "118-120, 123"),
        ("S12-8", "S12-S18"),
        ("S12-S18", "S12-S18"),
        ("S1-9", "S1-S9"),
        ("e0815", "e0815"),
        ("1275--1299", "1275-1299"),
        ("pp. 12-15", "12-15"),
        ("342-6", "342-346"),
        ("199-4", "199-4"),
        ("12-12", "12"),
        ("i-ii", "i-ii"),
        ("N.PAG", ""),
    ],
)
def test_pages(text, pages):
    assert normalise_pages(text) == pages


def test_a_first_and_a_last_page():
    assert join_pages("215", "20") == "215-220"
    assert join_pages("12-15", "") == "12-15"
    assert join_pages("No", "Specified") == ""


@given(st.text(max_size=20))
def test_pages_are_final(text):
    assert normalise_pages(normalise_pages(text)) == normalise_pages(text)


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("2020", "2020"),
        ("2020///", "2020"),
        ("2020/05/06/", "2020-05-06"),
        ("2020-05", "2020-05"),
        ("20200506", "2020-05-06"),
        ("2020 May 6", "2020-05-06"),
        ("6 May 2020", "2020-05-06"),
        ("May 6, 2020", "2020-05-06"),
        ("Mar. 2017", "2017-03"),
        ("2010 Nov-Dec", "2010-11"),
        ("Spring 2010", "2010"),
        ("2013年4月", "2013-04"),
        ("4/3/2024", "2024-04-03"),
        ("2021-01-15 16:54", "2021-01-15"),
        ("4-8 Aug. 2020", "2020-08"),
        ("2020-13-45", "2020"),
        ("888", ""),
        ("", ""),
    ],
)
def test_dates(text, date):
    assert parse_date(text) == date


def test_years():
    assert find_year("c1998") == "1998"
    assert find_year("12345") == ""


@pytest.mark.parametrize(
    ("text", "doi"),
    [
        ("https://doi.org/10.1000/xyz.1.", "10.1000/xyz.1"),
        ("doi:10.1000%2Fxyz", "10.1000/xyz"),
        ("10.1000%2Fxyz", "10.1000/xyz"),
        ("(doi: 10.1000/a(b)c)", "10.1000/a(b)c"),
        (
            "10.1002/(SICI)1097-0258(19980815)17:15<1661::AID-SIM968>3.0.CO;2-2",
            "10.1002/(SICI)1097-0258(19980815)17:15<1661::AID-SIM968>3.0.CO;2-2",
        ),
        ("https://x.org/r?doi=10.1000/x&md5=3", "10.1000/x"),
        ("no number", ""),
    ],
)
def test_dois(text, doi):
    assert find_doi(text) == doi


def test_pmids():
    assert find_pmid("PUBMED 21314913") == "21314913"
    assert find_pmid("https://pubmed.ncbi.nlm.nih.gov/12345678/") == "12345678"
    assert find_pmid("http://www.ncbi.nlm.nih.gov/pubmed/1234567") == "1234567"
    assert find_pmid("in 12345678 people") == ""
    assert (
        find_pmcid("https://www.ncbi.nlm.nih.gov/pmc/articles/PMC123456") == "PMC123456"
    )


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("NCT01234567", "NCT01234567"),
        ("nct01234567", "NCT01234567"),
        ("ClinicalTrials.gov: NCT 01234567.", "NCT01234567"),
        ("ChiCTR-TRC-12345678", "ChiCTR-TRC-12345678"),
        ("(ChiCTR2000029990)", "ChiCTR2000029990"),
        ("ISRCTN 96803379", "ISRCTN96803379"),
        ("UMIN000012345", "JPRN-UMIN000012345"),
        ("JPRN-UMIN000012345", "JPRN-UMIN000012345"),
        ("jRCTs031180123", "JPRN-jRCTs031180123"),
        ("JapicCTI-123456", "JPRN-JapicCTI-123456"),
        ("DRKS00012345", "DRKS00012345"),
        ("ACTRN12605000123456", "ACTRN12605000123456"),
        ("CTRI/2018/01/011111", "CTRI/2018/01/011111"),
        ("PACTR201801002345678", "PACTR201801002345678"),
        ("EudraCT 2010-018645-33", "2010-018645-33"),
        ("2010‐018645‐33", "2010-018645-33"),
        ("EU CT 2022-500001-12-00", "2022-500001-12-00"),
        ("2022-500001-12", "2022-500001-12-00"),
    ],
)
def test_registrations(text, number):
    assert find_registrations(f"see {text}, and") == (number,)


@pytest.mark.parametrize(
    "text", ["NCT0123456", "NCT012345678", "in 2010-2011 and 12-34-56", "RCT 2020"]
)
def test_what_is_no_registration(text):
    assert find_registrations(text) == ()


def test_languages():
    assert normalise_languages(("eng", "Chinese; English", "中文;")) == ("en", "zh")
    assert normalise_languages(("Klingon",)) == ("Klingon",)
    assert medline_code("zh") == "chi"


def test_text():
    assert blanks(" a\u3000b\u00a0 c\r\nd ") == "a b c d"
    assert entities("&amp;lt; &eacute; &unknown; R&D") == "< é &unknown; R&D"
    assert (
        without_markup("CD4<sup>+</sup> <p>P < 0.05</p> <1661::AID>")
        == "CD4+  P < 0.05  <1661::AID>"
    )


def test_sections():
    text = "BACKGROUND: One. METHODS: Two; RESULTS: three. CONCLUSION: Four."
    assert [part.label for part in sections(text)] == [
        "BACKGROUND",
        "METHODS",
        "CONCLUSION",
    ]
    assert [part.label for part in sections("目的 一。方法 二。结果 三。")] == [
        "目的",
        "方法",
        "结果",
    ]
    assert sections("No labels here.") == (("", "No labels here."),)
    assert sections("") == ()


def test_initials_that_look_like_a_suffix():
    assert parse_name("Smith, SR") == Name("Smith", "SR")
    assert parse_name("Smith, Sr.") == Name("Smith", "", "Sr.")
    assert parse_name("Smith, John, JR") == Name("Smith", "John", "JR")


def test_a_symbol_in_a_formula_keeps_the_blank_behind_it():
    assert (
        decode_latex(r"TNF-$\alpha$ inhibitors, \(\Delta\) X")
        == "TNF-α inhibitors, Δ X"
    )
    assert decode_latex(r"a $ \log n$  b") == r"a \log n b"


def test_names_of_several_in_one_field():
    assert listed_names("Ada B., Byron C.D., De Wit E") == [
        "Ada B.",
        "Byron C.D.",
        "De Wit E",
    ]
    assert listed_names("Ada, B., Byron, C., & Li, D.") == [
        "Ada, B.",
        "Byron, C.",
        "Li, D.",
    ]
    for alone in ("Ada, B. C., Jr", "Ada, Beatrice, Jr., PhD", "Ada, Bea, Byron, Carl"):
        assert listed_names(alone) == [alone]
    assert parse_name("Ada, B.C., ada.b@example.org") == ("Ada", "B.C.", "", False)


def test_the_only_author_of_a_record_may_be_several():
    reference = one(
        "TY  - JOUR\nAU  - Ada, B., Byron, C., & Li, D.\nTI  - A title\nER  - \n"
    )
    assert [str(name) for name in reference.authors] == [
        "Ada, B.",
        "Byron, C.",
        "Li, D.",
    ]
    reference = one("@article{a, author = {Ada B., Byron C.D.}, title = {T}}")
    assert [name.family for name in reference.authors] == ["Ada", "Byron"]


def test_markup_and_entities_of_databases():
    reference = one(
        "TY  - JOUR\nTI  - CO<inf>2</inf> and <scp>D</scp>-mannose\n"
        "AB  - p &amp;amp;amp;amp;amp;amp;amp;lt; 0.05\nER  - \n"
    )
    assert reference.title == "CO2 and D-mannose"
    assert reference.abstract == "p < 0.05"


def test_sections_between_which_ovid_puts_commas():
    found = sections("AIM: To ask., METHODS AND DATA: We did., RESULTS: It was.")
    assert [part.label for part in found] == ["AIM", "METHODS AND DATA", "RESULTS"]
    assert found[0].text == "To ask."


@pytest.mark.parametrize(
    ("number", "database"),
    [
        ("WOS:000123456700001", "WOS"),
        ("MEDLINE:12345678", "MEDLINE"),
        ("BIOSIS:PREV201800796061", "BIOSIS"),
        ("ZOOREC:ZOOR15601000869", "Zoological Record"),
    ],
)
def test_a_number_of_web_of_science_names_its_part(number, database):
    assert accession(number).database == database
