"""Turn ``doi:10.1000/x`` in pages and docstrings into links."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms import SphinxTransform

#: A full stop, a comma or a bracket at the end belongs to the sentence.
DOI = re.compile(r"doi:(10\.\d{4,9}/\S*[^\s.,;)])")


class LinkDois(SphinxTransform):
    """Link every identifier that is not code and not linked yet."""

    default_priority = 750

    def apply(self, **kwargs: Any) -> None:
        """Replace the texts that hold one."""
        for text in list(self.document.findall(nodes.Text)):
            kept = (nodes.literal, nodes.literal_block, nodes.reference)
            if isinstance(text.parent, kept) or not DOI.search(text):
                continue
            text.parent.replace(text, self._parts(str(text)))

    def _parts(self, text: str) -> list[nodes.Node]:
        parts: list[nodes.Node] = []
        end = 0
        for found in DOI.finditer(text):
            parts.append(nodes.Text(text[end : found.start()]))
            address = "https://doi.org/" + quote(found[1], safe="/().:;[]-_")
            parts.append(nodes.reference("", found[0], refuri=address))
            end = found.end()
        return [*parts, nodes.Text(text[end:])]


def setup(app: Sphinx) -> dict[str, Any]:
    """Add the transform."""
    app.add_transform(LinkDois)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
