"""MEDLINE, Web of Science, RefWorks, Refer, NoteExpress, CNKI and the Cochrane text."""

from formats.reading import one, read

NBIB = """\
PMID- 12345678
OWN - NLM
STAT- MEDLINE
IS  - 1234-5678 (Electronic)
VI  - 14
IP  - 5
DP  - 2010 Mar 2
TI  - [A trial that was
      wrapped].
PG  - 342-6
LID - 10.1000/abc [doi]
AB  - BACKGROUND: One. METHODS: Two
      lines.
FAU - Ada, Beatrice C
AU  - Ada BC
CN  - Trial Group
LA  - chi
SI  - ClinicalTrials.gov/NCT01234567
PT  - Journal Article
PT  - Retracted Publication
TT  - 试验
TA  - Ann Ex
JT  - Annals of examples
RIN - Ann Ex. 2011;15(1):1. PMID: 23456789
MH  - *Lupus Erythematosus, Systemic/drug therapy
OT  - keyword
PMC - PMC7654321
AID - 10.1000/abc [doi]
SO  - Ann Ex. 2010 Mar 2;14(5):342-6.
"""


def test_a_medline_record():
    reference = one(NBIB)
    assert reference.title == "试验"
    assert reference.title_translated == "A trial that was wrapped"
    assert [str(name) for name in reference.authors] == [
        "Ada, Beatrice C",
        "Trial Group",
    ]
    assert (reference.date, reference.pages) == ("2010-03-02", "342-346")
    assert (reference.doi, reference.pmid, reference.pmcid) == (
        "10.1000/abc",
        "12345678",
        "PMC7654321",
    )
    assert reference.languages == ("zh",)
    assert reference.registrations == ("NCT01234567",)
    assert reference.retracted
    assert reference.links == (
        ("retraction in", "Ann Ex. 2011;15(1):1. PMID: 23456789", "23456789", ""),
    )
    assert reference.terms == (
        ("MeSH", "Lupus Erythematosus, Systemic/drug therapy", True),
    )
    assert reference.journal_abbreviation == "Ann Ex"


def test_an_odd_line_does_not_fail_a_medline_file():
    text = "some words\n\n" + NBIB + "a stray line\n\n" + NBIB + "\n\nthe end of it\n"
    references, report = read(text)
    assert len(references) == 2
    assert [passage.text for passage in report.passages] == [
        "some words",
        "the end of it",
    ]


def test_a_pmid_need_not_come_first():
    text = "OWN - NLM\nPMID- 1\nTI  - First\n\nOWN - NLM\nPMID- 2\nTI  - Second\n"
    references, _ = read(text)
    assert [(r.pmid, r.title) for r in references] == [("1", "First"), ("2", "Second")]
    assert references[1].origin.raw.startswith(b"OWN - NLM\nPMID- 2")


def test_web_of_science():
    text = """\
\ufeffFN Clarivate Analytics Web of Science
VR 1.0
PT J
AU Ada, BC
   Byron, GG
AF Ada, Beatrice C.
   Byron, George Gordon
TI A title that
   is wrapped
SO ANNALS OF EXAMPLES
LA English
DT Review
DE one; two
AB Objective
   Something.
SN 1234-5678
JI Ann. Ex.
PY 2021
VL 8
IS 1
BP 7
EP 18
AR e12
DI 10.1000/q
PM 33414982
UT WOS:000603646200002
ER

PT J
TI Second
ER

EF"""
    references, report = read(text)
    first, second = references
    assert first.title == "A title that is wrapped"
    assert [str(name) for name in first.authors] == [
        "Ada, Beatrice C.",
        "Byron, George Gordon",
    ]
    assert (first.pages, first.article_number, first.pmid) == (
        "7-18",
        "e12",
        "33414982",
    )
    assert first.accessions == (("WOS", "WOS:000603646200002"),)
    assert first.keywords == ("one", "two")
    assert second.title == "Second"
    assert report.boilerplate == {"file header": 2, "end of file": 1}


