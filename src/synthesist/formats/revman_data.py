"""Read what a RevMan 5 review holds beside its references: studies and outcome data."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from synthesist.formats.counting.tags import count_elements
from synthesist.formats.encodings import mend
from synthesist.formats.finding import find_encoding
from synthesist.formats.source import Source, text_blocks
from synthesist.formats.xml import BrokenXml, Cut, Node, cut_elements, parse_element

#: Outcomes by their element: what their entries are.
KINDS = {
    "DICH_OUTCOME": "dichotomous",
    "CONT_OUTCOME": "continuous",
    "IPD_OUTCOME": "observed minus expected",
    "IV_OUTCOME": "generic inverse variance",
    "OTHER_OUTCOME": "other",
}

#: The start markers: one entry is one study's data in one outcome.
MARKERS = ("DICH_DATA", "CONT_DATA", "IPD_DATA", "IV_DATA", "OTHER_DATA")

_PIECES = ("STUDY", "INCLUDED_CHAR", "EXCLUDED_CHAR", "QUALITY_ITEM", *KINDS)
_AROUND = re.compile(
    r"<(COMPARISON|SUBGROUP_COMPARISON)\b([^>]*)>\s*<NAME[^>]*>([^<]*)</NAME>"
    r"|<((?:IN|EX)CLUDED|AWAITING|ONGOING)_STUDIES[\s>]"
)
_NUMBER = re.compile(r'\bNO="([^"]*)"')


@dataclass(frozen=True, slots=True, kw_only=True)
class RevManStudy:
    """A study: `status` is included, excluded, awaiting or ongoing."""

    id: str
    name: str
    year: str
    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One study's data in one outcome, as the file's attributes have them."""

    study: str
    subgroup: str
    line: int
    values: Mapping[str, str]

    def __getitem__(self, name: str) -> str:
        return self.values.get(name, "").strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class RevManOutcome:
    """An outcome of a comparison, with what the file computed of it.

    `computed` are the attributes of the outcome, `subgroups` the name and
    attributes of each of its subgroups in their order.
    """

    number: str
    comparison: str
    name: str
    kind: str
    groups: tuple[str, str]
    graph: tuple[str, str]
    computed: Mapping[str, str]
    subgroups: tuple[tuple[str, Mapping[str, str]], ...]
    entries: tuple[Entry, ...]


class Answer(NamedTuple):
    """A judgement of the risk of bias."""

    study: str
    item: str
    answer: str
    support: str


class LeftOut(NamedTuple):
    """Data that were not taken in: where they are, how many entries, and why."""

    line: int
    entries: int
    what: str
    reason: str


@dataclass(slots=True, kw_only=True)
class RevManData:
    """What a RevMan 5 file holds; `markers` counts its entries over the raw bytes.

    `characteristics` are texts by study id and heading.
    """

    file: str
    markers: int = 0
    studies: list[RevManStudy] = field(default_factory=list[RevManStudy])
    outcomes: list[RevManOutcome] = field(default_factory=list[RevManOutcome])
    characteristics: dict[str, dict[str, str]] = field(
        default_factory=dict[str, dict[str, str]]
    )
    answers: list[Answer] = field(default_factory=list[Answer])
    left_out: list[LeftOut] = field(default_factory=list[LeftOut])

    @property
    def entries(self) -> int:
        """Count the entries that were read."""
        return sum(len(outcome.entries) for outcome in self.outcomes)


def read_revman_data(path: Path, name: str = "") -> RevManData:
    """Read studies, outcomes, characteristics and judgements of a RevMan 5 file.

    Each element is read by itself: a broken one is left out with its line.

    Raises
    ------
    InvalidInput
        If the file cannot be read.
    NotFound
        If there is none.
    """
    source = Source(name or path.name, path=path)
    encoding = find_encoding(source)
    found = RevManData(file=source.name)
    with source.open() as stream:
        found.markers = count_elements(stream, MARKERS)
    reader = _Reader(found)
    for piece in cut_elements(text_blocks(source, encoding), _PIECES):
        line, text = (piece.line, piece.text) if isinstance(piece, Cut) else piece
        expected = _count(text)
        before = reader.mark()
        if isinstance(piece, Cut):
            reader.take(piece)
        else:
            reader.see(mend(text)[0])
        reader.settle(line, expected, before)
    return found


def _count(text: str) -> int:
    """Count the entries that begin in a piece of text."""
    return len(_MARKER.findall(_NO_MARKUP.sub("", text)))


_MARKER = re.compile(
    rf"<(?:[A-Za-z][\w.-]*:)?(?:{'|'.join(MARKERS)})(?=[\s/>])", re.ASCII
)

#: Text in which a tag is none.
_NO_MARKUP = re.compile(r"<!--.*?(?:-->|\Z)|<!\[CDATA\[.*?(?:\]\]>|\Z)", re.DOTALL)


def is_revman(path: Path) -> bool:
    """Say whether a file is a RevMan 5 review, as far as its beginning tells."""
    with Source(path.name, path=path).open() as stream:
        return b"<COCHRANE_REVIEW" in stream.read(1 << 16)


