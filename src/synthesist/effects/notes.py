"""Remarks of a computation become notes: one a study, and some of the whole."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import cast, overload

from synthesist.effects.work import Indices, Remark

#: More names than this say less than their number.
NAMED = 4


class Labels(Sequence[str]):
    """Texts made when they are asked for: a million labels cost nothing unread."""

    __slots__ = ("_length", "_text")

    def __init__(self, length: int, text: Callable[[int], str]) -> None:
        self._length = length
        self._text = text

    def __len__(self) -> int:
        return self._length

    @overload
    def __getitem__(self, index: int) -> str: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[str, ...]: ...
    def __getitem__(self, index: int | slice) -> str | tuple[str, ...]:
        if isinstance(index, slice):
            return tuple(self._text(i) for i in range(*index.indices(self._length)))
        place = index + self._length if index < 0 else index
        if not 0 <= place < self._length:
            raise IndexError(index)
        return self._text(place)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Sequence):
            return NotImplemented
        return tuple(self) == tuple(cast("Sequence[object]", other))

    def __hash__(self) -> int:
        return hash(tuple(self))

    def __repr__(self) -> str:
        return repr(tuple(self))


def numbered(length: int) -> Labels:
    """Return the labels 1, 2, ... of studies without a name."""
    return Labels(length, lambda index: str(index + 1))


def row_notes(remarks: Mapping[Remark, Indices], length: int) -> Sequence[str]:
    """Return what must be known of each study, empty where nothing."""
    texts: dict[int, str] = {}
    for remark, rows in remarks.items():
        if remark.row:
            for index in rows.tolist():
                before = texts.get(index)
                texts[index] = f"{before}; {remark.row}" if before else remark.row
    return Labels(length, lambda index: texts.get(index, ""))


def table_notes(
    remarks: Mapping[Remark, Indices], study: Sequence[str]
) -> tuple[str, ...]:
    """Return what must be known of the whole table."""
    return tuple(
        remark.table.replace("{studies}", named(study, rows.tolist()))
        for remark, rows in remarks.items()
        if remark.table
    )


def named(study: Sequence[str], rows: Iterable[int]) -> str:
    """Say which studies are meant: '2 studies (Bach 1996, George 1997)'."""
    labels = [study[row] for row in rows]
    number = "1 study" if len(labels) == 1 else f"{len(labels)} studies"
    return f"{number} ({', '.join(labels)})" if len(labels) <= NAMED else number
