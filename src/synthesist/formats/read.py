"""Read a file of references: tell what it is, count its markers, give its records."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from pathlib import Path

from synthesist.errors import InvalidInput
from synthesist.formats.counting import count_markers
from synthesist.formats.dialects import Dialect, find_dialect, named_dialect
from synthesist.formats.finding import find_encoding
from synthesist.formats.readers.bibtex import read_bibtex
from synthesist.formats.readers.central import read_central
from synthesist.formats.readers.chinese import read_cnki, read_noteexpress
from synthesist.formats.readers.context import Context, Entry, Reader
from synthesist.formats.readers.eric import read_eric
from synthesist.formats.readers.json_records import read_json
from synthesist.formats.readers.nbib import read_nbib
from synthesist.formats.readers.ovid import read_ovid, read_ovid_text
from synthesist.formats.readers.refer import read_refer
from synthesist.formats.readers.refworks import read_refworks
from synthesist.formats.readers.ris import read_ris
from synthesist.formats.readers.sheet import read_sheet
from synthesist.formats.readers.table import read_table
from synthesist.formats.readers.wos import read_wos
from synthesist.formats.readers.xml_records import (
    read_endnote_xml,
    read_ictrp_xml,
    read_pubmed_xml,
    read_rm5,
)
from synthesist.formats.reference import Reference, SetAside
from synthesist.formats.report import ConservationReport, Encoding
from synthesist.formats.source import Source, text_blocks
from synthesist.formats.zips import open_archive

#: Characters that are looked at to tell a dialect.
HEAD = 1 << 17


class ReferenceFile:
    """A file of references, open for reading as often as wanted.

    Iterating gives `Reference` and `SetAside` in the order of the file, read as
    they are asked for, so that memory does not grow with the file. `report()`
    is complete after the last one.

    Parameters
    ----------
    file : path or bytes
        The export.
    name : str, optional
        The name under which records remember it; needed for bytes.
    dialect : str, optional
        Its format, where it is not to be told from the content.
    columns : mapping of str to str, optional
        For a table with column names of its own: column of each role.

    Raises
    ------
    InvalidInput
        If it holds no references in a format that is known.
    NotFound
        If there is no such file.
    """

    def __init__(
        self,
        file: str | Path | bytes,
        *,
        name: str = "",
        dialect: str = "",
        columns: Mapping[str, str] | None = None,
    ) -> None:
        if isinstance(file, bytes):
            self.source = Source(name or "references", data=file)
        else:
            path = Path(file)
            self.source = Source(name or path.name, path=path)
        self.columns = columns
        start = self.source.head(4)
        if start == b"PK\x03\x04":
            with self.source.open() as stream, open_archive(stream, self.source.name):
                pass
            self.encoding = Encoding("utf-8", exact=True)
            head = ""
        else:
            self.encoding = find_encoding(self.source)
            head = _head(self.source, self.encoding)
        if not dialect and columns and any(map(head.count, columns.values())):
            # Whoever names columns that are there means a table.
            dialect = "table"
        self.dialect: Dialect = (
            named_dialect(dialect, head)
            if dialect
            else find_dialect(self.source, self.encoding, head)
        )
        self._context: Context | None = None
        self._done = False

    def entries(self) -> Iterator[Entry | SetAside]:
        """Give the records cut out but not yet understood; ten times as fast.

        Raises
        ------
        InvalidInput
            If no record begins in the file.
        """
        dialect = self.dialect
        context = Context(
            self.source,
            self.encoding,
            dialect.code,
            database=dialect.database,
            platform=dialect.platform,
        )
        self._context, self._done = context, False
        yield from _reader(dialect.family, self.columns)(context)
        self._done = True

    def __iter__(self) -> Iterator[Reference | SetAside]:
        for entry in self.entries():
            yield entry.reference() if isinstance(entry, Entry) else entry

    def report(self) -> ConservationReport:
        """Return the account of the last reading; what was not read yet is read now.

        Raises
        ------
        InvalidInput
            If not a single record begins in the file.
        """
        if not self._done:
            for _ in self.entries():
                pass
        context = self._context
        if context is None:  # pragma: no cover - entries() has just made one
            raise AssertionError
        tally = context.tally
        with self.source.open() as stream:
            markers = count_markers(
                self.dialect.family, stream, self.encoding.name, tally.part
            )
        if not markers and not tally.records and not tally.set_aside:
            raise InvalidInput(
                "No record begins in the file.",
                where=self.source.name,
                remedy="export it again, or name its format",
            )
        size, digest = self.source.size_and_digest()
        return ConservationReport(
            file=self.source.name,
            size=size,
            sha256=digest,
            dialect=context.dialect,
            label=context.label or self.dialect.label,
            encoding=self.encoding._replace(damaged=tally.damaged),
            start_markers=markers,
            records=tally.records,
            set_aside=tuple(tally.set_aside),
            unmarked=tally.unmarked,
            passages=tuple(tally.passages),
            boilerplate=dict(tally.boilerplate),
            unknown_tags=dict(tally.unknown_tags),
            changes=dict(tally.changes),
            notes=tuple(tally.notes),
        )


def _head(source: Source, encoding: Encoding) -> str:
    """Return the first part of a file's text."""
    return "".join(islice(text_blocks(source, encoding, HEAD), 2))


def read_references(
    file: str | Path | bytes,
    *,
    name: str = "",
    dialect: str = "",
    columns: Mapping[str, str] | None = None,
) -> tuple[list[Reference], ConservationReport]:
    """Read all references of a file, and the account of what was done with it.

    Parameters and errors are those of `ReferenceFile`, which reads a file of any
    size without keeping it in memory.
    """
    opened = ReferenceFile(file, name=name, dialect=dialect, columns=columns)
    references = [record for record in opened if isinstance(record, Reference)]
    return references, opened.report()


def _reader(family: str, columns: Mapping[str, str] | None) -> Reader:
    """Return the reader of a family."""
    if family == "table":
        return lambda context: read_table(context, columns)
    if family == "xlsx":
        return lambda context: read_sheet(context, columns)
    return READERS[family]


#: The reader of each family but for tables, which take a mapping of columns.
READERS: dict[str, Callable[[Context], Iterator[Entry | SetAside]]] = {
    "ris": read_ris,
    "nbib": read_nbib,
    "eric": read_eric,
    "ovid": read_ovid,
    "ovid-text": read_ovid_text,
    "refer": read_refer,
    "wos": read_wos,
    "refworks": read_refworks,
    "noteexpress": read_noteexpress,
    "cnki": read_cnki,
    "central": read_central,
    "bibtex": read_bibtex,
    "endnote-xml": read_endnote_xml,
    "pubmed-xml": read_pubmed_xml,
    "ictrp-xml": read_ictrp_xml,
    "rm5": read_rm5,
    "json": read_json,
}
