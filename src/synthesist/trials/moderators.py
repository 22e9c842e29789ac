"""Quantities of regimens as columns beside study effects."""

from __future__ import annotations

from collections.abc import Sequence

from synthesist.errors import InvalidInput, NotEstimable
from synthesist.trials.body import Body
from synthesist.trials.quantities import QUANTITIES
from synthesist.trials.regimen_line import regimen


def regimen_columns(
    lines: Sequence[str],
    *,
    unit: str,
    body: Body | Sequence[Body | None] | None = None,
    names: Sequence[str] = tuple(QUANTITIES),
) -> dict[str, list[float | None]]:
    """Return quantities of regimens as columns, one row a line.

    Added to the columns of an effect table they are moderators by name:
    ``regress(effects, "~ dose_week")``. Where the words allow a range, its middle is
    taken; what cannot be told or converted is empty.

    Parameters
    ----------
    lines : sequence of str
        Regimens as one line each; an empty one has no quantities.
    unit : str
        The common unit of dose, such as ``MIU/m2``.
    body : Body, or one for each line, optional
        Weight or surface, where lines and unit differ in what they are given by.
    names : sequence of str
        Codes of `QUANTITIES`.

    Raises
    ------
    InvalidInput
        If a line or name cannot be read.
    """
    unknown = [name for name in names if name not in QUANTITIES]
    if unknown:
        raise InvalidInput(
            f"There is no quantity '{unknown[0]}'.",
            remedy=f"choose among {', '.join(QUANTITIES)}",
        )
    bodies = [body] * len(lines) if body is None or isinstance(body, Body) else [*body]
    if len(bodies) != len(lines):
        raise InvalidInput(
            f"{len(bodies)} bodies are given for {len(lines)} lines.",
            remedy="give one for all, or one for each",
        )
    columns: dict[str, list[float | None]] = {name: [] for name in names}
    for line, own in zip(lines, bodies, strict=True):
        try:
            found = regimen(line).quantities(unit=unit, body=own) if line else None
        except NotEstimable:
            found = None
        for name in names:
            columns[name].append(None if found is None else found[name].middle)
    return columns
