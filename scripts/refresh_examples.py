"""Write into the documentation what its examples print now.

``python scripts/refresh_examples.py [PAGE]...``: all pages, or some. Look at the
difference before it is kept: the tests hold the pages to it.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from docs.pages import Session, examples, pages, pictures, refreshed  # noqa: E402


def refresh(page: Path) -> bool:
    """Rewrite one page with its drawings, and say whether its text changed."""
    text = page.read_text(encoding="utf-8")
    printed = {}
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        session = Session(Path(folder))
        for example in examples(text):
            output = session.run(example)
            if example.output is not None:
                printed[example.output] = output
        os.chdir(ROOT)
        for name in pictures(text):
            shutil.copy(Path(folder) / name, ROOT / "docs" / "images" / name)
    new = refreshed(text, printed)
    if new != text:
        page.write_text(new, encoding="utf-8")
    return new != text


def main(names: list[str]) -> None:
    """Refresh the pages that are named, else all of them."""
    for page in [Path(name).resolve() for name in names] or pages():
        if refresh(page):
            print(f"{page.relative_to(ROOT)} has changed.")


if __name__ == "__main__":
    main(sys.argv[1:])
