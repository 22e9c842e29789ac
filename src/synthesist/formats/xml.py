"""Cut XML into the elements that are records, and read each by itself.

One broken record then costs one record. No entity is ever defined: a document's
own declarations are not read, so none can grow.
"""

from __future__ import annotations

import html.entities
import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple
from xml.parsers import expat

#: Elements inside elements; no export comes near.
DEPTH = 200

#: Characters outside records that wait for a record or the end.
_HELD = 1 << 20


class Cut(NamedTuple):
    """A record's element as text, or what of it there is when it does not end."""

    line: int
    text: str
    whole: bool


class Node:
    """An element: its name in small letters without prefix, attributes and content."""

    __slots__ = ("attributes", "content", "name")

    def __init__(self, name: str, attributes: dict[str, str]) -> None:
        self.name = name
        self.attributes = attributes
        self.content: list[Node | str] = []

    def children(self, name: str = "") -> Iterator[Node]:
        """Give the elements inside this one, those of a name if one is given."""
        for part in self.content:
            if isinstance(part, Node) and (not name or part.name == name):
                yield part

    def find(self, path: str) -> Node | None:
        """Return the first element at a path such as `dates/year`."""
        return next(self.all(path), None)

    def all(self, path: str) -> Iterator[Node]:
        """Give every element at a path."""
        name, _, rest = path.partition("/")
        for child in self.children(name):
            if rest:
                yield from child.all(rest)
            else:
                yield child

    def text(self, path: str = "") -> str:
        """Return all text inside this element, or inside the first at a path."""
        if path:
            found = self.find(path)
            return found.text() if found is not None else ""
        return "".join(_texts(self))

    def texts(self, path: str) -> list[str]:
        """Return the text of every element at a path that has any."""
        return [text for node in self.all(path) if (text := node.text()).strip()]

    def leaves(self, path: str = "") -> Iterator[tuple[str, str]]:
        """Give every attribute, and the text of every element without structure inside."""
        for key, value in self.attributes.items():
            if value:
                yield f"{path}@{key}", value
        inner = list(self.children())
        own = "".join(part for part in self.content if isinstance(part, str))
        if not inner or own.strip():
            if text := self.text():
                yield path or self.name, text
            # Elements inside text are part of it, but what they are told is not.
            for child in inner:
                yield from child.told(f"{path}/{child.name}" if path else child.name)
            return
        for child in inner:
            yield from child.leaves(f"{path}/{child.name}" if path else child.name)

    def told(self, path: str) -> Iterator[tuple[str, str]]:
        """Give every attribute of this element and of those inside."""
        for key, value in self.attributes.items():
            if value:
                yield f"{path}@{key}", value
        for child in self.children():
            yield from child.told(f"{path}/{child.name}")


def _texts(node: Node) -> Iterator[str]:
    """Give the pieces of text inside an element, deepest included."""
    for part in node.content:
        if isinstance(part, str):
            yield part
        else:
            yield from _texts(part)


class BrokenXml(Exception):
    """An element cannot be read; the argument says why."""


def cut_elements(
    blocks: Iterable[str], names: tuple[str, ...]
) -> Iterator[Cut | tuple[int, str]]:
    """Give every element of the names, and between them (line, text) of what is outside."""
    alternatives = "|".join(sorted(names, key=len, reverse=True))
    pattern = re.compile(
        r"<!--|<!\[CDATA\[|<(/?)(?:[A-Za-z][\w.-]*:)?(?:"
        + alternatives
        + r")(?=[\s/>])(?:[^<>]*?(/?)>)?",
        re.ASCII,
    )
    scan = _Scan(pattern)
    for block in blocks:
        yield from scan.feed(block, last=False)
    yield from scan.feed("", last=True)


