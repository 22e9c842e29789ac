"""How much each study does to the answer: the measures of influence of regression."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from synthesist.numerics.arrays import Indices, Mask, Vector
from synthesist.numerics.results import number, versions
from synthesist.pooling import wording
from synthesist.pooling.engine import Answers
from synthesist.pooling.fit import PooledFit
from synthesist.pooling.influence.studied import Studied, studied
from synthesist.pooling.influence.subsets import without_each
from synthesist.pooling.panel import PANEL_SIZE
from synthesist.tables import give_back

if TYPE_CHECKING:
    from matplotlib.figure import Figure


#: The measures that are drawn, and their names for a reader.
DRAWN = {
    "rstudent": "Residual",
    "dffits": "DFFITS",
    "cook_d": "Cook's distance",
    "cov_r": "Variance ratio",
    "tau2_del": "tau² without",
    "hat": "Share of weights",
}

DASHED = (
    "Residuals are studentised and deleted. Dashed: beyond it a study is called "
    "influential; those studies are in bold."
)


class Measures(NamedTuple):
    """The measures of k studies, every field (k,).

    `rstudent` is the studentised deleted residual; `dffits` and `dfbetas` are the
    change of the estimate without the study, in two standard errors; `cook_d` its
    square over the variance; `cov_r` the ratio of the variances; `tau2_del` and
    `qe_del` are tau² and Q without the study; `hat` is its share of the weights,
    `weight` the same in per cent.
    """

    rstudent: Vector
    dffits: Vector
    cook_d: Vector
    cov_r: Vector
    tau2_del: Vector
    qe_del: Vector
    hat: Vector
    weight: Vector
    dfbetas: Vector


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Influence:
    """What each included study does to the answer.

    Attributes
    ----------
    fit : PooledFit
        The answer from all studies.
    rows : (k,) array of int
        The row of each study in the fit's effects.
    measures : Measures
        See there; (k,) each.
    flags : mapping of (k,) arrays of bool
        By measure, which studies pass its bound.
    """

    fit: PooledFit
    rows: Indices
    measures: Measures
    flags: dict[str, Mask]
    notes: tuple[str, ...] = ()

    @property
    def influential(self) -> Mask:
        """Say which studies pass the bound of any measure (k,)."""
        return np.logical_or.reduce(list(self.flags.values()))

    @property
    def studies(self) -> tuple[str, ...]:
        """Return the names of the studies (k,)."""
        rows: list[int] = self.rows.tolist()
        return tuple(self.fit.effects.study[row] for row in rows)

    def summary(self) -> str:
        """Return the measures as a table, and the influential studies with reasons."""
        head = ("", "rstudent", "dffits", "cook.d", "cov.r", "tau².del", "QE.del",
                "weight", "dfbetas")  # fmt: skip
        found = self.measures
        shown = [column for name, column in found._asdict().items() if name != "hat"]
        rows = [
            (name, *(wording.plain(float(column[i])) for column in shown))
            for i, name in enumerate(self.studies)
        ]
        wide = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
        lines = [
            row[0].ljust(wide[0])
            + "".join(
                f"  {cell:>{w}}" for cell, w in zip(row[1:], wide[1:], strict=True)
            )
            for row in (head, *rows)
        ]
        lines += [
            f"Influential: {name} ({', '.join(self.reasons(i))})"
            for i, name in enumerate(self.studies)
            if self.influential[i]
        ]
        if not self.influential.any():
            lines.append("No study passes the bounds of influence.")
        return "\n".join([*lines, *(f"Note: {note}" for note in self.notes)])

    def reasons(self, i: int) -> tuple[str, ...]:
        """Return the measures whose bound a study passes."""
        return tuple(name for name, flag in self.flags.items() if flag[i])

    def to_frame(self, backend: str | None = None) -> Any:
        """Return one row an included study."""
        columns: dict[str, Any] = {
            "study": list(self.studies),
            **self.measures._asdict(),
            "influential": self.influential,
        }
        return give_back(columns, self.fit.effects.native, backend)

    def to_dict(self) -> dict[str, Any]:
        """Return every number in full precision as JSON knows it."""
        return {
            "fit": self.fit.to_dict(),
            "studies": [
                {
                    "study": name,
                    **{
                        measure: number(column[i])
                        for measure, column in self.measures._asdict().items()
                    },
                    "influential": bool(self.influential[i]),
                    "reasons": list(self.reasons(i)),
                }
                for i, name in enumerate(self.studies)
            ],
            "notes": list(self.notes),
            "versions": versions(),
        }

    def plot(self, **options: Any) -> Figure:
        """Draw the measures study by study, those of influential studies in bold.

        `options` are passed on to `synthesist.figures.influence`.
        """
        from synthesist.figures import influence as draw

        bounds = _bounds(self.fit.k)
        given: dict[str, Any] = {"footer": (DASHED,), **options}
        return draw(
            {shown: getattr(self.measures, name) for name, shown in DRAWN.items()},
            labels=self.studies,
            marked=self.influential,
            bounds={DRAWN[name]: b for name, b in bounds.items() if name in DRAWN},
            origins={DRAWN["cov_r"]: 1.0, DRAWN["tau2_del"]: self.fit.tau2 or 0.0},
            **given,
        )


def influence(effects: Any, **options: Any) -> Influence:
    """Measure what each study does to the answer.

    A study is called influential if ``|dffits| > 3 sqrt(1 / (k - 1))``, if Cook's
    distance is beyond the median of chi-squared on one degree of freedom, if its
    share of the weights is above ``3 / k``, or if ``|dfbetas| > 1``.

    Parameters
    ----------
    effects : PooledFit, EffectTable, path, frame or mapping of columns
        A fit by inverse variance, or what `pool` takes.
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
    Viechtbauer W, Cheung MWL. Res Synth Methods 2010;1:112. doi:10.1002/jrsm.11
    """
    known = studied(effects, options)
    without = without_each(known.y, known.v, known.method)
    found = _measures(known, without)
    return Influence(
        fit=known.fit,
        rows=known.rows,
        measures=found,
        flags=_flags(found, known.fit.k),
        notes=known.notes,
    )


def _measures(known: Studied, without: Answers) -> Measures:
    """Return the measures, given the answers without each study."""
    fit, y, v = known.fit, known.y, known.v
    tau2 = np.nan_to_num(without.tau2)
    hat = fit.weights[known.rows] / 100
    own = 1 / (v + tau2)
    others = _other_weights(v, tau2)
    # The factor by which Hartung and Knapp stretch variances; 1 for the normal interval.
    stretch = np.square(without.se) * others
    change = fit.estimate - without.estimate
    return Measures(
        rstudent=(y - without.estimate)
        / np.sqrt(stretch * (v + tau2) + np.square(without.se)),
        dffits=change / np.sqrt(stretch * hat * (v + tau2)),
        cook_d=np.square(change / fit.se),
        cov_r=np.square(without.se / fit.se),
        tau2_del=tau2,
        qe_del=np.nan_to_num(without.q),
        hat=hat,
        weight=100 * hat,
        dfbetas=change * np.sqrt((others + own) / stretch),
    )


def _other_weights(v: Vector, tau2: Vector) -> Vector:
    """Return the weights of all other studies together, at each one's own tau² (k,)."""
    total = np.empty(len(v))
    step = max(1, PANEL_SIZE // len(v))
    for begin in range(0, len(v), step):
        part = np.arange(begin, min(begin + step, len(v)))
        w = 1 / (v[:, None] + tau2[part])
        w[part, np.arange(len(part))] = 0.0
        total[part] = w.sum(axis=0)
    return total


def _bounds(k: int) -> dict[str, float]:
    """Return the bound of each measure that has one."""
    from synthesist.numerics.distributions import chi2_quantile

    return {
        "dffits": 3 * (k - 1) ** -0.5,
        "cook_d": float(chi2_quantile(0.5, np.ones(1))[0]),
        "hat": 3 / k,
        "dfbetas": 1.0,
    }


def _flags(found: Measures, k: int) -> dict[str, Mask]:
    """Return by measure which studies pass its bound."""
    return {
        name: np.abs(getattr(found, name)) > bound for name, bound in _bounds(k).items()
    }
