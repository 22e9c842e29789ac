"""Lay the records back on their file: whatever they leave over must be accounted for."""

import codecs
import html.entities
import json
import re
from collections import Counter

from synthesist.formats import Reference
from synthesist.formats.encodings import mend

#: A record cut from markup or code may begin and end inside a line.
MARKUP = {"endnote-xml", "pubmed-xml", "ictrp-xml", "rm5"}

#: Families whose values stand in their records as they are.
TAGGED = {
    "ris",
    "nbib",
    "refer",
    "wos",
    "refworks",
    "noteexpress",
    "cnki",
    "central",
    "eric",
    "ovid",
    "ovid-text",
}

WORD = re.compile(r"\w+")


def check_conservation(data, family, encoding, records, report):
    """See that every word of a file is in a record, or has its line in the report."""
    rest = left_over(data, records, encoding)
    first = records[0].origin.line if records else None
    check_rest(family, rest, report, first)
    for record in records:
        if isinstance(record, Reference):
            check_fields(family, record)


def plain(data, encoding):
    """Return bytes as text with plain line ends and without marks, wrong bytes kept."""
    text = codecs.decode(data, encoding, "synthesist-escape")
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if encoding.startswith("utf"):
        text = re.sub("\n\ufeff+", "\n", text)
    return text.lstrip("\ufeff")


def left_over(data, records, encoding):
    """Cut every record out of its file; return (line, text) of what stands between.

    Each record must stand, to the byte, on the line that it names, and after the
    one before.
    """
    whole = plain(data, encoding)
    starts = [0, *(place + 1 for place, sign in enumerate(whole) if sign == "\n")]
    end, rest = 0, []
    for record in records:
        origin = record.origin
        text = origin.text.replace("\r\n", "\n")
        if not encoding.startswith("utf-16"):
            # A file of pairs that is broken between them reads otherwise in pieces.
            text = plain(origin.raw, encoding)
        line = starts[origin.line - 1]
        start = whole.find(text, max(end, line))
        assert start >= 0, ("not as it stands in the file", text)
        assert "\n" not in whole[line:start], ("not on its line", origin.line, text)
        rest.append((end, whole[end:start]))
        end = start + len(text)
    rest.append((end, whole[end:]))
    return [(whole.count("\n", 0, at) + 1, text) for at, text in rest if text.strip()]


def unexplained(rest, report):
    """Return the lines left over that no passage of the report covers."""
    covered = {
        line
        for passage in report.passages
        for line in range(passage.line, passage.line + passage.lines)
    }
    return [
        (number, text)
        for line, stretch in rest
        for number, text in enumerate(stretch.split("\n"), start=line)
        if text.strip() and number not in covered
    ]


def check_rest(family, rest, report, first):
    """See that everything outside the records has its line in the report."""
    counted = sum(report.boilerplate.values())
    if family in TAGGED:
        lines = unexplained(rest, report)
        assert len(lines) == counted, ("lines without an account", lines, counted)
    elif family == "table":
        lines = [pair for pair in unexplained(rest, report) if WORD.search(pair[1])]
        after = [pair for pair in lines if first is not None and pair[0] >= first]
        assert not after, ("lines without an account", after)
    elif family == "json":
        stretches = [
            (
                line,
                re.sub(
                    r'"(?:studies|results?|items|references|records|data)"', "", text
                ),
            )
            for line, text in rest
        ]
        lines = [
            pair for pair in unexplained(stretches, report) if WORD.search(pair[1])
        ]
        assert not lines, ("text without an account", lines)
    elif family == "bibtex":
        # Behind an @ stand comments, strings and preambles, which are counted.
        leads = [(line, text.partition("@")[0]) for line, text in rest]
        bare = [pair for pair in unexplained(leads, report) if WORD.search(pair[1])]
        assert len(bare) <= counted, ("text without an account", bare)
    elif family in MARKUP and family != "rm5":
        lines = [
            (line, text)
            for line, text in rest
            if re.sub(r"<[^<>]*>|<!\[CDATA\[|\s+", "", text)
        ]
        # A record that stands twice in a line may be found in the wrong place of it.
        given = {
            line
            for passage in report.passages
            for line in range(passage.line, passage.line + passage.lines)
        }
        assert all(line in given for line, _ in lines), (
            "text without an account",
            lines,
        )


