"""A page on which somebody judges pairs of records in a browser, without a network."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from importlib.resources import files

from synthesist import __version__
from synthesist.documents.side_by_side import Line


@dataclass(frozen=True, slots=True, kw_only=True)
class PairToJudge:
    """Two records side by side; `row` is what is saved of the pair beside the answer."""

    left: str
    right: str
    reason: str
    lines: tuple[Line, ...]
    row: Mapping[str, str]


def judging_page(
    pairs: Sequence[PairToJudge], *, title: str, then: str, columns: Sequence[str]
) -> str:
    """Return the page; its answers are saved as a CSV from the browser.

    Parameters
    ----------
    pairs : sequence of PairToJudge
        What is judged, in this order.
    title : str
        What the page is about.
    then : str
        The command that takes the file of answers.
    columns : sequence of str
        The header of that file; `answer` is the person's.
    """
    from jinja2 import Environment, PackageLoader, StrictUndefined
    from markupsafe import Markup

    from synthesist.figures import embedded_font_css

    environment = Environment(
        loader=PackageLoader("synthesist.documents"),
        autoescape=True,
        undefined=StrictUndefined,
    )
    templates = files("synthesist.documents").joinpath("templates")
    named = "\n".join(f"{pair.left} {pair.right}" for pair in pairs)
    values = {
        "version": __version__,
        "title": title,
        "then": then,
        "columns": list(columns),
        "pairs": pairs,
        # What was answered is kept by the browser under the pairs that are asked.
        "key": sha256(named.encode()).hexdigest()[:16],
        "css": Markup(templates.joinpath("report.css").read_text("utf-8")),  # noqa: S704
        "own_css": Markup(templates.joinpath("judging.css").read_text("utf-8")),  # noqa: S704
        "script": Markup(templates.joinpath("judging.js").read_text("utf-8")),  # noqa: S704
    }
    template = environment.get_template("judging.html.j2")
    # The glyphs are chosen from the finished page, so the page is made twice.
    fonts = embedded_font_css(template.render(**values, fonts=""))
    return template.render(**values, fonts=Markup(fonts))  # noqa: S704
