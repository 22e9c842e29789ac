"""The records of a review, and what is kept of those that were compared already.

The index is a file beside the review that may be deleted at any time: it spares
reading, normalising and comparing what has not changed, and decides nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

if TYPE_CHECKING:
    from synthesist.actions.duplicates.reading import Columns, Loaded
    from synthesist.dedup import Pair

INDEX = ".duplicates.npz"

#: An index of another form is not read.
FORM = "4"

#: Bytes that are looked at together.
BLOCK = 1 << 20

#: Between the parts of one field; normalised text holds only letters, digits, blanks.
PART = "\x1f"


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """The records of a review; those before `new_from` were compared with each other.

    `size` and `digest` tell the bytes of records.csv that were read, `reports` the
    places of records that it calls one report by name. `compared` is what was found
    of pairs.
    """

    loaded: Loaded
    size: int
    digest: str
    new_from: int
    compared: tuple[Pair, ...]
    reports: dict[str, list[int]]

    @property
    def one_report(self) -> tuple[tuple[int, int], ...]:
        """Pairs of records that records.csv itself calls one report."""
        return tuple(
            (first, other)
            for first, *others in self.reports.values()
            for other in others
        )


def record_ids(folder: Path) -> frozenset[str]:
    """Return the ids of a review's records.

    Raises
    ------
    NotFound
        If there is no such folder, or it has no records.
    """
    from synthesist.actions.duplicates.reading import read_rows

    rows = read_rows(_records_of(folder), review=True)
    return frozenset(name for chunk in rows for name in chunk["ids"])


def load_folder(folder: Path, *, source: str = "", workers: int = 1) -> Held:
    """Read the records of a review; those that the index holds are not read again.

    That is so as long as records.csv begins with the bytes that it was made from.

    Raises
    ------
    InvalidInput
        If records.csv cannot be read, or repeats an id.
    NotFound
        If there is no such folder, or it has no records.
    """
    from synthesist.actions.duplicates.reading import Loaded, normalise_all, rows_of
    from synthesist.dedup import empty
    from synthesist.formats.finding import find_encoding
    from synthesist.formats.source import Source

    file = _records_of(folder)
    encoding = find_encoding(Source(file.name, path=file)).name
    with file.open("rb") as stream:
        known = _read_index(folder) if encoding == "utf-8" else None
        size, digest, begins = _keys(stream, known["size"] if known else 0, source)
        if known is not None and known["key"] != begins:
            # Something was edited: everything is compared anew.
            known = None
        records = known["records"] if known else empty()
        before = len(records)
        reports: dict[str, list[int]] = known["reports"] if known else {}

        def fresh() -> Iterator[Columns]:
            place = before
            behind = known["size"] if known else 0
            for chunk in rows_of(
                stream, file.name, encoding, review=True, behind=behind
            ):
                if source:
                    chunk["source"] = [text or source for text in chunk["source"]]
                for name in chunk.pop("report", [""] * len(chunk["ids"])):
                    if name:
                        reports.setdefault(name, []).append(place)
                    place += 1
                yield chunk

        stream.seek(0)
        records.extend(normalise_all(fresh(), workers))
    return Held(
        loaded=Loaded(records=records, ids=tuple(records.ids)),
        size=size,
        digest=digest,
        new_from=before,
        compared=known["compared"] if known else (),
        reports=reports,
    )


def _keys(stream: BinaryIO, before: int, source: str) -> tuple[int, str, str]:
    """Return a file's size, and what changes with it and with its first bytes.

    They change with the source that was told and with the rules too. Where no row
    ends they are empty.
    """
    from hashlib import blake2b

    from synthesist import __version__
    from synthesist.dedup import RULES

    told = f"{__version__}{RULES}{source}"
    digest = blake2b(told.encode(), digest_size=16)
    size, last = 0, b""
    begins = ""
    while block := stream.read(min(BLOCK, before - size) if size < before else BLOCK):
        digest.update(block)
        size += len(block)
        last = block[-1:]
        if size == before:
            begins = digest.hexdigest()
    return size, digest.hexdigest() if last == b"\n" else "", begins


def _records_of(folder: Path) -> Path:
    """Return the file of a review's records."""
    from synthesist.errors import NotFound
    from synthesist.store.together import finish_decided

    if not folder.is_dir():
        raise NotFound(f"There is no folder {folder}.", remedy="check the path")
    # What an import that was killed had decided belongs to the review.
    finish_decided(folder)
    file = folder / "records.csv"
    if not file.is_file():
        raise NotFound(
            "The review has no records.csv.",
            where=str(folder),
            remedy="take exports in with synthesist import",
        )
    return file


def save_index(folder: Path, held: Held, compared: Iterable[Pair]) -> None:
    """Write the index; where it cannot be written, the next run takes longer."""
    import numpy as np

    records = held.loaded.records
    if not held.digest or held.new_from == len(records) > 0:
        return
    pairs = list(compared)
    kinds = {kind: n for n, kind in enumerate({(p.answer, p.reason) for p in pairs})}
    named = [(name, place) for name, p in held.reports.items() for place in p]
    texts = {name: "\n".join(getattr(records, name)) for name in _TEXTS}
    parts = {
        name: "\n".join(PART.join(map(str, value)) for value in getattr(records, name))
        for name in _PARTS
    }
    numbers = {name: np.array(getattr(records, name), np.int64) for name in _NUMBERS}
    columns = {
        "form": _bytes(FORM),
        "keys": np.frombuffer(records.keys, np.uint64),
        "size": np.array([held.size], np.int64),
        "key": _bytes(held.digest),
        "report": _bytes("\n".join(name for name, _ in named)),
        "reported": np.array([place for _, place in named], np.int64),
        "pairs": np.array([pair[:2] for pair in pairs], np.int64).reshape(-1, 2),
        "scores": np.array([pair.score for pair in pairs], float),
        "kind_of": np.array([kinds[p.answer, p.reason] for p in pairs], np.int64),
        "kinds": _bytes("\n".join(PART.join(kind) for kind in kinds)),
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

    size = len(held["year"])

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
    kinds = [line.split(PART) for line in held["kinds"].tobytes().decode().split("\n")]
    compared = tuple(
        Pair(left, right, kinds[kind][0], score, kinds[kind][1])
        for (left, right), score, kind in zip(
            held["pairs"].tolist(),
            held["scores"].tolist(),
            held["kind_of"].tolist(),
            strict=True,
        )
    )
    reports: dict[str, list[int]] = {}
    names = held["report"].tobytes().decode().split("\n")
    for name, place in zip(names, held["reported"].tolist(), strict=False):
        reports.setdefault(name, []).append(place)
    return {
        "records": records,
        "compared": compared,
        "reports": reports,
        "size": int(held["size"][0]),
        "key": held["key"].tobytes().decode(),
    }
