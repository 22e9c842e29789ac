"""Find the pairs worth comparing without comparing all: those that share a key."""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING
from zlib import crc32

import numpy as np

from synthesist.dedup.bibliography import Normalised

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Keys = NDArray[np.uint64]
    Pairs = NDArray[np.int64]

#: Up to so many references with one key are all compared with each other; among
#: more, each with its next neighbours in the order of their contents.
CROWD = 40
NEIGHBOURS = 12

#: What the references of a block have in common. Each key survives an error that
#: spoils another one: a slip at the start of a title leaves its end and its longest
#: words, another title leaves volume and page.
KEYS = (
    "title",
    "title, another form",
    "start of title and first author",
    "end of title and year",
    "longest words of title",
    "DOI",
    "PMID",
    "year, volume and first page",
    "first author, first page and volume",
    "first author, year and first page",
    "abstract",
    "first author, year and journal",
    "volume, first page and start of title",
)


def make_keys(given: Normalised) -> array[int]:
    """Return the keys of every reference, one after the other; 0 where it has none."""
    found = array("Q")
    for place in range(len(given)):
        found.extend(_keys(given, place))
    return found


def key_table(given: Normalised) -> Keys:
    """Return the keys of every reference (n, len(KEYS))."""
    return np.frombuffer(given.keys, np.uint64).reshape(len(given), len(KEYS))


def _keys(given: Normalised, place: int) -> tuple[int, ...]:
    """Return the keys of one reference."""
    title = given.title[place]
    tight = title.replace(" ", "")
    authors = given.authors[place] or given.other_authors[place]
    lead = authors[0].partition(" ")[0][:5] if authors else ""
    year, volume = given.year[place], given.volume[place]
    pages = given.pages[place]
    page = str(pages.first) if pages.first >= 0 else pages.other
    others, journal = given.others[place], given.journal[place]
    longest = ""
    if len(tight) > 20:
        words = sorted(sorted(set(title.split())), key=len)[-3:]
        longest = " ".join(sorted(words))
    led = bool(lead and page)
    return (
        _key(1, tight),
        _key(1, others[0].replace(" ", "") if others else ""),
        _key(2, f"{tight[:14]} {lead}" if len(tight) > 8 else ""),
        _key(3, f"{tight[-14:]} {year}" if len(tight) > 14 else ""),
        _key(4, longest),
        _key(5, given.doi[place]),
        _key(6, given.pmid[place]),
        _key(7, f"{year} {volume} {page}" if volume and page and year else ""),
        _key(8, f"{lead} {page} {volume}" if led and volume else ""),
        _key(9, f"{lead} {page} {year}" if led and year else ""),
        _key(10, given.abstract[place][:60]),
        _key(
            11, f"{lead} {year} {journal[0][:3]}" if lead and year and journal else ""
        ),
        _key(12, f"{volume} {page} {tight[:8]}" if volume and page and tight else ""),
    )


def _key(number: int, text: str) -> int:
    """Return a key that no other kind of key has; 0 for no text."""
    return number << 32 | crc32(text.encode("utf-8", "replace")) if text else 0


def order_of(given: Normalised) -> NDArray[np.int64]:
    """Return the place of each reference in the order of contents, then ids.

    What follows from this order does not depend on that of the input.
    """
    by = sorted(
        range(len(given)),
        key=lambda i: (
            given.title[i],
            given.year[i],
            given.volume[i],
            given.pages[i],
            given.journal[i],
            given.ids[i],
        ),
    )
    rank = np.empty(len(by), np.int64)
    rank[np.array(by, dtype=np.int64)] = np.arange(len(by))
    return rank


def find_pairs(keys: Keys, rank: NDArray[np.int64], new_from: int = 0) -> Pairs:
    """Return the pairs that share a key (m, 2), each once, by place.

    Parameters
    ----------
    keys : (n, k) array
        From `key_table`.
    rank : (n,) array
        From `order_of`.
    new_from : int
        Only pairs of which one stands here or later: what was there before has
        been compared already.
    """
    n = len(keys)
    found = [np.empty(0, np.int64)]
    # A title and its other form are compared with each other.
    columns = [np.concatenate((keys[:, 0], keys[:, 1]))]
    owners = [np.concatenate((np.arange(n), np.arange(n)))]
    columns += [keys[:, place] for place in range(2, keys.shape[1])]
    owners += [np.arange(n)] * (keys.shape[1] - 2)
    for column, owner in zip(columns, owners, strict=True):
        there = np.flatnonzero(column)
        if new_from:
            fresh = np.unique(column[there][owner[there] >= new_from])
            there = there[np.isin(column[there], fresh)]
        if len(there) < 2:
            continue
        sorting = np.lexsort((rank[owner[there]], column[there]))
        placed, values = owner[there][sorting], column[there][sorting]
        _, inverse, sizes = np.unique(values, return_inverse=True, return_counts=True)
        reach = np.where(sizes[inverse] <= CROWD, CROWD, NEIGHBOURS)
        active = np.arange(len(values))
        for step in range(1, CROWD):
            active = active[active + step < len(values)]
            active = active[
                (values[active] == values[active + step]) & (step <= reach[active])
            ]
            if not len(active):
                break
            one, two = placed[active], placed[active + step]
            low, high = np.minimum(one, two), np.maximum(one, two)
            keep = (low < high) & (high >= new_from)
            found.append(low[keep] * n + high[keep])
    codes = np.unique(np.concatenate(found))
    return np.column_stack((codes // n, codes % n)) if n else np.empty((0, 2), np.int64)
