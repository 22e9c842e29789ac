"""What printed numbers imply, with the rounding of their digits carried along."""

from synthesist.checks.implied import ImpliedEstimate, estimate_from_p, remove_part
from synthesist.checks.printed import PrintedNumber, read_printed

__all__ = [
    "ImpliedEstimate",
    "PrintedNumber",
    "estimate_from_p",
    "read_printed",
    "remove_part",
]
