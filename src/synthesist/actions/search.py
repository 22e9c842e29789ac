"""Search a service, and take what it answers into a review."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from synthesist.actions.references import ImportResult

if TYPE_CHECKING:
    from synthesist.connectors import Ask, Download, Progress, Service, Settings
    from synthesist.connectors.fetch import Clock
    from synthesist.review import Protocol, SearchSource
    from synthesist.store.search_log import LoggedSearch
    from synthesist.store.together import Replacement

#: Where pages wait until the last has come.
WAITING = ".searching"

#: More records than any question about patients has; a slip in a query has more.
MOST = 50_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is searched for: a source of the review, or a query to a service.

    Empty, `query` is the strategy of the source and `service` is found from its
    name. `limits` are parameters in the service's own words.
    """

    source: str
    query: str = ""
    service: str = ""
    limits: Mapping[str, str] = field(default_factory=dict[str, str])
    most: int = MOST
    restart: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchResult:
    """A search that was taken in: what the log says of it, and its files' accounts."""

    entry: LoggedSearch
    taken: ImportResult

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON values, every key always present."""
        from dataclasses import asdict

        return {"search": asdict(self.entry)} | self.taken.to_dict()


def search_service(
    folder: Path,
    asked: Asked,
    *,
    config: Path | None = None,
    clock: Clock | None = None,
    tell: Callable[[Progress], None] = lambda progress: None,
) -> SearchResult:
    """Search a service for a source of a review, all of it or nothing.

    Its answers are copied to searches/ as they came, their records become rows of
    records.csv, and the search becomes a row of search-log.csv, together. What had
    come when the process died is kept in the folder and not asked for again.

    Parameters
    ----------
    folder : Path
        The review.
    asked : Asked
        What to search for.
    config : Path, optional
        The configuration of the services; see `synthesist.connectors.read_settings`.
    clock : Clock, optional
        Time, for tests.
    tell : callable
        Told after every page how far it is.

    Raises
    ------
    Conflict
        If another process does the same search now.
    InvalidInput
        If the review or the configuration is wrong, or the service refuses.
    NotFound
        If there is no such folder.
    Unavailable
        If the service does not answer.
    """
    import shutil

    from synthesist import __version__
    from synthesist.connectors import Ask, download, find_service, read_settings
    from synthesist.errors import InvalidInput
    from synthesist.store import read_folder
    from synthesist.store.together import held

    protocol = read_folder(folder).protocol
    known = _known_source(protocol, asked.source)
    service = _service(find_service, asked, known)
    query = asked.query or (known.strategy if known else "")
    if not query.strip() and not asked.limits:
        raise InvalidInput(
            f"The source {asked.source} has no strategy.",
            where="review.toml",
            remedy="write its strategy there, or give the query with --query",
        )
    settings = read_settings(service, config)
    ask = Ask(query=query, limits=asked.limits)
    source = known.id if known else _new_id(protocol, asked.source)
    place = folder / WAITING / _key(service, settings, ask, source)
    with held(place, "The same search is being done"):
        pages = place / "pages"
        if asked.restart:
            shutil.rmtree(pages, ignore_errors=True)
        found = download(
            service,
            settings,
            ask,
            pages,
            version=__version__,
            stem=source,
            most=asked.most,
            clock=clock,
            tell=tell,
        )
        result = _take(folder, source, known, service, settings, ask, found)
        shutil.rmtree(pages, ignore_errors=True)
    shutil.rmtree(place, ignore_errors=True)
    waiting = folder / WAITING
    if not any(waiting.iterdir()):
        waiting.rmdir()
    return result


def _known_source(protocol: Protocol, wanted: str) -> SearchSource | None:
    """Return the source of the review that is meant, by id or name."""
    for source in protocol.sources:
        if wanted == source.id or wanted.lower() == source.name.lower():
            return source
    return None


def _service(
    find: Callable[..., Service], asked: Asked, known: SearchSource | None
) -> Service:
    """Return the service to ask."""
    if asked.service:
        return find(asked.service)
    if known is None:
        return find(asked.source)
    if known.platform:
        # A strategy is written for its platform: Ovid's is none of PubMed's.
        return find(known.platform)
    return find(known.id, known.name)


def _new_id(protocol: Protocol, wanted: str) -> str:
    """Return the id of a source that is not in the review yet."""
    plain = "".join(c if c.isascii() and c.isalnum() else "-" for c in wanted.lower())
    slug = "-".join(filter(None, plain.split("-")))[:40] or "source"
    taken = {source.id for source in protocol.sources}
    return slug if slug not in taken else f"{slug}-2"


def _key(service: Service, settings: Settings, ask: Ask, source: str) -> str:
    """Name the place where the pages of this search wait, and of no other."""
    said = [service.code, settings.site, ask.query, dict(ask.limits), source]
    digest = hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()
    return f"{source}-{digest[:12]}"


def _take(
    folder: Path,
    source: str,
    known: SearchSource | None,
    service: Service,
    settings: Settings,
    ask: Ask,
    found: Download,
) -> SearchResult:
    """Take the pages in, together with the log of the search."""
    from synthesist import __version__
    from synthesist.actions.references import take_in
    from synthesist.store.search_log import (
        NAME,
        LoggedSearch,
        is_logged,
        write_with_search,
    )
    from synthesist.store.source_entries import NewSource

    limits = "; ".join(f"{name}={value}" for name, value in ask.limits.items())
    entry = LoggedSearch(
        source=source,
        service=service.name,
        address=f"{settings.site.origin}{settings.site.path}",
        query=ask.query,
        limits=limits,
        started=found.started.isoformat(timespec="seconds"),
        finished=found.finished.isoformat(timespec="seconds"),
        announced=found.announced,
        received=found.received,
        requests=found.requests,
        files="; ".join(path.name for path in found.files),
        notes="; ".join(found.notes),
        program=f"synthesist {__version__}",
    )
    if is_logged(folder, source, entry.started):
        # It died between taking the pages in and clearing them away.
        return SearchResult(entry=entry, taken=ImportResult(folder=folder, files=()))
    new_source = NewSource(
        id=source,
        name=known.name if known else service.name,
        kind=service.kind,
        date=found.started.date().isoformat(),
        strategy=ask.query,
        hits=found.announced,
    )

    def log(new: Replacement, result: ImportResult) -> None:
        nonlocal entry
        from dataclasses import replace

        names = "; ".join(taken.name for taken in result.files)
        entry = replace(entry, files=names)
        write_with_search(folder / NAME, new.path(NAME), entry)

    taken = take_in(folder, found.files, entry=new_source, also=log)
    return SearchResult(entry=entry, taken=taken)
