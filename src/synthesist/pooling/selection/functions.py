"""How likely a study is selected, given its P value: the functions, by their codes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from synthesist.numerics.arrays import Vector

#: P values nearer to 0 or 1 than this are taken to be so near, where a weight would
#: else be infinite or zero (Citkowicz and Vevea 2017).
CENSORED = 1e-5

#: A parameter is looked for up to this value.
LARGEST = 100.0

#: Weights of steps and powers of the beta function are looked for down to this one.
SMALLEST = 1e-5


class LogWeight(NamedTuple):
    """Logarithms of weights (...,), and their derivatives (d, ...) in the parameters.

    `bend` are second derivatives (...,) in one parameter that they are not linear in.
    """

    value: Vector
    slopes: Vector
    bend: Vector | None = None


#: Takes P values and what is left to 1, the parameters (d,), the precision of each
#: study, and the P value below which every weight is 1.
Curve = Callable[[Vector, Vector, Vector, Vector, float], LogWeight]


@dataclass(frozen=True, slots=True, kw_only=True)
class SelectionFunction:
    """A family of selection functions.

    Attributes
    ----------
    code, label : str
    formula : str
        The weight at a P value.
    names : tuple of str
        Its parameters; steps have one for each interval but the first.
    null : float
        The value of every parameter without selection.
    least : float
        The smallest value of every parameter.
    curve : callable or None
        The logarithm of the weight; None for weights that are constant in pieces.
    starts : tuple of tuple of float
        Where the likelihood is climbed from.
    censored : float
        See `CENSORED`; 0 where no weight is infinite or zero.
    by_size : bool
        Whether pieces are intervals of the effect and not of the P value.
    one_sided : bool
        Whether the function knows no selection in both directions.
    """

    code: str
    label: str
    formula: str
    names: tuple[str, ...]
    null: float
    least: float
    starts: tuple[tuple[float, ...], ...]
    curve: Curve | None = None
    censored: float = 0.0
    by_size: bool = False
    one_sided: bool = False
    reference: str = ""

    @property
    def in_pieces(self) -> bool:
        """Say whether weights are constant in pieces."""
        return self.curve is None

    @property
    def thresholds(self) -> bool:
        """Say whether weights can be 1 below a P value, and depend on precision."""
        return not self.in_pieces and len(self.names) == 1


def beta(
    p: Vector, rest: Vector, delta: Vector, precision: Vector, alpha: float
) -> LogWeight:
    """Return ``p**(delta1 - 1) * (1 - p)**(delta2 - 1)``."""
    del precision, alpha
    slopes = np.stack([np.log(p), np.log(rest)])
    return LogWeight((delta[0] - 1) * slopes[0] + (delta[1] - 1) * slopes[1], slopes)


def half_normal(
    p: Vector, rest: Vector, delta: Vector, precision: Vector, alpha: float
) -> LogWeight:
    """Return ``exp(-delta * p**2)``."""
    del rest
    return _linear(-precision * (p * p - alpha * alpha), delta)


def negative_exponential(
    p: Vector, rest: Vector, delta: Vector, precision: Vector, alpha: float
) -> LogWeight:
    """Return ``exp(-delta * p)``."""
    del rest
    return _linear(-precision * (p - alpha), delta)


def power(
    p: Vector, rest: Vector, delta: Vector, precision: Vector, alpha: float
) -> LogWeight:
    """Return ``(1 - p)**delta``."""
    del p
    return _linear(precision * (np.log(rest) - np.log1p(-alpha)), delta)


def logistic(
    p: Vector, rest: Vector, delta: Vector, precision: Vector, alpha: float
) -> LogWeight:
    """Return ``2 * exp(-delta * p) / (1 + exp(-delta * p))``."""
    del rest
    at, limit = precision * p, precision * alpha
    share = np.exp(-np.logaddexp(0.0, -delta[0] * at))
    edge = np.exp(-np.logaddexp(0.0, -delta[0] * limit))
    value = np.logaddexp(0.0, delta[0] * limit) - np.logaddexp(0.0, delta[0] * at)
    slope = limit * edge - at * share
    bend = limit**2 * edge * (1 - edge) - at**2 * share * (1 - share)
    return LogWeight(value, slope[None], bend)


def _linear(slope: Vector, delta: Vector) -> LogWeight:
    return LogWeight(delta[0] * slope, slope[None])


ONE_PARAMETER = ((0.5,), (3.0,), (12.0,), (0.0,))

SELECTION_FUNCTIONS: dict[str, SelectionFunction] = {
    function.code: function
    for function in (
        SelectionFunction(
            code="step",
            label="Step function",
            formula="w = delta_j for p in the j-th interval, 1 in the first",
            names=(),
            null=1.0,
            least=SMALLEST,
            starts=((0.8,), (0.2,), (0.03,), (3.0,)),
            reference="Vevea JL, Hedges LV. Psychometrika 1995;60:419. doi:10.1007/BF02294384",
        ),
        SelectionFunction(
            code="beta",
            label="Beta function",
            formula="w = p^(delta1 - 1) (1 - p)^(delta2 - 1)",
            names=("delta1", "delta2"),
            null=1.0,
            least=SMALLEST,
            starts=((1.0, 1.0), (0.5, 1.0), (1.0, 3.0), (0.4, 0.4), (2.0, 1.0)),
            curve=beta,
            censored=CENSORED,
            reference="Citkowicz M, Vevea JL. Psychol Methods 2017;22:28. doi:10.1037/met0000119",
        ),
        SelectionFunction(
            code="halfnorm",
            label="Half-normal function",
            formula="w = exp(-delta p^2)",
            names=("delta",),
            null=0.0,
            least=0.0,
            starts=ONE_PARAMETER,
            curve=half_normal,
            reference="Preston C, Ashby D, Smyth R. J Eval Clin Pract 2004;10:313. doi:10.1111/j.1365-2753.2003.00457.x",
        ),
        SelectionFunction(
            code="negexp",
            label="Negative exponential function",
            formula="w = exp(-delta p)",
            names=("delta",),
            null=0.0,
            least=0.0,
            starts=ONE_PARAMETER,
            curve=negative_exponential,
            reference="Preston C, Ashby D, Smyth R. J Eval Clin Pract 2004;10:313. doi:10.1111/j.1365-2753.2003.00457.x",
        ),
        SelectionFunction(
            code="logistic",
            label="Logistic function",
            formula="w = 2 exp(-delta p) / (1 + exp(-delta p))",
            names=("delta",),
            null=0.0,
            least=0.0,
            starts=ONE_PARAMETER,
            curve=logistic,
            reference="Preston C, Ashby D, Smyth R. J Eval Clin Pract 2004;10:313. doi:10.1111/j.1365-2753.2003.00457.x",
        ),
        SelectionFunction(
            code="power",
            label="Power function",
            formula="w = (1 - p)^delta",
            names=("delta",),
            null=0.0,
            least=0.0,
            starts=ONE_PARAMETER,
            curve=power,
            censored=CENSORED,
        ),
        SelectionFunction(
            code="truncation",
            label="Truncation",
            formula="w = delta for effects on the wrong side of a value, else 1",
            names=(),
            null=1.0,
            least=SMALLEST,
            starts=((0.8,), (0.2,), (0.03,), (3.0,)),
            by_size=True,
            one_sided=True,
        ),
    )
}
