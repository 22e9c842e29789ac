"""A reviewer judges doubtful pairs in a browser, by keys, and the review takes them."""

import re

import pytest
from click.testing import CliRunner
from playwright.sync_api import expect

from synthesist.actions.duplicates.answers import read_answers
from synthesist.cli.main import main

pytestmark = pytest.mark.browser

DESK = {"width": 1200, "height": 900}
PHONE = {"width": 390, "height": 844}

RECORD = """\
TY  - JOUR
TI  - {title}
AU  - Nowak, Anna Maria
AU  - Okafor, Chidi
PY  - 2015
T2  - 虚构医学杂志
VL  - 14
SP  - {start}0
EP  - {start}4
DB  - {database}
ER  -

"""
TITLES = (
    'Imaginine in severe polyarthralgia: a trial of "two" doses',
    "Complications <script>document.title = 'broken'</script> after an operation",
)


def run(*arguments):
    """Run the command line inside this process."""
    done = CliRunner().invoke(main, [str(argument) for argument in arguments])
    assert done.exit_code == 0, done.output
    return done.output


@pytest.fixture
def review(tmp_path):
    """Return a review with two pairs to ask about, and the page that asks."""
    folder = tmp_path / "review"
    run("new", folder, "--bare")
    for database, start in (("MEDLINE", 4), ("Embase", 9)):
        text = "".join(
            RECORD.format(title=title, start=start, database=database)
            for title in TITLES
        )
        (tmp_path / f"{database}.ris").write_text(text, encoding="utf-8")
        run("import", folder, tmp_path / f"{database}.ris")
    page = tmp_path / "ask.html"
    assert "2 pairs to ask about" in run("dedup", folder, "--page", page)
    return folder, page.as_uri()


def test_pairs_are_judged_by_keys_and_taken_in(page, review, tmp_path):
    folder, address = review
    page.goto(address)
    status = page.get_by_role("status")
    expect(status).to_have_text("0 of 2 answered")
    expect(page.get_by_role("heading", name="1 of 2")).to_be_visible()
    expect(page.get_by_role("heading", name="2 of 2")).to_be_hidden()
    assert page.locator("article.now mark").all_inner_texts() == [
        "40",
        "44",
        "90",
        "94",
        "MEDLINE",
        "Embase",
    ]
    page.keyboard.press("s")
    expect(status).to_have_text("1 of 2 answered")
    expect(page.get_by_role("heading", name="2 of 2")).to_be_visible()
    page.get_by_role("button", name="Different").click()
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_role("heading", name="1 of 2 – same")).to_be_visible()
    page.keyboard.press("u")
    expect(status).to_have_text("1 of 2 answered")
    page.keyboard.press("s")
    page.reload()
    expect(status).to_have_text("2 of 2 answered")
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Save answers").click()
    waiting.value.save_as(tmp_path / "answers.csv")
    run("dedup", folder, "--answers", tmp_path / "answers.csv", "--by", "Ada")
    given = [(a.answer, a.by) for a in read_answers(folder)]
    assert sorted(given) == [("different", "Ada"), ("same", "Ada")]
    assert "0 pairs to ask about" in run("dedup", folder)


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_the_page_fits_and_runs_nothing_of_the_records(page, review, size):
    page.set_viewport_size(size)
    errors = []
    page.on("console", lambda message: errors.append(message.text))
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(review[1])
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    assert page.title() == "Duplicates: 2 pairs to judge"
    assert errors == []


def test_an_audit_is_judged_in_the_browser(page, review, tmp_path):
    folder, _ = review
    sheet, file = tmp_path / "sheet.csv", tmp_path / "audit.html"
    run("dedup", folder, "--audit", "10", "--sheet", sheet, "--page", file)
    page.goto(file.as_uri())
    expect(page.get_by_role("status")).to_have_text(re.compile(r"^0 of \d answered$"))
    page.keyboard.press("s")
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Save answers").click()
    waiting.value.save_as(tmp_path / "judged.csv")
    words = run("dedup", folder, "--judged", tmp_path / "judged.csv")
    assert "Missed pairs: " in words
    assert "1 of 1 judged were wrong" in words


def test_the_page_without_questions_says_so(page, review, tmp_path):
    folder, _ = review
    answers = tmp_path / "answers.csv"
    run("dedup", folder, "--pairs", tmp_path / "pairs.csv")
    text = (tmp_path / "pairs.csv").read_text(encoding="utf-8")
    answers.write_text(text.replace(",ask,", ",same,"), encoding="utf-8")
    run("dedup", folder, "--answers", answers, "--by", "Ada")
    run("dedup", folder, "--page", tmp_path / "none.html")
    page.goto((tmp_path / "none.html").as_uri())
    expect(page.get_by_text("Nothing is left to ask about.")).to_be_visible()
    expect(page.get_by_role("button", name="Same")).to_have_count(0)
