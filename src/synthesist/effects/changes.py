"""Effects within one group, measured before and after."""

from __future__ import annotations

import numpy as np

from synthesist.effects.arms import Change, Effects, Means
from synthesist.effects.means import standardised_mean_difference
from synthesist.effects.small_samples import SMALL_SAMPLE
from synthesist.tables import Vector


def mean_change(group: Change) -> Effects:
    """Return mean changes (k,) and their variances."""
    return Effects(group.change, group.variance_of_change / group.n)


def change_and_sd(change: Vector, sd: Vector, n: Vector) -> Effects:
    """Return mean changes (k,) and their variances."""
    return Effects(change, np.square(sd) / n)


def paired_change(group: Change, *, small_sample: str = "exact") -> Effects:
    """Return mean changes over the standard deviation of the changes (k,)."""
    sd = np.sqrt(group.variance_of_change)
    return change_over_its_sd(group.change, sd, group.n, small_sample=small_sample)


def change_over_its_sd(
    change: Vector, sd: Vector, n: Vector, *, small_sample: str = "exact"
) -> Effects:
    """Return mean changes over the standard deviation of the changes (k,).

    References
    ----------
    Gibbons RD, Hedeker DR, Davis JM. J Educ Stat 1993;18:271.
    doi:10.3102/10769986018003271
    """
    y = SMALL_SAMPLE[small_sample](n - 1) * change / sd
    return Effects(y, 1 / n + np.square(y) / (2 * n))


def change_over_sd_before(
    change: Vector, sd_pre: Vector, n: Vector, r: Vector, *, small_sample: str = "exact"
) -> Effects:
    """Return mean changes over the standard deviation before (k,).

    The variance takes the standard deviation after to be the same.

    References
    ----------
    Becker BJ. Br J Math Stat Psychol 1988;41:257. doi:10.1111/j.2044-8317.1988.tb00901.x
    Morris SB. Br J Math Stat Psychol 2000;53:17. doi:10.1348/000711000159150
    """
    y = SMALL_SAMPLE[small_sample](n - 1) * change / sd_pre
    return Effects(y, 2 * (1 - r) / n + np.square(y) / (2 * n))


def change_from_means(
    mean_pre: Vector,
    sd_pre: Vector,
    mean_post: Vector,
    n: Vector,
    r: Vector,
    *,
    small_sample: str = "exact",
) -> Effects:
    """Return `change_over_sd_before` from both means."""
    return change_over_sd_before(
        mean_post - mean_pre, sd_pre, n, r, small_sample=small_sample
    )


def heteroscedastic_change(
    group: Change, *, small_sample: str = "exact", variance: str = "LS"
) -> Effects:
    """Return mean changes over the standard deviation before (k,), that after being its own.

    `variance` "Bonett" is that of d times J²; "LS" has g in place of d, as metafor 3
    has it.

    References
    ----------
    Bonett DG. Psychol Methods 2008;13:99. doi:10.1037/1082-989X.13.2.99
    """
    df = group.n - 1
    factor = SMALL_SAMPLE[small_sample](df)
    d = group.change / group.sd_pre
    inserted = d if variance == "Bonett" else factor * d
    ratio = group.variance_of_change / np.square(group.sd_pre)
    v = (ratio + np.square(inserted) / 2) / df
    return Effects(factor * d, np.square(factor) * v)


def change_over_pooled_sd(group: Change, *, small_sample: str = "exact") -> Effects:
    """Return mean changes over the root of the mean variance before and after (k,).

    Its small-sample factor has ``2 (n - 1) / (1 + r²)`` degrees of freedom.

    References
    ----------
    Cousineau D. Quant Methods Psychol 2020;16:418. doi:10.20982/tqmp.16.4.p418
    """
    df = 2 * (group.n - 1) / (1 + np.square(group.r))
    factor = SMALL_SAMPLE[small_sample](df)
    both = (np.square(group.sd_pre) + np.square(group.sd_post)) / 2
    y = factor * group.change / np.sqrt(both)
    spread = np.square(y) * (1 + np.square(group.r)) / 4
    return Effects(y, (2 * (1 - group.r) + spread) / group.n)


def log_ratio_of_change(group: Change) -> Effects:
    """Return log ratios of the mean after to the mean before (k,); both above 0.

    References
    ----------
    Lajeunesse MJ. Ecology 2011;92:2049. doi:10.1890/11-0423.1
    """
    before, after = group.sd_pre / group.mean_pre, group.sd_post / group.mean_post
    v = (np.square(before) + np.square(after) - 2 * group.r * before * after) / group.n
    return Effects(np.log(group.mean_post / group.mean_pre), v)


def log_variability_ratio_of_change(group: Change) -> Effects:
    """Return log ratios of the standard deviation after to that before (k,).

    References
    ----------
    Nakagawa S et al. Methods Ecol Evol 2015;6:143. doi:10.1111/2041-210X.12309
    """
    v = (1 - np.square(group.r)) / (group.n - 1)
    return Effects(np.log(group.sd_post / group.sd_pre), v)


def log_variation_ratio_of_change(group: Change) -> Effects:
    """Return log ratios of the coefficients of variation after and before (k,).

    References
    ----------
    Nakagawa S et al. Methods Ecol Evol 2015;6:143. doi:10.1111/2041-210X.12309
    """
    y, v = log_variability_ratio_of_change(group)
    ratio, spread = log_ratio_of_change(group)
    return Effects(y - ratio, v + spread)


def change_over_pooled_sd_before(
    treated: Change, control: Change, *, small_sample: str = "exact"
) -> Effects:
    """Return differences of changes over the standard deviation before of both groups (k,).

    References
    ----------
    Morris SB. Organ Res Methods 2008;11:364. doi:10.1177/1094428106291059
    """
    m = treated.n + control.n - 2
    pooled = (
        (treated.n - 1) * np.square(treated.sd_pre)
        + (control.n - 1) * np.square(control.sd_pre)
    ) / m
    factor = SMALL_SAMPLE[small_sample](m)
    y = factor * (treated.change - control.change) / np.sqrt(pooled)
    share = 2 * (1 - treated.r) / treated.n + 2 * (1 - control.r) / control.n
    wide = np.square(factor) * m / (m - 2)
    return Effects(y, wide * (share + np.square(y)) - np.square(y))


def independent_groups(
    mean_pre: Vector,
    sd_pre: Vector,
    mean_post: Vector,
    sd_post: Vector,
    n: Vector,
    *,
    small_sample: str = "exact",
    variance: str = "LS",
) -> Effects:
    """Return standardised differences of before and after taken as two groups (k,).

    Some reviews computed self-controlled studies so. It ignores that the patients
    are the same: the more before and after go together, the more its variance is
    too large.
    """
    return standardised_mean_difference(
        Means(mean_post, sd_post, n),
        Means(mean_pre, sd_pre, n),
        small_sample=small_sample,
        variance=variance,
    )


def crossover_smd(group: Change, *, small_sample: str = "exact") -> Effects:
    """Return differences within patients over the deviation of both treatments (k,).

    The Handbook leaves the small-sample factor out (`small_sample` "none").

    References
    ----------
    Higgins JPT, Eldridge S, Li T. Cochrane Handbook, chapter 23, 23.2.7. 2023.
    """
    both = (np.square(group.sd_pre) + np.square(group.sd_post)) / 2
    y = SMALL_SAMPLE[small_sample](group.n - 1) * group.change / np.sqrt(both)
    v = (1 / group.n + np.square(y) / (2 * group.n)) * 2 * (1 - group.r)
    return Effects(y, v)
