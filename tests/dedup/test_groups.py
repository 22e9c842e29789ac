"""Groups from pairs, reports from groups, studies from reports."""

from hypothesis import given
from hypothesis import strategies as st

from made_up_papers import columns, paper
from synthesist.dedup import find_duplicates
from synthesist.dedup.cluster import Link, cluster
from synthesist.dedup.merge import PREFERENCES, merge_records
from synthesist.dedup.studies import MANY, suggest_studies


def test_links_join_and_different_pairs_part():
    links = [Link(0, 1, 0.9), Link(1, 2, 0.8), Link(3, 4, 0.7)]
    assert cluster(5, links).groups == ((0, 1, 2), (3, 4))
    split = cluster(5, links, [(0, 2)])
    assert split.groups == ((0, 1), (3, 4))
    assert split.cut == (Link(1, 2, 0.8),)


def test_what_is_kept_apart_from_one_is_kept_apart_from_its_group():
    links = [Link(0, 1, 0.9), Link(2, 3, 0.9), Link(1, 2, 0.5)]
    found = cluster(4, links, [(0, 3)])
    assert found.groups == ((0, 1), (2, 3))
    assert found.cut == (Link(1, 2, 0.5),)


def test_a_person_outweighs_every_rule():
    found = cluster(3, [Link(0, 1, 0.9)], [(0, 2)], confirmed=[(0, 2)])
    assert found.groups == ((0, 1, 2),)


pairs = st.lists(
    st.tuples(st.integers(0, 6), st.integers(0, 6)).filter(lambda p: p[0] != p[1]),
    max_size=12,
)


@given(pairs, pairs, st.randoms(use_true_random=False))
def test_groups_hold_no_different_pair_in_whatever_order_links_come(
    same, different, random
):
    links = [Link(a, b, 0.5 + 0.01 * (a + b)) for a, b in same]
    found = cluster(7, links, different)
    home = {place: group for group in found.groups for place in group}
    assert all(home.get(a, a) != home.get(b, b) for a, b in different)
    for link in links:
        together = home.get(link.left, -1) == home.get(link.right, -2)
        assert together or link in found.cut
    random.shuffle(links)
    random.shuffle(different)
    assert cluster(7, links, different).groups == found.groups


def test_each_field_is_chosen_by_its_preference_and_says_where_from():
    merged = merge_records(
        [
            (
                "a",
                {
                    "title": "LOW DOSES OF IMAGININE",
                    "authors": "Nowak A",
                    "year": "2014",
                    "journal": "J. Inv. Rheum.",
                },
            ),
            (
                "b",
                {
                    "title": "Low doses of imaginine",
                    "authors": "Nowak, A; Haddad, R",
                    "year": "2015",
                    "volume": "42",
                    "pages": "1101",
                    "journal": "Journal of Invented Rheumatology",
                },
            ),
            (
                "c",
                {
                    "title": "Low doses of imaginine",
                    "pages": "1101-1109",
                    "doi": "10.1000/a",
                    "abstract": "  ",
                },
            ),
        ]
    )
    assert {name: chosen.record for name, chosen in merged.items()} == {
        "title": "b",
        "authors": "b",
        "year": "b",
        "journal": "b",
        "volume": "b",
        "pages": "c",
        "doi": "c",
    }
    assert merged["title"].text == "Low doses of imaginine"


@given(
    st.lists(
        st.dictionaries(
            st.sampled_from([p.field for p in PREFERENCES]), st.text(max_size=9)
        ),
        max_size=4,
    )
)
def test_a_merged_field_stands_in_the_record_it_is_from(fields):
    records = [(str(n), entry) for n, entry in enumerate(fields)]
    merged = merge_records(records)
    for name, chosen in merged.items():
        assert fields[int(chosen.record)][name].strip() == chosen.text
    told = {name for entry in fields for name, text in entry.items() if text.strip()}
    assert merged.keys() == told


def suggested(*records, sizes=()):
    given_records = columns(*records)
    found = suggest_studies(given_records, find_duplicates(given_records), sizes=sizes)
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


def test_authors_and_number_of_participants_suggest_a_study():
    later = paper(
        title="Low doses of imaginine for pain of severe polyarthralgia in old age",
        year="2016",
        volume="43",
        pages="77-85",
    )
    sizes = (frozenset({120}), frozenset({120, 60}))
    ((_, _, reason),) = suggested(paper(), later, sizes=sizes)
    assert reason == "authors and the number of participants (120) agree"
    assert suggested(paper(), later) == []


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
