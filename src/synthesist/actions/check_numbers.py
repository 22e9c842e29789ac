"""Check printed numbers, and list the checks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from synthesist.checks import CheckedReview, Finding
    from synthesist.review import Review


def check_numbers(lines: Iterable[str]) -> Iterator[Finding]:
    """Answer JSON lines of printed results one by one, in their order."""
    from synthesist.checks import check_lines

    return check_lines(lines)


def check_numbers_of_review(review: Review) -> CheckedReview:
    """Check every printed number of a review against what the others imply."""
    from synthesist.checks import check_numbers_of

    return check_numbers_of(review)


def list_kinds() -> list[dict[str, Any]]:
    """Return every check with its fields, rule and source as JSON values."""
    from synthesist.checks import KINDS

    return [
        {
            "kind": kind.code,
            "label": kind.label,
            "group": kind.group,
            "rule": kind.rule,
            "needs": [list(names) for names in kind.needs],
            "fields": [
                {
                    "name": field.name,
                    "meaning": field.meaning,
                    "synonyms": list(field.synonyms),
                    "several": field.several,
                }
                for field in kind.fields
            ],
            "printed": kind.prints or kind.gives[0],
            "implied": list(kind.gives),
            "preset": dict(kind.preset),
            "synonyms": list(kind.synonyms),
            "ask": kind.ask,
            "source": kind.source,
        }
        for kind in KINDS.values()
    ]
