"""Text in one spelling: small letters, no accents, no markup, single blanks."""

from __future__ import annotations

import html
import re
import unicodedata
from functools import lru_cache

_MARKUP = re.compile(r"</?[A-Za-z][A-Za-z0-9:]{0,12}(?:\s[^<>]{0,200})?/?>")
_ESCAPED = re.compile(r"\\[a-zA-Z]+\s?|[{}$]")

#: Letters that have no accent to lose, and Greek letters, which exports also spell out.
_LETTERS = {
    "ß": "ss",
    "æ": "ae",
    "œ": "oe",
    "ø": "o",
    "đ": "d",
    "ð": "d",
    "ł": "l",
    "þ": "th",
    "ı": "i",
    "µ": "mu",
    "×": "x",
    "α": "alpha",
    "β": "beta",
    "γ": "gamma",
    "δ": "delta",
    "ε": "epsilon",
    "ζ": "zeta",
    "θ": "theta",
    "κ": "kappa",
    "λ": "lambda",
    "μ": "mu",
    "σ": "sigma",
    "τ": "tau",
    "φ": "phi",
    "χ": "chi",
    "ψ": "psi",
    "ω": "omega",
    "’": "'",
    "‘": "'",
}
_LETTER_TABLE = str.maketrans(_LETTERS)

#: What is no letter and no digit separates words; an apostrophe joins them.
_ASCII_TABLE = {
    place: (None if chr(place) == "'" else " ")
    for place in range(128)
    if not chr(place).isalnum()
}


def plain(text: str) -> str:
    """Return text without character entities, markup and TeX commands."""
    if "&" in text:
        text = html.unescape(html.unescape(text)).replace("&", " and ")
    if "<" in text:
        text = _MARKUP.sub("", text)
    if "\\" in text or "{" in text or "$" in text:
        text = _ESCAPED.sub("", text)
    return text


def fold(text: str) -> str:
    """Return text as words of small letters and digits with single blanks.

    Accents are dropped, Greek letters spelled out, and letters of other scripts
    kept.
    """
    return " ".join(fold_words(text))


def fold_words(text: str) -> list[str]:
    """Return the words of `fold`."""
    text = text.lower()
    if text.isascii():
        return text.translate(_ASCII_TABLE).split()
    text = unicodedata.normalize("NFKD", text.translate(_LETTER_TABLE))
    # A letter of a mathematical alphabet becomes a capital only by now.
    marks = text.lower().translate(_LETTER_TABLE)
    return "".join(mark if mark.isalnum() else _other(mark) for mark in marks).split()


@lru_cache(maxsize=4096)
def _other(mark: str) -> str:
    """Return what a character that is no letter becomes: nothing or a blank."""
    return "" if mark == "'" or unicodedata.combining(mark) else " "
