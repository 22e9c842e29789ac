"""Groups from pairs, reports from groups."""

from hypothesis import given
from hypothesis import strategies as st

from synthesist.dedup.cluster import Link, cluster
from synthesist.dedup.merge import PREFERENCES, merge_records


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