class _Reader:
    """Follows the file from element to element."""

    def __init__(self, found: RevManData) -> None:
        self.found = found
        self.status = ""
        self.comparison = ""
        self.number = ""
        self.count = 0

    def mark(self) -> tuple[int, int]:
        """Say how much was read so far."""
        return len(self.found.outcomes), len(self.found.left_out)

    def settle(self, line: int, expected: int, before: tuple[int, int]) -> None:
        """Leave out what began in a piece and became nothing."""
        outcomes, left_out = self.found.outcomes, self.found.left_out
        seen = sum(len(outcome.entries) for outcome in outcomes[before[0] :])
        seen += sum(part.entries for part in left_out[before[1] :])
        reason = "they stand in broken markup, or where no outcome is"
        if seen > expected:
            # Names in small letters are read, but are no names of RevMan's.
            del outcomes[before[0] :], left_out[before[1] :]
            seen, reason = 0, "they are written in another way than RevMan's"
        if expected > seen:
            self._leave(line, expected - seen, "entries", reason)

    def see(self, text: str) -> None:
        """Take notice of what stands around the elements."""
        for match in _AROUND.finditer(text):
            if match[4]:
                self.status = match[4].lower()
            else:
                self.comparison = _plain(match[3])
                given = _NUMBER.search(match[2])
                self.count += 1
                self.number = given[1] if given else str(self.count)

    def take(self, piece: Cut) -> None:
        """Read one element, or leave it out."""
        text, _ = mend(piece.text)
        name = re.match(r"<(?:[\w.-]+:)?(\w+)", text)
        kind = name[1] if name else ""
        try:
            if not piece.whole:
                raise BrokenXml("the element does not end")
            node = parse_element(text)
        except BrokenXml as error:
            lost = _count(text)
            if kind in KINDS or lost:
                reason = f"the XML is broken: {error}"
                self._leave(piece.line, lost, "an outcome", reason)
            return
        if kind == "STUDY":
            self._study(node)
        elif kind.endswith("_CHAR"):
            self._characteristics(node)
        elif kind == "QUALITY_ITEM":
            self._judgements(node)
        elif kind in KINDS:
            self._outcome(node, kind, piece.line)

    def _leave(self, line: int, entries: int, what: str, reason: str) -> None:
        """Take down what is left out."""
        self.found.left_out.append(LeftOut(line, entries, what, reason))

    def _study(self, node: Node) -> None:
        """Read a study."""
        given = node.attributes
        self.found.studies.append(
            RevManStudy(
                id=given.get("ID", ""),
                name=" ".join(given.get("NAME", "").split()),
                year=given.get("YEAR", "").strip(),
                status=self.status,
            )
        )

    def _characteristics(self, node: Node) -> None:
        """Read the characteristics of a study."""
        held = self.found.characteristics.setdefault(
            node.attributes.get("STUDY_ID", ""), {}
        )
        for child in node.children():
            if text := _paragraphs(child):
                heading = child.name.removeprefix("char_").replace("_", " ")
                held[heading] = text

    def _judgements(self, node: Node) -> None:
        """Read the answers to one item of the risk of bias."""
        item = _plain(node.text("name"))
        groups = {
            group.attributes.get("ID", ""): _plain(group.text("name"))
            for path in ("quality_item_group", "quality_item_groups/quality_item_group")
            for group in node.all(path)
        }
        for entry in node.all("quality_item_data/quality_item_data_entry"):
            group = groups.get(entry.attributes.get("GROUP_ID", ""), "")
            answer = entry.attributes.get("RESULT", "").strip().lower()
            if answer:
                description = entry.find("description")
                support = _paragraphs(description) if description is not None else ""
                self.found.answers.append(
                    Answer(
                        entry.attributes.get("STUDY_ID", ""),
                        f"{item} ({group})" if group else item,
                        answer,
                        support,
                    )
                )

    def _outcome(self, node: Node, kind: str, line: int) -> None:
        """Read an outcome with its subgroups."""
        entries: list[Entry] = []
        subgroups: list[tuple[str, Mapping[str, str]]] = []
        prefix = kind.partition("_")[0].lower()
        for child in node.children():
            if child.name == f"{prefix}_subgroup":
                name = _plain(child.text("name")) or f"subgroup {len(subgroups) + 1}"
                if any(name == other for other, _ in subgroups):
                    name += f" ({len(subgroups) + 1})"
                subgroups.append((name, child.attributes))
                entries += _entries(child, prefix, name, line)
        entries += _entries(node, prefix, "", line)
        if kind == "OTHER_OUTCOME":
            what = f"outcome {_plain(node.text('name'))}"
            if entries:
                self._leave(line, len(entries), what, "its entries are text, no data")
            return
        number = node.attributes.get("NO", "") or str(len(self.found.outcomes) + 1)
        self.found.outcomes.append(
            RevManOutcome(
                number=f"{self.number or '1'}.{number}",
                comparison=self.comparison,
                name=_plain(node.text("name")),
                kind=KINDS[kind],
                groups=_pair(node, "group_label"),
                graph=_pair(node, "graph_label"),
                computed=node.attributes,
                subgroups=tuple(subgroups),
                entries=tuple(entries),
            )
        )


def _entries(node: Node, prefix: str, subgroup: str, line: int) -> Iterator[Entry]:
    """Give the entries directly inside an element."""
    for child in node.children(f"{prefix}_data"):
        given = child.attributes
        yield Entry(
            study=given.get("STUDY_ID", ""), subgroup=subgroup, line=line, values=given
        )


def _pair(node: Node, name: str) -> tuple[str, str]:
    """Return the labels of the two sides."""
    return (_plain(node.text(f"{name}_1")), _plain(node.text(f"{name}_2")))


def _plain(text: str) -> str:
    """Return text in one line."""
    return " ".join(text.split())


def _paragraphs(node: Node) -> str:
    """Return the text of an element, its paragraphs in one line."""
    parts = [_plain(child.text()) for child in node.children()]
    return " ".join(filter(None, parts)) or _plain(node.text())
