"""Whether the effect of treatment goes with the risk without it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from synthesist.effects import EffectTable, effect_table
from synthesist.errors import InvalidInput
from synthesist.numerics.arrays import Indices, Vector
from synthesist.numerics.maximise import sharpened
from synthesist.numerics.results import Interval, number, versions
from synthesist.numerics.tails import t_point
from synthesist.pooling.dependent.estimate import Estimated, estimate
from synthesist.pooling.dependent.model import Model
from synthesist.pooling.dependent.profile import profile_limits
from synthesist.pooling.dependent.sampling import independent
from synthesist.pooling.dependent.structures import on_the_first
from synthesist.pooling.dependent.terms import Term
from synthesist.pooling.pool import check_level
from synthesist.pooling.registry import choose
from synthesist.pooling.regression.design import Design, read_formula
from synthesist.pooling.regression.fit import RegressionFit
from synthesist.pooling.regression.regress import regress
from synthesist.pooling.regression.wording import signed
from synthesist.pooling.wording import percent, plain
from synthesist.tables import Table, give_back, read_table

if TYPE_CHECKING:
    from matplotlib.figure import Figure

#: The measure of one arm that a measure of two compares.
ARMS = {"OR": "PLO", "RR": "PLN", "RD": "PR", "IRR": "IRLN", "IRD": "IR", "MD": "MN"}

#: Risks that an axis is marked at.
RISKS = (0.0001, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 0.9)

METHODS = {"ML": False, "REML": True}

BOUND = (
    "The likelihood does not bound the slope on one side: the risks without treatment "
    "hardly differ by more than chance."
)
PERFECT = (
    "The effects scatter no more around the line than chance explains, so the variance "
    "that is left is zero."
)
NAIVE = (
    "A regression of the effect on the observed control risk gives a slope of "
    "{slope}: chance in the control risk is in both, and bends it."
)
EXCHANGEABLE = (
    "The risks without treatment are taken as normal on the scale of analysis, and the "
    "arms' errors as independent and approximately normal."
)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class BaselineRiskFit:
    """The effect of treatment as a line in the true risk without it.

    Attributes
    ----------
    control, treated : EffectTable
        The arms on their own scale, such as log odds.
    effects : EffectTable
        The effects as they are usually computed.
    k : int
    slope : float
        By how much the effect changes with the control arm: 0 where it does not.
    slope_se : float or None
        From the curvature of the likelihood.
    slope_interval : Interval
        By profile likelihood.
    mean_control, mean_effect : float
        Averages over all studies, on the scale of analysis.
    control_variance, left_variance : float
        Variance of the true control risks, and that of true effects around the line.
    naive : RegressionFit
        The usual regression on the observed control risk, beside it.
    """

    control: EffectTable
    treated: EffectTable
    effects: EffectTable
    k: int
    slope: float
    slope_se: float | None
    slope_interval: Interval
    mean_control: float
    mean_effect: float
    control_variance: float
    left_variance: float
    log_likelihood: float
    method: str
    level: float
    naive: RegressionFit
    rules: Mapping[str, str]
    notes: tuple[str, ...] = ()
    estimated: Estimated = field(repr=False)

    def effect_at(self, control: Any) -> tuple[Vector, Vector, Vector]:
        """Return the mean effect with its interval where the control risk is given.

        Parameters
        ----------
        control : array
            True control risks as they are read, such as proportions.

        Returns
        -------
        estimate, lower, upper : arrays
            On the scale of analysis of the effects.
        """
        scale = self.control.measure.scale
        at = np.atleast_1d(np.asarray(scale.to_analysis(control), dtype=np.float64))
        return self._line(at)

    def _line(self, at: Vector) -> tuple[Vector, Vector, Vector]:
        """Return the line with its band at control risks on the scale of analysis."""
        shift = at - self.mean_control
        middle = self.mean_effect + self.slope * shift
        # The effect at the mean is a contrast of both means; its error and the
        # slope's are independent in large samples.
        phi = self.estimated.covariance
        rows = np.column_stack([-1 - self.slope * np.ones(len(at)), np.ones(len(at))])
        square = np.einsum("mp,pq,mq->m", rows, phi, rows)
        if self.slope_se is not None:
            square = square + (shift * self.slope_se) ** 2
        half = t_point(0.5 + self.level / 2, np.inf) * np.sqrt(square)
        return middle, middle - half, middle + half

    def summary(self) -> str:
        """Return the result as text."""
        show = self.effects.measure.scale.show
        low, high = signed(self.slope_interval.lower), signed(self.slope_interval.upper)
        interval = f"{percent(self.level)} CI {low} to {high}"
        arm = self.control.measure.scale.show(self.mean_control)
        left = f"of effects around the line {plain(self.left_variance)}"
        lines = [
            f"{self.effects.measure.label} and the control arm, {self.k} studies",
            f"  Slope {signed(self.slope)} ({interval}); 0 is no change with the control arm",
            f"  At the mean control arm ({arm}): {show(self.mean_effect)}",
            f"  Variance of control arms {plain(self.control_variance)}, {left}",
        ]
        return "\n".join([*lines, *(f"  Note: {note}" for note in self.notes)])

    def to_dict(self) -> dict[str, Any]:
        """Return every number in full precision as JSON knows it."""
        return {
            "model": "baseline-risk",
            "measure": self.effects.measure.code,
            "k": self.k,
            "slope": number(self.slope),
            "slope_se": number(self.slope_se),
            "slope_low": number(self.slope_interval.lower),
            "slope_high": number(self.slope_interval.upper),
            "mean_control": number(self.mean_control),
            "mean_effect": number(self.mean_effect),
            "control_variance": number(self.control_variance),
            "left_variance": number(self.left_variance),
            "log_likelihood": number(self.log_likelihood),
            "method": self.method,
            "level": self.level,
            "naive_slope": number(float(self.naive.estimate[1])),
            "rules": dict(self.rules),
            "notes": list(self.notes),
            "versions": versions(),
        }

    def to_frame(self, backend: str | None = None) -> Any:
        """Return one row a study: its arms as they are read, and its effect."""
        columns = {
            "study": list(self.effects.study),
            "control": self.control.readings(self.level)[0],
            "treated": self.treated.readings(self.level)[0],
            "effect": self.effects.readings(self.level)[0],
        }
        return give_back(columns, self.effects.native, backend)

    def plot(self, **options: Any) -> Figure:
        """Draw the effects over the control arms, with the line."""
        from synthesist.figures import bubble

        used = self.control.included & self.treated.included
        x = self.control.y[used]
        at = np.linspace(float(x.min()), float(x.max()), 101)
        middle, low, high = self._line(at)
        point = t_point(0.5 + self.level / 2, np.inf)
        wide = np.sqrt((high - middle) ** 2 + point**2 * self.left_variance)
        scale = self.effects.measure.scale
        y = self.treated.y[used] - x
        v = self.treated.v[used] + self.control.v[used]
        return bubble(
            x,
            y,
            weights=1 / (v + self.left_variance),
            line=(at, middle),
            band=(low, high),
            prediction=(middle - wide, middle + wide),
            effect_label=self.effects.measure.label,
            moderator_label="Control arm",
            marks=_marks(self.control),
            no_effect=0.0,
            level=self.level,
            log=scale.log,
            **options,
        )


def baseline_risk(
    arms: Any,
    measure: str = "OR",
    *,
    method: str = "ML",
    level: float = 0.95,
    **rules: Any,
) -> BaselineRiskFit:
    """Regress the effect of treatment on the true risk without it.

    The control risk is measured with error, and its error is part of the observed
    effect too, so that a plain regression finds a slope where there is none. Here the
    true risks of both arms are normal together, and the line is that between them.

    Parameters
    ----------
    arms : path, frame or mapping of columns
        The role columns of two groups, as for `effect_table`.
    measure : {"OR", "RR", "RD", "IRR", "IRD", "MD"}
    method : {"ML", "REML"}
    level : float
        Confidence level of all intervals.
    **rules
        Further choices of `effect_table`, such as ``zero_cells``.

    Raises
    ------
    InvalidInput
        If a code is not known, or columns are missing.
    NotEstimable
        If there are too few studies.

    References
    ----------
    van Houwelingen HC, Arends LR, Stijnen T. Stat Med 2002;21:589.
    doi:10.1002/sim.1040
    Arends LR, Hoes AW, Lubsen J, Grobbee DE, Stijnen T. Stat Med 2000;19:3497.
    doi:10.1002/1097-0258(20001230)19:24<3497::AID-SIM830>3.0.CO;2-H
    """
    check_level(level)
    single = choose(measure, ARMS, "measure with a baseline")
    restricted = choose(method, METHODS, "likelihood")
    table = read_table(arms)
    effects = effect_table(table, measure, **rules)
    control, treated = (_arm(table, single, end, rules) for end in ("c", "t"))
    used = control.included & treated.included
    model = _model(control, treated, np.flatnonzero(used))
    found = estimate(model, restricted=restricted)
    problem = found.problem
    best = sharpened(problem.height, found.best, problem.low, problem.high)
    low, high = profile_limits(problem, best.at, best.value, 1, level)
    spread, slope, left = best.at.tolist()
    se = float(np.sqrt(best.covariance()[1, 1])) if best.free[1] else np.nan
    beta = found.estimate
    naive = regress(
        {"yi": (treated.y - control.y)[used], "vi": (treated.v + control.v)[used],
         "control": control.y[used]},
        "control",
        tau2="REML",
        level=level,
    )  # fmt: skip
    notes = [EXCHANGEABLE, NAIVE.format(slope=signed(float(naive.estimate[1])))]
    if not np.isfinite([low, high]).all() or abs(low) >= 999 or abs(high) >= 999:
        notes.append(BOUND)
    if left == 0:
        notes.append(PERFECT)
    return BaselineRiskFit(
        control=control,
        treated=treated,
        effects=effects,
        k=int(used.sum()),
        slope=slope - 1,
        slope_se=se if np.isfinite(se) else None,
        slope_interval=Interval(lower=low - 1, upper=high - 1, level=level),
        mean_control=float(beta[0]),
        mean_effect=float(beta[1] - beta[0]),
        control_variance=(problem.scale * spread) ** 2,
        left_variance=(problem.scale * left) ** 2,
        log_likelihood=found.log_likelihood(restricted=restricted),
        method=method,
        level=level,
        naive=naive,
        rules={**control.rules, "method": method, "level": f"{level:g}"},
        notes=(*control.notes, *notes),
        estimated=found,
    )


def _marks(control: EffectTable) -> tuple[tuple[float, str], ...]:
    """Return marks of the control arms' axis as they are read, far enough apart."""
    scale = control.measure.scale
    if scale.name == "identity":
        return ()
    readings = RISKS if scale.percent else tuple(100 * risk for risk in RISKS)
    places = scale.to_analysis(readings)
    known = control.y[control.included]
    apart = 0.08 * float(known.max() - known.min())
    found: list[tuple[float, str]] = []
    for place, reading in zip(places.tolist(), readings, strict=True):
        if found and place - found[-1][0] < apart:
            continue
        shown = f"{100 * reading:g}%" if scale.percent else f"{reading:g}"
        found.append((place, shown))
    return tuple(found)


