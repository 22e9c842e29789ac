"""The command `new`."""

from __future__ import annotations

from pathlib import Path

import click

from synthesist.cli.output import echo_json


@click.command("new")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option(
    "--bare",
    is_flag=True,
    help="Write review.toml with a title alone, without the invented example.",
)
@click.option("--json", "as_json", is_flag=True, help="Print what was written as JSON.")
def command(folder: Path, bare: bool, as_json: bool) -> None:
    """Write the template of a review into FOLDER; it runs as it is."""
    from synthesist.actions.new_review import new_review

    files = new_review(folder, bare=bare)
    if as_json:
        echo_json({"folder": str(folder), "files": [str(file) for file in files]})
        return
    click.echo(f"{folder} holds a review that {'begins' if bare else 'runs as it is'}:")
    for file in files:
        click.echo(f"  {file}")
    click.echo(f"Edit it, and see what is missing with: synthesist check {folder}")
