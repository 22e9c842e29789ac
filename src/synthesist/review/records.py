"""Records as imported, and what people said about them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

STAGES = ("title-abstract", "retrieval", "full-text")
DUPLICATE_ANSWERS = ("same", "different", "undo")

#: Which verdicts make sense at which stage. At `retrieval`, include means that
#: the report was obtained.
VERDICTS = {
    "title-abstract": ("include", "exclude", "maybe"),
    "retrieval": ("include", "not-retrieved"),
    "full-text": ("include", "exclude", "maybe"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One reference as imported; never edited. `row` is its line in records.csv."""

    record: str
    file: str
    ordinal: int
    report: str = ""
    type: str = ""
    title: str = ""
    authors: str = ""
    year: str = ""
    journal: str = ""
    volume: str = ""
    issue: str = ""
    pages: str = ""
    doi: str = ""
    pmid: str = ""
    accession: str = ""
    language: str = ""
    abstract: str = ""
    keywords: str = ""
    url: str = ""
    note: str = ""
    row: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class DuplicateAnswer:
    """What somebody said about a pair of records; the last answer counts."""

    record_a: str
    record_b: str
    answer: str
    by: str
    time: str
    reason: str = ""
    row: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """One verdict of one reviewer on one record at one stage; never changed."""

    record: str
    stage: str
    reviewer: str
    verdict: str
    reason: str = ""
    time: str
    note: str = ""
    row: int = 0


def record_id(file: str, ordinal: int, raw: bytes) -> str:
    """Return `r` and 12 hex digits that depend on file name, place and raw bytes.

    The three parts are separated by a zero byte, which no file name holds.
    """
    digest = hashlib.sha256(file.encode() + b"\0" + str(ordinal).encode() + b"\0" + raw)
    return "r" + digest.hexdigest()[:12]