def _arm(table: Table, measure: str, end: str, rules: Mapping[str, Any]) -> EffectTable:
    """Return one arm by itself."""
    roles = ("events", "n", "time", "mean", "sd")
    columns = {role: f"{role}_{end}" for role in roles if f"{role}_{end}" in table}
    if not columns:
        raise InvalidInput(
            f"There are no columns of two groups for {measure}.",
            remedy="give events_t, n_t, events_c and n_c, or means or rates",
        )
    return effect_table(table, measure, columns=columns, **rules)


def _model(control: EffectTable, treated: EffectTable, rows: Indices) -> Model:
    """Return the model of both arms, control arms first."""
    k = len(rows)
    arm = np.repeat(np.arange(2), k)
    design: Design = read_formula("~ 0 + arm").build(
        {"arm": list[str | None](["control"] * k + ["treated"] * k)}, 2 * k
    )
    term = Term(
        name="arm | study",
        outer=np.tile(np.arange(k), 2),
        inner=arm,
        shape=on_the_first(2, np.zeros(2)),
        groups=tuple(str(control.study[i]) for i in rows.tolist()),
        levels=("control", "treated"),
    )
    v = np.concatenate([control.v[rows], treated.v[rows]])
    return Model(
        table=control,
        used=control.included,
        y=np.concatenate([control.y[rows], treated.y[rows]]),
        X=design.X,
        V=independent(v),
        design=design,
        terms=(term,),
        merged=(),
        structures={"arm | study": "UN"},
        notes=(),
    )