def check_fields(family, reference):
    """See that every word of a record is in its fields, as often as it stands there."""
    text = mend(reference.origin.text)[0].replace("\r\n", "\n")
    fields = " ".join(f"{tag} {value}" for tag, value in reference.fields)
    lost = Counter()
    if family == "refer":
        # Nothing need stand between a tag and Chinese text.
        text = re.sub(r"^(%\S)(?=[\u4e00-\u9fff])", r"\1 ", text, flags=re.M)
    if family in TAGGED:
        said = _STRUCTURE[family].sub("", text) if family in _STRUCTURE else text
        lost = Counter(WORD.findall(said)) - Counter(WORD.findall(fields))
    elif family == "table":
        # In a table with a field a row the first cells are names.
        upright = text.lstrip('" \t').lower().startswith("title")
        cells = fields if upright else " ".join(value for _, value in reference.fields)
        words = (WORD.findall(part.replace('"', "")) for part in (text, cells))
        lost = Counter(next(words)) - Counter(next(words))
    elif family == "bibtex":
        lost = Counter(WORD.findall(text.lower())) - Counter(
            WORD.findall(fields.lower())
        )
    elif family == "json":
        lost = _json_lost(text, reference.fields)
    elif family in MARKUP:
        lost = _markup_lost(text, fields)
    assert not lost, ("not in the fields", lost, text)


_ENDS = re.compile(r"^[ \t]*E[RF]\b", re.M)

#: What in a record only says where it begins or ends.
_STRUCTURE = {
    "central": re.compile(r"\ARecord #\d+ of \d+"),
    "ovid": re.compile(r"^<\d{1,7}\.? ?>", re.M),
    "ovid-text": re.compile(r"\A<\d{1,7}\.? ?>"),
    **dict.fromkeys(("ris", "wos", "refworks"), _ENDS),
}


def _json_lost(text, fields):
    """Return texts of an object, and the keys above them, that no field holds."""
    paths, values = {path for path, _ in fields}, {value for _, value in fields}
    lost = []

    def look(pairs):
        for key, value in pairs:
            texts = value if isinstance(value, list) else [value]
            texts = [part for part in texts if isinstance(part, str) and part]
            lost.extend(part for part in texts if part not in values)
            if texts and not any(key in path for path in paths):
                lost.append(key)

    json.loads(text, object_pairs_hook=look, strict=False, parse_int=str)
    return lost


_MARKS = re.compile(
    r"""<!--.*?-->|<\?.*?\?>|<!\[CDATA\[(?P<verbatim>.*?)\]\]>"""
    r"""|(?P<tag><(?:[^<>"']|"[^"]*"|'[^']*')*>)|(?P<text>[^<]+)""",
    re.DOTALL,
)
_VALUE = re.compile(r"""=\s*(?:"([^"]*)"|'([^']*)')""")
_ENTITY = re.compile(r"&(?:#(\d+)|#x([0-9A-Fa-f]+)|(\w+));")


def _markup_lost(text, fields):
    """Return stretches of text and values of attributes that no field holds."""
    said = []
    for mark in _MARKS.finditer(text):
        if mark["verbatim"]:
            said.append(mark["verbatim"])
        elif mark["tag"]:
            values = _VALUE.findall(mark["tag"])
            said += [_ENTITY.sub(_resolved, one or other) for one, other in values]
        elif mark["text"]:
            said.append(_ENTITY.sub(_resolved, mark["text"]))
    kept = " ".join(fields.split())
    return [part for part in said if " ".join(part.split()) not in kept]


def _resolved(found):
    """Return what an entity stands for."""
    if found[3]:
        return html.entities.html5.get(f"{found[3]};", found[0])
    return chr(int(found[1]) if found[1] else int(found[2], 16))
