"""The command `measures`."""

from __future__ import annotations

from collections.abc import Iterable

import click

from synthesist.cli.choice import Code
from synthesist.cli.output import echo_json


def codes() -> Iterable[str]:
    """Return the codes of the measures, loaded when they are asked for."""
    from synthesist.effects import MEASURES

    return MEASURES


@click.command("measures")
@click.argument("code", nargs=-1, type=Code("measure", codes), metavar="[CODE]...")
@click.option("--json", "as_json", is_flag=True, help="Print the list as JSON.")
def command(code: tuple[str, ...], as_json: bool) -> None:
    """List the measures, or those of CODE, with the columns each of them needs.

    Every line under a measure is a set of columns that is enough; a study may
    fill any of them. In their names t is treated, c is control.
    """
    from synthesist.actions import analysis

    measures = [m for m in analysis.list_measures() if not code or m.code in code]
    if as_json:
        echo_json({"measures": [measure.to_dict() for measure in measures]})
        return
    wide = max(len(measure.code) for measure in measures)
    for design in dict.fromkeys(measure.design for measure in measures):
        click.echo(f"{design.capitalize()}\n")
        for measure in measures:
            if measure.design == design:
                click.echo(f"  {measure.code:<{wide}}  {measure.label}")
                for columns in measure.columns:
                    click.echo(f"  {'':<{wide}}    {', '.join(columns)}")
        click.echo()
