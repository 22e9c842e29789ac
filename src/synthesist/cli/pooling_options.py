"""The options of every command that pools a table."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from synthesist.cli.choice import Code
from synthesist.cli.measures import codes

if TYPE_CHECKING:
    from synthesist.pooling import PooledFit, SubgroupFit

Command = TypeVar("Command", bound=Callable[..., Any])


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


def _profiles() -> Iterable[str]:
    from synthesist.effects import PROFILES

    return PROFILES


OPTIONS = (
    click.option(
        "--measure",
        type=Code("measure", codes),
        metavar="CODE",
        required=True,
        help="What is pooled; `synthesist measures` says which columns each needs.",
    ),
    click.option(
        "--model",
        type=Code("model", _models),
        default="iv",
        show_default=True,
        help="iv: inverse variance; mh: Mantel-Haenszel; peto; glmm: binomial-normal.",
    ),
    click.option(
        "--tau2",
        type=Code("estimator of tau²", _tau2),
        help="How the variance between studies is estimated, by default REML; CE: common effect.",
    ),
    click.option(
        "--interval",
        type=Code("interval", _intervals),
        help="How the confidence interval is made, by default HK-guarded.",
    ),
    click.option(
        "--prediction",
        type=Code("prediction interval", _predictions),
        help="The degrees of freedom of the prediction interval, by default k-1.",
    ),
    click.option(
        "--level",
        type=float,
        default=0.95,
        show_default=True,
        help="The confidence level.",
    ),
    click.option(
        "--zero-cells",
        type=Code("rule for zero cells", _zero_cells),
        help="What is added to a table that has a zero, by default only-zero.",
    ),
    click.option(
        "--profile",
        type=Code("profile", _profiles),
        help="Compute by the rules of another program; the options above take their place.",
    ),
    click.option(
        "--study", metavar="COLUMN", help="The column that names the studies."
    ),
    click.option(
        "--by", metavar="COLUMN", help="Pool the groups of this column apart."
    ),
)


def pooling_options(command: Command) -> Command:
    """Give a command the options by which a table is pooled."""
    for option in reversed(OPTIONS):
        command = option(command)
    return command


def pooled(data: Path, asked: Mapping[str, Any]) -> PooledFit | SubgroupFit:
    """Pool a table as the options ask."""
    from synthesist.actions import analysis

    choices = ("model", "tau2", "interval", "prediction", "level")
    return analysis.pool_table(
        data,
        options=analysis.Options(**{name: asked[name] for name in choices}),
        **{name: value for name, value in asked.items() if name not in choices},
    )