def test_refworks_as_cnki_writes_it():
    text = """\
RT Journal Article
SR 1
A1 柯洪琴;陈璿英;王启斌;
AD 十堰市太和医院药学部;南昌大学第一附属医院;
T1 一例病例分析
JF 中南药学
YR 2021
IS 01
vo 19
OP 118-120+123
K1 苯妥英钠;卡培他滨;
AB <正>一种药物
RT PCR 没有用到
SN 1672-2981
LA 中文;
DS CNKI
LK https://example.org/x

RT Dissertation/Thesis
T1 论文
"""
    references, report = read(text.replace("RT PCR", "ZZ PCR"))
    first = references[0]
    assert [name.family for name in first.authors] == ["柯洪琴", "陈璿英", "王启斌"]
    assert (first.volume, first.issue, first.pages) == ("19", "01", "118-120, 123")
    assert first.abstract == "一种药物 ZZ PCR 没有用到"
    assert first.languages == ("zh",)
    assert first.keywords == ("苯妥英钠", "卡培他滨")
    assert first.database == "CNKI"
    assert references[1].type == "thesis"
    assert report.dialect == "refworks/cnki"


def test_refer_as_endnote_and_cnki_write_it():
    text = """\
%0 Journal Article
%A Ada, Beatrice
%A Byron, George
%T First
%J Annals
%D 2020
%P 1-5
%X A paragraph.

%U https://example.org

%0 Journal Article
%A 张福锁%A 王激清%A 张卫峰
%T 第二
%W CNKI
"""
    references, report = read(text)
    assert [r.title for r in references] == ["First", "第二"]
    assert references[0].urls == ("https://example.org",)
    assert [name.family for name in references[1].authors] == [
        "张福锁",
        "王激清",
        "张卫峰",
    ]
    assert report.dialect == "refer/cnki"


def test_refer_records_whose_mark_is_missing_or_late():
    text = "%T First\n%0 Journal Article\n%A A, B\n\n\n%T Second\n%B Annals\n%D 2021\n"
    references, report = read(text)
    assert [r.title for r in references] == ["First", "Second"]
    assert (report.start_markers, report.unmarked) == (2, 1)


def test_refer_records_without_a_line_between():
    references, _ = read("%0 Book\n%T A\n%0 Book\n%T B\n")
    assert [r.title for r in references] == ["A", "B"]


def test_noteexpress():
    text = """\
<script>f();</script> ;{Reference Type}: Journal Article
{Title}: 超声引导
{Translated Title}: Influence of ultrasound
{Author}: 江文杰;韩超
{Translated Author}: Wenjie JIANG
{Translated Author}:  Chao HAN
{Journal}: 临床检验杂志
{Translated Journal}: Clinical Laboratory Journal
{Year}: 2020
{Pages}: 117-8
{Keywords}: 乳腺癌
{Keywords}:  预后
{Abstract}: 目的 第一行
　　方法 第二行
{Database Provider}: 北京万方数据股份有限公司
{Language}: chi

{Reference Type}: Journal Article
{Title}: 第二
"""
    references, report = read(text)
    first = references[0]
    assert [r.title for r in references] == ["超声引导", "第二"]
    assert first.title_translated == "Influence of ultrasound"
    assert [name.family for name in first.authors] == ["江文杰", "韩超"]
    assert [str(name) for name in first.authors_translated] == [
        "Jiang, Wenjie",
        "Han, Chao",
    ]
    assert first.journal_translated == "Clinical Laboratory Journal"
    assert first.abstract == "目的 第一行 方法 第二行"
    assert first.pages == "117-118"
    assert report.dialect == "noteexpress/wanfang"
    assert report.passages[0].text.startswith("<script>")


