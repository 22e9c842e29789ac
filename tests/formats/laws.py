"""What holds for any bytes, and the pieces of which files are made to break it."""

import json

from formats.conservation import MARKUP, check_conservation
from synthesist.errors import InvalidInput
from synthesist.formats import WRITERS, Reference, ReferenceFile
from synthesist.formats.source import Source

#: Pieces of which files of every family are made, in any order and as often as liked.
PIECES = [
    "TY  - JOUR", "ER  - ", "TI  - A title", "AU  - Ada, B", "KW - x", "TY", "ER",
    "PMID- 12345678", "TI  - x", "      continued", "AB  - text",
    "%0 Journal Article", "%T title", "%A Ada, B", "%X text",
    "FN x", "PT J", "AU Ada, B", "   Byron, G", "ER", "EF",
    "RT Journal Article", "T1 title", "A1 甲;乙;",
    "{Reference Type}: Journal Article", "{Title}: 题", "{Author}: 甲", ";{Reference Type}: Book",
    "DataType: 1", "Title-题名: 题", "SrcDatabase-来源库: 期刊",
    "Record #1 of 2", "ID: CN-01234567", "TI: title",
    "@article{a,", "title = {x},", "}", "@string{a = {b}}", "@comment{", "}@book{b, title = {y}}", "@misc",
    "<xml><records>", "<record>", "</record>", "<titles><title>x</title></titles>", "<!--", "-->",
    "<PubmedArticle>", "</PubmedArticle>", "<![CDATA[", "]]>", "<Trial>", "</Trial>", "<REFERENCE>", "</REFERENCE>",
    "title,year,abstract", "a,2020,b", '"a', 'b"', 'x,"y ""z"" ",q', "a;b;c", "title\tyear", "a\tb",
    "[", "]", "{", "}", '{"title": "x", "type": "book"}', ",", '"studies":', ":",
    "", "", " ", "\u3000", "\ufeff", "\x00", "é", "中文", "\u2028", "1.", "words of no format",
]  # fmt: skip

#: Words that a fuzzer may put anywhere.
DICTIONARY = [piece for piece in PIECES if len(piece) > 1 and "\x00" not in piece]


class Dripping(Source):
    """A file that arrives in small blocks."""

    step = 7

    def blocks(self, size=0):
        data, step = self.data, self.step
        return (data[place : place + step] for place in range(0, len(data), step))


#: Families that look ahead in the first block.
LOOKING_AHEAD = {"cnki", "ovid", "ovid-text", *MARKUP, "xlsx"}


#: Bytes that may arrive a few at a time without taking long.
SHORT = 20_000


def check(data, dialect=""):
    """Read bytes to the end; the only exception may be InvalidInput.

    Returns the records, none where the file is refused.
    """
    try:
        file = ReferenceFile(data, name="soup", dialect=dialect)
        records = list(file)
        report = file.report()
    except InvalidInput:
        return []
    assert report.conserved, report.summary()
    for ordinal, record in enumerate(records, start=1):
        assert record.origin.ordinal == ordinal
        assert record.origin.raw
    references = [record for record in records if isinstance(record, Reference)]
    assert report.records == len(references)
    for reference in references:
        assert reference.record
        json.dumps(reference.fields)
    json.dumps(report.to_dict())
    assert report.summary()
    family = file.dialect.family
    if family != "xlsx":
        check_conservation(data, family, file.encoding.name, records, report)
    if family not in LOOKING_AHEAD and len(data) < SHORT:
        file.source = Dripping("soup", data=data)
        assert list(file) == records
        assert file.report() == report
    return references


def check_written(references):
    """Write references in every format of text; as many must come back."""
    for code, writer in WRITERS.items():
        if writer.text is None or not references:
            continue
        text = "".join(writer.text(references))
        file = ReferenceFile(text.encode(), name="again")
        back = list(file)
        report = file.report()
        assert report.conserved, (code, report.summary())
        assert report.set_aside == (), (code, report.summary(), text)
        assert len(back) == len(references), (code, report.summary(), text)
