"""The page on duplicates prints the rules as they are."""

import importlib.util
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_page_prints_the_rules():
    spec = importlib.util.spec_from_file_location(
        "list_rules", ROOT / "scripts" / "list_rules.py"
    )
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    page = script.PAGE.read_text(encoding="utf-8")
    assert script.refreshed(page) == page, "run scripts/list_rules.py"
