"""What every reader has at hand: the file, its encoding, and the tally of what it does."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from synthesist.formats.build import Builder
from synthesist.formats.encodings import is_damaged, mend
from synthesist.formats.given import Roles
from synthesist.formats.reference import Field, Origin, Reference, SetAside
from synthesist.formats.report import Encoding, Tally
from synthesist.formats.source import Source, text_blocks
from synthesist.formats.text import Wording


class Entry:
    """A record as it was cut out of its file; what it means is asked for later.

    Cutting is ten times as fast as understanding, and enough to count and inspect.
    """

    __slots__ = ("context", "fields", "origin", "roles")

    def __init__(
        self,
        context: Context,
        fields: Sequence[Field],
        origin: Origin,
        roles: Roles | None = None,
    ) -> None:
        self.context = context
        self.fields = fields
        self.origin = origin
        self.roles = roles

    def reference(self) -> Reference:
        """Return the reference."""
        return self.context.understand(self)


#: What a reader gives: entries and what it had to set aside, in file order.
Records = Iterator[Entry | SetAside]

#: Sorts the fields of a record by what they mean.
Meaning = Callable[[Sequence[Field], Wording], Roles]


def no_meaning(fields: Sequence[Field], said: Wording) -> Roles:
    """Stand in until a reader says what its fields mean."""
    return {}


class Context:
    """One reading of one file."""

    def __init__(
        self,
        source: Source,
        encoding: Encoding,
        dialect: str,
        *,
        database: str = "",
        platform: str = "",
    ) -> None:
        self.source = source
        self.encoding = encoding
        self.dialect = dialect
        self.label = ""
        self.tally = Tally()
        self.builder = Builder(self.tally, database=database, platform=platform)
        self.meaning: Meaning = no_meaning
        self.header = ""
        #: Whether what `meaning` gives is without blanks around it and empty values.
        self.stripped = False
        #: How a value goes on in the next line, where that means nothing.
        self.wrap = ""
        self.ordinal = 0

    def blocks(self) -> Iterator[str]:
        """Give the file's text in blocks."""
        return text_blocks(self.source, self.encoding)

    def mended(self, text: str) -> str:
        """Return text without escaped bytes, counting them, and with plain line ends."""
        if "\r" in text:
            text = text.replace("\r\n", "\n").replace("\r", "\n")
        if not self.encoding.exact and is_damaged(text):
            text, places = mend(text)
            self.tally.damaged += places
        return text

    def origin(self, line: int, text: str) -> Origin:
        """Say where the next record stands; `text` is its stretch of the file as read.

        Empty lines after it belong to no record.
        """
        self.ordinal += 1
        end = text.find("\n", len(text.rstrip())) + 1
        if end:
            text = text[:end]
        return Origin(
            self.source.name, self.ordinal, line, text, self.encoding.name, self.dialect
        )

    def entry(
        self, fields: Sequence[Field], line: int, text: str, roles: Roles | None = None
    ) -> Entry:
        """Count a record and hand it on; `roles` where its fields do not tell all."""
        self.tally.records += 1
        return Entry(self, fields, self.origin(line, text), roles)

    def aside(self, line: int, text: str, reason: str, remedy: str) -> SetAside:
        """Set a record aside."""
        return self.tally.aside(self.origin(line, text), reason, remedy, self.header)

    def understand(self, entry: Entry) -> Reference:
        """Build the reference of an entry."""
        fields = tuple(entry.fields)
        text = "\n".join([value for _, value in fields])
        if self.wrap:
            text = text.replace(self.wrap, " ")
        said = Wording(text)
        roles = self.meaning(fields, said) if entry.roles is None else entry.roles
        return self.builder.build(
            fields, roles, entry.origin, said, stripped=self.stripped
        )


Reader = Callable[[Context], Records]

#: The tag of what stands in a record before its first tag.
UNTAGGED = "(no tag)"


def add(roles: dict[str, list[str]], role: str, value: str) -> None:
    """Put a value under its role."""
    if role in roles:
        roles[role].append(value)
    else:
        roles[role] = [value]
