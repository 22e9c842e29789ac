"""Reports of one study: what is suggested, and what is not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from made_up_papers import columns, paper
from synthesist.dedup import find_duplicates
from synthesist.dedup.facts import Facts, read_facts
from synthesist.dedup.studies import MANY, suggest_studies
from synthesist.dedup.words import fold


def suggested(*records, facts=()):
    given_records = columns(*records)
    found = suggest_studies(given_records, find_duplicates(given_records), facts=facts)
    return [(s.left, s.right, s.reason) for s in found]


def test_reports_that_name_one_trial_are_suggested():
    other = paper(title="Two years after imaginine", pages="5-9", volume="50")
    (found,) = suggested(
        paper(registrations="NCT01234567"), other | {"registrations": "NCT01234567 X1"}
    )
    assert found == (0, 1, "both name NCT01234567")


def test_an_erratum_is_suggested_for_its_paper():
    ((left, right, reason),) = suggested(
        paper(), paper(title="Erratum: " + paper()["title"], issue="9", pages="1500")
    )
    assert (left, right) == (0, 1)
    assert reason.startswith("title and authors agree, but one is an erratum")


#: What a careful abstract says of its study, and another of the same study.
EARLY = (
    "Between January 2008 and March 2010, 120 adults at the Mount Nowhere Hospital were"
    " allocated to imaginine (n = 60) or placebo."
)
LATER = paper(
    title="Quality of life and pain years after a short course of a drug for gel",
    year="2019",
    journal="Annals of Gelology",
    volume="77",
    pages="5-9",
)


def test_what_a_record_says_of_its_study_is_read():
    found = read_facts(EARLY, "Department of Gelology, University of Lower Oslo, Oslo")
    assert found.sizes == {120, 60}
    assert found.centres == {"mount nowhere hospital", "university of lower oslo"}
    assert found.times == {"2008-01/2010-03"}
    text = "Of 1,204 randomised patients (n = 602 each), 37 adults left; 5 sites."
    assert read_facts(text).sizes == {1204, 602, 37}


@pytest.mark.parametrize(
    ("text", "times"),
    [
        ("from May to December 2009 we", {"2009-05/2009-12"}),
        ("from 1 June 2001 through 30 Sept 2003", {"2001-06/2003-09"}),
        ("(Jan. 2000 \u2013 Feb. 2001)", {"2000-01/2001-02"}),
        ("2015年3月至2016年12月收治", {"2015-03/2016-12"}),
        ("between 2001 and 2003", set()),
        ("from March to recovery in 2003", set()),
    ],
)
def test_times_of_recruitment_are_read_by_month(text, times):
    assert read_facts(text).times == times


@pytest.mark.parametrize(
    ("text", "addresses", "centres"),
    [
        ("seen at the University Hospital of Nowhere.", "", {"university hospital of nowhere"}),
        ("Hospital stay was short. Clinic visits were few.", "", set()),
        ("The university hospital took part.", "University Hospital, Oslo", set()),
        ("", "Dept of Gels, H\u00f4pital Imaginaire, Lyon; Institute of Gels, Oslo", {"hopital imaginaire", "institute of gels"}),
        ("选取2015年3月在北京虚构医院收治", "虚构大学第一医院老年科", {"北京虚构医院", "虚构大学第一医院"}),
    ],
)  # fmt: skip
def test_centres_are_institutions_with_a_name(text, addresses, centres):
    assert read_facts(text, addresses).centres == centres


@given(st.text(max_size=80), st.text(max_size=40))
def test_any_text_is_searched_for_facts(abstract, addresses):
    found = read_facts(abstract, addresses)
    assert all(size > 9 for size in found.sizes)
    assert all(name == fold(name) for name in found.centres)


def test_authors_and_number_of_participants_suggest_a_study():
    later = LATER | {"year": "2016"}
    facts = (Facts(frozenset({120})), Facts(frozenset({120, 60})))
    ((_, _, reason),) = suggested(paper(), later, facts=facts)
    assert reason == "authors and the number of participants (120) agree"
    assert suggested(paper(), later) == []
    # The size of one group alone is that of many studies.
    facts = (Facts(frozenset({120, 60})), Facts(frozenset({90, 60})))
    assert suggested(paper(), later, facts=facts) == []


def test_centre_or_dates_suggest_a_study_however_late_its_report_is():
    facts = (read_facts(EARLY), read_facts(EARLY))
    ((_, _, reason),) = suggested(paper(), LATER, facts=facts)
    assert reason == (
        "authors, the number of participants (120), the centre (mount nowhere hospital)"
        " and the dates (2008-01 to 2010-03) agree"
    )
    at = Facts(frozenset({120}), frozenset({"mount nowhere hospital"}))
    assert len(suggested(paper(), LATER, facts=(at, at))) == 1
    elsewhere = at._replace(centres=frozenset({"institute of gels"}))
    assert suggested(paper(), LATER, facts=(at, elsewhere)) == []


def test_other_dates_of_recruitment_are_those_of_another_study():
    one = read_facts(EARLY)
    two = read_facts(EARLY.replace("2008", "2011").replace("2010", "2013"))
    assert suggested(paper(), LATER | {"year": "2016"}, facts=(one, two)) == []


def test_of_other_authors_number_and_dates_have_to_agree():
    others = LATER | {"authors": "Moreau, Claire; Rossi, Gino; Haddad, Rima"}
    both = read_facts(EARLY)
    ((_, _, reason),) = suggested(paper(), others, facts=(both, both))
    assert reason.startswith(
        "some authors, the number of participants (120), the centre"
    )
    timeless = both._replace(times=frozenset())
    assert suggested(paper(), others, facts=(timeless, timeless)) == []
    strangers = LATER | {"authors": "Moreau, Claire; Rossi, Gino"}
    assert suggested(paper(), strangers, facts=(both, both)) == []


@given(st.permutations(range(4)))
def test_suggestions_do_not_depend_on_the_order_of_records(order):
    records = [
        paper(),
        LATER,
        LATER | {"title": "Cost of gel", "pages": "99"},
        paper(pages="S1"),
    ]
    facts = [read_facts(EARLY), read_facts(EARLY), Facts(frozenset({120})), Facts()]

    def named(places):
        found = suggested(
            *(records[p] for p in places), facts=[facts[p] for p in places]
        )
        return {(frozenset((places[a], places[b])), why) for a, b, why in found}

    assert named(order) == named(range(4))


def test_different_trials_are_not_suggested_and_duplicates_are_one_report():
    assert (
        suggested(
            paper(registrations="NCT01234567"),
            paper(
                registrations="NCT07654321", pages="S12", title=paper()["title"] + " 2"
            ),
        )
        == []
    )
    assert (
        suggested(
            paper(registrations="NCT01234567"), paper(registrations="NCT01234567")
        )
        == []
    )


def test_a_number_that_too_many_name_is_no_trial():
    many = [
        paper(
            title=f"Imaginine in region {n}",
            registrations="NCT01234567",
            volume=str(n),
            pages=str(n),
            year=str(1950 + n),
            authors=f"Author{n}, A",
        )
        for n in range(1, MANY + 3)
    ]
    assert not [s for s in suggested(*many) if "NCT" in s[2]]
