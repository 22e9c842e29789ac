"""What mutated exports broke once, made small; see scripts/fuzz_readers.py."""

import pytest

from formats.laws import check
from formats.workbooks import workbook

#: A family, and bytes on which its reader and its counter once disagreed.
FOUND = [
    ("ris", b"TY-\nER\xa0-\nTI -\xde"),
    ("ris", b"TY\x96"),
    ("ris", b"TY\x96 \xe6\x9d\x8e\xe5\x9b\x9b"),
    ("ris", b"TI -d\nER\xa0-\nTY-"),
    ("bibtex", b"\x0b@e{"),
    ("bibtex", b"\xd5\xd5\xd5}@k{"),
    ("table", b'title\n"SOURCE"\n"ABSTRACT'),
    ("table", b'title\n"SOURCE"\n"ABSTRAC"T'),
    ("table", b'e\nAUTHOR NAMES,A\nSOURCE\nABSTRACT",'),
    ("table", b'title,\n"AUTHOR NAMES",\n"ABSTRACT","'),
    ("cnki", b"DataType"),
    ("cnki", b"Sy-\x98\x81SrcDatabase-\xa5\xba\x93:"),
    ("cnki", b"Pa-\xa0:\nSrcDatabase-:"),
    ("cnki", b"Pa-\xe9\xe7\xa0:"),
    ("cnki", b"\x00e1\nTe-\xe9Q\x00:"),
    ("cnki", b"Pe-\xe9\xa1\xb5\xa0\xe8\x80\x85:"),
    ("noteexpress", b"{ReferEnce Type}:"),
    ("central", b"Record #1 of 2\x14\x00\xfe+2\x14\x00"),
    ("pubmed-xml", b"<MedlineCitation "),
    ("pubmed-xml", b"<PubmedArticlee<MedlineCitation "),
    ("endnote-xml", b"<records><record <record>"),
    ("table", b"title\n\x0b"),
    ("table", b'ABSTRACT\n","'),
    ("table", b'title,year\n"""",\n"",""\n" ",\na,b'),
    ("table", b"title,\n\x1c"),
    ("json", b"\xfe\xffTIADA@STRING{"),
    ("json", '{"title": "x", "type": "book"}\n\x80\n'.encode("gb18030")),
    # Words that no field held, no line of the report named, or bytes that were changed.
    ("ris", b"TY -1. CHAP\nT1  - Second\n"),
    ("ris", b"TY-JOUR\nTI  - x\n"),
    ("ris", b"TY - JOUR\nwords\nTI  - x\nER  -\nDatabase: y\n1.\nTI  - x\nER  -"),
    ("ris", b"T1  - Drug A\nE\nER  -"),
    ("ris", b"TY  - JOUR\nAU  - n@4.a\nER  - \n"),
    ("ris", "TY  - JOUR\nTI  - a".encode("utf-16")[:-1]),
    ("nbib", b"PMID-678\nTI  - x\n"),
    ("refer", b"DataType: 1%0 Book\n%T Third\n"),
    ("refer", b"%0\xb6\xb6\x9e0\n\n"),
    ("ris", b"TY  - JOUR\nTI  - \xb6\xb6\x9e0\nTY  - BOOK\n"),
    ("wos", b"PT J\nTI x\nER words\n\nEF\n"),
    ("wos", b"PT J\nTI x\nER\nEFER  - y\n\nEF\n"),
    ("refworks", b"RT J\nT1 x\nER\n\nwords\n\nRT J\n"),
    ("noteexpress", b"{Reference Type}: A\n{DOI}: 10.1/x;{Reference Type}: B\nc"),
    ("central", b"Record #1 of 2MID: CN-01\nTI: Second\n"),
    ("bibtex", b"@article{ada$x^2$},\n  author = {Ada, B},\n year = 2020\n}\n"),
    ("bibtex", b"@article{a,\n  tit\xafe = {A},\n  author = {B}\n"),
    ("bibtex", b"@book{b, title = {A\x96}}Record #1 of 2\r\n@comment{x} words"),
    ("bibtex", b"@t(i"),
    ("bibtex", b"}@string{\nu\ng\n@a{"),
    ("bibtex", b'@string(j = "x)")\n@article(key, title = {x (y)}, year = 2020)\n'),
    ("endnote-xml", b'<record><a>1<b c="2"><d e="3"/></b></a></record>'),
    ("endnote-xml", b"<record><title><![CDATA[><!---->s]]></title></record>"),
    ("table", b'"TITLE"\n\n,"A"\n"AUTHOR NAMES","B"\n"SOURCE","C"\n"X\nY"\n'),
    (
        "json",
        b'{"n": 3, "studies": [{"title": "A\x96", "type": "a\r\nb"}], "next": "x"}',
    ),
    ("json", b'[{"title": "A", "title": "B", "type": "c"}, "words"]'),
    ("ovid", b"<2>"),
    ("ovid-text", b"\xb0\xa8\xb1\xdf\xba\x00itles>ERIC - \xa5econd\n"),
    ("ovid-text", b"\x00n\n"),
    ("ovid-text", b"\n\n"),
    ("json", b'""{"title":[""],"author":[{"family":"n@4.a"}]}'),
    ("json", b'\x00[\xd9{"'),
    (
        "xlsx",
        workbook(
            sheet1="<a><row/><row><c><row><c t='s'><v>%</v></c></row></c></row></a>"
        ),
    ),
    ("xlsx", workbook(sharedStrings='<sst xmlns="a}b"><si><t>Title</t></si></sst>')),
]


@pytest.mark.parametrize(("family", "data"), FOUND)
def test_reader_and_counter_agree(family, data):
    check(data, family)
