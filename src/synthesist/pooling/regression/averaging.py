"""All models that can be made from the terms of a formula, and their average."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

import numpy as np

from synthesist.effects import EffectTable
from synthesist.errors import InvalidInput
from synthesist.numerics.arrays import Vector
from synthesist.numerics.results import number, versions
from synthesist.pooling.pool import as_effects
from synthesist.pooling.regression.columns import moderators_of, take
from synthesist.pooling.regression.core import Core, criteria, fit_core
from synthesist.pooling.regression.design import Design, read_formula
from synthesist.pooling.regression.inference import Coefficient, Inference, fixed_df
from synthesist.pooling.regression.notes import missing_note
from synthesist.pooling.regression.regress import (
    chosen,
    complete,
    regression_method,
)
from synthesist.pooling.regression.wording import coefficient_lines
from synthesist.tables import give_back

#: So many models are fitted at most: 13 terms without interactions.
MOST = 8192

CRITERIA = ("AICc", "AIC", "BIC")


@dataclass(frozen=True, slots=True, kw_only=True)
class CandidateModel:
    """One of the models that were averaged.

    `value` is its criterion, `delta` how much it is above the best, `weight` its
    share among all.
    """

    terms: tuple[str, ...]
    value: float
    delta: float
    weight: float
    log_likelihood: float
    tau2: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class AveragedFit:
    """Coefficients averaged over all models, by the weight of evidence for each.

    A coefficient counts as zero in the models without it, so it is drawn towards
    zero as far as these are supported.

    Attributes
    ----------
    models : tuple of CandidateModel
        Best first.
    importance : mapping of str to float
        The summed weights of the models with a term.
    coefficients : tuple of Coefficient
        With standard errors that allow for the choice of a model.
    """

    effects: EffectTable
    formula: str
    k: int
    criterion: str
    models: tuple[CandidateModel, ...]
    importance: Mapping[str, float]
    coefficients: tuple[Coefficient, ...]
    rules: Mapping[str, str]
    notes: tuple[str, ...] = ()
    native: Any = field(default=None, repr=False)

    def summary(self) -> str:
        """Return the average, the importance of terms, and the ten best models."""
        lines = [f"{len(self.models)} models from {self.formula}, {self.k} studies"]
        lines += [f"  {line}" for line in coefficient_lines(self.coefficients)]
        shown = ", ".join(f"{n} {100 * x:.0f}%" for n, x in self.importance.items())
        lines.append(f"  Importance: {shown}")
        for model in self.models[:10]:
            terms = " + ".join(model.terms) or "no moderator"
            lines.append(
                f"  {100 * model.weight:.0f}%  {self.criterion} +{model.delta:.2f}  {terms}"
            )
        return "\n".join([*lines, *(f"  Note: {note}" for note in self.notes)])

    def to_dict(self) -> dict[str, Any]:
        """Return every number in full precision as JSON knows it."""
        return {
            "formula": self.formula,
            "k": self.k,
            "criterion": self.criterion,
            "coefficients": [c.to_dict() for c in self.coefficients],
            "importance": {name: number(x) for name, x in self.importance.items()},
            "models": [
                {
                    "terms": list(m.terms),
                    "value": number(m.value),
                    "delta": number(m.delta),
                    "weight": number(m.weight),
                    "log_likelihood": number(m.log_likelihood),
                    "tau2": number(m.tau2),
                }
                for m in self.models
            ],
            "rules": dict(self.rules),
            "notes": list(self.notes),
            "versions": versions(),
        }

    def to_frame(self, backend: str | None = None) -> Any:
        """Return one row a coefficient, on the analysis scale."""
        rows = [c.to_dict() for c in self.coefficients]
        columns: dict[str, Any] = {key: [row[key] for row in rows] for key in rows[0]}
        return give_back(columns, self.native, backend)


def average_models(
    effects: Any,
    formula: str | Sequence[str],
    *,
    criterion: str = "AICc",
    tau2: str = "ML",
    level: float = 0.95,
) -> AveragedFit:
    """Fit every model that the terms of a formula allow, and average them.

    An interaction is taken only with the terms that it is made of.

    Parameters
    ----------
    effects, formula
        As for `regress`; studies without one of the moderators are left out of all
        models, so that these are compared on the same studies.
    criterion : {"AICc", "AIC", "BIC"}
    tau2 : {"ML", "CE"}
        By full likelihood, because restricted likelihoods of different moderators
        cannot be compared, or none.

    Raises
    ------
    InvalidInput
        If a choice is not known, or there would be too many models.

    References
    ----------
    Burnham KP, Anderson DR. Sociol Methods Res 2004;33:261.
    doi:10.1177/0049124104268644
    """
    table = as_effects(effects)
    if criterion not in CRITERIA or tau2 not in {"ML", "CE"}:
        raise InvalidInput(
            f"Models are not averaged by {criterion} and {tau2}.",
            remedy=f"choose one of {', '.join(CRITERIA)}, and ML or CE",
        )
    method = regression_method(tau2, "normal", "z", level)
    asked = read_formula(formula)
    values = moderators_of(table, asked.columns)
    used = table.included & complete(values, len(table))
    y, v = chosen(table, used)
    index = np.flatnonzero(used).tolist()
    design = asked.build({n: take(c, index) for n, c in values.items()}, len(index))
    subsets = _subsets(design)
    cores: list[Core] = []
    columns: list[list[int]] = []
    for terms in subsets:
        place = sorted(i for term in terms for i in design.terms[term])
        if design.intercept is not None:
            place = sorted({design.intercept, *place})
        columns.append(place)
        names = tuple(design.names[i] for i in place)
        cores.append(fit_core(y, v, design.X[:, place], names, method))
    values_of = np.array([_value(core, criterion) for core in cores])
    delta = values_of - values_of.min()
    weight = np.exp(-delta / 2)
    weight /= weight.sum()
    estimate, variance = _averaged(cores, columns, weight, len(design.names))
    inference = Inference(covariance=np.diag(variance), read=fixed_df(np.inf))
    left_out = np.flatnonzero(table.included & ~used).tolist()
    models = [
        CandidateModel(
            terms=terms,
            value=float(values_of[i]),
            delta=float(delta[i]),
            weight=float(weight[i]),
            log_likelihood=cores[i].log_likelihood(restricted=False),
            tau2=cores[i].tau2,
        )
        for i, terms in enumerate(subsets)
    ]
    return AveragedFit(
        effects=table,
        formula=asked.text,
        k=len(y),
        criterion=criterion,
        models=tuple(sorted(models, key=lambda model: model.value)),
        importance={
            term: float(sum(weight[i] for i, s in enumerate(subsets) if term in s))
            for term in _optional(design)
        },
        coefficients=inference.coefficients(design.names, estimate, level),
        rules={**table.rules, "tau2": tau2, "criterion": criterion, "test": "normal"},
        notes=(
            *table.notes,
            *missing_note(asked.columns, [table.study[i] for i in left_out]),
        ),
        native=table.native,
    )


def _optional(design: Design) -> list[str]:
    """Return the terms that a model may have or not."""
    return [
        name for name, place in design.terms.items() if place != (design.intercept,)
    ]


def _subsets(design: Design) -> list[tuple[str, ...]]:
    """Return all sets of terms in which no interaction stands without its parts."""
    terms = _optional(design)
    parts = {term: frozenset(_factors(term)) for term in terms}
    found: list[tuple[str, ...]] = []
    for size in range(len(terms) + 1):
        for subset in combinations(terms, size):
            if size == 0 and design.intercept is None:
                continue
            if all(
                other in subset
                for term in subset
                for other in terms
                if parts[other] < parts[term]
            ):
                found.append(subset)
                if len(found) > MOST:
                    raise InvalidInput(
                        f"{len(terms)} terms give more than {MOST} models.",
                        remedy="choose fewer terms",
                    )
    return found


def _factors(term: str) -> list[str]:
    """Return what an interaction is made of, colons in brackets aside."""
    return re.split(r":(?![^(]*\))", term)


def _value(core: Core, criterion: str) -> float:
    found = criteria(core, restricted=False)
    return {"AICc": found.aicc, "AIC": found.aic, "BIC": found.bic}[criterion]


def _averaged(
    cores: Sequence[Core], columns: Sequence[Sequence[int]], weight: Vector, p: int
) -> tuple[Vector, Vector]:
    """Return averaged coefficients and their variances (p,)."""
    estimates, variances = np.zeros((len(cores), p)), np.zeros((len(cores), p))
    for i, (core, place) in enumerate(zip(cores, columns, strict=True)):
        estimates[i, place] = core.estimate
        variances[i, place] = np.diagonal(core.covariance)
    mean = weight @ estimates
    return mean, weight @ (variances + (estimates - mean) ** 2)
