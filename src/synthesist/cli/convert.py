"""The command `convert`."""

from __future__ import annotations

from pathlib import Path

import click

from synthesist.cli.output import echo_json
from synthesist.cli.reading_options import reading_options


@click.command("convert")
@click.argument("file", type=click.Path(path_type=Path))
@click.argument("target", type=click.Path(path_type=Path))
@reading_options
@click.option(
    "--to",
    default="",
    metavar="FORMAT",
    help="The target's format, where its name does not tell: ris, nbib, bibtex, csv, xlsx,"
    " endnote-xml, csl-json.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the account as JSON.")
def command(
    file: Path,
    target: Path,
    dialect: str,
    columns: dict[str, str],
    to: str,
    as_json: bool,
) -> None:
    """Write the references of FILE, or of the review in a folder, to TARGET.

    TARGET's ending names its format. Without an ending it is a new folder, in which
    a review begins with these references.
    """
    from synthesist.actions.convert import convert_references

    done = convert_references(file, target, dialect=dialect, to=to, columns=columns)
    if as_json:
        echo_json(done.to_dict())
        return
    for report in done.reports:
        click.echo(report.summary())
    if done.untold:
        click.echo(
            f"{done.untold} are written as their rows in records.csv have them:"
            " their exports are gone, or read otherwise"
        )
    one = done.references == 1
    click.echo(f"{done.references} reference{' is' if one else 's are'} in {target}")
