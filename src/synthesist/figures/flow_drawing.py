"""The boxes of a PRISMA 2020 flow diagram are placed and drawn."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from matplotlib.figure import Figure

from synthesist.errors import InvalidInput
from synthesist.figures.flow_boxes import Boxes, Line, flow_boxes, headings
from synthesist.figures.flow_model import FlowCounts
from synthesist.figures.individual_model import IndividualCounts, individual_boxes
from synthesist.figures.page import (
    ACCENT,
    GREY,
    INK,
    MM_PER_POINT,
    PALE,
    SOFT,
    Page,
    PlacedText,
    house_style,
)
from synthesist.figures.typeface import (
    ASCENT,
    CAP_HEIGHT,
    DESCENT,
    clean,
    register,
    text_width,
)
from synthesist.figures.wrapping import balanced, wrap

MARGIN = 1.5
LEAD = 1.25

#: Columns with the gap in mm before each; an arrow needs more room than white space.
COLUMNS = (("previous", 0), ("main", 5), ("side", 6), ("other", 5), ("other side", 6))
ROWS = ("identification", "screened", "sought", "assessed", "included", "total")
PHASES = (
    ("Identification", ("identification",)),
    ("Screening", ("screened", "sought", "assessed")),
    ("Included", ("included", "total")),
)

#: Narrower boxes break ordinary words; wider ones are mostly empty.
LEAST_WIDTH, MOST_WIDTH = 23.0, 66.0

CREDIT = "Form of the diagram: PRISMA 2020, Page MJ et al. BMJ 2021;372:n71."
INDIVIDUAL_CREDIT = (
    "Form of the diagram: after PRISMA-IPD, Stewart LA et al. JAMA 2015;313:1657."
)
INDIVIDUAL_PHASES = (
    ("Studies", ("identification",)),
    ("Obtaining data", ("sought", "assessed")),
    ("Analysed", ("included",)),
)

Phases = tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class Form:
    """What a flow diagram says, whichever it is."""

    boxes: Boxes
    headings: dict[str, str]
    phases: Phases
    credit: str
    title: str
    label: str


def form_of(counts: FlowCounts) -> Form:
    """Give the diagram of a review's records."""
    return Form(
        flow_boxes(counts), headings(counts), PHASES, CREDIT, counts.title, counts.label
    )


def individual_form(counts: IndividualCounts) -> Form:
    """Give the diagram of individual data."""
    return Form(
        individual_boxes(counts),
        {"main": "Individual participants' data"},
        INDIVIDUAL_PHASES,
        INDIVIDUAL_CREDIT,
        counts.title,
        counts.label,
    )


@dataclass(frozen=True, slots=True)
class Box:
    """A box with its lines, wrapped: text and indent in mm."""

    x: float
    y: float
    width: float
    height: float
    lines: tuple[tuple[str, float], ...]

    @property
    def middle(self) -> float:
        """Give the x of its centre."""
        return self.x + self.width / 2

    @property
    def level(self) -> float:
        """Give the y of its centre."""
        return self.y + self.height / 2

    @property
    def bottom(self) -> float:
        """Give the y of its lower edge."""
        return self.y + self.height


