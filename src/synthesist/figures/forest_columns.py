"""How wide each column of a forest plot is, found by measuring what stands in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from synthesist.errors import InvalidInput
from synthesist.figures.forest_rows import Row
from synthesist.figures.page import MM_PER_POINT, Align
from synthesist.figures.typeface import text_width
from synthesist.figures.wrapping import narrowest, width_for_lines, wrap

MARGIN = 1.5

#: Shares of the page that the plot may take, the best first.
PLOT_SHARES = (0.36, 0.30, 0.25)
PLOT_MOST = 0.5

#: Width of a wrapped column that still reads well, as a share of the page.
LEAST_SHARE = 0.16


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column of text: its header, where it stands, how it is aligned."""

    header: str
    left: float
    width: float
    align: Align

    @property
    def anchor(self) -> float:
        """Give the x at which its texts are placed."""
        return self.left + (self.width if self.align == "right" else 0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """All columns of a figure, and the plot between them, in millimetres.

    When `stacked`, the cells stand under the label and the weight under the
    interval, because the page has no room for more columns.
    """

    label: Column
    cells: tuple[Column, ...]
    weight: Column | None
    interval: Column
    plot_left: float
    plot_width: float
    stacked: bool
    points: float

    @property
    def block_width(self) -> float:
        """Give the width of everything left of the plot."""
        last = self.cells[-1] if self.cells else self.label
        return last.left + last.width - self.label.left


@dataclass(frozen=True, slots=True)
class Need:
    """The width a column would like and the least it can do with."""

    header: str
    natural: float
    least: float
    align: Align


def joined(texts: Sequence[str]) -> str:
    """Join the cells of a row for the stacked form; short ones are not divided."""
    return "; ".join(
        text.replace(" ", "\u00a0") if len(text) < 16 else text
        for text in texts
        if text
    )


def indent_of(row: Row, points: float) -> float:
    """Give the indent of a row's label in millimetres."""
    return 0.9 * points * MM_PER_POINT if row.indent else 0.0


def lay_columns(
    rows: Sequence[Row],
    headers: tuple[str, str, tuple[str, ...], str],
    width: float,
    points: float,
) -> Columns:
    """Place the columns on a page `width` millimetres wide.

    Parameters
    ----------
    rows : sequence of Row
    headers : (str, tuple of str, str, str)
        Of the labels, the weights, the caller's cells, and the intervals.
    width, points : float
        Page width in millimetres, type size in points.

    Raises
    ------
    InvalidInput
        If even wrapped and stacked columns leave no room for a plot.
    """
    gap = 0.95 * points * MM_PER_POINT
    study, weight, cells, interval = headers
    weighted = any(row.weight_text for row in rows)
    needs = [_label_need(rows, study, width, points)]
    needs += [
        _need(header, [(_cell(row, i), row.kind == "summary") for row in rows],
              width, points)
        for i, header in enumerate(cells)
    ]  # fmt: skip
    right = [_fixed(weight, [row.weight_text for row in rows], points)] * weighted
    right += [_fixed(interval, [row.interval_text for row in rows], points)]
    taken = (
        2 * MARGIN
        + gap * (len(needs) + len(right))
        + sum(need.natural for need in right)
    )
    wanted = _block_wanted(rows, points, width) - gap * (len(needs) - 1)
    for share, squeezed, most in ((0, 0, 1), (1, 0, 1), (1, 1, 2), (2, 1, 99)):
        room = width - taken - PLOT_SHARES[share] * width
        widths = _share_out(needs, room, squeezed=bool(squeezed))
        if widths and _most_lines(rows, widths, points) <= most:
            spare = width - taken - sum(widths) - PLOT_MOST * width
            want = min(wanted - sum(widths), room - sum(widths))
            widths[0] += max(spare, want, 0.0)
            return _placed(needs, widths, right, gap, width, points)
    return _stacked(rows, headers, width, points, gap)


def _cell(row: Row, index: int) -> str:
    """Give a cell of a row, empty when the row has none."""
    return row.cells[index] if index < len(row.cells) else ""


def _label_need(rows: Sequence[Row], header: str, width: float, points: float) -> Need:
    """Give the need of the first column."""
    labels = [
        (row.label, row.kind == "summary", indent_of(row, points))
        for row in rows
        if row.kind == "study" or (row.kind == "summary" and any(row.cells))
    ]
    natural = max(
        (text_width(t, points, bold=b) + i for t, b, i in labels), default=0.0
    )
    words = max((narrowest(t, points, bold=b) + i for t, b, i in labels), default=0.0)
    floor = max(narrowest(header, points, bold=True), min(words, LEAST_SHARE * width))
    least = max(floor, min(natural, LEAST_SHARE * width))
    return Need(header, max(natural, floor), least, "left")


def _need(
    header: str, texts: list[tuple[str, bool]], width: float, points: float
) -> Need:
    """Give the need of a column of cells; numbers go right, words go left."""
    filled = [(text, bold) for text, bold in texts if text]
    align: Align = (
        "right"
        if all(text[0] in "0123456789−-–—<>(.=" for text, _ in filled)
        else "left"
    )
    floor = width_for_lines(header, 3, points, bold=True)
    two_lines = width_for_lines(header, 2, points, bold=True)
    natural = max((text_width(t, points, bold=b) for t, b in filled), default=0.0)
    if align == "right":
        return Need(header, max(natural, two_lines), max(natural, floor), align)
    words = max((narrowest(t, points, bold=b) for t, b in filled), default=0.0)
    least = max(floor, min(words, LEAST_SHARE * width), min(natural, 0.1 * width))
    return Need(header, max(natural, two_lines), least, align)


def _fixed(header: str, texts: list[str], points: float) -> Need:
    """Give the need of a column right of the plot, which is never wrapped."""
    natural = max((text_width(text, points, bold=True) for text in texts), default=0.0)
    natural = max(natural, width_for_lines(header, 3, points, bold=True))
    return Need(header, natural, natural, "right")


def _block_wanted(rows: Sequence[Row], points: float, width: float) -> float:
    """Give the width that keeps titles and summary labels on one line, within reason."""
    widest = max(
        (
            text_width(row.label, points, bold=row.kind != "prediction")
            + indent_of(row, points)
            for row in rows
            if row.kind in {"title", "summary", "prediction"}
        ),
        default=0.0,
    )
    # Lines of text may take two lines before they are let into the plot.
    texts = [
        (row.label, width - indent_of(row, points) - 2 * MARGIN)
        for row in rows
        if row.kind == "text"
    ]
    wide = max((_text_wanted(text, room, points) for text, room in texts), default=0.0)
    return min(max(widest, wide), 0.42 * width)


def _text_wanted(text: str, room: float, points: float) -> float:
    """Give the width for a line of text: whole if it is short, else on two lines."""
    whole = text_width(text, points)
    return whole if whole < 0.36 * room else width_for_lines(text, 2, points)


def _share_out(needs: list[Need], room: float, *, squeezed: bool) -> list[float] | None:
    """Give each column its width; None if the room is too small."""
    natural = sum(need.natural for need in needs)
    if natural <= room:
        return [need.natural for need in needs]
    least = sum(need.least for need in needs)
    if not squeezed or least > room:
        return None
    part = (room - least) / (natural - least)
    return [need.least + part * (need.natural - need.least) for need in needs]


def _most_lines(rows: Sequence[Row], widths: list[float], points: float) -> int:
    """Give the lines that the fullest cell or label of a study takes."""
    return max(
        (
            len(wrap(text, width + 0.01, points))
            for row in rows
            if row.kind == "study"
            for text, width in zip(
                (row.label, *row.cells),
                (widths[0] - indent_of(row, points), *widths[1:]),
                strict=False,
            )
        ),
        default=1,
    )


def _placed(
    needs: list[Need],
    widths: list[float],
    right: list[Need],
    gap: float,
    page: float,
    points: float,
) -> Columns:
    """Put columns side by side: labels, cells, plot, weights, intervals."""
    left, columns = MARGIN, list[Column]()
    for need, width in zip(needs, widths, strict=True):
        columns.append(
            Column(header=need.header, left=left, width=width, align=need.align)
        )
        left += width + gap
    edge, behind = page - MARGIN, list[Column]()
    for need in reversed(right):
        edge -= need.natural
        behind.insert(
            0,
            Column(header=need.header, left=edge, width=need.natural, align="right"),
        )
        edge -= gap
    return Columns(
        label=columns[0],
        cells=tuple(columns[1:]),
        weight=behind[0] if len(behind) > 1 else None,
        interval=behind[-1],
        plot_left=left,
        plot_width=edge - left,
        stacked=False,
        points=points,
    )


def _stacked(
    rows: Sequence[Row],
    headers: tuple[str, str, tuple[str, ...], str],
    width: float,
    points: float,
    gap: float,
) -> Columns:
    """Put cells under labels and weights under intervals."""
    study, weight, cells, interval = headers
    label = _label_need(rows, study, width, points)
    under = [joined(row.cells) for row in rows if row.cells]
    indent = max((indent_of(row, points) for row in rows), default=0.0)
    natural = max((text_width(t, points) for t in under), default=0.0) + indent
    words = max((narrowest(t, points) for t in under), default=0.0) + indent
    least = max(label.least, min(words, 2 * LEAST_SHARE * width))
    head = "; ".join((study, *cells))
    need = Need(head, max(label.natural, natural, least), least, "left")
    texts = [text for row in rows for text in (row.interval_text, row.weight_text)]
    right = _fixed(interval, texts, points)
    if any(row.weight_text for row in rows):
        right = Need(
            f"{interval}; {weight}",
            max(right.natural, text_width(weight, points, bold=True)),
            right.least,
            "right",
        )
    for share in PLOT_SHARES:
        room = width - 2 * MARGIN - 2 * gap - right.natural - share * width
        widths = _share_out([need], room, squeezed=share < PLOT_SHARES[0])
        if widths:
            placed = _placed([need], widths, [right], gap, width, points)
            return Columns(
                label=placed.label,
                cells=(),
                weight=None,
                interval=placed.interval,
                plot_left=placed.plot_left,
                plot_width=placed.plot_width,
                stacked=True,
                points=points,
            )
    raise InvalidInput(
        f"a page {width:g} mm wide has no room for these columns and a plot",
        where="the forest plot",
        remedy="make it wider, or shorten labels and cells",
    )
