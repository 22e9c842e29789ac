"""What is known of the groups of each study: arrays with one entry a study."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from synthesist.tables import Vector

#: Role columns by name, (k,) each, NaN where a cell is empty.
Cells = Mapping[str, Vector]


class Effects(NamedTuple):
    """Study effects on the analysis scale and their variances, (k,) each."""

    y: Vector
    v: Vector


@dataclass(frozen=True)
class Events:
    """Patients with the event among all patients of a group."""

    events: Vector
    n: Vector

    @cached_property
    def rest(self) -> Vector:
        """Patients without the event."""
        return self.n - self.events
