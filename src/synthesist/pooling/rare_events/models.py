"""The mixed models by their codes, and the likelihoods they make of a table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from synthesist.effects import EffectTable
from synthesist.errors import InvalidInput, NotEstimable
from synthesist.numerics.arrays import Mask, Vector
from synthesist.pooling.peto import ODDS_RATIOS
from synthesist.pooling.rare_events.families import Binomial, Poisson
from synthesist.pooling.rare_events.fixed_studies import FixedStudies
from synthesist.pooling.rare_events.hypergeometric import Hypergeometric
from synthesist.pooling.rare_events.mixture import Mixture
from synthesist.pooling.rare_events.random_studies import RandomStudies
from synthesist.pooling.rare_events.two_arms import TwoArms
from synthesist.pooling.rare_events.values import Likelihood
from synthesist.pooling.tables_of_events import Groups, counts_of, rates_of

#: Ratios of rates, whose counts are Poisson.
RATE_RATIO = "IRR"


class Problem(NamedTuple):
    """A likelihood and the studies in it.

    `used` (k,) are the rows that have counts, `telling` those that the likelihood
    knows. `about_tau` is false where it says nothing of the variance between them.
    """

    likelihood: Likelihood
    used: Mask
    telling: Mask
    about_tau: bool = True


@dataclass(frozen=True, slots=True)
class MixedModel:
    """A likelihood of counts with normal effects between studies.

    `build` takes an effect table and the coding of the random effects, which only
    the unconditional models have.
    """

    code: str
    label: str
    measures: tuple[str, ...]
    build: Callable[[EffectTable, float], Problem]
    coded: bool = False
    caution: str = ""


def proportions(effects: EffectTable, _: float) -> Problem:
    """Return the binomial-normal model of single groups."""
    events, n, used = _single(effects, "n", "binomial-normal", "PLO")
    if events.sum() in (0, n.sum()):
        word = "No one" if events.sum() == 0 else "Everyone"
        raise NotEstimable(
            f"{word} in any study had the event, so the log odds are infinite.",
            remedy="report the counts with an exact interval of their total",
        )
    total = events.sum() / n.sum()
    guess = float(np.log(total / (1 - total)))
    likelihood = Mixture(events, Binomial(n), np.zeros(len(n)), guess)
    # Studies of one person each say nothing of tau: the likelihood is flat in it.
    return Problem(likelihood, used, used, about_tau=bool(n.max() > 1))


def rates(effects: EffectTable, _: float) -> Problem:
    """Return the Poisson-normal model of single groups."""
    events, time, used = _single(effects, "time", "Poisson-normal", "IRLN")
    if events.sum() == 0:
        raise NotEstimable(
            "There was no event in any study, so the log rate is infinite.",
            remedy="report the time at risk with an exact interval of the rate",
        )
    guess = float(np.log(events.sum() / time.sum()))
    likelihood = Mixture(events, Poisson(time), np.zeros(len(time)), guess)
    return Problem(likelihood, used, used)


def exact_conditional(effects: EffectTable, _: float) -> Problem:
    """Return the conditional model: events of one group given those of both."""
    if effects.measure.code == RATE_RATIO:
        groups, telling, about_tau = _telling(effects, "CM.EL")
        offset = np.log(groups.n1 / groups.n2)
        likelihood = _share_of_events(groups, offset)
    else:
        groups, telling, about_tau = _telling(effects, "CM.EL")
        family = Hypergeometric(groups.a, groups.n1, groups.n2, groups.events)
        likelihood = Mixture(groups.a, family, np.zeros(len(groups.a)), 0.0)
    return Problem(likelihood, groups.used, telling, about_tau)


def approximate_conditional(effects: EffectTable, _: float) -> Problem:
    """Return the conditional model that takes events for rare: a binomial share."""
    groups, telling, about_tau = _telling(effects, "CM.AL")
    offset = np.log(groups.n1 / groups.n2)
    likelihood = _share_of_events(groups, offset)
    return Problem(likelihood, groups.used, telling, about_tau)


def fixed_studies(effects: EffectTable, coding: float) -> Problem:
    """Return the unconditional model with a parameter for each study's level."""
    groups, telling, about_tau = _telling(effects, "UM.FS")
    likelihood = FixedStudies(_arms(effects, groups, coding), 0.0)
    return Problem(likelihood, groups.used, telling, about_tau)


