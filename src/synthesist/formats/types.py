"""Kinds of publication, and what each format calls them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple


class Kind(NamedTuple):
    """What the formats call a kind of publication; EndNote also by a number."""

    ris: str
    bibtex: str
    endnote: str
    number: int
    csl: str


#: Each kind by its code.
TYPES = {
    "article": Kind("JOUR", "article", "Journal Article", 17, "article-journal"),
    "preprint": Kind("UNPB", "misc", "Unpublished Work", 34, "article"),
    "in-press": Kind("INPR", "article", "Journal Article", 17, "article-journal"),
    "electronic-article": Kind(
        "EJOUR",
        "article",
        "Electronic Article",
        43,
        "article-journal",
    ),
    "magazine-article": Kind(
        "MGZN", "article", "Magazine Article", 19, "article-magazine"
    ),
    "newspaper-article": Kind(
        "NEWS",
        "article",
        "Newspaper Article",
        23,
        "article-newspaper",
    ),
    "abstract": Kind("ABST", "article", "Journal Article", 17, "article-journal"),
    "book": Kind("BOOK", "book", "Book", 6, "book"),
    "edited-book": Kind("EDBOOK", "book", "Edited Book", 28, "book"),
    "chapter": Kind("CHAP", "incollection", "Book Section", 5, "chapter"),
    "conference-paper": Kind(
        "CPAPER",
        "inproceedings",
        "Conference Paper",
        47,
        "paper-conference",
    ),
    "proceedings": Kind(
        "CONF",
        "proceedings",
        "Conference Proceedings",
        10,
        "paper-conference",
    ),
    "thesis": Kind("THES", "phdthesis", "Thesis", 32, "thesis"),
    "report": Kind("RPRT", "techreport", "Report", 27, "report"),
    "standard": Kind("STAND", "misc", "Standard", 58, "standard"),
    "patent": Kind("PAT", "misc", "Patent", 25, "patent"),
    "dataset": Kind("DATA", "misc", "Dataset", 59, "dataset"),
    "software": Kind("COMP", "misc", "Computer Program", 9, "software"),
    "web-page": Kind("ELEC", "misc", "Web Page", 12, "webpage"),
    "trial-registration": Kind("DBASE", "misc", "Online Database", 45, "entry"),
    "audiovisual": Kind("ADVS", "misc", "Audiovisual Material", 3, "motion_picture"),
    "legal": Kind("LEGAL", "misc", "Legal Rule or Regulation", 50, "legislation"),
    "manuscript": Kind("MANSCPT", "unpublished", "Manuscript", 36, "manuscript"),
    "unpublished": Kind("UNPB", "unpublished", "Unpublished Work", 34, "manuscript"),
    "personal-communication": Kind(
        "PCOMM",
        "misc",
        "Personal Communication",
        26,
        "personal_communication",
    ),
    "serial": Kind("SER", "book", "Serial", 57, "book"),
    "other": Kind("GEN", "misc", "Generic", 13, "document"),
}

#: What exports write, in small letters and without blanks, and the kind it is.
_WORDS = {
    "article": "jour jfull journalarticle article journal article-journal 期刊 期刊论文 1 articlejournal"
    " research-article journalpaper ieeejournal ieeeearlyaccessarticle j reviewarticle review letter editorial shortsurvey note erratum",
    "in-press": "inpr articleinpress",
    "electronic-article": "ejour ejou electronicarticle electronicjournal",
    "magazine-article": "mgzn magazinearticle article-magazine magazine ieeemagazine",
    "newspaper-article": "news newspaperarticle newspaper article-newspaper 报纸",
    "abstract": "abst abstract",
    "preprint": "preprint posted-content",
    "book": "book wholebook b monograph ebook electronicbook 图书 booksetup mvbook booklet"
    " manual ctlg catalog clswk ancient",
    "edited-book": "edbook editedbook collection mvcollection reference mvreference",
    "chapter": "inreference suppbook suppcollection bookinbook chap bookchapter booksection book,section incollection inbook chapter echap"
    " electronicbooksection book-chapter bookpart",
    "conference-paper": "cpaper conferencepaper inproceedings conference paper-conference c"
    " ieeeconference conferenceabstract meetingabstract proceedingspaper proceedings-article",
    "proceedings": "mvproceedings conf conferenceproceedings proceedings conferencereview 会议",
    "thesis": "thes thesis phdthesis mastersthesis dissertation dissertation/thesis thesis/dissertation"
    " 硕士 博士 学位论文 2 dissertationthesis",
    "report": "rprt report techreport technicalreport gov govdoc"
    " governmentdocument pamp pamphlet",
    "standard": "stand std standard 标准",
    "patent": "pat patent p 专利",
    "dataset": "data dataset aggr aggregateddatabase",
    "software": "comp computerprogram software",
    "web-page": "web online electronic elec webpage website web electronicsource weblink blog internetcommunication icomm",
    "trial-registration": "dbase onlinedatabase trialregistryrecord clinicaltrial trialregistration"
    " clinicaltrialregistry entry",
    "audiovisual": "advs audiovisualmaterial video film motion_picture filmorbroadcast mpct"
    " sound music audio movie slide multi multimedia podcst podcast",
    "legal": "legal case bill stat statute hear legislation jurisdiction legalruleorregulation",
    "manuscript": "manscpt manuscript",
    "unpublished": "unpb unpublished unpublishedwork unbill",
    "personal-communication": "pcomm personalcommunication",
    "serial": "periodical ser serial series s",
    "other": "gen generic misc other unknown document",
}

_CODES = {
    word: code for code, words in _WORDS.items() for word in (*words.split(), code)
}

#: What is written where a reference says nothing of its kind.
NOT_GIVEN = "not given"


@lru_cache(maxsize=1 << 10)
def reference_type(text: str) -> str:
    """Return the code of a kind as an export names it, or `other`, or nothing for nothing."""
    word = "".join(text.lower().split())
    if not word or word == "notgiven":
        return ""
    return _CODES.get(word) or _CODES.get(word.partition(";")[0], "other")


def type_among(words: Iterable[str]) -> str:
    """Return the code of the first of several publication types that names a kind.

    `Conference paper` and `Review: PDF Only` do, `Randomized controlled trial` does not.
    """
    for text in words:
        word = "".join(re.split(r"[;:,]", text.lower())[0].split())
        code = _CODES.get(word) or _CODES.get(word.removesuffix("s"))
        if code:
            return code
    return ""


def kind_of(code: str) -> Kind:
    """Return what the formats call a kind; one without a code is an article to none."""
    return TYPES.get(code, TYPES["other"])
