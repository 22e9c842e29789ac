"""One small export of every family, from which the fuzzer and the laws begin."""

import zipfile
from pathlib import Path

from formats.workbooks import BETWEEN, SHEET, STRINGS, workbook
from synthesist.formats import ReferenceFile

RIS = """Provider: John Wiley & Sons, Ltd
Content: text/plain; charset="UTF-8"

TY  - JOUR
AN  - CN-01234567
AU  - Ada, B.
AU  - Trial Study Group,
TI  - Drug A &amp; <i>condition</i> X: a trial
PY  - 2021/05/06/
T2  - Annals of Examples
J2  - Ann Ex
VL  - 12
IS  - 3
SP  - 118
EP  - 20
DO  - https://doi.org/10.1000%2Fxyz
KW  - *Lupus; Adult
AB  - BACKGROUND: x. NCT01234567
which goes on
N1  - Synthesist term: MeSH: *Lupus
XX  - odd
ER  -

1.
TY - CHAP
A1\t- \u738b\u4e39\u4e39; \u674e\u56db
T1  - Second
C2  - 12345678
"""

NBIB = """PMID- 12345678
OWN - NLM
DP  - 2020 Feb 3
TI  - [A title that
      goes on].
TT  - Titel
LID - 10.1000/xyz [doi]
PG  - 118-20
AB  - BACKGROUND: x
      and NCT01234567.
FAU - Ada, Beatrice
AU  - Ada B
AUID- ORCID: 0000-0000
AD  - Somewhere.
CN  - Study Group
LA  - ger
PT  - Journal Article
RIN - Ann Ex. 2021;1:2. PMID: 87654321
MH  - *Lupus/drug therapy
PMC - PMC123456
SO  - Ann Ex. 2020 Feb 3;12(3):118-20.

PMID- 2
TI  - Second
"""

REFER = """%0 Journal Article
%A \u738b\u4e39\u4e39;\u674e\u56db
%+ Somewhere
%T \u9898\u540d
%J Annals
%D 2020
%V 1
%N 2
%P 118-120+123
%K a;;b
%X <\u6b63>text

and more
%@ 1234-5678
%W CNKI

%T Untitled by mark
%A Ada, B
%D 2021

%0 Book
%T Third
"""

WOS = """FN Clarivate Analytics Web of Science
VR 1.0
PT J
AU Ada, B
   Byron, G
AF Ada, Beatrice
   Byron, George
TI A title that
   goes on
SO ANNALS OF EXAMPLES
LA English
DT Article
DE lupus; trial
AB Text.
PD FEB
PY 2020
VL 1
IS 2
BP 118
EP 120
DI 10.1000/xyz
UT WOS:000123456700001
PM 12345678
ER

PT J
TI Second
ER

EF
"""

REFWORKS = """RT Journal Article
SR 1
A1 \u738b\u4e39\u4e39;\u674e\u56db
AD Somewhere
T1 \u9898\u540d
JF Annals
YR 2020
IS 2
vo 1
OP 118-120+123
K1 a;b
AB Text
that goes on
SN 1234-5678
LK https://example.org/x
DS CNKI

RT Dissertation/Thesis
T1 Second
"""

NOTEEXPRESS = """{Reference Type}: Journal Article
{Title}: \u9898\u540d
{Translated Title}: Title
{Author}: \u738b\u4e39\u4e39;\u674e\u56db
{Translated Author}: Dandan WANG
{Author Address}: Somewhere
{Journal}: \u6742\u5fd7
{Year}: 2020
{Volume}: 1
{Issue}: 2
{Pages}: 118-120,123
{Keywords}: a;b
{Abstract}: Text
that goes on
{ISSN}: 1234-5678
{URL}: http://d.wanfangdata.com.cn/x
{DOI}: 10.1000/xyz
{Database Provider}: \u4e07\u65b9

{Reference Type}: Thesis
{Title}: Second
"""

