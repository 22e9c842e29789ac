"""Where everything in a forest plot stands, in millimetres, before it is drawn."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

from synthesist.figures.forest_columns import (
    MARGIN,
    Columns,
    indent_of,
    joined,
    lay_columns,
)
from synthesist.figures.forest_model import ForestPlot
from synthesist.figures.forest_rows import Row, forest_rows
from synthesist.figures.page import ACCENT, DIM, GREY, INK, MM_PER_POINT, PlacedText
from synthesist.figures.ticks import Axis, both_sides, choose_axis, data_limits
from synthesist.figures.typeface import ASCENT, CAP_HEIGHT, DESCENT, clean, text_width
from synthesist.figures.wrapping import without_orphan, wrap

#: Type size on wide and on single-column pages, and where one becomes the other.
POINTS_WIDE, POINTS_NARROW, WIDE_FROM = 8.0, 7.0, 140.0

#: Distances between baselines in em: of rows, at most and at least; of wrapped lines.
PITCH, PITCH_LEAST, LEAD = 1.6, 1.3, 1.22

#: Length of a tick and distance of its label, in points.
TICK, TICK_PAD = 2.2, 1.6

#: Rows draw together before the rows alone are higher than this, in millimetres.
ROWS_HIGH = 225.0


@dataclass(frozen=True, slots=True)
class Mark:
    """A row to be drawn in the plot, at `y` mm from the top of the page."""

    row: Row
    y: float


@dataclass(slots=True)
class ForestLayout:
    """A forest plot in millimetres from the top left corner of its page."""

    plot: ForestPlot
    columns: Columns
    width: float
    pitch: float
    height: float = 0.0
    rows_top: float = 0.0
    rows_bottom: float = 0.0
    texts: list[PlacedText] = field(default_factory=list[PlacedText])
    marks: list[Mark] = field(default_factory=list[Mark])
    rules: list[float] = field(default_factory=list[float])
    label_box: tuple[float, float, float, float] | None = None
    interrupted: list[tuple[float, float]] = field(
        default_factory=list[tuple[float, float]]
    )
    axis: Axis | None = None

    @property
    def em(self) -> float:
        """Give the type size in millimetres."""
        return self.columns.points * MM_PER_POINT

    @property
    def small(self) -> float:
        """Give the type size of lines of text, in points."""
        return self.columns.points - 0.5


def lay_out(plot: ForestPlot, width: float) -> ForestLayout:
    """Place every row, rule and line of text of a forest plot."""
    rows = forest_rows(plot)
    points = POINTS_WIDE if width >= WIDE_FROM else POINTS_NARROW
    columns = lay_columns(rows, _headers(plot), width, points)
    pitch = max(
        PITCH_LEAST, min(PITCH, ROWS_HIGH / max(len(rows), 1) / points / 0.3528)
    )
    layout = ForestLayout(plot, columns, width, pitch * points * MM_PER_POINT)
    layout.axis = _axis(layout, rows)
    y = _place_top(layout, MARGIN)
    y = layout.rows_top = _place_headers(layout, y)
    y = layout.rows_bottom = _place_rows(layout, rows, y + 0.25 * layout.em)
    y = _place_axis(layout, y)
    y = _place_footer(layout, y)
    layout.height = y + MARGIN
    return layout


def _headers(plot: ForestPlot) -> tuple[str, str, tuple[str, ...], str]:
    """Give the headers of labels, weights, cells and intervals."""
    name = clean(plot.effect_short or plot.effect_label)
    unit = ", %" if plot.percent else ""
    interval = clean(plot.interval_label).replace(" ", "\u00a0")
    interval = f"[{interval}]" if interval else ""
    return (
        clean(plot.study_header),
        clean(plot.weight_header),
        tuple(clean(header) for header in plot.headers),
        f"{name}{unit} {interval}".strip(),
    )


def _axis(layout: ForestLayout, rows: Sequence[Row]) -> Axis:
    """Choose the axis: the caller's limits, else from the data."""
    plot, points = layout.plot, layout.columns.points
    proportion = plot.percent and plot.no_effect is None
    limits = plot.limits
    if limits is None:
        always = [row.estimate for row in rows if row.estimate is not None]
        always += [] if plot.no_effect is None else [plot.no_effect]
        if not always and plot.log:
            always = [1.0]
        limits = data_limits(
            [pair for row in rows if (pair := _interval(row)) and row.kind == "study"],
            [pair for row in rows if (pair := _interval(row)) and row.kind != "study"],
            always,
            log=plot.log,
            proportion=proportion,
        )
        if plot.favours and plot.no_effect is not None:
            limits = both_sides(*limits, plot.no_effect, log=plot.log)
    return choose_axis(
        *limits,
        layout.columns.plot_width,
        lambda label: text_width(label, points),
        log=plot.log,
        percent=plot.percent,
        within=(0.0, 1.0) if proportion else (-math.inf, math.inf),
        fixed=plot.limits is not None,
    )


