"""Facts of language that references and the search for duplicates both rest on."""

import re

HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")

#: As in dates, from the first month to the last.
MONTHS = (
    "jan",
    "feb",
    "mar",
    "apr",
    "may",
    "jun",
    "jul",
    "aug",
    "sep",
    "oct",
    "nov",
    "dec",
)

#: Written before a family name and part of it.
NAME_PARTICLES = frozenset(
    (
        *("van", "von", "der", "den", "de", "del", "della", "di", "da", "dos", "do"),
        *("das", "du", "la", "le", "el", "al", "bin", "ibn", "ten", "ter", "zu", "zur"),
    )
)


def is_chinese(text: str) -> bool:
    """Tell whether text holds a Chinese character."""
    return not text.isascii() and HAN.search(text) is not None