class FlowLayout:
    """Columns, rows and boxes in millimetres."""

    def __init__(self, form: Form, width: float) -> None:
        self.form, self.width = form, width
        texts = form.boxes
        self.names = [n for n, _ in COLUMNS if any(c == n for c, _ in texts)]
        self.points = 8.0 if width >= 140 and len(self.names) < 4 else 7.0
        self.em = self.points * MM_PER_POINT
        self.phase = 2.1 * self.em
        self.left = MARGIN
        self.columns = self._columns()
        self.padding = 0.55 * self.em
        self.gap = 1.7 * self.em
        self.top = self._top()
        self.headings, y = self._headings(self.top)
        self.boxes, self.bands, bottom = self._boxes(texts, y)
        self.height = bottom + 0.5 * self.em + LEAD * 0.85 * self.em + MARGIN

    def _columns(self) -> dict[str, tuple[float, float]]:
        """Give left edge and width of each column."""
        gaps = {name: gap if i else 0 for i, (name, gap) in enumerate(COLUMNS)}
        gaps[self.names[0]] = 0
        left = MARGIN + self.phase + 2.2
        room = self.width - MARGIN - left - sum(gaps[name] for name in self.names)
        each = room / len(self.names)
        if each < LEAST_WIDTH:
            least = self.width + (LEAST_WIDTH - each) * len(self.names)
            raise InvalidInput(
                f"a page {self.width:g} mm wide has no room for {len(self.names)} "
                "columns of boxes",
                where="the flow diagram",
                remedy=f"make it at least {least:.0f} mm wide",
            )
        spare = max(0.0, each - MOST_WIDTH) * len(self.names)
        each = min(each, MOST_WIDTH)
        self.left = MARGIN + spare / 2
        left += spare / 2
        columns: dict[str, tuple[float, float]] = {}
        for name in self.names:
            left += gaps[name]
            columns[name] = (left, each)
            left += each
        return columns

    def _top(self) -> float:
        """Give the y under title and label."""
        if not (self.form.title or self.form.label):
            return MARGIN
        lines = len(self.title_lines())
        return MARGIN + max(lines * LEAD * 1.15, 1.9) * self.em + 0.4 * self.em

    def title_lines(self) -> list[str]:
        """Give the title, wrapped beside the label."""
        title, label = clean(self.form.title), clean(self.form.label)
        if not title:
            return []
        taken = text_width(label, self.points, bold=True) + 3 * self.em if label else 0
        room = self.width - 2 * MARGIN - taken
        return wrap(title, room, self.points + 1, bold=True)

    def _headings(self, y: float) -> tuple[list[Box], float]:
        """Place the headings, each over the columns it speaks of."""
        made: list[tuple[float, float, list[str]]] = []
        for name, text in self.form.headings.items():
            left, width = self.columns[name]
            side = {"main": "side", "other": "other side"}.get(name)
            if side in self.columns:
                width = sum(self.columns[side]) - left
            lines = balanced(text, width - 2 * self.padding, self.points, bold=True)
            made.append((left, width, lines))
        most = max(len(lines) for _, _, lines in made)
        height = most * LEAD * self.em + 1.2 * self.padding
        boxes = [
            Box(left, y, width, height, tuple((line, 0.0) for line in lines))
            for left, width, lines in made
        ]
        return boxes, y + height + 0.8 * self.gap

    def _wrapped(
        self, lines: tuple[Line, ...], width: float
    ) -> list[tuple[str, float]]:
        """Wrap the lines of a box, continuations set in a little further."""
        found: list[tuple[str, float]] = []
        for line in lines:
            indent = line.level * 0.9 * self.em
            room = width - 2 * self.padding - indent
            parts = wrap(clean(line.text), room, self.points)
            if line.level and len(parts) > 1:
                hang = 0.6 * self.em
                rest = clean(line.text)[len(parts[0]) :].lstrip()
                parts = [parts[0], *wrap(rest, room - hang, self.points)]
                found.append((parts[0], indent))
                found.extend((part, indent + hang) for part in parts[1:])
            else:
                found.extend((part, indent) for part in parts)
        return found

    def _boxes(
        self, texts: Boxes, y: float
    ) -> tuple[dict[tuple[str, str], Box], dict[str, tuple[float, float]], float]:
        """Place the boxes row by row, those of a row on one centre line."""
        boxes: dict[tuple[str, str], Box] = {}
        bands: dict[str, tuple[float, float]] = {}
        for row in ROWS:
            made = {
                column: self._wrapped(lines, self.columns[column][1])
                for (column, at), lines in texts.items()
                if at == row
            }
            if not made:
                continue
            heights = {
                column: len(lines) * LEAD * self.em + 2 * self.padding
                for column, lines in made.items()
            }
            band = max(*heights.values(), self._least_band(row, texts))
            for column, lines in made.items():
                left, width = self.columns[column]
                top = y + (band - heights[column]) / 2
                boxes[column, row] = Box(
                    left, top, width, heights[column], tuple(lines)
                )
            bands[row] = (y, y + band)
            y += band + self.gap
        return boxes, bands, y - self.gap

    def _least_band(self, row: str, texts: Boxes) -> float:
        """Give the height a row needs so that the name of its phase fits beside it."""
        for name, rows in self.form.phases:
            present = [r for r in rows if any(at == r for _, at in texts)]
            if present == [row]:
                return text_width(name, self.points, bold=True) + self.em
        return 0.0


def draw_flow(counts: FlowCounts, width_mm: float) -> Figure:
    """Draw the flow diagram; see `synthesist.figures.flow`."""
    return draw_form(form_of(counts), width_mm)


def draw_individual_flow(counts: IndividualCounts, width_mm: float) -> Figure:
    """Draw the flow of individual data; after PRISMA-IPD.

    References
    ----------
    Stewart LA et al. JAMA 2015;313:1657. doi:10.1001/jama.2015.3656
    """
    return draw_form(individual_form(counts), width_mm)


