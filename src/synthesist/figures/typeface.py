"""The fonts that we ship: what they can show, how wide it is, how it is embedded."""

from __future__ import annotations

import base64
import io
import threading
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from synthesist.errors import InvalidInput, Problem

if TYPE_CHECKING:
    from matplotlib.ft2font import FT2Font

FONTS = Path(__file__).parent / "fonts"

LATIN = "Synthesist Sans"
CHINESE = "Synthesist Sans SC"
FAMILIES = (LATIN, CHINESE)

FILES = {
    (LATIN, False): FONTS / "SynthesistSans-Regular.ttf",
    (LATIN, True): FONTS / "SynthesistSans-Bold.ttf",
    (CHINESE, False): FONTS / "SynthesistSansSC-Regular.ttf",
    (CHINESE, True): FONTS / "SynthesistSansSC-Bold.ttf",
}

#: Spaces that hold text together: kept, and no place to break a line.
HELD_SPACES = "\u00a0\u2007\u2009\u202f"

#: Embedded with every text, so that one subset serves all figures of a report.
BASIC = frozenset(map(chr, range(0x20, 0x7F))) | frozenset(
    HELD_SPACES + "–—‘’“”…·•±×²³½°µτχ−≤≥←→"
)

#: Distances above and below the baseline, in em: what the shipped fonts declare.
ASCENT, DESCENT, CAP_HEIGHT = 0.96, 0.24, 0.714

#: matplotlib's font objects carry their size with them and are shared.
LOCK = threading.RLock()


def clean(text: str) -> str:
    """Give `text` on one line, composed, without invisible characters."""
    visible = "".join(
        " " if c.isspace() and c not in HELD_SPACES else c
        for c in unicodedata.normalize("NFC", text)
        if unicodedata.category(c) != "Cf"
    )
    return " ".join(part for part in visible.split(" ") if part)


@lru_cache(maxsize=1)
def register() -> None:
    """Make matplotlib know the shipped fonts, under names no system font has."""
    from matplotlib.font_manager import fontManager

    for path in FILES.values():
        fontManager.addfont(str(path))


@lru_cache(maxsize=4)
def _glyphs(family: str) -> frozenset[str]:
    """Give the characters that a family can show."""
    return frozenset(map(chr, _face(family, False).get_charmap()))


def missing_glyphs(text: str) -> list[str]:
    """Give the characters of `text` that no shipped font can show, each once."""
    lacking = dict.fromkeys(c for c in text if c not in BASIC)
    return [c for c in lacking if not any(c in _glyphs(f) for f in FAMILIES)]


def require_glyphs(texts: Iterable[tuple[str, str]]) -> None:
    """Refuse text that would come out as blank boxes.

    Parameters
    ----------
    texts : iterable of (str, str)
        Each text with the place where the reader finds it.

    Raises
    ------
    InvalidInput
        Naming every character without a glyph and the text it stands in.
    """
    problems = [
        Problem(
            message=f"the figures' fonts cannot show {', '.join(map(_name, lacking))} "
            f"in “{clean(text)}”",
            place=place,
            remedy="write it with Latin, Greek, Cyrillic or simplified Chinese "
            "characters",
        )
        for text, place in texts
        if (lacking := missing_glyphs(clean(text)))
    ]
    if problems:
        raise InvalidInput(problems=problems)


def _name(character: str) -> str:
    """Name a character so that it can be found even when it cannot be seen."""
    code = f"U+{ord(character):04X}"
    name = unicodedata.name(character, "")
    shown = f"“{character}” " if character.isprintable() else ""
    return f"{shown}({code}{', ' if name else ''}{name.lower()})"


@lru_cache(maxsize=4)
def _face(family: str, bold: bool) -> FT2Font:
    """Give a shipped font, opened."""
    from matplotlib.ft2font import FT2Font

    return FT2Font(str(FILES[family, bold]))


@lru_cache(maxsize=10000)
def _advance(character: str, bold: bool) -> float:
    """Give how far a character moves the pen, in em."""
    from matplotlib.ft2font import LoadFlags

    family = next((f for f in FAMILIES if character in _glyphs(f)), LATIN)
    with LOCK:
        face = _face(family, bold)
        glyph = face.load_char(ord(character), flags=LoadFlags.NO_SCALE)
        return float(glyph.horiAdvance) / face.units_per_EM


def text_width(text: str, points: float, *, bold: bool = False) -> float:
    """Give the width in millimetres of one line of text set at `points`.

    Kerning is left out: it mostly draws letters together, so text is hardly ever
    wider than this, and then by less than a tenth of an em.
    """
    return sum(_advance(c, bold) for c in text) * points * 25.4 / 72


def font_faces(
    characters: Iterable[str], *, bold: tuple[bool, ...] = (False, True)
) -> str:
    """Give ``@font-face`` rules that carry the glyphs of `characters`."""
    wanted = frozenset(characters)
    rules: list[str] = []
    for family in FAMILIES:
        own = wanted & _glyphs(family)
        if family == CHINESE:
            own -= _glyphs(LATIN)
        elif own:
            own |= BASIC
        if own:
            rules.extend(_font_face(family, weight, own) for weight in bold)
    return "\n".join(rules)


@lru_cache(maxsize=64)
def _font_face(family: str, bold: bool, characters: frozenset[str]) -> str:
    """Give one ``@font-face`` rule with its font as a data URI."""
    data = base64.b64encode(_subset(family, bold, characters)).decode("ascii")
    return (
        f"@font-face{{font-family:'{family}';font-weight:{700 if bold else 400};"
        f"src:url(data:font/woff;base64,{data}) format('woff')}}"
    )


def _subset(family: str, bold: bool, characters: frozenset[str]) -> bytes:
    """Cut a shipped font down to `characters`, as WOFF."""
    from fontTools import subset
    from fontTools.ttLib import TTFont

    options = subset.Options()
    options.glyph_names = False
    options.notdef_outline = True
    written = io.BytesIO()
    with TTFont(FILES[family, bold], lazy=True, recalcTimestamp=False) as font:
        cutter = subset.Subsetter(options=options)
        cutter.populate(unicodes=[ord(c) for c in sorted(characters)])
        cutter.subset(font)
        font.flavor = "woff"
        font.save(written, reorderTables=False)
    return written.getvalue()
