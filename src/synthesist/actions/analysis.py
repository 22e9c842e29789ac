"""Analyse a table of studies: what there is to choose from, and the answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from synthesist.effects import EffectTable
    from synthesist.pooling import PooledFit, SubgroupFit


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How studies are pooled, each choice by its code; None is the model's own."""

    model: str = "iv"
    tau2: str | None = None
    interval: str | None = None
    prediction: str | None = None
    level: float = 0.95


def pool_table(
    data: Any,
    *,
    measure: str,
    options: Options | None = None,
    zero_cells: str | None = None,
    profile: str | None = None,
    study: str | None = None,
    columns: Mapping[str, str] | None = None,
    by: str | None = None,
) -> PooledFit | SubgroupFit:
    """Pool the studies of a table, apart for each group when `by` names a column.

    Parameters
    ----------
    data
        The path of a CSV file, or a frame; one row a study.
    measure
        The code of a measure; see `list_measures`.
    columns
        The name in `data` of each role column that is called otherwise there.
    profile
        The rules of another program, for what is not chosen by name.

    Raises
    ------
    InvalidInput
        If the table or a choice is wrong; every problem of the table at once.
    NotEstimable
        If the studies cannot answer.
    """
    from synthesist.effects import effect_table

    options = options or Options()
    effects = effect_table(
        data,
        measure,
        columns=columns,
        study=study,
        zero_cells=zero_cells,
        profile=profile,
    )
    return pool_effects(effects, options, by=by)


def pool_effects(
    effects: EffectTable, options: Options, *, by: str | None = None
) -> PooledFit | SubgroupFit:
    """Pool study effects, apart for each group when `by` names a column."""
    choices: dict[str, Any] = asdict(options)
    if by is None:
        from synthesist.pooling import pool

        return pool(effects, **choices)

    from synthesist.pooling import subgroups

    return subgroups(effects, by=by, **choices)


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasureEntry:
    """A measure as a user chooses it: its code, and the columns that are enough."""

    code: str
    label: str
    design: str
    scale: str
    columns: tuple[tuple[str, ...], ...]

    def to_dict(self) -> dict[str, Any]:
        """Return the entry as JSON values."""
        return {
            "code": self.code,
            "label": self.label,
            "design": self.design,
            "scale": self.scale,
            "columns": [list(names) for names in self.columns],
        }


def list_measures() -> tuple[MeasureEntry, ...]:
    """Return every measure, with the columns each of them needs."""
    from synthesist.effects import MEASURES

    return tuple(
        MeasureEntry(
            code=measure.code,
            label=measure.label,
            design=measure.design,
            scale=measure.scale.name,
            columns=measure.roles,
        )
        for measure in MEASURES.values()
    )
