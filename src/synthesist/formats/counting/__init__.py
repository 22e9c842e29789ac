"""Count start markers over the raw bytes of a file.

Nothing here is shared with the readers, not even how a line or an encoding is
recognised: what both get wrong in the same way nobody would notice.
"""

from __future__ import annotations

import codecs
import io
import sys
from collections.abc import Callable
from typing import BinaryIO, cast

from synthesist.formats.counting.lines import (
    AS_BYTES,
    count_bibtex,
    count_central,
    count_cnki,
    count_eric,
    count_nbib,
    count_noteexpress,
    count_ovid,
    count_ovid_text,
    count_refer,
    count_refworks,
    count_ris,
    count_wos,
)
from synthesist.formats.counting.objects import count_objects
from synthesist.formats.counting.rows import count_rows
from synthesist.formats.counting.sheets import count_sheet_rows
from synthesist.formats.counting.tags import count_elements


class _AsUtf8(io.RawIOBase):
    """Bytes of another encoding as UTF-8: no half of a character looks like a sign."""

    def __init__(self, stream: BinaryIO, encoding: str) -> None:
        super().__init__()
        self.stream = stream
        self.encoding = encoding
        self.seek(0)

    def seek(self, offset: int, whence: int = 0, /) -> int:
        """Go back to the start; nothing else is asked for."""
        self.decoder = codecs.getincrementaldecoder(self.encoding)(AS_BYTES)
        # With the mark of UTF-8 nobody takes it for UTF-16.
        self.held = codecs.BOM_UTF8
        return self.stream.seek(0)

    def read(self, size: int = -1, /) -> bytes:
        """Return bytes, as many as there are up to `size`."""
        if size < 0:
            size = sys.maxsize
        while len(self.held) < size:
            block = self.stream.read(min(size, 1 << 20))
            text = self.decoder.decode(block, final=not block)
            self.held += text.encode("utf-8")
            if not block:
                break
        given, self.held = self.held[:size], self.held[size:]
        return given


def count_markers(family: str, stream: BinaryIO, encoding: str, part: str = "") -> int:
    """Count the start markers of a file, those of an archive in one of its parts."""
    if family == "xlsx":
        return count_sheet_rows(stream, part)
    if encoding in {"gb18030", "cp1252"}:
        stream = cast("BinaryIO", _AsUtf8(stream, encoding))
    return COUNTERS[family](stream)


Count = Callable[[BinaryIO], int]

#: How the start markers of each family are counted.
COUNTERS: dict[str, Count] = {
    "ris": count_ris,
    "nbib": count_nbib,
    "eric": count_eric,
    "ovid": count_ovid,
    "ovid-text": count_ovid_text,
    "refer": count_refer,
    "wos": count_wos,
    "refworks": count_refworks,
    "noteexpress": count_noteexpress,
    "cnki": count_cnki,
    "central": count_central,
    "bibtex": count_bibtex,
    "endnote-xml": lambda stream: count_elements(stream, ("record",)),
    "pubmed-xml": lambda stream: count_elements(
        stream, ("PubmedArticle", "PubmedBookArticle"), ("MedlineCitation",)
    ),
    "ictrp-xml": lambda stream: count_elements(stream, ("Trial",), ("trial",)),
    "rm5": lambda stream: count_elements(stream, ("REFERENCE",)),
    "table": count_rows,
    "json": count_objects,
}
