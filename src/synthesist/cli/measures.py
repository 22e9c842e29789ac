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
    code = max(len(measure.code) for measure in measures)
    label = max(len(measure.label) for measure in measures)
    for design in dict.fromkeys(measure.design for measure in measures):
        click.echo(f"{design.capitalize()}")
        for measure in measures:
            if measure.design == design:
                name = f"  {measure.code:<{code}}  {measure.label:<{label}}"
                for columns in measure.columns:
                    click.echo(f"{name}  {' '.join(columns)}")
                    name = f"{'or':>{len(name)}}"
        click.echo()
    click.echo("Columns are named by their roles: t is treated, c is control.")
