"""A page with one plot: title, axes with measured labels, legend, lines of text."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from matplotlib.axes import Axes
from matplotlib.axes._secondary_axes import SecondaryAxis
from matplotlib.ticker import FixedFormatter, FixedLocator, NullLocator
from numpy.typing import ArrayLike, NDArray

from synthesist.errors import InvalidInput
from synthesist.figures.page import (
    ACCENT,
    DIM,
    INK,
    MM_PER_POINT,
    Page,
    PlacedText,
    font,
)
from synthesist.figures.ticks import Axis, choose_axis
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

Vector = NDArray[np.float64]

MARGIN = 1.5
LEAD = 1.22
TICK, TICK_PAD = 2.2, 1.6

#: Under the axis more, so that the numbers of both axes keep clear in the corner.
UNDER_PAD = 3.4


@dataclass(frozen=True, slots=True)
class Key:
    """One entry of a legend: how its sample is drawn, and what it means."""

    text: str
    kind: Literal["line", "patch", "point"]
    color: str = INK
    dashed: bool = False
    width: float = 0.8
    edge: str = "none"

    @property
    def sample(self) -> float:
        """Give the width of its sample in em."""
        return 0.72 if self.kind == "point" else 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class PanelSpec:
    """What stands around a plot.

    `aspect` is the height of the plot by its width; `left` and `right` are margins
    it has at least, and `below` is room under it for a second plot, in millimetres.
    """

    width: float
    x_name: str = ""
    y_name: str = ""
    right_name: str = ""
    title: str = ""
    label: str = ""
    legend: Sequence[Key] = ()
    footer: Sequence[str] = ()
    aspect: float = 0.72
    left: float = 0.0
    right: float = 0.0
    below: float = 0.0
    extra: Sequence[str] = field(default_factory=tuple[str, ...])


def vector(values: ArrayLike, name: str, length: int | None = None) -> Vector:
    """Give finite numbers as a vector, refusing anything else.

    Raises
    ------
    InvalidInput
        If a value is not finite or the length is not the expected one.
    """
    found = np.asarray(values, dtype=float).reshape(-1)
    if length is not None and len(found) != length:
        raise InvalidInput(
            f"{name} has {len(found)} values where {length} are expected",
            where="the figure",
            remedy="give one value for each study",
        )
    if not np.all(np.isfinite(found)):
        raise InvalidInput(
            f"{name} has values that are missing or infinite",
            where="the figure",
            remedy="leave out studies that were not estimated",
        )
    return found


def standard_errors(values: ArrayLike, length: int) -> Vector:
    """Give standard errors, refusing those that are not above zero."""
    found = vector(values, "se", length)
    if not np.all(found > 0):
        raise InvalidInput(
            "a standard error is not above zero",
            where="the figure",
            remedy="give standard errors, not variances of zero",
        )
    return found


def points_for(width: float) -> float:
    """Give the type size for a page width."""
    return 8.0 if width >= 110 else 7.0


def effect_axis(
    low: float, high: float, room: float, points: float, *, log: bool
) -> Axis:
    """Give an axis along the analysis scale with numbers of the reading scale.

    `low` and `high` are on the analysis scale; for ratios that is the logarithm,
    and the ticks stand at the logarithms of what is printed.
    """
    bounds = (math.exp(low), math.exp(high)) if log else (low, high)
    axis = choose_axis(*bounds, room, lambda t: text_width(t, points), log=log)
    if not log:
        return axis
    return Axis(
        math.log(axis.low),
        math.log(axis.high),
        False,
        tuple(math.log(position) for position in axis.positions),
        axis.labels,
    )


def plain_axis(
    low: float,
    high: float,
    room: float,
    points: float,
    *,
    percent: bool = False,
    upright: bool = False,
    fixed: bool = False,
) -> Axis:
    """Give a linear axis; `upright` measures labels by their height."""

    def measure(label: str) -> float:
        return 1.6 * points * MM_PER_POINT if upright else text_width(label, points)

    return choose_axis(
        low, high, room, measure, log=False, percent=percent, fixed=fixed
    )


def upright_axis(
    low: float,
    high: float,
    room: float,
    points: float,
    *,
    log: bool,
    percent: bool = False,
) -> Axis:
    """Give an axis of effects that stands upright, its labels measured by height.

    With `log`, `low` and `high` are the logarithms of what is printed.
    """
    if not log:
        return plain_axis(low, high, room, points, percent=percent, upright=True)

    def height(label: str) -> float:
        del label
        return 1.6 * points * MM_PER_POINT

    axis = choose_axis(math.exp(low), math.exp(high), room, height, log=True)
    return Axis(
        math.log(axis.low),
        math.log(axis.high),
        False,
        tuple(math.log(position) for position in axis.positions),
        axis.labels,
    )


class Panel:
    """A plot on a page, its margins found by measuring what stands in them."""

    def __init__(
        self,
        spec: PanelSpec,
        *,
        y_labels: Sequence[str],
        right_labels: Sequence[str] = (),
    ) -> None:
        register()
        self.spec = spec
        self.points = points_for(spec.width)
        self.em = self.points * MM_PER_POINT
        self._check()
        gutter = (TICK + TICK_PAD) * MM_PER_POINT
        wide = max((text_width(t, self.points) for t in y_labels), default=0.0)
        self.plot_left = MARGIN + max(wide + gutter, spec.left)
        self.name_left = self.plot_left - wide - gutter
        wide = max((text_width(t, self.points) for t in right_labels), default=0.0)
        right = wide + gutter if right_labels else 1.2 * self.em
        self.plot_width = spec.width - MARGIN - max(right, spec.right) - self.plot_left
        self.plot_height = spec.aspect * self.plot_width
        self.texts: list[PlacedText] = []
        self.label_box: tuple[float, float, float, float] | None = None
        self.keys: list[tuple[Key, float, float]] = []
        self.plot_top = self._place_top()
        self.height = self._place_bottom(self.plot_top + self.plot_height + spec.below)
        self.page = Page(spec.width, self.height)

    def _check(self) -> None:
        """Refuse characters without a glyph."""
        spec = self.spec
        texts = [spec.x_name, spec.y_name, spec.right_name, spec.title, spec.label]
        texts += [key.text for key in spec.legend] + [*spec.footer, *spec.extra]
        require_glyphs((text, "the figure") for text in texts)

    def _lines(self, lines: Sequence[str], y: float, like: PlacedText) -> float:
        """Place lines under each other from the top `y`; give their bottom."""
        em = like.points * MM_PER_POINT
        for line in lines:
            self.texts.append(
                PlacedText(
                    x=like.x,
                    y=y + (LEAD - ASCENT - DESCENT) / 2 * em + ASCENT * em,
                    text=line,
                    points=like.points,
                    align=like.align,
                    bold=like.bold,
                    color=like.color,
                )
            )
            y += LEAD * em
        return y

    def _place_top(self) -> float:
        """Place title, label and the names of the upright axes; give the plot's top."""
        spec, y, right = self.spec, MARGIN, self.spec.width - MARGIN
        bottom = y
        if label := clean(spec.label):
            wide = text_width(label, self.points, bold=True) + 0.9 * self.em
            high = 1.5 * self.em
            self.label_box = (right - wide, y, wide, high)
            self.texts.append(
                PlacedText(
                    x=right - wide / 2,
                    y=y + high / 2 + CAP_HEIGHT / 2 * self.em,
                    text=label,
                    points=self.points,
                    align="center",
                    bold=True,
                    color=ACCENT,
                )
            )
            bottom, right = y + high, right - wide - self.em
        if title := clean(spec.title):
            if label and right - MARGIN < 0.45 * spec.width:
                y, right = bottom, spec.width - MARGIN
            lines = wrap(title, right - MARGIN, self.points + 1, bold=True)
            like = PlacedText(x=MARGIN, y=0, text="", points=self.points + 1, bold=True)
            bottom = max(bottom, self._lines(lines, y, like))
        y = bottom + (0.5 * self.em if spec.title or spec.label else 0.0)
        return self._place_names(y) + 0.55 * self.em

    def _place_names(self, y: float) -> float:
        """Place the names of the left and right axes over them, lying flat."""
        spec = self.spec
        room = spec.width - MARGIN - self.name_left
        room = room / 2 - self.em if spec.right_name else room
        names = [(spec.y_name, self.name_left, "left")]
        names += [(spec.right_name, spec.width - MARGIN, "right")]
        wrapped = [wrap(clean(name), room, self.points) for name, _, _ in names]
        most = max(len(lines) for lines in wrapped)
        for (name, x, align), lines in zip(names, wrapped, strict=True):
            if name:
                like = PlacedText(
                    x=x,
                    y=0,
                    text="",
                    points=self.points,
                    align="right" if align == "right" else "left",
                )
                self._lines(lines, y + (most - len(lines)) * LEAD * self.em, like)
        return y + (most * LEAD * self.em if spec.y_name or spec.right_name else 0.0)

    def _place_bottom(self, y: float) -> float:
        """Place what stands under the plot; give the height of the page."""
        spec = self.spec
        y += (TICK + UNDER_PAD) * MM_PER_POINT + (ASCENT + DESCENT) * self.em
        if spec.x_name:
            middle = self.plot_left + self.plot_width / 2
            room = 2 * min(middle - MARGIN, spec.width - MARGIN - middle)
            like = PlacedText(
                x=middle, y=0, text="", points=self.points, align="center"
            )
            lines = wrap(clean(spec.x_name), room, self.points)
            y = self._lines(lines, y + 0.15 * self.em, like)
        if spec.legend:
            y = self._place_legend(y + 0.5 * self.em)
        if spec.footer:
            y += 0.4 * self.em
            like = PlacedText(
                x=MARGIN, y=0, text="", points=self.points - 0.5, color=DIM
            )
            for text in spec.footer:
                room = spec.width - 2 * MARGIN
                y = self._lines(wrap(clean(text), room, like.points), y, like)
        return y + MARGIN

    def _place_legend(self, y: float) -> float:
        """Place the legend in as many rows as it needs."""
        small = self.points - 0.5
        x = MARGIN
        right = self.spec.width - MARGIN
        for key in self.spec.legend:
            text = clean(key.text)
            indent = (key.sample + 0.45) * self.em
            needed = indent + text_width(text, small)
            if x > MARGIN and x + needed > right:
                x, y = MARGIN, y + LEAD * self.em
            self.keys.append((key, x, y + LEAD / 2 * self.em))
            like = PlacedText(x=x + indent, y=0, text="", points=small)
            lines = wrap(text, right - x - indent, small)
            bottom = self._lines(lines, y, like)
            if len(lines) > 1:
                x, y = MARGIN, bottom
            else:
                x += needed + 1.4 * self.em
        return y + (LEAD * self.em if x > MARGIN else 0.0)

    def axes(self, x: Axis, y: Axis, *, name: str) -> Axes:
        """Add the axes, print everything around them, and give the axes."""
        axes = self.page.axes(
            self.plot_left, self.plot_top, self.plot_width, self.plot_height, name=name
        )
        axes.patch.set_visible(False)
        axes.set_xlim(x.low, x.high)
        axes.set_ylim(y.low, y.high)
        set_ticks(axes, "x", x, self.points)
        set_ticks(axes, "y", y, self.points)
        for side in ("right", "top"):
            axes.spines[side].set_visible(False)
        for side in ("left", "bottom"):
            axes.spines[side].set_linewidth(0.5)
            axes.spines[side].set_color(INK)
        for placed in self.texts:
            self.page.text(placed)
        if self.label_box:
            self.page.box(*self.label_box, edge=ACCENT, radius=0.8)
        for key, left, middle in self.keys:
            self._draw_key(key, left, middle)
        return axes

    def _draw_key(self, key: Key, x: float, y: float) -> None:
        """Draw the sample of a legend entry."""
        wide = key.sample * self.em
        if key.kind == "line":
            self.page.line(
                [(x, y), (x + wide, y)],
                width=key.width,
                color=key.color,
                dashed=key.dashed,
            )
            return
        high = 0.72 * self.em
        if key.kind == "patch":
            self.page.box(
                x,
                y - high / 2,
                wide,
                high,
                fill=key.color,
                edge="none" if key.edge == "none" else key.edge,
                line_width=0.4,
            )
            return
        self.page.circle(x + high / 2, y, 0.58 * self.em, fill=key.color, edge=key.edge)


def set_ticks(
    axes: Axes | SecondaryAxis, along: Literal["x", "y"], axis: Axis, points: float
) -> None:
    """Put the chosen ticks on an axis, in the shipped font."""
    on = axes.xaxis if along == "x" else axes.yaxis
    on.set_major_locator(FixedLocator(axis.positions))
    on.set_major_formatter(FixedFormatter(axis.labels))
    on.set_minor_locator(NullLocator())
    axes.tick_params(
        axis=along,
        length=TICK,
        width=0.5,
        pad=UNDER_PAD if along == "x" else TICK_PAD,
        color=INK,
        labelcolor=INK,
    )
    for label in on.get_ticklabels():
        label.set_fontproperties(font(points))


def span(*parts: ArrayLike, pad: float = 0.04) -> tuple[float, float]:
    """Give the range of all values with a little room at both ends."""
    values = np.concatenate([np.asarray(p, dtype=float).reshape(-1) for p in parts])
    low, high = float(np.min(values)), float(np.max(values))
    more = pad * (high - low) if high > low else max(abs(low) * 0.1, 0.5)
    return low - more, high + more
