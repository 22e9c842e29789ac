"""Write records that were set aside so that they can be opened, corrected and read."""

from __future__ import annotations

from collections.abc import Sequence

from synthesist.formats.reference import SetAside

#: What a family needs around its records.
_FRAMES = {
    "endnote-xml": ("<xml><records>\n", "\n", "\n</records></xml>\n"),
    "pubmed-xml": ("<PubmedArticleSet>\n", "\n", "\n</PubmedArticleSet>\n"),
    "ictrp-xml": (
        "<Trials_downloaded_from_ICTRP>\n",
        "\n",
        "\n</Trials_downloaded_from_ICTRP>\n",
    ),
    "rm5": ("<COCHRANE_REVIEW>\n", "\n", "\n</COCHRANE_REVIEW>\n"),
    "json": ("[\n", ",\n", "\n]\n"),
}


def correction_file(asides: Sequence[SetAside]) -> str:
    """Return the text of a file that holds these records of one file and nothing else."""
    family = asides[0].origin.dialect.partition("/")[0]
    before, between, after = _FRAMES.get(family, (asides[0].header, "", ""))
    texts = [aside.origin.text for aside in asides]
    if not between:
        texts = [text if text.endswith("\n") else f"{text}\n" for text in texts]
    # Bytes that were no text are shown as they were read.
    joined = before + between.join(texts) + after
    return joined.encode("utf-8", "replace").decode("utf-8")
