"""Check what review.toml says against itself."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from synthesist.review import PlannedAnalysis, Protocol, Review
from synthesist.store.codes import known_codes
from synthesist.store.faults import Faults
from synthesist.store.fields import nearest, nearest_known, shown
from synthesist.store.keys import SECTIONS

#: The name in reported.csv of counts of the flow diagram.
FLOW = "flow"


def check_protocol(review: Review, faults: Faults) -> Review:
    """Report contradictions of the protocol; codes become those probably meant."""
    protocol = review.protocol
    _check_ids(protocol, faults)
    _check_files(protocol, faults)
    _check_reviewers(protocol, faults)
    _check_reasons(protocol, faults)
    analyses = tuple(
        _check_analysis(analysis, index, review, faults)
        for index, analysis in enumerate(protocol.analyses)
    )
    return replace(review, protocol=replace(protocol, analyses=analyses))


def _check_ids(protocol: Protocol, faults: Faults) -> None:
    """Report ids that stand twice in a section; analyses name files, so case is nothing."""
    for section in SECTIONS:
        if not section.many or section.fields[0].name != "id":
            continue
        seen: set[str] = set()
        for index, entry in enumerate(getattr(protocol, section.name)):
            key = entry.id.casefold() if section.name.endswith("analyses") else entry.id
            if key and key in seen:
                message = f"The id '{shown(entry.id)}' stands there twice"
                remedy = "give each entry an id of its own"
                faults.key(section.name, index, "id", message, remedy)
            seen.add(key)


def _check_files(protocol: Protocol, faults: Faults) -> None:
    """Report search files that two sources claim."""
    owner: dict[str, int] = {}
    for index, source in enumerate(protocol.sources):
        for file in source.files:
            if owner.setdefault(file, index) != index:
                message = f"The file '{shown(file)}' belongs to another source already"
                remedy = "name each file under one source"
                faults.key("sources", index, "files", message, remedy)


def _check_reviewers(protocol: Protocol, faults: Faults) -> None:
    """Report a review that asks for more judgements than it has reviewers."""
    asked, there = protocol.reviewers_per_record, len(protocol.reviewers)
    if asked is not None and asked > there:
        message = f"{asked} reviewers must judge each record, but {there} {'is' if there == 1 else 'are'} named"
        remedy = "add them as [[reviewers]], or ask for fewer"
        faults.key("", 0, "reviewers_per_record", message, remedy)


def _check_reasons(protocol: Protocol, faults: Faults) -> None:
    """Report exclusion reasons that stand twice."""
    reasons = protocol.eligibility.exclusion_reasons
    for reason in _repeated(reasons):
        message = f"The reason '{shown(reason)}' stands there twice"
        faults.key("eligibility", 0, "exclusion_reasons", message, "remove one")


def _repeated(names: Iterable[str]) -> list[str]:
    """Return each name that occurs more than once."""
    seen: set[str] = set()
    twice: dict[str, None] = {}
    for name in names:
        if name in seen:
            twice[name] = None
        seen.add(name)
    return list(twice)


def _check_analysis(
    analysis: PlannedAnalysis, index: int, review: Review, faults: Faults
) -> PlannedAnalysis:
    """Report what is wrong with one planned analysis."""

    def report(key: str, message: str, remedy: str) -> None:
        faults.key("analyses", index, key, message, remedy)

    changes: dict[str, str | None] = {}
    for key, codes in known_codes().items():
        given = getattr(analysis, key)
        if given and given not in codes:
            report(
                key, f"There is no {key} '{shown(given)}'", nearest_known(given, codes)
            )
            changes[key] = nearest(given, codes)
    if analysis.id.casefold() == FLOW:
        report("id", f"'{FLOW}' names the flow diagram's counts", "choose another id")
    if analysis.favours is not None and len(analysis.favours) != 2:
        report(
            "favours",
            "favours needs two texts, for left and right of no effect",
            'write it as ["favours control", "favours treatment"]',
        )
    if analysis.kind == "subtraction":
        _check_subtraction(analysis, index, review, faults)
    elif not analysis.outcome and ("analyses", index, "outcome") not in faults.keys:
        report("outcome", "The key outcome is missing", "name one of the outcomes")
    return replace(analysis, **changes)


def _check_subtraction(
    analysis: PlannedAnalysis, index: int, review: Review, faults: Faults
) -> None:
    """Report a subtraction whose two printed results are not there."""
    for key in ("whole", "part"):
        name = getattr(analysis, key)
        if not name:
            remedy = "name a result of reported.csv"
            faults.key("analyses", index, key, f"The key {key} is missing", remedy)
            continue
        rows = review.reported_for(name)
        found = [row for row in rows if row.quantity == analysis.measure]
        if rows and len(found) != 1:
            faults.key(
                "analyses",
                index,
                key,
                f"reported.csv has {len(found) or 'no'} rows of '{shown(name)}' with quantity {analysis.measure}",
                "it must have exactly one, with an interval or a P value",
            )
