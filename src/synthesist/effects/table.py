"""Study effects as pooling takes them: one row a study, nothing left behind."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from statistics import NormalDist
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from synthesist.effects.measure import Measure
from synthesist.effects.notes import row_notes, table_notes
from synthesist.effects.profiles import find_profile
from synthesist.effects.work import DEFAULTS, PROFILED, Indices, Remark, Rules
from synthesist.errors import NotFound
from synthesist.tables import Cell, Table, Vector, give_back


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """The table that effects came from, and which of its columns is what."""

    table: Table
    columns: Mapping[str, str]
    study: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class EffectTable:
    """One effect a study, in the order of the input; the only input of pooling.

    Attributes
    ----------
    measure : Measure
        What the effects are and how they are read.
    study : sequence of str
        A label for every row of the input.
    y, v : (k,) arrays
        Effects on the analysis scale and their variances, NaN exactly where a
        study is not included.
    included : (k,) array of bool
        Which studies have an effect.
    cells : mapping of (k,) arrays
        The role columns as given, before any correction, NaN where empty.
    columns : mapping of sequences
        Every other column of the input, for subgroups and moderators.
    row_notes : sequence of str
        What must be known of each study, empty where nothing.
    rules : mapping of str
        The choices by which the effects were computed.
    notes : tuple of str
        What must be known of the whole.
    remarks : mapping of Remark to rows
        What the notes are made of.
    choices : Rules
        The same choices and those that did not matter, to compute anew.
    asked : set of str
        The rules that were chosen by name, which no profile changes.
    profile : str or None
        The profile that the other rules come from.
    source : Source
        The table as it was read.
    native : object
        The caller's frame; answers are given back in its kind.
    """

    measure: Measure
    study: Sequence[str]
    y: Vector
    v: Vector
    included: NDArray[np.bool_]
    cells: Mapping[str, Vector]
    columns: Mapping[str, Sequence[Cell] | Vector]
    row_notes: Sequence[str]
    rules: Mapping[str, str]
    notes: tuple[str, ...] = ()
    remarks: Mapping[Remark, Indices] = field(
        default_factory=dict[Remark, Indices], repr=False
    )
    choices: Rules = field(default_factory=Rules, repr=False)
    asked: frozenset[str] = frozenset()
    profile: str | None = None
    source: Source | None = field(default=None, repr=False)
    native: Any = field(default=None, repr=False)

    def __len__(self) -> int:
        return len(self.y)

    def select(self, mask: ArrayLike) -> EffectTable:
        """Return the table of the studies where `mask` (k,) is true, in order."""
        chosen = np.flatnonzero(np.asarray(mask, dtype=np.bool_))
        place = np.full(len(self), -1, dtype=np.int64)
        place[chosen] = np.arange(len(chosen))
        remarks: dict[Remark, Indices] = {}
        for remark, rows in self.remarks.items():
            kept = place[rows]
            if (kept >= 0).any():
                remarks[remark] = kept[kept >= 0]
        study = tuple(self.study[index] for index in chosen.tolist())
        caution = self.measure.caution
        return replace(
            self,
            study=study,
            y=self.y[chosen],
            v=self.v[chosen],
            included=self.included[chosen],
            cells={role: cells[chosen] for role, cells in self.cells.items()},
            columns={
                name: column[chosen]
                if isinstance(column, np.ndarray)
                else tuple(column[index] for index in chosen.tolist())
                for name, column in self.columns.items()
            },
            row_notes=row_notes(remarks, len(chosen)),
            notes=tuple(filter(None, (*table_notes(remarks, study), caution))),
            remarks=remarks,
            source=None
            if self.source is None
            else replace(self.source, table=self.source.table.select(chosen.tolist())),
        )

    def recomputed(self, **rules: Any) -> EffectTable:
        """Return the effects of the same studies by other rules.

        Parameters
        ----------
        **rules
            What to change, named as in `effect_table`: ``zero_cells``, ``variance``,
            ``r`` and so on.

        Raises
        ------
        NotFound
            If the table was not made from one that can be read again.
        """
        from synthesist.effects.build import compute

        if self.source is None:
            raise NotFound(
                "The table behind these effects is not known.",
                remedy="make them with effect_table",
            )
        return compute(
            self.source,
            self.measure,
            replace(self.choices, **rules),
            asked=self.asked | rules.keys(),
            profile=self.profile,
        )

    def as_measure(self, code: str) -> EffectTable:
        """Return another measure of the same counts, by the same rules.

        Effects that were made without a table to read again stay as they are.
        """
        from synthesist.effects.build import compute, find_measure

        if self.source is None or code == self.measure.code:
            return self
        return compute(
            self.source,
            find_measure(code),
            self.choices,
            asked=self.asked,
            profile=self.profile,
        )

    def under(self, profile: str | None) -> EffectTable:
        """Return the effects by the rules of a profile; what was asked for stays.

        None stands for this program's own rules. Effects that were made without a
        table to read again stay as they are.

        Raises
        ------
        InvalidInput
            If there is no such profile.
        """
        from synthesist.effects.build import compute

        code = self.measure.code
        others = {} if profile is None else find_profile(profile).for_measure(code)
        rules = {
            name: others.get(name, getattr(DEFAULTS, name))
            for name in PROFILED
            if name not in self.asked
        }
        choices = replace(self.choices, **rules)
        if self.source is None or choices == self.choices:
            return replace(self, profile=profile)
        return compute(
            self.source, self.measure, choices, asked=self.asked, profile=profile
        )

    def column(self, name: str) -> Sequence[Cell] | Vector:
        """Return a column of the input that is no role, for subgroups and moderators.

        Raises
        ------
        NotFound
            If the input had no such column.
        """
        if name in self.columns:
            return self.columns[name]
        if name in self.cells:
            return self.cells[name]
        raise NotFound(
            f"There is no column {name}.",
            remedy=f"choose one of {', '.join(self.columns) or 'none: the table has no further columns'}",
        )

    def to_reading(self, values: ArrayLike) -> Vector:
        """Return analysed values, such as a pooled estimate, as they are read.

        Scales that need a group size take the harmonic mean of the studies'.
        """
        sizes = self._sizes()
        if sizes is None:
            return self.measure.scale.to_reading(values)
        known = sizes[self.included & (sizes > 0)]
        n = len(known) / (1 / known).sum() if known.size else None
        return self.measure.scale.to_reading(values, n)

    def readings(self, level: float = 0.95) -> tuple[Vector, Vector, Vector]:
        """Return each study's effect and its normal limits (k,), as they are read."""
        half = NormalDist().inv_cdf(0.5 + level / 2) * np.sqrt(self.v)
        back, sizes = self.measure.scale.to_reading, self._sizes()
        return (
            back(self.y, sizes),
            back(self.y - half, sizes),
            back(self.y + half, sizes),
        )

    def _sizes(self) -> Vector | None:
        """Return the group sizes or times at risk, if the scale needs them."""
        if not self.measure.scale.sized:
            return None
        return self.cells["n"] if "n" in self.cells else self.cells["time"]

    def to_frame(self, backend: str | None = None) -> Any:
        """Return one row a study on the reading scale, in the caller's kind of frame.

        Data from a file give a dictionary of columns, unless `backend` names
        pandas, polars or pyarrow.
        """
        estimate, low, high = self.readings()
        return give_back(
            {
                "study": self.study,
                "estimate": estimate,
                "ci_low": low,
                "ci_high": high,
                "yi": self.y,
                "vi": self.v,
                "included": self.included,
                "note": self.row_notes,
            },
            self.native,
            backend,
        )

    def to_dict(self) -> dict[str, Any]:
        """Return everything as JSON knows it, None where there is no number."""
        from synthesist import __version__

        estimate, low, high = self.readings()
        return {
            "measure": self.measure.code,
            "label": self.measure.label,
            "scale": self.measure.scale.name,
            "rules": dict(self.rules),
            "notes": list(self.notes),
            "studies": [
                {
                    "study": self.study[i],
                    "y": _number(self.y[i]),
                    "v": _number(self.v[i]),
                    "included": bool(self.included[i]),
                    "estimate": _number(estimate[i]),
                    "ci_low": _number(low[i]),
                    "ci_high": _number(high[i]),
                    "note": self.row_notes[i],
                }
                for i in range(len(self))
            ],
            "versions": {"synthesist": __version__, "numpy": np.__version__},
        }

    def summary(self) -> str:
        """Return the table as text, one line a study."""
        shown = self.measure.scale.show_reading
        estimate, low, high = self.readings()
        width = max((len(label) for label in self.study), default=0)
        lines = [f"{self.measure.label}, {len(self)} studies"]
        for i, label in enumerate(self.study):
            text = (
                f"{shown(estimate[i])} ({shown(low[i])} to {shown(high[i])})"
                if self.included[i]
                else ""
            )
            parts = (f"{label:<{width}}", text, self.row_notes[i])
            lines.append("  ".join(part for part in parts if part).rstrip())
        return "\n".join((*lines, *self.notes))


def _number(value: float) -> float | None:
    """Return a float that JSON can hold."""
    return float(value) if math.isfinite(value) else None
