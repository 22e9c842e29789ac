"""What a RevMan 5 review holds, as studies, arms, results and analyses of a folder."""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from synthesist.actions.revman.numbers import (
    Unfit,
    measure_of,
    numbers_of,
    read_count,
    read_number,
    read_p,
    rules_of,
)
from synthesist.formats.revman_data import (
    Entry,
    LeftOut,
    RevManData,
    RevManOutcome,
)

_OUTCOME_KINDS = {
    "dichotomous": "binary",
    "continuous": "continuous",
    "observed minus expected": "time-to-event",
}

#: The tool of RevMan 5's judgements.
TOOL = "RevMan 5 risk of bias"


@dataclass(slots=True, kw_only=True)
class FolderRows:
    """Rows for the files of a folder, and what is added to its review.toml."""

    studies: list[dict[str, str]] = field(default_factory=list[dict[str, str]])
    arms: list[dict[str, str]] = field(default_factory=list[dict[str, str]])
    results: list[dict[str, str]] = field(default_factory=list[dict[str, str]])
    reported: list[dict[str, str]] = field(default_factory=list[dict[str, str]])
    judgements: list[dict[str, str]] = field(default_factory=list[dict[str, str]])
    toml: list[str] = field(default_factory=list[str])
    outcomes: int = 0
    analyses: int = 0
    kept: int = 0
    left_out: list[LeftOut] = field(default_factory=list[LeftOut])
    notes: list[str] = field(default_factory=list[str])

    def tables(self) -> dict[str, list[dict[str, str]]]:
        """Return the rows by the file they belong to."""
        return {
            "studies.csv": self.studies,
            "arms.csv": self.arms,
            "results.csv": self.results,
            "reported.csv": self.reported,
            "appraisal.csv": self.judgements,
        }


def folder_rows(
    data: RevManData, *, design: str, reports: Mapping[str, Sequence[str]]
) -> FolderRows:
    """Turn a RevMan 5 review into rows of a folder.

    RevMan says of no study how it was designed: all are of `design`, with a note.
    `reports` are the records of each study by its name.
    """
    return _Conversion(data, design, reports).rows()


