"""What holds for any bytes, and the pieces of which files are made to break it."""

import json

from synthesist.errors import InvalidInput
from synthesist.formats import Reference, ReferenceFile

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


def check(data, dialect=""):
    """Read bytes to the end; the only exception may be InvalidInput."""
    try:
        file = ReferenceFile(data, name="soup", dialect=dialect)
        records = list(file)
        report = file.report()
    except InvalidInput:
        return
    assert report.conserved, report.summary()
    for ordinal, record in enumerate(records, start=1):
        assert record.origin.ordinal == ordinal
        assert record.origin.raw
    assert report.records == sum(isinstance(record, Reference) for record in records)
    json.dumps(report.to_dict())
    assert report.summary()
