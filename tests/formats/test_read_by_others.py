"""What we write is read by other programs' readers, and they find the same."""

import bibtexparser
import nbib
import pytest
import rispy
from bibtexparser.middlewares import LatexDecodingMiddleware

from synthesist.formats import ReferenceFile, write_references

RIS = """\
TY  - JOUR
AU  - Nowak, Anna Maria
AU  - Okafor, C. D.
TI  - Interleukin-2, "low-dose" & 50% more: a trial with naïve names
T2  - Journal of Invented Trials
PY  - 2021
DA  - 2021/03/04
VL  - 12
IS  - 3
SP  - 117
EP  - 129
SN  - 1234-5679
DO  - 10.1234/jit.2021_5
N1  - PMID: 987654
KW  - one, with a comma
AB  - Background: none. Results: 5 < 6.
LA  - en
ER  -

TY  - JOUR
AU  - 王, 小明
TI  - 低剂量白细胞介素-2
T2  - 虚构医学杂志
PY  - 2020
SP  - 1
EP  - 2
N1  - PMID: 987655
KW  - 狼疮
KW  - 白细胞介素
ER  -
"""


@pytest.fixture
def references():
    """Return two references that use most fields."""
    return list(ReferenceFile(RIS.encode()))


def test_rispy_reads_our_ris(references, tmp_path):
    file = tmp_path / "a.ris"
    write_references(references, file)
    found = rispy.loads(file.read_text(encoding="utf-8"))
    assert len(found) == 2
    for given, read in zip(references, found, strict=True):
        assert read["title"] == given.title
        assert read["authors"] == [name.marked for name in given.authors]
        assert read["secondary_title"] == given.journal
        assert read["year"] == given.year
        assert read.get("doi", "") == given.doi
        assert f"{read['start_page']}-{read['end_page']}" == given.pages
        assert read["keywords"] == list(given.keywords)
        assert read.get("abstract", "") == given.abstract


def test_nbib_reads_our_nbib(references, tmp_path):
    file = tmp_path / "a.nbib"
    write_references(references, file)
    found = nbib.read_file(str(file))
    assert len(found) == 2
    for given, read in zip(references, found, strict=True):
        assert str(read["pubmed_id"]) == given.pmid
        assert read["title"] == given.title
        assert read.get("doi", "") == given.doi
        assert [author["author"] for author in read["authors"]] == [
            str(name) for name in given.authors
        ]
        assert read["journal"] == given.journal
        assert read.get("linking_issn", "") == next(iter(given.issns), "")


def test_bibtexparser_reads_our_bibtex(references, tmp_path):
    file = tmp_path / "a.bib"
    write_references(references, file)
    library = bibtexparser.parse_file(
        str(file), append_middleware=[LatexDecodingMiddleware()]
    )
    assert not library.failed_blocks
    for given, entry in zip(references, library.entries, strict=True):
        read = {field.key: field.value for field in entry.fields}
        assert read["title"] == given.title
        assert read["author"] == " and ".join(map(str, given.authors))
        assert read["journal"] == given.journal
        assert read.get("doi", "") == given.doi
        assert read.get("abstract", "") == given.abstract
    raw = file.read_text(encoding="utf-8")
    assert "pages = {117--129}" in raw
    assert "keywords = {one, with a comma;}" in raw
    assert "keywords = {狼疮; 白细胞介素}" in raw
