"""The studies by every choice that is made before they are pooled."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from synthesist.effects import EffectTable, Measure, find_measure
from synthesist.errors import InvalidInput, NotFound
from synthesist.numerics.arrays import Mask

#: The rules for zero cells that are tried where a table has any.
ZERO_RULES = ("only-zero", "treatment-arm", "drop-double-zero", "none")
ONE_GROUP_RULES = ("only-zero", "none")

#: What is left out first.
NOTHING = "nothing"

#: By decision, the option that was taken.
Choices = dict[str, str]


@dataclass(frozen=True, slots=True)
class Variant:
    """The studies by one choice of measure, zero-cell rule and exclusion."""

    choices: Choices
    table: EffectTable


def exclusions(
    table: EffectTable, exclude: Mapping[str, Sequence[str] | Mask]
) -> dict[str, Mask]:
    """Return by name which rows are kept, all of them first."""
    kept: dict[str, Mask] = {NOTHING: np.ones(len(table), dtype=np.bool_)}
    for name, studies in exclude.items():
        given = np.asarray(studies)
        if given.dtype == np.bool_ and given.shape == (len(table),):
            kept[name] = ~given
            continue
        for study in studies:
            if study not in table.study:
                raise NotFound(
                    f"No study is called {study}.",
                    remedy="name the studies as the table does, or give one truth a row",
                )
        kept[name] = np.array([study not in studies for study in table.study])
    return kept


def variants_of(
    table: EffectTable,
    measures: Sequence[str],
    zero_cells: Sequence[str] | None,
    kept: Mapping[str, Mask],
) -> Iterator[Variant]:
    """Compute the effects once for each measure and rule, and leave studies out."""
    for code in measures:
        if not _comparable(find_measure(code), table.measure):
            raise InvalidInput(
                f"{code} is another quantity than {table.measure.code}.",
                remedy="choose measures that are read alike, such as RR and OR",
            )
        of_measure = _with_measure(table, code)
        by_rules = list(_rules(of_measure, zero_cells))
        for name, rows in kept.items():
            seen: list[EffectTable] = []
            for rule, by_rule in by_rules:
                choices = {"measure": code, "zero_cells": rule, "excluded": name}
                part = by_rule if rows.all() else by_rule.select(rows)
                if not any(_same(part, other) for other in seen):
                    seen.append(part)
                    yield Variant(choices, part)


def _comparable(one: Measure, two: Measure) -> bool:
    """Say whether two measures can stand on one axis: ratios, or kinds of one difference."""
    kind = [measure.label.partition(" (")[0] for measure in (one, two)]
    return one.scale is two.scale and (one.scale.log or kind[0] == kind[1])


def _with_measure(table: EffectTable, code: str) -> EffectTable:
    """Return the effects of the same studies by another measure."""
    from synthesist.effects.build import compute

    if code == table.measure.code:
        return table
    if table.source is None:
        raise NotFound(
            "The table behind these effects is not known.",
            remedy="make them with effect_table",
        )
    return compute(
        table.source,
        find_measure(code),
        table.choices,
        asked=table.asked,
        profile=table.profile,
    )


def _rules(
    table: EffectTable, asked: Sequence[str] | None
) -> Iterator[tuple[str, EffectTable]]:
    """Return the effects by every rule for zero cells, that of the table first."""
    if "zero_cells" not in table.rules:
        yield table.choices.zero_cells, table
        return
    own = table.choices.zero_cells
    usual = ZERO_RULES if table.measure.design == "two groups" else ONE_GROUP_RULES
    for rule in asked or dict.fromkeys((own, *usual)):
        if rule == own:
            yield rule, table
        else:
            yield rule, table.recomputed(zero_cells=rule)


def _same(one: EffectTable, two: EffectTable) -> bool:
    """Say whether a rule made no difference."""
    return np.array_equal(one.y, two.y, equal_nan=True) and np.array_equal(
        one.v, two.v, equal_nan=True
    )
