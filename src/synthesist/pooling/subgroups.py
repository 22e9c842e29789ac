"""Pool subgroups apart, and test whether they differ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from synthesist.effects import EffectTable
from synthesist.errors import InvalidInput, NotEstimable
from synthesist.numerics.distributions import chi2_tail
from synthesist.numerics.results import HypothesisTest, number
from synthesist.pooling.fit import PooledFit
from synthesist.pooling.pool import as_effects, pool
from synthesist.tables import give_back
from synthesist.tables.table import as_text

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from synthesist.figures import ForestPlot

#: The heading of studies that belong to no subgroup.
UNSTATED = "not stated"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SubgroupFit:
    """Answers by subgroup, and the one test that compares them.

    Attributes
    ----------
    by : str
        What the subgroups are told apart by.
    fits : mapping of PooledFit
        In order of first appearance; None where no study of the subgroup has a
        result.
    overall : PooledFit
        All studies together, those without a subgroup too.
    groups : tuple of str
        The subgroup of every study, empty where none is stated.
    test : HypothesisTest or None
        Whether the subgroups differ; None when fewer than two have an answer.
    """

    by: str
    fits: Mapping[str, PooledFit | None]
    overall: PooledFit
    groups: tuple[str, ...]
    test: HypothesisTest | None
    notes: tuple[str, ...] = ()

    def summary(self) -> str:
        """Return the answers and the test as text."""
        from synthesist.pooling.wording import between_subgroups, summary

        parts = [
            f"{self.by}: {name}\n" + (summary(fit) if fit else "No study has a result.")
            for name, fit in self.fits.items()
        ]
        parts.append(f"All studies\n{summary(self.overall)}")
        parts.append(between_subgroups(self.test))
        return "\n\n".join([*parts, *(f"Note: {note}" for note in self.notes)])

    def forest(self) -> ForestPlot:
        """Return the forest plot as data, to be drawn or changed."""
        from synthesist.pooling.drawing import subgroup_forest_plot

        return subgroup_forest_plot(self)

    def plot(self) -> Figure:
        """Draw the forest plot."""
        from synthesist.figures import forest

        return forest(self.forest())

    def to_dict(self) -> dict[str, Any]:
        """Return every number in full precision as JSON knows it."""
        test = self.test
        return {
            "by": self.by,
            "groups": [
                {"group": name, "fit": fit.to_dict() if fit else None}
                for name, fit in self.fits.items()
            ],
            "overall": self.overall.to_dict(),
            "between": {
                "q": number(test.statistic) if test else None,
                "df": number(test.df) if test else None,
                "p": number(test.p) if test else None,
            },
            "notes": list(self.notes),
        }

    def to_frame(self, backend: str | None = None) -> Any:
        """Return one row a subgroup and one for all studies, on the reading scale."""
        fits = [*self.fits.items(), ("All studies", self.overall)]
        shown = [fit.display() if fit else {} for _, fit in fits]
        columns: dict[str, list[Any]] = {
            self.by: [name for name, _ in fits],
            "k": [fit.k if fit else 0 for _, fit in fits],
        }
        for name in ("estimate", "ci_low", "ci_high", "pi_low", "pi_high"):
            columns[name] = [entry.get(name) for entry in shown]
        columns["tau2"] = [fit.tau2 if fit else None for _, fit in fits]
        return give_back(columns, self.overall.effects.native, backend)


def subgroups(
    effects: Any, *, by: str | Sequence[object], **options: Any
) -> SubgroupFit:
    """Pool each subgroup apart and test whether their effects differ.

    Each subgroup has its own tau². The test compares the subgroup estimates by
    ``Q = sum w (estimate - mean)**2``, ``w = 1 / se**2``, against chi-squared with
    one degree of freedom less than there are subgroups; its standard errors are
    those of the normal interval, without the Hartung-Knapp factor.

    Parameters
    ----------
    effects : EffectTable, path, frame or mapping of columns
        As for `pool`.
    by : str or sequence
        A column of the input, or one label a study. A study whose cell is empty
        counts only in the overall answer.
    **options
        The choices of `pool`.

    Raises
    ------
    InvalidInput
        If `by` has another length than the studies, or a choice is not known.
    NotFound
        If there is no such column.
    NotEstimable
        If no study at all has an effect.

    References
    ----------
    Borenstein M, Higgins JPT. Prev Sci 2013;14:134.
    doi:10.1007/s11121-013-0377-7
    """
    table = as_effects(effects)
    name, groups = _labels(table, by)
    names = dict.fromkeys(filter(None, groups))
    tables = {
        label: table.select(np.array([group == label for group in groups], bool))
        for label in names
    }
    fits = {label: _fit(part, options) for label, part in tables.items()}
    normal = [_fit(part, options | {"interval": "normal"}) for part in tables.values()]
    return SubgroupFit(
        by=name,
        fits=fits,
        overall=pool(table, **options),
        groups=groups,
        test=_between([fit for fit in normal if fit]),
        notes=_notes(table, groups, fits),
    )


def _labels(
    table: EffectTable, by: str | Sequence[object]
) -> tuple[str, tuple[str, ...]]:
    """Return the name of the grouping and the subgroup of every study."""
    if isinstance(by, str):
        return by, tuple(as_text(cell) for cell in table.column(by))
    groups = tuple("" if label is None else as_text(str(label)) for label in by)
    if len(groups) != len(table):
        raise InvalidInput(
            f"There are {len(table)} studies but {len(groups)} subgroup labels.",
            remedy="give one label a study, None where none is stated",
        )
    return "subgroup", groups


def _fit(table: EffectTable, options: Mapping[str, Any]) -> PooledFit | None:
    """Pool one subgroup, None where no study of it has an effect."""
    try:
        return pool(table, **options)
    except NotEstimable:
        return None


def _between(fits: Sequence[PooledFit]) -> HypothesisTest | None:
    """Compare the estimates of subgroups."""
    if len(fits) < 2:
        return None
    estimates = np.array([fit.estimate for fit in fits])
    w = np.array([fit.se**-2 for fit in fits])
    q = float(np.sum(w * (estimates - np.sum(w * estimates) / w.sum()) ** 2))
    df = len(fits) - 1
    p = float(chi2_tail(np.array([q]), np.array([float(df)]))[0])
    return HypothesisTest(statistic=q, df=df, p=p, reference="chi-squared")


def _notes(
    table: EffectTable, groups: Sequence[str], fits: Mapping[str, PooledFit | None]
) -> tuple[str, ...]:
    """Say what the comparison leaves out, and how little single studies can show."""
    notes: list[str] = []
    unstated = [table.study[i] for i, group in enumerate(groups) if not group]
    if unstated:
        notes.append(
            f"No subgroup is stated for {', '.join(unstated)}; counted in the overall answer only."
        )
    empty = [name for name, fit in fits.items() if fit is None]
    if empty:
        notes.append(f"No result was reported in {', '.join(empty)}.")
    if sum(fit is not None for fit in fits.values()) < 2:
        notes.append("Fewer than two subgroups have results: nothing can be compared.")
    elif any(fit is not None and fit.k == 1 for fit in fits.values()):
        notes.append(
            "A subgroup of one study has no heterogeneity of its own to set the comparison against."
        )
    return tuple(notes)
