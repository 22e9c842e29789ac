"""The command `pool`."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import click

from synthesist.cli.choice import Code
from synthesist.cli.measures import codes
from synthesist.cli.output import echo_json


def _tau2() -> Iterable[str]:
    from synthesist.pooling import TAU2_ESTIMATORS

    return TAU2_ESTIMATORS


def _intervals() -> Iterable[str]:
    from synthesist.pooling import INTERVALS

    return INTERVALS


def _predictions() -> Iterable[str]:
    from synthesist.pooling import PREDICTIONS

    return PREDICTIONS


def _models() -> Iterable[str]:
    from synthesist.pooling import MODELS

    return MODELS


def _zero_cells() -> Iterable[str]:
    from synthesist.effects import ZERO_CELLS

    return ZERO_CELLS


@click.command("pool")
@click.argument("data", type=click.Path(path_type=Path), metavar="DATA.csv")
@click.option(
    "--measure",
    type=Code("measure", codes),
    metavar="CODE",
    required=True,
    help="What is pooled; `synthesist measures` says which columns each needs.",
)
@click.option(
    "--model",
    type=Code("model", _models),
    default="iv",
    show_default=True,
    help="iv: inverse variance; mh: Mantel-Haenszel; peto; glmm: binomial-normal.",
)
@click.option(
    "--tau2",
    type=Code("estimator of tau²", _tau2),
    help="How the variance between studies is estimated, by default REML; CE: common effect.",
)
@click.option(
    "--interval",
    type=Code("interval", _intervals),
    help="How the confidence interval is made, by default HK-guarded.",
)
@click.option(
    "--prediction",
    type=Code("prediction interval", _predictions),
    help="The degrees of freedom of the prediction interval, by default k-1.",
)
@click.option(
    "--level", type=float, default=0.95, show_default=True, help="The confidence level."
)
@click.option(
    "--zero-cells",
    type=Code("rule for zero cells", _zero_cells),
    default="only-zero",
    show_default=True,
    help="What is added to a table that has a zero.",
)
@click.option("--study", metavar="COLUMN", help="The column that names the studies.")
@click.option("--by", metavar="COLUMN", help="Pool the groups of this column apart.")
@click.option(
    "--json", "as_json", is_flag=True, help="Print every number in full precision."
)
def command(
    data: Path,
    measure: str,
    model: str,
    tau2: str | None,
    interval: str | None,
    prediction: str | None,
    level: float,
    zero_cells: str,
    study: str | None,
    by: str | None,
    as_json: bool,
) -> None:
    """Pool the studies in DATA.csv, one row each."""
    from synthesist.actions import analysis

    fit = analysis.pool_table(
        data,
        measure=measure,
        options=analysis.Options(
            model=model,
            tau2=tau2,
            interval=interval,
            prediction=prediction,
            level=level,
        ),
        zero_cells=zero_cells,
        study=study,
        by=by,
    )
    if as_json:
        echo_json(fit.to_dict())
    else:
        click.echo(fit.summary())
