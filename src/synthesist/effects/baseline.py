"""What a ratio means for patients at a stated risk: difference and number to treat.

References
----------
Schunemann HJ et al. Cochrane Handbook, chapter 15. 2023.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from synthesist.errors import InvalidInput


@dataclass(frozen=True, slots=True, kw_only=True)
class AbsoluteEffect:
    """The risk that treatment leaves to patients of a stated risk.

    Risks and differences are fractions; a difference is treated less control.
    `nnt` has the sign of benefit: the number of patients to treat for one event
    less, negative for one event more; None where the difference is 0.
    """

    baseline_risk: float
    risk: float
    risk_low: float
    risk_high: float
    difference: float
    difference_low: float
    difference_high: float
    nnt: float | None
    notes: tuple[str, ...] = ()

    def summary(self) -> str:
        """Return the difference among a thousand patients, and the number to treat."""
        per_1000 = [
            round(1000 * x)
            for x in (self.difference, self.difference_low, self.difference_high)
        ]
        direction = "fewer" if per_1000[0] < 0 else "more"
        interval = f"{_signed(per_1000[1])} to {_signed(per_1000[2])}"
        risks = f"from {1000 * self.baseline_risk:.0f} to {1000 * self.risk:.0f}"
        lines = (
            f"{abs(per_1000[0])} {direction} per 1000 ({interval}), {risks}",
            self.number_to_treat(),
        )
        return "\n".join((*lines, *self.notes))

    def number_to_treat(self) -> str:
        """Return the number to treat with its interval, as Altman writes it.

        References
        ----------
        Altman DG. BMJ 1998;317:1309. doi:10.1136/bmj.317.7168.1309
        """
        low, high = _nnt(self.difference_low), _nnt(self.difference_high)
        estimate = _named(self.nnt)
        if self.difference_low < 0 < self.difference_high:
            return f"{estimate} ({_named(high)} to infinity to {_named(low)})"
        ends = (low, high) if self.difference_high <= 0 else (high, low)
        return f"{estimate} ({_named(ends[0])} to {_named(ends[1])})"

    def to_dict(self) -> dict[str, Any]:
        """Return everything as JSON knows it."""
        return {**asdict(self), "notes": list(self.notes)}


def absolute_effect(
    estimate: float, low: float, high: float, *, measure: str, baseline_risk: float
) -> AbsoluteEffect:
    """Return what a ratio means at a stated risk.

    Parameters
    ----------
    estimate, low, high : float
        The ratio and its limits, as they are read.
    measure : {"OR", "RR", "HR"}
        Which ratio; a hazard ratio takes the risk to be that of one time point.
    baseline_risk : float
        Risk without the treatment, between 0 and 1.

    Returns
    -------
    AbsoluteEffect
        Its interval holds the baseline risk as known.

    Raises
    ------
    InvalidInput
        If the risk is no fraction, a ratio is not above 0, or the measure none of
        the three.
    """
    if measure not in RISKS:
        raise InvalidInput(
            f"No risk follows from {measure}.", remedy=f"choose {', '.join(RISKS)}"
        )
    if not 0 < baseline_risk < 1:
        raise InvalidInput(
            f"The baseline risk is {baseline_risk}.",
            remedy="give a fraction such as 0.2",
        )
    if not 0 < low <= estimate <= high < math.inf:
        raise InvalidInput(
            f"{estimate} with limits {low} and {high} is no ratio with its interval.",
            remedy="give them as they are read, above 0 and in order",
        )
    risks = [RISKS[measure](ratio, baseline_risk) for ratio in (estimate, low, high)]
    notes = ()
    if max(risks) > 1:
        notes = (
            "A risk ratio this large leaves more than everybody; it was cut at 1.",
        )
        risks = [min(risk, 1.0) for risk in risks]
    differences = [risk - baseline_risk for risk in risks]
    return AbsoluteEffect(
        baseline_risk=baseline_risk,
        risk=risks[0],
        risk_low=risks[1],
        risk_high=risks[2],
        difference=differences[0],
        difference_low=differences[1],
        difference_high=differences[2],
        nnt=_nnt(differences[0]),
        notes=notes,
    )


def smd_as_odds_ratio(smd: float) -> float:
    """Return a standardised mean difference as an odds ratio, data being logistic.

    References
    ----------
    Chinn S. Stat Med 2000;19:3127. doi:10.1002/1097-0258(20001130)19:22<3127::AID-SIM784>3.0.CO;2-M
    """
    return math.exp(math.pi / math.sqrt(3) * smd)


def odds_ratio_as_smd(odds_ratio: float) -> float:
    """Return an odds ratio as a standardised mean difference, data being logistic."""
    return math.log(odds_ratio) * math.sqrt(3) / math.pi


def _of_odds_ratio(ratio: float, risk: float) -> float:
    return ratio * risk / (1 - risk + ratio * risk)


def _of_risk_ratio(ratio: float, risk: float) -> float:
    return ratio * risk


def _of_hazard_ratio(ratio: float, risk: float) -> float:
    return -math.expm1(ratio * math.log1p(-risk))


def _nnt(difference: float) -> float | None:
    return None if difference == 0 else -1 / difference


def _named(nnt: float | None) -> str:
    """Name a number to treat for benefit or harm, rounded up as patients are whole."""
    if nnt is None:
        return "no difference"
    return f"NNT{'B' if nnt > 0 else 'H'} {math.ceil(abs(nnt) - 1e-9)}"


def _signed(number: int) -> str:
    return f"{abs(number)} {'fewer' if number < 0 else 'more'}"


RISKS: dict[str, Callable[[float, float], float]] = {
    "OR": _of_odds_ratio,
    "RR": _of_risk_ratio,
    "HR": _of_hazard_ratio,
}

__all__ = [
    "RISKS",
    "AbsoluteEffect",
    "absolute_effect",
    "odds_ratio_as_smd",
    "smd_as_odds_ratio",
]
