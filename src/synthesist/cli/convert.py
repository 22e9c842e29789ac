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
    """Write the references of FILE to TARGET in another format."""
    from synthesist.actions.references import convert_references

    report = convert_references(file, target, dialect=dialect, to=to, columns=columns)
    if as_json:
        echo_json({"target": str(target)} | report.to_dict())
        return
    click.echo(report.summary())
    click.echo(f"{report.records} references are in {target}")
