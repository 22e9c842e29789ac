"""Both stages beside each other, and why they differ where they do."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from synthesist.ipd.one_stage import OneStageFit
from synthesist.ipd.two_stage import TwoStageFit
from synthesist.survival.wording import ratio_text

#: Answers closer than this share of a standard error read the same.
CLOSE = 0.05

#: Standard errors closer than this read the same.
SAME_ERROR = 1.02

#: In a trial with fewer events a normal likelihood is a rough one.
FEW_EVENTS = 20


def why_they_differ(one: OneStageFit, two: TwoStageFit) -> tuple[str, ...]:
    """Say why one stage and two stages do not give the same answer.

    The stages themselves are not the reason: what differs is what the models take
    for granted.

    References
    ----------
    Burke DL, Ensor J, Riley RD. Stat Med 2017;36:855. doi:10.1002/sim.7141
    """
    if two.method == "rmst":
        return ("Restricted means are differences of time, not hazard ratios.",)
    pooled = two.pooled
    apart = abs(one.log_hr - pooled.estimate) / one.se
    errors = max(one.se / pooled.se, pooled.se / one.se)
    if apart < CLOSE and errors < SAME_ERROR:
        if pooled.df is None:
            return ("One stage and two stages agree.",)
        return (
            "One stage and two stages agree in estimate and standard error.",
            _other_interval(pooled.df),
        )
    head = (
        f"One stage gives {ratio_text(one.log_hr)}, two stages {ratio_text(pooled.estimate)}, "
        f"{apart:.2f} standard errors apart."
    )
    return (head, *_reasons(one, two))


def _other_interval(df: float) -> str:
    return f"The interval of two stages takes t with {df:g} degrees of freedom, that of one stage the normal distribution."


def _reasons(one: OneStageFit, two: TwoStageFit) -> Iterator[str]:
    """Name what the models take for granted, where they differ in it."""
    pooled = two.pooled
    between = pooled.tau2 or 0.0
    random = pooled.tau2_method != "CE"
    if random and one.effect == "common" and between > 0:
        yield f"Two stages let the effect vary across trials (tau² {between:.3g}), one stage does not: small trials weigh more in two stages."
    if random and one.effect == "random":
        yield f"tau² is {one.tau2 or 0:.3g} by maximum likelihood in one stage and {between:.3g} by {pooled.tau2_method} in two."
    if pooled.df is not None:
        yield _other_interval(pooled.df)
    lost = [
        t.trial for t in two.trials if t.log_hr is None and np.isfinite(t.v) and t.v > 0
    ]
    if lost and two.method == "cox":
        yield f"{', '.join(lost)} count in one stage but have no estimate of their own."
    few = [t.trial for t in two.trials if 0 < t.events_t + t.events_c < FEW_EVENTS]
    if few:
        yield f"Two stages take each trial's likelihood as normal, which is rough with few events ({', '.join(few)})."
    if two.method == "log-rank":
        yield "The log-rank estimate is a first step towards the Cox model's, and differs from it when the effect is large."
    if one.adjusted:
        yield "One stage takes the covariates' effects as the same in all trials, two stages do not."
