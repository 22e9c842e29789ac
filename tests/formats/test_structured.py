"""BibTeX, XML and JSON."""

import json

import pytest

from formats.reading import one, read
from synthesist.errors import InvalidInput
from synthesist.formats.latex import decode_latex


def test_bibtex():
    text = r"""
@string{ann = "Annals of Examples"}
@comment{nothing}
@article{ada2020,
  author = {Ada, Beatrice and van der Byron, George and {Trial Study Group} and others},
  title = {The {DNA} of Gr{\"o}{\ss}e: 50\% of \'Etudes},
  journal = ann,
  year = 2020, month = mar,
  pages = {118--20},
  doi = {https://doi.org/10.1000/a_b},
  keywords = {one, two},
}
@article{ada2020, title = {The same key again}}
@inproceedings{c, title = "In " # "parts", crossref = {proc}}
@proceedings{proc, booktitle = {A meeting}, year = {2015}}
"""
    references, report = read(text)
    assert [r.title for r in references] == [
        "The DNA of Größe: 50% of Études",
        "The same key again",
        "In parts",
        "A meeting",
    ]
    first = references[0]
    assert [str(n) for n in first.authors] == [
        "Ada, Beatrice",
        "van der Byron, George",
        "Trial Study Group",
    ]
    assert first.authors[2].collective
    assert (first.journal, first.date, first.pages) == (
        "Annals of Examples",
        "2020-03",
        "118-120",
    )
    assert first.doi == "10.1000/a_b"
    assert (references[2].journal, references[2].year) == ("A meeting", "2015")
    assert report.boilerplate == {"string definition": 1, "comment": 1}


def test_a_percent_sign_is_no_comment():
    assert (
        one("@misc{a, abstract = {5 % of all, the rest stays}}").abstract
        == "5 % of all, the rest stays"
    )


def test_an_entry_with_a_brace_too_many_is_kept():
    text = "@article{a,\nKeywords = {Law, @type:Person}, @type:Person}, more},\nTitle = {Fixed prices},\n}\n@article{b,\nTitle = {B},\n}\n"
    references, report = read(text)
    assert [r.title for r in references] == ["Fixed prices", "B"]
    assert report.changes["entries read line by line"] == 1


@pytest.mark.parametrize(
    ("latex", "text"),
    [
        (r"Garc{\'\i}a", "García"),
        (r"Erd\H{o}s", "Erdős"),
        (r"\v{C}ech", "Čech"),
        (r"\c{c}", "ç"),
        (r"{\AA}ngstr\"om", "Ångström"),
        (r"$\alpha$-helix of H$_2$O", "α-helix of H2O"),
        (r"costs \$5 and \$6", "costs $5 and $6"),
        (r"\emph{Escherichia} \unknown{x}", r"Escherichia \unknownx"),
        ("pages 1--2", "pages 1--2"),
    ],
)
def test_latex(latex, text):
    assert decode_latex(latex) == text


ENDNOTE = """<?xml version="1.0" encoding="UTF-8"?><xml><records><record>
<database name="My.enl">My.enl</database><source-app name="EndNote">EndNote</source-app><rec-number>1</rec-number>
<ref-type name="Journal Article">17</ref-type>
<contributors><authors><author><style face="normal">Ada, Beatrice</style></author><author>Trial Group,</author></authors></contributors>
<titles><title><style>A </style><style face="italic">title</style></title><secondary-title>Annals</secondary-title></titles>
<periodical><full-title>Annals of Examples</full-title><abbr-1>Ann Ex</abbr-1></periodical>
<pages>118-20</pages><volume>14</volume><number>3</number>
<keywords><keyword>one</keyword><keyword>two</keyword></keywords>
<dates><year>2020</year><pub-dates><date>Feb 10</date></pub-dates></dates>
<isbn>1234-5678</isbn><accession-num>12345678</accession-num>
<electronic-resource-num>10.1000/x</electronic-resource-num>
<remote-database-name>MEDLINE</remote-database-name><abstract>Text &lt; more</abstract></record>
<record><titles><title>Second</title></titles><odd>x</odd></record></records></xml>"""


def test_endnote_xml():
    references, report = read(ENDNOTE)
    first, second = references
    assert (first.title, first.journal, first.journal_abbreviation) == (
        "A title",
        "Annals of Examples",
        "Ann Ex",
    )
    assert [str(n) for n in first.authors] == ["Ada, Beatrice", "Trial Group"]
    assert (first.date, first.pages, first.doi) == (
        "2020-02-10",
        "118-120",
        "10.1000/x",
    )
    assert first.abstract == "Text < more"
    assert second.title == "Second"
    assert report.unknown_tags == {"odd": 1}


def test_one_broken_element_costs_one_record():
    broken = ENDNOTE.replace(
        "<record><titles><title>Second", "<record><titles><broken><title>Second"
    )
    references, report = read(broken)
    assert [r.title for r in references] == ["A title"]
    assert "mismatched tag" in report.set_aside[0].reason


