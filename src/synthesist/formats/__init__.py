"""Reference files, read and written."""

from synthesist.formats.read import ReferenceFile, read_references
from synthesist.formats.reference import (
    Accession,
    Field,
    Link,
    Name,
    Origin,
    Reference,
    SetAside,
    Term,
)
from synthesist.formats.report import ConservationReport, Encoding, Passage
from synthesist.formats.write import WRITERS, find_writer, write_references

__all__ = [
    "WRITERS",
    "Accession",
    "ConservationReport",
    "Encoding",
    "Field",
    "Link",
    "Name",
    "Origin",
    "Passage",
    "Reference",
    "ReferenceFile",
    "SetAside",
    "Term",
    "find_writer",
    "read_references",
    "write_references",
]
