"""Proportional hazards of the treatment, tested in each trial and in all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from synthesist.errors import NotEstimable
from synthesist.numerics.results import HypothesisTest, number
from synthesist.survival import SurvivalData, cox
from synthesist.survival.cox import chi2_test
from synthesist.survival.wording import p_value, plain


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialsProportionality:
    """Tests of proportional hazards.

    Attributes
    ----------
    trials : tuple of (str, HypothesisTest or None)
        Each trial on its own; None where it has no estimate.
    together : HypothesisTest
        In the model stratified by trial: one drift of the effect in all.
    any_trial : HypothesisTest
        Drifts of any kind: the trials' statistics added.
    """

    transform: str
    trials: tuple[tuple[str, HypothesisTest | None], ...]
    together: HypothesisTest
    any_trial: HypothesisTest

    def to_dict(self) -> dict[str, Any]:
        """Return the tests as JSON values."""
        rows = [*self.trials, ("together", self.together), ("any", self.any_trial)]
        return {
            "transform": self.transform,
            "tests": [
                {
                    "name": name,
                    "statistic": None if t is None else number(t.statistic),
                    "df": None if t is None else t.df,
                    "p": None if t is None else number(t.p),
                }
                for name, t in rows
            ],
        }

    def summary(self) -> str:
        """Return the tests as text."""
        lines = ["Proportional hazards of the treatment"]
        rows = [
            *self.trials,
            ("one drift in all trials", self.together),
            ("any drift in any trial", self.any_trial),
        ]
        for name, t in rows:
            text = "not estimable"
            if t is not None:
                text = f"chi² = {plain(t.statistic)} on {t.df} df, {p_value(t.p)}"
            lines.append(f"  {name}: {text}")
        return "\n".join(lines)


def proportional_hazards(
    data: SurvivalData, *, transform: str = "km", ties: str = "efron"
) -> TrialsProportionality:
    """Test the treatment's proportional hazards per trial and together.

    Parameters
    ----------
    transform : str
        Code of `synthesist.survival.TRANSFORMS`.

    Raises
    ------
    NotEstimable
        If no trial compares its arms.
    """
    together = cox(data, ties=ties).proportional_hazards(transform)
    trials: list[tuple[str, HypothesisTest | None]] = []
    for i, name in enumerate(data.trials):
        try:
            own = cox(data.part(i), ties=ties).proportional_hazards(transform)
        except NotEstimable:
            trials.append((name, None))
            continue
        trials.append((name, own.tests[0]))
    known = [test for _, test in trials if test is not None]
    return TrialsProportionality(
        transform=transform,
        trials=tuple(trials),
        together=together.tests[0],
        any_trial=chi2_test(sum(t.statistic for t in known), len(known)),
    )
