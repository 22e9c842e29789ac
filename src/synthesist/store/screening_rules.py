"""Check duplicates and decisions against each other and against the protocol."""

from __future__ import annotations

from collections.abc import Iterable

from synthesist.review import Decision, Followed, Review, follow, group_reports
from synthesist.review.flow import passed_screening
from synthesist.review.records import VERDICTS
from synthesist.review.reports import contradictions
from synthesist.store.faults import TOML, Faults
from synthesist.store.fields import shown

#: The stages that need an earlier one, in order.
LATER = ("retrieval", "full-text")

LEFT_OUT = ("excluded", "excluded-at-full-text", "not-retrieved")

#: The columns on which the fate of a report depends.
DECIDING = ("record", "stage", "reviewer", "verdict")


def check_screening(review: Review, faults: Faults) -> None:
    """Report answers and decisions that contradict each other or the protocol."""
    _check_duplicates(review, faults)
    doubtful: set[str] = set()
    for decision in review.decisions:
        before = len(faults.problems)
        _check_decision(decision, faults)
        found = len(faults.problems) > before
        if found or faults.touches("screening.csv", decision.row, DECIDING):
            doubtful.add(decision.record)
    doubtful.update(
        record.record
        for record in review.records
        if faults.touches("records.csv", record.row, ("record", "file", "report"))
    )
    if not review.records or _unsure_who_decides(faults):
        return
    followed = [f for f in follow(review) if doubtful.isdisjoint(f.report.names)]
    sound = [f for f in followed if not _check_stages(f, faults)]
    if review.decisions:
        _check_studies(review, sound, faults)


def _unsure_who_decides(faults: Faults) -> bool:
    """Tell whether faults elsewhere leave open what the decisions amount to."""
    return bool({TOML, "records.csv", "screening.csv"} & faults.broken) or any(
        section in ("reviewers", "sources") or key == "reviewers_per_record"
        for section, _, key in faults.keys
    )


def _check_duplicates(review: Review, faults: Faults) -> None:
    """Report pairs of a record with itself, and answers that cannot all hold."""
    for answer in review.duplicates:
        if answer.record_a and answer.record_a == answer.record_b:
            faults.cell(
                "duplicates.csv",
                answer.row,
                "record_b",
                "The record is compared with itself",
                "name the other record",
            )
    reports = group_reports(review.records, review.duplicates)
    for answer in contradictions(reports, review.duplicates):
        if answer.record_a != answer.record_b:
            faults.cell(
                "duplicates.csv",
                answer.row,
                "answer",
                f"{answer.record_a} and {answer.record_b} are called different, but other answers or the column report make them the same",
                "add a row that takes one of the answers back (undo), or correct report",
            )


def _check_decision(decision: Decision, faults: Faults) -> None:
    """Report a verdict that does not belong to its stage, or a reason that is amiss."""

    def report(column: str, message: str, remedy: str) -> None:
        faults.cell("screening.csv", decision.row, column, message, remedy)

    stage, verdict = decision.stage, decision.verdict
    if not stage or not verdict:
        return
    if verdict not in VERDICTS[stage]:
        possible = ", ".join(VERDICTS[stage])
        message = f"'{verdict}' is no verdict of the stage {stage}"
        report("verdict", message, f"possible are {possible}")
    elif verdict == "exclude" and stage == "full-text" and not decision.reason:
        remedy = "choose one of the exclusion_reasons in review.toml"
        report("reason", "A full-text exclusion needs a reason", remedy)
    elif decision.reason and verdict != "exclude":
        message = f"A reason for exclusion stands beside the verdict {verdict}"
        report("reason", message, "empty it, or move the words to note")


def _check_stages(followed: Followed, faults: Faults) -> bool:
    """Report the first decision that a report should not have reached."""
    screened = followed.screened
    if followed.column == "previous":
        return False
    if passed_screening(screened, followed.column):
        if screened.at("retrieval").standing != "not-retrieved":
            return False
        later, missing = ("full-text",), "its text was not retrieved"
    else:
        later, missing = LATER, "it was not included at title-abstract"
    rows = [row for stage in later for row in screened.at(stage).decisions]
    if not rows:
        return False
    row = min(rows, key=lambda row: row.row)
    faults.cell(
        "screening.csv",
        row.row,
        "stage",
        f"{row.record} is judged at {row.stage}, but {missing}",
        "add the earlier decision, or correct the stage or the record",
    )
    return True


def _check_studies(
    review: Review, followed: Iterable[Followed], faults: Faults
) -> None:
    """Report studies that rest on a report which was left out."""
    state = {name: f.state for f in followed for name in f.report.names}
    for study in review.studies:
        for name in study.reports:
            if state.get(name) in LEFT_OUT:
                faults.cell(
                    "studies.csv",
                    study.row,
                    "reports",
                    f"{study.name} rests on {shown(name)}, which was left out ({state[name]})",
                    "correct the study's reports, or the decision in screening.csv",
                )
