"""The command `pool`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from synthesist.cli.output import echo_json
from synthesist.cli.pooling_options import pooled, pooling_options


@click.command("pool")
@click.argument("data", type=click.Path(path_type=Path), metavar="DATA.csv")
@pooling_options
@click.option(
    "--json", "as_json", is_flag=True, help="Print every number in full precision."
)
def command(data: Path, as_json: bool, **asked: Any) -> None:
    """Pool the studies in DATA.csv, one row each."""
    fit = pooled(data, asked)
    if as_json:
        echo_json(fit.to_dict())
    else:
        click.echo(fit.summary())