class _Scan:
    """Looks for the elements in text that arrives in blocks."""

    def __init__(self, pattern: re.Pattern[str]) -> None:
        self.pattern = pattern
        self.text = ""
        self.place = 0
        self.begin = 0
        self.inside = False
        self.closing = ""
        self.line = 1
        self.reach = 1 << 16

    def feed(self, block: str, *, last: bool) -> Iterator[Cut | tuple[int, str]]:
        """Take a block and give what it completes."""
        self.text += block
        if not last and len(self.text) - self.place < self.reach:
            return
        # A record longer than a block is looked at again only when twice as long.
        yield from self._scan(last)
        if last:
            if self.inside:
                yield self._cut(len(self.text), whole=False)
            elif self.begin < len(self.text):
                yield self._outside(len(self.text))
            return
        keep = max(self.begin, self.place)
        if not self.inside and keep - self.begin > _HELD:
            # What stands between two records is one passage, unless it has no end.
            yield self._outside(keep)
        self.text = self.text[self.begin :]
        self.place -= self.begin
        self.begin = 0

    def _scan(self, last: bool) -> Iterator[Cut | tuple[int, str]]:
        """Go through the text that is there."""
        while True:
            if self.closing:
                end = self.text.find(self.closing, self.place)
                if end < 0:
                    self.place = max(self.place, len(self.text) - 3)
                    return
                self.place, self.closing = end + 3, ""
            found = self.pattern.search(self.text, self.place)
            if found is None:
                # A tag may be cut by the end of the block.
                open_tag = self.text.rfind("<", max(self.place, len(self.text) - 4096))
                self.place = open_tag if open_tag >= 0 and not last else len(self.text)
                return
            cut = found[1] is not None and not found[0].endswith(">")
            if cut and not last and found.start() > len(self.text) - 4096:
                # The rest of the tag is in the next block.
                self.place = found.start()
                return
            self.place = found.end()
            if found[1] is None:
                self.closing = "-->" if found[0] == "<!--" else "]]>"
            elif found[1]:
                if self.inside:
                    yield self._cut(found.end(), whole=True)
            else:
                if self.inside:
                    yield self._cut(found.start(), whole=False)
                elif found.start() > self.begin:
                    yield self._outside(found.start())
                self.inside = True
                if found[2]:
                    yield self._cut(found.end(), whole=True)

    def _cut(self, end: int, *, whole: bool) -> Cut:
        """Give the record that ends here."""
        text = self.text[self.begin : end]
        cut = Cut(self.line, text, whole)
        self._advance(text, end)
        return cut

    def _outside(self, end: int) -> tuple[int, str]:
        """Give what stands before a record."""
        text = self.text[self.begin : end]
        given = (self.line, text)
        self._advance(text, end)
        return given

    def _advance(self, text: str, end: int) -> None:
        """Go on behind a piece."""
        self.line += text.count("\n")
        self.begin = end
        self.inside = False


def parse_element(text: str) -> Node:
    """Read one element.

    Raises
    ------
    BrokenXml
        If it is no XML, or nested deeper than `DEPTH`.
    """
    return _Builder().parse(text)


class _Builder:
    """Builds nodes of what the parser meets."""

    def __init__(self) -> None:
        self.root: Node | None = None
        self.stack: list[Node] = []

    def parse(self, text: str) -> Node:
        """Read one element."""
        parser = expat.ParserCreate("utf-8")
        parser.buffer_text = True
        parser.UseForeignDTD(True)
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        parser.SkippedEntityHandler = self._entity
        parser.ExternalEntityRefHandler = _no_entity
        try:
            parser.Parse(text.encode("utf-8", "replace"), True)
        except expat.ExpatError as error:
            raise BrokenXml(expat.ErrorString(error.code)) from None
        if self.root is None:
            raise BrokenXml("no element found")
        return self.root

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        """Open an element."""
        if len(self.stack) >= DEPTH:
            raise BrokenXml(f"elements are nested more than {DEPTH} deep")
        node = Node(name.rpartition(":")[2].lower(), attributes)
        if self.stack:
            self.stack[-1].content.append(node)
        else:
            self.root = node
        self.stack.append(node)

    def _end(self, _name: str) -> None:
        """Close an element."""
        self.stack.pop()

    def _text(self, text: str) -> None:
        """Add text."""
        self.stack[-1].content.append(text)

    def _entity(self, name: str, is_parameter: bool) -> None:
        """Put what HTML means by an entity; an unknown one stays."""
        if not is_parameter and self.stack:
            known = html.entities.html5.get(f"{name};")
            self.stack[-1].content.append(known or f"&{name};")


def _no_entity(
    context: str | None, base: str | None, system_id: str | None, public_id: str | None
) -> int:
    """Take an external entity for empty."""
    return 1
