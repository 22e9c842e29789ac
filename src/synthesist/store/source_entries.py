"""Enter an export under its source in review.toml, and leave every other line alone."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from synthesist.errors import InvalidInput
from synthesist.store.toml_lines import find_lines

_HAS_FILES = re.compile(r"\s*files\s*=\s*\[")


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSource:
    """What a source that is not in review.toml yet is entered with."""

    id: str
    name: str
    kind: str = "database"
    platform: str = ""
    date: str = ""
    strategy: str = ""
    hits: int | None = None


def enter_file(text: str, file: str, source: NewSource) -> str:
    """Return review.toml with a file under the source of an id, which may be new.

    Raises
    ------
    InvalidInput
        If the file is written in a way that cannot be edited safely.
    """
    before = tomllib.loads(text)
    sources = cast("list[dict[str, Any]]", before.get("sources", []))
    place = next(
        (n for n, entry in enumerate(sources) if entry.get("id") == source.id), None
    )
    if place is not None and file in sources[place].get("files", []):
        return text
    ends = "\r\n" if "\r\n" in text else "\n"
    if place is None:
        edited = _appended(text, file, source, ends)
    else:
        edited = _inserted(text, file, place, ends)
    if _changed_otherwise(before, edited, file, source.id):
        raise InvalidInput(
            "review.toml is written in a way that cannot be edited safely.",
            where="review.toml",
            remedy=f"add {json.dumps(file, ensure_ascii=False)} to the files of the source {source.id} yourself",
        )
    return edited


def quoted(text: str) -> str:
    """Write a text of TOML."""
    # JSON's strings are TOML's, but for the code point of deletion.
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _appended(text: str, file: str, source: NewSource, ends: str) -> str:
    """Add a source at the end."""
    lines = [
        "",
        "[[sources]]",
        f"id = {quoted(source.id)}",
        f"name = {quoted(source.name)}",
    ]
    lines.append(f"kind = {quoted(source.kind)}")
    if source.platform:
        lines.append(f"platform = {quoted(source.platform)}")
    if source.date:
        lines.append(f"date = {source.date}")
    if source.strategy:
        lines.append(f"strategy = {quoted(source.strategy)}")
    if source.hits is not None:
        lines.append(f"hits = {source.hits}")
    lines.append(f"files = [{quoted(file)}]")
    separator = "" if not text or text.endswith("\n") else ends
    return text + separator + ends.join(lines) + ends


def _inserted(text: str, file: str, place: int, ends: str) -> str:
    """Add a file to a source that is there."""
    found = find_lines(text)
    lines = text.splitlines(keepends=True)
    number = found.get(("sources", place, "files"))
    if number is None:
        after = found.get(("sources", place, "id")) or found.get(("sources", place, ""))
        if after is None:
            return text
        if not lines[after - 1].endswith(("\n", "\r")):
            lines[after - 1] += ends
        lines.insert(after, f"files = [{quoted(file)}]{ends}")
        return "".join(lines)
    rest = "".join(lines[number - 1 :])
    if not _HAS_FILES.match(rest):
        return _listed(text, lines, number, file)
    start = rest.index("[") + 1
    empty = re.match(r"\s*\]", rest[start:]) is not None
    entry = quoted(file) if empty else f"{quoted(file)}, "
    return "".join(lines[: number - 1]) + rest[:start] + entry + rest[start:]


def _listed(text: str, lines: list[str], number: int, file: str) -> str:
    """Make a list of a single file that was written without brackets."""
    line = lines[number - 1]
    found = re.match(r"(\s*files\s*=\s*)(\"[^\"\\]*\"|'[^']*')(.*)", line, re.DOTALL)
    if found is None:
        return text
    lines[number - 1] = f"{found[1]}[{found[2]}, {quoted(file)}]{found[3]}"
    return "".join(lines)


def _changed_otherwise(
    before: Mapping[str, Any], text: str, file: str, source: str
) -> bool:
    """Say whether an edit did anything but enter the file."""
    try:
        after = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return True
    entries = cast("list[dict[str, Any]]", after.get("sources", []))
    entry = next((entry for entry in entries if entry.get("id") == source), None)
    if entry is None or file not in entry.get("files", []):
        return True
    known = cast("list[dict[str, Any]]", before.get("sources", []))
    old = next((entry for entry in known if entry.get("id") == source), None)
    if old is None:
        entries.remove(entry)
        if not entries and "sources" not in before:
            del after["sources"]
    else:
        listed = old.get("files", [])
        held = [listed] if isinstance(listed, str) else list(listed)
        if sorted(entry["files"]) != sorted([*held, file]):
            return True
        if "files" in old:
            entry["files"] = old["files"]
        else:
            del entry["files"]
    return after != dict(before)
