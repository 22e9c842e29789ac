"""References of a file or of a review, written in another format or as a review."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from synthesist.actions.references import conserved, import_references
from synthesist.formats import Reference

if TYPE_CHECKING:
    from synthesist.formats import ConservationReport
    from synthesist.review import Record, Review

#: Labels that the review decides; what a file said of them is not kept beside.
DECIDED = ("status", "reason")


@dataclass(frozen=True, slots=True, kw_only=True)
class Converted:
    """What was written, and the account of every file that was read for it.

    `untold` are records of a review of which only the row of records.csv is left,
    because their export is gone or reads otherwise.
    """

    target: Path
    references: int
    reports: tuple[ConservationReport, ...]
    untold: int = 0

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON values, every key always present."""
        return {
            "target": str(self.target),
            "records": self.references,
            "from_rows": self.untold,
            "files": [report.to_dict() for report in self.reports],
        }


def convert_references(
    file: Path,
    target: Path,
    *,
    dialect: str = "",
    to: str = "",
    columns: Mapping[str, str] | None = None,
) -> Converted:
    """Write the references of a file or a review to another file, or as a new review.

    The target is written as a whole or not at all. References of a review bear the
    labels status and reason; those of duplicates too.

    Parameters
    ----------
    file : Path
        An export, or the folder of a review.
    target : Path
        A file, written in the format of its name or of `to`; a name without an
        ending is a new folder, in which a review begins with these references.
    dialect, columns
        As for `synthesist.formats.ReferenceFile`.
    to : str
        The code of the target's format, where its name does not tell.

    Raises
    ------
    InvalidInput
        If the file cannot be read, the target's format is not written, or the
        target is a folder that holds anything.
    NotFound
        If there is no such file.
    """
    if not to and (target.is_dir() or not target.suffix):
        return _begin_review(file, target, dialect=dialect, columns=columns)
    if file.is_dir():
        held = _Held(file)
        count = _write(held.references(), target, to, check=lambda: None)
        return Converted(
            target=target,
            references=count,
            reports=tuple(held.reports),
            untold=held.untold,
        )
    from synthesist.formats import ReferenceFile, find_writer

    find_writer(target, to)
    opened = ReferenceFile(file, dialect=dialect, columns=columns)
    references = (record for record in opened if isinstance(record, Reference))
    count = _write(references, target, to, check=lambda: conserved(opened))
    return Converted(target=target, references=count, reports=(opened.report(),))


def _write(
    references: Iterable[Reference],
    target: Path,
    to: str,
    *,
    check: Callable[[], object],
) -> int:
    """Write references beside the target, check, and move them there; count them."""
    from synthesist.formats import find_writer, write_references

    code = find_writer(target, to).code
    draft = target.with_name(f".{target.name}.draft{target.suffix}")
    count = 0

    def counted() -> Iterator[Reference]:
        nonlocal count
        for reference in references:
            count += 1
            yield reference

    try:
        write_references(counted(), draft, dialect=code)
        check()
        draft.replace(target)
    except OSError as error:
        raise _unwritable(target, error) from None
    finally:
        draft.unlink(missing_ok=True)
    return count


def _unwritable(target: Path, error: OSError) -> Exception:
    """Say that a file cannot be written."""
    from synthesist.errors import InvalidInput

    return InvalidInput(
        f"The file cannot be written: {error.strerror}.",
        where=str(target),
        remedy="check the permissions and the space left, or name another place",
    )


def _begin_review(
    file: Path, folder: Path, *, dialect: str, columns: Mapping[str, str] | None
) -> Converted:
    """Begin a review with the references of a file, as a whole or not at all."""
    from synthesist.errors import InvalidInput
    from synthesist.formats import ReferenceFile
    from synthesist.store import begin_folder
    from synthesist.store.begin import write_bare

    if file.is_dir():
        raise InvalidInput(
            "A review is not written as another review.",
            where=str(file),
            remedy="copy the folder, or name a file to write",
        )
    # Said before anything is written, and of the file alone.
    ReferenceFile(file, dialect=dialect, columns=columns)
    reports: list[ConservationReport] = []

    def fill(fresh: Path) -> None:
        write_bare(fresh, title=file.stem)
        taken = import_references(fresh, [file], dialect=dialect, columns=columns)
        reports.extend(part.report for part in taken.files)

    begin_folder(folder, fill)
    return Converted(
        target=folder,
        references=sum(report.records for report in reports),
        reports=tuple(reports),
    )


class _OfRow(Reference):
    """A reference of which only the row of records.csv is left; its id is the row's."""

    @property
    def record(self) -> str:
        """The id that the row bears."""
        return dict(self.fields)["record"]


class _Held:
    """The references of a review, from its exports as far as they are there."""

    def __init__(self, folder: Path) -> None:
        from synthesist.store import read_folder

        review = read_folder(folder)
        self.folder = folder
        self.rows = {record.record: record for record in review.records}
        self.labels = _labels(review)
        self.reports: list[ConservationReport] = []
        self.untold = 0

    def references(self) -> Iterator[Reference]:
        """Give every record once, labelled with where the review has got to."""
        from synthesist.errors import InvalidInput, NotFound
        from synthesist.formats import ReferenceFile

        told: set[str] = set()
        for name in dict.fromkeys(row.file for row in self.rows.values() if row.file):
            try:
                opened = ReferenceFile(self.folder / "searches" / name, name=name)
            except (InvalidInput, NotFound):
                # It is gone or needs to be told its columns; the rows are left.
                continue
            for reference in opened:
                if isinstance(reference, Reference):
                    row = self.rows.get(reference.record)
                    if row is not None and _agree(reference, row):
                        told.add(row.record)
                        yield self._labelled(reference)
            self.reports.append(opened.report())
        self.untold = len(self.rows) - len(told)
        if self.untold:
            yield from self._from_rows(told)

    def _from_rows(self, told: set[str]) -> Iterator[Reference]:
        """Give the records that no export has told, as their rows have them."""
        from synthesist.formats import ReferenceFile

        for reference in ReferenceFile(self.folder / "records.csv", dialect="table"):
            if isinstance(reference, Reference):
                row = dict(reference.fields)
                if row["record"] not in told:
                    yield self._labelled(_OfRow(*reference))

    def _labelled(self, reference: Reference) -> Reference:
        """Put the review's labels in the place of those that a file gave."""
        given = [pair for pair in reference.labels if pair[0] not in DECIDED]
        return reference._replace(labels=(*given, *self.labels[reference.record]))


def _agree(reference: Reference, row: Record) -> bool:
    """Tell whether an export still says of a record what its row says."""
    from synthesist.formats.records import to_record

    told = to_record(reference)
    return (told.title, told.year, told.doi) == (row.title, row.year, row.doi)


def _labels(review: Review) -> dict[str, tuple[tuple[str, str], ...]]:
    """Return the labels of every record: where its report has got to, and why.

    The first record of a report bears them; the others are duplicates of it.
    """
    from synthesist.review.flow import follow

    labels: dict[str, tuple[tuple[str, str], ...]] = {}
    for followed in follow(review):
        first, *others = followed.report.records
        reason = ""
        if followed.state == "excluded":
            reason = followed.screened.at("title-abstract").reason
        elif followed.state == "excluded-at-full-text":
            reason = followed.screened.at("full-text").reason
        status = ("status", followed.state or "previous")
        labels[first.record] = (status, ("reason", reason)) if reason else (status,)
        for other in others:
            why = ("reason", f"duplicate of {first.record}")
            labels[other.record] = (("status", "duplicate"), why)
    return labels
