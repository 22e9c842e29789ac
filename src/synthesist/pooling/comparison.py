"""The same studies by the rules of every program, and which rule makes a difference."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from synthesist.effects import EffectTable
from synthesist.effects.profiles import PROFILES
from synthesist.effects.work import PROFILED
from synthesist.errors import NotEstimable
from synthesist.numerics.results import number, versions
from synthesist.pooling import wording
from synthesist.pooling.engine import Method
from synthesist.pooling.fit import Interval, PooledFit
from synthesist.pooling.pool import as_effects, pool
from synthesist.pooling.profiles import rules_of
from synthesist.tables import give_back

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from synthesist.figures import ForestPlot

#: What this program's own rules are called beside the profiles.
OURS = "synthesist"

#: Numbers nearer to each other are the same, computed in another order.
SAME = 1e-9

#: The rules that only say which of two numbers a program prints.
SHOWN = {"i2": "tau2"}

Numbers = Mapping[str, tuple[float, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleDifference:
    """A rule of another program that changes the answer.

    `changes` are the parts of the answer that it alone changes, added to our rules
    or taken from theirs.
    """

    rule: str
    ours: str
    theirs: str
    changes: tuple[str, ...]

    def sentence(self) -> str:
        """Return the difference in words."""
        return f"{self.rule} {self.theirs} for {self.ours}: {', '.join(self.changes)}"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ProfileAnswer:
    """The answer by one profile; `problem` says why there is none."""

    name: str
    program: str
    fit: PooledFit | None
    i2: float | None
    differences: tuple[RuleDifference, ...] = ()
    problem: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ProfileComparison:
    """One answer a profile, this program's own first."""

    effects: EffectTable
    level: float
    answers: tuple[ProfileAnswer, ...]

    def summary(self) -> str:
        """Return a line a profile, and then the rules that make the differences."""
        percent = wording.percent(self.level)
        head = ("profile", "k", f"estimate ({percent} CI)", "P", "tau²", "I²")
        head = (*head, f"{percent} prediction")
        rows = [head, *(_cells(answer) for answer in self.answers)]
        wide = [max(len(row[i]) for row in rows) for i in range(len(head))]
        lines = [self.effects.measure.label]
        lines += [
            "  ".join(cell.ljust(width) for cell, width in zip(row, wide, strict=True))
            for row in rows
        ]
        for answer in self.answers:
            reasons = [d.sentence() for d in answer.differences] or [answer.problem]
            lines += [f"{answer.name}: {reason}" for reason in reasons if reason]
        return "\n".join(line.rstrip() for line in lines)

    def to_frame(self, backend: str | None = None) -> Any:
        """Return one row a profile, on the reading scale, with its rules in words."""
        shown = [answer.fit.display() if answer.fit else {} for answer in self.answers]
        columns: dict[str, list[Any]] = {
            "profile": [answer.name for answer in self.answers],
            "k": [answer.fit.k if answer.fit else None for answer in self.answers],
        }
        for name in ("estimate", "ci_low", "ci_high"):
            columns[name] = [entry.get(name) for entry in shown]
        columns["p"] = [answer.fit.p if answer.fit else None for answer in self.answers]
        columns["tau2"] = [
            answer.fit.tau2 if answer.fit else None for answer in self.answers
        ]
        columns["i2"] = [answer.i2 for answer in self.answers]
        for name in ("pi_low", "pi_high"):
            columns[name] = [entry.get(name) for entry in shown]
        columns["differences"] = [
            "; ".join(d.sentence() for d in answer.differences) or answer.problem
            for answer in self.answers
        ]
        return give_back(columns, self.effects.native, backend)

    def to_dict(self) -> dict[str, Any]:
        """Return every answer in full precision as JSON knows it."""
        return {
            "measure": self.effects.measure.code,
            "profiles": [
                {
                    "profile": answer.name,
                    "program": answer.program,
                    "fit": answer.fit.to_dict() if answer.fit else None,
                    "i2": number(answer.i2),
                    "problem": answer.problem or None,
                    "differences": [
                        {
                            "rule": d.rule,
                            "ours": d.ours,
                            "theirs": d.theirs,
                            "changes": list(d.changes),
                        }
                        for d in answer.differences
                    ],
                }
                for answer in self.answers
            ],
            "versions": versions(),
        }

    def forest(self) -> ForestPlot:
        """Return one row a profile as the data of a forest plot."""
        from synthesist.pooling.drawing import answers_forest_plot

        return answers_forest_plot(
            self.effects,
            [(answer.name, answer.fit) for answer in self.answers],
            level=self.level,
            heading="Rules",
        )

    def plot(self) -> Figure:
        """Draw one row a profile."""
        from synthesist.figures import forest

        return forest(self.forest())


def compare_profiles(
    effects: Any,
    *,
    profiles: Sequence[str] = tuple(PROFILES),
    model: str = "iv",
    level: float = 0.95,
) -> ProfileComparison:
    """Pool the same studies by the rules of every program.

    Each rule in which a profile is not ours is switched alone, on from our rules
    and off from theirs; it is named where either changes the answer.

    Parameters
    ----------
    effects : EffectTable, path, frame or mapping of columns
        As for `pool`. Rules of effects that were asked for by name stay.
    profiles : sequence of str
        Names of `PROFILES`, by default all.
    model : str
        Code of `MODELS`.
    level : float
        Confidence level of all intervals.

    Raises
    ------
    InvalidInput
        If there is no such profile or model.
    NotEstimable
        If no study is included by our own rules.
    """
    table = as_effects(effects).under(None)
    ours = pool(table, model=model, level=level)
    answers = [
        ProfileAnswer(
            name=OURS, program="this program", fit=ours, i2=_i2(ours, SHOWN["i2"])
        )
    ]
    answers += [_answer(table, name, model=model, level=level) for name in profiles]
    return ProfileComparison(effects=table, level=level, answers=tuple(answers))


