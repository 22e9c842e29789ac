"""The command `forest`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from synthesist.cli.output import echo_json
from synthesist.cli.pooling_options import pooled, pooling_options


@click.command("forest")
@click.argument("data", type=click.Path(path_type=Path), metavar="DATA.csv")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    metavar="FILE",
    multiple=True,
    required=True,
    help="Where to draw it; the name ends in .svg, .pdf or .png. May be given again.",
)
@pooling_options
@click.option("--title", default="", help="Over the plot.")
@click.option(
    "--favours",
    nargs=2,
    metavar="LEFT RIGHT",
    help="What a result left and right of no effect speaks for.",
)
@click.option(
    "--width",
    type=float,
    default=180.0,
    show_default=True,
    help="The width in millimetres.",
)
@click.option("--json", "as_json", is_flag=True, help="Print what was drawn as JSON.")
def command(
    data: Path,
    output: tuple[Path, ...],
    title: str,
    favours: tuple[str, str] | None,
    width: float,
    as_json: bool,
    **asked: Any,
) -> None:
    """Draw the forest plot of the studies in DATA.csv, one row each."""
    from synthesist.actions import plot

    plot.check_formats(output)
    fit = pooled(data, asked)
    figure = plot.forest_figure(fit, title=title, favours=favours, width_mm=width)
    plot.save_figure(figure, output)
    if as_json:
        echo_json({"files": [str(file) for file in output], "fit": fit.to_dict()})
    else:
        for file in output:
            click.echo(f"Drawn: {file}")