def _interval(row: Row) -> tuple[float, float] | None:
    """Give the interval of a row that has one."""
    if row.low is None or row.high is None:
        return None
    return row.low, row.high


def _put_lines(
    layout: ForestLayout, lines: Sequence[str], y: float, like: PlacedText
) -> float:
    """Place lines under each other from the top `y`; give the bottom of the last."""
    em = like.points * MM_PER_POINT
    for line in lines:
        baseline = y + (LEAD - ASCENT - DESCENT) / 2 * em + ASCENT * em
        layout.texts.append(
            PlacedText(
                x=like.x,
                y=baseline,
                text=line,
                points=like.points,
                align=like.align,
                bold=like.bold,
                color=like.color,
                link=like.link,
            )
        )
        y += LEAD * em
    return y


def _place_top(layout: ForestLayout, y: float) -> float:
    """Place the title at the left and the plain label at the right."""
    plot, points = layout.plot, layout.columns.points
    title, label = clean(plot.title), clean(plot.label)
    right = layout.width - MARGIN
    bottom = y
    if label:
        padding = 0.45 * layout.em
        wide = text_width(label, points, bold=True) + 2 * padding
        high = (ASCENT + DESCENT + 0.3) * layout.em
        layout.label_box = (right - wide, y, wide, high)
        layout.texts.append(
            PlacedText(
                x=right - padding,
                y=y + high / 2 + CAP_HEIGHT / 2 * layout.em,
                text=label,
                points=points,
                align="right",
                bold=True,
                color=ACCENT,
            )
        )
        bottom = y + high
        right -= wide + layout.em
    if title:
        like = PlacedText(x=MARGIN, y=y, text="", points=points + 1, bold=True)
        # A title squeezed beside the label reads worse than one under it.
        if label and right - MARGIN < 0.45 * layout.width:
            y, right = bottom, layout.width - MARGIN
        lines = wrap(title, right - MARGIN, like.points, bold=True)
        bottom = max(bottom, _put_lines(layout, lines, y, like))
    return bottom + (0.6 * layout.em if title or label else 0.0)


def _place_headers(layout: ForestLayout, y: float) -> float:
    """Place the headers, the last line of each on one baseline, and a rule."""
    columns = layout.columns
    every = [columns.label, *columns.cells, columns.interval]
    every += [columns.weight] if columns.weight else []
    wrapped = [
        [
            line
            for part in column.header.split("; ")
            for line in wrap(part, column.width, columns.points, bold=True)
        ]
        if columns.stacked
        else wrap(column.header, column.width, columns.points, bold=True)
        for column in every
    ]
    most = max(len(lines) for lines in wrapped)
    for column, lines in zip(every, wrapped, strict=True):
        like = PlacedText(
            x=column.anchor,
            y=0,
            text="",
            points=columns.points,
            align=column.align,
            bold=True,
        )
        _put_lines(layout, lines, y + (most - len(lines)) * LEAD * layout.em, like)
    y += (most * LEAD + 0.2) * layout.em
    layout.rules.append(y)
    return y


def _place_rows(layout: ForestLayout, rows: Sequence[Row], y: float) -> float:
    """Place all rows; give the y under the last."""
    through = _text_runs_through(layout, rows)
    for row in rows:
        y += row.gap * layout.em
        if row.kind == "text":
            y = _place_text(layout, row, y, through=through)
        elif layout.columns.stacked:
            y = _place_stacked(layout, row, y)
        else:
            y = _place_row(layout, row, y)
    return y + 0.3 * layout.em


def _text_runs_through(layout: ForestLayout, rows: Sequence[Row]) -> bool:
    """Tell whether lines of text need the width of the page, not of the left block."""
    return any(
        len(
            wrap(
                clean(row.label),
                layout.columns.block_width - indent_of(row, layout.columns.points),
                layout.small,
            )
        )
        > 2
        for row in rows
        if row.kind == "text"
    )


def _place_text(layout: ForestLayout, row: Row, y: float, *, through: bool) -> float:
    """Place a line of text under a summary; one that runs through parts the plot."""
    columns = layout.columns
    indent = indent_of(row, columns.points)
    room = layout.width - 2 * MARGIN if through else columns.block_width
    like = PlacedText(
        x=columns.label.left + indent, y=0, text="", points=layout.small, color=DIM
    )
    bottom = _put_lines(
        layout, without_orphan(row.label, room - indent, like.points), y, like
    )
    if through:
        layout.interrupted.append((y, bottom))
    return bottom


def _color(row: Row) -> str:
    """Give the colour of a row's text: grey for what was not reported."""
    return GREY if row.missing else INK


