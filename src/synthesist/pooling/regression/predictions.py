"""Mean effects and effects of new studies at given moderators."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from synthesist.effects import EffectTable
from synthesist.errors import InvalidInput
from synthesist.numerics.arrays import Matrix, Vector
from synthesist.numerics.results import number, versions
from synthesist.numerics.tails import t_point
from synthesist.pooling.pool import check_level
from synthesist.pooling.predictions import PREDICTIONS
from synthesist.pooling.registry import choose
from synthesist.pooling.regression.columns import moderators_in
from synthesist.tables import Cell, give_back, read_table

if TYPE_CHECKING:
    from synthesist.pooling.regression.fit import RegressionFit


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Predictions:
    """Predicted effects, on the analysis scale.

    Attributes
    ----------
    at : mapping of sequences
        The moderators, one entry a prediction.
    estimate, se, lower, upper : (m,) arrays
        Mean effects with their confidence intervals.
    pi_lower, pi_upper : (m,) arrays
        Prediction intervals for the effect in a new study, NaN where there is none.
    level : float
    """

    effects: EffectTable
    at: dict[str, list[Cell]]
    estimate: Vector
    se: Vector
    lower: Vector
    upper: Vector
    pi_lower: Vector
    pi_upper: Vector
    level: float
    native: Any = field(default=None, repr=False)

    def display(self) -> dict[str, Vector]:
        """Return the predictions as they are read."""
        read = self.effects.to_reading
        return {
            "estimate": read(self.estimate),
            "ci_low": read(self.lower),
            "ci_high": read(self.upper),
            "pi_low": read(self.pi_lower),
            "pi_high": read(self.pi_upper),
        }

    def to_frame(self, backend: str | None = None) -> Any:
        """Return one row a prediction, on the reading scale."""
        return give_back({**self.at, **self.display()}, self.native, backend)

    def to_dict(self) -> dict[str, Any]:
        """Return every number in full precision, on the analysis scale."""
        columns = {
            "estimate": self.estimate,
            "se": self.se,
            "ci_low": self.lower,
            "ci_high": self.upper,
            "pi_low": self.pi_lower,
            "pi_high": self.pi_upper,
        }
        shown = self.display()
        return {
            "level": self.level,
            "predictions": [
                {
                    "at": {name: cells[i] for name, cells in self.at.items()},
                    **{name: number(x[i]) for name, x in columns.items()},
                    "display": {name: number(x[i]) for name, x in shown.items()},
                }
                for i in range(len(self.estimate))
            ],
            "versions": versions(),
        }

    def summary(self) -> str:
        """Return one line a prediction."""
        show = self.effects.measure.scale.show
        lines: list[str] = []
        for i in range(len(self.estimate)):
            where = ", ".join(f"{name} {cells[i]}" for name, cells in self.at.items())
            line = (
                f"{where or 'mean'}: {show(self.estimate[i])} "
                f"({100 * self.level:g}% CI {show(self.lower[i])} to {show(self.upper[i])})"
            )
            if not np.isnan(self.pi_lower[i]):
                line += (
                    f", new study {show(self.pi_lower[i])} to {show(self.pi_upper[i])}"
                )
            lines.append(line)
        return "\n".join(lines)


def predict(
    fit: RegressionFit, data: Any, *, level: float | None, prediction: str
) -> Predictions:
    """Predict at the moderators in `data`, or at those of the studies."""
    design = fit.design
    level = fit.level if level is None else level
    check_level(level)
    native: Any = fit.effects.native
    if data is None:
        rows, at = design.X, _given(fit)
    else:
        table = read_table(data)
        native = table.native
        rows = design.rows(moderators_in(table, design.columns), len(table))
        at = {name: _plain(table.columns[name]) for name in design.columns}
    return predict_rows(
        fit, rows, at, level=level, prediction=prediction, native=native
    )


def predict_rows(
    fit: RegressionFit,
    X: Matrix,
    at: dict[str, list[Cell]],
    *,
    level: float,
    prediction: str = "",
    native: Any = None,
) -> Predictions:
    """Predict at the rows of a design matrix (m, p)."""
    estimate = X @ fit.estimate
    se = np.sqrt(np.maximum(0.0, np.einsum("mp,pq,mq->m", X, fit.covariance, X)))
    df = np.array([fit.inference.read(X[i : i + 1]).df for i in range(len(X))])
    half = np.array([t_point(0.5 + level / 2, d) for d in df.tolist()]) * se
    code = prediction or fit.rules.get("prediction", "z")
    way = choose(code, PREDICTIONS, "prediction interval")
    if way.needs and fit.rules["test"] != way.needs:
        raise InvalidInput(
            f"The prediction interval {code} goes with the test {way.needs}.",
            remedy=f"choose the test {way.needs}, or another prediction interval",
        )
    # Without moderators k - 1 degrees of freedom are the residual ones.
    free = way.df(np.full(len(X), fit.q_df + 1.0), df).tolist()
    factor = [t_point(0.5 + level / 2, d) if d >= 1 else np.nan for d in free]
    if fit.tau2_method == "CE":
        wide = half
    else:
        wide = np.array(factor) * np.sqrt(fit.tau2 + se * se)
    return Predictions(
        effects=fit.effects,
        at=at,
        estimate=estimate,
        se=se,
        lower=estimate - half,
        upper=estimate + half,
        pi_lower=estimate - wide,
        pi_upper=estimate + wide,
        level=level,
        native=native,
    )


def _given(fit: RegressionFit) -> dict[str, list[Cell]]:
    """Return the studies' own moderators."""
    from synthesist.pooling.regression.columns import column_of

    used = np.flatnonzero(fit.used).tolist()
    names = {"study": list[Cell](fit.effects.study[i] for i in used)}
    columns = {
        name: _plain(column_of(fit.effects, name)) for name in fit.design.columns
    }
    return names | {name: [cells[i] for i in used] for name, cells in columns.items()}


def _plain(cells: Any) -> list[Cell]:
    """Return a column as plain values."""
    return cells.tolist() if isinstance(cells, np.ndarray) else list(cells)
