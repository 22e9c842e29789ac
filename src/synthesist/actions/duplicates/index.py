"""The records of a review, and what is kept of those that were compared already.

The index is a file beside the review that may be deleted at any time: it spares
normalising and comparing what has not changed, and decides nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zlib import crc32

if TYPE_CHECKING:
    from synthesist.actions.duplicates.reading import Columns, Loaded
    from synthesist.dedup import Pair

INDEX = ".duplicates.npz"

#: An index of another form is not read.
FORM = "4"

#: Between the parts of one field; normalised text holds only letters, digits, blanks.
PART = "\x1f"


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """The records of a review; those before `new_from` were compared with each other.

    `marks` change with what a record says. `asked` are the pairs that were to be
    asked about, and `reports` those that records.csv itself calls one report.
    """

    loaded: Loaded
    marks: tuple[int, ...]
    new_from: int
    asked: tuple[Pair, ...]
    reports: tuple[tuple[int, int], ...]


def record_ids(folder: Path) -> frozenset[str]:
    """Return the ids of a review's records.

    Raises
    ------
    NotFound
        If there is no such folder, or it has no records.
    """
    return frozenset(name for chunk in _rows(folder) for name in chunk["ids"])


def load_folder(folder: Path, *, source: str = "", workers: int = 1) -> Held:
    """Read the records of a review; what the index holds is not normalised again.

    Raises
    ------
    InvalidInput
        If records.csv cannot be read, or repeats an id.
    NotFound
        If there is no such folder, or it has no records.
    """
    from synthesist.actions.duplicates.reading import Loaded, normalise_all
    from synthesist.dedup import empty

    known = _read_index(folder)
    before = len(known["marks"]) if known is not None else 0
    marks: list[int] = []
    reports: dict[str, int] = {}
    pairs: list[tuple[int, int]] = []
    fresh: list[Columns] = []
    valid = True
    for chunk in _rows(folder):
        if source:
            chunk["source"] = [text or source for text in chunk["source"]]
        start = len(marks)
        marks += _marks(chunk)
        for place, name in enumerate(chunk.pop("report", []), start=start):
            if name and reports.setdefault(name, place) != place:
                pairs.append((reports[name], place))
        covered = max(0, min(before, len(marks)) - start)
        if known is not None and covered:
            valid = (
                valid
                and marks[start : start + covered]
                == known["marks"][start : start + covered]
            )
        fresh.append(
            {name: texts[covered:] for name, texts in chunk.items()} if valid else chunk
        )
        if not valid and before:
            # Something was edited: everything is compared anew.
            return _anew(folder, source=source, workers=workers)
    if before > len(marks):
        return _anew(folder, source=source, workers=workers)
    records = known["records"] if known is not None else empty()
    records.extend(normalise_all((c for c in fresh if c["ids"]), workers))
    return Held(
        loaded=Loaded(records=records, ids=tuple(records.ids)),
        marks=tuple(marks),
        new_from=before,
        asked=known["asked"] if known is not None else (),
        reports=tuple(pairs),
    )


def _anew(folder: Path, *, source: str, workers: int) -> Held:
    """Read everything after the index was thrown away."""
    (folder / INDEX).unlink(missing_ok=True)
    return load_folder(folder, source=source, workers=workers)


def _rows(folder: Path) -> Iterator[Columns]:
    """Give the rows of records.csv."""
    from synthesist.actions.duplicates.reading import read_rows
    from synthesist.errors import NotFound

    if not folder.is_dir():
        raise NotFound(f"There is no folder {folder}.", remedy="check the path")
    file = folder / "records.csv"
    if not file.is_file():
        raise NotFound(
            "The review has no records.csv.",
            where=str(folder),
            remedy="take exports in with synthesist import",
        )
    yield from read_rows(file, review=True)


def _marks(chunk: Columns) -> list[int]:
    """Return a number for each row that changes with what it says."""
    columns = [texts for name, texts in sorted(chunk.items()) if name != "report"]
    return [
        crc32(PART.join(row).encode("utf-8", "replace"))
        for row in zip(*columns, strict=True)
    ]


def save_index(folder: Path, held: Held, asked: Sequence[Pair]) -> None:
    """Write the index; where it cannot be written, the next run takes longer."""
    import numpy as np

    records = held.loaded.records
    texts = {name: "\n".join(getattr(records, name)) for name in _TEXTS}
    parts = {
        name: "\n".join(PART.join(map(str, value)) for value in getattr(records, name))
        for name in _PARTS
    }
    numbers = {name: np.array(getattr(records, name), np.int64) for name in _NUMBERS}
    columns = {
        "form": _bytes(FORM),
        "keys": np.frombuffer(records.keys, np.uint64),
        "marks": np.array(held.marks, np.int64),
        "asked": np.array([pair[:2] for pair in asked], np.int64).reshape(-1, 2),
        "scores": np.array([pair.score for pair in asked], float),
        "reasons": _bytes("\n".join(pair.reason for pair in asked)),
        **{name: _bytes(text) for name, text in (texts | parts).items()},
        **numbers,
    }
    draft = folder / f"{INDEX}.draft"
    try:
        with draft.open("wb") as stream:
            np.savez(stream, allow_pickle=False, **columns)
        draft.replace(folder / INDEX)
    except OSError:
        draft.unlink(missing_ok=True)


_TEXTS = (
    "ids",
    "title",
    "kind",
    "volume",
    "issue",
    "doi",
    "pmid",
    "abstract",
    "source",
)
_PARTS = ("others", "authors", "other_authors", "journal", "pages", "trials")
_NUMBERS = ("weak", "year", "conference", "length")


def _bytes(text: str) -> Any:
    """Return text as an array."""
    import numpy as np

    return np.frombuffer(text.encode(), np.uint8)


def _read_index(folder: Path) -> dict[str, Any] | None:
    """Read the index, None where there is none that can be used."""
    import zlib
    from zipfile import BadZipFile

    import numpy as np

    try:
        with (folder / INDEX).open("rb") as stream, np.load(stream) as stored:
            held = {name: stored[name] for name in stored.files}
        if held["form"].tobytes().decode() != FORM:
            return None
        return _understood(held)
    except (
        OSError,
        ValueError,
        KeyError,
        EOFError,
        BadZipFile,
        zlib.error,
        AttributeError,
    ):
        return None


def _understood(held: dict[str, Any]) -> dict[str, Any]:
    """Turn what an index holds into records."""
    from array import array

    from synthesist.dedup import Normalised, Pair
    from synthesist.dedup.places import Pages

    size = len(held["marks"])

    def lines(name: str) -> list[str]:
        text: str = held[name].tobytes().decode()
        found: list[str] = text.split("\n") if size else []
        if len(found) != size:
            raise ValueError(name)
        return found

    def tuples(name: str) -> list[tuple[str, ...]]:
        return [tuple(line.split(PART)) if line else () for line in lines(name)]

    pages = [
        Pages(letter, int(first), int(last), other)
        for letter, first, last, other in tuples("pages")
    ]
    keys = array("Q")
    keys.frombytes(held["keys"].tobytes())
    columns: dict[str, Any] = {name: lines(name) for name in _TEXTS}
    columns |= {name: tuples(name) for name in _PARTS if name != "pages"}
    records = Normalised(
        **columns,
        pages=pages,
        weak=held["weak"].astype(bool).tolist(),
        conference=held["conference"].astype(bool).tolist(),
        year=held["year"].tolist(),
        length=held["length"].tolist(),
        keys=keys,
    )
    reasons = held["reasons"].tobytes().decode().split("\n")
    asked = tuple(
        Pair(left, right, "ask", score, reason)
        for (left, right), score, reason in zip(
            held["asked"].tolist(), held["scores"].tolist(), reasons, strict=False
        )
    )
    return {"records": records, "marks": held["marks"].tolist(), "asked": asked}
