"""What holds for any bytes: nothing is lost, nothing crashes, nothing hangs."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from formats.laws import PIECES, Dripping, check
from formats.seeds import SEEDS
from synthesist.errors import InvalidInput
from synthesist.formats import ReferenceFile
from synthesist.formats.dialects import families

ENDS = ["\n", "\n", "\n", "\r\n", "\r", "", "\n\n"]

soups = st.lists(
    st.tuples(st.sampled_from(PIECES) | st.text(max_size=5), st.sampled_from(ENDS)),
    max_size=25,
).map(lambda parts: "".join(piece + end for piece, end in parts))

encodings = st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "gb18030", "cp1252"])


@settings(max_examples=300)
@given(st.binary(max_size=400))
def test_arbitrary_bytes(data):
    check(data)


@settings(max_examples=600)
@given(soups, encodings)
def test_files_of_every_family_shuffled(text, encoding):
    if encoding == "gb18030":
        # A line of nothing but this cannot be told from text in another encoding.
        text = text.replace("\u2028", "")
    check(text.encode(encoding, "replace"))


@settings(max_examples=300)
@given(soups, st.sampled_from([family for family in families() if family != "xlsx"]))
def test_every_reader_on_every_text(text, family):
    check(text.encode("utf-8", "surrogatepass"), family)


@settings(max_examples=100)
@given(soups, st.data())
def test_truncated_and_overwritten(text, data):
    raw = bytearray(text.encode())
    for _ in range(data.draw(st.integers(0, 4))):
        if raw:
            raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(
                st.integers(0, 255)
            )
    check(bytes(raw[: data.draw(st.integers(0, len(raw)))]))


@given(soups)
def test_reading_twice_gives_the_same(text):
    try:
        file = ReferenceFile(text.encode(), name="soup")
        assert list(file) == list(file)
    except InvalidInput:
        pass


LINE = 1_000_000

LONG = {
    "ris, one line": "TY  - JOUR\nAB  - " + "word " * (LINE // 5) + "\nER  - \n",
    "ris, many marks": "TY  - JOUR\nAB  - " + "TY " * (LINE // 3) + "\nER  - \n",
    "ris, many lines": "TY  - JOUR\nAB  - x\n" + "more\n" * (LINE // 5) + "ER  - \n",
    "ris, no end": "TY  - JOUR\n" * (LINE // 200),
    "ris, blanks": "TY  - JOUR\nTI  - a" + " " * LINE + "b\nER  - \n",
    "ris, digits": "TY  - JOUR\nTI  - " + "1-" * (LINE // 4) + "\nER  - \n",
    "ris, commas": "TY  - JOUR\nAU  - " + "a, " * (LINE // 10) + "\nER  - \n",
    "ris, semicolons": "TY  - JOUR\nAU  - " + "a b;" * (LINE // 10) + "\nER  - \n",
    "ris, entities": "TY  - JOUR\nTI  - " + "&amp;" * (LINE // 10) + "\nER  - \n",
    "ris, markup": "TY  - JOUR\nTI  - " + "<i " * (LINE // 10) + "\nER  - \n",
    "ris, registers": "TY  - JOUR\nTI  - "
    + "NCT ISRCTN UMIN ChiCTR-" * (LINE // 50)
    + "\nER  - \n",
    "ris, hyphens": "TY  - JOUR\nUR  - " + "10.1000/" * (LINE // 20) + "\nER  - \n",
    "nbib, continued": "PMID- 1\nAB  - x\n" + "      more\n" * (LINE // 11),
    "nbib, paragraphs": "PMID- 1\nTI  - x\n" + "\n\nAB  - x\n" * (LINE // 12),
    "refer": "%0 Book\n%X x\n" + "more\n\n" * (LINE // 20),
    "refer, titles": "%T x\n\n" * (LINE // 200),
    "bibtex, braces": "@article{a, title = "
    + "{" * (LINE // 10)
    + "x"
    + "}" * (LINE // 10)
    + "}\n",
    "bibtex, open": "@article{a, title = {" * (LINE // 100),
    "bibtex, marks": "@article{a, title = {" + "@" * (LINE // 4) + "}}\n",
    "xml, deep": "<xml><records><record>"
    + "<a>" * 1_000_000
    + "</record></records></xml>",
    "xml, open": "<xml><records>" + "<record>" * (LINE // 40) + "</records></xml>",
    "xml, comments": "<xml><records><record>"
    + "<!-- x " * (LINE // 20)
    + "</record></records></xml>",
    "csv, open quotes": "title,year\n" + '"a,1\n' * (LINE // 100),
    "csv, wide": "title,year\n" + "," * LINE + "\n",
    "csv, long": 'title,year\n"' + "x" * LINE + '",2020\n',
    "json, deep": '[{"title": "a", "type": "b", "c": ' + "[" * 1_000_000 + "]}]",
    "json, open": '[{"title": "a", ' * (LINE // 40),
    "json, string": '[{"title": "' + "\\" * LINE + '", "type": "b"}]',
    "noteexpress": "{Reference Type}: Book\n{Title}: " + "{" * (LINE // 4) + "\n",
    "cnki": "DataType: 1\nTitle-题名: " + "：" * (LINE // 10) + "\n",
    "newlines": "\n" * LINE + "TY  - JOUR\nER  - \n",
    "one long word": "TY  - JOUR\nTI  - " + "x" * LINE + "\nER  - \n",
}


@pytest.mark.parametrize("name", LONG)
def test_a_megabyte_of_anything_take_seconds(name):
    started = time.process_time()
    check(LONG[name].encode())
    # Quadratic time would be minutes; a slow machine is no failure.
    assert time.process_time() - started < 20


class Pouring(Dripping):
    """A file that arrives in blocks of some records."""

    step = 10_007


@pytest.mark.parametrize("family", ["endnote-xml", "pubmed-xml", "ictrp-xml", "rm5"])
def test_elements_may_arrive_in_any_pieces(family):
    # Elements are looked for when so much text is there; it ends at any place.
    whole = SEEDS[family][0].encode()
    noise = b"<!-- <record> <Trial> --><![CDATA[<REFERENCE>]]>"
    for shift in range(0, len(whole), 1 + len(whole) // 9):
        data = b" " * shift + (whole + noise) * (70_000 // len(whole))
        file = ReferenceFile(data, name="soup", dialect=family)
        records, report = list(file), file.report()
        assert report.conserved
        file.source = Pouring("soup", data=data)
        assert list(file) == records
        assert file.report() == report
