"""The documentation builds without a warning, and is read without a network."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

#: What a browser fetches by itself; a link that a reader follows is none of these.
FETCHED = re.compile(
    r"<(?:script|img|iframe)[^>]+src=\"https?:|<link[^>]+href=\"https?:|url\(['\"]?https?:"
)


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    folder = tmp_path_factory.mktemp("docs")
    command = [sys.executable, "-m", "sphinx", "-W", "--keep-going", "-q"]
    done = subprocess.run(
        [*command, "-d", folder / "doctrees", ROOT / "docs", folder / "html"],
        capture_output=True,
        text=True,
    )
    return done, folder / "html"


def test_the_documentation_builds_without_a_warning(built):
    done, html = built
    assert done.returncode == 0, done.stderr
    assert (html / "index.html").exists()


def test_the_pages_fetch_nothing(built):
    _, html = built
    pages = [*html.rglob("*.html"), *html.rglob("*.css")]
    fetching = [
        str(page.relative_to(html))
        for page in pages
        if FETCHED.search(page.read_text(encoding="utf-8"))
    ]
    assert len(pages) > 20
    assert fetching == []


def test_formulas_are_mathml_and_dois_are_links(built):
    _, html = built
    page = (html / "measures" / "events.html").read_text(encoding="utf-8")
    assert page.count("<math ") > 20
    assert 'href="https://doi.org/10.2307/2530610"' in page
    # Angle brackets of old identifiers must not end the address.
    assert "19:22%3C3127::AID-SIM784%3E3.0.CO;2-M" in page
