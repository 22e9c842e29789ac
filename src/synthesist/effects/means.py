"""Effects on a measurement, from means and standard deviations of two groups."""

from __future__ import annotations

import numpy as np

from synthesist.effects.arms import Effects, Means
from synthesist.effects.conversions import se_from_t_test_p
from synthesist.effects.small_samples import SMALL_SAMPLE
from synthesist.tables import Vector


def mean_difference(treated: Means, control: Means, *, variance: str = "LS") -> Effects:
    """Return mean differences (k,) and their variances.

    `variance` "HO" takes one standard deviation for both groups.
    """
    y = treated.mean - control.mean
    if variance == "HO":
        share = 1 / treated.n + 1 / control.n
        return Effects(y, pooled_variance(treated, control) * share)
    return Effects(y, treated.variance_of_mean + control.variance_of_mean)


def mean_difference_from_p(md: Vector, p: Vector, n_t: Vector, n_c: Vector) -> Effects:
    """Return mean differences (k,) and the variances at which t tests give `p`."""
    se = se_from_t_test_p(md, p, n_t + n_c - 2)
    return Effects(md, np.square(se))


def standardised_mean_difference(
    treated: Means,
    control: Means,
    *,
    small_sample: str = "exact",
    variance: str = "LS",
    average: float | None = None,
) -> Effects:
    """Return mean differences over the pooled standard deviation (k,), Hedges' g.

    Parameters
    ----------
    treated, control : Means
    small_sample : {"exact", "approximate", "none"}
        How g is made from d; "none" leaves Cohen's d.
    variance : {"LS", "LS2", "UB", "AV", "RevMan"}
        ``1/n + 1/m + g²/(2 N)``; the same in d, times J²; unbiased; with `average`
        in place of g; ``1/n + 1/m + g²/(2 (N - 3.94))``.
    average : float, optional
        The mean of g over the studies, weighted by size, for "AV".

    References
    ----------
    Hedges LV. J Educ Stat 1981;6:107. doi:10.3102/10769986006002107
    Borenstein M. In: Handbook of research synthesis. 2nd ed. 2009, 221.
    """
    d = (treated.mean - control.mean) / np.sqrt(pooled_variance(treated, control))
    return _corrected(d, treated.n, control.n, small_sample, variance, average)


def smd_from_t(
    t: Vector,
    n_t: Vector,
    n_c: Vector,
    *,
    small_sample: str = "exact",
    variance: str = "LS",
) -> Effects:
    """Return standardised mean differences (k,) from t tests; see above."""
    d = t * np.sqrt(1 / n_t + 1 / n_c)
    return _corrected(d, n_t, n_c, small_sample, variance, None)


def _corrected(
    d: Vector,
    n_t: Vector,
    n_c: Vector,
    small_sample: str,
    variance: str,
    average: float | None,
) -> Effects:
    """Correct d for small samples and give it the variance of a form."""
    total = n_t + n_c
    m = total - 2
    factor = SMALL_SAMPLE[small_sample](m)
    y = factor * d
    share = 1 / n_t + 1 / n_c
    if variance == "LS2":
        v = np.square(factor) * (share + np.square(d) / (2 * total))
    elif variance == "UB":
        v = share + (1 - (m - 2) / (m * np.square(factor))) * np.square(y)
    elif variance == "AV":
        mean = np.nan if average is None else average
        v = share + mean**2 / (2 * total)
    elif variance == "RevMan":
        v = share + np.square(y) / (2 * (total - 3.94))
    else:
        v = share + np.square(y) / (2 * total)
    return Effects(y, v)


def heteroscedastic_smd(
    treated: Means,
    control: Means,
    *,
    small_sample: str = "exact",
    variance: str = "LS",
) -> Effects:
    """Return mean differences over the root of the mean variance (k,).

    `variance` "Bonett" is that of d times J²; "LS" has g in place of d, as metafor 3
    has it.

    References
    ----------
    Bonett DG. Psychol Methods 2009;14:225. doi:10.1037/a0016619
    """
    first, second = np.square(treated.sd), np.square(control.sd)
    both = (first + second) / 2
    df, other_df = treated.n - 1, control.n - 1
    factor = SMALL_SAMPLE[small_sample](df + other_df)
    d = (treated.mean - control.mean) / np.sqrt(both)
    inserted = d if variance == "Bonett" else factor * d
    spread = np.square(first) / df + np.square(second) / other_df
    v = (
        np.square(inserted) * spread / (8 * np.square(both))
        + (first / df + second / other_df) / both
    )
    return Effects(factor * d, np.square(factor) * v)


def glass_delta(
    treated: Means, control: Means, *, small_sample: str = "exact"
) -> Effects:
    """Return mean differences over the control group's standard deviation (k,).

    References
    ----------
    Hedges LV. J Educ Stat 1981;6:107. doi:10.3102/10769986006002107
    """
    y = _over_control_sd(treated, control, small_sample)
    v = 1 / treated.n + 1 / control.n + np.square(y) / (2 * control.n)
    return Effects(y, v)


