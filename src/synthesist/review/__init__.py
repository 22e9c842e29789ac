"""The review itself: protocol, records, decisions, studies, extraction, appraisal, flow."""

from synthesist.review.evidence import Arm, Claim, Judgement, Reported, Result, Study
from synthesist.review.flow import Flow, Followed, SourceCount, Stream, flow_of, follow
from synthesist.review.individual import DataRequest, IndividualData, PatientAnalysis
from synthesist.review.protocol import (
    Deviation,
    Eligibility,
    Outcome,
    PlannedAnalysis,
    Protocol,
    Question,
    Regimen,
    Reviewer,
    SearchSource,
)
from synthesist.review.records import Decision, DuplicateAnswer, Record, record_id
from synthesist.review.reports import Report, group_reports
from synthesist.review.review import Review
from synthesist.review.selection import Selection, select_results
from synthesist.review.verdicts import Screened, Verdict, screen

__all__ = [
    "Arm",
    "Claim",
    "DataRequest",
    "Decision",
    "Deviation",
    "DuplicateAnswer",
    "Eligibility",
    "Flow",
    "Followed",
    "IndividualData",
    "Judgement",
    "Outcome",
    "PatientAnalysis",
    "PlannedAnalysis",
    "Protocol",
    "Question",
    "Record",
    "Regimen",
    "Report",
    "Reported",
    "Result",
    "Review",
    "Reviewer",
    "Screened",
    "SearchSource",
    "Selection",
    "SourceCount",
    "Stream",
    "Study",
    "Verdict",
    "flow_of",
    "follow",
    "group_reports",
    "record_id",
    "screen",
    "select_results",
]
