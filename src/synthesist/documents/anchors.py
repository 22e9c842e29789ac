"""Where in a report a thing stands, so that every number can lead back to its source."""

from __future__ import annotations

from dataclasses import dataclass

from synthesist.documents.grid import Part
from synthesist.review import Record, Result, Review


@dataclass(frozen=True, slots=True)
class Anchors:
    """Names the places of one report; they follow the order of the files."""

    review: Review

    def study(self, study: str) -> str:
        """Return the anchor of a study's account."""
        names = [known.study for known in self.review.studies]
        return f"study-{names.index(study) + 1}"

    def result(self, result: Result) -> str:
        """Return the anchor of a row of results.csv."""
        return f"result-{result.row}"

    def record(self, record: Record) -> str:
        """Return the anchor of a row of records.csv."""
        return f"record-{record.row}"

    def source(self, source: str) -> str:
        """Return the anchor of a searched source."""
        return (
            f"source-{[s.id for s in self.review.protocol.sources].index(source) + 1}"
        )

    def source_of(self, file: str) -> Part:
        """Return the source a record's file came from, with its link if it is planned."""
        source = self.review.protocol.source_of(file)
        if source is None:
            return Part(file)
        return Part(source.name, self.source(source.id))

    def links(self, results: tuple[Result, ...]) -> tuple[Part, ...]:
        """Return links to the rows that an effect was computed from."""
        return tuple(
            Part(f"row {result.row}", self.result(result)) for result in results
        )


def analysis_anchor(plan: str) -> str:
    """Return the anchor of a planned analysis."""
    return f"analysis-{plan}"
