"""The command `inspect`."""

from __future__ import annotations

from pathlib import Path

import click

from synthesist.cli.output import echo_json
from synthesist.cli.reading_options import reading_options


@click.command("inspect")
@click.argument("file", type=click.Path(path_type=Path))
@reading_options
@click.option("--json", "as_json", is_flag=True, help="Print what was found as JSON.")
def command(file: Path, dialect: str, columns: dict[str, str], as_json: bool) -> None:
    """Say what a file of references is, and whether every record in it is accounted for."""
    from synthesist.actions.references import inspect_file

    found = inspect_file(file, dialect=dialect, columns=columns)
    if as_json:
        echo_json(found.to_dict())
        return
    click.echo(found.report.summary())
    if found.first is not None:
        first = found.first
        authors = "; ".join(map(str, first.authors[:3])) + (
            "; ..." if first.authors[3:] else ""
        )
        place = " ".join(filter(None, (first.journal, first.year)))
        parts = (authors, first.title, place, first.doi)
        click.echo("The first record: " + ". ".join(filter(None, parts)))
