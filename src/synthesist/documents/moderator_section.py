"""The planned moderators of an analysis: their coefficients, and what they show."""

from __future__ import annotations

from synthesist.documents.content import AnalysisResult
from synthesist.documents.grid import Grid, Header, grid, row
from synthesist.numerics.printing import p_value, percent, significant

#: What a coefficient is called where it has no name of its own.
CONSTANT = {"Intercept": "constant", "intrcpt": "constant"}


def regression_table(result: AnalysisResult) -> Grid | None:
    """Return the coefficients of the planned moderators."""
    fit = result.regression
    if fit is None:
        return None
    rows = [
        row(
            CONSTANT.get(c.name, c.name),
            significant(c.estimate),
            ""
            if c.interval is None
            else f"{significant(c.interval.lower)} to {significant(c.interval.upper)}",
            p_value(c.p),
        )
        for c in fit.coefficients
    ]
    headers = (
        Header("Moderator", long=True),
        Header("Coefficient", number=True),
        f"{percent(result.plan.level)} CI",
        "P",
    )
    return grid(headers, rows, "Regression on moderators, on the analysis scale")


def regression_notes(result: AnalysisResult) -> tuple[str, ...]:
    """Say what a reader must know of the regression, or why there is none."""
    names = ", ".join(result.plan.moderators)
    if result.regression_problem:
        return (f"Not regressed on {names}: {result.regression_problem}",)
    if result.regression is None:
        return ()
    known = {*result.notes, *(result.fit.notes if result.fit else ())}
    further = [note for note in result.regression.notes if note not in known]
    return (f"{result.regression.k} studies were regressed on {names}.", *further)
