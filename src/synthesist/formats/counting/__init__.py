"""Count start markers over the raw bytes of a file.

Nothing here is shared with the readers, not even how a line or an encoding is
recognised: what both get wrong in the same way nobody would notice.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import BinaryIO

from synthesist.formats.counting.lines import (
    count_bibtex,
    count_central,
    count_cnki,
    count_nbib,
    count_noteexpress,
    count_refer,
    count_refworks,
    count_ris,
    count_wos,
)
from synthesist.formats.counting.objects import count_objects
from synthesist.formats.counting.rows import count_rows
from synthesist.formats.counting.sheets import count_sheet_rows
from synthesist.formats.counting.tags import count_elements

Count = Callable[[BinaryIO], int]

#: How the start markers of each family are counted.
COUNTERS: dict[str, Count] = {
    "ris": count_ris,
    "nbib": count_nbib,
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
    "xlsx": count_sheet_rows,
    "json": count_objects,
}
