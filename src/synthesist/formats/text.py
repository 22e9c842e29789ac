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
    r"|named-content|sec-title|monospace|strike|s|xref|inf|scp|formula|tex)(?:\s[^<>]{0,2000})?\s*/?>",
    re.IGNORECASE,
)

#: Markup that separates words; the rest stands inside them.
_SEPARATING = re.compile(
    r"</?(?:jats:)?(?:p|br|hr|div|h[1-6]|ul|ol|li|title|sec|table|tr|td|th|abstract)\b",
    re.IGNORECASE,
)

_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")


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


def is_printed(text: str) -> bool:
    """Say whether text holds nothing but characters that are printed, and line ends."""
    if text.isascii():
        return not text.encode().translate(None, _PRINTED)
    return text.replace("\n", " ").isprintable()


_PRINTED = bytes(range(0x20, 0x7F)) + b"\n"


def has_entities(text: str) -> bool:
    """Say whether anything in text looks like a character entity."""
    return _ENTITY.search(text) is not None


def has_markup(text: str) -> bool:
    """Say whether anything in text is a tag that is removed."""
    return _MARKUP.search(text) is not None


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