def _place_row(layout: ForestLayout, row: Row, y: float) -> float:
    """Place one row with its columns side by side."""
    columns, points = layout.columns, layout.columns.points
    indent = indent_of(row, points)
    bold = row.kind in {"title", "summary"}
    spans = not any(row.cells) and row.kind != "study"
    room = (columns.block_width if spans else columns.label.width) - indent
    first = y + (layout.pitch - LEAD * layout.em) / 2
    bottom = y + layout.pitch
    places = [(columns.label.left + indent, "left", row.label, room, row.link)]
    places += [
        (column.anchor, column.align, cell, column.width, "")
        for column, cell in zip(columns.cells, row.cells, strict=False)
    ]
    for x, align, text, width, link in places:
        if text:
            like = PlacedText(
                x=x,
                y=0,
                text="",
                points=points,
                align="right" if align == "right" else "left",
                bold=bold,
                color=_color(row),
                link=link,
            )
            end = _put_lines(layout, wrap(text, width, points, bold=bold), first, like)
            bottom = max(bottom, end + (layout.pitch - LEAD * layout.em) / 2)
    behind = [(columns.weight, row.weight_text), (columns.interval, row.interval_text)]
    for column, text in behind:
        if column and text:
            like = PlacedText(
                x=column.anchor,
                y=0,
                text="",
                points=points,
                align="right",
                bold=row.kind == "summary",
                color=_color(row),
            )
            _put_lines(layout, [text], first, like)
    layout.marks.append(Mark(row, y + layout.pitch / 2))
    return bottom


def _place_stacked(layout: ForestLayout, row: Row, y: float) -> float:
    """Place one row with cells under the label and weight under the interval."""
    columns, points = layout.columns, layout.columns.points
    indent = indent_of(row, points)
    bold = row.kind in {"title", "summary"}
    room = columns.label.width - indent
    first = y + (layout.pitch - LEAD * layout.em) / 2
    like = PlacedText(
        x=columns.label.left + indent,
        y=0,
        text="",
        points=points,
        bold=bold,
        color=_color(row),
        link=row.link,
    )
    lines = wrap(row.label, room, points, bold=bold)
    left = _put_lines(layout, lines, first, like)
    if under := joined(row.cells):
        like = PlacedText(x=like.x, y=0, text="", points=points, color=GREY)
        left = _put_lines(layout, wrap(under, room, points), left, like)
    right = first
    for text, heavy, color in (
        (row.interval_text, row.kind == "summary", _color(row)),
        (row.weight_text, False, GREY),
    ):
        if text:
            like = PlacedText(
                x=columns.interval.anchor,
                y=0,
                text="",
                points=points,
                align="right",
                bold=heavy,
                color=color,
            )
            right = _put_lines(layout, [text], right, like)
    layout.marks.append(Mark(row, y + layout.pitch / 2))
    return max(
        y + layout.pitch, max(left, right) + (layout.pitch - LEAD * layout.em) / 2
    )


def _place_axis(layout: ForestLayout, y: float) -> float:
    """Place the name of the effect and what each side favours, under the ticks.

    The tick labels themselves belong to the axes; room is left for them.
    """
    columns, plot, em = layout.columns, layout.plot, layout.em
    y += (TICK + TICK_PAD) * MM_PER_POINT + (ASCENT + DESCENT) * em
    middle = columns.plot_left + columns.plot_width / 2
    name = clean(plot.effect_label or plot.effect_short)
    if name:
        like = PlacedText(x=middle, y=0, text="", points=columns.points, align="center")
        room = 2 * min(middle - MARGIN, layout.width - MARGIN - middle)
        room = min(room, max(columns.plot_width, 0.4 * layout.width))
        y = _put_lines(layout, wrap(name, room, columns.points), y + 0.1 * em, like)
    if plot.favours:
        y = _place_favours(layout, plot.favours, y + 0.1 * em)
    return y


def _place_favours(layout: ForestLayout, sides: tuple[str, str], y: float) -> float:
    """Place the words left and right of no effect, with arrows that point away."""
    columns, em, axis = layout.columns, layout.em, layout.axis
    left, width = columns.plot_left, columns.plot_width
    split = left + width / 2
    no_effect = layout.plot.no_effect
    if axis and no_effect is not None and axis.low < no_effect < axis.high:
        split = left + axis.fraction(no_effect) * width
    gap = 0.7 * em
    bottom = y
    for text, align, reach, edge in (
        (f"← {clean(sides[0])}", "right", split - left, split - gap - MARGIN),
        (
            f"{clean(sides[1])} →",
            "left",
            left + width - split,
            layout.width - MARGIN - split - gap,
        ),
    ):
        room = min(edge, max(reach - gap, 0.36 * layout.width))
        like = PlacedText(
            x=split - gap if align == "right" else split + gap,
            y=0,
            text="",
            points=layout.small,
            align="right" if align == "right" else "left",
        )
        lines = wrap(text, max(room, 2 * em), like.points)
        bottom = max(bottom, _put_lines(layout, lines, y, like))
    return bottom


def _place_footer(layout: ForestLayout, y: float) -> float:
    """Place the lines under everything."""
    like = PlacedText(x=MARGIN, y=0, text="", points=layout.small, color=DIM)
    y += 0.5 * layout.em if layout.plot.footer else 0.0
    for text in layout.plot.footer:
        room = layout.width - 2 * MARGIN
        lines = without_orphan(clean(text), room, like.points)
        y = _put_lines(layout, lines, y, like)
    return y
