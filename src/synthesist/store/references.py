"""Check that every name a folder uses is listed where it should be."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, cast

from synthesist.review import Arm, Review
from synthesist.review.evidence import ARM_ROLES
from synthesist.review.protocol import DOSE_QUANTITIES
from synthesist.store.columns import CSV_FILES
from synthesist.store.faults import ORDER, TOML, Faults
from synthesist.store.fields import Field, nearest, shown
from synthesist.store.keys import SECTIONS

#: What a reference leads to, in words, and where that is listed.
HOMES = {
    "outcome": ("outcome", TOML),
    "regimen": ("regimen", TOML),
    "reviewer": ("reviewer", TOML),
    "source": ("source with the file", TOML),
    "reason": ("exclusion reason", TOML),
    "record": ("record", "records.csv"),
    "report": ("report", "records.csv"),
    "study": ("study", "studies.csv"),
    "arm": ("arm", "arms.csv"),
    "column": ("column", "studies.csv or arms.csv"),
    "reported": ("analysis", "reported.csv"),
}

#: By what results can be grouped besides the columns of the user's own.
GROUPING = (
    "study",
    "design",
    "year",
    "country",
    "arm",
    "role",
    "regimen",
    "timepoint",
    "population",
)

Listed = Mapping[str, tuple[str, ...] | None]


@dataclass(frozen=True, slots=True)
class Use:
    """One place where a name is used; `row` is a place in `section` for review.toml."""

    file: str
    row: int
    field: str
    section: str = ""


#: Among more names than this, looking for the one that was meant takes too long.
MANY = 5000


@dataclass(slots=True)
class Names:
    """What is listed, and the uses of what is not.

    `listed` holds None for a kind of which the list itself could not be read.
    """

    listed: Listed
    unknown: dict[tuple[str, str], list[Use]] = field(
        default_factory=dict[tuple[str, str], list[Use]]
    )
    _known: dict[str, frozenset[str]] = field(default_factory=dict[str, frozenset[str]])

    def knows(self, kind: str, name: str) -> bool:
        """Tell whether a name is empty or listed, or cannot be looked up."""
        listed = self.listed.get(kind)
        if not name or listed is None:
            return True
        if kind not in self._known:
            self._known[kind] = frozenset(listed)
        return name in self._known[kind]

    def resolve(self, kind: str, name: str, use: Use) -> str:
        """Return the name, or the one that was probably meant; note the unknown."""
        if self.knows(kind, name):
            return name
        self.unknown.setdefault((kind, name), []).append(use)
        return self.meant(kind, name) or name

    def meant(self, kind: str, name: str) -> str | None:
        """Return the listed name that was probably meant, None if none is near."""
        listed = self.listed.get(kind) or ()
        return nearest(name, listed) if len(listed) <= MANY else None


def resolve_references(review: Review, faults: Faults) -> Review:
    """Report names that are listed nowhere, each once with all its places.

    Returns the review with such names replaced by those that were probably meant,
    so that one slip is not reported again as something else that is missing.
    """
    names = Names(_listed(review, faults))
    parts: dict[str, tuple[Any, ...]] = {}
    # Arms come first: the results name an arm of the study that was meant.
    for file in sorted(CSV_FILES, key=lambda file: file.name != "arms.csv"):
        fields = [f for f in file.fields if f.to]
        parts[file.part] = tuple(
            _resolve(row, fields, Use(file.name, row.row, ""), names)
            for row in getattr(review, file.part)
        )
        if file.name == "arms.csv":
            names.listed = {**names.listed, **_arms_by_study(parts["arms"], names)}
    protocol = review.protocol
    for section in SECTIONS:
        fields = [f for f in section.fields if f.to in HOMES]
        if section.many and fields:
            entries = tuple(
                _resolve(entry, fields, Use(TOML, index, "", section.name), names)
                for index, entry in enumerate(getattr(protocol, section.name))
            )
            protocol = replace(protocol, **{section.name: entries})
    for (kind, name), uses in names.unknown.items():
        for use in uses:
            if use.section:
                faults.keys.add((use.section, use.row, use.field))
            else:
                faults.cells.add((use.file, use.row, use.field))
        if not _is_echo(kind, uses, names):
            _report(kind, name, uses, names, faults)
    return replace(review, protocol=protocol, **parts)


def _listed(review: Review, faults: Faults) -> Listed:
    """Return what is listed of every kind, None where that cannot be told."""

    def whole(file: str, names: Iterable[str]) -> tuple[str, ...] | None:
        found = tuple(names)
        lost = file in faults.broken or "" in found
        return None if lost else found

    def csv(file: str, names: Iterable[str]) -> tuple[str, ...] | None:
        return None if file in faults.absent else whole(file, names)

    protocol = review.protocol
    columns = {name for row in (*review.studies, *review.arms) for name in row.extra}
    reports = {name for r in review.records for name in (r.record, r.report) if name}
    return {
        "outcome": whole(TOML, (entry.id for entry in protocol.outcomes)),
        "regimen": whole(TOML, (entry.id for entry in protocol.regimens)),
        "reviewer": whole(TOML, (entry.id for entry in protocol.reviewers)),
        "source": whole(TOML, (name for s in protocol.sources for name in s.files)),
        "reason": whole(TOML, protocol.eligibility.exclusion_reasons),
        "record": csv("records.csv", (record.record for record in review.records)),
        "report": csv("records.csv", reports),
        "study": csv("studies.csv", (study.study for study in review.studies)),
        "arm": csv("arms.csv", (*ARM_ROLES, *(arm.arm for arm in review.arms))),
        "column": csv("studies.csv", (*GROUPING, *sorted(columns), *DOSE_QUANTITIES)),
        "reported": whole("reported.csv", (row.analysis for row in review.reported)),
    }


def _arms_by_study(arms: tuple[Arm, ...], names: Names) -> Listed:
    """Return the arms of each study, under `arm of` its name."""
    if names.listed["arm"] is None:
        return {}
    found: dict[str, tuple[str, ...]] = {
        f"arm of {study}": () for study in names.listed["study"] or ()
    }
    for arm in arms:
        key = f"arm of {arm.study}"
        found[key] = (*found.get(key, ()), arm.arm)
    return found


def _resolve(row: Any, fields: Iterable[Field], use: Use, names: Names) -> Any:
    """Return a row with its names replaced by those that were probably meant."""
    changes: dict[str, Any] = {}
    for entry in fields:
        given = getattr(row, entry.name)
        kind = entry.to
        if kind == "arm" and not use.section:
            kind = f"arm of {changes.get('study', row.study)}"
        many = isinstance(given, tuple)
        entries = cast("tuple[str, ...]", given if many else (given,))
        if all(names.knows(kind, name) for name in entries):
            continue
        place = replace(use, field=entry.name)
        found = tuple(names.resolve(kind, name, place) for name in entries)
        changes[entry.name] = found if many else found[0]
    return replace(row, **changes) if changes else row


def _report(
    kind: str, name: str, uses: list[Use], names: Names, faults: Faults
) -> None:
    """Report a name that is not listed, at its first place with the others named."""
    what, home = HOMES[kind.split(" of ", 1)[0]]
    first, *others = sorted(uses, key=lambda use: (ORDER[use.file], use.row))
    owner = f" of {kind.split(' of ', 1)[1]}" if " of " in kind else ""
    message = f"There is no {what} '{shown(name)}'{owner} in {home}"
    more = _also(first, others)
    listed = names.listed[kind] or ()
    meant = names.meant(kind, name)
    if meant is not None:
        remedy = f"did you mean '{meant}'?"
    else:
        known = ", ".join(shown(entry) for entry in list(dict.fromkeys(listed))[:12])
        remedy = f"add it there{f', or choose among: {known}' if known else ''}"
    if first.section:
        faults.key(first.section, first.row, first.field, message + more, remedy)
    else:
        faults.cell(first.file, first.row, first.field, message + more, remedy)


def _is_echo(kind: str, uses: Sequence[Use], names: Names) -> bool:
    """Tell whether a name is unknown because its own row bears another's name.

    Such a row is reported as one that stands there twice; the name that is lost
    shows by being used as one that is listed would be.
    """
    listed = names.listed[kind] or ()
    files = {use.file for use in uses}
    return len(set(listed)) < len(listed) and (
        kind.startswith("arm of ")
        or (kind == "study" and {"arms.csv", "results.csv"} <= files)
        or (kind == "outcome" and {TOML, "results.csv"} <= files)
    )


def _also(first: Use, others: list[Use]) -> str:
    """Name the other places in words, the first few of them."""
    by_file: dict[str, list[int]] = {}
    for use in others:
        if (use.file, use.row, use.section) != (first.file, first.row, first.section):
            rows = by_file.setdefault(use.file, [])
            if use.row not in rows:
                rows.append(use.row)
    words: list[str] = []
    for file, rows in by_file.items():
        if file == TOML:
            words.append(file)
            continue
        listed = ", ".join(str(row) for row in rows[:5])
        more = f" and {len(rows) - 5} more" if len(rows) > 5 else ""
        words.append(f"{file}, row{'s' if len(rows) > 1 else ''} {listed}{more}")
    return f" (also {'; '.join(words)})" if words else ""
