"""The command `measures`."""

from __future__ import annotations

import click

from synthesist.cli.output import echo_json


@click.command("measures")
@click.option("--json", "as_json", is_flag=True, help="Print the list as JSON.")
def command(as_json: bool) -> None:
    """List the measures, with the columns each of them needs."""
    from synthesist.actions import analysis

    measures = analysis.list_measures()
    if as_json:
        echo_json({"measures": [measure.to_dict() for measure in measures]})
        return
    wide = max(len(measure.code) for measure in measures)
    design = ""
    for measure in measures:
        if measure.design != design:
            design = measure.design
            click.echo(f"{design.capitalize()}\n")
        click.echo(f"  {measure.code:<{wide}}  {measure.label}")
        for number, columns in enumerate(measure.columns):
            word = "or" if number else "  "
            click.echo(f"  {'':<{wide}}  {word} {' '.join(columns)}")
        click.echo()