def test_cnki_text():
    text = """\
SrcDatabase-来源库: 期刊
Title-题名: 第一
Author-作者: 施洋;李四;
Source-文献来源: 中国科技信息
PubTime-发表时间: 2013-04-01
Summary-摘要: <正>摘要
Roll-卷: 19
Period-期: 07
Page-页码: 161
DOI-DOI: 10.1000/x
SrcDatabase-来源库: 博士
Title-题名: 第二
"""
    references, report = read(text)
    first = references[0]
    assert [r.title for r in references] == ["第一", "第二"]
    assert (first.date, first.volume, first.issue, first.pages) == (
        "2013-04-01",
        "19",
        "07",
        "161",
    )
    assert first.doi == "10.1000/x"
    assert references[1].type == "thesis"
    assert report.dialect == "cnki"


def test_cnki_in_gb18030():
    text = "DataType: 1\nTitle-题名: 医学综述撰写中的注意事项\nAuthor-作者: 施洋;\nYear-年: 2013\n"
    references, report = read(text.encode("gb18030"))
    assert references[0].title == "医学综述撰写中的注意事项"
    assert report.encoding.name == "gb18030"
    assert references[0].origin.raw == text.encode("gb18030")


def test_cochrane_text():
    text = """\
Record #1 of 2
ID: CN-01234567
AU: Ada B
TI: First
SO: Annals of examples
YR: 2019
PM: PUBMED 31234567
XR: EMBASE 612345678
AB: Background: NCT01234567

Record #2 of 2
ID: CN-01234568
TI: Second
"""
    references, _ = read(text)
    assert references[0].pmid == "31234567"
    assert references[0].accessions == (
        ("CENTRAL", "CN-01234567"),
        ("Embase", "L612345678"),
    )
    assert [r.title for r in references] == ["First", "Second"]


def test_lists_of_a_web_of_science_record():
    reference = one(
        "PT J\nAU Ada, B\nTI A title\nSO Annals\nDT Article; Early\n   Access\n"
        "ID FIRST TERM; SECOND\n   TERM\nPS 118-20\nUT MEDLINE:12345678\nER\n\nEF\n"
    )
    assert reference.publication_types == ("Article", "Early Access")
    assert [term.text for term in reference.terms] == ["FIRST TERM", "SECOND TERM"]
    assert (reference.pages, reference.pmid) == ("118-120", "12345678")
    assert reference.platform == "Web of Science"


def test_who_keeps_a_medline_record_tells_its_database():
    reference = one(NBIB)
    assert (reference.database, reference.platform) == ("PubMed", "PubMed")
    assert one("PMID- 1\nTI  - First\n").database == ""


def test_refworks_has_longer_tags_too():
    reference = one(
        "RT Journal Article\nA1 Ada,Beatrice\nT1 A title\nYR 2020\nFD Feb\nDO 10.1000/xyz\n"
        "PMID 12345678\nPMCID PMC7654321\nU10 ten\n"
    )
    assert (reference.doi, reference.pmid) == ("10.1000/xyz", "12345678")
    assert (reference.pmcid, reference.date) == ("PMC7654321", "2020-02")


def test_web_of_science_has_the_day_apart():
    reference = one("PT J\nTI A title\nSO Annals\nPD FEB 3\nPY 2020\nER\n\nEF\n")
    assert (reference.year, reference.date) == ("2020", "2020-02-03")


def test_refer_of_cnki_with_its_slips():
    reference = one(
        "%0 Conference Proceedings\n%A 王丹丹[1,2];某某股份有限公司\n%T 题名\n%D 2020\n%P 5\n"
        "%K红斑;狼疮\n%P 269-273\n%@ US11651140\n%~ 国家标准\nPageCount-页码 0\n%W CNKI\n"
    )
    assert reference.authors == (
        ("王丹丹", "", "", False),
        ("某某股份有限公司", "", "", True),
    )
    assert (reference.pages, reference.database) == ("269-273", "CNKI")
    assert (reference.keywords, reference.issns) == (("红斑", "狼疮"), ())
