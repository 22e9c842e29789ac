"""What trim and fill found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from synthesist.numerics.arrays import Vector
from synthesist.numerics.printing import p_value, plain, plural
from synthesist.numerics.results import number, versions
from synthesist.pooling import wording
from synthesist.pooling.fit import PooledFit

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TrimAndFill:
    """An answer beside what it would be with missing studies filled in.

    Attributes
    ----------
    estimator : str
        Code of `MISSING_STUDIES`.
    side : {"left", "right"}
        Where studies are missing.
    missing : int
        How many; `se` is the standard error of the estimate, None where its formula
        gives none.
    p : float or None
        The probability of so many if none is missing, for R0 only.
    fit, filled : PooledFit
        The answer of the studies, and with their mirror images.
    centre : float
        Around which the studies were turned over, on the analysis scale.
    y, v : (missing,) arrays
        Effects and variances of the mirror images.
    """

    estimator: str
    side: str
    missing: int
    se: float | None
    p: float | None
    fit: PooledFit
    filled: PooledFit
    centre: float
    y: Vector = field(repr=False)
    v: Vector = field(repr=False)
    rules: Mapping[str, str]
    notes: tuple[str, ...] = ()

    def summary(self) -> str:
        """Return both answers and the notes as text."""
        test = f", {p_value(self.p)}" if self.p is not None else ""
        error = "" if self.se is None else f" (SE {plain(self.se)})"
        lines = [
            (
                f"Trim and fill ({self.estimator}): {plural(self.missing, 'study', 'studies')} "
                f"missing on the {self.side}{error}{test}"
            ),
            f"  As observed: {wording.headline(self.fit)}",
            f"  Filled in:   {wording.headline(self.filled)}",
        ]
        if self.filled.tau2 is not None and self.filled.tau2_method != "CE":
            lines.append(
                f"  tau² = {plain(self.fit.tau2 or 0.0)} as observed, "
                f"{plain(self.filled.tau2)} filled in"
            )
        lines.append("  Rules: " + ", ".join(f"{k} {v}" for k, v in self.rules.items()))
        return "\n".join([*lines, *(f"  Note: {note}" for note in self.notes)])

    def to_dict(self) -> dict[str, Any]:
        """Return every number in full precision as JSON knows it."""
        return {
            "estimator": self.estimator,
            "side": self.side,
            "missing": self.missing,
            "se": number(self.se),
            "p": number(self.p),
            "centre": number(self.centre),
            "filled_studies": [
                {"y": number(y), "v": number(v)}
                for y, v in zip(self.y, self.v, strict=True)
            ],
            "observed": self.fit.to_dict(),
            "filled": self.filled.to_dict(),
            "rules": dict(self.rules),
            "notes": list(self.notes),
            "versions": versions(),
        }

    def to_frame(self, backend: str | None = None) -> Any:
        """Return one row a study, filled ones last, and one for the answer with them."""
        return self.filled.to_frame(backend)

    def plot(self, **options: Any) -> Figure:
        """Draw the funnel with the filled studies open, and both answers.

        `options` are passed on to `synthesist.figures.funnel`.
        """
        from synthesist.pooling.bias.drawing import draw_filled

        return draw_filled(self, options)
