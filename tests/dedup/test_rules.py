"""Each rule has a reason, and a made-up pair on which it decides."""

import numpy as np
import pytest

from made_up_papers import ABSTRACT, OTHER_ABSTRACT, columns, paper
from synthesist.dedup import RULES
from synthesist.dedup.compare import COMPARISONS, compare
from synthesist.dedup.decide import NO_RULE, WEIGHTS, decide, reason_of
from synthesist.dedup.rules import ANSWERS

DOI = "10.1000/jir.2015.42"
CHINESE = {
    "title": "小剂量虚构素治疗重度多关节痛的临床研究",
    "authors": "王小明; 李建国; 张丽",
    "year": "2015",
    "journal": "虚构风湿病学杂志",
    "volume": "42",
    "issue": "7",
    "pages": "1101-1109",
}
ENGLISH = CHINESE | {
    "title": "Clinical study of small doses of imaginine for severe polyarthralgia",
    "authors": "Wang XM; Li JG; Zhang L",
    "journal": "Chinese Journal of Invented Rheumatology",
}
EDITORIAL = paper(title="Editorial", pages="1", issue="7")
BEFORE_PRINT = {"volume": "", "issue": "", "pages": ""}
SERIES = "Low doses of imaginine for flares of severe polyarthralgia: part 1"

