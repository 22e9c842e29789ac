"""The command `synthesist`, and the one place where an error becomes words and a status."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Any, NoReturn

import click

from synthesist.cli.output import echo_json, error_to_dict
from synthesist.errors import NotConverged, NotEstimable, Problem, SynthesistError

#: The commands in the order of their use; each lives in the module of its name.
COMMANDS = ("new", "check", "run", "pool", "measures")

INVALID_INPUT = 2
NOT_ESTIMABLE = 3
INTERRUPTED = 130


class Commands(click.Group):
    """A group that loads a command when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of the commands in the order of their use."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load one command, None if there is none of that name."""
        if cmd_name not in COMMANDS:
            return None
        return import_module(f"synthesist.cli.{cmd_name}").command

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        **extra: Any,
    ) -> NoReturn:
        """Run the command line; what is wrong is printed and becomes the status."""
        given = list(sys.argv[1:] if args is None else args)
        extra["standalone_mode"] = False
        try:
            status: object = super().main(given, prog_name or "synthesist", **extra)
        except SynthesistError as error:
            status = report(error, as_json="--json" in given)
        except click.exceptions.NoArgsIsHelpError as error:
            error.show()
            status = INVALID_INPUT
        except click.UsageError as error:
            status = report(explain_usage(error), as_json="--json" in given)
        except click.Abort:
            status = INTERRUPTED
        sys.exit(status if isinstance(status, int) else 0)


class WrongUsage(SynthesistError):
    """The command was called in a way it does not know."""


def explain_usage(error: click.UsageError) -> WrongUsage:
    """Turn click's complaint into a problem with a remedy."""
    path = error.ctx.command_path if error.ctx else "synthesist"
    return WrongUsage(error.format_message(), remedy=f"see {path} --help")


def report(error: SynthesistError, *, as_json: bool) -> int:
    """Print an error, as sentences to stderr or as JSON to stdout; return the status."""
    if as_json:
        echo_json({"error": error_to_dict(error)})
    else:
        echo_problems(error.problems)
    unanswerable = isinstance(error, NotEstimable | NotConverged)
    return NOT_ESTIMABLE if unanswerable else INVALID_INPUT


def echo_problems(problems: Sequence[Problem]) -> None:
    """Print each problem as one sentence, counted when there are several."""
    for problem in problems:
        click.echo(str(problem), err=True)
    if len(problems) > 1:
        click.echo(f"{len(problems)} problems.", err=True)


def print_version(ctx: click.Context, _parameter: click.Parameter, value: bool) -> None:
    """Print the version and end."""
    if value:
        from synthesist import __version__

        click.echo(f"synthesist {__version__}")
        ctx.exit()


@click.command(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=print_version,
    help="Show the version and exit.",
)
def main() -> None:
    """Synthesise evidence, from the search export to the published answer.

    The exit status is 0 when the work is done, 2 when the input is invalid and
    3 when the data cannot answer the question.
    """