def heteroscedastic_glass_delta(
    treated: Means,
    control: Means,
    *,
    small_sample: str = "exact",
    variance: str = "LS",
) -> Effects:
    """Return Glass's delta (k,) and its variance for unequal variances.

    `variance` "Bonett" divides by degrees of freedom, "LS" by group sizes.

    References
    ----------
    Bonett DG. Psychol Methods 2008;13:99. doi:10.1037/1082-989X.13.2.99
    """
    y = _over_control_sd(treated, control, small_sample)
    lost = 1 if variance == "Bonett" else 0
    df = control.n - lost
    ratio = np.square(treated.sd / control.sd)
    v = ratio / (treated.n - lost) + 1 / df + np.square(y) / (2 * df)
    return Effects(y, v)


def log_ratio_of_means(
    treated: Means,
    control: Means,
    *,
    variance: str = "LS",
    bias_correction: str = "no",
) -> Effects:
    """Return log ratios of means (k,); both means must be above 0.

    `variance` "HO" takes one standard deviation for both groups.
    `bias_correction` "yes" takes the second-order term off estimate and variance.

    References
    ----------
    Hedges LV, Gurevitch J, Curtis PS. Ecology 1999;80:1150.
    doi:10.1890/0012-9658(1999)080[1150:TMAORR]2.0.CO;2
    Lajeunesse MJ. Ecology 2015;96:2056. doi:10.1890/14-2402.1
    """
    y = np.log(treated.mean / control.mean)
    if variance == "HO":
        pooled = pooled_variance(treated, control)
        first = pooled / (treated.n * np.square(treated.mean))
        second = pooled / (control.n * np.square(control.mean))
    else:
        first = treated.variance_of_mean / np.square(treated.mean)
        second = control.variance_of_mean / np.square(control.mean)
    if bias_correction == "yes":
        return Effects(
            y + (first - second) / 2,
            first + second + (np.square(first) + np.square(second)) / 2,
        )
    return Effects(y, first + second)


def log_variability_ratio(treated: Means, control: Means) -> Effects:
    """Return log ratios of standard deviations (k,), corrected for small samples.

    References
    ----------
    Nakagawa S et al. Methods Ecol Evol 2015;6:143. doi:10.1111/2041-210X.12309
    """
    first, second = 1 / (2 * (treated.n - 1)), 1 / (2 * (control.n - 1))
    return Effects(np.log(treated.sd / control.sd) + first - second, first + second)


def log_variation_ratio(treated: Means, control: Means) -> Effects:
    """Return log ratios of coefficients of variation (k,), as if mean and sd were independent.

    References
    ----------
    Nakagawa S et al. Methods Ecol Evol 2015;6:143. doi:10.1111/2041-210X.12309
    """
    y, v = log_variability_ratio(treated, control)
    ratio = np.log(treated.mean / control.mean)
    return Effects(
        y - ratio,
        v
        + treated.variance_of_mean / np.square(treated.mean)
        + control.variance_of_mean / np.square(control.mean),
    )


def odds_from_smd(
    treated: Means, control: Means, *, ratio: float = float(np.pi / np.sqrt(3))
) -> Effects:
    """Return standardised mean differences, uncorrected, as log odds ratios (k,).

    `ratio` is the log odds ratio of one standard deviation.

    References
    ----------
    Chinn S. Stat Med 2000;19:3127. doi:10.1002/1097-0258(20001130)19:22<3127::AID-SIM784>3.0.CO;2-M
    """
    y, v = standardised_mean_difference(treated, control, small_sample="none")
    return Effects(ratio * y, ratio**2 * v)


def superiority(treated: Means, control: Means) -> Effects:
    """Return the probability that a treated patient's value is the higher one (k,).

    Values are normal, with their own standard deviation in each group; the
    variance is that of `heteroscedastic_smd`, uncorrected, by the delta method.

    References
    ----------
    McGraw KO, Wong SP. Psychol Bull 1992;111:361. doi:10.1037/0033-2909.111.2.361
    """
    from scipy.special import ndtr

    d, v = heteroscedastic_smd(treated, control, small_sample="none")
    square_of_slope = np.exp(-np.square(d) / 2) / (4 * np.pi)
    return Effects(ndtr(d / np.sqrt(2)), square_of_slope * v)


def area_under_curve(auc: Vector, n_t: Vector, n_c: Vector) -> Effects:
    """Return areas under a receiver operating curve (k,) and their variances.

    References
    ----------
    Hanley JA, McNeil BJ. Radiology 1982;143:29. doi:10.1148/radiology.143.1.7063747
    """
    square = np.square(auc)
    first, second = auc / (2 - auc), 2 * square / (1 + auc)
    v = (
        auc * (1 - auc) + (n_t - 1) * (first - square) + (n_c - 1) * (second - square)
    ) / (n_t * n_c)
    return Effects(auc, v)


def pooled_variance(treated: Means, control: Means) -> Vector:
    """Return the variance within the two groups together (k,)."""
    return (
        (treated.n - 1) * np.square(treated.sd)
        + (control.n - 1) * np.square(control.sd)
    ) / (treated.n + control.n - 2)


def _over_control_sd(treated: Means, control: Means, small_sample: str) -> Vector:
    factor = SMALL_SAMPLE[small_sample](control.n - 1)
    return factor * (treated.mean - control.mean) / control.sd
