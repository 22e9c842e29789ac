"""What the columns of exported tables mean."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from synthesist.formats.readers.ovid_tags import TAGS as OVID_TAGS

#: Role of each column name, in small letters and with single blanks; an empty role
#: is a column that is known and only kept.
_NAMES = {
    "type": "type of reference|reference type|item type|document type|doctype|type|publication type"
    "|srctype|src database|datatype|source type|type crossref|study type",
    "title": "title|article title|primary title|title primary|titles|document title|display name"
    "|display title|study title|public title|brief title|record title|item title|题名|标题|篇名|名称",
    "title_original": "original title|original foreign title|foreign title|title original|vernacular title",
    "title_translated": "translated title|english title|title translated",
    "title_short": "short title|shortened title",
    "authors": "authors|author|author s|author names|authors primary|first authors|primary authors"
    "|author full names|authors full names|creators|creator|author name|作者|authorships author display name",
    "authors_translated": "authors translated|translated authors|translated author",
    "editors": "editors|editor|book editors|secondary authors|authors secondary|editor s",
    "year": "year|publication year|pub year|pubyear|py|yr|published year|年|year published|出版年",
    "date": "date|publication date|date of publication|pub date|pubtime|date published|create date"
    "|publication date year|发表时间|出版日期",
    "journal": "journal|journal title|source title|publication title|publication|periodical full"
    "|journal book|journal name|secondary title|container title|periodical|source|文献来源|刊名|期刊|来源"
    "|primary location source display name|host venue display name|publication name|full journal title"
    "|parent publication|t2",
    "journal_abbreviation": "journal abbreviation|abbreviated source title|periodical abbrev|abbreviated journal"
    "|journal abbreviated|alternate title2|short journal",
    "journal_translated": "journal translated|translated journal",
    "volume": "volume|vol|journal volume|biblio volume|卷",
    "issue": "issue|number|journal issue|issue number|no|biblio issue|期",
    "pages": "pages|page|pp|page range|pagination|页码|页|page s",
    "start": "first page|start page|page start|beginning page|biblio first page|sp",
    "end": "last page|end page|page end|ending page|other pages|biblio last page|ep",
    "article_number": "art no|article number|article no|artnum|e article number",
    "doi": "doi|item doi|digital object identifier|ids doi|doi link|do",
    "pmid": "pmid|pubmed id|medline pmid|pubmed|ids pmid|pubmed pmid|medline pmid s",
    "pmcid": "pmcid|pmc id|pmc|ids pmcid",
    "issn": "issn|issns|eissn|print issn|electronic issn|issn isbn|isbn issn|issn s|primary location source issn"
    "|primary location source issn l",
    "isbn": "isbn|isbns",
    "language": "language|article language|languages|language of original document|output language|la",
    "pubtype": "publication types|study design|type of work|genre|m3",
    "abstract": "abstract|abstract note|summary|summaries|notes abstract|摘要|ab|abstracts|abstract text"
    "|brief summary",
    "keyword": "keywords|author keywords|keyword|manual tags|关键词|de|tags",
    "mesh": "mesh|mesh terms|mesh headings|mesh heading|mesh descriptors",
    "emtree": "emtree drug index terms|emtree medical index terms|emtree terms",
    "emtree_major": "emtree drug index terms major focus|emtree medical index terms major focus",
    "heading": "index keywords|fields of study|subjects|subject|subject terms|automatic tags|thesaurus terms|index terms"
    "|subject headings|descriptors",
    "url": "url|external url|source urls|link|links|urls|embase link|plink|full text link|primary location landing page url"
    "|article link|address url|link url|file attachments|网址|链接|abstract url|web address",
    "accession": "accession number|accession no|embase accession id|pui|eid|ut unique wos id|an|unique id"
    "|cochrane id|central id|accession numbers|ut",
    "database": "database|name of database|data source|source database|archive|library catalog|db"
    "|sub file database|database provider",
    "publisher": "publisher|book publisher|primary location source host organization name|pb",
    "place": "place published|place|place of publication|publisher location",
    "edition": "edition",
    "address": "author addresses|correspondence address|affiliations|author address|addresses|affiliation"
    "|authors with affiliations|author affiliation|organ|机构|单位|author affiliations",
    "note": "note|notes|extra|comments|user notes|personal notes|remarks",
    "registration": "nct number|trial id|trialid|clinical trial numbers|main id|clinical trial registration"
    "|secondary ids|secondary id|nct id|registration number|other ids",
    "label:asreview": "label included|included|asreview label|asreview included|asreview relevant|final included"
    "|record label",
    "label:covidence": "covidence|covidence number|decision",
    "": "label|lens id|source country|chemicals|funding|microsoft academic id|citing patents count|citing works count"
    "|is open access|open access license|open access colour|id|key|reference id|editors affiliation|open url link|copyright|study|ref|conference name"
    "|conference location|conference date|conference editors|embase classification|summary language"
    "|drug tradenames|drug manufacturer|device tradenames|device manufacturer|cas registry numbers"
    "|molecular sequence numbers|aip ip entry date|full record entry date|original abstract|cited by"
    "|page count|num pages|first author|citation|nihms id|alternate title3|file attachments2|access date"
    "|date added|date modified|series|series number|rights|type of access|date of export|references"
    "|funding details|funding text|funding texts|author s id|coden|open access|publication stage"
    "|correspondence|molecular sequence number|manufacturers|tradenames|chemicals cas|call number"
    "|availability|periodical pub year|retrieved date|classification|identifying phrase|relevance score"
    "|pub month day|pub date free from|title secondary|title tertiary|authors tertiary|authors quaternary"
    "|authors quinary|custom 1|custom 2|custom 3|custom 4|custom 5|custom 6|custom 7|custom 8|caption"
    "|reprint edition|research notes|archive location|attorney agent|gsrank|querydate|citationurl|ecc"
    "|citesperyear|citesperauthor|authorcount|age|related_url|relatedurl|fulltexturl|cites|cluster id",
}

_ROLES = {
    name: role for role, names in _NAMES.items() for name in names.split("|") if name
}

_WOS_KEPT = (
    "ba bf ca gp se bs ct cy cl sp ho c3 rp em ri oi fu fp fx cr nr tc z9 u1 u2 pa j9 pn su"
    " si ma dl d2 ea ey pg p2 wc we sc ga oa hc hp da a2 an sf jc gi ob sa iv rc no pe sd gn"
    " cn nm ss lt ae dg pc pl me mc ta ch ge tm mq pr mi bd tn st or nt aw ds cc"
)

#: Tables whose columns are named by tags; authors in full stand behind the others.
_WOS = {
    "pt": "type",
    "au": "authors",
    "af": "authors_full",
    "ti": "title",
    "so": "journal",
    "la": "language",
    "dt": "pubtype",
    "de": "keyword",
    "id": "heading",
    "ab": "abstract",
    "c1": "address",
    "be": "editors",
    "pu": "publisher",
    "pi": "place",
    "sn": "issn",
    "ei": "issn",
    "bn": "isbn",
    "ji": "journal_abbreviation",
    "pd": "day",
    "py": "year",
    "vl": "volume",
    "is": "issue",
    "bp": "start",
    "ep": "end",
    "ar": "article_number",
    "di": "doi",
    "pm": "pmid",
    "ut": "accession",
    "ps": "pages",
    "mh": "mesh",
    "ft": "title_original",
    "ed": "editors",
    "ur": "url",
    **dict.fromkeys(_WOS_KEPT.split(), ""),
}
_OVID = {
    tag.lower(): role
    for tag, role in OVID_TAGS.items()
    if role not in {"author", "author_full", "editor", "serial_number"}
} | {
    "so": "citation_ovid",
    "au": "authors",
    "fa": "authors_full",
    "ed": "editors",
    "is": "issn",
    "dt": "pubtype",
    "vn": "",
}

_TRIALS_KEPT = (
    "rank|acronym|status|study status|study results|outcome measures|gender|sex|age|phases"
    "|enrollment|funded bys|funder type|study designs|study design|start date|completion date"
    "|primary completion date|results first posted|last update posted|locations"
    "|study documents|collaborators|primary outcome measures|secondary outcome measures"
    "|other outcome measures|last refreshed on|recruitment status|target size|phase"
    "|date enrollement|scientific title|date registration3|countries|export date"
)
_KEPT_OF_TRIALS = dict.fromkeys(_TRIALS_KEPT.split("|"), "")
_TRIALS = _KEPT_OF_TRIALS | {
    "study url": "url",
    "brief summary": "abstract",
    "conditions": "keyword",
    "interventions": "keyword",
    "study type": "pubtype",
    "sponsor": "publisher",
    "sponsor collaborators": "publisher",
    "first posted": "date",
    "url": "url",
    "title": "title",
}
_ICTRP = _KEPT_OF_TRIALS | {
    "date registration": "date",
    "web address": "url",
    "condition": "keyword",
    "intervention": "keyword",
    "primary sponsor": "publisher",
    "source register": "database",
    "study type": "pubtype",
}

#: Exports in which columns mean something else than the name says: the columns that
#: give them away, and their own meanings.
_EXPORTS: tuple[tuple[str, tuple[str, ...], Mapping[str, str]], ...] = (
    (
        "embase",
        ("author names", "emtree drug index terms"),
        {"source": "citation", "publication type": "pubtype", "open url link": ""},
    ),
    (
        "scopus",
        ("authors", "eid", "source title"),
        {
            "source": "database",
            "link": "url",
            "author full names": "",
            "document type": "pubtype",
            "page start": "start",
            "page count": "",
        },
    ),
    (
        "embase",
        ("author names", "pui"),
        {"source": "citation", "publication type": "pubtype"},
    ),
    ("embase", ("author names", "embase link"), {"source": "citation"}),
    (
        "pubmed",
        ("pmid", "journal book", "first author"),
        {"citation": "citation_short"},
    ),
    (
        "central",
        ("cochrane group code", "title", "source"),
        {
            "source": "journal",
            "id": "accession",
            "publication type": "pubtype",
            "link to cochrane library": "url",
        },
    ),
    ("central", ("cochrane id", "title"), {"source": "journal"}),
    ("clinicaltrials.gov", ("nct number", "study title"), _TRIALS),
    # As it was until 2023.
    ("clinicaltrials.gov", ("nct number", "study designs"), _TRIALS),
    ("clinicaltrials.gov", ("nct number", "sponsor collaborators"), _TRIALS),
    ("ictrp", ("trialid", "public title"), _ICTRP),
    ("ictrp", ("main id", "public title"), _ICTRP),
    (
        "openalex",
        ("ids openalex", "publication year"),
        {"id": "accession", "type": "type", "language": "language"},
    ),
    (
        "openalex",
        ("display name", "publication year", "cited by count"),
        {"id": "accession"},
    ),
    (
        "rayyan",
        ("key", "title", "authors", "journal", "abstract", "notes"),
        {
            "day": "",
            "month": "",
            "pmc id": "pmcid",
            "pubmed id": "pmid",
            "key": "accession",
        },
    ),
    (
        "covidence",
        ("title", "covidence"),
        {
            "published month": "",
            "ref": "",
            "study": "",
            "accession number": "accession",
        },
    ),
    (
        "zotero",
        ("item type", "publication title", "abstract note"),
        {"type": "", "source": "", "number": ""},
    ),
    (
        "refworks",
        ("authors primary", "title primary"),
        {"other pages": "end", "classification": ""},
    ),
    ("wos", ("ti", "so", "ut"), _WOS),
    ("ovid", ("ti", "so", "vn"), _OVID),
    ("ovid", ("ti", "so", "db"), _OVID),
    (
        "dimensions",
        ("publication id", "dimensions url"),
        {
            "publication id": "accession",
            "source linkout": "url",
            "dimensions url": "url",
            "publication type": "type",
            "authors affiliations": "address",
            **dict.fromkeys(
                (
                    *("rank", "acknowledgements", "anthology title", "times cited"),
                    *("publication date online", "publication date print"),
                    *("authors raw affiliation", "corresponding authors", "altmetric"),
                    *("recent citations", "rcr", "fcr", "supporting grants"),
                ),
                "",
            ),
        },
    ),
    ("lens", ("lens id", "source title"), {"lens id": "accession"}),
    (
        "wos",
        ("ut unique wos id", "source title"),
        {
            "document type": "pubtype",
            "publication type": "",
            "keywords plus": "heading",
        },
    ),
    (
        "cinahl",
        ("article title", "journal title", "plink"),
        {"publication date": "date", "keywords": "keyword"},
    ),
    (
        "springer",
        ("item title", "item doi", "content type"),
        {
            "content type": "pubtype",
            "book series title": "",
            "authors": "authors_glued",
        },
    ),
    (
        "ieee",
        ("document title", "date added to xplore"),
        {
            "document identifier": "pubtype",
            "pdf link": "url",
            "mesh terms": "mesh",
            **dict.fromkeys(
                (
                    *("date added to xplore", "issue date", "online date", "license"),
                    *("meeting date", "funding information", "reference count"),
                    *("article citation count", "patent citation count"),
                ),
                "",
            ),
            "ieee terms": "heading",
        },
    ),
    ("cnki", ("srcdatabase", "title"), {"source": "journal"}),
    ("publish or perish", ("gsrank",), {"articleurl": "url", "source": "journal"}),
)

#: Spreadsheets of PubMed and ICTRP begin their column names with odd characters.
_NOISE = re.compile(r"[^0-9a-z\u4e00-\u9fff]+")


def plain_name(name: str) -> str:
    """Return a column name in small letters with single blanks for everything else."""
    name = name.strip()
    if "-" in name and name.isascii() is False:
        # CNKI: `Title-题名`.
        name = name.partition("-")[0]
    return _NOISE.sub(" ", name.lower()).strip()


def recognise(header: Sequence[str]) -> tuple[str, dict[str, str]]:
    """Return the export a header is of, empty if unknown, and the role of each column.

    Columns without a known meaning are not in the answer.
    """
    names = {plain_name(name): name for name in header if name.strip()}
    export, own = "", dict[str, str]()
    if "synthesist record" in names:
        return "synthesist", dict.fromkeys(header, "own")
    for code, needed, meanings in _EXPORTS:
        if all(name in names for name in needed):
            export, own = code, dict(meanings)
            break
    meanings = _ROLES | own
    return export, {
        given: meanings[name] for name, given in names.items() if name in meanings
    }


def known_names(header: Sequence[str]) -> int:
    """Count the cells of a row that are names of columns."""
    _, roles = recognise(header)
    return sum(bool(role) for role in roles.values())