def test_a_truncated_document_keeps_what_it_has():
    references, report = read(ENDNOTE[: ENDNOTE.index("Second")])
    assert len(references) == 1
    assert report.set_aside[0].reason == "the record does not end"


def test_pubmed_xml():
    text = """<?xml version="1.0"?><!DOCTYPE PubmedArticleSet PUBLIC "x" "https://example.org/p.dtd">
<PubmedArticleSet><PubmedArticle><MedlineCitation Status="MEDLINE"><PMID Version="1">12345678</PMID>
<Article><Journal><ISSN>1234-5678</ISSN><JournalIssue><Volume>14</Volume><Issue>3</Issue>
<PubDate><Year>2020</Year><Month>Feb</Month><Day>10</Day></PubDate></JournalIssue><Title>Annals</Title>
<ISOAbbreviation>Ann</ISOAbbreviation></Journal><ArticleTitle>A <i>title</i></ArticleTitle>
<Pagination><MedlinePgn>118-20</MedlinePgn></Pagination><ELocationID EIdType="doi">10.1000/x</ELocationID>
<Abstract><AbstractText Label="METHODS">One.</AbstractText><AbstractText Label="RESULTS">Two.</AbstractText></Abstract>
<AuthorList><Author ValidYN="Y"><LastName>Ada</LastName><ForeName>Beatrice</ForeName></Author>
<Author><CollectiveName>Trial Group</CollectiveName></Author></AuthorList><Language>eng</Language>
<DataBankList><DataBank><DataBankName>ClinicalTrials.gov</DataBankName><AccessionNumberList><AccessionNumber>NCT01234567</AccessionNumber></AccessionNumberList></DataBank></DataBankList>
<PublicationTypeList><PublicationType>Journal Article</PublicationType></PublicationTypeList></Article>
<CommentsCorrectionsList><CommentsCorrections RefType="ErratumIn"><RefSource>Ann. 2021</RefSource><PMID>2345678</PMID></CommentsCorrections></CommentsCorrectionsList>
<MeshHeadingList><MeshHeading><DescriptorName MajorTopicYN="N">Lupus</DescriptorName><QualifierName MajorTopicYN="Y">drug therapy</QualifierName></MeshHeading></MeshHeadingList>
</MedlineCitation><PubmedData><ArticleIdList><ArticleId IdType="pmc">PMC7654321</ArticleId></ArticleIdList></PubmedData></PubmedArticle>
<PubmedBookArticle><BookDocument><PMID>3</PMID><Book><BookTitle>A book</BookTitle></Book><ArticleTitle>A chapter</ArticleTitle></BookDocument></PubmedBookArticle>
</PubmedArticleSet>"""
    references, _ = read(text)
    first, chapter = references
    assert (first.title, first.pmid, first.pmcid) == (
        "A title",
        "12345678",
        "PMC7654321",
    )
    assert first.abstract == "METHODS: One. RESULTS: Two."
    assert first.registrations == ("NCT01234567",)
    assert [str(n) for n in first.authors] == ["Ada, Beatrice", "Trial Group"]
    assert first.terms == (("MeSH", "Lupus/drug therapy", True),)
    assert first.links[0][:3] == ("erratum in", "Ann. 2021 PMID: 2345678", "2345678")
    assert (chapter.title, chapter.journal, chapter.type) == (
        "A chapter",
        "A book",
        "chapter",
    )


def test_entities_never_grow():
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]><xml><records><record><titles><title>&b; &eacute;</title></titles></record></records></xml>'
    assert one(bomb).title == "&b; é"


def test_depth_is_limited():
    text = (
        "<xml><records><record>"
        + "<a>" * 5000
        + "</a>" * 5000
        + "</record><record><titles><title>B</title></titles></record></records></xml>"
    )
    references, report = read(text)
    assert [r.title for r in references] == ["B"]
    assert "nested" in report.set_aside[0].reason


def test_ictrp():
    text = """<?xml version="1.0"?><Trials_downloaded_from_ICTRP><Trial><TrialID>ChiCTR2000029990</TrialID>
<Public_title>A trial</Public_title><Date_registration>2020-05-06</Date_registration><Condition>Lupus</Condition>
<Primary_sponsor>Ada</Primary_sponsor><Source_Register>ChiCTR</Source_Register><web_address>http://e.org</web_address></Trial></Trials_downloaded_from_ICTRP>"""
    reference = one(text)
    assert (reference.title, reference.type) == ("A trial", "trial-registration")
    assert reference.registrations == ("ChiCTR2000029990",)
    assert reference.year == "2020"


