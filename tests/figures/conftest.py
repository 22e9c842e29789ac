"""Drawings measured as a reader sees them: boxes of text in pixels."""

import pytest
from matplotlib.text import Text


def text_boxes(figure):
    """Give every visible text of a figure with its box at print resolution."""
    figure.set_dpi(300)
    figure.draw_without_rendering()
    renderer = figure.canvas.get_renderer()
    return [
        (text.get_text(), text.get_window_extent(renderer))
        for text in figure.findobj(Text)
        if text.get_visible() and text.get_text()
    ]


def overlaps(first, second):
    """Tell whether two boxes share more than the pixel that rounding gives."""
    wide = min(first.x1, second.x1) - max(first.x0, second.x0)
    high = min(first.y1, second.y1) - max(first.y0, second.y0)
    return wide > 1 and high > 1


def assert_legible(figure):
    """Fail when texts overlap or leave the page."""
    boxes = text_boxes(figure)
    width, height = figure.bbox.width, figure.bbox.height
    for index, (text, box) in enumerate(boxes):
        assert box.x0 >= -1, f"{text!r} leaves the page at the left"
        assert box.y0 >= -1, f"{text!r} leaves the page at the bottom"
        assert box.x1 <= width + 1, f"{text!r} leaves the page at the right"
        assert box.y1 <= height + 1, f"{text!r} leaves the page at the top"
        for other, second in boxes[index + 1 :]:
            assert not overlaps(box, second), f"{text!r} and {other!r} overlap"


@pytest.fixture
def legible():
    """Give the check that every figure must pass."""
    return assert_legible
