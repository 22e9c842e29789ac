"""Write formulas as MathML, which browsers draw themselves, without script or network."""

from __future__ import annotations

import re
from typing import Any

from docutils import nodes
from docutils.utils.math.latex2mathml import tex2mathml
from sphinx.application import Sphinx

#: A letter with an accent above it and, wrongly, its index below.
UNDER = re.compile(
    r'<munderover>\s*(<mi>[^<]*</mi>)(.*?)(<mo stretchy="false">[ˆˉ]</mo>)\s*</munderover>',
    re.DOTALL,
)


def to_mathml(tex: str, *, block: bool = False) -> str:
    """Return a formula as MathML, the index of an accented letter beside it."""
    beside = r'<msub><mover accent="true">\1\3</mover>\2</msub>'
    return UNDER.sub(beside, tex2mathml(tex, as_block=block))


def visit_inline(translator: Any, node: nodes.math) -> None:
    """Write a formula within a sentence."""
    translator.body.append(to_mathml(node.astext()))
    raise nodes.SkipNode


def visit_block(translator: Any, node: nodes.math_block) -> None:
    """Write a formula that has a line of its own."""
    formula = to_mathml(node.astext(), block=True)
    translator.body.append(f'<div class="formula">{formula}</div>\n')
    raise nodes.SkipNode


def setup(app: Sphinx) -> dict[str, Any]:
    """Name the renderer."""
    app.add_html_math_renderer("mathml", (visit_inline, None), (visit_block, None))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
