"""How many studies without an effect would overturn an answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from synthesist.effects import EffectTable
from synthesist.errors import InvalidInput
from synthesist.numerics.distributions import normal_quantile
from synthesist.numerics.printing import count
from synthesist.numerics.results import number, versions
from synthesist.pooling.bias.sample import Sample, check_finite, check_share, sample_of
from synthesist.pooling.heterogeneity import TAU2_ESTIMATORS
from synthesist.pooling.panel import single_panel
from synthesist.pooling.registry import choose
from synthesist.pooling.wording import studies
from synthesist.tables import give_back

NOT_AN_ESTIMATE = (
    "The fail-safe N is no estimate of the number of unpublished studies, and a large "
    "one is no proof against bias: the missing studies may show the opposite effect. "
    "Its use is discouraged (Becker 2005)."
)
ALREADY = "The answer of the studies themselves is not beyond the target, so no study is needed."
HALF = (
    "No target is given: it is half of the average, and Orwin's number is then the "
    "number of studies by definition."
)
NO_NULL = "The measure has no value of no effect; zero on the analysis scale is taken."


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FailSafeN:
    """The number of studies averaging no effect that would overturn an answer.

    Attributes
    ----------
    method : str
        Code of `FAIL_SAFE`.
    number : int or None
        How many, None where no number is enough: the target is no effect.
    exact : float
        The same before rounding up, infinite where there is none.
    alpha : float or None
        The level at which the answer would be lost.
    target : float or None
        The effect to which the average would fall, on the analysis scale.
    estimate : float
        The average of the studies, as the method forms it; Rosenthal's is z.
    tau2 : float or None
        The variance between studies, which the added studies are given as well.
    """

    effects: EffectTable
    method: str
    k: int
    number: int | None
    exact: float
    alpha: float | None
    target: float | None
    estimate: float
    tau2: float | None
    rules: Mapping[str, str]
    notes: tuple[str, ...] = ()

    def summary(self) -> str:
        """Return the number with what it means, and the notes."""
        show = self.effects.measure.scale.show
        aim = (
            f"bring the average to {show(self.target)}"
            if self.target is not None
            else f"raise P above {self.alpha:g}"
        )
        needed = "No number of" if self.number is None else count(self.number)
        what = "study" if self.number == 1 else "studies"
        lines = [
            f"Fail-safe N by {FAIL_SAFE[self.method].label}, {studies(self.k)}",
            f"  {needed} {what} averaging no effect would {aim}",
            "  Rules: " + ", ".join(f"{k} {v}" for k, v in self.rules.items()),
        ]
        return "\n".join([*lines, *(f"  Note: {note}" for note in self.notes)])

    def to_dict(self) -> dict[str, Any]:
        """Return every number in full precision as JSON knows it."""
        return {
            "method": self.method,
            "k": self.k,
            "n": self.number,
            "exact": number(self.exact),
            "alpha": number(self.alpha),
            "target": number(self.target),
            "estimate": number(self.estimate),
            "tau2": number(self.tau2),
            "measure": self.effects.measure.code,
            "rules": dict(self.rules),
            "notes": list(self.notes),
            "versions": versions(),
        }

    def to_frame(self, backend: str | None = None) -> Any:
        """Return one row."""
        keys = ("method", "k", "n", "alpha", "target", "estimate", "tau2")
        found = self.to_dict()
        return give_back({k: [found[k]] for k in keys}, self.effects.native, backend)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What would overturn an answer; `target` is None where a P value would."""

    alpha: float
    target: float | None
    tau2: str


@dataclass(frozen=True, slots=True)
class Found:
    """A number of studies before rounding, and the average it belongs to."""

    needed: float
    estimate: float
    alpha: float | None = None
    target: float | None = None
    tau2: float | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FailSafe:
    """A definition of the fail-safe N."""

    code: str
    label: str
    compute: Callable[[Sample, Asked], Found]
    by_target: bool = False
    by_alpha: bool = False
    random: bool = False


