"""The review itself: protocol, records, decisions, studies, extraction, appraisal, flow."""

from synthesist.review.evidence import Arm, Claim, Judgement, Reported, Result, Study
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
from synthesist.review.review import Review

__all__ = [
    "Arm",
    "Claim",
    "Decision",
    "Deviation",
    "DuplicateAnswer",
    "Eligibility",
    "Judgement",
    "Outcome",
    "PlannedAnalysis",
    "Protocol",
    "Question",
    "Record",
    "Regimen",
    "Reported",
    "Result",
    "Review",
    "Reviewer",
    "SearchSource",
    "Study",
    "record_id",
]