CNKI = """DataType: 1
Title-\u9898\u540d: \u9898\u540d
Author-\u4f5c\u8005: \u738b\u4e39\u4e39;\u674e\u56db;
Source-\u520a\u540d: \u6742\u5fd7
Year-\u5e74: 2020
PubTime-\u51fa\u7248\u65f6\u95f4: 2020-01-02
Keyword-\u5173\u952e\u8bcd: a;b
Summary-\u6458\u8981: <\u6b63>Text
Period-\u671f: 02
Roll-\u5377: 1
PageCount-\u9875\u6570: 3
Page-\u9875\u7801: 118-120+123
SrcDatabase-\u6765\u6e90\u5e93: \u671f\u520a
Organ-\u673a\u6784: Somewhere
Link-\u94fe\u63a5: https://example.org/x


DataType: 2
Title-\u9898\u540d: Second
SrcDatabase-\u6765\u6e90\u5e93: \u535a\u58eb
"""

CENTRAL = """Record #1 of 2
ID: CN-01234567
AU: Ada B
AU: Byron G
TI: A title
SO: Annals of Examples
YR: 2020
VL: 1
NO: 2
PG: 118-20
XR: EMBASE 123456
PT: Journal article
KY: *lupus; adult
DOI: 10.1000/xyz
AB: Text
US: https://example.org/x

Record #2 of 2
ID: CN-01234568
TI: Second
"""

BIBTEX = """@string{jan = "January"}
@comment{nothing}
@article{ada2020,
  title = {A {Title} with \\"o and $x^2$},
  author = {Ada, Beatrice and {Study Group} and van der Byron, George},
  journal = "Annals" # " of Examples",
  year = 2020, month = jan, pages = {118--120}, doi = {10.1000/xyz},
  keywords = {a, b}, abstract = {Text}, pmid = {12345678}
}
@book{ada2020, title = {Second}}
"""

ENDNOTE_XML = """<?xml version="1.0" encoding="UTF-8"?><xml><records><record>
<database name="x.enl" path="x.enl">x.enl</database><source-app name="EndNote" version="20">EndNote</source-app>
<rec-number>1</rec-number><ref-type name="Journal Article">17</ref-type>
<contributors><authors><author><style face="normal">Ada, B</style></author><author>Group,</author></authors></contributors>
<titles><title><style face="normal">A title &amp; more</style></title><secondary-title>Annals</secondary-title></titles>
<pages>118-20</pages><volume>1</volume><number>2</number><dates><year>2020</year></dates>
<keywords><keyword>a</keyword></keywords><electronic-resource-num>10.1000/xyz</electronic-resource-num>
<abstract>Text</abstract><urls><related-urls><url>https://example.org</url></related-urls></urls><odd>x</odd>
</record><record><titles><title><![CDATA[Second <b>]]></title></titles></record><!-- no --></records></xml>
"""

PUBMED_XML = """<?xml version="1.0"?><!DOCTYPE PubmedArticleSet PUBLIC "-//NLM//DTD PubMedArticle//EN" "x.dtd">
<PubmedArticleSet><PubmedArticle><MedlineCitation Status="MEDLINE"><PMID Version="1">12345678</PMID>
<Article><Journal><ISSN>1234-5678</ISSN><JournalIssue><Volume>1</Volume><Issue>2</Issue><PubDate><Year>2020</Year><Month>Feb</Month></PubDate></JournalIssue>
<Title>Annals of Examples</Title><ISOAbbreviation>Ann Ex</ISOAbbreviation></Journal><ArticleTitle>[A <i>title</i>].</ArticleTitle>
<Pagination><MedlinePgn>118-20</MedlinePgn></Pagination><Abstract><AbstractText Label="BACKGROUND">x</AbstractText></Abstract>
<AuthorList><Author><LastName>Ada</LastName><ForeName>Beatrice</ForeName></Author><Author><CollectiveName>Group</CollectiveName></Author></AuthorList>
<Language>ger</Language><PublicationTypeList><PublicationType>Journal Article</PublicationType></PublicationTypeList><VernacularTitle>Titel</VernacularTitle></Article>
<MeshHeadingList><MeshHeading><DescriptorName MajorTopicYN="Y">Lupus</DescriptorName></MeshHeading></MeshHeadingList></MedlineCitation>
<PubmedData><ArticleIdList><ArticleId IdType="doi">10.1000/xyz</ArticleId></ArticleIdList></PubmedData></PubmedArticle></PubmedArticleSet>
"""

