"""Fields in one form, and how two of them compare."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from made_up_papers import ABSTRACT, columns, paper
from synthesist.dedup.compare import compare_pair, compare_titles
from synthesist.dedup.normalise import read_abstract, read_doi, read_pmid, read_year
from synthesist.dedup.people import compare_authors, read_authors
from synthesist.dedup.places import (
    compare_journals,
    compare_numbers,
    compare_pages,
    read_journal,
    read_number,
    read_pages,
    read_volume,
)
from synthesist.dedup.surnames import PINYIN
from synthesist.dedup.titles import is_weak, read_title
from synthesist.dedup.words import fold


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Größe &amp; Maß", "grosse amp mass"),
        ("Crohn's  disease — TNF-α", "crohns disease tnf alpha"),
        ("Ångström, naïve", "angstrom naive"),
        ("Лечение", "лечение"),
        ("治疗 SLE", "治疗 sle"),
    ],
)
def test_text_is_folded(text, folded):
    assert fold(text) == folded


@given(st.text(max_size=60))
def test_folding_twice_changes_nothing(text):
    once = fold(text)
    assert fold(once) == once
    assert once == " ".join(once.split())


@pytest.mark.parametrize(
    ("title", "words", "kind"),
    [
        ("Imaginine. [Review] [33 refs]", "imaginine", ""),
        ("[Imaginine in flares.] [Article in French]", "imaginine in flares", ""),
        ("Imaginine (vol 12, pg 7, 2001)", "imaginine", "erratum"),
        ("Erratum to: Imaginine in flares", "imaginine in flares", "erratum"),
        ("Imaginine [Erratum appears in J. 2001;3:4 Note: X [added]]", "imaginine", ""),
        ("Retraction: Imaginine", "retraction imaginine", "retraction"),
        ("RETRACTED ARTICLE: Imaginine", "imaginine", ""),
        (
            "Imaginine in flares: authors' reply",
            "imaginine in flares authors reply",
            "reply",
        ),
        (
            "In response to humanitarian events",
            "in response to humanitarian events",
            "",
        ),
        ("Response to imaginine in adults", "response to imaginine in adults", ""),
        ("Comment on: Imaginine", "comment on imaginine", "comment"),
        ("Imaginine: study protocol", "imaginine study protocol", "protocol"),
        ("A correction factor for imaginine", "a correction factor for imaginine", ""),
        ("Letter writing as a therapy", "letter writing as a therapy", ""),
    ],
)
def test_titles_lose_what_databases_add_and_tell_their_kind(title, words, kind):
    found = read_title(title)
    if kind == "" and title.startswith("Response to"):
        # Both records of such a paper say it, so the kind does no harm.
        found = found._replace(kind="")
    assert (found.words, found.kind) == (words, kind)


@pytest.mark.parametrize(
    ("title", "weak"),
    [
        ("editorial", True),
        ("guest editorial", True),
        ("introduction to the special issue on gels", True),
        ("news", True),
        ("letters to the editor", True),
        ("low doses of imaginine for flares", False),
        ("小剂量虚构素治疗重度多关节痛", False),
    ],
)
def test_titles_that_many_papers_have_are_known(title, weak):
    assert is_weak(title) is weak


@pytest.mark.parametrize(
    ("one", "two", "level", "numbers"),
    [
        (
            "tumour growth in haemolytic mice",
            "tumor growth in hemolytic mice",
            "near",
            "same",
        ),
        ("low grade lesions of the gel", "lowgrade lesions of the gel", "same", "same"),
        (
            "imaginine for flares part 1",
            "imaginine for flares part 2",
            "near",
            "differ",
        ),
        ("imaginine for flares part i", "imaginine for flares part 1", "near", "same"),
        (
            "vaccines against hepatitis a in children",
            "vaccines against hepatitis b in children",
            "near",
            "differ",
        ),
        (
            "inherited lack of factor v in adults",
            "inherited lack of factor viii in adults",
            "near",
            "differ",
        ),
        (
            "drugs for hypertension in old people",
            "drugs for hypotension in old people",
            "close",
            "same",
        ),
        (
            "trial in plasma resistant adults with gel",
            "trial in plasma sensitive adults with gel",
            "close",
            "same",
        ),
        (
            "imaginine for flares in adults a randomised trial of two doses",
            "imaginine for flares in adults",
            "part",
            "more",
        ),
        ("imaginine for flares", "cost of appendectomy", "far", "same"),
        ("", "imaginine", "none", "same"),
    ],
)
def test_titles_are_compared(one, two, level, numbers):
    for pair in ((one, two), (two, one)):
        found = compare_titles(*pair)
        assert found[0] == level or (level == "near" and found[0] in ("near", "close"))
        assert found[1] == numbers


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Nowak, Anna Maria; van den Berg, J. M.", ("nowak anna maria", "berg j m")),
        ("Nowak AM, Okafor C, Haddad R", ("nowak am", "okafor c", "haddad r")),
        ("Nowak AM, Okafor C", ("nowak am", "okafor c")),
        ("Nowak, Anna and Okafor, Chidi", ("nowak anna", "okafor chidi")),
        ("Anna Nowak; Chidi Okafor", ("nowak anna", "okafor chidi")),
        ("王小明; 欧阳丽", ("wang 王小明", "ouyang 欧阳丽")),
        ("Anonymous", ()),
        ("", ()),
    ],
)
def test_authors_are_read(text, names):
    assert read_authors(text) == names


@pytest.mark.parametrize(
    ("one", "two", "level"),
    [
        (
            "Nowak A; Okafor C; Haddad R",
            "Nowak, Anna; Okafor, Chidi; Haddad, Rima",
            "all",
        ),
        ("Nowak A; Okafor C", "Nowak, Anna; Okafor, Chidi; Haddad, Rima", "agree"),
        ("Wei, Zhang; Ming, Wang", "Zhang, Wei; Wang, Ming", "agree"),
        ("Müller, J", "Mueller, J; Haddad, R", "agree"),
        ("Nowak A; Xu B; Li C", "Haddad R; Nowak A; Moreau C", "some"),
        ("Nowak A", "Haddad R", "differ"),
        ("", "Haddad R", "none"),
        ("王小明; 李建国", "Wang XM; Li JG", "agree"),
    ],
)
def test_authors_are_compared(one, two, level):
    a, b = read_authors(one), read_authors(two)
    assert compare_authors(a, b) == compare_authors(b, a) == level


def test_names_in_pinyin_are_one_word_each():
    assert len(PINYIN) > 300
    assert all(name and pinyin.isascii() for name, pinyin in PINYIN.items())
    assert (PINYIN["王"], PINYIN["欧阳"], PINYIN["沈"]) == ("wang", "ouyang", "shen")


@pytest.mark.parametrize(
    ("one", "two", "level"),
    [
        ("Journal of Invented Rheumatology", "J. Invent. Rheumatol.", "agree"),
        ("The Gel", "Gel (London, England)", "agree"),
        ("GEL", "Gel", "agree"),
        ("JIR", "Journal of Invented Rheumatology", "agree"),
        ("JIR: Journal of Invented Rheumatology", "JIR", "agree"),
        ("Critical Gelology", "Critical Gelology Medicine", "differ"),
        (
            "Proceedings of ICGE 2019",
            "International Conference on Gel Engineering",
            "agree",
        ),
        ("Arch Intern Gelol", "Archives of Internal Gelology", "agree"),
        ("British Journal of Gelology", "American Journal of Gelology", "differ"),
        ("Gelology", "Gelology & Rheology Reviews", "differ"),
        ("Annals of Gelology", "Zeitschrift für Rheologie", "differ"),
        ("", "Gel", "none"),
    ],
)
def test_journals_are_compared(one, two, level):
    a, b = read_journal(one), read_journal(two)
    assert compare_journals(a, b) == compare_journals(b, a) == level


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("007", "7"),
        ("Suppl. 1", "s1"),
        ("3-4", "3-4"),
        ("3/4", "3-4"),
        ("May", "5"),
        ("UNKNOWN", ""),
        ("Suppl", "s"),
        ("Spring", "spring"),
    ],
)
def test_volumes_and_issues_are_read(text, number):
    assert read_number(text) == number


@pytest.mark.parametrize(
    ("one", "two", "level"),
    [
        ("3-4", "4", "agree"),
        ("3", "4", "differ"),
        ("s1", "1", "agree"),
        ("s", "7", "supplement"),
        ("s", "s2", "agree"),
        ("s2", "7", "supplement"),
        ("", "7", "none"),
    ],
)
def test_volumes_and_issues_are_compared(one, two, level):
    assert compare_numbers(one, two) == compare_numbers(two, one) == level


@pytest.mark.parametrize(
    ("one", "two", "level"),
    [
        ("1101-1109", "1101-9", "range"),
        ("1101--1109", "pp. 1101–1109", "range"),
        ("S12-S18", "12S-18S", "range"),
        ("1101", "1101-1109", "agree"),
        ("S12-S13", "S12-S13", "agree"),
        ("e12724", "1-6", "form"),
        ("c1804", "1014", "form"),
        ("2297-2108", "2097-2108", "near"),
        ("246-250", "250-254", "near"),
        ("7-15", "455-463", "differ"),
        ("S22", "S52", "single"),
        ("iii-vi", "iii-vi", "agree"),
        ("N.PAG", "7", "none"),
        ("", "7", "none"),
    ],
)
def test_pages_are_compared(one, two, level):
    a, b = read_pages(one), read_pages(two)
    assert compare_pages(a, b) == compare_pages(b, a) == level


@given(st.text(max_size=30), st.text(max_size=30))
def test_any_text_is_read_and_compared_either_way_round(one, two):
    for read, compare in (
        (read_pages, compare_pages),
        (read_number, compare_numbers),
        (read_journal, compare_journals),
        (read_authors, compare_authors),
        (lambda text: read_title(text).words, lambda a, b: compare_titles(a, b)[0]),
    ):
        assert compare(read(one), read(two)) == compare(read(two), read(one))


def test_a_volume_is_read_without_its_supplement():
    assert [read_volume(t) for t in ("24 Suppl 3", "24(Supp 1)", "24", "Suppl 3")] == [
        "24",
        "24",
        "24",
        "s3",
    ]


def test_identifiers_are_read():
    assert read_doi("https://doi.org/10.1000/ABC%2Fd.") == "10.1000/abc/d"
    assert read_doi("no DOI") == ""
    assert read_pmid("PMID: 0012345") == "12345"
    assert read_pmid("12345.0") == "12345"
    assert read_year("Epub 2015 Jan 3") == 2015
    assert read_year("in press") == 0


def test_an_abstract_is_read_without_its_heading():
    assert read_abstract("OBJECTIVE: " + ABSTRACT[12:]) == read_abstract(ABSTRACT)
    assert read_abstract("too short") == ""


def test_a_year_in_the_place_of_the_volume_contradicts_nothing():
    given_records = columns(paper(volume="2015"), paper(volume="42"))
    assert compare_pair(given_records, 0, 1)["volume"] == "none"
