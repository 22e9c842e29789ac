"""Designs of trials with one arm and a binary outcome: checked, and found.

Errors are exact: sums of binomial probabilities, never normal approximations, except
where the design's own definition is one (Fleming's boundaries).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from synthesist.errors import InvalidInput, NotEstimable
from synthesist.numerics.arrays import Matrix, Vector
from synthesist.numerics.distributions import normal_quantile

#: People beyond which no design is looked for, so that a search ends.
LARGEST = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class StagedDesign:
    """A design in stages, with what it does when the truth is `p0` or `p1`.

    Attributes
    ----------
    n : tuple of int
        People up to the end of each stage.
    futility : tuple of int
        Stop as not worthwhile at so many responses or fewer.
    efficacy : tuple of (int or None)
        Stop as worthwhile at so many responses or more, None where no stage does.
    alpha, power : float
        Probability of calling it worthwhile under `p0` and under `p1`.
    early_stop : float
        Probability under `p0` to stop before the last stage.
    expected_n : float
        Mean number of people under `p0`.
    """

    name: str
    p0: float
    p1: float
    n: tuple[int, ...]
    futility: tuple[int, ...]
    efficacy: tuple[int | None, ...]
    alpha: float
    power: float
    early_stop: float
    expected_n: float

    def summary(self) -> str:
        """Return the design as lines of text."""
        lines = [f"{self.name} design, {self.p0:g} against {self.p1:g}"]
        for people, low, high in zip(self.n, self.futility, self.efficacy, strict=True):
            line = f"  after {people}: not worthwhile at {low} or fewer"
            lines.append(
                line if high is None else f"{line}, worthwhile at {high} or more"
            )
        lines.append(
            f"  alpha {self.alpha:.4f}, power {self.power:.4f}, expected number {self.expected_n:.1f}, early stop {self.early_stop:.3f} (under {self.p0:g})"
        )
        return "\n".join(lines)  # fmt: skip

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return {
            "name": self.name,
            "p0": self.p0,
            "p1": self.p1,
            "n": list(self.n),
            "futility": list(self.futility),
            "efficacy": list(self.efficacy),
            "alpha": self.alpha,
            "power": self.power,
            "early_stop": self.early_stop,
            "expected_n": self.expected_n,
        }


def staged_design(
    p0: float,
    p1: float,
    n: tuple[int, ...],
    futility: tuple[int, ...],
    efficacy: tuple[int | None, ...] | None = None,
    *,
    name: str = "Given",
) -> StagedDesign:
    """Return what a given design does: its exact errors and its expected size.

    Parameters
    ----------
    p0, p1 : float
        The response rate that is too low, and one that is worthwhile.
    n : tuple of int
        People up to the end of each stage.
    futility : tuple of int
        At so many responses or fewer it stops as not worthwhile; after the last
        stage everything above is worthwhile.
    efficacy : tuple, optional
        At so many or more it stops as worthwhile; by default only at the end.

    Raises
    ------
    InvalidInput
        If stages or boundaries contradict each other.
    """
    check_rates(p0, p1)
    given = efficacy or (*([None] * (len(n) - 1)), futility[-1] + 1 if futility else 0)
    _check_stages(n, futility, given)
    alpha, early, mean = _operating(p0, n, futility, given)
    power, _, _ = _operating(p1, n, futility, given)
    return StagedDesign(
        name=name,
        p0=p0,
        p1=p1,
        n=n,
        futility=futility,
        efficacy=given,
        alpha=alpha,
        power=power,
        early_stop=early,
        expected_n=mean,
    )


def simon(
    p0: float,
    p1: float,
    *,
    alpha: float = 0.05,
    power: float = 0.8,
    kind: str = "optimal",
    n_max: int | None = None,
) -> StagedDesign:
    """Find Simon's two-stage design.

    Parameters
    ----------
    alpha, power : float
        Bounds on the exact error and power.
    kind : {"optimal", "minimax"}
        Fewest people expected under `p0`, or the smallest trial and among these
        the fewest expected.
    n_max : int, optional
        The largest trial that is looked at; 1.6 times a trial in one stage if None.

    Raises
    ------
    InvalidInput
        If the rates or errors cannot be.
    NotEstimable
        If no design of so many people keeps the errors.

    References
    ----------
    Simon R. Control Clin Trials 1989;10:1. doi:10.1016/0197-2456(89)90015-9
    """
    check_rates(p0, p1)
    _check_errors(alpha, power)
    if kind not in ("optimal", "minimax"):
        raise InvalidInput(
            f"There is no kind of design '{kind}'.", remedy="choose optimal or minimax"
        )
    single = ahern(p0, p1, alpha=alpha, power=power).n[0]
    last = min(n_max or math.ceil(1.6 * single) + 10, LARGEST)
    best: tuple[tuple[float, ...], tuple[int, int, int, int]] | None = None
    for n in range(2, last + 1):
        if kind == "minimax" and best is not None:
            break
        longest = best[0][0] if kind == "optimal" and best is not None else float(n)
        for found in _two_stage(p0, p1, n, alpha, power, longest):
            r1, n1, r, mean = found
            key = (mean, float(n)) if kind == "optimal" else (float(n), mean)
            if best is None or key < best[0]:
                best = (key, (r1, n1, r, n))
    if best is None:
        raise NotEstimable(
            f"No two-stage design of at most {last} people keeps these errors.",
            remedy="raise n_max, or allow larger errors",
        )
    r1, n1, r, n = best[1]
    return staged_design(p0, p1, (n1, n), (r1, r), name=f"Simon's {kind} two-stage")


def fleming(
    p0: float, p1: float, n: tuple[int, ...], *, alpha: float = 0.05
) -> StagedDesign:
    """Find Fleming's boundaries for stages of given sizes.

    Parameters
    ----------
    n : tuple of int
        People up to the end of each stage.

    Notes
    -----
    The boundaries use normal approximations, as published; `alpha` and `power` of
    the answer are exact.

    References
    ----------
    Fleming TR. Biometrics 1982;38:143.
    """
    check_rates(p0, p1)
    _check_errors(alpha, 0.5)
    if not n or list(n) != sorted(set(n)) or n[0] < 1:
        raise InvalidInput(
            "The stages do not grow.", remedy="give people up to the end of each stage"
        )
    z, total = normal_quantile(1 - alpha), n[-1]
    other = (math.sqrt(total * p0) + math.sqrt(1 - p0) * z) ** 2 / (total + z * z)
    spread0 = math.sqrt(total * p0 * (1 - p0)) * z
    spread1 = math.sqrt(total * other * (1 - other)) * z
    high = [_nearest(m * p0 + spread0) + 1 for m in n]
    low = [
        min(_nearest(m * other - spread1), h - 1) for m, h in zip(n, high, strict=True)
    ]
    low[-1] = high[-1] - 1
    # At less than none it cannot stop, so -1 is that no count is low enough.
    return staged_design(
        p0, p1, n, tuple(max(-1, v) for v in low), tuple(high), name="Fleming's"
    )  # fmt: skip


def ahern(
    p0: float, p1: float, *, alpha: float = 0.05, power: float = 0.8
) -> StagedDesign:
    """Find the smallest trial in one stage that keeps both errors exactly.

    References
    ----------
    A'Hern RP. Stat Med 2001;20:859. doi:10.1002/sim.721
    """
    from scipy.special import bdtrc

    check_rates(p0, p1)
    _check_errors(alpha, power)
    for n in range(1, LARGEST + 1):
        below = np.arange(n)
        tails = np.asarray(bdtrc(below, n, p0), dtype=float)
        fits = np.flatnonzero(tails <= alpha)
        if fits.size and float(bdtrc(int(fits[0]), n, p1)) >= power:
            return staged_design(
                p0, p1, (n,), (int(fits[0]),), name="A'Hern's single-stage"
            )
    raise NotEstimable(
        f"No single-stage design of at most {LARGEST} people keeps these errors.",
        remedy="choose rates that lie further apart, or larger errors",
    )


def _two_stage(
    p0: float, p1: float, n: int, alpha: float, power: float, longest: float
) -> list[tuple[int, int, int, float]]:
    """Return designs of n people: for each n1 and r1 the smallest r that keeps alpha.

    First stages of `longest` people or more are passed over.
    """
    from scipy.special import bdtr

    whole = _tail(n, p0)
    most = int(np.argmax(whole <= alpha))
    # A first stage only lowers both chances, so the last boundary is no higher.
    if whole[most] > alpha or _tail(n, p1)[0] < power:
        return []
    found: list[tuple[int, int, int, float]] = []
    r = np.arange(most + 1)
    for n1 in range(1, int(min(n, longest))):
        x = np.arange(min(n1, most) + 1)
        need, n2 = r[None, :] - x[:, None], n - n1
        sums: list[Matrix] = []
        for p in (p0, p1):
            reject = np.append(_tail(n2, p), 1.0)[np.clip(need, -1, n2)]
            first = _probabilities(n1, p)
            joint = first[: len(x), None] * reject
            # More responses than the last boundary in the first stage reject surely.
            beyond = float(first[len(x) :].sum())
            sums.append(np.cumsum(joint[::-1], axis=0)[::-1] + beyond)
        # Row r1 + 1 is what is left when r1 or fewer stop.
        a, b = sums[0][1:], sums[1][1:]
        if not len(a):
            continue
        chosen = np.argmax(a <= alpha, axis=1)
        rows = np.arange(len(a))
        fits = (a[rows, chosen] <= alpha) & (b[rows, chosen] >= power)
        for r1 in np.flatnonzero(fits).tolist():
            stop = float(bdtr(r1, n1, p0))
            found.append((r1, n1, int(chosen[r1]), n1 + (1 - stop) * n2))
    return found


def _tail(n: int, p: float) -> Vector:
    """Return the chances of more than 0, 1 ... n events (n + 1,)."""
    above = np.cumsum(_probabilities(n, p)[::-1])[::-1]
    return np.append(above[1:], 0.0)


def _probabilities(n: int, p: float) -> Vector:
    """Return binomial probabilities (n + 1,)."""
    from scipy.special import gammaln, xlog1py, xlogy

    x = np.arange(n + 1)
    log = gammaln(n + 1) - gammaln(x + 1) - gammaln(n - x + 1)
    return np.exp(log + xlogy(x, p) + xlog1py(n - x, -p))


def _operating(
    p: float,
    n: tuple[int, ...],
    futility: tuple[int, ...],
    efficacy: tuple[int | None, ...],
) -> tuple[float, float, float]:
    """Return the chance to call it worthwhile, of an early stop, and the mean size."""
    going, before, people = np.ones(1), 0, 0.0
    worthwhile = early = 0.0
    for stage, (upto, low, high) in enumerate(zip(n, futility, efficacy, strict=True)):
        people += (upto - before) * float(going.sum())
        going = np.convolve(going, _probabilities(upto - before, p))
        last = stage == len(n) - 1
        top = low + 1 if last else (high if high is not None else len(going))
        above = float(going[max(top, 0) :].sum())
        below = float(going[: low + 1].sum())
        worthwhile += above
        if not last:
            early += above + below
        going[: low + 1] = 0.0
        going[max(top, 0) :] = 0.0
        before = upto
    return worthwhile, early, people


def _check_stages(
    n: tuple[int, ...], futility: tuple[int, ...], efficacy: tuple[int | None, ...]
) -> None:
    """Refuse stages that do not grow, and boundaries that cross."""
    lengths = len(n) == len(futility) == len(efficacy) and len(n) > 0
    grows = list(n) == sorted(set(n)) and (not n or n[0] >= 1)
    inside = all(-1 <= low < m for low, m in zip(futility, n, strict=False))
    apart = all(
        high is None or high > low
        for low, high in zip(futility, efficacy, strict=False)
    )
    ends = not futility or not efficacy or efficacy[-1] == futility[-1] + 1
    small = max(n, default=0) <= 10_000
    if not (lengths and grows and inside and apart and ends and small):
        raise InvalidInput(
            "Stages and boundaries contradict each other.",
            remedy="give people up to the end of each stage, growing, and for each a futility boundary below that number and below the efficacy boundary, which after the last stage is the next number",
        )


def check_rates(p0: float, p1: float) -> None:
    """Refuse rates that are not rates, or stand the wrong way round."""
    if not 0 < p0 < p1 < 1:
        raise InvalidInput(
            f"Rates of {p0:g} and {p1:g} do not go upward between 0 and 1.",
            remedy="give the rate that is too low first",
        )


def _check_errors(alpha: float, power: float) -> None:
    if not (0 < alpha < 0.5 and alpha < power < 1):
        raise InvalidInput(
            f"An alpha of {alpha:g} with a power of {power:g} is no aim.",
            remedy="give alpha below 0.5 and a power between alpha and 1",
        )


def _nearest(value: float) -> int:
    """Return the nearest whole number, as Fleming rounds."""
    return math.floor(value + 0.5)
