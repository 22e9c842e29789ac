"""Check the numbers that a review has typed from its reports, row by row."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from synthesist.checks.fields import RATIOS
from synthesist.checks.finding import Finding
from synthesist.checks.judge import judge
from synthesist.checks.kind import CONSISTENT, INCONSISTENT
from synthesist.numerics.printing import plural
from synthesist.review import Reported, Result, Review, Study

#: Words of the time before treatment.
BASELINE = ("baseline", "week 0", "0 weeks", "month 0", "day 0", "before", "pre")

#: Scores count in whole or half points, so that a quarter is no value of anybody.
SCORE_UNITS = ("point", "points", "score", "scores")
SCORE_STEP = "0.5"

#: How the first word of a printed quantity names its measure.
MEASURES = {name.upper(): name.upper() for name in (*RATIOS[:5], "md", "smd", "rd")} | {
    "PROPORTION": "proportion"
}


@dataclass(frozen=True, slots=True, kw_only=True)
class RowFinding:
    """A finding and the row that it belongs to.

    `others` are the rows of the same file that it was compared with.
    """

    file: str
    row: int
    finding: Finding
    others: tuple[int, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return the finding with its place as JSON values."""
        return {
            "file": self.file,
            "row": self.row,
            "with_rows": list(self.others),
            "kind": self.finding.kind,
            **self.finding.to_dict(),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedReview:
    """What the printed numbers of a review say of each other.

    Attributes
    ----------
    findings : tuple of RowFinding
        Everything that is not consistent, in the order of the files.
    checked : int
        How many checks were made.
    """

    findings: tuple[RowFinding, ...]
    checked: int

    @property
    def contradictions(self) -> tuple[RowFinding, ...]:
        """The findings whose numbers contradict each other."""
        return tuple(f for f in self.findings if f.finding.verdict == INCONSISTENT)

    def lines(self) -> list[str]:
        """Return counts in a sentence, and every contradiction in a line."""
        if not self.checked:
            return []
        wrong = self.contradictions
        agree, still = self.checked - len(self.findings), len(self.findings) - len(wrong)  # fmt: skip
        return [
            f"{plural(self.checked, 'check')} of printed numbers: {agree} agree, {len(wrong)} do not, {still} stay open.",
            *(f"  {f.finding.id}: {f.finding.sentence()} {f.finding.ask}".rstrip() for f in wrong),
        ]  # fmt: skip

    def to_dict(self) -> dict[str, Any]:
        """Return counts and findings as JSON values."""
        return {
            "checked": self.checked,
            "findings": [found.to_dict() for found in self.findings],
        }


def check_numbers_of(review: Review) -> CheckedReview:
    """Check every row of results and printed pools against what it implies."""
    made = [*_results(review), *_reported(review.reported), *_studies(review.studies)]
    return CheckedReview(
        findings=tuple(f for f in made if f.finding.verdict != CONSISTENT),
        checked=len(made),
    )


def _results(review: Review) -> Iterator[RowFinding]:
    """Give the checks of results.csv."""
    units = {outcome.id: outcome.unit for outcome in review.protocol.outcomes}
    for result in review.results:
        yield from _alone(result, units.get(result.outcome, ""))
        if result.p and result.comparator:
            yield from _between(result, review)
        elif result.p:
            yield from _since_baseline(result, review)


def _ask(
    result: Result,
    kind: str,
    given: Mapping[str, str],
    printed: str | Mapping[str, str] | None = None,
    *others: Result,
) -> RowFinding:
    """Answer one check of a row."""
    item = {"id": f"results.csv row {result.row}", "kind": kind, "given": given, "printed": printed}  # fmt: skip
    return RowFinding(
        file="results.csv",
        row=result.row,
        finding=judge(item),
        others=tuple(other.row for other in others),
    )


def _has(result: Result, *names: str) -> bool:
    return all(name in result.printed for name in names)


def _take(result: Result, *names: str, **renamed: str) -> dict[str, str]:
    """Return the printed texts of a row by name."""
    found = {name: result.printed[name] for name in names if name in result.printed}
    return found | {
        new: result.printed[old]
        for new, old in renamed.items()
        if old in result.printed
    }


def _alone(result: Result, unit: str) -> Iterator[RowFinding]:
    """Give the checks of a row by itself."""
    yield from _medians(result, unit)
    interval = _take(result, "ci_low", "ci_high", level="ci_level")
    if _has(result, "ci_low", "ci_high"):
        for name, measure in (("hr", "HR"), ("surv_percent", "percent"), ("mean_change", "MD")):  # fmt: skip
            if _has(result, name):
                given = {**interval, "estimate": result.printed[name], "measure": measure}  # fmt: skip
                yield _ask(result, "ci_symmetry", given)
                if result.p and name != "surv_percent":
                    yield _ask(result, "p_from_ci", given, result.p)
        if _has(result, "mean", "sd", "n"):
            yield _ask(result, "ci_of_mean", {**interval, **_take(result, "mean", "sd", "n")})  # fmt: skip
    if _has(result, "sd", "se", "n"):
        yield _ask(result, "se_from_sd", _take(result, "sd", "n"), result.printed["se"])
    if _has(result, "sd", "n", "min", "max"):
        given = _take(result, "n", "min", "max", "mean")
        yield _ask(result, "sd_within_range", given, result.printed["sd"])
    if _has(result, "mean", "median", "sd"):
        given = _take(result, "n", "median", "sd")
        yield _ask(result, "mean_and_median", given, result.printed["mean"])


def _medians(result: Result, unit: str) -> Iterator[RowFinding]:
    """Give the checks of a median with its range or quartiles."""
    ends = _take(result, "min", "max")
    if len(ends) == 2 and (unit.lower() in SCORE_UNITS or _has(result, "sd")):
        given = ends | _take(result, "median", "mean", "n")
        step = {"step": SCORE_STEP} if unit.lower() in SCORE_UNITS else {}
        found = _ask(result, "quartiles_as_range", given | step, result.printed.get("sd"))  # fmt: skip
        if found.finding.verdict != "undecidable":
            yield found
            if found.finding.verdict != CONSISTENT:
                return
    given = _take(result, "median", "q1", "q3", "min", "max", "n")
    if "median" in given and "n" in given and len(given) > 3 and (result.n or 0) >= 5:
        yield _ask(result, "skewness_of_median", given)


def _matching(
    review: Review, result: Result, arm: str, when: Sequence[str] = ()
) -> Result | None:
    """Return the row of an arm for the same outcome, at the same time or at baseline."""
    for other in review.results_of(result.study):
        same = (other.outcome, other.population) == (result.outcome, result.population)
        time = other.timepoint.strip().lower()
        right_time = time in when if when else other.timepoint == result.timepoint
        if same and right_time and other.arm == arm and not other.comparator:
            return other
    return None


def _groups(one: Result, two: Result, *names: str) -> dict[str, str]:
    """Return the printed texts of two rows, numbered by group."""
    return {
        f"{name}_{number}": row.printed[name]
        for number, row in ((1, one), (2, two))
        for name in names
    }


def _between(result: Result, review: Review) -> Iterator[RowFinding]:
    """Give the check of a P value between two arms."""
    one = _matching(review, result, result.arm)
    two = _matching(review, result, result.comparator)
    if one is None or two is None:
        return
    for kind, names in (
        ("two_by_two", ("events", "n")),
        ("t_test_summary", ("mean", "sd", "n")),
    ):
        if _has(one, *names) and _has(two, *names):
            yield _ask(result, kind, _groups(one, two, *names), result.p, one, two)
    if _has(one, "surv_percent", "n") and _has(two, "surv_percent", "n"):
        given = _groups(one, two, "n") | {
            "survival_1": one.printed["surv_percent"] + "%",
            "survival_2": two.printed["surv_percent"] + "%",
        }
        yield _ask(result, "landmark_test", given, result.p, one, two)


def _since_baseline(result: Result, review: Review) -> Iterator[RowFinding]:
    """Give the check of a P value against the same participants before."""
    before = _matching(review, result, result.arm, BASELINE)
    if before is None or before is result or before.n != result.n:
        return
    if _has(before, "events", "n") and _has(result, "events"):
        given = {"events_1": before.printed["events"], "events_2": result.printed["events"], "n": before.printed["n"]}  # fmt: skip
        yield _ask(result, "paired_counts", given, result.p, before)
    if _has(before, "mean", "sd", "n") and _has(result, "mean", "sd"):
        given = {"mean_pre": before.printed["mean"], "sd_pre": before.printed["sd"], "mean_post": result.printed["mean"],
                 "sd_post": result.printed["sd"], "n": before.printed["n"], **_take(result, "r", "sd_change")}  # fmt: skip
        yield _ask(result, "paired_means", given, result.p, before)


def _reported(rows: Sequence[Reported]) -> Iterator[RowFinding]:
    """Give the checks of reported.csv."""
    for row in rows:
        measure = MEASURES.get(row.quantity.partition(" ")[0].strip(",").upper())
        if measure is None or row.value is None or row.low is None or row.high is None:
            continue
        given = {
            "estimate": row.printed["value"],
            "ci_low": row.printed["low"],
            "ci_high": row.printed["high"],
            "measure": measure,
            **({"level": row.printed["level"]} if "level" in row.printed else {}),
        }
        checks: list[tuple[str, str | None]] = [("ci_symmetry", None)]
        if row.p and measure != "proportion":
            checks.append(("p_from_ci", row.p))
        for kind, printed in checks:
            item = {"id": f"reported.csv row {row.row}", "kind": kind, "given": given, "printed": printed}  # fmt: skip
            yield RowFinding(file="reported.csv", row=row.row, finding=judge(item))


def _studies(studies: Sequence[Study]) -> Iterator[RowFinding]:
    """Give the checks of studies that may be the same participants."""
    named = [study for study in studies if study.registrations]
    for one, two in combinations(named, 2):
        given = {"registry_1": "; ".join(one.registrations), "registry_2": "; ".join(two.registrations)}  # fmt: skip
        item = {"id": f"{one.name} and {two.name}", "kind": "same_participants", "given": given, "printed": None}  # fmt: skip
        yield RowFinding(file="studies.csv", row=two.row, finding=judge(item), others=(one.row,))  # fmt: skip