class _Conversion:
    """Goes through the file's studies and outcomes, and collects rows."""

    def __init__(
        self, data: RevManData, design: str, reports: Mapping[str, Sequence[str]]
    ) -> None:
        self.data = data
        self.design = design
        self.reports = reports
        self.found = FolderRows()
        self.found.left_out += data.left_out
        self.names = _unique_names(data)
        self.arms: dict[tuple[str, str], str] = {}
        self.columns: dict[str, dict[str, str]] = defaultdict(dict)
        self.used: set[str] = set()

    def rows(self) -> FolderRows:
        """Return everything."""
        for outcome in self.data.outcomes:
            self._outcome(outcome)
        self._studies()
        self._judgements()
        excluded = sum(study.status == "excluded" for study in self.data.studies)
        if excluded:
            self.found.notes.append(
                f"{excluded} excluded studies: their references are records, their reasons stay in the file"
            )
        return self.found

    def _studies(self) -> None:
        """Add a row for every study that is included or has data."""
        for study in self.data.studies:
            name = self.names[study.id]
            if study.status != "included" and name not in self.used:
                continue
            texts = self.data.characteristics.get(study.id, {})
            self.found.studies.append(
                {
                    "study": name,
                    "design": self.design,
                    "reports": "; ".join(self.reports.get(study.name, ())),
                    "year": study.year if study.year.isdigit() else "",
                    "note": "design as stated at import; RevMan 5 has none",
                }
                | {heading: text for heading, text in texts.items() if heading}
                | self.columns[name]
            )

    def _judgements(self) -> None:
        """Add the answers on the risk of bias."""
        kept = {row["study"] for row in self.found.studies}
        seen: set[tuple[str, str]] = set()
        for answer in self.data.answers:
            name = self.names.get(answer.study, "")
            if name not in kept or (name, answer.item) in seen:
                continue
            seen.add((name, answer.item))
            self.found.judgements.append(
                {
                    "study": name,
                    "tool": TOOL,
                    "version": "5",
                    "item": answer.item or "item",
                    "answer": answer.answer,
                    "support": answer.support,
                }
            )

    def _outcome(self, outcome: RevManOutcome) -> None:
        """Add an outcome with its results and analyses."""
        identifier = _identifier(outcome)
        kept: list[Entry] = []
        seen: set[tuple[str, str]] = set()
        for entry in outcome.entries:
            try:
                if entry.study not in self.names:
                    raise Unfit(f"there is no study {entry.study}")
                if (entry.study, entry.subgroup) in seen:
                    raise Unfit("the study stands there twice")
                rows = numbers_of(outcome, entry)
            except Unfit as reason:
                self._leave(entry, outcome, str(reason))
                continue
            seen.add((entry.study, entry.subgroup))
            kept.append(entry)
            self._results(outcome, identifier, entry, rows)
        self.found.kept += len(kept)
        self.found.outcomes += 1
        counts = Counter(entry.study for entry in kept)
        repeated = any(count > 1 for count in counts.values())
        if repeated:
            self._tell_apart(identifier, kept)
        column = ""
        if outcome.subgroups and not repeated:
            column = f"subgroup {outcome.number}"
            for entry in kept:
                self.columns[self.names[entry.study]][column] = entry.subgroup
        self._toml_outcome(outcome, identifier)
        self._analyses(outcome, identifier, kept, column, repeated=repeated)

    def _leave(self, entry: Entry, outcome: RevManOutcome, reason: str) -> None:
        """Take down an entry that is left out."""
        what = f"outcome {outcome.number}, study {self.names.get(entry.study, entry.study)}"
        self.found.left_out.append(LeftOut(entry.line, 1, what, reason))

    def _results(
        self,
        outcome: RevManOutcome,
        identifier: str,
        entry: Entry,
        rows: tuple[Mapping[str, str], ...],
    ) -> None:
        """Add the rows of one entry: one for each arm, or one that compares them."""
        study = self.names[entry.study]
        self.used.add(study)
        arms = self._arms_of(study, outcome)
        shared = {
            "study": study,
            "outcome": identifier,
            "source": self.data.file,
            "place": f"comparison {outcome.number.partition('.')[0]}, outcome {outcome.number}",
            # So that an entry can be told by its subgroup; taken away where it need not.
            "population": "",
            "_subgroup": entry.subgroup,
        }
        if len(rows) == 1:
            contrast = {"arm": arms[0], "comparator": arms[1]}
            self.found.results.append(shared | contrast | dict(rows[0]))
            return
        for arm, row in zip(arms, rows, strict=True):
            self.found.results.append(shared | {"arm": arm} | dict(row))

    def _tell_apart(self, identifier: str, kept: Sequence[Entry]) -> None:
        """Name the subgroup in the rows of an outcome in which a study is in several."""
        for row in self.found.results:
            if row["outcome"] == identifier:
                row["population"] = row["_subgroup"] or "all"

    def _arms_of(self, study: str, outcome: RevManOutcome) -> tuple[str, str]:
        """Return the names of a study's arms in an outcome, new ones added."""
        comparison = outcome.number.partition(".")[0]
        labels = (outcome.groups[0] or "Experimental", outcome.groups[1] or "Control")
        if labels[0] == labels[1]:
            labels = (f"{labels[0]} (1)", f"{labels[1]} (2)")
        names: list[str] = []
        for label, role in zip(labels, ("treated", "control"), strict=True):
            name = label
            if self.arms.get((study, name), role) != role:
                name = f"{label} (comparison {comparison}, {role})"
            if (study, name) not in self.arms:
                self.arms[study, name] = role
                self.found.arms.append({"study": study, "arm": name, "role": role})
            names.append(name)
        return names[0], names[1]

    def _toml_outcome(self, outcome: RevManOutcome, identifier: str) -> None:
        """Describe the outcome."""
        entries = {
            "id": identifier,
            "label": outcome.name or f"Outcome {outcome.number}",
            "kind": _OUTCOME_KINDS.get(outcome.kind, ""),
            "unit": outcome.computed.get("UNITS", "").strip(),
            "note": f"comparison: {outcome.comparison}" if outcome.comparison else "",
        }
        self._table("outcomes", entries)

    def _table(self, name: str, entries: Mapping[str, Any]) -> None:
        """Write a table of review.toml, without what is empty."""
        lines = ["", f"[[{name}]]"]
        lines += [
            f"{key} = {_quoted(value)}" for key, value in entries.items() if value
        ]
        self.found.toml += lines

    def _analyses(
        self,
        outcome: RevManOutcome,
        identifier: str,
        kept: Sequence[Entry],
        column: str,
        *,
        repeated: bool,
    ) -> None:
        """Plan what the file computes: the total, or each subgroup by itself."""
        totals = outcome.computed.get("TOTALS", "YES")
        estimable = [entry for entry in kept if entry["ESTIMABLE"] != "NO"]
        if repeated and totals == "YES":
            self.found.notes.append(
                f"Outcome {outcome.number}: a study is in several subgroups, so that the total, which counts it more than once, is not planned"
            )
        if totals == "YES" and not repeated:
            if estimable and outcome.computed.get("ESTIMABLE", "YES") != "NO":
                self._plan(outcome, identifier, {"subgroup": column})
            self._report(outcome, identifier, outcome.computed)
            self._report_subgroups(outcome, identifier)
            return
        if totals == "NO":
            return
        for number, (name, computed) in enumerate(outcome.subgroups, start=1):
            members = [entry for entry in estimable if entry.subgroup == name]
            analysis = f"{identifier}-{number}"
            if members and computed.get("ESTIMABLE", "YES") != "NO":
                chosen: dict[str, Any] = (
                    {"population": [name]}
                    if repeated
                    else {"studies": [self.names[entry.study] for entry in members]}
                )
                self._plan(outcome, analysis, chosen, title=f": {name}")
            self._report(outcome, analysis, computed)

    def _plan(
        self,
        outcome: RevManOutcome,
        analysis: str,
        chosen: Mapping[str, Any],
        title: str = "",
    ) -> None:
        """Plan one analysis by the rules of RevMan 5."""
        level = read_number(outcome.computed.get("CI_TOTAL", ""))
        entries: dict[str, Any] = {
            "id": analysis,
            "title": (outcome.name or f"Outcome {outcome.number}") + title,
            "outcome": _identifier(outcome),
            "measure": measure_of(outcome),
            "designs": [self.design],
            **rules_of(outcome),
            **chosen,
        }
        if level is not None and 0 < level < 100 and level != 95:
            entries["level"] = level / 100
        if all(outcome.graph):
            entries["favours"] = list(outcome.graph)
        self._table("analyses", entries)
        self.found.analyses += 1

    def _report_subgroups(self, outcome: RevManOutcome, identifier: str) -> None:
        """Keep what the file computed of the subgroups."""
        for number, (name, computed) in enumerate(outcome.subgroups, start=1):
            self._report(outcome, f"{identifier}-{number}", computed, note=name)

    def _report(
        self,
        outcome: RevManOutcome,
        analysis: str,
        computed: Mapping[str, str],
        note: str = "",
    ) -> None:
        """Keep a pooled result as the file has it."""
        value = computed.get("EFFECT_SIZE", "")
        if read_number(value) is None or computed.get("ESTIMABLE") == "NO":
            return
        level = read_number(outcome.computed.get("CI_TOTAL", "")) or 95
        participants = [
            read_count(computed.get(f"TOTAL_{side}", "")) for side in (1, 2)
        ]
        row = {
            "analysis": analysis,
            "quantity": outcome.computed.get("EFFECT_MEASURE", "") or "effect",
            "value": value,
            "low": computed.get("CI_START", ""),
            "high": computed.get("CI_END", ""),
            "level": f"{level / 100:g}",
            "p": read_p(computed.get("P_Z", "")),
            "studies": computed.get("STUDIES", ""),
            "participants": str(sum(n for n in participants if n)) or "",
            "source": self.data.file,
            "note": note,
        }
        self.found.reported.append(row)
        heterogeneity = (("I2", "I2"), ("TAU2", "tau2"), ("CHI2", "Q"))
        for attribute, quantity in heterogeneity:
            if read_number(computed.get(attribute, "")) is not None:
                self.found.reported.append(
                    {
                        "analysis": analysis,
                        "quantity": quantity,
                        "value": computed[attribute],
                        "p": read_p(computed.get("P_CHI2", ""))
                        if quantity == "Q"
                        else "",
                        "source": self.data.file,
                        "note": note,
                    }
                )


def _identifier(outcome: RevManOutcome) -> str:
    """Return the id of an outcome in a folder, which may name files."""
    parts = re.findall(r"[a-z0-9]+", outcome.number.lower())
    return "-".join(["rm5", *parts])


def _quoted(value: Any) -> str:
    """Write a value of TOML."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _unique_names(data: RevManData) -> dict[str, str]:
    """Return the name of each study by its id, each once."""
    names: dict[str, str] = {}
    taken: set[str] = set()
    for study in data.studies:
        name = plain = study.name.replace(";", ",") or study.id or "study"
        number = 2
        while name in taken:
            name, number = f"{plain} ({number})", number + 1
        taken.add(name)
        names[study.id] = name
    return names
