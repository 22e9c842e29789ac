"""A review: protocol, records, decisions and extractions together."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from synthesist.errors import NotFound
from synthesist.review.evidence import Arm, Claim, Judgement, Reported, Result, Study
from synthesist.review.protocol import (
    Outcome,
    PlannedAnalysis,
    Protocol,
    Regimen,
    by_id,
)
from synthesist.review.records import Decision, DuplicateAnswer, Record


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """Everything a review folder holds, rows in the order of their files."""

    protocol: Protocol
    records: tuple[Record, ...] = ()
    duplicates: tuple[DuplicateAnswer, ...] = ()
    decisions: tuple[Decision, ...] = ()
    studies: tuple[Study, ...] = ()
    arms: tuple[Arm, ...] = ()
    results: tuple[Result, ...] = ()
    reported: tuple[Reported, ...] = ()
    judgements: tuple[Judgement, ...] = ()
    claims: tuple[Claim, ...] = ()
    path: Path | None = None

    def study(self, key: str) -> Study:
        """Return a study by its id, or raise `NotFound`."""
        for study in self.studies:
            if study.study == key:
                return study
        raise NotFound(f"There is no study '{key}' in studies.csv.")

    def arm(self, study: str, key: str) -> Arm:
        """Return an arm of a study by its id, or raise `NotFound`."""
        for arm in self.arms:
            if arm.study == study and arm.arm == key:
                return arm
        raise NotFound(f"There is no arm '{key}' of study '{study}' in arms.csv.")

    def record(self, key: str) -> Record:
        """Return a record by its id, or raise `NotFound`."""
        for record in self.records:
            if record.record == key:
                return record
        raise NotFound(f"There is no record '{key}' in records.csv.")

    def outcome(self, key: str) -> Outcome:
        """Return an outcome of the protocol by its id, or raise `NotFound`."""
        return by_id(self.protocol.outcomes, key)

    def regimen(self, key: str) -> Regimen:
        """Return a regimen of the protocol by its id, or raise `NotFound`."""
        return by_id(self.protocol.regimens, key)

    def analysis(self, key: str) -> PlannedAnalysis:
        """Return a planned analysis by its id, or raise `NotFound`."""
        return by_id(self.protocol.analyses, key)

    def arms_of(self, study: str) -> tuple[Arm, ...]:
        """Return the arms of a study in the order of arms.csv."""
        return tuple(arm for arm in self.arms if arm.study == study)

    def results_of(self, study: str, outcome: str | None = None) -> tuple[Result, ...]:
        """Return the results of a study, of one outcome if given."""
        return tuple(
            result
            for result in self.results
            if result.study == study and outcome in (None, result.outcome)
        )

    def reported_for(self, analysis: str) -> tuple[Reported, ...]:
        """Return what others printed for an analysis, or for `flow`."""
        return tuple(row for row in self.reported if row.analysis == analysis)

    def judgements_of(self, study: str) -> tuple[Judgement, ...]:
        """Return the appraisal of a study."""
        return tuple(row for row in self.judgements if row.study == study)

    def decisions_on(self, record: str) -> tuple[Decision, ...]:
        """Return the decisions on one record, in the order they were made."""
        return tuple(row for row in self.decisions if row.record == record)

    def records_of(self, report: str) -> tuple[Record, ...]:
        """Return the records that point to a report, or the record of that id."""
        return tuple(
            row
            for row in self.records
            if row.report == report or (not row.report and row.record == report)
        )

    def is_synthetic(self, part: str) -> bool:
        """Tell whether a part of the review is declared as invented."""
        return part in self.protocol.synthetic