ICTRP_XML = """<?xml version="1.0" encoding="UTF-8"?><Trials_downloaded_from_ICTRP><Trial>
<Internal_Number>1</Internal_Number><TrialID>ChiCTR2000012345</TrialID><Public_title>A trial</Public_title>
<Scientific_title>A scientific title</Scientific_title><Primary_sponsor>Somewhere</Primary_sponsor>
<Date_registration>02/01/2020</Date_registration><web_address>https://example.org</web_address>
<Condition>Lupus</Condition><Intervention>A;B</Intervention></Trial><Trial><TrialID>NCT01234567</TrialID></Trial></Trials_downloaded_from_ICTRP>
"""

RM5 = """<?xml version="1.0" encoding="ISO-8859-1"?><COCHRANE_REVIEW><STUDIES_AND_REFERENCES><STUDIES>
<INCLUDED_STUDIES><STUDY ID="STD-Ada_x002d_2020" NAME="Ada 2020" YEAR="2020"><REFERENCE ID="REF-1" TYPE="JOURNAL_ARTICLE" PRIMARY="YES">
<AU>Ada B, Byron G</AU><TI>A title</TI><SO>Annals</SO><YR>2020</YR><VL>1</VL><NO>2</NO><PG>118-20</PG>
<IDENTIFIERS><IDENTIFIER TYPE="DOI" VALUE="10.1000/xyz"/></IDENTIFIERS></REFERENCE></STUDY></INCLUDED_STUDIES>
<EXCLUDED_STUDIES/></STUDIES><OTHER_REFERENCES/></STUDIES_AND_REFERENCES></COCHRANE_REVIEW>
"""

OVID = """Database: Ovid MEDLINE(R) ALL <1946 to June 01, 2021>

<1. >
VN  - Ovid Technologies
DB  - Ovid MEDLINE(R) ALL <1946 to June 01, 2021>
UI  - 12345678
TI  - A title.[Article]
SO  - Annals of Examples. 1(2):118-20, 2020 Feb 3.
AU  - Ada, Beatrice MD *
AB  - Text. OR - 3.2
MH  - *Lupus/dt [Drug Therapy]

<2. >
VN  - Ovid Technologies
TI  - Second
SO  - Annals. 2007 15 June; 433-441.
"""

OVID_TEXT = """<1>
Accession Number
  00000001-202002000-00001.
Author
  Ada, Beatrice MD *;  Byron, George 1
Title
  A title.[Article]
Source
  Annals of Examples.   1(2):118-20, February 2020.

<2>
Title
  Second
"""

ERIC = """OWN - ERIC
TI  - A title
AU  - Ada, Beatrice
AID - http://dx.doi.org/10.1000/xyz
OID - EJ1234567
DP  - 2020
ISSN - ISSN-1234-5678
PT  - Journal Articles

OWN - ERIC
TI  - Second
"""

TABLE = """\ufefftitle,authors,year,journal,volume,issue,pages,doi,abstract,keywords
"A ""title"", quoted",Ada B; Byron G,2020,Annals,1,2,118-20,10.1000/xyz,"Text
over two lines",a; b
'=1+1,,,,,,,,,
short
"""

