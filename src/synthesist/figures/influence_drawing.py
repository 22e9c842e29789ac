"""Measures of influence: one narrow column a measure, one line a study."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import ArrayLike, NDArray

from synthesist.errors import InvalidInput
from synthesist.figures.page import (
    ACCENT,
    DIM,
    GREY,
    INK,
    MM_PER_POINT,
    RULE,
    Page,
    PlacedText,
    house_style,
)
from synthesist.figures.panel import (
    LEAD,
    MARGIN,
    TICK,
    UNDER_PAD,
    Vector,
    plain_axis,
    points_for,
    set_ticks,
    span,
    vector,
)
from synthesist.figures.typeface import (
    ASCENT,
    CAP_HEIGHT,
    DESCENT,
    clean,
    register,
    require_glyphs,
    text_width,
)
from synthesist.figures.wrapping import wrap

#: Room for the names of studies: at most this share of the page.
NAMES = 0.3

#: The height of a study's line in em.
LINE = 1.5


def influence(
    measures: Mapping[str, ArrayLike],
    *,
    labels: Sequence[str],
    marked: ArrayLike,
    bounds: Mapping[str, float] | None = None,
    origins: Mapping[str, float] | None = None,
    title: str = "",
    label: str = "",
    footer: Sequence[str] = (),
    width_mm: float = 180,
) -> Figure:
    """Draw what each study does to the result, by several measures.

    Parameters
    ----------
    measures : mapping of (k,) arrays
        By the name that stands over the column.
    labels : sequence of str
        The studies (k,).
    marked : (k,) array of bool
        The studies that are drawn in the accent, with bold names.
    bounds : mapping of float, optional
        By measure, the size beyond which it is conspicuous, drawn dashed; on both
        sides where any value is below zero.
    origins : mapping of float, optional
        By measure, where it would lie if the study did nothing; by default 0.

    Raises
    ------
    InvalidInput
        If a number is missing, a measure has another length than `labels`, or a
        character has no glyph.
    """
    columns = {
        name: vector(values, name, len(labels)) for name, values in measures.items()
    }
    shown = np.asarray(marked, dtype=bool).reshape(-1)
    if len(shown) != len(labels) or not columns:
        raise InvalidInput(
            f"{len(labels)} studies, {len(shown)} marks and {len(columns)} measures do not fit",
            where="the figure",
            remedy="give at least one measure, and one mark a study",
        )
    texts = (*labels, *columns, title, label, *footer)
    require_glyphs((text, "the figure") for text in texts)
    with house_style():
        return _draw(
            columns,
            labels,
            shown,
            bounds or {},
            origins or {},
            (clean(title), clean(label), *map(clean, footer)),
            width_mm,
        )


def _draw(
    columns: Mapping[str, Vector],
    labels: Sequence[str],
    marked: NDArray[np.bool_],
    bounds: Mapping[str, float],
    origins: Mapping[str, float],
    around: Sequence[str],
    width: float,
) -> Figure:
    """Measure the texts, make the page, and draw column after column.

    `around` are the title, the label and the lines under the figure.
    """
    title, label, *footer = around
    register()
    points = points_for(width)
    em = points * MM_PER_POINT
    most = NAMES * width
    names = [wrap(clean(label), most, points, bold=True) for label in labels]
    left = MARGIN + max(text_width(t, points, bold=True) for n in names for t in n) + em
    gap = 2.4 * em
    room = (width - MARGIN - left - gap * (len(columns) - 1)) / len(columns)
    heads = {name: wrap(clean(name), room, points, bold=True) for name in columns}
    tag = text_width(label, points, bold=True) + 0.9 * em if label else 0.0
    titled = wrap(title, width - 2 * MARGIN - tag - em, points + 1, bold=True)
    titled = titled if title else [""] * bool(label)
    notes = [
        line for note in footer for line in wrap(note, width - 2 * MARGIN, points - 0.5)
    ]
    top = MARGIN + (len(titled) * LEAD * 1.15 + 0.7 * bool(titled)) * em
    top += max(map(len, heads.values())) * LEAD * em + 0.5 * em
    heights = [LINE * em + (len(lines) - 1) * LEAD * em for lines in names]
    ends = np.concatenate([[0.0], np.cumsum(heights)])
    middles = (ends[:-1] + ends[1:]) / 2
    bottom = top + ends[-1] + (TICK + UNDER_PAD) * MM_PER_POINT
    bottom += (ASCENT + DESCENT) * em + 0.6 * em
    page = Page(width, bottom + len(notes) * LEAD * em + MARGIN)

    def print_lines(
        lines: Sequence[str], x: float, y: float, *, size: float, bold: bool, color: str
    ) -> None:
        for i, line in enumerate(lines):
            page.text(
                PlacedText(x=x, y=y + i * LEAD * size * MM_PER_POINT, text=line, points=size, bold=bold,
                           color=color)
            )  # fmt: skip

    first = MARGIN + ASCENT * em
    print_lines(titled, MARGIN, first, size=points + 1, bold=True, color=INK)
    print_lines(
        notes, MARGIN, bottom + ASCENT * em, size=points - 0.5, bold=False, color=DIM
    )
    if label:
        right = width - MARGIN
        page.box(right - tag, MARGIN, tag, 1.5 * em, edge=ACCENT, radius=0.8)
        page.text(
            PlacedText(x=right - tag / 2, y=MARGIN + (0.75 + CAP_HEIGHT / 2) * em,
                       text=label, points=points, align="center", bold=True,
                       color=ACCENT)
        )  # fmt: skip
    for lines, middle, conspicuous in zip(names, middles, marked, strict=True):
        y = top + middle + CAP_HEIGHT / 2 * em - (len(lines) - 1) / 2 * LEAD * em
        color = ACCENT if conspicuous else INK
        print_lines(lines, MARGIN, y, size=points, bold=bool(conspicuous), color=color)
    for i, (name, values) in enumerate(columns.items()):
        x = left + i * (room + gap)
        y = top - 0.5 * em - (len(heads[name]) - 1) * LEAD * em - DESCENT * em
        print_lines(heads[name], x, y, size=points, bold=True, color=INK)
        _column(
            page,
            (x, top, room, float(ends[-1])),
            values,
            middles,
            marked,
            bounds.get(name),
            origins.get(name, 0.0),
            points,
        )
    return page.figure


def _column(
    page: Page,
    box: tuple[float, float, float, float],
    values: Vector,
    middles: Vector,
    marked: NDArray[np.bool_],
    bound: float | None,
    origin: float,
    points: float,
) -> None:
    """Draw one measure: a line from its origin to each value, and the bounds."""
    sides = (-1, 1) if np.any(values < 0) else (1,)
    small = points - 1
    # A bound far from all values would only squeeze them: then it is left out.
    near = bound is not None and bound < 3 * float(np.max(np.abs(values)))
    limits = [side * bound for side in sides] if near and bound is not None else []
    low, high = span(values, limits, [origin])
    low = max(low, 0.0) if not np.any(values < 0) else low
    axis = plain_axis(low, high, box[2], small)
    axes = page.axes(*box, name="measure")
    axes.patch.set_visible(False)
    axes.set_xlim(axis.low, axis.high)
    axes.set_ylim(box[3], 0)
    axes.set_yticks([])
    set_ticks(axes, "x", axis, small)
    for side in ("left", "right", "top"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_linewidth(0.5)
    axes.axvline(origin, color=RULE, linewidth=0.5, zorder=1)
    for limit in limits:
        axes.axvline(limit, color=GREY, linewidth=0.6, linestyle=(0, (3, 2)), zorder=1)
    colors = np.where(marked, ACCENT, GREY).tolist()
    axes.hlines(middles, origin, values, colors=colors, linewidth=0.6, zorder=2)
    axes.scatter(
        values, middles, s=9, color=colors, linewidth=0, clip_on=False, zorder=3
    )
