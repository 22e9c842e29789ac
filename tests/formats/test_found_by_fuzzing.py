"""What mutated exports broke once, made small; see scripts/fuzz_readers.py."""

import pytest

from formats.laws import check

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
]


@pytest.mark.parametrize(("family", "data"), FOUND)
def test_reader_and_counter_agree(family, data):
    check(data, family)
