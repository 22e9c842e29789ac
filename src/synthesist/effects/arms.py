"""What is known of the groups of each study: arrays with one entry a study."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np

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


@dataclass(frozen=True)
class PersonTime:
    """Events, and the time at risk in which they were counted."""

    events: Vector
    time: Vector


@dataclass(frozen=True)
class Means:
    """Mean, standard deviation and size of a group."""

    mean: Vector
    sd: Vector
    n: Vector

    @cached_property
    def variance_of_mean(self) -> Vector:
        """Squared standard error of the mean."""
        return np.square(self.sd) / self.n


@dataclass(frozen=True)
class Change:
    """One group measured before and after.

    `r` is the correlation of the two measurements across its patients.
    """

    mean_pre: Vector
    sd_pre: Vector
    mean_post: Vector
    sd_post: Vector
    n: Vector
    r: Vector

    @cached_property
    def change(self) -> Vector:
        """Mean after less mean before."""
        return self.mean_post - self.mean_pre

    @cached_property
    def variance_of_change(self) -> Vector:
        """Variance of the patients' changes."""
        product = self.r * self.sd_pre * self.sd_post
        return np.square(self.sd_pre) + np.square(self.sd_post) - 2 * product
