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

__all__ = [
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
    "read_references",
]
