"""Draw a result into a file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from synthesist.errors import InvalidInput

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from synthesist.pooling import PooledFit, SubgroupFit

#: How a figure may be written, by the ending of its file's name.
FORMATS = ("svg", "pdf", "png")


def forest_figure(
    found: PooledFit | SubgroupFit,
    *,
    title: str = "",
    favours: tuple[str, str] | None = None,
    width_mm: float = 180,
) -> Figure:
    """Return the forest plot of an answer or of answers by subgroup.

    Raises
    ------
    InvalidInput
        If it does not fit the width, or a character has no glyph.
    """
    from dataclasses import replace

    from synthesist.figures import forest

    plot = replace(found.forest(), title=title, favours=favours)
    return forest(plot, width_mm=width_mm)


def check_formats(files: tuple[Path, ...]) -> None:
    """Raise `InvalidInput` unless every name ends as a figure is written."""
    for file in files:
        if file.suffix.lower().removeprefix(".") not in FORMATS:
            raise InvalidInput(
                f"A figure is not written as '{file.suffix}'",
                where=str(file),
                remedy=f"let the name end in {', '.join(f'.{f}' for f in FORMATS)}",
            )


def save_figure(figure: Figure, files: tuple[Path, ...]) -> None:
    """Write a figure into files, each in the format that its name ends in.

    Raises
    ------
    InvalidInput
        If a name ends otherwise, or a file cannot be written.
    """
    from synthesist.figures import save

    check_formats(files)
    for file in files:
        suffix = file.suffix.lower().removeprefix(".")
        try:
            written = save(figure, file.with_suffix(""), (suffix,))[suffix]
            if written != file:
                written.replace(file)
        except OSError as error:
            raise InvalidInput(
                f"The figure cannot be written: {error.strerror}",
                where=str(file),
                remedy="name a file in a folder that is there and may be written",
            ) from None
