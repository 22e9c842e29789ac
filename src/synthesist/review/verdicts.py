"""From the decisions of several people to one verdict, and whether it is settled."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from synthesist.review.protocol import Protocol
from synthesist.review.records import STAGES, Decision
from synthesist.review.reports import Report

#: `open`: too few have judged; `conflict`: they disagree and nobody has settled it.
Standing = Literal["include", "exclude", "not-retrieved", "conflict", "open"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What holds for a report at one stage, and the decisions it rests on."""

    standing: Standing = "open"
    reason: str = ""
    decisions: tuple[Decision, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Screened:
    """A report with what holds for it at each stage."""

    report: Report
    verdicts: Mapping[str, Verdict] = field(default_factory=dict[str, Verdict])

    def at(self, stage: str) -> Verdict:
        """Return what holds at a stage, `open` where nobody has judged."""
        return self.verdicts.get(stage, Verdict())


def screen(
    reports: Sequence[Report], decisions: Iterable[Decision], protocol: Protocol
) -> tuple[Screened, ...]:
    """Settle each stage of each report by the decisions on any of its records.

    The order of the rows of screening.csv is the order of events. Of each
    reviewer the last verdict at a stage counts. The last verdict of somebody with
    the role `consensus` settles a stage. Else at least
    `protocol.reviewers_per_record` people must have judged, and all of them alike;
    `maybe` at title and abstract lets a report pass, as include does, and leaves
    it open at full text. Retrieval needs no second person: its last verdict counts.
    """
    home = {r.record: report.id for report in reports for r in report.records}
    found: dict[str, dict[str, list[Decision]]] = {}
    for decision in decisions:
        if decision.record in home:
            stages = found.setdefault(home[decision.record], {})
            stages.setdefault(decision.stage, []).append(decision)
    return tuple(
        Screened(
            report=report,
            verdicts={
                stage: _settle(stage, tuple(rows), protocol)
                for stage, rows in found.get(report.id, {}).items()
                if stage in STAGES
            },
        )
        for report in reports
    )


def _settle(stage: str, rows: tuple[Decision, ...], protocol: Protocol) -> Verdict:
    """Return what holds at one stage."""
    if stage == "retrieval":
        return _verdict(stage, (rows[-1],), rows, protocol)
    settling = {r.id for r in protocol.reviewers if r.role == "consensus"}
    settled = [row for row in rows if row.reviewer in settling]
    if settled:
        return _verdict(stage, (settled[-1],), rows, protocol)
    last = {row.reviewer: row for row in rows}
    if len(last) < protocol.votes_needed:
        return Verdict(decisions=rows)
    return _verdict(stage, tuple(last.values()), rows, protocol)


def _verdict(
    stage: str,
    counted: Sequence[Decision],
    rows: tuple[Decision, ...],
    protocol: Protocol,
) -> Verdict:
    """Return the verdict of the decisions that count."""
    words: set[Standing] = {_word(stage, row.verdict) for row in counted}
    if len(words) > 1:
        return Verdict(standing="conflict", decisions=rows)
    (word,) = words
    reason = ""
    if word == "exclude":
        # People who agree to exclude may differ in why; the protocol's order decides.
        order = protocol.eligibility.exclusion_reasons
        given = {row.reason for row in counted if row.reason}
        reason = next((r for r in order if r in given), min(given, default=""))
    return Verdict(standing=word, reason=reason, decisions=rows)


def _word(stage: str, verdict: str) -> Standing:
    """Return what a single verdict amounts to."""
    if verdict == "include" or (verdict == "maybe" and stage == "title-abstract"):
        return "include"
    if verdict == "exclude":
        return "exclude"
    return "not-retrieved" if verdict == "not-retrieved" else "open"
