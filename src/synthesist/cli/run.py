"""The command `run`."""

from __future__ import annotations

import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path

import click

from synthesist.cli.output import NOT_ESTIMABLE, echo_json


@click.command("run")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print what was written as JSON.")
@click.pass_context
def command(ctx: click.Context, folder: Path, as_json: bool) -> None:
    """Check the review in FOLDER, compute it, and write its report into FOLDER/out.

    The exit status is 3 when none of the planned analyses could be answered; the
    report is written all the same.
    """
    from synthesist.actions.run_review import run_review

    with steps() as step:
        result = run_review(folder, progress=step)
    if as_json:
        echo_json(result.to_dict())
    else:
        for note in result.notes:
            click.echo(note)
        click.echo(f"The report is {result.report}")
    if result.analyses and all(analysis.problem for analysis in result.analyses):
        ctx.exit(NOT_ESTIMABLE)


@contextmanager
def steps() -> Generator[Callable[[str, int, int], None]]:
    """Show the steps of a run on a terminal; nothing where there is none."""
    if not sys.stderr.isatty():
        yield lambda _step, _done, _total: None
        return

    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        console=Console(stderr=True),
        transient=True,
    ) as bar:
        task = bar.add_task("", total=None)

        def show(step: str, done: int, total: int) -> None:
            bar.update(task, description=step, completed=done, total=total)

        yield show
