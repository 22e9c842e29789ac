"""The command `regimen`."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click

from synthesist.cli.choice import Code
from synthesist.cli.output import echo_json


def formulas() -> Iterable[str]:
    """Return the codes of the formulas for body surface, loaded when asked for."""
    from synthesist.trials import SURFACE_FORMULAS

    return SURFACE_FORMULAS


def products() -> Iterable[str]:
    """Return the kinds of product, loaded when they are asked for."""
    from synthesist.trials.quantities import PRODUCTS

    return PRODUCTS


@click.command("regimen")
@click.argument("line", nargs=-1, required=True, metavar="LINE...")
@click.option("--unit", help="The unit of the answer, such as MIU/m2.")
@click.option("--weight", type=float, help="The weight in kg that is assumed.")
@click.option("--height", type=float, help="The height in cm that is assumed.")
@click.option("--surface", type=float, help="The body surface in m2 that is assumed.")
@click.option(
    "--formula",
    type=Code("formula for body surface", formulas),
    default="mosteller",
    show_default=True,
    help="From weight and height to surface: du-bois or mosteller.",
)
@click.option(
    "--product",
    type=Code("kind of product", products),
    default="native",
    show_default=True,
    help="native, pegylated, fusion or cells.",
)
@click.option("--conversion", default="", help="Such as '1 mg = 16.4 MIU'.")
@click.option(
    "--days", "window", type=int, nargs=2, help="Also the dose from one day to another."
)
@click.option(
    "--printed", default="", help="A printed dose, such as '24 MIU/m2 per month'."
)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    metavar="FILE",
    multiple=True,
    help="Also draw them; the name ends in .svg, .pdf or .png. May be given again.",
)
@click.option(
    "--weeks", type=int, default=12, show_default=True, help="Length of the drawing."
)
@click.option("--json", "as_json", is_flag=True, help="Print the answer as JSON.")
def command(line: tuple[str, ...], as_json: bool, **asked: Any) -> None:
    """Say what doses follow from regimens, each written as one LINE.

    For example: "9 MIU/m2 SC twice daily days 1-2; 0.9 MIU/m2 SC twice daily
    5 days a week, days 3-56; every 12 weeks until progression".
    """
    from synthesist.actions.regimens import account_for

    found = account_for(line, **asked)
    if as_json:
        echo_json({"regimens": [one.to_dict() for one in found]})
        return
    for one in found:
        click.echo(one.summary())
    for file in asked["output"]:
        click.echo(f"Drawn: {file}")
