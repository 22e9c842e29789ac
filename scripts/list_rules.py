"""Write the table of the rules on duplicates into the documentation.

``python scripts/list_rules.py``: a test holds the page to it.
"""

from __future__ import annotations

from pathlib import Path

from synthesist.dedup import RULES
from synthesist.dedup.compare import COMPARISONS

PAGE = Path(__file__).parents[1] / "docs" / "duplicates.md"
START, END = "<!-- rules -->\n", "<!-- end of rules -->\n"


def table() -> str:
    """Return the rules as a table, in the order in which they are asked."""
    lines = ["| rule | answer | because | when |", "|---|---|---|---|"]
    for rule in RULES:
        when = ", ".join(
            f"{name} {levels.replace('|', '/')}"
            for name, levels in sorted(
                rule.when.items(), key=lambda item: list(COMPARISONS).index(item[0])
            )
        )
        lines.append(f"| `{rule.code}` | {rule.answer} | {rule.reason} | {when} |")
    return "\n".join(lines) + "\n"


def refreshed(page: str) -> str:
    """Return the page with the table as it is now."""
    before, _, rest = page.partition(START)
    _, _, after = rest.partition(END)
    return before + START + "\n" + table() + "\n" + END + after


if __name__ == "__main__":
    PAGE.write_text(refreshed(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
