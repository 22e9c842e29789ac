"""What goes wrong in this field, one made-up case after the other."""

import pytest

from made_up_papers import ABSTRACT, OTHER_ABSTRACT, columns, paper
from synthesist.dedup import find_duplicates

TITLE = paper()["title"]
DOI = "10.1000/jir.2015.42"


def answer(*records):
    """Return "same", "ask" or "different" for two records, whichever comes first."""
    found = {_answer(columns(*records)), _answer(columns(*reversed(records)))}
    assert len(found) == 1
    return found.pop()


def _answer(given):
    found = find_duplicates(given)
    if found.groups:
        return "same"
    return "ask" if found.ask else "different"


DIFFERENT = {
    "abstracts of a supplement share its DOI": (
        {"doi": DOI, "pages": "S12", "title": "Imaginine in children with flares"},
        {"doi": DOI, "pages": "S13", "title": "Cost of care for polyarthralgia"},
    ),
    "one title, two trials": (
        {
            "registrations": "NCT01234567",
            "volume": "",
            "pages": "",
            "issue": "",
            "journal": "ClinicalTrials.gov",
        },
        {
            "registrations": "NCT07654321",
            "volume": "",
            "pages": "",
            "issue": "",
            "journal": "ClinicalTrials.gov",
        },
    ),
    "a registration and the paper": (
        {"journal": "ClinicalTrials.gov", "volume": "", "issue": "", "pages": ""},
        {},
    ),
    "a protocol and the paper": (
        {"title": TITLE + ": study protocol", "pages": "7-12"},
        {},
    ),
    "a preprint and the paper": (
        {
            "journal": "medRxiv",
            "volume": "",
            "issue": "",
            "pages": "",
            "abstract": ABSTRACT,
        },
        {"abstract": ABSTRACT},
    ),
    "a conference abstract and the paper": (
        {"pages": "S55", "issue": "Suppl 3", "volume": "41", "year": "2014"},
        {},
    ),
    "an erratum": ({"title": f"Erratum: {TITLE}", "issue": "9", "pages": "1500"}, {}),
    "an erratum as Embase names it": (
        {
            "title": f"{TITLE} (Journal of Invented Rheumatology (2015) 42 (1101-1109))",
            "issue": "9",
            "pages": "1500",
        },
        {},
    ),
    "an erratum as Web of Science names it": (
        {"title": f"{TITLE} (vol 42, pg 1101, 2015)", "issue": "9", "pages": "1500"},
        {},
    ),
    "a retraction": (
        {"title": f"Retraction: {TITLE}", "issue": "11", "pages": "1888"},
        {},
    ),
    "a reply": ({"title": f"{TITLE} - Reply", "issue": "11", "pages": "1700"}, {}),
    "a letter": (
        {
            "title": f"{TITLE}: letter to the editor",
            "authors": "Moreau, Claire",
            "pages": "1699",
        },
        {},
    ),
    "a commentary": (
        {
            "title": f"Commentary on: {TITLE}",
            "authors": "Moreau, Claire",
            "pages": "1100",
        },
        {},
    ),
    "two versions of a Cochrane review": (
        {
            "doi": "10.1002/14651858.CD001234.pub2",
            "year": "2012",
            "issue": "3",
            "pages": "CD001234",
        },
        {
            "doi": "10.1002/14651858.CD001234.pub3",
            "year": "2015",
            "issue": "9",
            "pages": "CD001234",
        },
    ),
    "untitled editorials": (
        {"title": "Editorial", "pages": "1", "issue": "7"},
        {"title": "Editorial", "pages": "1", "issue": "8"},
    ),
    "an introduction that comes back every year": (
        {
            "title": "Introduction to the minitrack on gelology",
            "volume": "",
            "pages": "",
            "issue": "",
        },
        {
            "title": "Introduction to the minitrack on gelology",
            "volume": "",
            "pages": "",
            "issue": "",
            "year": "2016",
        },
    ),
    "parts of a series": (
        {"title": "Imaginine for flares of polyarthralgia. Part I"},
        {
            "title": "Imaginine for flares of polyarthralgia. Part II",
            "pages": "1110-1115",
        },
    ),
    "two doses, two trials of one group": (
        {"title": TITLE.replace("Low doses", "50 mg"), "pages": "S12"},
        {"title": TITLE.replace("Low doses", "75 mg"), "pages": "S12"},
    ),
    "words of opposite meaning": (
        {
            "title": "Intravenous imaginine in patients with hypertension of the lung",
            "pages": "S12",
        },
        {
            "title": "Intravenous imaginine in patients with hypotension of the lung",
            "pages": "S14",
        },
    ),
    "one source lists a report once": (
        {"source": "Embase", "pages": "", "volume": "", "issue": ""},
        {"source": "Embase", "pages": "", "volume": "", "issue": ""},
    ),
}

