"""Read what Ovid exports beside RIS: its tagged text, and its text with labels."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import islice

from synthesist.formats.readers.context import Context, Records
from synthesist.formats.readers.ovid_tags import LABELS, TAGS
from synthesist.formats.readers.tagged import Reading, TagStyle, read_tagged
from synthesist.formats.split import Marker
from synthesist.formats.types import type_among

#: `Lancet. 373(9664):632-3, 2009 Feb 21.`, `Ann Ex. Vol.45(2), 2010, pp. 123-134.`
_CITED = re.compile(
    r"(?P<journal>.+?)\.\s+(?:Vol\.?\s*)?(?P<volume>(?!(?:19|20)\d\d\b)[\w/ -]*?\d[\w/-]*)?\s*"
    r"(?:\((?P<issue>[^()]*)\))?\s*(?:(?::\s*|,\s*pp?\.?\s*)(?P<pages>[A-Za-z]?\d[\w-]*))?"
    r"(?P<rest>(?:(?:[,.;\s]|(?:19|20)\d\d\b).*)?)\Z"
)
_PAGES = re.compile(r"(?:\bpp?\.?\s*|;\s*(?=\w+-))([A-Za-z]?\d[\w-]*)")

#: `2009 Feb 21;373(9664):632-3`
_AFTER_DATE = re.compile(
    r";\s*(?P<volume>\w+)\s*(?:\((?P<issue>[^()]*)\))?:\s*(?P<pages>[\w-]+)"
)
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")

#: Marks and degrees behind a name: `Ada, Beatrice MD *`, `Byron, G [E-mail: ...]`.
_DEGREE = re.compile(
    r",?\s+(?:MD|M\.D\.|PhD|Ph\.\s?D\.|MSc|BSc|MA|BA|MS|MPH|RN|FAAN|MBBS|MB|DO|DrPH)\Z"
)

#: More of them than anybody has.
_DEGREES = 20

#: What some databases put behind a title: `Listening.[Miscellaneous]`.
_KIND = re.compile(
    r"\.?\s*\[(?:Article|Report|Miscellaneous|References|Letter|Editorial|Review|Abstract"
    r"|Case Report|Erratum|Comment|Original Article)\][\s.]*\Z"
)
_SEVERAL = re.compile(r";\s{2,}|\n")


def _title(value: str) -> list[tuple[str, str]]:
    """Read a title, without the kind of article behind it."""
    return [("title", _KIND.sub("", " ".join(value.split())))]


def _people(role: str) -> Reading:
    """Read names, without the marks and degrees behind them."""

    def read(value: str) -> list[tuple[str, str]]:
        said: list[tuple[str, str]] = []
        for part in _SEVERAL.split(value):
            name = part.strip()
            one = "editor" if "[Ed" in name else role
            said.append((one, _bare(name)))
        return said

    return read


def _bare(name: str) -> str:
    """Return a name without the marks and degrees behind it."""
    for _ in range(_DEGREES):
        before = name
        name = name.rstrip(" \t\n0123456789*+#,;")
        head, bracket, inside = name.rpartition("[")
        if bracket and "]" not in inside[:-1]:
            name = head.rstrip()
        # Only the end can hold one; a name can be as long as a file.
        if found := _DEGREE.search(name, max(0, len(name) - 12)):
            name = name[: found.start()]
        if name == before:
            break
    return name


def _status(value: str) -> list[tuple[str, str]]:
    """Read the year of what is published ahead of print."""
    return [("cited year", year[0])] if (year := _YEAR.search(value)) else []


def _editors(value: str) -> list[tuple[str, str]]:
    """Read editors; MEDLINE has the day of its entry under the same tag."""
    return [] if value.strip().isdecimal() else list(_people("editor")(value))


def _each(role: str) -> Reading:
    """Read every line, or every part between a semicolon and two blanks, as a value."""
    return lambda value: [
        (role, part.strip().rstrip(".")) for part in _SEVERAL.split(value)
    ]


def _number(value: str) -> list[tuple[str, str]]:
    """Read an accession number without the full stop behind it."""
    return [("accession", value.strip().rstrip("."))]


def _languages(value: str) -> list[tuple[str, str]]:
    """Read languages between full stops, commas or semicolons."""
    return [("language", part) for part in re.split(r"[,;.\n]\s*", value)]


def cited(value: str) -> list[tuple[str, str]]:
    """Take a citation apart: journal, volume, issue, pages, and its year."""
    text = " ".join(value.split())
    found = _CITED.match(text)
    if found is None:
        return [("journal", text.rstrip(". "))]
    rest = found["rest"]
    said = {name: part for name, part in found.groupdict().items() if part}
    said.pop("rest", None)
    if not found["volume"] and (after := _AFTER_DATE.search(rest)):
        said |= {name: part for name, part in after.groupdict().items() if part}
    elif not found["pages"] and (pages := _PAGES.search(rest)):
        said["pages"] = pages[1]
    if year := _YEAR.search(rest):
        said["year"] = year[0]
    return list(said.items())


def _cited(value: str) -> list[tuple[str, str]]:
    """Keep what the citation says apart from what has a field of its own."""
    return [(f"cited {name}", part) for name, part in cited(value)]


def _finish(roles: dict[str, list[str]]) -> None:
    """Take from the citation what no field of its own says, and the kind of work."""
    for name in ("journal", "volume", "issue", "pages", "year"):
        if said := roles.pop(f"cited {name}", None):
            roles.setdefault(name, said)
    roles["type"] = [type_among(roles.get("pubtype", ())) or "article"]


_READINGS: dict[str, Reading] = {
    "AN": _number,
    "UI": _number,
    "TI": _title,
    "AU": _people("author"),
    "FA": _people("author_full"),
    "ED": _editors,
    "CA": _each("collective"),
    "SO": _cited,
    "IN": _each("address"),
    "MH": _each("mesh"),
    "SH": _each("heading"),
    "KW": _each("keyword"),
    "ID": _each("keyword"),
    "PT": _each("pubtype"),
    "DT": _each("pubtype"),
    "LG": _languages,
    "IS": _each("serial_number"),
    "XL": _each("url"),
    "ST": _status,
}

TAGGED = TagStyle(
    marker=Marker("VN", re.compile(r"VN {1,2}- Ovid")),
    tag=re.compile(r"\n([A-Z][A-Z0-9]) {1,2}-(?: |(?=\n)|\Z)", re.ASCII),
    roles=TAGS,
    texts=frozenset({"AB"}),
    readings=_READINGS,
    finish=_finish,
)

#: A label stands at the margin, its values are indented.
_LABEL = re.compile(r"\n([A-Z][^\n]{0,70}?)[ \t]*\n(?=[ \t]+\S)")

#: `<1>` or `<1. >`.
_NUMBER = re.compile(r"^<\d{1,7}\.? ?>[ \t]*\r?$", re.ASCII | re.MULTILINE)
_NUMBERED = Marker("<", re.compile(r"<\d{1,7}\.? ?>[ \t]*\r?(?:\n|\Z)", re.ASCII))
_BLANKS = " \t\r\n\f\v"

LABELLED = TagStyle(
    marker=_NUMBERED,
    tag=_LABEL,
    roles={label: TAGS[tag] for label, tag in LABELS.items()},
    readings={
        label: _READINGS[tag] for label, tag in LABELS.items() if tag in _READINGS
    },
    finish=_finish,
)


def read_ovid(context: Context) -> Records:
    """Give the records of Ovid's tagged text.

    Each begins at its number in brackets; without numbers, where Ovid names itself.
    """
    numbered = _NUMBER.search(context.mended(next(context.blocks(), "")))
    style = replace(TAGGED, marker=_NUMBERED) if numbered else TAGGED
    return read_tagged(context, style)


def read_ovid_text(context: Context) -> Records:
    """Give the records of Ovid's text with labels.

    Each begins at its number in brackets; without numbers, each as the first does.
    """
    head = "".join(islice(context.blocks(), 2))
    style = LABELLED
    if not _NUMBER.search(head):
        first = next(
            filter(None, (line.strip(_BLANKS) for line in head.split("\n"))), ""
        )
        if not first:
            return read_tagged(context, style)
        # Its label is a field like others, and not to be cut off as a mark.
        pattern = re.compile(rf"(?={re.escape(first)}[ \t]*\r?(?:\n|\Z))")
        style = replace(LABELLED, marker=Marker(first, pattern))
    return read_tagged(context, style)