EMBASE = """"TITLE","A title"
"AUTHOR NAMES","Ada B.","Byron G."
"SOURCE","Annals (2020) 1:2 (118-120)"
"ABSTRACT","Text"
"DOI","10.1000/xyz"
"TITLE","Second"
"AUTHOR NAMES","Ada B."
"SOURCE","Annals (2021)"
"""

CSL = """[{"type": "article-journal", "title": "A title", "author": [{"family": "Ada", "given": "B"}, {"literal": "Group"}],
"issued": {"date-parts": [[2020, 2, 3]]}, "container-title": "Annals", "page": "118-120", "DOI": "10.1000/xyz"},
{"type": "book", "title": "Second"}]
"""

CTGOV = """{"totalCount": 1, "studies": [{"protocolSection": {"identificationModule": {"nctId": "NCT01234567",
"briefTitle": "A trial", "organization": {"fullName": "Somewhere"}}, "statusModule": {"startDateStruct": {"date": "2020-02"}},
"conditionsModule": {"conditions": ["Lupus"]}, "descriptionModule": {"briefSummary": "Text"}}, "hasResults": false}], "nextPageToken": "x"}
"""

COVIDENCE = """Title,Authors,Abstract,Published Year,Published Month,Journal,Volume,Issue,Pages,Accession Number,DOI,Ref,Covidence #,Study,Notes,Tags
A title,"Ada, B.; Byron, G.",Text,2020,Feb,Annals,1,2,118-120,12345678,10.1000/xyz,7,#12,Ada 2020,Exclusion reason: none;,a; b
"""

RAYYAN = """key,title,year,month,day,journal,issn,volume,issue,pages,authors,url,language,publisher,location,abstract,notes,pubmed_id,pmc_id
rayyan-1,A title,2020,2,3,Annals,1234-5678,1,2,118-120,"Ada, Beatrice and Byron, George",https://example.org,eng,,London,Text,"RAYYAN-INCLUSION: {""Ada""=>""Included""}",12345678,
"""

CENTRAL_TABLE = """"Cochrane Group Code","ID","Title","Author(s)","Source","Year","Abstract","Publication Type","DOI","Link to Cochrane Library"
"","CN-01234567","A title","Ada B, Byron G","Annals","2020","Text","Journal article","10.1000/xyz","https://example.org/x"
"""

OPENALEX_TABLE = """id,doi,display_name,publication_year,cited_by_count,authorships.author.display_name,ids.pmid,primary_location.source.display_name,biblio.volume
https://openalex.org/W1,https://doi.org/10.1000/xyz,A title,2020,3,Beatrice Ada|George Byron,https://pubmed.ncbi.nlm.nih.gov/12345678,Annals,1
"""

TABS = """Title\tAuthors\tPublication Year\tJournal\tAbstract
A title\tAda, B.|Byron, G.\t2020\tAnnals\t"Text
over ""two"" lines"
Second\t\t2021\t\t
"""

SEMICOLONS = """sep=;
Title;Authors;Year
A title;"Ada, B.; Byron, G.";2020
"""

ENL = """%0 Journal Article
%A Ada, Beatrice
%A Byron, George
%T A title
%B Annals of Examples
%D 2020
%V 1
%N 2
%P 118-120
%M 12345678
%U https://example.org
https://example.org/two
%X Text
  %~ goes on
%[ February 3, 2020

"""

OVID_RIS = """1.
TY  - JOUR
DB  - Embase <1974 to 2020 Week 5>
AN  - 2012345678
T1  - A title.
A1  - Ada B.
A1  - Byron G.
Y1  - 2020//
N2  - BACKGROUND: Text
OR - 3.2 was found
KW  - *lupus
PM  - 12345678 [https://www.ncbi.nlm.nih.gov/pubmed/?term=12345678]
XT  - 123/Lupus [Therapy]
LK  - https://ovidsp.ovid.com/ovidweb.cgi?T=JS
ER  -

Search Strategy:
1     lupus.mp. (123)
2     exp Lupus/ (45)
2.
TY  - JOUR
T1  - Second
ER  -
"""

