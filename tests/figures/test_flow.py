"""The flow diagram: every box of PRISMA 2020, and nothing that is not known."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synthesist.errors import InvalidInput
from synthesist.figures import FlowCount, FlowCounts, FlowOther, FlowPrevious, flow
from synthesist.figures.flow_boxes import flow_boxes

from .conftest import assert_legible, text_boxes
from .samples import FLOW


def lines(counts, column, row):
    """Give the lines of a box with ordinary spaces."""
    box = flow_boxes(counts)[column, row]
    return [line.text.replace("\u00a0", " ") for line in box]


def test_boxes_of_a_review_with_every_column():
    assert lines(FLOW, "main", "identification") == [
        "Records identified from:",
        "Databases (n = 1,248)",
        "PubMed (n = 1,200)",
        "Embase (n = 48)",
        "Registers (n = 3)",
        "ChiCTR 中国临床试验注册中心 (n = 3)",
    ]
    assert lines(FLOW, "side", "assessed") == [
        "Reports excluded (n = 10):",
        "Wrong design (n = 10)",
        "Other (n = 0)",
    ]
    assert lines(FLOW, "previous", "identification")[0].endswith("(n = 5)")
    assert lines(FLOW, "main", "total")[0].endswith("(n = 29)")
    assert lines(FLOW, "main", "included")[0].startswith("New studies included")


def test_unknown_counts_are_not_reported_and_never_zero():
    texts = [line.text for box in flow_boxes(FlowCounts()).values() for line in box]
    counted = [text for text in texts if not text.endswith(":")]
    assert counted
    assert all(text.endswith("(not\u00a0reported)") for text in counted)


def test_a_total_is_not_made_of_parts_that_are_unknown():
    some = (FlowCount(label="A", n=3), FlowCount(label="B"))
    counts = FlowCounts(databases=some, reasons=some)
    assert lines(counts, "main", "identification")[1] == "Databases (not reported)"
    assert lines(counts, "side", "assessed")[0] == "Reports excluded (not reported):"


def test_columns_are_drawn_only_when_there_is_something_in_them():
    plain = replace(FLOW, other=None, previous=None)
    assert {column for column, _ in flow_boxes(plain)} == {"main", "side"}
    assert lines(plain, "main", "included")[0].startswith("Studies included")
    words = " ".join(text for text, _ in text_boxes(flow(plain)))
    assert "other methods" not in words
    assert "Previous" not in words


def test_what_awaits_a_decision_has_a_line_only_where_there_is_some():
    waiting = replace(FLOW, awaiting_screening=7, awaiting_assessment=2)
    words = " ".join(text for text, _ in text_boxes(flow(waiting))).replace("\xa0", " ")
    assert "Records that await screening (n = 7)" in words
    assert "Reports that await assessment (n = 2)" in words
    assert "await" not in " ".join(text for text, _ in text_boxes(flow(FLOW)))


def test_labels_say_what_is_synthetic():
    assert "synthetic records" in [text for text, _ in text_boxes(flow(FLOW))]


def test_boxes_stand_in_the_order_of_the_template():
    places = dict(text_boxes(flow(FLOW, width_mm=240)))
    screened = next(b for t, b in places.items() if t.startswith("Records screened"))
    excluded = next(b for t, b in places.items() if t.startswith("Records excluded"))
    assert screened.x1 < excluded.x0
    assert screened.y0 == pytest.approx(excluded.y0, abs=3)


counts = st.none() | st.integers(0, 10**6)
entries = st.lists(
    st.builds(
        FlowCount, label=st.text("abcdeЖ中 /", min_size=1, max_size=40), n=counts
    ),
    max_size=5,
).map(tuple)


@settings(max_examples=15)
@given(st.data())
def test_no_text_overlaps_another_or_leaves_its_page(data):
    other = data.draw(
        st.none()
        | st.builds(FlowOther, identified=entries, sought=counts, reasons=entries)
    )
    made = FlowCounts(
        databases=data.draw(entries),
        registers=data.draw(entries),
        duplicates=data.draw(counts),
        automation=data.draw(counts),
        reasons=data.draw(entries),
        studies=data.draw(counts),
        awaiting_screening=data.draw(st.integers(0, 10**6)),
        awaiting_assessment=data.draw(st.integers(0, 10**6)),
        other=other,
        previous=data.draw(st.none() | st.builds(FlowPrevious, studies=counts)),
        title=data.draw(st.sampled_from(["", "A title", "A long title " * 8])),
        label=data.draw(st.sampled_from(["", "synthetic records"])),
    )
    assert_legible(flow(made))


def test_a_single_column_page_takes_the_plain_diagram():
    plain = replace(FLOW, other=None, previous=None)
    assert_legible(flow(plain, width_mm=85))
    with pytest.raises(InvalidInput, match=r"make it at least 1[34]. mm wide"):
        flow(FLOW, width_mm=85)


def test_counts_that_cannot_be_are_refused_together():
    broken = replace(
        FLOW, screened=-1, reasons=(FlowCount(label="x", n=-2),),
        other=FlowOther(sought=-3),
    )  # fmt: skip
    with pytest.raises(InvalidInput) as raised:
        flow(broken)
    places = [problem.place for problem in raised.value.problems]
    assert places == [
        "flow diagram, reasons 'x'",
        "flow diagram, screened",
        "flow diagram, other methods, sought",
    ]
