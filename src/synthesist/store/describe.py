"""Describe the review folder in Markdown, from the same data that reads it."""

from __future__ import annotations

from collections.abc import Iterator

from synthesist.store.columns import CSV_FILES
from synthesist.store.fields import KINDS, Field
from synthesist.store.keys import SECTIONS, TOP


def describe() -> str:
    """Return the reference part of docs/review-folder.md."""
    return "\n".join(_lines())


def _lines() -> Iterator[str]:
    yield "## review.toml"
    yield ""
    yield "Keys at the top of the file, before the first table:"
    yield ""
    yield from _table("key", TOP, toml=True)
    for section in SECTIONS:
        yield f"### `{'[[' if section.many else '['}{section.name}{']]' if section.many else ']'}`"
        yield ""
        yield f"{section.meaning[0].upper()}{section.meaning[1:]}{', one table each' if section.many else ''}."
        yield ""
        yield from _table("key", section.fields, toml=True)
    for file in CSV_FILES:
        yield f"## {file.name}"
        yield ""
        yield f"{file.meaning[0].upper()}{file.meaning[1:]}."
        if file.key:
            yield f"No two rows may share {_and(file.key)}."
        yield ""
        yield from _table("column", file.fields, toml=False)


def _table(head: str, fields: tuple[Field, ...], *, toml: bool) -> Iterator[str]:
    """Yield a Markdown table of fields."""
    yield f"| {head} | holds | needed | meaning |"
    yield "|---|---|---|---|"
    for field in fields:
        needed = "yes" if field.required else ""
        yield f"| `{field.name}` | {_holds(field, toml)} | {needed} | {field.meaning} |"
    yield ""


def _holds(field: Field, toml: bool) -> str:
    """Say in words what a field holds."""
    words = KINDS[field.kind].label
    if toml and field.kind == "list":
        words = "text or list of texts"
    if toml and field.kind == "numbers":
        words = "number or list of numbers"
    if field.choices:
        listed = ", ".join(f"`{choice}`" for choice in field.choices)
        return f"{words} of: {listed}" if field.kind == "list" else listed
    return words


def _and(names: tuple[str, ...]) -> str:
    """Join names as a sentence does."""
    ticked = [f"`{name}`" for name in names]
    return (
        ticked[0] if len(ticked) == 1 else f"{', '.join(ticked[:-1])} and {ticked[-1]}"
    )
