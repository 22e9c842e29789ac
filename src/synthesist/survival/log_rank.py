"""Observed and expected events of the log-rank test, by trial and arm."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from synthesist.errors import InvalidInput, NotEstimable
from synthesist.numerics.arrays import Indices, Mask, Matrix, Vector
from synthesist.numerics.dense import part, solve
from synthesist.numerics.distributions import normal_quantile
from synthesist.numerics.printing import p_value, percent, plain
from synthesist.numerics.results import HypothesisTest, Interval, number, versions
from synthesist.survival.data import SurvivalData
from synthesist.survival.groups import Groups, groups_of
from synthesist.survival.order import sum_groups
from synthesist.survival.wording import ratio_text
from synthesist.tables import give_back

#: Peto's estimate is nearly unbiased while the hazard ratio lies between 1/2 and 2.
PETO_RANGE = float(np.log(2))

#: An arm that is this many times as large as the other is called much larger.
IMBALANCE = 3


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class LogRank:
    """A log-rank test with its parts.

    Attributes
    ----------
    groups, strata : tuple of str
        What is compared, and the trials.
    n, observed, expected : (strata, groups) arrays
    variance : (strata, groups, groups) array
        Hypergeometric.
    test : HypothesisTest
        Stratified by trial.
    rho, gamma : float
        Weights of event times, ``S**rho (1 - S)**gamma`` with S the survival of
        all just before; 0 and 0 is the log-rank test.
    """

    groups: tuple[str, ...]
    strata: tuple[str, ...]
    n: Matrix
    observed: Matrix
    expected: Matrix
    variance: Matrix
    test: HypothesisTest
    rho: float
    gamma: float
    level: float
    native: Any = None
    notes: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return f"<LogRank: {', '.join(self.groups)} in {len(self.strata)} trials>"

    @property
    def o_minus_e(self) -> Vector:
        """Return observed minus expected events of the last group, by trial."""
        return self.observed[:, -1] - self.expected[:, -1]

    @property
    def v(self) -> Vector:
        """Return the variance of observed minus expected, by trial."""
        return self.variance[:, -1, -1]

    def peto(self) -> tuple[float, float, Interval]:
        """Return Peto's log hazard ratio of two groups, its error and interval.

        Raises
        ------
        InvalidInput
            If there are more groups, or the event times have weights.
        NotEstimable
            If there is no information.

        References
        ----------
        Yusuf S, Peto R, Lewis J, Collins R, Sleight P. Prog Cardiovasc Dis
        1985;27:335. doi:10.1016/S0033-0620(85)80003-7
        """
        if len(self.groups) != 2 or self.rho or self.gamma:
            raise InvalidInput(
                "Peto's hazard ratio is of two groups, without weights of event times."
            )
        v = float(self.v.sum())
        if v <= 0:
            raise NotEstimable("In no trial are both arms at risk at an event.")
        estimate, se = float(self.o_minus_e.sum()) / v, v**-0.5
        half = normal_quantile((1 + self.level) / 2) * se
        return (
            estimate,
            se,
            Interval(lower=estimate - half, upper=estimate + half, level=self.level),
        )

    def rows(self) -> list[dict[str, Any]]:
        """Return one row for each trial and group."""
        return [
            {
                "trial": trial,
                "group": group,
                "n": int(self.n[s, g]),
                "observed": float(self.observed[s, g]),
                "expected": float(self.expected[s, g]),
                "o_minus_e": float(self.observed[s, g] - self.expected[s, g]),
                "v": float(self.variance[s, g, g]),
            }
            for s, trial in enumerate(self.strata)
            for g, group in enumerate(self.groups)
        ]

    def to_frame(self, backend: str | None = None) -> Any:
        """Return one row for each trial and group."""
        rows = self.rows()
        return give_back(
            {name: [row[name] for row in rows] for name in rows[0]},
            self.native,
            backend,
        )

    def to_dict(self) -> dict[str, Any]:
        """Return every number in full precision as JSON knows it."""
        peto = None
        if len(self.groups) == 2 and not (self.rho or self.gamma) and self.v.sum() > 0:
            estimate, se, interval = self.peto()
            peto = {
                "log_hr": estimate,
                "se": se,
                "ci_low": number(interval.lower),
                "ci_high": number(interval.upper),
            }
        return {
            "rows": self.rows(),
            "test": {
                "statistic": self.test.statistic,
                "df": self.test.df,
                "p": self.test.p,
            },
            "rho": self.rho,
            "gamma": self.gamma,
            "peto": peto,
            "level": self.level,
            "notes": list(self.notes),
            "versions": versions(),
        }

    def summary(self) -> str:
        """Return observed and expected events, the test and the notes as text."""
        weights = f", rho {self.rho:g}, gamma {self.gamma:g}"
        name = "Log-rank test" if not (self.rho or self.gamma) else "Weighted log-rank"
        lines = [name + (weights if self.rho or self.gamma else "")]
        lines += [
            f"  {group}: {int(self.n[:, g].sum())} patients, observed {plain(self.observed[:, g].sum())}, expected {self.expected[:, g].sum():.1f}"
            for g, group in enumerate(self.groups)
        ]
        lines.append(
            f"  chi² = {plain(self.test.statistic)} on {self.test.df} df, {p_value(self.test.p)}"
        )
        peto = self.to_dict()["peto"]
        if peto:
            lines.append(
                f"  Peto hazard ratio {ratio_text(peto['log_hr'])} ({percent(self.level)} CI {ratio_text(peto['ci_low'])} to {ratio_text(peto['ci_high'])})"
            )
        return "\n".join((*lines, *(f"  Note: {note}" for note in self.notes)))


def log_rank(
    data: SurvivalData,
    by: str = "treated",
    *,
    rho: float = 0.0,
    gamma: float = 0.0,
    level: float = 0.95,
) -> LogRank:
    """Compare groups within trials by the log-rank test.

    Parameters
    ----------
    data : SurvivalData
    by : str
        ``treated`` or a category.
    rho, gamma : float
        Weights of Fleming and Harrington, at least 0.

    Returns
    -------
    LogRank

    Raises
    ------
    InvalidInput
        If there are case weights, or fewer than two groups.
    NotEstimable
        If groups are compared in no trial.

    References
    ----------
    Mantel N. Cancer Chemother Rep 1966;50:163.
    Harrington DP, Fleming TR. Biometrika 1982;69:553. doi:10.1093/biomet/69.3.553
    """
    if data.weights is not None:
        raise InvalidInput(
            "The log-rank test takes no case weights.",
            remedy="use the score test of a weighted Cox model with a robust variance",
        )
    if rho < 0 or gamma < 0:
        raise InvalidInput(
            "A weight of event times is below 0.", remedy="give 0 or more"
        )
    groups = groups_of(data, by)
    if len(groups.labels) < 2:
        raise InvalidInput(
            f"There is one group only by {by}.", remedy="name what is compared"
        )
    if (groups.codes == len(groups.labels)).any():
        data = data.select(
            groups.codes < len(groups.labels), f"Patients without {by} are left out."
        )
        groups = groups_of(data, by)
    times = _event_times(data, groups, rho, gamma)
    observed, expected, variance = _sums(times)
    g = len(groups.labels)
    size = np.bincount(
        data.trial.astype(np.intp) * g + groups.codes, minlength=len(data.trials) * g
    )
    return LogRank(
        groups=groups.labels,
        strata=data.trials,
        n=size.reshape(-1, g).astype(np.float64),
        observed=observed,
        expected=expected,
        variance=variance,
        test=_test(observed, expected, variance),
        rho=rho,
        gamma=gamma,
        level=level,
        native=data.native,
        notes=(
            *data.notes,
            *_cautions(size.reshape(-1, g), observed, expected, variance),
        ),
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Times:
    """Event times (t,) of all strata, with who is at risk and who has the event.

    `at_risk` and `deaths` are (groups, t); `starts` says where each stratum begins.
    """

    at_risk: Matrix
    deaths: Matrix
    n: Vector
    d: Vector
    weight: Vector | None
    starts: Indices


def _event_times(
    data: SurvivalData, groups: Groups, rho: float, gamma: float
) -> _Times:
    """Count who is at risk at each event time; counts are exact, so differences are."""
    dead = np.flatnonzero(data.event)
    time = data.exit[dead]
    new = np.ones(len(dead), dtype=np.bool_)
    new[1:] = time[1:] != time[:-1]
    cuts = np.searchsorted(dead, data.starts)
    new[cuts[:-1][cuts[:-1] < len(dead)]] = True
    at = np.flatnonzero(new)
    first = dead[at]
    starts = np.searchsorted(first, data.starts).astype(np.intp)
    end = np.repeat(data.starts[1:], np.diff(starts))
    ends = np.append(at[1:], len(dead))
    count = len(groups.labels)
    at_risk, deaths = np.empty((count, len(first))), np.empty((count, len(first)))
    n = (end - first).astype(np.float64)
    d = (ends - at).astype(np.float64)
    late = _late(data, data.exit[first], starts, None)
    n -= late
    for g in range(count - 1):
        member = groups.codes == g
        total = np.concatenate([[0], np.cumsum(member, dtype=np.int64)])
        at_risk[g] = total[end] - total[first]
        if data.entry is not None:
            at_risk[g] -= _late(data, data.exit[first], starts, member)
        of_dead = np.concatenate([[0], np.cumsum(member[dead], dtype=np.int64)])
        deaths[g] = of_dead[ends] - of_dead[at]
    at_risk[-1] = n - at_risk[:-1].sum(axis=0)
    deaths[-1] = d - deaths[:-1].sum(axis=0)
    weight = None
    if rho or gamma:
        weight = np.empty(len(n))
        for low, high in pairwise(starts.tolist()):
            after = np.cumprod(1 - d[low:high] / n[low:high])
            before = np.concatenate([[1.0], after[:-1]])[: high - low]
            weight[low:high] = before**rho * (1 - before) ** gamma
    return _Times(
        at_risk=at_risk, deaths=deaths, n=n, d=d, weight=weight, starts=starts
    )


def _late(
    data: SurvivalData, times: Vector, starts: Indices, member: Mask | None
) -> Vector:
    """Return how many had not entered by each event time."""
    found = np.zeros(len(times))
    if data.entry is None:
        return found
    for s, (low, high) in enumerate(pairwise(starts.tolist())):
        rows = slice(data.starts[s], data.starts[s + 1])
        entry = data.entry[rows]
        if member is not None:
            entry = entry[member[rows]]
        entry = np.sort(entry)
        found[low:high] = len(entry) - np.searchsorted(entry, times[low:high], "left")
    return found


def _sums(times: _Times) -> tuple[Matrix, Matrix, Matrix]:
    """Return observed and expected events (s, g) and their covariance (s, g, g)."""
    share = times.at_risk / times.n
    d = times.d
    observed, expected = times.deaths, share * d
    factor = d * (times.n - d) / np.maximum(times.n - 1, 1)
    if times.weight is not None:
        observed, expected = observed * times.weight, expected * times.weight
        factor *= times.weight**2
    count = len(share)
    covariance = np.empty((len(times.starts) - 1, count, count))
    for g in range(count):
        spread = share[g] * factor
        for h in range(g):
            covariance[:, g, h] = -sum_groups(spread * share[h], times.starts)
            covariance[:, h, g] = covariance[:, g, h]
        if count > 2:
            covariance[:, g, g] = sum_groups(spread * (1 - share[g]), times.starts)
    if count == 2:
        # What one arm has more, the other has less.
        covariance[:, 0, 0] = covariance[:, 1, 1] = -covariance[:, 0, 1]
    return (
        sum_groups(observed, times.starts).T,
        sum_groups(expected, times.starts).T,
        covariance,
    )


def _test(observed: Matrix, expected: Matrix, variance: Matrix) -> HypothesisTest:
    """Return the stratified test."""
    from scipy.special import chdtrc

    excess = (observed - expected).sum(axis=0)
    total = variance.sum(axis=0)
    live = np.flatnonzero(np.diag(total) > 0)
    if len(live) < 2:
        raise NotEstimable(
            "In no trial are two groups at risk at an event.",
            remedy="check the arms and the event",
        )
    use: Indices = live[:-1]
    statistic = float(excess[use] @ solve(part(total, use), excess[use]))
    df = len(use)
    return HypothesisTest(
        statistic=statistic, df=df, p=float(chdtrc(df, statistic)), reference="chi2"
    )


def _cautions(
    size: Indices, observed: Matrix, expected: Matrix, variance: Matrix
) -> Iterator[str]:
    """Say when Peto's hazard ratio is not to be trusted."""
    if size.shape[1] != 2:
        return
    v = float(variance[:, 1, 1].sum())
    excess = float((observed - expected)[:, 1].sum())
    unequal = size.sum(axis=0).max() > IMBALANCE * max(size.sum(axis=0).min(), 1)
    if v > 0 and (abs(excess / v) > PETO_RANGE or unequal):
        yield "Peto's hazard ratio is biased towards no effect when the effect is large or the arms are unequal: prefer the Cox model."