def fail_safe_n(
    effects: Any,
    method: str = "Rosenthal",
    *,
    alpha: float | None = None,
    target: float | None = None,
    tau2: str | None = None,
) -> FailSafeN:
    """Return how many studies averaging no effect would overturn the answer.

    Parameters
    ----------
    effects : PooledFit, EffectTable, path, frame or mapping of columns
        As for `pool`.
    method : str
        Code of `FAIL_SAFE`: ``Rosenthal`` by the sum of z, ``Orwin`` by the plain
        average, ``Orwin-weighted`` and ``Rosenberg`` by the average of a common
        effect, ``general`` by that of a random-effects model.
    alpha : float, optional
        The level at which the answer would be lost, by default 0.05; one-sided for
        Rosenthal, two-sided for the others.
    target : float, optional
        The effect to which the average would fall, on the analysis scale; its sign
        does not matter. For Orwin by default half of the average.
    tau2 : str, optional
        The estimator of tau² for ``general``, by default ``REML``. The added studies
        are as different from each other as the observed ones, and as precise as they
        are on average.

    Returns
    -------
    FailSafeN

    Raises
    ------
    InvalidInput
        If a choice is not known, or does not belong to the method.
    NotEstimable
        If no study is included.

    References
    ----------
    Rosenthal R. Psychol Bull 1979;86:638. doi:10.1037/0033-2909.86.3.638
    Orwin RG. J Educ Stat 1983;8:157. doi:10.3102/10769986008002157
    Rosenberg MS. Evolution 2005;59:464. doi:10.1111/j.0014-3820.2005.tb01004.x
    """
    chosen = choose(method, FAIL_SAFE, "fail-safe N")
    for name, value, allowed in (
        ("alpha", alpha, chosen.by_alpha),
        ("target", target, chosen.by_target),
        ("tau2", tau2, chosen.random),
    ):
        if value is not None and not allowed:
            raise InvalidInput(
                f"{name} does not belong to {chosen.code}.",
                remedy="leave it out, or choose another method",
            )
    asked = Asked(
        alpha=0.05 if alpha is None else alpha,
        target=target,
        tau2=choose(tau2 or "REML", TAU2_ESTIMATORS, "estimator of tau²").code,
    )
    check_share(asked.alpha, "alpha")
    check_finite(target, "The target")
    sample = sample_of(effects, fewest=1)
    found = chosen.compute(sample, asked)
    needed = max(0.0, found.needed)
    nothing = sample.table.measure.scale.no_effect is None
    return FailSafeN(
        effects=sample.table,
        method=chosen.code,
        k=sample.k,
        number=None if np.isinf(needed) else _rounded_up(needed),
        exact=needed,
        alpha=found.alpha,
        target=found.target,
        estimate=found.estimate,
        tau2=found.tau2,
        rules={
            **sample.table.rules,
            "fail_safe_n": chosen.code,
            **({"tau2": asked.tau2} if chosen.random else {}),
        },
        notes=(
            *sample.table.notes,
            *((ALREADY,) if needed == 0 else ()),
            *found.notes,
            *((NO_NULL,) if nothing else ()),
            NOT_AN_ESTIMATE,
        ),
    )


def _rounded_up(needed: float) -> int:
    """Return the next whole number; what differs by rounding errors is whole."""
    nearest = round(needed)
    near = abs(needed - nearest) <= 1e-9 * max(1.0, abs(needed))
    return int(nearest if near else np.ceil(needed))


def rosenthal(sample: Sample, asked: Asked) -> Found:
    """Add studies until Stouffer's z is at the one-sided level."""
    z = abs(float((sample.y / sample.se).sum())) / np.sqrt(sample.k)
    ratio = z / normal_quantile(1 - asked.alpha)
    return Found(sample.k * (ratio**2 - 1), float(z), alpha=asked.alpha)


def orwin(sample: Sample, asked: Asked) -> Found:
    """Add studies until the plain average is at the target."""
    mean = float(sample.y.mean())
    return _to_target(mean, float(sample.k), 1.0, asked.target)


def orwin_weighted(sample: Sample, asked: Asked) -> Found:
    """Add studies of average weight until the weighted average is at the target."""
    total = float((1 / sample.v).sum())
    mean = float((sample.y / sample.v).sum()) / total
    return _to_target(mean, total, total / sample.k, asked.target)


def rosenberg(sample: Sample, asked: Asked) -> Found:
    """Add studies of average weight until the common effect is at the level."""
    return _lost(sample, 0.0, float((1 / sample.v).mean()), asked.alpha)


def general(sample: Sample, asked: Asked) -> Found:
    """Add studies to a random-effects model until target or level is reached."""
    panel = single_panel(sample.y, sample.v)
    several = sample.k > 1
    tau2 = float(TAU2_ESTIMATORS[asked.tau2].estimate(panel)[0]) if several else 0.0
    # As precise as the observed studies on average: one over the mean precision.
    weight = 1 / (1 / float((1 / sample.v).mean()) + tau2)
    if asked.target is None:
        return _lost(sample, tau2, weight, asked.alpha)
    w = 1 / (sample.v + tau2)
    mean = float(w @ sample.y) / float(w.sum())
    found = _to_target(mean, float(w.sum()), weight, asked.target)
    return Found(found.needed, mean, target=found.target, tau2=tau2)


def _lost(sample: Sample, tau2: float, weight: float, alpha: float) -> Found:
    """Return how many studies of a weight bring z down to the two-sided level."""
    w = 1 / (sample.v + tau2)
    total, pull = float(w.sum()), float(w @ sample.y)
    critical = normal_quantile(1 - alpha / 2)
    needed = ((pull / critical) ** 2 - total) / weight
    return Found(needed, pull / total, alpha=alpha, tau2=tau2)


def _to_target(mean: float, total: float, weight: float, target: float | None) -> Found:
    """Return how many studies of a weight bring the average to the target."""
    aim = mean / 2 if target is None else float(np.copysign(target, mean))
    needed = np.inf if aim == 0 else total * (mean - aim) / (aim * weight)
    return Found(
        float(needed), mean, target=aim, notes=(HALF,) if target is None else ()
    )


FAIL_SAFE: dict[str, FailSafe] = {
    entry.code: entry
    for entry in (
        FailSafe("Rosenthal", "Rosenthal", rosenthal, by_alpha=True),
        FailSafe("Orwin", "Orwin", orwin, by_target=True),
        FailSafe("Orwin-weighted", "Orwin, weighted", orwin_weighted, by_target=True),
        FailSafe("Rosenberg", "Rosenberg", rosenberg, by_alpha=True),
        FailSafe(
            "general",
            "the random-effects model",
            general,
            by_target=True,
            by_alpha=True,
            random=True,
        ),
    )
}
