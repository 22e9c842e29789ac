"""Files made to exhaust a reader: each ends soon, and with an account or a refusal."""

import resource
import sys
import time

import pytest

from formats.reading import read
from synthesist.errors import InvalidInput
from synthesist.formats import ReferenceFile
from synthesist.formats.dialects import families

LONG = 10_000_000

#: A record of each family, with the place where its text goes on.
RECORDS = {
    "ris": "TY  - JOUR\nAB  - {}\nER  - \n",
    "nbib": "PMID- 1\nAB  - {}\n",
    "eric": "OWN - ERIC\nAB  - {}\n",
    "ovid": "VN  - Ovid Technologies\nAB  - {}\n",
    "ovid-text": "<1>\nAbstract\n  {}\n",
    "refer": "%0 Book\n%X {}\n",
    "wos": "PT J\nAB {}\nER\n",
    "refworks": "RT J\nAB {}\n",
    "noteexpress": "{{Reference Type}}: J\n{{Abstract}}: {}\n",
    "cnki": "DataType: 1\nSummary-摘要: {}\n",
    "central": "Record #1 of 1\nAB: {}\n",
    "bibtex": "@article{{a, abstract = {{{}}}}}\n",
    "table": "title,abstract\na,{}\n",
    "json": '[{{"abstract": "{}", "title": "a", "type": "b"}}]',
    "endnote-xml": "<xml><records><record><abstract>{}</abstract></record></records></xml>",
    "pubmed-xml": "<PubmedArticle><MedlineCitation><Article><Abstract><AbstractText>{}"
    "</AbstractText></Abstract></Article></MedlineCitation></PubmedArticle>",
    "ictrp-xml": "<Trial><Public_title>{}</Public_title></Trial>",
    "rm5": "<COCHRANE_REVIEW><REFERENCE><TI>{}</TI></REFERENCE></COCHRANE_REVIEW>",
}

XML = ("endnote-xml", "pubmed-xml", "ictrp-xml", "rm5")


def test_every_family_of_text_is_here():
    assert RECORDS.keys() == set(families()) - {"xlsx"}


@pytest.mark.parametrize("family", RECORDS)
def test_a_line_of_ten_megabytes(family):
    started = time.process_time()
    references, report = read(RECORDS[family].format("x" * LONG), dialect=family)
    assert time.process_time() - started < 10
    assert len(references) == report.start_markers == 1
    assert max(len(value) for _, value in references[0].fields) >= LONG


@pytest.mark.parametrize("family", XML)
def test_elements_a_million_deep(family):
    deep = "<a>" * 1_000_000
    started = time.process_time()
    for text in (RECORDS[family].format(deep), deep + RECORDS[family].format("x")):
        _, report = read(text, dialect=family)
        assert report.start_markers == 1
    assert time.process_time() - started < 10


BOMBS = {
    "inside": '[<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">'
    '<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]',
    "quadratic": '[<!ENTITY c "' + "a" * 100_000 + '">]',
    "of itself": '[<!ENTITY c "&c;">]',
    "outside": '[<!ENTITY c SYSTEM "file:///etc/hostname">]',
    "by a parameter": '[<!ENTITY % a SYSTEM "file:///etc/hostname"> %a; %c;]',
    "by another document": 'SYSTEM "http://127.0.0.1:9/a.dtd"',
}


@pytest.mark.parametrize("bomb", BOMBS)
@pytest.mark.parametrize("family", XML)
def test_entities_stay_what_they_are(family, bomb):
    text = RECORDS[family].format("&c; " * 1000)
    started = time.process_time()
    (reference,), _ = read(f"<!DOCTYPE a {BOMBS[bomb]}>\n{text}", dialect=family)
    assert time.process_time() - started < 5
    values = [value for _, value in reference.fields]
    assert any(value.count("&c;") == 1000 for value in values)
    assert max(map(len, values)) < 5000


