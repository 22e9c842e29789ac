"""Save a figure in every format, and give its picture for the page."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from synthesist import figures
from synthesist.documents.content import Drawing
from synthesist.errors import InvalidInput

if TYPE_CHECKING:
    from matplotlib.figure import Figure

FOLDER = "figures"

#: Millimetres: a journal's page, and a telephone at the size of its own letters.
PAGE, TELEPHONE = 180.0, 92.0


def narrow(drawing: Callable[..., Figure], content: Any, name: str, alt: str) -> str:
    """Draw something for a telephone, empty where it does not fit on one."""
    try:
        figure = drawing(content, width_mm=TELEPHONE)
    except InvalidInput:
        return ""
    return picture(figure, f"{name}-narrow", alt)


def save_drawing(
    figure: Figure, stem: Path, *, kind: str, alt: str, caption: str
) -> Drawing:
    """Write a figure in all formats and keep its picture for the page."""
    files = figures.save(figure, stem)
    return Drawing(
        name=stem.name,
        kind=kind,
        alt=alt,
        caption=caption,
        svg=picture(figure, stem.name, alt),
        files=tuple(f"{FOLDER}/{path.name}" for path in files.values()),
    )


def picture(figure: Figure, name: str, alt: str) -> str:
    """Return a figure for the page: its names its own, its links within the page."""
    svg = figures.svg(figure, title=alt).replace(' target="_blank"', "")
    for own in set(re.findall(r'\bid="([^"]+)"', svg)):
        used = rf'(\bid="|url\(#|href="#){re.escape(own)}(?=["\)])'
        svg = re.sub(used, rf"\g<1>{name}-{own}", svg)
    return svg
