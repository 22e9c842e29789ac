"""Tests and intervals of coefficients, by their codes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from synthesist.errors import NotEstimable
from synthesist.numerics import linear
from synthesist.numerics.arrays import Matrix, Vector
from synthesist.numerics.results import HypothesisTest, Interval, number
from synthesist.numerics.tails import chi2_upper, f_tail, t_point, t_two_tails
from synthesist.pooling.regression.contrasts import Solved
from synthesist.pooling.regression.kenward_roger import Adjusted, KenwardRoger


@dataclass(frozen=True, slots=True, kw_only=True)
class Coefficient:
    """One coefficient of a regression, on the analysis scale.

    `df` is None for the normal distribution; `statistic` and `p` test against zero
    and are None where the standard error is zero. It is None itself, and so is the
    interval, where the likelihood does not tell.
    """

    name: str
    estimate: float
    se: float | None
    statistic: float | None
    df: float | None
    p: float | None
    interval: Interval | None

    def to_dict(self) -> dict[str, object]:
        """Return every number in full precision as JSON knows it."""
        return {
            "name": self.name,
            "estimate": number(self.estimate),
            "se": number(self.se),
            "ci_low": number(self.interval and self.interval.lower),
            "ci_high": number(self.interval and self.interval.upper),
            "statistic": number(self.statistic),
            "df": number(self.df),
            "p": number(self.p),
        }


@dataclass(frozen=True, kw_only=True)
class Inference:
    """What is concluded of coefficients from their covariance.

    Parameters
    ----------
    covariance : (p, p) array
    read : callable
        Takes contrasts (l, p) and returns how their F statistic is read; infinite
        degrees of freedom make it chi-squared.
    joint : callable, optional
        Takes several contrasts and returns the covariance (l, l) by which they are
        tested together, where that is not what `covariance` says.
    """

    covariance: Matrix
    read: Callable[[Matrix], Adjusted]
    joint: Callable[[Matrix], Matrix] | None = None

    def test(self, estimate: Vector, rows: Matrix) -> HypothesisTest:
        """Test whether contrasts (l, p) of the coefficients are all zero.

        Raises
        ------
        NotEstimable
            If the contrasts have no scatter, or one follows from others.
        """
        size = len(rows)
        values = rows @ estimate
        if size > 1 and self.joint is not None:
            spread = self.joint(rows)
        else:
            spread = rows @ self.covariance @ rows.T
        try:
            wald = float(values @ linear.solve(spread, values))
        except np.linalg.LinAlgError:
            wald = np.nan
        if not np.isfinite(wald):
            raise NotEstimable(
                "The contrasts cannot be tested together.",
                remedy="leave out those that follow from others",
            )
        scale, df = self.read(rows)
        if np.isinf(df):
            p = chi2_upper(wald, size)
            return HypothesisTest(
                statistic=wald, df=float(size), p=p, reference="chi-squared"
            )
        f = scale * wald / size
        return HypothesisTest(
            statistic=f,
            df=float(size),
            p=f_tail(f, size, df),
            reference="F",
            df_residual=df,
        )

    def coefficients(
        self, names: Sequence[str], estimate: Vector, level: float
    ) -> tuple[Coefficient, ...]:
        """Return each coefficient with its test and interval."""
        rows = np.eye(len(estimate))
        return tuple(
            self.single(name, estimate, rows[i : i + 1], level)
            for i, name in enumerate(names)
        )

    def single(
        self, name: str, estimate: Vector, row: Matrix, level: float
    ) -> Coefficient:
        """Return one contrast (1, p) with its test and interval."""
        value = float(row[0] @ estimate)
        se = float(np.sqrt(np.maximum(0.0, row[0] @ self.covariance @ row[0])))
        df = self.read(row).df
        if np.isnan(se):
            return Coefficient(
                name=name,
                estimate=value,
                se=None,
                statistic=None,
                df=None if np.isinf(df) else df,
                p=None,
                interval=None,
            )
        half = t_point(0.5 + level / 2, df) * se
        statistic = value / se if se > 0 else None
        return Coefficient(
            name=name,
            estimate=value,
            se=se,
            statistic=statistic,
            df=None if np.isinf(df) else df,
            p=None if statistic is None else t_two_tails(statistic, df),
            interval=Interval(lower=value - half, upper=value + half, level=level),
        )


class Fitted(NamedTuple):
    """One regression at its tau²: what an inference is made from."""

    solved: Solved
    covariance: Matrix
    X: Matrix
    w: Vector

    @property
    def df(self) -> int:
        """Return the residual degrees of freedom."""
        return self.solved.of.n


@dataclass(frozen=True, slots=True)
class RegressionTest:
    """A way to test coefficients and to make their intervals."""

    code: str
    label: str
    infer: Callable[[Fitted], Inference]


def normal(fitted: Fitted) -> Inference:
    """Take tau² as known."""
    return Inference(covariance=fitted.covariance, read=fixed_df(np.inf))


def student(fitted: Fitted) -> Inference:
    """Take tau² as known, but use t and F on ``k - p`` degrees of freedom."""
    return Inference(covariance=fitted.covariance, read=fixed_df(fitted.df))


def hartung_knapp(fitted: Fitted) -> Inference:
    """Estimate the scatter of the weighted effects, with t and F on ``k - p``.

    References
    ----------
    Knapp G, Hartung J. Stat Med 2003;22:2693. doi:10.1002/sim.1482
    """
    return _scaled(fitted, scatter(fitted))


def hartung_knapp_guarded(fitted: Fitted) -> Inference:
    """Never take less scatter than the variances promise.

    References
    ----------
    Röver C, Knapp G, Friede T. BMC Med Res Methodol 2015;15:99.
    doi:10.1186/s12874-015-0091-1
    """
    return _scaled(fitted, max(1.0, scatter(fitted)))


def kenward_roger(fitted: Fitted) -> Inference:
    """Allow for tau² being estimated, in covariance and degrees of freedom.

    References
    ----------
    Kenward MG, Roger JH. Biometrics 1997;53:983. doi:10.2307/2533558
    """
    X, w = fitted.X, fitted.w
    first = -(X.T * w**2) @ X
    second = (X.T * w**3) @ X
    trace = float(fitted.solved.trace_square[0])
    found = KenwardRoger(
        covariance=fitted.covariance,
        first=first[None],
        second=second[None, None],
        spread=np.array([[2 / trace]]),
    )
    return Inference(covariance=found.adjusted, read=found.contrast)


def scatter(fitted: Fitted) -> float:
    """Return ``Q(tau2) / (k - p)``, 1 on average."""
    return float(fitted.solved.q[0]) / fitted.df


def fixed_df(df: float) -> Callable[[Matrix], Adjusted]:
    """Read every test on the same degrees of freedom."""

    def read(rows: Matrix) -> Adjusted:
        del rows
        return Adjusted(1.0, float(df))

    return read


def _scaled(fitted: Fitted, factor: float) -> Inference:
    return Inference(covariance=factor * fitted.covariance, read=fixed_df(fitted.df))


REGRESSION_TESTS: dict[str, RegressionTest] = {
    test.code: test
    for test in (
        RegressionTest("normal", "normal", normal),
        RegressionTest("t", "t on k - p degrees of freedom", student),
        RegressionTest("HK", "Knapp-Hartung", hartung_knapp),
        RegressionTest(
            "HK-guarded",
            "Knapp-Hartung, never narrower than the variances allow",
            hartung_knapp_guarded,
        ),
        RegressionTest("KR", "Kenward-Roger", kenward_roger),
    )
}
