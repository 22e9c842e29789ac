"""The command `import`."""

from __future__ import annotations

from pathlib import Path

import click

from synthesist.cli.output import echo_json
from synthesist.cli.reading_options import reading_options


@click.command("import")
@click.argument("folder", type=click.Path(path_type=Path))
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--source",
    default="",
    metavar="NAME",
    help="Id or name of the source that was searched; a new one is entered in review.toml.",
)
@reading_options
@click.option("--json", "as_json", is_flag=True, help="Print the accounts as JSON.")
def command(
    folder: Path,
    files: tuple[Path, ...],
    source: str,
    dialect: str,
    columns: dict[str, str],
    as_json: bool,
) -> None:
    """Take search exports into the review in FOLDER: all FILES, or none if one fails."""
    from synthesist.actions.references import import_references

    result = import_references(
        folder, files, source=source, dialect=dialect, columns=columns
    )
    if as_json:
        echo_json(result.to_dict())
        return
    for taken in result.files:
        click.echo(taken.report.summary())
        new = ", which is new in review.toml" if taken.new_source else ""
        click.echo(
            f"Taken in as searches/{taken.name} under the source {taken.source}{new}"
        )
        if taken.corrections:
            click.echo(
                f"What was set aside is in {taken.corrections}: correct it there and import that file"
            )
