"""Write references in the formats that other programs read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from synthesist.errors import InvalidInput
from synthesist.formats.reference import Reference
from synthesist.formats.writers.bibtex import write_bibtex
from synthesist.formats.writers.csl_json import write_csl_json
from synthesist.formats.writers.endnote_xml import write_endnote_xml
from synthesist.formats.writers.nbib import write_nbib
from synthesist.formats.writers.ris import write_ris
from synthesist.formats.writers.tables import write_csv, write_xlsx


class Writer(NamedTuple):
    """A format that is written; `text` gives it in pieces, None for a workbook."""

    code: str
    label: str
    suffixes: tuple[str, ...]
    text: Callable[[Iterable[Reference]], Iterator[str]] | None


def find_writer(path: Path, code: str = "") -> Writer:
    """Return the writer of a code, or of a file name's ending.

    Raises
    ------
    InvalidInput
        If there is none.
    """
    if code:
        if code in WRITERS:
            return WRITERS[code]
        raise InvalidInput(
            f"There is no format {code} to write.",
            remedy=f"take one of {', '.join(WRITERS)}",
        )
    suffix = path.suffix.lower()
    for writer in WRITERS.values():
        if suffix in writer.suffixes:
            return writer
    endings = ", ".join(writer.suffixes[0] for writer in WRITERS.values())
    raise InvalidInput(
        f"The ending of {path.name} names no format.",
        remedy=f"take one of {endings}, or name it",
    )


def write_references(
    references: Iterable[Reference], path: str | Path, *, dialect: str = ""
) -> None:
    """Write references to a file, in the format of its name's ending or of `dialect`.

    Raises
    ------
    InvalidInput
        If no such format is written.
    """
    target = Path(path)
    writer = find_writer(target, dialect)
    if writer.text is None:
        write_xlsx(references, target)
        return
    with target.open("w", encoding="utf-8", newline="") as stream:
        for part in writer.text(references):
            stream.write(part)


WRITERS = {
    writer.code: writer
    for writer in (
        Writer("ris", "RIS", (".ris",), write_ris),
        Writer("nbib", "MEDLINE", (".nbib", ".medline"), write_nbib),
        Writer("bibtex", "BibTeX", (".bib",), write_bibtex),
        Writer("csv", "CSV", (".csv",), write_csv),
        Writer("xlsx", "workbook", (".xlsx",), None),
        Writer("endnote-xml", "EndNote XML", (".xml",), write_endnote_xml),
        Writer("csl-json", "CSL-JSON", (".json",), write_csl_json),
    )
}
