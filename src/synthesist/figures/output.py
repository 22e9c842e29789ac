"""Figures become files: the same figure, the same bytes, its fonts inside."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from pathlib import Path

from matplotlib.artist import Artist
from matplotlib.figure import Figure
from matplotlib.text import Text

from synthesist.errors import InvalidInput
from synthesist.figures.page import house_style
from synthesist.figures.typeface import FAMILIES, font_faces

#: Enough for print; a page of 180 mm becomes 2,126 pixels wide.
PNG_DPI = 300

#: What a viewer falls back to when it does not read embedded fonts.
FALLBACKS = "'Noto Sans', 'Noto Sans CJK SC', 'Noto Sans SC', sans-serif"


def svg_text(figure: Figure, *, fonts: bool = True, links: bool = True) -> str:
    """Give a figure as SVG with real text.

    Parameters
    ----------
    fonts : bool
        Carry the used glyphs in the file; False for a page that carries them.
    links : bool
        Keep links into the surrounding page (those that begin with ``#``).
    """
    written = io.BytesIO()
    with _without_page_links(figure, drop=not links), house_style():
        figure.savefig(written, format="svg", metadata={"Date": None, "Creator": None})
    svg = written.getvalue().decode("utf-8")
    listed = ", ".join(f"'{family}'" for family in FAMILIES)
    svg = svg.replace(listed, f"{listed}, {FALLBACKS}")
    svg = re.sub(r' transform="rotate\(-0 [^"]*\)"', "", svg)
    if fonts:
        bold = {text.get_fontweight() == "bold" for text in _texts(figure)}
        faces = font_faces(_characters(figure), bold=tuple(sorted(bold)))
        svg = svg.replace(
            "<defs>", f'<defs>\n  <style type="text/css">{faces}</style>', 1
        )
    return svg


def save_figure(
    figure: Figure, stem: str | Path, formats: Sequence[str]
) -> dict[str, Path]:
    """Write a figure once for each format; see `synthesist.figures.save`."""
    unknown = [name for name in formats if name not in WRITERS]
    if unknown:
        raise InvalidInput(
            f"figures are not written as {', '.join(unknown)}",
            remedy=f"choose from {', '.join(WRITERS)}",
        )
    written = {name: WRITERS[name](figure) for name in formats}
    paths: dict[str, Path] = {}
    for name, data in written.items():
        # Not with_suffix, which would take "fig1.2" for a name with a suffix.
        paths[name] = Path(f"{stem}.{name}")
        paths[name].write_bytes(data)
    return paths


def _svg(figure: Figure) -> bytes:
    """Give a figure as a file of its own in SVG."""
    return svg_text(figure, links=False).encode("utf-8")


def _pdf(figure: Figure) -> bytes:
    """Give a figure as PDF with its fonts embedded as TrueType."""
    written = io.BytesIO()
    metadata = {"CreationDate": None, "Creator": None, "Producer": None}
    with _without_page_links(figure, drop=True), house_style():
        figure.savefig(written, format="pdf", metadata=metadata)
    return written.getvalue()


def _png(figure: Figure) -> bytes:
    """Give a figure as pixels."""
    written = io.BytesIO()
    with house_style():
        figure.savefig(
            written,
            format="png",
            dpi=PNG_DPI,
            metadata={"Software": None},
            # Lines and letters are as small at this level, and sooner written.
            pil_kwargs={"compress_level": 1},
        )
    return written.getvalue()


def _texts(figure: Figure) -> list[Text]:
    """Give the texts of a figure that are drawn."""
    found: list[Artist] = figure.findobj(Text)
    return [
        t for t in found if isinstance(t, Text) and t.get_visible() and t.get_text()
    ]


def _characters(figure: Figure) -> set[str]:
    """Give the characters a figure shows."""
    return {c for text in _texts(figure) for c in text.get_text() if c != "\n"}


@contextmanager
def _without_page_links(figure: Figure, *, drop: bool) -> Generator[None]:
    """Leave links into a surrounding page out while a figure is written."""
    linked = [
        (text, url)
        for text in (_texts(figure) if drop else ())
        if (url := text.get_url() or "").startswith("#")
    ]
    for text, _ in linked:
        text.set_url("")
    try:
        yield
    finally:
        for text, url in linked:
            text.set_url(url)


WRITERS: dict[str, Callable[[Figure], bytes]] = {"svg": _svg, "pdf": _pdf, "png": _png}
