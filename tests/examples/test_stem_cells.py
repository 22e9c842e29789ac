"""The bilingual example: its references in two exports, and three formulas for a change."""

import csv

import numpy as np
import pytest
from numpy.testing import assert_allclose
from tests.examples.conftest import EXAMPLES

from synthesist.actions.analyse import analyse
from synthesist.actions.convert import convert_references
from synthesist.formats import Reference, ReferenceFile
from synthesist.review import record_id
from synthesist.review.flow import flow_of

SEARCHES = EXAMPLES / "msc-sle" / "searches"
EXPORTS = ("bibliography-english.ris", "bibliography-chinese.net")


def references(path):
    found = list(ReferenceFile(path))
    assert all(isinstance(entry, Reference) for entry in found)
    return found


def test_records_csv_holds_the_exports_and_nothing_else(msc):
    held = {(r.file, r.ordinal): r for r in msc.records}
    found = {
        (name, reference.origin.ordinal): reference
        for name in EXPORTS
        for reference in references(SEARCHES / name)
    }
    assert held.keys() == found.keys()
    for key, reference in found.items():
        assert held[key].record == record_id(*key, reference.origin.raw)
        assert held[key].title == reference.title


def test_items_in_both_exports_are_linked(msc):
    pairs = {frozenset((d.record_a, d.record_b)) for d in msc.duplicates}
    assert len(pairs) == 4
    by_id = {r.record: r for r in msc.records}
    for pair in pairs:
        one, other = (by_id[name] for name in sorted(pair))
        assert {one.file, other.file} == set(EXPORTS)
        assert one.title == other.title
    flow = flow_of(msc)
    assert flow.other.identified == 48
    assert flow.other.duplicates == 4
    assert flow.studies == 9


@pytest.mark.parametrize("ending", ["ris", "csv", "nbib", "xml"])
def test_chinese_references_are_written_and_read_back_the_same(tmp_path, ending):
    written = tmp_path / f"back.{ending}"
    convert_references(SEARCHES / "bibliography-chinese.net", written)
    before = references(SEARCHES / "bibliography-chinese.net")
    after = references(written)
    for name in ("title", "authors", "year", "journal", "volume", "issue", "doi"):
        assert [getattr(r, name) for r in after] == [getattr(r, name) for r in before]


def estimates(msc, key):
    found = analyse(msc, msc.analysis(key)).fit
    included = found.effects.included
    return found, found.effects.y[included], found.effects.v[included]


def test_three_formulas_give_three_answers_of_the_same_scores(msc):
    # SLEDAI 12.2 (3.3) to 3.2 (2.8) and 18 (4) to 10 (4), 12 patients each.
    before, after = np.array([12.2, 18.0]), np.array([3.2, 10.0])
    sd_before, sd_after = np.array([3.3, 4.0]), np.array([2.8, 4.0])
    n, r = 12, 0.5
    exact = {11: 0.9300, 22: 0.9655}  # Hedges 1981, J for 11 and 22 df.
    change = after - before
    sd_change = np.sqrt(sd_before**2 + sd_after**2 - 2 * r * sd_before * sd_after)
    _, smcc, _ = estimates(msc, "sledai-smcc")
    assert_allclose(smcc, exact[11] * change / sd_change, rtol=2e-4)
    _, smcr, _ = estimates(msc, "sledai-smcr")
    assert_allclose(smcr, exact[11] * change / sd_before, rtol=2e-4)
    _, smci, v = estimates(msc, "sledai-smci")
    pooled = np.sqrt((sd_before**2 + sd_after**2) / 2)
    assert_allclose(smci, exact[22] * change / pooled, rtol=2e-4)
    assert_allclose(v, 2 / n + smci**2 / (4 * n), rtol=1e-10)


def test_the_independent_formula_says_that_it_is_wrong_for_pairs(msc):
    found, _, _ = estimates(msc, "sledai-smci")
    assert any("independent" in note for note in found.notes)


def test_studies_without_a_number_keep_their_chinese_names(msc):
    found, y, _ = estimates(msc, "sledai-change")
    assert len(y) == 1
    left_out = [
        s
        for s, i in zip(found.effects.study, found.effects.included, strict=True)
        if not i
    ]
    assert left_out == ["杨桂鲜 2014 (Yang)", "曾雯 2016 (Zeng)", "唐帮丽 2016 (Tang)"]


def test_creatinine_stands_beside_the_value_another_review_printed(msc):
    found = analyse(msc, msc.analysis("creatinine-6"))
    shown = found.fit.display()
    assert_allclose(
        [shown["estimate"], shown["ci_low"], shown["ci_high"]],
        [4.00, -8.47, 16.47],
        atol=5e-3,
    )
    (printed,) = found.printed
    assert printed.reported.printed["value"] == "3.92"


def test_the_quality_grid_is_the_printed_one(msc):
    with (EXAMPLES / "msc-sle" / "appraisal.csv").open(
        encoding="utf-8", newline=""
    ) as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 5 * 8
    short = [
        r["study"] for r in rows if "long enough" in r["item"] and r["answer"] == "no"
    ]
    assert short == ["Zhu 2016"]