SAME = {
    "two spellings of a DOI": (
        {"doi": "https://doi.org/" + DOI.upper(), "pages": "", "volume": ""},
        {"doi": "doi:" + DOI, "pages": "", "volume": ""},
    ),
    "initials and full names": (
        {"authors": "Nowak AM; Okafor C; Lindqvist P; Haddad R"},
        {"authors": "Anna Maria Nowak; Chidi Okafor; Per Lindqvist; Rima Haddad"},
    ),
    "names in the other order": (
        {"authors": "Wei, Zhang and Xiaoming, Wang", "pages": ""},
        {"authors": "Zhang, Wei and Wang, Xiaoming", "pages": ""},
    ),
    "a group among the authors": (
        {"authors": paper()["authors"] + "; IMAGINE Study Group"},
        {"pages": ""},
    ),
    "abbreviated journal": (
        {"journal": "J. Invent. Rheumatol."},
        {"pages": "", "volume": ""},
    ),
    "a journal with its owner": (
        {
            "journal": "Journal of invented rheumatology : an official journal of the Invented Society",
            "pages": "",
        },
        {"journal": "Journal of Invented Rheumatology (Online)"},
    ),
    "an acronym for a meeting": (
        {
            "journal": "Invented Conference on Information Systems",
            "volume": "",
            "pages": "",
            "issue": "",
        },
        {"journal": "ICIS 2015 Proceedings", "volume": "", "pages": "", "issue": ""},
    ),
    "a title that was cut": (
        {
            "title": TITLE
            + ": results of the IMAGINE trial, a randomised comparison with placebo"
        },
        {"title": TITLE},
    ),
    "notes of databases in a title": (
        {"title": TITLE + ".[Erratum appears in J Inv Rheum. 2015 Sep;42(9):1500]"},
        {"title": f"[{TITLE}] [In Chinese]"},
    ),
    "the retracted paper itself": ({"title": f"RETRACTED: {TITLE}"}, {}),
    "capitals, entities and markup": (
        {"title": "EFFECT OF IL-2 &amp; TNF-ALPHA ON FLARES OF SEVERE POLYARTHRALGIA"},
        {"title": "Effect of IL-2 and TNF-<i>α</i> on flares of severe polyarthralgia"},
    ),
    "British and American spelling": (
        {"title": "Imaginine for haemolytic anaemia and oedema in randomised children"},
        {"title": "Imaginine for hemolytic anemia and edema in randomized children"},
    ),
    "pages in several forms": ({"pages": "1101-9"}, {"pages": "pp. 1101–1109"}),
    "an article number and pages": ({"pages": "e1101"}, {"pages": "455-463"}),
    "one year of publication ahead of print": (
        {"year": "2014", "volume": "", "issue": "", "pages": ""},
        {},
    ),
    "fields that slipped": (
        {"volume": "", "issue": "42", "pages": "7"},
        {},
    ),
    "a month for an issue": ({"issue": "July"}, {"pages": ""}),
    "TeX in a title": (
        {
            "title": r"Low doses of {Imaginine} for flares of severe polyarthralgia in \emph{adults}"
        },
        {},
    ),
    "Chinese and English record of one paper": (
        {
            "title": "小剂量虚构素治疗重度多关节痛的临床研究",
            "authors": "王小明; 李建国; 张丽",
            "journal": "虚构风湿病学杂志",
        },
        {
            "title": "Clinical study of small doses of imaginine for severe polyarthralgia",
            "authors": "Wang, Xiaoming; Li, Jianguo; Zhang, Li",
            "journal": "Chinese Journal of Invented Rheumatology",
        },
    ),
    "a Chinese record that gives its English title": (
        {
            "title": "小剂量虚构素治疗重度多关节痛",
            "other_titles": "Small doses of imaginine for severe polyarthralgia",
            "authors": "王小明; 李建国",
            "journal": "",
            "pages": "",
        },
        {
            "title": "Small doses of imaginine for severe polyarthralgia",
            "authors": "Wang XM; Li JG",
            "pages": "",
        },
    ),
    "one source with the same place twice": (
        {"source": "Embase"},
        {"source": "embase"},
    ),
}

ASK = {
    "a record without a title": ({}, {"title": ""}),
    "other pages": ({}, {"pages": "455-463"}),
    "one DOI and a word exchanged": (
        {"doi": DOI, "pages": "", "volume": ""},
        {
            "doi": DOI,
            "pages": "",
            "volume": "",
            "title": TITLE.replace("severe", "refractory"),
        },
    ),
}


@pytest.mark.parametrize("case", DIFFERENT)
def test_different(case):
    left, right = DIFFERENT[case]
    assert answer(paper(**left), paper(**right)) == "different"


@pytest.mark.parametrize("case", SAME)
def test_same(case):
    left, right = SAME[case]
    assert answer(paper(**left), paper(**right)) == "same"


@pytest.mark.parametrize("case", ASK)
def test_asked(case):
    left, right = ASK[case]
    assert answer(paper(**left), paper(**right)) == "ask"


def test_abstracts_tell_apart_what_has_little_else():
    bare = paper(volume="", issue="", pages="", journal="")
    assert (
        answer(bare | {"abstract": ABSTRACT}, bare | {"abstract": ABSTRACT}) == "same"
    )
    assert (
        answer(bare | {"abstract": ABSTRACT}, bare | {"abstract": OTHER_ABSTRACT})
        != "same"
    )


def test_a_group_that_would_hold_two_papers_is_split_and_asked_about():
    # Without volume and pages the second could be either; these two are not one.
    abstract = paper(pages="S55", volume="41", year="2014", issue="s3")
    between = paper(pages="", volume="", issue="", year="2014")
    found = find_duplicates(columns(abstract, between, paper()))
    assert all({0, 2} - set(group) for group in found.groups)
    assert found.ask
