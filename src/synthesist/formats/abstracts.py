"""The sections of a structured abstract."""

from __future__ import annotations

import re
from typing import NamedTuple


class Section(NamedTuple):
    """A part of an abstract; the label is empty for text before the first label."""

    label: str
    text: str


_WORDS = (
    "background|objectives?|aims?|purpose|methods?|materials? and methods?|patients and methods?"
    "|design|setting|settings|participants|patients|subjects|interventions?|measurements"
    "|main outcome measures?|outcomes?|results?|findings|conclusions?|interpretation|discussion"
    "|introduction|limitations|funding|trial registration|registration|significance|importance"
    "|data sources|study selection|data extraction|data synthesis|context|rationale|methodology"
    "|clinical trial registration|systematic review registration|hypothesis|summary"
    "|review methods|selection criteria|search methods|data collection and analysis"
    "|main results|authors' conclusions|implications|evidence acquisition|evidence synthesis"
)
_LABEL = re.compile(
    rf"(?:(?<=[.!?)\]]),?\s+|^\s*|\n\s*)(?:((?i:{_WORDS})(?:/(?i:{_WORDS}))?|[A-Z][A-Z ,/&'()-]{{3,58}}[A-Z)])\s*[:：]\s+"
    rf"|((?i:{_WORDS}))\s*\n)"
)
_CHINESE = re.compile(
    r"(?:^|(?<=[。.;；!]))\s*[\[【(（]?(目的|背景|方法|结果|结论|资料与方法|对象与方法|意义|材料与方法|研究背景|研究目的)[\]】)）]?\s*[:：]?\s*(?=\S)"
)


def sections(abstract: str) -> tuple[Section, ...]:
    """Split an abstract at its labels; one without labels is one section without a label."""
    if not abstract:
        return ()
    pattern = _CHINESE if _CHINESE.search(abstract) else _LABEL
    found = list(pattern.finditer(abstract))
    if not found:
        return (Section("", abstract.strip()),)
    parts: list[Section] = []
    if before := abstract[: found[0].start()].strip():
        parts.append(Section("", before))
    for match, following in zip(found, [*found[1:], None], strict=True):
        end = following.start() if following else len(abstract)
        label = next(group for group in match.groups() if group)
        parts.append(Section(label.strip(), abstract[match.end() : end].strip()))
    return tuple(parts)