#: For each rule what the two records change of the paper.
PAIRS = {
    "behind": (
        {"abstract": ABSTRACT},
        {
            "title": "Erratum to: " + paper()["title"],
            "abstract": ABSTRACT,
            "pages": "1110-1110",
        },
    ),
    "kind": (
        {},
        {"title": "Erratum: " + paper()["title"], "issue": "9", "pages": "1500"},
    ),
    "doi-version": (
        {"doi": "10.1002/14651858.CD001234.pub2", "year": "2015"},
        {"doi": "10.1002/14651858.CD001234.pub3", "year": "2018"},
    ),
    "trials": (
        {"registrations": "NCT01234567"} | BEFORE_PRINT,
        {"registrations": "NCT07654321"} | BEFORE_PRINT,
    ),
    "registration": (
        {"registrations": "NCT01234567", "journal": "ClinicalTrials.gov", "authors": ""}
        | BEFORE_PRINT,
        {
            "registrations": "NCT01234567",
            "journal": "https://clinicaltrials.gov/show/NCT01234567",
            "authors": "University of Nowhere",
        }
        | BEFORE_PRINT,
    ),
    "weak-place": (EDITORIAL, EDITORIAL | {"volume": "43"}),
    "weak-pages": (EDITORIAL, EDITORIAL | {"pages": "88"}),
    "weak-issue": (EDITORIAL, EDITORIAL | {"issue": "8"}),
    "weak-year": (
        EDITORIAL | {"pages": "", "volume": ""},
        EDITORIAL | {"pages": "", "volume": "", "year": "2016"},
    ),
    "weak-doi": (EDITORIAL | {"doi": DOI}, EDITORIAL | {"doi": "10.1000/jir.2015.99"}),
    "weak-pmid": (EDITORIAL | {"pmid": "1234567"}, EDITORIAL | {"pmid": "7654321"}),
    "weak-authors": (EDITORIAL, EDITORIAL | {"authors": "Fernandes, Luis"}),
    "pmid": ({"pmid": "1234567"}, {"pmid": "1234567", "year": "2016", "volume": "43"}),
    "pmid-place": (
        {"pmid": "1234567"},
        {"pmid": "1234567", "title": "Imaginina en brotes articulares de adultos"},
    ),
    "pmid-title": (
        {"pmid": "1234567"},
        {
            "pmid": "1234567",
            "title": "Complications after the removal of an appendix",
            "pages": "7-15",
        },
    ),
    "pmid-differs": ({"pmid": "1234567"}, {"pmid": "7654321"}),
    "pmids": ({"pmid": "1234567"}, {"pmid": "7654321", "pages": "1500-1507"}),
    "numbers-doi": (
        {"doi": DOI, "title": SERIES},
        {"doi": DOI, "title": SERIES.replace("1", "2")},
    ),
    "numbers-place": ({"title": SERIES}, {"title": SERIES.replace("1", "11")}),
    "numbers": (
        {"title": SERIES},
        {"title": SERIES.replace("1", "2"), "pages": "1110-1119"},
    ),
    "doi-part": (
        {"doi": DOI, "issue": "Suppl 1", "pages": ""},
        {
            "doi": DOI,
            "issue": "Suppl 1",
            "pages": "S12",
            "title": paper()["title"] + ": results of men",
        },
    ),
    "doi": ({"doi": DOI}, {"doi": "https://doi.org/" + DOI.upper()} | BEFORE_PRINT),
    "doi-title": (
        {"doi": DOI},
        {"doi": DOI, "title": paper()["title"].replace("severe", "refractory")},
    ),
    "doi-abstract": (
        {"doi": DOI, "abstract": ABSTRACT},
        {
            "doi": DOI,
            "abstract": ABSTRACT,
            "title": paper()["title"].replace("severe", "refractory"),
        }
        | BEFORE_PRINT,
    ),
    "doi-open": (
        {"doi": DOI},
        {"doi": DOI, "title": paper()["title"].replace("severe", "refractory")}
        | BEFORE_PRINT,
    ),
    "doi-scripts": (CHINESE | {"doi": DOI}, ENGLISH | {"doi": DOI, "volume": ""}),
    "doi-retitled": (
        {"doi": DOI},
        {
            "doi": DOI,
            "title": "Imaginina a dosis bajas en adultos con brotes articulares",
        },
    ),
    "doi-translation": (
        {"doi": DOI, "pages": "1101"},
        {
            "doi": DOI,
            "title": "Imaginina a dosis bajas en adultos con brotes articulares",
        },
    ),
    "doi-shared": (
        {"doi": DOI, "pages": "S12"},
        {
            "doi": DOI,
            "pages": "S13",
            "title": "Complications after removal of an appendix",
        },
    ),
    "place": (
        {},
        {"authors": "Nowak AM, Okafor C, Lindqvist P, Haddad R", "issue": ""},
    ),
    "place-journal": ({"authors": ""}, {"authors": "Anonymous"}),
    "place-other-authors": ({}, {"authors": "Fernandes, Luis; Moreau, Claire"}),
    "place-untold-authors": (
        {"authors": "", "title": "Imaginine"},
        {"authors": "", "title": "Imaginine"},
    ),
    "reprint": (
        {"abstract": ABSTRACT},
        {
            "abstract": ABSTRACT,
            "year": "2016",
            "volume": "43",
            "issue": "1",
            "pages": "7-15",
        },
    ),
    "source": (
        {"source": "Embase", "pages": "", "volume": ""},
        {"source": "Embase", "pages": "", "volume": ""},
    ),
    "dois": (
        {"doi": DOI} | BEFORE_PRINT,
        {"doi": "10.1000/jir.2015.77"} | BEFORE_PRINT,
    ),
    "years": (BEFORE_PRINT, {"year": "2019"} | BEFORE_PRINT),
    "authors": (
        BEFORE_PRINT,
        {"authors": "Fernandes, Luis; Moreau, Claire"} | BEFORE_PRINT,
    ),
    "volume-pages": ({}, {"volume": "43", "pages": "77-85"}),
    "issue-pages": ({"pages": "S55"}, {"issue": "9", "pages": "1301-1309"}),
    "volume-slip": ({}, {"volume": "24"}),
    "journal": ({}, {"journal": "J Invented Rheumatol"} | BEFORE_PRINT),
    "issue-slip": ({"volume": ""}, {"volume": "", "issue": "1"}),
    "online-first": ({}, {"year": "2014"} | BEFORE_PRINT),
    "pages": (
        {"volume": "", "issue": "", "journal": "Proceedings of the Invented Society"},
        {"volume": "", "issue": "", "journal": "Lectures in Rheumatology"},
    ),
    "part": (
        {"title": paper()["title"] + ": a randomised trial of two doses against none"},
        {"pages": ""},
    ),
    "part-issue": (
        {"title": paper()["title"] + ": a randomised trial of two doses", "volume": ""},
        {"pages": "", "volume": ""},
    ),
    "journal-renamed": (
        {"pages": ""},
        {"journal": "Zeitschrift für erfundene Gelenkkunde"},
    ),
    "place-part": (
        {"title": paper()["title"] + ": a randomised trial of two doses against none"},
        {"year": "2016"},
    ),
    "place-part-untold": (
        {"title": paper()["title"] + ": a randomised trial of two doses against none"},
        {"authors": ""},
    ),
    "no-journal": ({}, {"journal": ""} | BEFORE_PRINT),
    "other-abstract": (
        {"abstract": ABSTRACT},
        {"journal": "", "abstract": OTHER_ABSTRACT} | BEFORE_PRINT,
    ),
    "no-year": ({}, {"year": ""} | BEFORE_PRINT),
    "title-and-authors": ({}, {"year": "", "journal": ""} | BEFORE_PRINT),
    "no-authors": ({"authors": ""}, BEFORE_PRINT),
    "abstract": (
        {
            "title": paper()["title"]
            + ": a randomised trial of two doses against none",
            "abstract": ABSTRACT,
        },
        {"abstract": ABSTRACT} | BEFORE_PRINT,
    ),
    "abstract-alone": (
        {"abstract": ABSTRACT},
        {"abstract": ABSTRACT, "authors": "", "journal": ""} | BEFORE_PRINT,
    ),
    "title-alone": ({}, {"authors": "", "journal": "", "year": ""} | BEFORE_PRINT),
    "part-alone": (
        BEFORE_PRINT,
        {"title": paper()["title"] + ": a randomised trial of doses"} | BEFORE_PRINT,
    ),
    "close": ({}, {"title": paper()["title"].replace("severe", "refractory")}),
    "translation": (
        {"title": "[Indications for the removal of living gel from kin. In Spanish]"},
        {
            "title": "Indications and contraindications of removal of gel from living kin"
        },
    ),
    "translation-unlike": (
        {},
        {"title": "Imaginina a dosis bajas en adultos con brotes articulares"},
    ),
    "scripts": (CHINESE, ENGLISH),
    "scripts-page": (CHINESE, ENGLISH | {"pages": "1101", "authors": ""}),
    "close-page": (
        {"pages": "S55"},
        {"pages": "S55", "title": paper()["title"].replace("flares", "relapses")},
    ),
    "supplement": ({"issue": "Suppl 2", "pages": ""}, {}),
    "two-sessions": (
        {
            "journal": "J Invented Rheumatol. Conference: 9th Congress of Rheumatology",
            "pages": "S22",
        },
        {"pages": "S52"},
    ),
    "retitled": (
        {},
        {"title": paper()["title"].replace("Low doses of", "Dose of weekly")}
        | BEFORE_PRINT,
    ),
    "other-pages": ({}, {"pages": "455-463"}),
    "some-authors": (
        BEFORE_PRINT,
        {"authors": "Fernandes, Luis; Nowak, Anna Maria; Moreau, Claire"},
    ),
    "other-journal": ({}, {"journal": "Annals of Gelology"} | BEFORE_PRINT),
    "untitled-abstract": (
        {"abstract": ABSTRACT},
        {"title": "", "abstract": ABSTRACT},
    ),
    "untitled": ({}, {"title": ""}),
}


