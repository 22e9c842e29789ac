"""Write the list of checks into its page of the documentation.

``python scripts/list_checks.py``; with ``--check`` it only says whether the page is
up to date.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

from synthesist.checks import KINDS

PAGE = Path(__file__).parents[1] / "docs" / "checks.md"
LIST = re.compile(r"(<!-- list -->\n).*?(<!-- end of list -->)", re.DOTALL)


def table() -> str:
    """Return every check under its question: code, rule, what it takes, its source."""
    lines: list[str] = []
    group = ""
    for kind in KINDS.values():
        if kind.group != group:
            group = kind.group
            lines += ["", f"### {group}", "", "| check | rule | takes | gives | source |", "|---|---|---|---|---|"]  # fmt: skip
        takes = "; or ".join(" ".join(f"`{n}`" for n in names) for names in kind.needs)
        needed = {name for names in kind.needs for name in names}
        more = [field.name for field in kind.fields if field.name not in needed]
        if more:
            takes += f" (more: {' '.join(f'`{name}`' for name in more)})"
        gives = " ".join(f"`{name}`" for name in kind.gives)
        cells = (f"`{kind.code}`<br>{kind.label}", kind.rule, takes, gives, kind.source)
        lines.append(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |")  # fmt: skip
    return "\n".join(lines).strip() + "\n"


def main() -> int:
    """Rewrite the page, or compare it."""
    page = PAGE.read_text(encoding="utf-8")
    listed = table()
    new = LIST.sub(lambda found: f"{found[1]}\n{listed}\n{found[2]}", page)
    if "--check" in sys.argv:
        return int(new != page)
    PAGE.write_text(new, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
