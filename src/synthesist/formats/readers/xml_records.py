"""Read XML exports: EndNote, PubMed, WHO ICTRP, RevMan 5."""

from __future__ import annotations

import re
from collections.abc import Callable

from synthesist.formats.readers.context import Context, Records
from synthesist.formats.readers.endnote_xml import KNOWN as ENDNOTE_KNOWN
from synthesist.formats.readers.endnote_xml import endnote_roles
from synthesist.formats.readers.ictrp_xml import ictrp_roles
from synthesist.formats.readers.pubmed_xml import pubmed_roles
from synthesist.formats.readers.revman_references import StudyOf, revman_roles
from synthesist.formats.xml import BrokenXml, Cut, Node, cut_elements, parse_element

Understand = Callable[[Node], dict[str, list[str]]]

#: Markup around the records, which says nothing of its own.
_FRAME = re.compile(r"<[^<>]*>|<!\[CDATA\[|\s+")


def read_elements(
    context: Context,
    names: tuple[str, ...],
    understand: Understand,
    known: frozenset[str] | None = None,
    outside: Callable[[str], None] | None = None,
) -> Records:
    """Give the elements of some names as records; each is read by itself."""
    for piece in cut_elements(context.blocks(), names):
        if not isinstance(piece, Cut):
            line, text = piece
            if outside:
                outside(text)
            if _FRAME.sub("", text) and not outside:
                context.tally.passage(line, text.strip())
            continue
        if not piece.whole:
            yield context.aside(
                piece.line,
                piece.text,
                "the record does not end",
                "download the file again",
            )
            continue
        try:
            node = parse_element(context.mended(piece.text))
        except BrokenXml as error:
            yield context.aside(
                piece.line,
                piece.text,
                f"the XML is broken: {error}",
                "mend it and read it again",
            )
            continue
        if known is not None:
            for child in node.children():
                if child.name not in known:
                    context.tally.unknown_tags[child.name] += 1
        yield context.entry(
            list(node.leaves()), piece.line, piece.text, understand(node)
        )


def read_endnote_xml(context: Context) -> Records:
    """Give the records of EndNote's XML."""
    return read_elements(context, ("record",), endnote_roles, ENDNOTE_KNOWN)


def read_pubmed_xml(context: Context) -> Records:
    """Give the records of PubMed's XML."""
    names = ("PubmedArticle", "PubmedBookArticle")
    if not _occurs(context, names):
        names = ("MedlineCitation",)
    return read_elements(context, names, pubmed_roles)


def read_ictrp_xml(context: Context) -> Records:
    """Give the trials of the WHO's search portal."""
    name = "Trial" if _occurs(context, ("Trial",)) else "trial"
    return read_elements(context, (name,), ictrp_roles)


def _occurs(context: Context, names: tuple[str, ...]) -> bool:
    """Say whether an element of one of the names begins in the file."""
    pattern = re.compile(
        rf"<(?:[A-Za-z][\w.-]*:)?(?:{'|'.join(names)})(?=[\s/>])", re.ASCII
    )
    rest = ""
    for block in context.blocks():
        if pattern.search(_NO_MARKUP.sub("", rest + block)):
            return True
        # A tag may begin in one block and end in the next.
        rest = block[-64:]
    return False


#: Text in which a tag is none.
_NO_MARKUP = re.compile(r"<!--.*?(?:-->|\Z)|<!\[CDATA\[.*?(?:\]\]>|\Z)", re.DOTALL)


def read_rm5(context: Context) -> Records:
    """Give the references of a RevMan 5 review, each with its study."""
    study = StudyOf()
    return read_elements(
        context,
        ("REFERENCE",),
        lambda node: revman_roles(node, study),
        outside=study.see,
    )