def random_studies(effects: EffectTable, coding: float) -> Problem:
    """Return the unconditional model with normal levels, where every study counts."""
    groups = _groups(effects, "UM.RS")
    for events, size in ((groups.a, groups.n1), (groups.c, groups.n2)):
        most = np.inf if effects.measure.code == RATE_RATIO else size.sum()
        if events.sum() in (0, most):
            raise _one_sided()
    likelihood = RandomStudies(_arms(effects, groups, coding), 0.0)
    return Problem(likelihood, groups.used, groups.used)


def _single(
    effects: EffectTable, size: str, model: str, measure: str
) -> tuple[Vector, Vector, Mask]:
    """Return events and sizes of single groups, and which rows have both."""
    if not {"events", size} <= effects.cells.keys():
        raise InvalidInput(
            f"The {model} model is for events and {size} of single groups.",
            remedy=f"choose the measure {measure}, with the columns events and {size}",
        )
    events, sizes = effects.cells["events"], effects.cells[size]
    used = np.isfinite(events) & np.isfinite(sizes)
    if not used.any():
        raise NotEstimable(
            "No study has counts to pool.",
            remedy="look at the notes of the studies for what is missing",
        )
    return events[used], sizes[used], used


def _groups(effects: EffectTable, model: str) -> Groups:
    read = rates_of if effects.measure.code == RATE_RATIO else counts_of
    return read(effects, f"The model {model}")


def _telling(effects: EffectTable, model: str) -> tuple[Groups, Mask, bool]:
    """Return the groups that can tell a ratio, and which rows of the table they are.

    Also say whether they can tell the variance between studies: where every study has
    one event, or all but one, another mean explains what a variance would.

    Raises
    ------
    NotEstimable
        If there are none, or if all of them lie on the same side.
    """
    groups = _groups(effects, model)
    a, events = groups.a, groups.events
    if effects.measure.code == RATE_RATIO:
        lowest, highest = np.zeros(len(a)), events
    else:
        lowest = np.maximum(0.0, events - groups.n2)
        highest = np.minimum(events, groups.n1)
    tells = highest > lowest
    if not tells.any():
        raise NotEstimable(
            "No study has both people with the event and people without.",
            remedy="report the counts",
        )
    if (a == lowest)[tells].all() or (a == highest)[tells].all():
        raise _one_sided()
    telling = groups.used.copy()
    telling[groups.used] = tells
    chosen = (column[tells] for column in (a, groups.n1, groups.c, groups.n2))
    about_tau = bool((highest - lowest > 1).any())
    return Groups(groups.used, *chosen), telling, about_tau


def _one_sided() -> NotEstimable:
    return NotEstimable(
        "In every study all events are in the same group as far as they can be, so the "
        "ratio is zero or infinite.",
        remedy="pool the difference (RD or IRD), or report the counts",
    )


def _share_of_events(groups: Groups, offset: Vector) -> Mixture:
    """Return the binomial likelihood of the first group's share of all events."""
    return Mixture(groups.a, Binomial(groups.events), offset, 0.0)


def _arms(effects: EffectTable, groups: Groups, coding: float) -> TwoArms:
    family = Poisson if effects.measure.code == RATE_RATIO else Binomial
    return TwoArms((groups.a, groups.c), (family(groups.n1), family(groups.n2)), coding)


#: Said of the model that has as many parameters as studies.
INCONSISTENT = (
    "The model with fixed study effects is biased toward stronger effects when events "
    "are few; CM.EL is not."
)

GLMM_MODELS: dict[str, MixedModel] = {
    model.code: model
    for model in (
        MixedModel(
            "CM.EL",
            "conditional, exact likelihood",
            (*ODDS_RATIOS, RATE_RATIO),
            exact_conditional,
        ),
        MixedModel(
            "CM.AL",
            "conditional, approximate likelihood",
            ODDS_RATIOS,
            approximate_conditional,
        ),
        MixedModel(
            "UM.FS",
            "unconditional, fixed study effects",
            (*ODDS_RATIOS, RATE_RATIO),
            fixed_studies,
            coded=True,
            caution=INCONSISTENT,
        ),
        MixedModel(
            "UM.RS",
            "unconditional, random study effects",
            (*ODDS_RATIOS, RATE_RATIO),
            random_studies,
            coded=True,
        ),
        MixedModel("binomial-normal", "binomial-normal", ("PLO",), proportions),
        MixedModel("Poisson-normal", "Poisson-normal", ("IRLN",), rates),
    )
}
