"""The answers of many analyses of the same studies, and what the choices do to them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from synthesist.effects import EffectTable, find_measure
from synthesist.errors import NotEstimable
from synthesist.numerics.arrays import Mask, Vector
from synthesist.numerics.results import number, versions
from synthesist.pooling import wording
from synthesist.tables import give_back

if TYPE_CHECKING:
    from matplotlib.figure import Figure

#: What is chosen, in the order of the columns, and what it is called under a curve.
DECISIONS = {
    "measure": "Measure",
    "zero_cells": "Zero cells",
    "excluded": "Left out",
    "model": "Model",
    "tau2_method": "tau² by",
    "interval": "Interval",
}

#: An analysis that has an answer, and one without studies.
DONE, EMPTY = "ok", "no study has an effect"

#: The numbers of each analysis, and the engine's names.
NUMBERS = {
    "k": "k",
    "estimate": "estimate",
    "se": "se",
    "ci_low": "lower",
    "ci_high": "upper",
    "p": "p",
    "tau2": "tau2",
    "i2": "i2",
}

#: Those that stand on the scale of the reader.
READ = ("estimate", "ci_low", "ci_high")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Multiverse:
    """The answers of many analyses of the same studies.

    Attributes
    ----------
    effects : EffectTable
        The studies by the first choices.
    choices : mapping of sequences
        By decision, the option that each of the m analyses took.
    numbers : mapping of (m,) arrays
        On the analysis scale; NaN where an analysis has no answer.
    status : (m,) sequence of str
        ``ok``, or why there is no answer.
    """

    effects: EffectTable
    level: float
    choices: Mapping[str, Sequence[str]]
    numbers: Mapping[str, Vector]
    status: Sequence[str]

    def __len__(self) -> int:
        return len(self.status)

    @property
    def decisions(self) -> tuple[str, ...]:
        """Return the decisions of which there was more than one option."""
        return tuple(name for name, took in self.choices.items() if len(set(took)) > 1)

    def summary(self) -> str:
        """Return where the answers lie, how they agree, and which choice moves them."""
        show = self.effects.measure.scale.show
        done = self._done()
        estimate = self.numbers["estimate"][done]
        lines = [f"{self._label()}, {len(self)} analyses"]
        low, middle, high = (show(float(e)) for e in np.quantile(estimate, (0, 0.5, 1)))
        lines.append(f"  estimate: {low} to {high}, median {middle}")
        nothing = self._no_effect()
        if nothing is not None:
            outside = self._excludes(nothing)[done]
            lines.append(
                f"  interval excludes no effect in {outside.sum()} of {len(outside)}; the "
                f"estimate is above it in {(estimate > nothing).sum()}, below it in "
                f"{(estimate < nothing).sum()}"
            )
        lines += [
            f"  {DECISIONS[name].lower()}: median {', '.join(parts)}"
            for name, parts in self._medians(show).items()
        ]
        missing = len(self) - int(done.sum())
        if missing:
            lines.append(f"Note: {missing} analyses have no answer.")
        planned = self._sentence(0)
        return "\n".join([*lines, f"Planned: {planned}"])

    def to_frame(self, backend: str | None = None) -> Any:
        """Return one row an analysis, on the reading scale."""
        columns: dict[str, Any] = {
            **{name: list(took) for name, took in self.choices.items()},
            **self._display(),
        }
        columns["k"] = self.numbers["k"].astype(np.int64)
        columns["status"] = list(self.status)
        return give_back(columns, self.effects.native, backend)

    def to_dict(self) -> dict[str, Any]:
        """Return every number in full precision as JSON knows it."""
        shown = self._display()
        return {
            "level": self.level,
            "analyses": [
                {
                    **{name: took[i] for name, took in self.choices.items()},
                    **{name: number(v[i]) for name, v in self.numbers.items()},
                    "k": int(self.numbers["k"][i]),
                    "status": self.status[i],
                    "display": {name: shown[name][i] for name in READ},
                }
                for i in range(len(self))
            ],
            "versions": versions(),
        }

    def plot(self, **options: Any) -> Figure:
        """Draw the specification curve, the planned analysis marked.

        `options` are passed on to `synthesist.figures.specification_curve`.

        Raises
        ------
        NotEstimable
            If no analysis has an answer.
        """
        from synthesist.figures import specification_curve

        done = np.flatnonzero(self._done())
        if not done.size:
            raise NotEstimable("No analysis has an answer to draw.")
        scale = self.effects.measure.scale
        middle, low, high = (self.numbers[name][done] for name in READ)
        nothing = scale.no_effect
        if scale.log:
            nothing = self._no_effect()
        else:
            middle, low, high = map(self.effects.to_reading, (middle, low, high))
        given: dict[str, Any] = {
            "effect_label": self._label(),
            "no_effect": nothing,
            "log": scale.log,
            "planned": 0 if done[0] == 0 else None,
        }
        return specification_curve(
            middle,
            low,
            high,
            {
                DECISIONS[name]: [self.choices[name][i] for i in done.tolist()]
                for name in self.decisions
            },
            **{**given, **options},
        )

    def _done(self) -> Mask:
        return np.isfinite(self.numbers["estimate"])

    def _label(self) -> str:
        """Name the measures, the first one first."""
        codes = dict.fromkeys(self.choices["measure"])
        names = [find_measure(code).label.partition(" (")[0] for code in codes]
        return " or ".join([names[0], *(name.lower() for name in names[1:])])

    def _no_effect(self) -> float | None:
        scale = self.effects.measure.scale
        if scale.no_effect is None:
            return None
        return float(scale.to_analysis(scale.no_effect))

    def _excludes(self, nothing: float) -> Mask:
        low, high = self.numbers["ci_low"], self.numbers["ci_high"]
        return np.logical_or(low > nothing, high < nothing)

    def _medians(self, show: Any) -> dict[str, list[str]]:
        """Return by decision the median estimate of each option, as text."""
        done, estimate = self._done(), self.numbers["estimate"]
        found: dict[str, list[str]] = {}
        for name in self.decisions:
            took = np.array(self.choices[name])
            found[name] = []
            for option in dict.fromkeys(self.choices[name]):
                chosen = estimate[done & (took == option)]
                if chosen.size:
                    found[name].append(f"{option} {show(float(np.median(chosen)))}")
        return found

    def _sentence(self, i: int) -> str:
        """Return one analysis as text."""
        took = ", ".join(
            f"{DECISIONS[name].lower()} {options[i]}"
            for name, options in self.choices.items()
            if name in self.decisions
        )
        show = self.effects.measure.scale.show
        if self.status[i] != DONE:
            return f"{took}: {self.status[i]}"
        low, high = (show(float(self.numbers[end][i])) for end in ("ci_low", "ci_high"))
        estimate = show(float(self.numbers["estimate"][i]))
        percent = wording.percent(self.level)
        return (
            f"{took or 'the only analysis'}: {estimate} ({percent} CI {low} to {high})"
        )

    def _display(self) -> dict[str, list[float | None]]:
        """Return the numbers with estimates and limits as they are read."""
        shown: dict[str, list[float | None]] = {}
        for name, values in self.numbers.items():
            read = name in READ
            given = self.effects.to_reading(values) if read else values
            if name not in ("k", "se"):
                shown[name] = [number(value) for value in given]
        return shown
