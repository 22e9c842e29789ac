"""Text broken into lines by its measured width."""

from __future__ import annotations

import re

from synthesist.figures.typeface import text_width

#: Characters that never begin a line, and such that never end one.
CLOSING = frozenset("、。，．：；！？）】》」』〉％,.;:!?)]}%’”-–—/·")
OPENING = frozenset("（【《「『〈([{‘“")

#: Characters after which a line may end inside a long word.
BREAKERS = frozenset("/-–—;|&+_,")
LONG_WORD = 16

#: Signs that stay with what stands on either side of them.
BINDING = frozenset("=<>≤≥≈±×")


#: What stands between words: spaces and Chinese characters.
NOT_LATIN = re.compile("[ \u2e80-\u9fff\uff00-\uffef]+")


def is_chinese(character: str) -> bool:
    """Tell whether a line may end beside this character without a space."""
    return "\u2e80" <= character <= "\u9fff" or "\uff00" <= character <= "\uffef"


def pieces(text: str) -> list[str]:
    """Cut `text` where a line may end; a piece carries the space after it."""
    found: list[str] = []
    current = ""
    longest = max(len(word) for word in NOT_LATIN.split(text))
    inside = 0
    for index, character in enumerate(text):
        current += character
        inside += (character == "[") - (character == "]")
        following = text[index + 1] if index + 1 < len(text) else ""
        if not following or following == " " or following in CLOSING:
            continue
        between_words = (
            character == " "
            and following not in BINDING
            and text[index - 1 : index] not in BINDING
        )
        after_mark = (
            longest > LONG_WORD
            and character in BREAKERS
            and following.isalpha()
            and len(current.strip()) > 2
        )
        beside_chinese = (
            not inside
            and character not in OPENING
            and (is_chinese(character) or is_chinese(following))
        )
        if between_words or after_mark or beside_chinese:
            found.append(current)
            current = ""
    if current:
        found.append(current)
    return found


def narrowest(text: str, points: float, *, bold: bool = False) -> float:
    """Give the width of the widest piece that no line break divides, in mm."""
    return max(
        (text_width(piece.rstrip(), points, bold=bold) for piece in pieces(text)),
        default=0.0,
    )


def width_for_lines(
    text: str, lines: int, points: float, *, bold: bool = False
) -> float:
    """Give about the least width in mm at which `text` takes so many lines."""
    low = narrowest(text, points, bold=bold)
    high = max(text_width(text, points, bold=bold), low)
    while high - low > 0.1:
        middle = (low + high) / 2
        if len(wrap(text, middle, points, bold=bold)) <= lines:
            high = middle
        else:
            low = middle
    return high


def wrap(text: str, width: float, points: float, *, bold: bool = False) -> list[str]:
    """Break `text` into lines no wider than `width` millimetres.

    A word wider than the line is divided between its characters; nothing is
    ever left out. At least one line comes back, empty for empty text.
    """
    if text_width(text, points, bold=bold) <= width:
        return [text]
    lines: list[str] = []
    current = ""
    for piece in pieces(text):
        if text_width((current + piece).rstrip(), points, bold=bold) <= width:
            current += piece
            continue
        if current:
            lines.append(current.rstrip())
        current = piece
        while text_width(current.rstrip(), points, bold=bold) > width:
            fitting = _fitting(current, width, points, bold=bold)
            lines.append(current[:fitting].rstrip())
            current = current[fitting:]
    if current.strip() or not lines:
        lines.append(current.rstrip())
    return lines


def balanced(
    text: str, width: float, points: float, *, bold: bool = False
) -> list[str]:
    """Break `text` into as few lines as `wrap` needs, of about one length."""
    lines = wrap(text, width, points, bold=bold)
    if len(lines) == 1:
        return lines
    even = width_for_lines(text, len(lines), points, bold=bold)
    return wrap(text, min(even, width), points, bold=bold)


def without_orphan(text: str, width: float, points: float) -> list[str]:
    """Break `text` as `wrap` does, but never with next to nothing on its last line."""
    lines = wrap(text, width, points)
    if len(lines) > 1 and text_width(lines[-1], points) < 0.25 * width:
        return balanced(text, width, points)
    return lines


def _fitting(text: str, width: float, points: float, *, bold: bool) -> int:
    """Count the leading characters that fit; at least one, so that lines advance."""
    count = 1
    while (
        count < len(text)
        and text_width(text[: count + 1].rstrip(), points, bold=bold) <= width
    ):
        count += 1
    return count
