"""What the significant P values alone say: the p-curve."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from synthesist.effects import EffectTable
from synthesist.errors import NotEstimable
from synthesist.numerics.arrays import Vector
from synthesist.numerics.distributions import normal_quantile
from synthesist.numerics.printing import p_value, percent, plain
from synthesist.numerics.results import HypothesisTest, Interval, number, versions
from synthesist.pooling.pool import as_effects, check_level, usable
from synthesist.pooling.selection.scatter import notes_on_scatter
from synthesist.pooling.wording import studies
from synthesist.tables import give_back

if TYPE_CHECKING:
    from matplotlib.figure import Figure

#: Significance, and the half of it.
ALPHA, HALF = 0.05, 0.025

#: The power that a flat curve is tested against.
LOW_POWER = 1 / 3

#: Power is looked for up to here.
MOST_POWER = 0.999999

#: Upper ends of the five bars.
BARS = (0.01, 0.02, 0.03, 0.04, 0.05)

#: Fewer significant results than this say little.
FEW_SIGNIFICANT = 5

FEW = (
    "{k} significant {what}: a p-curve of so few says little, whatever its tests print."
)
NOT_AN_EFFECT = (
    "A p-curve says whether significant results hold evidence of some effect, not how "
    "large the mean effect is."
)
OPPOSITE = (
    "{n} of the significant results point the other way than most; a p-curve is meant "
    "for tests of one hypothesis."
)
POWER_BOUND = "The interval of power ends at the bound of what is looked for."


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PCurve:
    """The distribution of significant P values.

    Tests are of two-sided P values of ``y / se``. Those by Stouffer's method have a
    standard normal statistic, negative for a right-skewed curve and for one flatter
    than that of studies with a power of one third.

    Attributes
    ----------
    k, significant, below_half : int
        Effects, those with P below 0.05, and below 0.025.
    skew, skew_half : HypothesisTest or None
        Whether the curve is right-skewed: significant results hold evidence. The
        second is of the P values below 0.025, None where there are none.
    skew_binomial : float
        The probability of so many P values below 0.025 without any effect.
    flat, flat_half : HypothesisTest or None
        Whether the curve is flatter than studies with a power of one third make it.
    flat_binomial : float
        The probability of so few P values below 0.025 with that power.
    power : float
        The average power of the significant studies, given that they were selected.
    power_interval : Interval
    evidence, inadequate : bool
        By the rules of Simonsohn 2015: evidence where the half curve has P below 0.05,
        or both have P below 0.1; inadequate where the full curve is flatter with P
        below 0.05, or the half curve and the binomial test both with P below 0.1.
    """

    effects: EffectTable
    k: int
    significant: int
    below_half: int
    skew: HypothesisTest
    skew_half: HypothesisTest | None
    skew_binomial: float
    flat: HypothesisTest
    flat_half: HypothesisTest | None
    flat_binomial: float
    power: float
    power_interval: Interval
    evidence: bool
    inadequate: bool
    p_values: Vector
    level: float
    rules: Mapping[str, str]
    notes: tuple[str, ...] = ()

    def shares(self) -> tuple[Vector, Vector, Vector]:
        """Return the shares of P values up to 0.01, 0.02, 0.03, 0.04 and 0.05, each (5,).

        Those that were found, that the estimated power implies, and that a power of
        one third implies.
        """
        inside = self.p_values[self.p_values < ALPHA]
        cells = np.searchsorted(np.array(BARS[:-1]), inside, side="left")
        found = np.bincount(cells, minlength=len(BARS)) / len(inside)
        return found, _implied(self.power), _implied(LOW_POWER)

    def plot(self, **options: Any) -> Figure:
        """Draw the curve beside the one without an effect and one of low power."""
        from synthesist.figures import p_curve as draw

        found, _, low = self.shares()
        said = f"{self.significant} significant of {studies(self.k)}."
        given: dict[str, Any] = {"footer": (said,), **options}
        return draw(found, low, **given)

    def summary(self) -> str:
        """Return the result as text."""
        what = f"{self.significant} with P < 0.05, {self.below_half} with P < 0.025"
        lines = [f"{self.effects.measure.label}, p-curve of {studies(self.k)}: {what}"]
        for name, full, half, binomial in (
            ("Right-skewed", self.skew, self.skew_half, self.skew_binomial),
            (
                "Flatter than a power of 33%",
                self.flat,
                self.flat_half,
                self.flat_binomial,
            ),
        ):
            words = f"z = {_signed(full.statistic)}, {p_value(full.p)}"
            if half is not None:
                words += (
                    f"; half curve z = {_signed(half.statistic)}, {p_value(half.p)}"
                )
            lines.append(f"  {name}: {words}; binomial {p_value(binomial)}")
        ends = self.power_interval
        lines.append(
            f"  Power: {100 * self.power:.0f}% ({percent(ends.level)} CI "
            f"{100 * ends.lower:.0f} to {100 * ends.upper:.0f}%)"
        )
        lines.append(f"  Evidence: {'yes' if self.evidence else 'not shown'}")
        lines.append(
            f"  Evidence absent or inadequate: {'yes' if self.inadequate else 'not shown'}"
        )
        lines.append("  Rules: " + ", ".join(f"{k} {v}" for k, v in self.rules.items()))
        return "\n".join([*lines, *(f"  Note: {note}" for note in self.notes)])

    def to_dict(self) -> dict[str, Any]:
        """Return every number in full precision as JSON knows it."""
        found, fitted, low = self.shares()
        return {
            "k": self.k,
            "significant": self.significant,
            "below_half": self.below_half,
            **_test("skew", self.skew),
            **_test("skew_half", self.skew_half),
            "skew_binomial": number(self.skew_binomial),
            **_test("flat", self.flat),
            **_test("flat_half", self.flat_half),
            "flat_binomial": number(self.flat_binomial),
            "power": number(self.power),
            "power_low": number(self.power_interval.lower),
            "power_high": number(self.power_interval.upper),
            "level": self.level,
            "evidence": self.evidence,
            "inadequate": self.inadequate,
            "shares": found.tolist(),
            "shares_at_power": fitted.tolist(),
            "shares_at_low_power": low.tolist(),
            "p_values": [number(p) for p in self.p_values],
            "measure": self.effects.measure.code,
            "model": "p-curve",
            "rules": dict(self.rules),
            "notes": list(self.notes),
            "versions": versions(),
        }

    def to_frame(self, backend: str | None = None) -> Any:
        """Return one row a bar: its P values, and the shares found and implied.

        The frame is of the caller's kind; data from a file give a dictionary of
        columns, unless `backend` names pandas, polars or pyarrow.
        """
        found, fitted, low = self.shares()
        columns = {
            "p_up_to": list(BARS),
            "found": found.tolist(),
            "at_estimated_power": fitted.tolist(),
            "at_power_of_one_third": low.tolist(),
        }
        return give_back(columns, self.effects.native, backend)


def p_curve(effects: Any, *, level: float = 0.95) -> PCurve:
    """Look at the distribution of the significant P values.

    Without any effect they are uniform below 0.05; the more power studies have, the
    more of them are very small.

    Parameters
    ----------
    effects : EffectTable, path, frame or mapping of columns
        As for `pool`: one effect a study, of the test that each study was made for.
    level : float
        Of the interval of power.

    Raises
    ------
    NotEstimable
        If no effect is significant.

    References
    ----------
    Simonsohn U, Nelson LD, Simmons JP. J Exp Psychol Gen 2014;143:534.
    doi:10.1037/a0033242
    Simonsohn U, Simmons JP, Nelson LD. J Exp Psychol Gen 2015;144:1146.
    doi:10.1037/xge0000104
    """
    from scipy.special import bdtr, bdtrc, ndtr

    table = as_effects(effects)
    check_level(level)
    y, v = usable(table)
    signed = y / np.sqrt(v)
    z = np.abs(signed)
    p = 2 * ndtr(-z)
    inside = p < ALPHA
    if not inside.any():
        raise NotEstimable(
            "No effect is significant, so there is no p-curve.",
            remedy="use a selection model",
        )
    z, log_p = z[inside], _log_p(z[inside])
    k, half = int(inside.sum()), p[inside] < HALF
    count = int(half.sum())
    skew = _stouffer(log_p - np.log(ALPHA))
    skew_half = _stouffer(log_p[half] - np.log(HALF)) if count else None
    shift = _shift(LOW_POWER)
    chance = float(_power(shift, HALF))
    flat = _stouffer(np.log(_below(z, shift, ALPHA)))
    flat_half = _stouffer(np.log(_below(z[half], shift, HALF))) if count else None
    skew_binomial = float(bdtrc(count - 1, k, 0.5)) if count else 1.0
    flat_binomial = float(bdtr(count, k, chance / LOW_POWER))
    tail = normal_quantile(0.5 + level / 2)
    low, power, high = (_solve(z, target) for target in (tail, 0.0, -tail))
    halves = (skew_half.p if skew_half else 1.0, flat_half.p if flat_half else 1.0)
    notes = [NOT_AN_EFFECT]
    if k < FEW_SIGNIFICANT:
        notes.append(FEW.format(k=k, what="result" if k == 1 else "results"))
    minority = min(int((signed[inside] > 0).sum()), int((signed[inside] < 0).sum()))
    if minority:
        notes.append(OPPOSITE.format(n=minority))
    if low <= ALPHA or high >= MOST_POWER:
        notes.append(POWER_BOUND)
    notes += notes_on_scatter(table)
    every = np.full(len(table), np.nan)
    every[table.included] = p
    return PCurve(
        effects=table,
        k=len(p),
        significant=k,
        below_half=count,
        skew=skew,
        skew_half=skew_half,
        skew_binomial=skew_binomial,
        flat=flat,
        flat_half=flat_half,
        flat_binomial=flat_binomial,
        power=power,
        power_interval=Interval(lower=low, upper=high, level=level),
        evidence=halves[0] < 0.05 or (halves[0] < 0.1 and skew.p < 0.1),
        inadequate=flat.p < 0.05 or (halves[1] < 0.1 and flat_binomial < 0.1),
        p_values=every,
        level=level,
        rules={
            **table.rules,
            "p": "two-sided, normal",
            "combined": "Stouffer",
            "level": f"{level:g}",
        },
        notes=(*table.notes, *notes),
    )


def _log_p(z: Vector) -> Vector:
    """Return logarithms of two-sided P values (k,)."""
    from scipy.special import log_ndtr

    return np.log(2.0) + log_ndtr(-z)


def _stouffer(log_pp: Vector) -> HypothesisTest:
    """Combine probabilities of more extreme results, given by their logarithms."""
    from scipy.special import ndtr, ndtri_exp

    # A probability of 1 stands for a P value that is only just significant.
    scores = ndtri_exp(np.minimum(log_pp, -1e-16))
    z = float(scores.sum() / np.sqrt(len(scores)))
    return HypothesisTest(statistic=z, df=None, p=float(ndtr(z)), reference="normal")


def _power(shift: float, alpha: float) -> float:
    """Return the power of a two-sided test at a shift of z."""
    from scipy.special import ndtr

    cut = normal_quantile(1 - alpha / 2)
    return float(ndtr(shift - cut) + ndtr(-shift - cut))


def _shift(power: float) -> float:
    """Return the shift of z at which tests have a power."""
    low, high = 0.0, 10.0
    for _ in range(80):
        middle = (low + high) / 2
        low, high = (middle, high) if _power(middle, ALPHA) < power else (low, middle)
    return (low + high) / 2


def _below(z: Vector, shift: float, alpha: float) -> Vector:
    """Return probabilities of a smaller z (k,), given significance, at a shift."""
    from scipy.special import ndtr

    cut = normal_quantile(1 - alpha / 2)
    # Differences of upper tails, so that digits are kept where power is near 1.
    inside = ndtr(z - shift) - ndtr(cut - shift) + ndtr(-cut - shift) - ndtr(-z - shift)
    return np.clip(inside / _power(shift, alpha), 1e-300, 1.0)


def _solve(z: Vector, target: float) -> float:
    """Return the power at which Stouffer's statistic is `target`, within its bounds."""
    low, high = _shift(ALPHA + 1e-12), _shift(MOST_POWER)
    if _at(z, low) <= target:
        return ALPHA
    if _at(z, high) >= target:
        return MOST_POWER
    for _ in range(100):
        middle = (low + high) / 2
        low, high = (middle, high) if _at(z, middle) > target else (low, middle)
    return _power((low + high) / 2, ALPHA)


def _at(z: Vector, shift: float) -> float:
    return _stouffer(np.log(_below(z, shift, ALPHA))).statistic


def _implied(power: float) -> Vector:
    """Return the shares of P values in the five bars at a power."""
    shift = _shift(power) if power > ALPHA else 0.0
    whole = np.array([_power(shift, bar) for bar in BARS])
    return np.diff(np.concatenate([[0.0], whole])) / whole[-1]


def _signed(value: float) -> str:
    return plain(value).replace("-", "\N{MINUS SIGN}")


def _test(name: str, test: HypothesisTest | None) -> dict[str, float | None]:
    return {
        f"{name}_z": number(test and test.statistic),
        f"{name}_p": number(test and test.p),
    }