def decided(left, right):
    """Return the levels of a pair, the code of the rule that decides, and the answer."""
    given = columns(paper(**left), paper(**right))
    levels = compare(given, np.array([[0, 1]]))
    found = decide(levels)
    rule = int(found.rule[0])
    code = RULES[rule].code if rule != NO_RULE else None
    said = {
        name: COMPARISONS[name][level]
        for name, level in zip(COMPARISONS, levels[0], strict=True)
    }
    return said, code, ANSWERS[found.answer[0]]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_a_rule_decides_on_its_pair_either_way_round(rule):
    left, right = PAIRS[rule.code]
    for pair in ((left, right), (right, left)):
        levels, code, answer = decided(*pair)
        assert (code, answer) == (rule.code, rule.answer), levels


def test_every_rule_has_a_pair_a_reason_and_a_code_of_its_own():
    assert PAIRS.keys() == {rule.code for rule in RULES}
    assert len({rule.code for rule in RULES}) == len(RULES)
    assert len({rule.reason for rule in RULES}) == len(RULES)


def test_rules_name_only_levels_that_there_are():
    for rule in RULES:
        assert rule.answer in ANSWERS
        for name in rule.when:
            assert rule.allows(name) <= set(COMPARISONS[name]), (rule.code, name)


def test_every_level_has_a_weight():
    assert {name: len(weights) for name, weights in WEIGHTS.items()} == {
        name: len(levels) for name, levels in COMPARISONS.items()
    }


def test_a_pair_on_which_no_rule_fits_is_different():
    levels, code, answer = decided(
        {}, {"title": "Complications after removal of an appendix", "pages": "5-9"}
    )
    assert code is None, levels
    assert answer == "different"
    assert reason_of(NO_RULE) == "too little agrees"


def test_more_agreement_scores_higher():
    def score(left, right):
        given = columns(paper(**left), paper(**right))
        return decide(compare(given, np.array([[0, 1]]))).score[0]

    assert (
        score({}, {})
        > score({}, BEFORE_PRINT)
        > score({}, {"year": "2019"} | BEFORE_PRINT)
    )
    assert score({"abstract": ABSTRACT}, {"abstract": ABSTRACT}) > score(
        {"abstract": ABSTRACT}, {"abstract": OTHER_ABSTRACT}
    )
