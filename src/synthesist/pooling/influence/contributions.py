"""What each study adds to the heterogeneity, and what it does to the answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from synthesist.numerics.arrays import Vector
from synthesist.numerics.results import number, versions
from synthesist.pooling import wording
from synthesist.pooling.fit import PooledFit
from synthesist.pooling.influence.studied import studied
from synthesist.pooling.influence.subsets import without_each
from synthesist.tables import give_back

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Baujat:
    """The two coordinates of every included study.

    Attributes
    ----------
    fit : PooledFit
        The answer from all studies.
    studies : tuple of str
        Their names.
    heterogeneity : (k,) array
        ``(y - estimate)**2 / (v + tau2)``; with a common effect they add up to Q.
    influence : (k,) array
        Squared change of the estimate without the study, over its variance then.
    """

    fit: PooledFit
    studies: tuple[str, ...]
    heterogeneity: Vector
    influence: Vector
    notes: tuple[str, ...] = ()

    def summary(self) -> str:
        """Return a line a study, the most conspicuous first."""
        wide = max(map(len, self.studies))
        lines = ["Heterogeneity and influence of each study"]
        for i in np.argsort(-self.heterogeneity * self.influence).tolist():
            parts = (self.heterogeneity[i], self.influence[i])
            shown = ", ".join(wording.plain(float(part)) for part in parts)
            lines.append(f"  {self.studies[i]:<{wide}}  {shown}")
        return "\n".join([*lines, *(f"Note: {note}" for note in self.notes)])

    def to_frame(self, backend: str | None = None) -> Any:
        """Return one row an included study."""
        columns: dict[str, Any] = {
            "study": list(self.studies),
            "heterogeneity": self.heterogeneity,
            "influence": self.influence,
        }
        return give_back(columns, self.fit.effects.native, backend)

    def to_dict(self) -> dict[str, Any]:
        """Return every number in full precision as JSON knows it."""
        return {
            "fit": self.fit.to_dict(),
            "studies": [
                {
                    "study": name,
                    "heterogeneity": number(self.heterogeneity[i]),
                    "influence": number(self.influence[i]),
                }
                for i, name in enumerate(self.studies)
            ],
            "notes": list(self.notes),
            "versions": versions(),
        }

    def plot(self, **options: Any) -> Figure:
        """Draw the studies as points, the conspicuous ones named.

        `options` are passed on to `synthesist.figures.baujat`.
        """
        from synthesist.figures import baujat as draw

        given: dict[str, Any] = {"labels": self.studies, **options}
        return draw(self.heterogeneity, self.influence, **given)


def baujat(effects: Any, **options: Any) -> Baujat:
    """Say what each study adds to the heterogeneity and does to the answer.

    Parameters
    ----------
    effects : PooledFit, EffectTable, path, frame or mapping of columns
        A fit by inverse variance, or what `pool` takes; ``tau2="CE"`` gives the
        coordinates of the source.
    **options
        The choices of `pool`, unless a fit is given.

    Raises
    ------
    InvalidInput
        As `pool`, or if the fit was not made by inverse variance.
    NotEstimable
        If there are fewer than 2 studies.

    References
    ----------
    Baujat B, Mahé C, Pignon JP, Hill C. Stat Med 2002;21:2641. doi:10.1002/sim.1221
    """
    known = studied(effects, options)
    fit = known.fit
    without = without_each(known.y, known.v, known.method)
    spread = known.v + (fit.tau2 or 0.0)
    return Baujat(
        fit=fit,
        studies=known.studies,
        heterogeneity=np.square(known.y - fit.estimate) / spread,
        influence=np.square((fit.estimate - without.estimate) / without.se),
        notes=known.notes,
    )
