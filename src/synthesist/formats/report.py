"""What an import did with every byte of a file: records kept, set aside, and the rest."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from synthesist.formats.reference import Origin, SetAside

#: Characters of a passage outside records that a report repeats; all of it stays in
#: the file, which the review keeps.
SHOWN = 400


class Passage(NamedTuple):
    """Lines that stand outside every record."""

    line: int
    lines: int
    text: str


class Encoding(NamedTuple):
    """How a file's bytes became text.

    `declared` is what the file says of itself; `damaged` counts byte sequences
    that are not text in `name` and were read as Windows-1252, one by one. `exact`
    says that the whole file was found to be text in it, so that none can be.
    """

    name: str
    mark: bool = False
    declared: str = ""
    damaged: int = 0
    exact: bool = False

    def describe(self) -> str:
        """Say it in words."""
        words = self.name.upper().replace("_", "-")
        if self.mark:
            words += " with a byte-order mark"
        if self.declared and not same_encoding(self.declared, self.name):
            words += f", although it says {self.declared}"
        if self.damaged:
            words += f", {self.damaged} damaged places read as Windows-1252"
        return words


def same_encoding(one: str, other: str) -> bool:
    """Say whether two names mean one encoding, as far as text in it can tell."""
    first, second = (name.lower().replace("_", "-") for name in (one, other))
    for family in _SAME:
        if first in family and second in family:
            return True
    return first == second


_SAME = (
    {"utf-8", "utf8", "us-ascii", "ascii", "utf-8-sig"},
    {"utf-16", "utf-16-le", "utf-16-be", "utf-16le", "utf-16be"},
    {"iso-8859-1", "latin-1", "latin1", "windows-1252", "cp1252", "us-ascii", "ascii"},
    {"gb2312", "gbk", "gb18030", "cp936"},
)


@dataclass(slots=True, kw_only=True)
class Tally:
    """What a reader counts while it reads; the only thing here that changes."""

    records: int = 0
    set_aside: list[SetAside] = field(default_factory=list[SetAside])
    unmarked: int = 0
    passages: list[Passage] = field(default_factory=list[Passage])
    boilerplate: Counter[str] = field(default_factory=Counter[str])
    unknown_tags: Counter[str] = field(default_factory=Counter[str])
    changes: Counter[str] = field(default_factory=Counter[str])
    notes: list[str] = field(default_factory=list[str])
    damaged: int = 0
    #: Of an archive, the part whose rows were read.
    part: str = ""

    def passage(self, line: int, text: str) -> None:
        """Keep lines that belong to no record."""
        self.passages.append(Passage(line, text.count("\n") + 1, text[:SHOWN]))

    def aside(
        self, origin: Origin, reason: str, remedy: str, header: str = ""
    ) -> SetAside:
        """Keep a record that cannot be read."""
        given = SetAside(origin=origin, reason=reason, remedy=remedy, header=header)
        self.set_aside.append(given)
        return given


@dataclass(frozen=True, slots=True, kw_only=True)
class ConservationReport:
    """The account of one file: start markers seen = records kept + records set aside.

    The markers were counted over the raw bytes, by code that shares nothing with
    the reader; where the two disagree, `conserved` is false and import stops.
    `unmarked` records are among the markers: they begin without one and were told
    by their place and fields.
    """

    file: str
    size: int
    sha256: str
    dialect: str
    label: str
    encoding: Encoding
    start_markers: int
    records: int
    set_aside: tuple[SetAside, ...]
    unmarked: int
    passages: tuple[Passage, ...]
    boilerplate: Mapping[str, int]
    unknown_tags: Mapping[str, int]
    changes: Mapping[str, int]
    notes: tuple[str, ...]

    @property
    def conserved(self) -> bool:
        """Whether every start marker became a record or was set aside."""
        return self.start_markers == self.records + len(self.set_aside)

    def to_dict(self) -> dict[str, Any]:
        """Return the report as JSON values, every key always present."""
        return {
            "file": self.file,
            "bytes": self.size,
            "sha256": self.sha256,
            "dialect": self.dialect,
            "label": self.label,
            "encoding": self.encoding.name,
            "encoding_mark": self.encoding.mark,
            "encoding_declared": self.encoding.declared or None,
            "encoding_note": self.encoding.describe(),
            "start_markers": self.start_markers,
            "records": self.records,
            "set_aside": len(self.set_aside),
            "conserved": self.conserved,
            "unmarked": self.unmarked,
            "unknown_tags": dict(sorted(self.unknown_tags.items())),
            "changes": dict(sorted(self.changes.items())),
            "boilerplate": dict(sorted(self.boilerplate.items())),
            "outside": [passage._asdict() for passage in self.passages],
            "set_aside_records": [
                {
                    "line": aside.origin.line,
                    "last_line": aside.origin.last_line,
                    "reason": aside.reason,
                    "remedy": aside.remedy,
                    "text": aside.origin.raw[:SHOWN].decode("utf-8", "replace"),
                }
                for aside in self.set_aside
            ],
            "notes": list(self.notes),
        }

    def summary(self) -> str:
        """Say it in lines of text."""
        lines = [
            f"{self.file}: {self.label}, {self.encoding.describe()}",
            f"{self.start_markers} start markers = {self.records} records + {len(self.set_aside)} set aside",
        ]
        if not self.conserved:
            lines.append("The two sides differ: the file was not read completely.")
        if self.unmarked:
            lines.append(f"{self.unmarked} records begin without a start marker")
        lines += _counted("Unknown tags, kept as they are", self.unknown_tags)
        lines += _counted("Changed", self.changes)
        lines += _counted("Lines around the records", self.boilerplate)
        for passage in self.passages:
            end = passage.line + passage.lines - 1
            place = (
                f"line {passage.line}"
                if passage.lines == 1
                else f"lines {passage.line} to {end}"
            )
            first = passage.text.strip().partition("\n")[0].strip()
            lines.append(f"Outside the records, {place}: {first[:120]}")
        for aside in self.set_aside:
            origin = aside.origin
            lines.append(
                f"Set aside, lines {origin.line} to {origin.last_line}: {aside.reason}; {aside.remedy}"
            )
        return "\n".join([*lines, *self.notes])


def _counted(title: str, counts: Mapping[str, int]) -> list[str]:
    """Say counts in one line, the largest first."""
    if not counts:
        return []
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return [f"{title}: " + ", ".join(f"{name} ({count})" for name, count in ordered)]