def draw_form(form: Form, width_mm: float) -> Figure:
    """Draw a flow diagram."""
    register()
    layout = FlowLayout(form, width_mm)
    with house_style():
        page = Page(layout.width, layout.height)
        _draw_top(page, layout)
        for box in layout.headings:
            page.box(box.x, box.y, box.width, box.height, fill=PALE, edge=ACCENT,
                     radius=1.0)  # fmt: skip
            _draw_lines(page, layout, box, bold=True)
        for box in layout.boxes.values():
            page.box(box.x, box.y, box.width, box.height)
            _draw_lines(page, layout, box)
        _draw_phases(page, layout)
        _draw_arrows(page, layout)
        small = layout.points * 0.85
        page.text(
            PlacedText(x=layout.left, y=layout.height - MARGIN - DESCENT * small * 0.3528,
                       text=form.credit, points=small, color=GREY)
        )  # fmt: skip
    return page.figure


def _draw_top(page: Page, layout: FlowLayout) -> None:
    """Print the title at the left and the plain label at the right."""
    points, em = layout.points, layout.em
    y = MARGIN
    for line in layout.title_lines():
        page.text(
            PlacedText(
                x=MARGIN, y=y + ASCENT * 1.1 * em, text=line, points=points + 1,
                bold=True,
            )
        )  # fmt: skip
        y += LEAD * 1.15 * em
    label = clean(layout.form.label)
    if not label:
        return
    width = text_width(label, points, bold=True) + 0.9 * em
    left, height = layout.width - MARGIN - width, 1.5 * em
    page.box(left, MARGIN, width, height, edge=ACCENT, radius=0.8)
    page.text(
        PlacedText(
            x=left + width / 2,
            y=MARGIN + height / 2 + CAP_HEIGHT / 2 * em,
            text=label,
            points=points,
            align="center",
            bold=True,
            color=ACCENT,
        )
    )


def _draw_lines(
    page: Page, layout: FlowLayout, box: Box, *, bold: bool = False
) -> None:
    """Print the lines of a box: headings centred, boxes from the left."""
    em = layout.em
    y = box.level - len(box.lines) * LEAD * em / 2
    for text, indent in box.lines:
        page.text(
            PlacedText(
                x=box.middle if bold else box.x + layout.padding + indent,
                y=y + (LEAD - ASCENT - DESCENT) / 2 * em + ASCENT * em,
                text=text,
                points=layout.points,
                align="center" if bold else "left",
                bold=bold,
            )
        )
        y += LEAD * em


def _draw_phases(page: Page, layout: FlowLayout) -> None:
    """Draw the three phases down the left edge."""
    for name, rows in layout.form.phases:
        bands = [layout.bands[row] for row in rows if row in layout.bands]
        top, bottom = bands[0][0], bands[-1][1]
        page.box(layout.left, top, layout.phase, bottom - top, fill=SOFT, edge=SOFT,
                 radius=1.0)  # fmt: skip
        page.text(
            PlacedText(
                x=layout.left + layout.phase / 2 + CAP_HEIGHT / 2 * layout.em,
                y=(top + bottom) / 2,
                text=name,
                points=layout.points,
                align="center",
                bold=True,
            ),
            rotation=90,
        )


def _draw_arrows(page: Page, layout: FlowLayout) -> None:
    """Draw the ways between boxes."""
    boxes = layout.boxes
    for column in ("main", "other"):
        present = [boxes[column, row] for row in ROWS if (column, row) in boxes]
        for upper, lower in pairwise(present):
            _arrow(page, [(upper.middle, upper.bottom), (upper.middle, lower.y)])
    for left, right in (("main", "side"), ("other", "other side")):
        for row in ROWS:
            if (left, row) in boxes and (right, row) in boxes:
                start, end = boxes[left, row], boxes[right, row]
                _arrow(
                    page, [(start.x + start.width, start.level), (end.x, start.level)]
                )
    included = boxes["main", "included"]
    if found := boxes.get(("other", "assessed")):
        corner = (found.middle, included.level)
        end = (included.x + included.width, included.level)
        _arrow(page, [(found.middle, found.bottom), corner, end])
    if earlier := boxes.get(("previous", "identification")):
        total = boxes["main", "total"]
        corner = (earlier.middle, total.level)
        _arrow(page, [(earlier.middle, earlier.bottom), corner, (total.x, total.level)])


def _arrow(page: Page, points: list[tuple[float, float]]) -> None:
    """Draw a way of straight lines with a head at its end."""
    length, half = 1.7, 0.75
    (x0, y0), (x1, y1) = points[-2], points[-1]
    along = ((x1 > x0) - (x1 < x0), (y1 > y0) - (y1 < y0))
    base = (x1 - length * along[0], y1 - length * along[1])
    page.line([*points[:-1], base], width=0.7)
    page.polygon(
        [
            (x1, y1),
            (base[0] + half * along[1], base[1] + half * along[0]),
            (base[0] - half * along[1], base[1] - half * along[0]),
        ],
        fill=INK,
    )
