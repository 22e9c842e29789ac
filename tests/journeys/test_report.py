"""A reader opens the report, on a desk and on a phone, and follows numbers home."""

import re

import pytest

from synthesist.actions.new_review import new_review
from synthesist.actions.run_review import run_review

pytestmark = pytest.mark.browser

DESK = {"width": 1200, "height": 900}
PHONE = {"width": 390, "height": 844}


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    folder = tmp_path_factory.mktemp("reviews") / "new"
    new_review(folder)
    return run_review(folder).report.as_uri()


def target(page, link):
    """Follow a link within the page and return what it leads to."""
    anchor = link.get_attribute("href")
    assert anchor.startswith("#")
    link.click()
    return page.locator(f"[id='{anchor[1:]}']")


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_nothing_of_the_page_is_wider_than_the_screen(page, report, size):
    page.set_viewport_size(size)
    errors = []
    page.on("console", lambda message: errors.append(message.text))
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(report)
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    assert errors == []


def test_every_link_leads_somewhere(page, report):
    page.goto(report)
    links = page.evaluate(
        "[...document.querySelectorAll('a')].map(a => a.getAttribute('href')"
        " ?? a.getAttribute('xlink:href'))"
    )
    ids = page.evaluate("[...document.querySelectorAll('[id]')].map(e => e.id)")
    assert links
    assert {link.removeprefix("#") for link in links} <= set(ids)
    assert len(ids) == len(set(ids))


def test_a_number_leads_to_its_row_its_report_its_decisions_and_its_search(
    page, report
):
    page.goto(report)
    analysis = page.locator("section.analysis").first
    row = analysis.get_by_role("row").filter(
        has=page.get_by_role("link", name=re.compile(r"^row \d+$"))
    )
    result = target(page, row.first.get_by_role("link", name=re.compile("^row")).first)
    assert result.is_visible()
    assert "table" in result.inner_text()
    study = row.first.get_by_role("link").first
    account = target(page, study)
    record = account.get_by_role("link", name=re.compile("^r[0-9a-f]{12}$")).first
    page.locator("details > summary").last.click()
    listed = target(page, record)
    assert "full-text: include" in listed.inner_text()
    source = target(page, listed.get_by_role("link").first)
    assert source.is_visible()


def test_evidence_comes_in_its_order_with_its_labels(page, report):
    page.goto(report)
    headings = page.locator("main > section > h2").all_inner_texts()
    for first, second in (
        ("Question and eligibility", "Search"),
        ("Search", "From records to studies"),
        ("From records to studies", "Studies"),
        ("Studies", "Controlled comparisons"),
        ("Controlled comparisons", "Where every number came from"),
    ):
        assert headings.index(first) < headings.index(second)
    assert page.get_by_role("note").get_by_text("Synthetic data").is_visible()
    assert page.locator("#flow svg").get_by_text("synthetic records").count()


def test_a_picture_holds_real_text_that_can_be_found(page, report):
    page.goto(report)
    picture = page.locator("figure.forest svg").first
    names = page.locator("section.analysis").first.locator("tbody tr td:first-child a")
    for name in names.all_inner_texts():
        assert picture.get_by_text(name, exact=True).count()


def test_a_study_in_the_picture_leads_to_what_was_typed(page, report):
    page.goto(report)
    page.locator("figure.forest .wide svg a").first.click()
    assert re.search(r"#result-\d+$", page.url)
    assert page.locator("tr:target").is_visible()


def test_a_telephone_gets_a_picture_of_its_own_size(page, report):
    page.set_viewport_size(PHONE)
    page.goto(report)
    figure = page.locator("figure.forest").first
    assert not figure.locator(".wide svg").is_visible()
    assert figure.locator(".narrow svg").bounding_box()["width"] <= PHONE["width"]


def test_no_sentence_calls_a_result_significant(page, report):
    page.goto(report)
    assert "significan" not in page.locator("body").inner_text().casefold()


def test_it_prints_on_paper_with_its_details(page, report):
    page.goto(report)
    height = "document.querySelector('section.analysis details').offsetHeight"
    closed = page.evaluate(height)
    page.emulate_media(media="print")
    assert not page.locator("nav.contents").is_visible()
    assert page.evaluate(height) > 5 * closed
