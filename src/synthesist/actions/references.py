"""Reference files: looked at, and taken into a review."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from synthesist.actions.revman.take_in import DataAccount
    from synthesist.formats import ConservationReport, Reference, ReferenceFile
    from synthesist.review import Protocol, Record
    from synthesist.store.source_entries import NewSource
    from synthesist.store.together import Replacement


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspection:
    """What a file is, the account of every start marker, and its first reference.

    Only the first was understood, so the account says nothing of changed fields.
    """

    report: ConservationReport
    first: Reference | None

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON values, every key always present."""
        return self.report.to_dict() | {
            "changes": None,
            "first": None if self.first is None else reference_to_dict(self.first),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """One export that was taken in: where it lies now, and its account."""

    name: str
    source: str
    new_source: bool
    corrections: str
    report: ConservationReport
    data: DataAccount | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportResult:
    """The exports that were taken into a review together."""

    folder: Path
    files: tuple[Taken, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON values, every key always present."""
        return {
            "folder": str(self.folder),
            "records": sum(file.report.records for file in self.files),
            "files": [
                file.report.to_dict()
                | {
                    "name": file.name,
                    "source": file.source,
                    "new_source": file.new_source,
                    "corrections": file.corrections or None,
                    "data": None if file.data is None else file.data.to_dict(),
                }
                for file in self.files
            ],
        }


def inspect_file(
    file: Path, *, dialect: str = "", columns: Mapping[str, str] | None = None
) -> Inspection:
    """Say what a file of references is, without understanding more than its first.

    Raises
    ------
    InvalidInput
        If it holds no references in a format that is known.
    NotFound
        If there is no such file.
    """
    from synthesist.formats import ReferenceFile, SetAside

    opened = ReferenceFile(file, dialect=dialect, columns=columns)
    first: Reference | None = None
    for entry in opened.entries():
        if first is None and not isinstance(entry, SetAside):
            first = entry.reference()
    return Inspection(report=replace(opened.report(), changes={}), first=first)


def import_references(
    folder: Path,
    files: Sequence[Path],
    *,
    source: str = "",
    dialect: str = "",
    columns: Mapping[str, str] | None = None,
    design: str | None = "randomised",
) -> ImportResult:
    """Take exports into a review: all of them or, when anything fails, none.

    Each is copied to searches/ as it is, entered under its source in review.toml,
    and its references become rows of records.csv.

    Parameters
    ----------
    folder : Path
        The review.
    files : sequence of Path
        The exports.
    source : str
        Id or name of the source; without it each file's own database, or its name.
    dialect, columns
        As for `synthesist.formats.ReferenceFile`.
    design : str, optional
        Of the studies of a RevMan 5 review, which does not say; None leaves its
        studies and outcome data out and takes its references only.

    Raises
    ------
    Conflict
        If another process imports into the review now.
    InvalidInput
        If the review or a file cannot be read, a file was taken in already, or
        not every start marker of a file is accounted for.
    NotFound
        If there is no such folder or file.
    """
    return take_in(
        folder, files, source=source, dialect=dialect, columns=columns, design=design
    )


def take_in(
    folder: Path,
    files: Sequence[Path],
    *,
    source: str = "",
    dialect: str = "",
    columns: Mapping[str, str] | None = None,
    design: str | None = None,
    entry: NewSource | None = None,
    also: Callable[[Replacement, ImportResult], None] | None = None,
) -> ImportResult:
    """Do the work of `import_references`.

    `entry` describes the source where it is known better than from the files, and
    `also` writes further files that take their places together with the records.
    """
    from synthesist.store import read_folder
    from synthesist.store.append_records import write_with_records
    from synthesist.store.together import replacing_together

    protocol = read_folder(folder).protocol
    with replacing_together(folder) as new:
        importing = _Importing(folder, protocol, source, entry)
        if files:
            rows = importing.rows(files, dialect=dialect, columns=columns)
            write_with_records(folder / "records.csv", new.path("records.csv"), rows)
            importing.enter_sources()
        if design is not None:
            importing.write_data(new, design)
        importing.write(new)
        result = ImportResult(folder=folder, files=tuple(importing.taken))
        if also is not None:
            also(new, result)
    return result


class _Importing:
    """Collects what an import changes before anything is changed."""

    def __init__(
        self, folder: Path, protocol: Protocol, source: str, entry: NewSource | None
    ) -> None:
        self.folder = folder
        self.source = source
        self.entry = entry
        self.known = {item.id for item in protocol.sources}
        self.names = {item.name.lower(): item.id for item in protocol.sources}
        toml = (folder / "review.toml").read_bytes()
        self.toml = toml.decode("utf-8-sig")
        self.entries: list[NewSource] = []
        self.taken: list[Taken] = []
        self.files: list[Path] = []
        self.studies: dict[str, dict[str, list[str]]] = {}

    def rows(
        self, files: Sequence[Path], *, dialect: str, columns: Mapping[str, str] | None
    ) -> Iterator[Record]:
        """Give the rows of every file, and take down after each where it belongs."""
        from synthesist.formats import Reference, ReferenceFile
        from synthesist.formats.records import to_record

        for file in files:
            name = self._name(file)
            opened = ReferenceFile(file, name=name, dialect=dialect, columns=columns)
            databases: dict[str, int] = {}
            for record in opened:
                if isinstance(record, Reference):
                    database = _EDITION.sub("", record.database)
                    databases[database] = databases.get(database, 0) + 1
                    if opened.dialect.family == "rm5":
                        self._take_study(name, record)
                    yield to_record(record)
            found = (
                opened.dialect.database or _most(databases) or opened.dialect.platform
            )
            self._enter(file, name, opened, self.source or found or file.stem)

    def _take_study(self, name: str, record: Reference) -> None:
        """Remember to which study of a RevMan 5 review a reference belongs."""
        for label, study in record.labels:
            if label == "study":
                held = self.studies.setdefault(name, {})
                held.setdefault(study, []).append(record.record)

    def write_data(self, new: Replacement, design: str) -> None:
        """Write what RevMan 5 reviews hold beside their references."""
        from synthesist.actions.revman.take_in import write_data

        for place, (file, taken) in enumerate(zip(self.files, self.taken, strict=True)):
            if taken.report.dialect.startswith("rm5"):
                self.toml, account = write_data(
                    self.folder,
                    new,
                    self.toml,
                    file,
                    taken.name,
                    design=design,
                    reports=self.studies.get(taken.name, {}),
                )
                self.taken[place] = replace(taken, data=account)

    def _enter(self, file: Path, name: str, opened: ReferenceFile, source: str) -> None:
        """Take one file down under its source."""
        report = conserved(opened)
        entry = self._source(source, report, opened)
        is_new = entry.id not in self.known
        self.known.add(entry.id)
        self.entries.append(entry)
        self.files.append(file)
        self.taken.append(
            Taken(
                name=name,
                source=entry.id,
                new_source=is_new,
                corrections=f"searches/set-aside/{name}" if report.set_aside else "",
                report=report,
            )
        )

    def enter_sources(self) -> None:
        """Enter every file under its source; a new one found what its files hold."""
        from synthesist.store.source_entries import enter_file

        held: dict[str, int] = {}
        for entry, taken in zip(self.entries, self.taken, strict=True):
            held[entry.id] = held.get(entry.id, 0) + taken.report.start_markers
        for entry, taken in zip(self.entries, self.taken, strict=True):
            told = entry if self.entry else replace(entry, hits=held[entry.id])
            self.toml = enter_file(self.toml, taken.name, told)

    def _name(self, file: Path) -> str:
        """Choose the name under searches/; the same file is not taken in twice."""
        from synthesist.errors import InvalidInput
        from synthesist.formats.source import Source
        from synthesist.store.append_records import records_of

        with Source(file.name, path=file).open():
            pass
        stem = (
            re.sub(r'[\x00-\x1f<>:"/\\|?*;]+', "-", file.stem).strip(" .-") or "export"
        )
        suffix = re.sub(r"[^.A-Za-z0-9]+", "", file.suffix)
        given = {taken.name for taken in self.taken}
        for number in range(1, 1000):
            name = f"{stem}{suffix}" if number == 1 else f"{stem}-{number}{suffix}"
            held = self.folder / "searches" / name
            if name in given:
                continue
            if not held.exists():
                return name
            if held.read_bytes() == file.read_bytes():
                if records_of(self.folder / "records.csv", name):
                    raise InvalidInput(
                        "The file was taken in already.",
                        where=file.name,
                        remedy=f"its records are in records.csv under {name}",
                    )
                return name
        raise InvalidInput("There are too many files of that name.", where=file.name)

    def _source(
        self, wanted: str, report: ConservationReport, opened: ReferenceFile
    ) -> NewSource:
        """Find the source that is meant, or describe a new one."""
        from synthesist.store.source_entries import NewSource

        if self.entry is not None:
            return self.entry
        found = wanted if wanted in self.known else self.names.get(wanted.lower())
        if found:
            return NewSource(id=found, name=wanted)
        plain = wanted if wanted.isascii() else opened.dialect.platform or report.file
        slug = re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")[:40] or "source"
        register = re.search(r"clinicaltrials|ictrp|register|registry", wanted.lower())
        entry = NewSource(
            id=slug if slug not in self.known else f"{slug}-2",
            name=wanted,
            kind="register" if register else "database",
            platform=opened.dialect.platform
            if opened.dialect.platform != wanted
            else "",
        )
        self.names[wanted.lower()] = entry.id
        return entry

    def write(self, new: Replacement) -> None:
        """Write the new contents beside the review."""
        import shutil

        from synthesist.formats.set_aside import correction_file

        toml = new.path("review.toml")
        toml.write_text(self.toml, encoding="utf-8", newline="")
        for file, taken in zip(self.files, self.taken, strict=True):
            shutil.copyfile(file, new.path(f"searches/{taken.name}"))
            if taken.corrections:
                text = correction_file(taken.report.set_aside)
                new.path(taken.corrections).write_text(
                    text, encoding="utf-8", newline=""
                )


#: Ovid names the years that were searched with the database.
_EDITION = re.compile(r"\s*<[^<>]*>$")


def _most(databases: Mapping[str, int]) -> str:
    """Return the database that most references name; none where most name none."""
    return max(databases, key=lambda name: databases[name], default="")


def conserved(opened: ReferenceFile) -> ConservationReport:
    """Return the account of a file that was read to its end, or stop."""
    from synthesist.errors import InvalidInput

    report = opened.report()
    if not report.conserved:
        raise InvalidInput(
            f"{report.start_markers} records begin in the file, {report.records} were read"
            f" and {len(report.set_aside)} set aside.",
            where=report.file,
            remedy="name its format, and report the file as a fault of this program",
        )
    return report


def reference_to_dict(reference: Reference) -> dict[str, Any]:
    """Return a reference as JSON values: everything it says, and its own fields."""
    values: dict[str, Any] = {"record": reference.record}
    for name, value in reference._asdict().items():
        if name == "origin":
            values["file"] = value.file
            values["ordinal"] = value.ordinal
            values["line"] = value.line
            values["last_line"] = value.last_line
        elif name in _OF_PARTS:
            values[name] = [part._asdict() for part in value]
        else:
            values[name] = value
    return values


_OF_PARTS = frozenset(
    ("authors", "authors_translated", "editors", "accessions", "terms", "links")
)