def test_a_declaration_inside_a_record_is_set_aside():
    inside = '<!DOCTYPE a [<!ENTITY c "x">]>&c;'
    for family in XML:
        _, report = read(RECORDS[family].format(inside), dialect=family)
        assert len(report.set_aside) == 1


N = 40_000
CITED = "title,author names,pui,source\na,b,c,"
NAMED = "title,authors,keywords\na,"

#: A family, what stands first, what is repeated up to some length, and what follows:
#: each once took the square of its length, or more.
REPEATED = [
    ("", "", "\n", "x"),
    ("", "x", "\n", "x"),
    ("", "Record #1 of 2", "\n", "x"),
    ("", "TY  - JOUR\n", "JF  - \nKW  - \n", ""),
    ("", "TY  - JOUR\n", "VO  - \nJA  - \n", ""),
    ("", "", "TI  - \n", ""),
    ("", "", "%T \n", ""),
    ("", "TY  - JOUR\nU1  - ", "1", ""),
    ("ris", "TY  - JOUR\n", "\ufeff", ""),
    ("ris", "TY  - JOUR\nAU  - 李", "1", "a"),
    ("ris", "TY  - JOUR\nAU  - ", "a", " @"),
    ("ris", "TY  - JOUR\nAB  - a  - ", " ", "x"),
    ("ris", "TY  - JOUR\nDO  - ", "10.1000.", ""),
    ("ris", "TY  - JOUR\nTI  - a <i", " ", "x"),
    ("ris", "TY  - JOUR\nUR  - http://a", ";", ""),
    ("nbib", "PMID- 1\nTI  - x\n\n", " ", "\n\nx\n"),
    ("nbib", "PMID- 1\nTI  - x", "\n", "AB  - x\nPMID- 2\n"),
    ("nbib", "x", "\n", "x\nPMID- 2\n"),
    ("noteexpress", "{Reference Type}: A\n{Title}: a", "\n", "b\n"),
    ("bibtex", "@article{a, abstract = {", "\n", ""),
    ("bibtex", "@string{a = {x", "\n", "y}\n@a{b, c = {d}}"),
    ("bibtex", "@article{a, author = {a", " ", "b}}"),
    ("bibtex", "@article{a, title = {costs $5, ", "\\alpha x ", "}}"),
    ("table", CITED + '"a', " ", 'b"'),
    ("table", NAMED + '"x;', " ", 'y",b'),
    ("table", NAMED + 'x,"', "a,", '"'),
    ("ovid", "VN  - Ovid\nAU  - a", " MD", ""),
    ("ovid", "VN  - Ovid\nAU  - a", "[", "]x"),
    ("ovid", "VN  - Ovid\nAU  - a", "1", "x"),
    ("ovid", "VN  - Ovid\nAU  - a", " ", "x"),
    ("ovid-text", "", "\n", ""),
    ("rm5", "<COCHRANE_REVIEW><REFERENCE><AU>a", " ", "b</AU></REFERENCE>"),
    ("rm5", "<COCHRANE_REVIEW>", "<STUDY ", "<REFERENCE/>"),
]


@pytest.mark.parametrize(("family", "before", "piece", "after"), REPEATED)
def test_nothing_takes_the_square_of_its_length(family, before, piece, after):
    data = (before + piece * (N // len(piece)) + after).encode()
    started = time.process_time()
    try:
        file = ReferenceFile(data, name="x", dialect=family)
        for _ in file:
            pass
        assert file.report().conserved
    except InvalidInput:
        pass
    assert time.process_time() - started < 2


@pytest.mark.skipif(sys.platform == "win32", reason="there is no such measure")
def test_a_string_as_long_as_the_file_takes_a_few_times_its_length():
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    read(RECORDS["json"].format("x\\n" * (LONG // 3)), dialect="json")
    # Kilobytes; each character on its own took a hundred bytes.
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 400_000
