"""Bytes become text, and none is lost on the way."""

import pytest

from formats.reading import read

CHINESE = "TY  - JOUR\nTI  - 系统性红斑狼疮的治疗与预后研究\nAU  - 王丹丹\nAB  - 目的 探讨间充质干细胞移植治疗重症自身免疫病\nER  - \n"
WESTERN = (
    "TY  - JOUR\nTI  - Über die Größe des Müllers – “ja”\nAU  - Müller, Jörg\nER  - \n"
)


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gb18030"]
)
def test_chinese_in_every_encoding(encoding):
    references, report = read(CHINESE.encode(encoding))
    assert references[0].title == "系统性红斑狼疮的治疗与预后研究"
    assert report.start_markers == 1


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_western_in_every_encoding(encoding):
    references, _ = read(WESTERN.encode(encoding))
    assert references[0].title == "Über die Größe des Müllers – “ja”"


def test_a_declaration_that_is_wrong_is_reported():
    text = 'Record #1 of 1\nContent: text/plain; charset="UTF-8"\n\n' + WESTERN
    _, report = read(text.encode("cp1252"))
    assert report.encoding.name == "cp1252"
    assert "although it says UTF-8" in report.encoding.describe()


def test_damaged_places_are_mended_and_counted_and_kept():
    good = CHINESE.encode() * 20
    bad = b"TY  - JOUR\nTI  - The patient\x92s caf\xe9\nER  - \n"
    references, report = read(good + bad)
    assert references[-1].title == "The patient’s café"
    assert references[-1].origin.raw == bad
    assert report.encoding.name == "utf-8"
    assert report.encoding.damaged == 2


def test_bytes_of_no_encoding_are_kept():
    references, _ = read(b"TY  - JOUR\nTI  - a\x00b\x81c\nER  - \n")
    assert references[0].title
    assert references[0].origin.raw == b"TY  - JOUR\nTI  - a\x00b\x81c\nER  - \n"


def test_half_a_chinese_character_costs_no_line_end():
    text = "TY  - JOUR\nTI  - 甲状腺疾病的治疗".encode("gb18030") + b"\x9e0\n"
    references, report = read(text + "TY  - BOOK\nTI  - 第二\n".encode("gb18030"))
    assert report.encoding.name == "gb18030"
    assert [reference.title for reference in references] == [
        "甲状腺疾病的治疗ž0",
        "第二",
    ]
