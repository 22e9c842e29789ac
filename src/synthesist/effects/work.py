"""The rules an effect is computed by, and what is remarked on the way."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

Mask = NDArray[np.bool_]
Indices = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """Every choice that a measure may depend on; each measure names those it uses."""

    zero_cells: str = "only-zero"
    add: float = 0.5
    corrected: str = "both"
    level: float = 0.95
    small_sample: str = "exact"
    variance: str = "LS"
    bias_correction: str = "no"
    r: float | None = None
    medians: str = "no"
    missing_sd: str = "no"


DEFAULTS = Rules()

#: The rules that profiles may set.
PROFILED = (
    "zero_cells",
    "add",
    "corrected",
    "small_sample",
    "variance",
    "bias_correction",
)


@dataclass(frozen=True, slots=True)
class Remark:
    """What a reader must know of some studies.

    `row` stands beside each study, `table` under the whole, where ``{studies}``
    becomes their number; an empty one is left out. A `correction` tells of counts
    that were changed, which concerns methods that need no change of them.
    """

    row: str
    table: str = ""
    correction: bool = False


@dataclass(slots=True)
class Work:
    """The rows being computed, and the remarks and exclusions they gave rise to.

    A computation sees some rows of a table, a block or those of one route; it
    speaks of them by its own positions, which are kept as rows of the table. `used`
    names rules on which a cell turned out to depend.
    """

    rules: Rules
    shared: dict[str, Any] = field(default_factory=dict[str, Any])
    start: int = 0
    rows: Indices | None = None
    remarks: dict[Remark, list[Indices]] = field(
        default_factory=dict[Remark, list[Indices]]
    )
    excluded: list[Indices] = field(default_factory=list[Indices])
    used: set[str] = field(default_factory=set[str])

    def remark(self, remark: Remark, where: Mask | Indices) -> None:
        """Note something of the rows `where`."""
        rows = self.table_rows(where)
        if rows.size:
            self.remarks.setdefault(remark, []).append(rows)

    def leave_out(self, remark: Remark, where: Mask | Indices) -> None:
        """Keep the rows `where` out of every analysis and say why."""
        self.leave_out_rows(remark, self.table_rows(where))

    def leave_out_rows(self, remark: Remark, rows: Indices) -> None:
        """Keep rows, numbered as in the table, out of every analysis."""
        if rows.size:
            self.remarks.setdefault(remark, []).append(rows)
            self.excluded.append(rows)

    def table_rows(self, where: Mask | Indices) -> Indices:
        """Return positions of the rows in hand as rows of the table."""
        index = np.flatnonzero(where) if where.dtype == np.bool_ else where
        return index + self.start if self.rows is None else self.rows[index]
