"""One row a patient: time, event, arm, trial and covariates, checked and sorted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from synthesist.errors import InvalidInput, Problem
from synthesist.numerics.arrays import Indices, Mask, Vector
from synthesist.survival.cells import Codes, Reader
from synthesist.survival.frames import read_columns
from synthesist.survival.order import boundaries, sorted_order, tie
from synthesist.tables import give_back

#: A category with more levels than this needs ten times as many patients.
MOST_LEVELS = 20


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Covariate:
    """A number for each patient (n,), NaN where not recorded, or the code of a level.

    `levels` is empty for a number.
    """

    values: Vector
    levels: tuple[str, ...] = ()

    @property
    def missing(self) -> Mask:
        """Return for whom it was not recorded."""
        return np.isnan(self.values)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class SurvivalData:
    """Individual patients of one or several trials, sorted by trial and time.

    Nothing that it prints or gives back shows a patient: its texts and frames
    hold counts.

    Attributes
    ----------
    exit : (n,) array
        Time of the event or of censoring, above zero.
    event : (n,) array
        Whether the patient had the event; at a tied time those who had are first.
    entry : (n,) array or None
        Time from which the patient was under observation; None when all were
        from the start.
    treated : (n,) array or None
    trials : tuple of str
        In order of appearance.
    starts : (trials + 1,) array
        Where each trial's patients begin, and the end.
    covariates : mapping of Covariate
    weights : (n,) array or None
        Case weights, above zero.
    cluster : (n,) array or None
        Codes of the groups within which patients are not independent.
    row : (n,) array
        The place of each patient in the data that were given, from 0.
    arms : (str, str)
        What the control and the treated arm are called.
    columns : mapping of str
        The column that each role was read from.
    """

    exit: Vector
    event: Mask
    entry: Vector | None = None
    treated: Mask | None = None
    trials: tuple[str, ...] = ("all",)
    starts: Indices
    covariates: Mapping[str, Covariate] = field(default_factory=dict[str, Covariate])
    weights: Vector | None = None
    cluster: Codes | None = None
    row: NDArray[np.int32]
    arms: tuple[str, str] = ("control", "treated")
    columns: Mapping[str, str] = field(default_factory=dict[str, str])
    notes: tuple[str, ...] = ()
    native: Any = None

    def __len__(self) -> int:
        return len(self.exit)

    def __repr__(self) -> str:
        return f"<SurvivalData: {self.summary().splitlines()[0]}>"

    def __iter__(self) -> Iterator[Any]:
        raise TypeError("patients are not listed one by one")

    @property
    def trial(self) -> Codes:
        """Return the trial of each patient as a code (n,)."""
        kind = np.min_scalar_type(len(self.trials))
        return np.repeat(np.arange(len(self.trials), dtype=kind), np.diff(self.starts))

    def arm(self) -> Mask:
        """Return who was of the treated arm.

        Raises
        ------
        InvalidInput
            If the data were read without an arm.
        """
        if self.treated is None:
            raise InvalidInput(
                "The data have no arm.",
                remedy="name its column: survival_data(..., treated=...)",
            )
        return self.treated

    def covariate(self, name: str) -> Covariate:
        """Return one covariate.

        Raises
        ------
        InvalidInput
            If there is none of that name.
        """
        if name not in self.covariates:
            known = ", ".join(self.covariates) or "none"
            raise InvalidInput(
                f"There is no covariate {name}.",
                remedy=f"name it in survival_data(..., covariates=...); there are: {known}",
            )
        return self.covariates[name]

    def select(self, mask: Mask, *notes: str) -> SurvivalData:
        """Return the patients of a mask (n,); trials without one are left out."""
        if mask.all():
            return replace(self, notes=(*self.notes, *notes)) if notes else self
        counts = np.add.reduceat(mask, self.starts[:-1], dtype=np.intp)
        counts[np.diff(self.starts) == 0] = 0
        kept = np.flatnonzero(counts)
        return replace(
            self,
            exit=self.exit[mask],
            event=self.event[mask],
            entry=None if self.entry is None else self.entry[mask],
            treated=None if self.treated is None else self.treated[mask],
            trials=tuple(self.trials[i] for i in kept.tolist()),
            starts=np.concatenate([[0], np.cumsum(counts[kept])]).astype(np.intp),
            covariates={
                name: Covariate(values=c.values[mask], levels=c.levels)
                for name, c in self.covariates.items()
            },
            weights=None if self.weights is None else self.weights[mask],
            cluster=None if self.cluster is None else self.cluster[mask],
            row=self.row[mask],
            notes=(*self.notes, *notes),
        )

    def only(self, trials: Sequence[str]) -> SurvivalData:
        """Return the patients of some trials."""
        unknown = [name for name in trials if name not in self.trials]
        if unknown:
            raise InvalidInput(
                f"There is no trial {', '.join(unknown)}.",
                remedy=f"the trials are {', '.join(self.trials)}",
            )
        wanted = np.array([name in trials for name in self.trials])
        return self.select(np.repeat(wanted, np.diff(self.starts)))

    def part(self, trial: int) -> SurvivalData:
        """Return the patients of one trial, without copying them."""
        rows = slice(int(self.starts[trial]), int(self.starts[trial + 1]))

        def mine(values: Any) -> Any:
            return None if values is None else values[rows]

        return replace(
            self,
            exit=self.exit[rows],
            event=self.event[rows],
            entry=mine(self.entry),
            treated=mine(self.treated),
            trials=self.trials[trial : trial + 1],
            starts=np.array([0, rows.stop - rows.start], dtype=np.intp),
            covariates={
                name: Covariate(values=c.values[rows], levels=c.levels)
                for name, c in self.covariates.items()
            },
            weights=mine(self.weights),
            cluster=mine(self.cluster),
            row=self.row[rows],
            notes=(),
        )

    def counts(self) -> dict[str, list[Any]]:
        """Return patients and events of every trial, by arm where there are arms."""
        begin = self.starts[:-1]
        event = self.event.astype(np.intp)

        def per_trial(values: NDArray[np.intp]) -> list[int]:
            sums = np.add.reduceat(values, begin) if len(values) else values
            return sums.tolist()

        found: dict[str, list[Any]] = {"trial": list(self.trials)}
        if self.treated is None:
            found["n"] = np.diff(self.starts).tolist()
            found["events"] = per_trial(event)
            return found
        treated = self.treated.astype(np.intp)
        found["n_t"] = per_trial(treated)
        found["n_c"] = per_trial(1 - treated)
        found["events_t"] = per_trial(event * treated)
        found["events_c"] = per_trial(event * (1 - treated))
        return found

    def summary(self) -> str:
        """Return the counts as text."""
        trials = "1 trial" if len(self.trials) == 1 else f"{len(self.trials)} trials"
        patients = "1 patient" if len(self) == 1 else f"{len(self)} patients"
        lines = [f"{patients} of {trials}, {int(self.event.sum())} events"]
        rows = self.counts()
        names = list(rows)
        for values in zip(*rows.values(), strict=True):
            cells = (f"{n} {v}" for n, v in zip(names[1:], values[1:], strict=True))
            lines.append(f"  {values[0]}: {', '.join(cells)}")
        return "\n".join((*lines, *(f"  Note: {note}" for note in self.notes)))

    def to_dict(self) -> dict[str, Any]:
        """Return the counts as JSON values; no patient is in them."""
        rows = self.counts()
        return {
            "patients": len(self),
            "events": int(self.event.sum()),
            "arms": {"control": self.arms[0], "treated": self.arms[1]},
            "columns": dict(self.columns),
            "trials": [
                dict(zip(rows, values, strict=True))
                for values in zip(*rows.values(), strict=True)
            ],
            "covariates": {
                name: {
                    "levels": list(c.levels) or None,
                    "missing": int(c.missing.sum()),
                }
                for name, c in self.covariates.items()
            },
            "notes": list(self.notes),
        }

    def to_frame(self, backend: str | None = None) -> Any:
        """Return the counts, one row a trial."""
        return give_back(self.counts(), self.native, backend)


def survival_data(
    data: Any,
    *,
    time: str,
    event: str,
    treated: str | None = None,
    trial: str | None = None,
    entry: str | None = None,
    covariates: Sequence[str] | Mapping[str, str] = (),
    weights: str | None = None,
    cluster: str | None = None,
    categories: Sequence[str] = (),
    treated_is: str | None = None,
    event_is: str | float | None = None,
) -> SurvivalData:
    """Read individual patients, one row each.

    Parameters
    ----------
    data : path, list of paths, frame or mapping of columns
        A file (CSV, Parquet, Arrow, SAS transport), several that are one trial
        each unless `trial` is named, a pandas, polars or Arrow frame, or columns
        by name.
    time, event : str
        Columns of the time to event or censoring (above zero, any unit), and of
        the event (1) or censoring (0).
    treated : str, optional
        Column of the arm, 1 for treated and 0 for control, or two labels with
        `treated_is`.
    trial : str, optional
        Column of the trial; without it all patients are of one.
    entry : str, optional
        Column of the time from which a patient was observed (delayed entry).
    covariates : sequence of str, or mapping of name to column
        Numbers, or text for categories. An empty cell is a value not recorded.
    weights, cluster : str, optional
        Columns of case weights, and of groups for robust variances.
    categories : sequence of str
        Covariates that are categories although they are written as numbers.
    treated_is : str, optional
        The label of the treated arm.
    event_is : str or float, optional
        The code of the event, when it is not 1; every other code is censoring.

    Returns
    -------
    SurvivalData

    Raises
    ------
    InvalidInput
        With every problem of the table by row and column. No message repeats
        what stands in a patient's cell.
    """
    if isinstance(data, list | tuple):
        from synthesist.survival.combine import combine

        files = cast("Sequence[Any]", data)
        if not files or not all(isinstance(file, str | Path) for file in files):
            raise InvalidInput(
                "Patients are in a list of something else than files.",
                remedy="give a file, several, a frame or columns",
            )
        asked: dict[str, Any] = {
            "time": time, "event": event, "treated": treated, "trial": trial,
            "entry": entry, "covariates": covariates, "weights": weights,
            "cluster": cluster, "categories": categories,
            "treated_is": treated_is, "event_is": event_is,
        }  # fmt: skip
        parts = [survival_data(file, **asked) for file in files]
        if trial is None:
            names = [Path(file).stem for file in files]
            parts = [replace(p, trials=(n,)) for p, n in zip(parts, names, strict=True)]
        return combine(parts)
    named = (
        dict(covariates)
        if isinstance(covariates, Mapping)
        else {name: name for name in covariates}
    )
    roles = {
        role: column
        for role, column in (
            ("time", time),
            ("event", event),
            ("treated", treated),
            ("trial", trial),
            ("entry", entry),
            ("weights", weights),
            ("cluster", cluster),
        )
        if column is not None
    }
    table = read_columns(data, [*roles.values(), *named.values()])
    if not len(table):
        raise InvalidInput("There are no patients.", where=table.name)
    reader = Reader(table)
    times = reader.positive(time, "time")
    events = reader.events(event, event_is)
    arm: Mask | None = None
    arms = ("control", "treated")
    if treated is not None:
        arm, arms = reader.arms(treated, treated_is)
    codes, trials = (None, ("all",)) if trial is None else reader.labels(trial)
    entries = None if entry is None else _entries(reader, entry, times)
    case_weights = None if weights is None else reader.positive(weights, "weight")
    clusters = None if cluster is None else reader.labels(cluster)[0]
    found = {
        name: _covariate(reader, column, name in categories or column in categories)
        for name, column in named.items()
    }
    reader.finish()
    sorted_data = _sort(
        SurvivalData(
            exit=times,
            event=events,
            entry=entries,
            treated=arm,
            trials=trials,
            starts=np.array([0, len(table)]),
            covariates=found,
            weights=case_weights,
            cluster=clusters,
            row=np.arange(len(table), dtype=np.int32),
            arms=arms,
            columns={**roles, **named},
            native=table.native,
        ),
        codes,
    )
    return replace(sorted_data, notes=tuple(_notes(sorted_data)))


def _entries(reader: Reader, column: str, exits: Vector) -> Vector | None:
    """Return entry times, None when everybody entered at zero."""
    entries = reader.numbers(column)
    reader.blame(
        np.flatnonzero(entries < 0),
        column,
        "The entry is before time zero",
        "give the time from the same origin as the exit",
    )
    reader.blame(
        np.flatnonzero(entries >= exits),
        column,
        "The entry is not before the exit",
        "correct one of them, or take the patient out and report how many were",
    )
    return entries if (entries > 0).any() else None


def _covariate(reader: Reader, column: str, category: bool) -> Covariate:
    """Return a covariate: numbers, or categories when no filled cell is a number."""
    if not category and not reader.is_text(column):
        return Covariate(values=reader.numbers(column, required=False))
    codes, labels = reader.labels(column, required=False)
    if len(labels) > max(MOST_LEVELS, len(codes) / 10):
        # Names or numbers of patients: as a category each would be printed.
        reader.problems.append(
            Problem(
                message=f"{len(labels)} different texts among {len(codes)} patients are no category",
                remedy="take the column out, or group what it holds",
                file=reader.table.name,
                field=column,
            )
        )
        return Covariate(values=np.full(len(codes), np.nan))
    levels = sorted(label for label in labels if label)
    place = np.array([levels.index(x) if x else np.nan for x in labels])
    return Covariate(values=place[codes], levels=tuple(levels))


def _sort(data: SurvivalData, trial: Codes | None) -> SurvivalData:
    """Sort patients by trial and time, with near ties made equal."""
    order = sorted_order(data.exit, data.event, trial)
    count = len(data.trials)
    starts = (
        np.array([0, len(data)], dtype=np.intp)
        if trial is None
        else boundaries(trial[order], count)
    )
    exits = data.exit[order]
    tied = tie(exits, data.event[order], starts)
    if tied is not None:
        exits, place = tied
        order = order[place]

    def take(values: Any) -> Any:
        return None if values is None else values[order]

    return replace(
        data,
        exit=exits,
        event=data.event[order],
        entry=take(data.entry),
        treated=take(data.treated),
        starts=starts,
        covariates={
            name: Covariate(values=c.values[order], levels=c.levels)
            for name, c in data.covariates.items()
        },
        weights=take(data.weights),
        cluster=take(data.cluster),
        row=order.astype(np.int32),
    )


def _notes(data: SurvivalData) -> Iterator[str]:
    """Say which trials have one arm only, and which have no event."""
    rows = data.counts()
    if data.treated is not None:
        one_arm = [
            name
            for name, t, c in zip(rows["trial"], rows["n_t"], rows["n_c"], strict=True)
            if not t or not c
        ]
        if one_arm:
            yield f"Of {', '.join(one_arm)} there is one arm only: nothing is compared within."
    events = np.add.reduceat(data.event, data.starts[:-1], dtype=np.intp)
    eventless = [n for n, d in zip(data.trials, events.tolist(), strict=True) if not d]
    if eventless:
        yield f"No event in {', '.join(eventless)}: nothing is contributed."
