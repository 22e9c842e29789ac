"""Figures become files: the same figure, the same bytes, its fonts inside."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from xml.sax.saxutils import escape

from matplotlib.artist import Artist
from matplotlib.figure import Figure
from matplotlib.text import Text

from synthesist.errors import InvalidInput
from synthesist.figures.page import house_style
from synthesist.figures.typeface import FAMILIES, font_faces

#: Enough for print; a page of 180 mm becomes 2,126 pixels wide.
PNG_DPI = 300

#: The shipped fonts, then what a viewer that reads no embedded fonts may have.
FONT_LIST = ", ".join(f"'{family}'" for family in FAMILIES)
FONT_STACK = f"{FONT_LIST}, 'Noto Sans', 'Noto Sans CJK SC', sans-serif"


def svg_text(
    figure: Figure, *, fonts: bool = True, page: bool = False, title: str = ""
) -> str:
    """Give a figure as SVG with real text.

    Parameters
    ----------
    fonts : bool
        Carry the used glyphs along.
    page : bool
        Made to stand inside an HTML page: without prologue, metadata and names
        that several figures of a page would share, with its links into the page.
    title : str
        What the figure shows, for those who hear the page.
    """
    written = io.BytesIO()
    with _without_page_links(figure, drop=not page), house_style():
        figure.savefig(written, format="svg", metadata={"Date": None, "Creator": None})
    svg = _plain(written.getvalue().decode("utf-8"))
    if page:
        svg = _for_page(svg)
    if title:
        named = f' role="img">\n <title>{escape(title)}</title>\n <defs>'
        svg = svg.replace(">\n <defs>", named, 1)
    if fonts:
        bold = {text.get_fontweight() == "bold" for text in _texts(figure)}
        faces = font_faces(_characters(figure), bold=tuple(sorted(bold)))
        svg = svg.replace(
            "<defs>", f'<defs>\n  <style type="text/css">{faces}</style>', 1
        )
    return svg


def _plain(svg: str) -> str:
    """Say in attributes what matplotlib says in styles.

    A page under a strict content policy ignores styles inside elements, and a
    style sheet for every element would leak out of the figure into the page.
    """
    svg = re.sub(r' transform="rotate\(-0 [^"]*\)"', "", svg)
    svg = re.sub(
        r"\s*<defs>\s*<style type=\"text/css\">\*\{[^<]*</style>\s*</defs>", "", svg
    )
    svg = re.sub(r' style="([^"]*)"', _as_attributes, svg)
    svg = svg.replace(f' font-family="{FONT_LIST}"', "")
    return svg.replace(
        ' version="1.1">',
        ' version="1.1" stroke-linejoin="round" stroke-linecap="butt" '
        f'font-family="{FONT_STACK}">\n <defs>\n </defs>',
        1,
    )


def _as_attributes(style: re.Match[str]) -> str:
    """Turn one style into attributes."""
    pairs = (part.split(":", 1) for part in style[1].split(";") if ":" in part)
    return "".join(f' {name.strip()}="{value.strip()}"' for name, value in pairs)


def _for_page(svg: str) -> str:
    """Leave out what belongs to a file of its own."""
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"\s*<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
    # Numbered names repeat from figure to figure; hashed ones are referred to.
    return re.sub(r' id="[A-Za-z0-9.]+_\d+"', "", svg)


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
    return svg_text(figure).encode("utf-8")


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
