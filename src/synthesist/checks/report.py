"""Check the numbers of a whole report: many printed results in one call."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from synthesist.checks.finding import Finding
from synthesist.checks.judge import judge
from synthesist.checks.kind import CONSISTENT, INCONSISTENT, UNDECIDABLE
from synthesist.errors import NotFound
from synthesist.numerics.printing import plural

#: What is repeated for a reader of the answers.
CAUTION = (
    "A contradiction is a question to the authors: a test other than the one assumed, "
    "a misprint or a misreading explains most of them."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedReport:
    """The answers to many printed results, in their order.

    Attributes
    ----------
    findings : tuple of Finding
        One a result.
    """

    findings: tuple[Finding, ...]

    @property
    def counts(self) -> dict[str, int]:
        """How many results have each verdict; unreadable ones are counted too."""
        found = Counter(finding.verdict or "unreadable" for finding in self.findings)
        return {
            verdict: found[verdict]
            for verdict in (CONSISTENT, INCONSISTENT, UNDECIDABLE, "unreadable")
        }

    @property
    def contradictions(self) -> tuple[Finding, ...]:
        """The findings whose numbers contradict each other."""
        return tuple(f for f in self.findings if f.verdict == INCONSISTENT)

    def summary(self) -> str:
        """Return the counts and every contradiction in words."""
        counts = ", ".join(f"{n} {verdict}" for verdict, n in self.counts.items() if n)
        lines = [f"{plural(len(self.findings), 'printed result')}: {counts or 'none'}."]
        lines += [
            f"  {finding.id or 'unnamed'}: {finding.sentence()} {finding.ask}".rstrip()
            for finding in self.findings
            if finding.verdict == INCONSISTENT or finding.error
        ]
        if self.contradictions:
            lines.append(CAUTION)
        return "\n".join(lines)

    def to_frame(self) -> dict[str, list[Any]]:
        """Return columns, one row a result and implied quantity."""
        columns: dict[str, list[Any]] = {
            name: []
            for name in ("id", "kind", "verdict", "quantity", "low", "high", "printed", "ask")
        }  # fmt: skip
        for finding in self.findings:
            spans = finding.implied.items() or (("", None),)
            for name, span in spans:
                row = (
                    finding.id,
                    finding.kind,
                    finding.verdict,
                    name or None,
                    None if span is None else span.low,
                    None if span is None else span.high,
                    finding.printed.get(name),
                    finding.ask or finding.error or None,
                )
                for column, value in zip(columns.values(), row, strict=True):
                    column.append(value)
        return columns

    def to_dict(self) -> dict[str, Any]:
        """Return the answers as JSON values."""
        return {
            "counts": self.counts,
            "findings": [finding.to_dict() for finding in self.findings],
        }


def check_report(
    results: Mapping[str, Any] | Iterable[Mapping[str, Any]] | str | Path,
) -> CheckedReport:
    """Say of printed results whether their digits agree with each other.

    Everything is computed as an interval that allows for the rounding of the
    printed digits: a number printed as 0.97 is any number from 0.965 to 0.975.

    Parameters
    ----------
    results : mapping, iterable of mappings, str or Path
        Each with ``id``, ``kind``, ``given`` (texts as printed, by name) and
        ``printed``, the result that is compared; or a file of them, one JSON
        object a line. The kinds are the entries of `synthesist.checks.KINDS`.

    Returns
    -------
    CheckedReport
        An answer for each. One that cannot be read is an answer with `error`, so
        that the others are still answered.

    Raises
    ------
    NotFound
        If there is no such file.
    """
    if isinstance(results, str | Path):
        path = Path(results)
        if not path.is_file():
            raise NotFound(
                f"There is no file {path}.",
                remedy="give a file of JSON lines, or the results themselves",
            )
        with path.open(encoding="utf-8-sig") as lines:
            return CheckedReport(findings=tuple(check_lines(lines)))
    if isinstance(results, Mapping):
        return CheckedReport(findings=(judge(results),))
    return CheckedReport(findings=tuple(judge(item) for item in results))


def check_lines(lines: Iterable[str]) -> Iterator[Finding]:
    """Answer JSON lines one by one; empty ones are passed over."""
    for number, line in enumerate(lines, 1):
        if line.strip():
            yield _check_line(line, number)


def _check_line(line: str, number: int) -> Finding:
    """Answer one line; the number of a wrong one is part of its error."""
    try:
        item = json.loads(line)
    except (ValueError, RecursionError):
        return Finding(
            id=None, kind=None, verdict=None,
            error=f"Line {number}: not JSON; write one object a line.",
        )  # fmt: skip
    finding = judge(item)
    if finding.error:
        return Finding(
            id=finding.id, kind=finding.kind, verdict=None,
            error=f"Line {number}: {finding.error}",
        )  # fmt: skip
    return finding
