"""A page in millimetres: text, rules and boxes on an ordinary matplotlib figure."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal, cast

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.lines import Line2D
from matplotlib.patches import Ellipse, FancyBboxPatch, Polygon
from matplotlib.text import Text
from matplotlib.transforms import Affine2D

from synthesist.figures.typeface import FAMILIES, LOCK, register

INK = "#1a1a1a"
DIM = "#404040"
GREY = "#6f6f6f"
RULE = "#8c8c8c"
ACCENT = "#1f4e79"
SOFT = "#86a8c9"
PALE = "#e8eef4"

MM_PER_POINT = 25.4 / 72

Align = Literal["left", "center", "right"]

#: Set while a figure is made or written; the user's own settings stay as they are.
STYLE: dict[str, Any] = {
    "font.family": list(FAMILIES),
    "text.usetex": False,
    "text.hinting": "none",
    "text.parse_math": False,
    "svg.fonttype": "none",
    "svg.hashsalt": "synthesist",
    "pdf.fonttype": 42,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedText:
    """One line of text: `x` in mm from the left, baseline `y` in mm from the top."""

    x: float
    y: float
    text: str
    points: float
    align: Align = "left"
    bold: bool = False
    color: str = INK
    link: str = ""


@contextmanager
def house_style() -> Generator[None]:
    """Use matplotlib's defaults and our style, whatever the user has set.

    The settings are one global table, so only one thread at a time may do this.
    """
    with LOCK:
        register()
        defaults = {
            key: value for key, value in mpl.rcParamsDefault.items() if key != "backend"
        }
        with mpl.rc_context(cast("Any", {**defaults, **STYLE})):
            yield


def font(points: float, *, bold: bool = False) -> FontProperties:
    """Give the shipped fonts at a size."""
    return FontProperties(
        family=list(FAMILIES), weight="bold" if bold else "normal", size=points
    )


class Page:
    """A figure of a given size in millimetres; y counts downward from the top.

    What it draws are ordinary artists in figure fractions, so the figure stays
    one that a user can go on editing.
    """

    def __init__(self, width: float, height: float) -> None:
        self.width, self.height = width, height
        self.figure = Figure(
            figsize=(width / 25.4, height / 25.4), dpi=150, facecolor="white"
        )
        FigureCanvasAgg(self.figure)

    def at(self, x: float, y: float) -> tuple[float, float]:
        """Give a point in fractions of the figure."""
        return x / self.width, 1 - y / self.height

    def text(self, placed: PlacedText, *, rotation: float = 0.0) -> Text:
        """Print one line of text."""
        x, y = self.at(placed.x, placed.y)
        text = self.figure.text(
            x,
            y,
            placed.text,
            fontproperties=font(placed.points, bold=placed.bold),
            color=placed.color,
            ha=placed.align,
            va="baseline",
            rotation=rotation,
            rotation_mode="anchor",
            parse_math=False,
            usetex=False,
        )
        if placed.link:
            text.set_url(placed.link)
        return text

    def line(
        self,
        points: list[tuple[float, float]],
        *,
        width: float = 0.5,
        color: str = INK,
        dashed: bool = False,
    ) -> Line2D:
        """Draw straight lines through points; `width` is in typographic points."""
        xs, ys = zip(*(self.at(x, y) for x, y in points), strict=True)
        line = Line2D(
            xs,
            ys,
            linewidth=width,
            color=color,
            linestyle=(0, (3, 2)) if dashed else "-",
            solid_capstyle="butt",
            solid_joinstyle="miter",
        )
        self.figure.add_artist(line)
        return line

    def polygon(
        self,
        points: list[tuple[float, float]],
        *,
        fill: str = "none",
        edge: str = "none",
        width: float = 0.5,
    ) -> Polygon:
        """Draw a closed shape."""
        shape = Polygon(
            [self.at(x, y) for x, y in points],
            closed=True,
            facecolor=fill,
            edgecolor=edge,
            linewidth=width,
            transform=self.figure.transFigure,
        )
        self.figure.add_artist(shape)
        return shape

    def box(
        self,
        x: float,
        y: float,
        width: float,
        height: float,
        *,
        fill: str = "none",
        edge: str = INK,
        line_width: float = 0.6,
        radius: float = 0.0,
    ) -> None:
        """Draw a box whose top left corner is at (x, y), its corners rounded or not."""
        if not radius:
            corners = [(x, y), (x + width, y), (x + width, y + height), (x, y + height)]
            self.polygon(corners, fill=fill, edge=edge, width=line_width)
            return
        left, bottom = self.at(x, y + height)
        right, top = self.at(x + width, y)
        # Rounded in millimetres, so that the corners are circles on any page.
        to_figure = Affine2D().scale(1 / self.width, 1 / self.height)
        self.figure.add_artist(
            FancyBboxPatch(
                (left * self.width, bottom * self.height),
                (right - left) * self.width,
                (top - bottom) * self.height,
                boxstyle=f"round,pad=0,rounding_size={radius}",
                facecolor=fill,
                edgecolor=edge,
                linewidth=line_width,
                transform=to_figure + self.figure.transFigure,
            )
        )

    def circle(
        self, x: float, y: float, diameter: float, *, fill: str, edge: str
    ) -> None:
        """Draw a circle around (x, y)."""
        self.figure.add_artist(
            Ellipse(
                self.at(x, y),
                diameter / self.width,
                diameter / self.height,
                facecolor=fill,
                edgecolor=edge,
                linewidth=0.5,
                transform=self.figure.transFigure,
            )
        )

    def axes(
        self, x: float, y: float, width: float, height: float, *, name: str
    ) -> Axes:
        """Add axes whose top left corner is at (x, y)."""
        left, bottom = self.at(x, y + height)
        return self.figure.add_axes(
            (left, bottom, width / self.width, height / self.height), label=name
        )
