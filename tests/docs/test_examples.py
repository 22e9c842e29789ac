"""Every example of the documentation runs, and prints what its page shows."""

import pytest

from docs.pages import ROOT, Session, agrees, examples, pages, pictures

PAGES = {
    str(page.relative_to(ROOT)): page.read_text(encoding="utf-8") for page in pages()
}


@pytest.mark.parametrize("name", [name for name in PAGES if examples(PAGES[name])])
def test_the_examples_of_a_page_run_and_print_what_it_shows(
    name, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    session = Session(tmp_path)
    for example in examples(PAGES[name]):
        printed = session.run(example)
        if example.shown is not None:
            assert agrees(example.shown, printed), (
                f"{name}, line {example.code.line}, prints otherwise; "
                f"scripts/refresh_examples.py writes it into the page:\n{printed}"
            )
    # A picture is drawn by the page that shows it; its lines depend on matplotlib's
    # version, so they are not compared.
    for picture in pictures(PAGES[name]):
        drawn = (tmp_path / picture).exists()
        assert drawn, f"{name} shows {picture} and does not draw it"
