"""Names put beside points where there is room for them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray

from synthesist.figures.page import DIM, MM_PER_POINT, font
from synthesist.figures.typeface import ASCENT, DESCENT, clean, text_width

Box = tuple[float, float, float, float]

#: Where a name may stand: right, left, above, below, and the corners.
PLACES = (
    (1, 0), (-1, 0), (0, 1), (0, -1), (1, 1), (-1, 1), (1, -1), (-1, -1),
)  # fmt: skip


def label_points(
    axes: Axes,
    size: tuple[float, float],
    at: NDArray[np.float64],
    labels: Sequence[str],
    order: Sequence[int],
    *,
    points: float,
    radii: Sequence[float] | NDArray[np.float64],
    lines: Sequence[NDArray[np.float64]] = (),
    kept_clear: Sequence[Box] = (),
) -> list[int]:
    """Print names beside points in `order` of importance; leave out what would overlap.

    Parameters
    ----------
    size : (float, float)
        Width and height of the axes in millimetres.
    at : (k, 2) array
        The points in data units.
    radii : (k,) array
        Of the points, in millimetres: names keep clear of all of them.
    lines : sequence of (m, 2) arrays
        Straight lines in data units that names keep clear of, too.
    kept_clear : sequence of (left, bottom, right, top)
        And boxes, in millimetres from the lower left corner of the axes.

    Returns
    -------
    list of int
        The points that were named.
    """
    places = _in_mm(axes, size, at)
    taken: list[Box] = [
        (x - r, y - r, x + r, y + r) for (x, y), r in zip(places, radii, strict=True)
    ]
    taken += kept_clear
    for line in lines:
        taken += along(_in_mm(axes, size, line))
    em = points * MM_PER_POINT
    named: list[int] = []
    for index in order:
        text = clean(labels[index])
        wide = text_width(text, points)
        for dx, dy in PLACES:
            x, y = places[index]
            gap = float(radii[index]) + 0.25 * em
            left = x + gap if dx > 0 else x - gap - wide if dx < 0 else x - wide / 2
            middle = y + dy * (gap + 0.55 * em) * (0.8 if dx else 1.0)
            baseline = middle - (ASCENT - DESCENT) / 2 * em
            box = (
                left, baseline - DESCENT * em, left + wide, baseline + ASCENT * em,
            )  # fmt: skip
            inside = box[0] >= 0 and box[1] >= 0
            inside = inside and box[2] <= size[0] and box[3] <= size[1]
            if inside and not any(_overlap(box, other) for other in taken):
                axes.text(
                    left / size[0],
                    baseline / size[1],
                    text,
                    transform=axes.transAxes,
                    fontproperties=font(points),
                    color=DIM,
                    va="baseline",
                    parse_math=False,
                )
                taken.append(box)
                named.append(index)
                break
    return named


def _in_mm(
    axes: Axes, size: tuple[float, float], at: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Give points in millimetres from the lower left corner of the axes."""
    shown = axes.transAxes.inverted().transform(axes.transData.transform(at))
    return np.asarray(shown, dtype=float) * np.asarray(size)


def along(line: NDArray[np.float64]) -> list[Box]:
    """Cover a line with small boxes."""
    boxes: list[Box] = []
    for start, end in pairwise(line):
        steps = int(np.hypot(*(end - start)) / 0.6) + 1
        for x, y in start + np.linspace(0, 1, steps + 1)[:, None] * (end - start):
            boxes.append((x - 0.15, y - 0.15, x + 0.15, y + 0.15))
    return boxes


def _overlap(first: Box, second: Box) -> bool:
    """Tell whether two boxes share room."""
    return (
        first[0] < second[2]
        and second[0] < first[2]
        and first[1] < second[3]
        and second[1] < first[3]
    )
