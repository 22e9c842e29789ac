"""A review: protocol, records, decisions and extractions together."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TypeVar

from synthesist.errors import NotFound
from synthesist.review.evidence import Arm, Claim, Judgement, Reported, Result, Study
from synthesist.review.individual import DataRequest
from synthesist.review.protocol import (
    Outcome,
    PlannedAnalysis,
    Protocol,
    Regimen,
    by_id,
)
from synthesist.review.records import Decision, DuplicateAnswer, Record

Row = TypeVar("Row")
Groups = Mapping[Hashable, tuple[Row, ...]]


# Without slots, because the groups below are kept once they have been made.
@dataclass(frozen=True, kw_only=True)
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
    requests: tuple[DataRequest, ...] = ()
    path: Path | None = None

    def study(self, key: str) -> Study:
        """Return a study by its id, or raise `NotFound`."""
        return _only(self._studies, key, f"study '{key}' in studies.csv")

    def arm(self, study: str, key: str) -> Arm:
        """Return an arm of a study by its id, or raise `NotFound`."""
        named = f"arm '{key}' of study '{study}' in arms.csv"
        return _only(self._arms, (study, key), named)

    def record(self, key: str) -> Record:
        """Return a record by its id, or raise `NotFound`."""
        return _only(self._records, key, f"record '{key}' in records.csv")

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
        return self._arms_by_study.get(study, ())

    def results_of(self, study: str, outcome: str | None = None) -> tuple[Result, ...]:
        """Return the results of a study, of one outcome if given."""
        results = self._results.get(study, ())
        return tuple(r for r in results if outcome in (None, r.outcome))

    def reported_for(self, analysis: str) -> tuple[Reported, ...]:
        """Return what others printed for an analysis, or for `flow`."""
        return tuple(row for row in self.reported if row.analysis == analysis)

    def judgements_of(self, study: str) -> tuple[Judgement, ...]:
        """Return the appraisal of a study."""
        return tuple(row for row in self.judgements if row.study == study)

    def decisions_on(self, record: str) -> tuple[Decision, ...]:
        """Return the decisions on one record, in the order they were made."""
        return self._decisions.get(record, ())

    def records_of(self, report: str) -> tuple[Record, ...]:
        """Return the records that name a report, or the record of that id."""
        return self._by_report.get(report) or self._records.get(report, ())

    def is_synthetic(self, part: str) -> bool:
        """Tell whether a part of the review is declared as invented."""
        return part in self.protocol.synthetic

    @cached_property
    def _studies(self) -> Groups[Study]:
        return _group(self.studies, lambda row: row.study)

    @cached_property
    def _arms(self) -> Groups[Arm]:
        return _group(self.arms, lambda row: (row.study, row.arm))

    @cached_property
    def _arms_by_study(self) -> Groups[Arm]:
        return _group(self.arms, lambda row: row.study)

    @cached_property
    def _records(self) -> Groups[Record]:
        return _group(self.records, lambda row: row.record)

    @cached_property
    def _by_report(self) -> Groups[Record]:
        return _group((r for r in self.records if r.report), lambda row: row.report)

    @cached_property
    def _results(self) -> Groups[Result]:
        return _group(self.results, lambda row: row.study)

    @cached_property
    def _decisions(self) -> Groups[Decision]:
        return _group(self.decisions, lambda row: row.record)


def _group(rows: Iterable[Row], key: Callable[[Row], Hashable]) -> Groups[Row]:
    """Return rows by their key, in their order."""
    groups: dict[Hashable, list[Row]] = {}
    for row in rows:
        groups.setdefault(key(row), []).append(row)
    return {name: tuple(group) for name, group in groups.items()}


def _only(groups: Groups[Row], key: Hashable, named: str) -> Row:
    """Return the first row of a key, or raise `NotFound`."""
    if key not in groups:
        raise NotFound(f"There is no {named}.")
    return groups[key][0]
