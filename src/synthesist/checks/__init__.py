"""What printed numbers imply, with the rounding of their digits carried along."""

from synthesist.checks.finding import Finding
from synthesist.checks.implied import ImpliedEstimate, estimate_from_p, remove_part
from synthesist.checks.kind import Kind
from synthesist.checks.of_review import CheckedReview, RowFinding, check_numbers_of
from synthesist.checks.printed import PrintedNumber, read_printed
from synthesist.checks.registry import KINDS
from synthesist.checks.report import CheckedReport, check_lines, check_report

__all__ = [
    "KINDS",
    "CheckedReport",
    "CheckedReview",
    "Finding",
    "ImpliedEstimate",
    "Kind",
    "PrintedNumber",
    "RowFinding",
    "check_lines",
    "check_numbers_of",
    "check_report",
    "estimate_from_p",
    "read_printed",
    "remove_part",
]