OPENALEX = """{"meta": {"count": 1, "page": 1}, "results": [{"id": "https://openalex.org/W1", "doi": "https://doi.org/10.1000/xyz", "display_name": "A title", "publication_year": 2020,
"ids": {"pmid": "https://pubmed.ncbi.nlm.nih.gov/12345678"}, "authorships": [{"author": {"display_name": "Beatrice Ada"}}], "biblio": {"volume": "1", "first_page": "118", "last_page": "120"},
"abstract_inverted_index": {"Text": [0, 2], "and": [1]}, "mesh": [{"descriptor_name": "Lupus"}], "is_retracted": true}]}
"""

EUROPE_PMC = """{"hitCount": 1, "nextCursorMark": "x", "resultList": {"result": [{"id": "12345678", "source": "MED", "pmid": "12345678", "title": "A title.", "pubYear": "2020",
"authorString": "Ada B, Byron G.", "journalInfo": {"volume": "1", "journal": {"title": "Annals"}}, "meshHeadingList": {"meshHeading": [{"majorTopic_YN": "Y", "descriptorName": "Lupus"}]}}]}}
"""

CROSSREF = """{"status": "ok", "message": {"total-results": 1, "items": [{"DOI": "10.1000/xyz", "prefix": "10.1000", "member": "1", "type": "journal-article", "title": ["A title"],
"container-title": ["Annals"], "author": [{"family": "Ada", "given": "Beatrice"}, {"name": "Group"}], "issued": {"date-parts": [[2020, 2]]}, "update-to": [{"type": "retraction", "DOI": "10.1000/a"}]}]}}
"""

ZOTERO = """[{"itemType": "journalArticle", "title": "A title", "creators": [{"creatorType": "author", "lastName": "Ada", "firstName": "B"}, {"creatorType": "editor", "name": "Group"}], "date": "2020-02-03", "tags": [{"tag": "a"}], "extra": "PMID: 12345678"}]
{"uid": "GS:1", "cites": 3, "title": "A title", "authors": ["B Ada"], "year": 2020}
"""

#: Real-looking exports of databases and programs, a file each.
EXPORTS = Path(__file__).parent / "exports"


def _exports(family):
    """Return the exports of a family."""
    return [
        path.read_bytes()
        for path in sorted(EXPORTS.iterdir())
        if ReferenceFile(path).dialect.family == family
    ]


#: Exports of every family, text or bytes.
SEEDS = {
    family: [*seeds, *_exports(family)]
    for family, seeds in {
        "ris": [RIS, OVID_RIS],
        "nbib": [NBIB],
        "eric": [ERIC],
        "ovid": [OVID],
        "ovid-text": [OVID_TEXT, OVID_TEXT.replace("<1>\n", "").replace("<2>\n", "")],
        "refer": [REFER, ENL],
        "wos": [WOS],
        "refworks": [REFWORKS],
        "noteexpress": [NOTEEXPRESS],
        "cnki": [CNKI],
        "central": [CENTRAL],
        "bibtex": [BIBTEX],
        "endnote-xml": [ENDNOTE_XML],
        "pubmed-xml": [PUBMED_XML],
        "ictrp-xml": [ICTRP_XML],
        "rm5": [RM5],
        "table": [
            TABLE,
            EMBASE,
            COVIDENCE,
            RAYYAN,
            CENTRAL_TABLE,
            OPENALEX_TABLE,
            TABS,
            SEMICOLONS,
        ],
        "json": [CSL, CTGOV, OPENALEX, EUROPE_PMC, CROSSREF, ZOTERO],
        "xlsx": [workbook(), workbook(zipfile.ZIP_DEFLATED)],
        "xlsx-parts": [SHEET, BETWEEN.join([SHEET.encode(), STRINGS.encode()])],
    }.items()
}
