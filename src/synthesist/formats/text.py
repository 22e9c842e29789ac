"""Undo what exports do to text: character entities, markup, odd blanks."""

from __future__ import annotations

import html
import re

#: Blanks that exports leave: no-break, ideographic, zero-width.
_ODD_BLANKS = re.compile(
    r"[ \t\r\n\f\v\xa0\u2000-\u200b\u2028\u2029\u202f\u3000\ufeff]+"
)

#: Control characters that no text has a use for.
_CONTROLS = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]"
)

#: Only these are markup: `P < 0.05` and `<1661::AID-SIM968>` are text.
_MARKUP = re.compile(
    r"</?(?:(?:jats|mml|xhtml|inf|ce):)?(?:i|b|u|p|em|strong|sup|sub|br|hr|sc|tt|span|div"
    r"|font|italic|bold|underline|h[1-6]|ul|ol|li|a|title|sec|inline-formula|disp-formula"
    r"|mml:[a-z]+|math|mrow|m[inost]|msup|msub|msubsup|mfrac|mover|munder|mtext|mspace"
    r"|mstyle|mfenced|table|tr|td|th|tbody|thead|small|big|abstract|abstracttext"
    r"|named-content|sec-title|monospace|strike|s|xref|inf|scp|formula|tex)(?:\s[^<>]{0,2000})?/?>",
    re.IGNORECASE,
)

#: Markup that separates words; the rest stands inside them.
_SEPARATING = re.compile(
    r"</?(?:jats:)?(?:p|br|hr|div|h[1-6]|ul|ol|li|title|sec|table|tr|td|th|abstract)\b",
    re.IGNORECASE,
)

_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")


class Wording:
    """All that a record says, looked at once, for in most records nothing is to be done.

    `rest` is what `without_words` leaves of it, `lines` their number, and `spaced`
    says that blanks follow one another.
    """

    __slots__ = ("lines", "rest", "spaced", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self.rest = rest = without_words(text)
        self.lines = rest.count("\n") + 1
        self.spaced = "  " in text

    def is_plain(self) -> bool:
        """Say whether there are no controls, entities and markup in it."""
        rest = self.rest
        return rest.replace("\n", "").isprintable() and not (
            ("&" in rest and _holds(self.text, "&", _ENTITY))
            or ("<" in rest and _holds(self.text, "<", _MARKUP))
        )


def _holds(text: str, first: str, pattern: re.Pattern[str]) -> bool:
    """Search for a pattern by the character it begins with, which is faster."""
    place = text.find(first)
    while place >= 0:
        if pattern.match(text, place):
            return True
        place = text.find(first, place + 1)
    return False


def blanks(text: str) -> str:
    """Make every run of blanks and line ends one space, and trim the ends."""
    # A pattern would take ten times as long to find that there is nothing to do.
    if "  " in text or not text.isprintable():
        text = _ODD_BLANKS.sub(" ", text)
    return text.strip()


def entities(text: str) -> str:
    """Decode character entities that end in a semicolon, also those encoded again and again."""
    for _ in range(30):
        if "&" not in text:
            break
        decoded = _ENTITY.sub(_decode, text)
        if decoded == text:
            break
        text = decoded
    return text


def without_words(text: str) -> str:
    """Return lines without small letters and what usually stands between words.

    It is short, and holds every number, every word of capitals, and every character
    that is out of the common, so that these are looked for there first.
    """
    data = text.encode("utf-8", "surrogatepass").translate(None, _COMMON)
    return data.decode("utf-8", "surrogatepass")


_COMMON = b"abcdefghijklmnopqrstuvwxyz .,;:()'\"%=>"


def _decode(found: re.Match[str]) -> str:
    """Decode one entity; one that stands for no printable character stays."""
    decoded = html.unescape(found[0])
    return found[0] if _CONTROLS.search(decoded) or "\ufffd" in decoded else decoded


def without_markup(text: str) -> str:
    """Remove tags of HTML, JATS and MathML and leave their text."""
    if "<" not in text:
        return text
    return _MARKUP.sub(_blank_or_nothing, text)


def _blank_or_nothing(found: re.Match[str]) -> str:
    """Return what a tag leaves: a blank where it separated words."""
    return " " if _SEPARATING.match(found[0]) else ""


def without_controls(text: str) -> str:
    """Remove control characters, and characters that no format can carry."""
    return _CONTROLS.sub("", text)