def test_rm5_references_know_their_study():
    text = """<?xml version="1.0" encoding="ISO-8859-1"?><COCHRANE_REVIEW><STUDIES_AND_REFERENCES><STUDIES><INCLUDED_STUDIES>
<STUDY ID="STD-Ada-2020" NAME="Ada 2020" YEAR="2020"><REFERENCE PRIMARY="YES" TYPE="JOURNAL_ARTICLE"><AU>Ada B, Müller C</AU><TI>A trial</TI><SO>Annals</SO><YR>2020</YR><VL>14</VL><PG>1-5</PG><IDENTIFIERS><IDENTIFIER TYPE="DOI" VALUE="10.1000/x"/></IDENTIFIERS></REFERENCE></STUDY>
</INCLUDED_STUDIES></STUDIES><OTHER_REFERENCES><ADDITIONAL_REFERENCES><REFERENCE TYPE="BOOK"><TI>Other</TI></REFERENCE></ADDITIONAL_REFERENCES></OTHER_REFERENCES></STUDIES_AND_REFERENCES></COCHRANE_REVIEW>"""
    references, report = read(text.encode("iso-8859-1"))
    first, other = references
    assert (first.title, first.doi, first.year) == ("A trial", "10.1000/x", "2020")
    assert [str(n) for n in first.authors] == ["Ada, B", "Müller, C"]
    assert first.labels == (("study", "Ada 2020"), ("status", "included"))
    assert other.labels == ()
    assert report.encoding.declared == "ISO-8859-1"


def trial(number):
    """Return a study as ClinicalTrials.gov gives it."""
    return {
        "protocolSection": {
            "identificationModule": {"nctId": number, "briefTitle": "A trial"},
            "statusModule": {"studyFirstPostDateStruct": {"date": "2020-05-06"}},
            "referencesModule": {"references": [{"pmid": "1"}, {"pmid": "2"}]},
        }
    }


def test_clinicaltrials_gov_json():
    studies = [trial("NCT01234567"), trial("NCT01234568")]
    for text in (
        json.dumps({"studies": studies}),
        json.dumps(studies),
        "\n".join(map(json.dumps, studies)),
    ):
        references, _ = read(text)
        assert [r.registrations[0] for r in references] == [
            "NCT01234567",
            "NCT01234568",
        ]
    assert one(json.dumps(studies[0])).title == "A trial"


def test_csl_json():
    item = {
        "id": "a",
        "type": "article-journal",
        "title": "A title",
        "author": [{"family": "Ada", "given": "B"}, {"literal": "Trial Group"}],
        "issued": {"date-parts": [[2020, 5]]},
        "DOI": "10.1000/x",
    }
    reference = one(json.dumps([item]))
    assert (reference.title, reference.date, reference.doi) == (
        "A title",
        "2020-05",
        "10.1000/x",
    )
    assert [str(n) for n in reference.authors] == ["Ada, B", "Trial Group"]


def test_a_truncated_json_keeps_what_it_has():
    text = json.dumps({"studies": [trial("NCT01234567"), trial("NCT01234568")]})
    references, report = read(text[:-40])
    assert (len(references), len(report.set_aside)) == (1, 1)


def test_json_that_is_too_deep_or_too_long_is_set_aside():
    deep = '{"title": "A", "type": "book", "x": ' + "[" * 100000 + "]" * 100000 + "}"
    good = '{"title": "B", "type": "book", "y": ' + "9" * 5000 + "}"
    references, report = read(f"[{deep}, {good}]")
    assert [r.title for r in references] == ["B"]
    assert len(report.set_aside) == 1


@pytest.mark.parametrize("text", ["[]", "{}", '[{"a": 1}]', "[1, 2]", '"text"'])
def test_json_without_references_is_invalid_input(text):
    with pytest.raises(InvalidInput):
        read(text)


def test_a_suffix_of_blanks_makes_no_group():
    reference = one(
        "<PubmedArticleSet><PubmedArticle><MedlineCitation><PMID>1</PMID><Article>"
        "<ArticleTitle>A title</ArticleTitle><AuthorList><Author>\n<LastName> Ada </LastName>"
        "<ForeName>Beatrice</ForeName><Suffix>\n\t\t</Suffix></Author></AuthorList>"
        "<PublicationTypeList><PublicationType>Video-Audio Media</PublicationType>"
        "</PublicationTypeList></Article></MedlineCitation></PubmedArticle></PubmedArticleSet>"
    )
    assert reference.authors == (("Ada", "Beatrice", "", False),)
    assert (reference.type, reference.database) == ("audiovisual", "PubMed")


def test_rm5_cleans_the_name_of_a_study():
    text = (
        '<COCHRANE_REVIEW><INCLUDED_STUDIES><STUDY NAME="Ada &amp;\x00 Byron  2020">'
        '<REFERENCE TYPE="OTHER"><TI>x</TI></REFERENCE></STUDY></INCLUDED_STUDIES>'
        "</COCHRANE_REVIEW>"
    )
    assert ("study", "Ada & Byron 2020") in one(text).labels