def _answer(
    table: EffectTable, name: str, *, model: str, level: float
) -> ProfileAnswer:
    """Return the answer of one profile and what makes it differ from ours."""
    shown = PROFILES[name].pooling.get("i2", SHOWN["i2"]) if name in PROFILES else ""
    try:
        fit = pool(table, profile=name, model=model, level=level)
    except NotEstimable as error:
        return ProfileAnswer(
            name=name,
            program=PROFILES[name].program,
            fit=None,
            i2=None,
            problem=str(error),
        )
    ours, theirs = _rules(table, name)
    return ProfileAnswer(
        name=name,
        program=PROFILES[name].program,
        fit=fit,
        i2=_i2(fit, shown),
        differences=_differences(table, ours, theirs, model=model, level=level),
    )


def _rules(table: EffectTable, name: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return our rules and theirs, those only in which they differ."""
    under = table.under(name)
    defaults = Method()
    pairs: dict[str, tuple[Any, Any]] = {
        rule: (getattr(table.choices, rule), getattr(under.choices, rule))
        for rule in PROFILED
    }
    for rule, theirs in rules_of(name, {}).items():
        pairs[rule] = (getattr(defaults, rule), theirs)
    for rule, usual in SHOWN.items():
        pairs[rule] = (usual, PROFILES[name].pooling.get(rule, usual))
    differing = {rule: pair for rule, pair in pairs.items() if pair[0] != pair[1]}
    return (
        {rule: pair[0] for rule, pair in differing.items()},
        {rule: pair[1] for rule, pair in differing.items()},
    )


def _differences(
    table: EffectTable,
    ours: Mapping[str, Any],
    theirs: Mapping[str, Any],
    *,
    model: str,
    level: float,
) -> tuple[RuleDifference, ...]:
    """Switch one rule at a time and see what it changes."""

    @cache
    def answered(switched: frozenset[str]) -> Numbers:
        rules = {**ours, **{rule: theirs[rule] for rule in switched}}
        return _numbers(table, rules, model=model, level=level)

    none, every = frozenset[str](), frozenset(theirs)
    found: list[RuleDifference] = []
    for rule in theirs:
        changes = _changed(answered(none), answered(frozenset({rule})))
        changes |= _changed(answered(every), answered(every - {rule}))
        if changes:
            found.append(
                RuleDifference(
                    rule=rule,
                    ours=str(ours[rule]),
                    theirs=str(theirs[rule]),
                    changes=tuple(part for part in PARTS if part in changes),
                )
            )
    return tuple(found)


def _numbers(
    table: EffectTable, rules: Mapping[str, Any], *, model: str, level: float
) -> Numbers:
    """Return the parts of the answer by some rules, none where there is no answer."""
    by_effects = {rule: code for rule, code in rules.items() if rule in PROFILED}
    of_pooling = {
        rule: code
        for rule, code in rules.items()
        if rule not in PROFILED and rule not in SHOWN
    }
    if by_effects:
        table = table.recomputed(**by_effects)
    try:
        fit = pool(table, model=model, level=level, **of_pooling)
    except NotEstimable:
        return {}
    shown = rules.get("i2", SHOWN["i2"])
    return {part: read(fit, shown) for part, read in PARTS.items()}


def _changed(one: Numbers, two: Numbers) -> set[str]:
    """Return the parts in which two answers differ."""
    if not one or not two:
        return set() if one == two else set(PARTS)
    return {
        part
        for part in PARTS
        if not np.allclose(one[part], two[part], rtol=SAME, atol=0, equal_nan=True)
    }


def _i2(fit: PooledFit, shown: str) -> float | None:
    """Return the I² that a program prints."""
    return fit.i2_q if shown == "Q" else fit.i2


def _ends(interval: Interval | None) -> tuple[float, float]:
    return (np.nan, np.nan) if interval is None else (interval.lower, interval.upper)


def _or_nan(value: float | None) -> tuple[float]:
    return (np.nan if value is None else value,)


PARTS: dict[str, Callable[[PooledFit, str], tuple[float, ...]]] = {
    "number of studies": lambda fit, _: (float(fit.k),),
    "estimate": lambda fit, _: (fit.estimate,),
    "interval": lambda fit, _: _ends(fit.interval),
    "tau²": lambda fit, _: _or_nan(fit.tau2),
    "I²": lambda fit, shown: _or_nan(_i2(fit, shown)),
    "prediction interval": lambda fit, _: _ends(fit.prediction),
}


def _cells(answer: ProfileAnswer) -> tuple[str, ...]:
    """Return the cells of one line of the summary."""
    fit = answer.fit
    if fit is None:
        return (answer.name, "", "not estimable", "", "", "", "")
    show = fit.effects.measure.scale.show
    low, high = show(fit.interval.lower), show(fit.interval.upper)
    prediction = ""
    if fit.prediction is not None:
        prediction = f"{show(fit.prediction.lower)} to {show(fit.prediction.upper)}"
    return (
        answer.name,
        str(fit.k),
        f"{show(fit.estimate)} ({low} to {high})",
        "" if fit.p is None else wording.p_value(fit.p).removeprefix("P ").lstrip("= "),
        "" if fit.tau2 is None else wording.plain(fit.tau2),
        "" if answer.i2 is None else f"{answer.i2:.0f}%",
        prediction,
    )
