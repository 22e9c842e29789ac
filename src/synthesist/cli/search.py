"""The command `search`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from synthesist.cli.output import echo_json
from synthesist.cli.reading_options import pairs
from synthesist.errors import InvalidInput

if TYPE_CHECKING:
    from synthesist.actions.references import Taken
    from synthesist.connectors import Progress

#: Files whose accounts are printed one by one.
LISTED = 5


@click.command("search")
@click.argument("folder", type=click.Path(path_type=Path))
@click.argument("source")
@click.option(
    "--query",
    default="",
    metavar="TEXT",
    help="The strategy, where review.toml does not hold it; @FILE reads it from a file.",
)
@click.option(
    "--service",
    default="",
    metavar="NAME",
    help="Where the source's name does not tell: pubmed, europe-pmc, clinicaltrials,"
    " openalex, crossref.",
)
@click.option(
    "--limit",
    "limits",
    multiple=True,
    callback=pairs("--limit", "parameter", "filter.overallStatus=COMPLETED"),
    metavar="NAME=VALUE",
    help="A parameter in the service's own words; may be repeated, and is logged.",
)
@click.option(
    "--most",
    type=click.IntRange(min=1),
    default=50_000,
    show_default=True,
    help="Refuse a search that finds more records.",
)
@click.option(
    "--config",
    type=click.Path(path_type=Path),
    help="Addresses, keys and e-mail of the services; else SYNTHESIST_CONFIG, else"
    " config.toml of the user.",
)
@click.option(
    "--restart", is_flag=True, help="Ask for everything anew, not only for the rest."
)
@click.option("--json", "as_json", is_flag=True, help="Print log and accounts as JSON.")
def command(
    folder: Path,
    source: str,
    query: str,
    service: str,
    limits: dict[str, str],
    most: int,
    config: Path | None,
    restart: bool,
    as_json: bool,
) -> None:
    """Search SOURCE, a service or a source of the review in FOLDER, and take in what it finds."""
    from synthesist.actions.search import Asked, search_service

    asked = Asked(
        source=source,
        query=_from_file(query),
        service=service,
        limits=limits,
        most=most,
        restart=restart,
    )
    result = search_service(
        folder, asked, config=config, tell=_quiet if as_json else _tell
    )
    if as_json:
        echo_json(result.to_dict())
        return
    entry = result.entry
    click.echo(
        f"{entry.service}: {entry.announced:,} records announced, {entry.received:,} received,"
        f" {entry.requests} requests, {entry.started}"
    )
    for note in filter(None, entry.notes.split("; ")):
        click.echo(f"Note: {note}")
    _print_files(result.taken.files)
    click.echo(f"Taken in under the source {entry.source}; logged in search-log.csv")


def _print_files(files: Sequence[Taken]) -> None:
    """Print the account of every file, or their sum where they are many."""
    if len(files) > LISTED:
        began = sum(taken.report.start_markers for taken in files)
        kept = sum(taken.report.records for taken in files)
        aside = sum(len(taken.report.set_aside) for taken in files)
        click.echo(
            f"{len(files)} files: {began:,} start markers = {kept:,} records"
            f" + {aside:,} set aside"
        )
    for taken in files:
        if len(files) <= LISTED or taken.corrections:
            click.echo(taken.report.summary())
        if taken.corrections:
            click.echo(
                f"What was set aside is in {taken.corrections}: correct it there and"
                " import that file"
            )


def _from_file(query: str) -> str:
    """Return the query itself, or what the file named after @ holds."""
    if not query.startswith("@"):
        return query
    try:
        return Path(query[1:]).read_text(encoding="utf-8-sig").strip()
    except (OSError, ValueError) as error:
        raise InvalidInput(
            f"The query cannot be read: {error}", remedy="check the path"
        ) from None


def _tell(progress: Progress) -> None:
    """Say how far it is."""
    of = "" if progress.total is None else f" of {progress.total:,}"
    click.echo(f"{progress.received:,}{of} records", err=True)


def _quiet(_progress: Progress) -> None:
    """Say nothing."""
