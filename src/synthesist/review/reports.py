"""Records become reports: several records of one publication are one report."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from synthesist.review.records import DuplicateAnswer, Record


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One publication and the records that stand for it, in their order.

    Its id is the `report` of the first record that names one, else the id of its
    first record.
    """

    id: str
    records: tuple[Record, ...]

    @property
    def record(self) -> Record:
        """The first of its records."""
        return self.records[0]

    @property
    def names(self) -> frozenset[str]:
        """Every name by which studies.csv may refer to it."""
        return frozenset(
            name for r in self.records for name in (r.record, r.report) if name
        )


def group_reports(
    records: Sequence[Record], duplicates: Iterable[DuplicateAnswer] = ()
) -> tuple[Report, ...]:
    """Group records into reports, in the order of their first records.

    Records belong together when they name the same report, or when the last
    answer on the pair is `same`; and so on along a chain of such pairs.
    """
    parent = {record.record: record.record for record in records}

    def root(name: str) -> str:
        while parent[name] != name:
            parent[name] = parent[parent[name]]
            name = parent[name]
        return name

    by_report: dict[str, str] = {}
    for record in records:
        if record.report:
            first = by_report.setdefault(record.report, record.record)
            parent[root(record.record)] = root(first)
    for pair, answer in standing_answers(duplicates).items():
        if answer.answer == "same" and pair <= parent.keys():
            parent[root(answer.record_a)] = root(answer.record_b)
    groups: dict[str, list[Record]] = {}
    for record in records:
        groups.setdefault(root(record.record), []).append(record)
    return tuple(
        Report(
            id=next((r.report for r in group if r.report), group[0].record),
            records=tuple(group),
        )
        for group in groups.values()
    )


def standing_answers(
    duplicates: Iterable[DuplicateAnswer],
) -> dict[frozenset[str], DuplicateAnswer]:
    """Return the last answer on each pair of records; `undo` leaves none."""
    standing: dict[frozenset[str], DuplicateAnswer] = {}
    for answer in duplicates:
        pair = frozenset((answer.record_a, answer.record_b))
        if answer.answer == "undo":
            standing.pop(pair, None)
        else:
            standing[pair] = answer
    return standing


def contradictions(
    reports: Iterable[Report], duplicates: Iterable[DuplicateAnswer]
) -> tuple[DuplicateAnswer, ...]:
    """Return the answers `different` on records that stand for the same report."""
    home = {r.record: report.id for report in reports for r in report.records}
    return tuple(
        answer
        for answer in standing_answers(duplicates).values()
        if answer.answer == "different"
        and answer.record_a in home
        and home[answer.record_a] == home.get(answer.record_b)
    )
