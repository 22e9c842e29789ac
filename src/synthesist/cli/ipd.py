"""The command `ipd`."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import click

from synthesist.cli.choice import Code
from synthesist.cli.output import echo_json


def _ties() -> Iterable[str]:
    from synthesist.survival import TIES

    return TIES


@click.command("ipd")
@click.argument("source", type=click.Path(path_type=Path), metavar="FOLDER|DATA")
@click.option(
    "--time", required=True, metavar="COLUMN", help="Time to event or censoring."
)
@click.option(
    "--event", required=True, metavar="COLUMN", help="1 for the event, 0 for censored."
)
@click.option(
    "--arm",
    required=True,
    metavar="COLUMN",
    help="1 for treated and 0 for control, or two labels with --treated.",
)
@click.option(
    "--trial",
    metavar="COLUMN",
    help="The trial; in a folder every file is one unless it has this column.",
)
@click.option("--treated", metavar="LABEL", help="The label of the treated arm.")
@click.option(
    "--event-is", metavar="CODE", help="The code of the event when it is not 1."
)
@click.option(
    "--entry", metavar="COLUMN", help="Time from which a patient was observed."
)
@click.option(
    "--covariates",
    metavar="FORMULA",
    default="",
    help="What the hazard ratio is adjusted for, such as 'age + sex'.",
)
@click.option(
    "--ties",
    type=Code("way of handling ties", _ties),
    default="efron",
    help="How events at the same time are handled.",
)
@click.option(
    "--level", type=float, default=0.95, help="The confidence level, such as 0.95."
)
@click.option(
    "--json", "as_json", is_flag=True, help="Print every number in full precision."
)
def command(
    source: Path,
    time: str,
    event: str,
    arm: str,
    trial: str | None,
    treated: str | None,
    event_is: str | None,
    entry: str | None,
    covariates: str,
    ties: str,
    level: float,
    as_json: bool,
) -> None:
    """Analyse individual patients, one row each, of one or several trials.

    The hazard ratio comes from one Cox model stratified by trial and from the
    trials one by one, pooled. What is printed holds no patient.
    """
    from synthesist.actions.ipd import Request, analyse_patients

    answer = analyse_patients(
        source,
        Request(
            time=time,
            event=event,
            treated=arm,
            trial=trial,
            treated_is=treated,
            event_is=event_is,
            entry=entry,
            covariates=covariates,
            ties=ties,
            level=level,
        ),
    )
    if as_json:
        echo_json(answer.to_dict())
    else:
        click.echo(answer.summary())
