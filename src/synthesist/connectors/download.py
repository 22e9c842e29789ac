"""Download every page of a search, so that it can be killed anywhere and resumed."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple, cast

from synthesist.connectors.fetch import Clock, Fetcher
from synthesist.connectors.service import Answer, Ask, Expired, Service, State
from synthesist.connectors.settings import Settings
from synthesist.errors import InvalidInput

#: How often a download begins again because the service changed its mind.
RESTARTS = 2

#: A search is of one day; what is older begins again.
OLDEST = timedelta(hours=20)

STATE = "state.json"


class Progress(NamedTuple):
    """Where a download stands, for whoever waits."""

    received: int
    total: int | None
    pages: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Download:
    """A complete search as the service answered it.

    `files` hold records; a page without any was looked at and left out. `announced`
    is what the service said in the end how many there are, `received` how many
    came. `notes` say what a reader of the search must know.
    """

    files: tuple[Path, ...]
    announced: int
    received: int
    started: datetime
    finished: datetime
    requests: int
    notes: tuple[str, ...]


def download(
    service: Service,
    settings: Settings,
    ask: Ask,
    folder: Path,
    *,
    version: str,
    stem: str = "",
    most: int = 50_000,
    clock: Clock | None = None,
    tell: Callable[[Progress], None] = lambda progress: None,
) -> Download:
    """Download a search into a folder, or go on with what is there.

    Each page is on the disk before the next is asked for. When the count changes
    or the service forgets, everything is asked for again, at most twice.

    Parameters
    ----------
    folder : Path
        Where pages wait; only this search may use it.
    version : str
        The program's, for the services.
    stem : str
        What the files' names begin with; the service's code by default.
    most : int
        More records than this are refused before the second page.

    Raises
    ------
    InvalidInput
        If the service refuses the query, or it finds more than `most`.
    Unavailable
        If it does not answer; what came is kept.
    """
    clock = clock or Clock()
    work = _Work(service, ask, folder, stem or service.code, clock)
    fetch = settings.fetcher(service, version, clock)
    signature = service.signature(settings.api_key, settings.email)
    while not work.done:
        try:
            answer = service.next(fetch, ask, work.state, signature)
        except Expired:
            work.restart("the service had forgotten the search and it was repeated")
            continue
        work.count(fetch)
        found = max(answer.total or 0, work.received + len(answer.ids))
        if found > most:
            work.clear()
            raise InvalidInput(
                f"{service.name} finds {found:,} records.",
                remedy=f"narrow the query, or allow more than {most:,} with --most",
            )
        work.keep(answer)
        tell(Progress(work.received, work.total, len(work.pages)))
        if work.done and (why := work.disagreement()):
            work.settle(why)
    return work.result()


class _Work:
    """The pages so far, and where to go on; the only thing here that changes."""

    def __init__(
        self, service: Service, ask: Ask, folder: Path, stem: str, clock: Clock
    ) -> None:
        self.folder = folder
        self.service = service
        self.clock = clock
        self.key = {"query": ask.query, "limits": dict(ask.limits)}
        self.stem = stem
        self._counted = 0
        self._reset()
        self.restarts = 0
        self.notes: list[str] = []
        self._resume()

    def _reset(self) -> None:
        """Forget everything but what the log must say."""
        self.state: State = {}
        self.pages: list[dict[str, Any]] = []
        self.ids: dict[str, None] = {}
        self.total: int | None = None
        self.totals: list[int] = []
        self.doubled = 0
        self.requests = 0
        self.done = False
        self.started = self.clock.now()

    @property
    def received(self) -> int:
        """Count the records that came."""
        return sum(page["records"] for page in self.pages)

    def _resume(self) -> None:
        """Take up what an earlier process left, if it is whole and of this search."""
        try:
            held = json.loads((self.folder / STATE).read_text(encoding="utf-8"))
            started = datetime.fromisoformat(held["started"])
            pages = cast("list[dict[str, Any]]", held["pages"])
            age = self.clock.now() - started
            whole = all(
                _digest(self.folder / page["name"]) == page["sha256"] for page in pages
            )
            if (
                held["key"] != self.key
                or not whole
                or not timedelta(0) <= age <= OLDEST
            ):
                return
            self.state, self.done = held["state"], held["done"]
            self.pages, self.started = pages, started
            self.total, self.totals = held["total"], held["totals"]
            self.doubled, self.requests = held["doubled"], held["requests"]
            self.restarts, self.notes = held["restarts"], held["notes"]
            self.ids = dict.fromkeys(held["ids"])
        except (OSError, ValueError, KeyError, TypeError):
            self._reset()

    def count(self, fetch: Fetcher) -> None:
        """Add the requests made since."""
        self.requests += fetch.requests - self._counted
        self._counted = fetch.requests

    def keep(self, answer: Answer) -> None:
        """Have a page on the disk, then the place where to go on."""
        if answer.total is not None:
            self.total = answer.total
            self.totals.append(answer.total)
        self.doubled += sum(one in self.ids for one in answer.ids)
        self.ids.update(dict.fromkeys(answer.ids))
        if answer.ids:
            self._write_page(answer)
        for said in answer.said:
            self._note(f"the service says: {said}")
        self.state = answer.following or {}
        self.done = answer.following is None
        self._write_state()

    def _write_page(self, answer: Answer) -> None:
        """Write a page as it came."""
        self.folder.mkdir(parents=True, exist_ok=True)
        day = self.started.date().isoformat()
        number = len(self.pages) + 1
        name = f"{self.stem}-{day}-{number:03d}{self.service.suffix}"
        _write(self.folder / name, answer.body)
        digest = hashlib.sha256(answer.body).hexdigest()
        self.pages.append({"name": name, "sha256": digest, "records": len(answer.ids)})

    def _note(self, note: str) -> None:
        """Keep what a reader of the search must know, once."""
        if note not in self.notes:
            self.notes.append(note)

    def _write_state(self) -> None:
        """Write where to go on, whole or not at all."""
        self.folder.mkdir(parents=True, exist_ok=True)
        value = {
            "key": self.key,
            "started": self.started.isoformat(),
            "state": self.state,
            "done": self.done,
            "pages": self.pages,
            "ids": list(self.ids),
            "total": self.total,
            "totals": self.totals,
            "doubled": self.doubled,
            "requests": self.requests,
            "restarts": self.restarts,
            "notes": self.notes,
        }
        draft = self.folder / f"{STATE}.draft"
        _write(draft, json.dumps(value).encode())
        draft.replace(self.folder / STATE)

    def disagreement(self) -> str:
        """Say what is odd about the pages as a whole; nothing if they agree."""
        if self.doubled:
            return f"{self.doubled} records came twice while the service was read"
        if self.total is not None and self.total != self.received:
            return (
                f"the service announced {self.total} records and gave {self.received}"
            )
        return ""

    def settle(self, why: str) -> None:
        """Begin again, or, when that did not help, say so."""
        if self.restarts < RESTARTS:
            self.restart(f"{why}; it was read again")
        else:
            self._note(why)
            self._write_state()

    def restart(self, why: str) -> None:
        """Begin again."""
        if self.restarts >= RESTARTS:
            raise InvalidInput(
                f"{self.service.name} cannot be read to its end: {why}.",
                remedy="repeat the command later",
            )
        self.restarts += 1
        self._note(why)
        for page in self.pages:
            (self.folder / page["name"]).unlink(missing_ok=True)
        requests = self.requests
        self._reset()
        self.requests = requests
        self._write_state()

    def clear(self) -> None:
        """Leave nothing."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def result(self) -> Download:
        """Return what came."""
        notes = list(self.notes)
        counts = sorted(set(self.totals))
        if len(counts) > 1:
            notes.append(
                f"the number of records changed between {counts[0]} and {counts[-1]} while it was read"
            )
        return Download(
            files=tuple(self.folder / page["name"] for page in self.pages),
            announced=self.total if self.total is not None else self.received,
            received=self.received,
            started=self.started,
            finished=self.clock.now(),
            requests=self.requests,
            notes=tuple(notes),
        )


def _digest(path: Path) -> str:
    """Return the SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _write(path: Path, body: bytes) -> None:
    """Write a file and have it on the disk."""
    with path.open("wb") as stream:
        stream.write(body)
        stream.flush()
        os.fsync(stream.fileno())
