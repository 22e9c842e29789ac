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
@click.option(
    "--design",
    type=click.Choice(("randomised", "non-randomised", "single-arm", "case-report")),
    default="randomised",
    show_default=True,
    help="Design of the studies of a RevMan 5 review, which does not say.",
)
@click.option(
    "--references-only",
    is_flag=True,
    help="Leave the studies and outcome data of a RevMan 5 review out.",
)
@reading_options
@click.option("--json", "as_json", is_flag=True, help="Print the accounts as JSON.")
def command(
    folder: Path,
    files: tuple[Path, ...],
    source: str,
    design: str,
    references_only: bool,
    dialect: str,
    columns: dict[str, str],
    as_json: bool,
) -> None:
    """Take search exports into the review in FOLDER: all FILES, or none if one fails."""
    from synthesist.actions.references import import_references

    result = import_references(
        folder,
        files,
        source=source,
        dialect=dialect,
        columns=columns,
        design=None if references_only else design,
    )
    if as_json:
        echo_json(result.to_dict())
        return
    for taken in result.files:
        click.echo(taken.report.summary())
        if taken.data is not None:
            click.echo(taken.data.summary())
        new = ", which is new in review.toml" if taken.new_source else ""
        click.echo(
            f"Taken in as searches/{taken.name} under the source {taken.source}{new}"
        )
        if taken.corrections:
            click.echo(
                f"What was set aside is in {taken.corrections}: correct it there and import that file"
            )
