"""The command `synthesist`, and the one place where an error becomes words and a status."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib import import_module
from io import TextIOWrapper
from keyword import iskeyword
from typing import Any

import click

from synthesist.cli.choice import did_you_mean
from synthesist.cli.output import (
    INVALID_INPUT,
    NOT_ESTIMABLE,
    echo_json,
    error_to_dict,
)
from synthesist.errors import (
    InvalidInput,
    NotConverged,
    NotEstimable,
    Problem,
    SynthesistError,
)

#: The commands in the order of their use; each lives in the module of its name.
COMMANDS = (
    "new",
    "search",
    "import",
    "dedup",
    "check",
    "check-numbers",
    "run",
    "pool",
    "forest",
    "ipd",
    "regimen",
    "inspect",
    "convert",
    "measures",
)

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
        # `import` is a word of the language, so its module's name ends in a bar.
        name = cmd_name.replace("-", "_")
        module = f"{name}_" if iskeyword(name) else name
        return import_module(f"synthesist.cli.{module}").command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command that is named first, or say which was probably meant."""
        if args and not args[0].startswith("-") and args[0] not in COMMANDS:
            raise InvalidInput(
                f"There is no command {args[0]}",
                remedy=f"{did_you_mean(args[0], COMMANDS)}see synthesist --help",
            )
        return super().resolve_command(ctx, args)

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        windows_expand_args: bool = True,
        **extra: Any,
    ) -> Any:
        """Run the command line; what is wrong is printed and becomes the status."""
        given = list(sys.argv[1:] if args is None else args)
        write_any_character()
        try:
            status = super().main(
                given,
                prog_name or "synthesist",
                complete_var,
                standalone_mode=False,
                windows_expand_args=windows_expand_args,
                **extra,
            )
        except SynthesistError as error:
            status = report(error, as_json="--json" in given)
        except click.exceptions.NoArgsIsHelpError as error:
            error.show()
            status = INVALID_INPUT
        except click.UsageError as error:
            status = report(explain_usage(error), as_json="--json" in given)
        except OSError as error:
            status = report(explain_fault(error), as_json="--json" in given)
        except click.Abort:
            status = INTERRUPTED
        sys.exit(status or 0)


def write_any_character() -> None:
    """Have what the terminal's encoding lacks written by its code point."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper) and stream.errors == "strict":
            stream.reconfigure(errors="backslashreplace")


def explain_fault(error: OSError) -> InvalidInput:
    """Turn a fault of the machine that nothing else explains into a problem."""
    return InvalidInput(
        f"A file cannot be read or written: {error.strerror or error}.",
        where=str(error.filename or ""),
        remedy="check the disk, the permissions and the space left",
    )


def explain_usage(error: click.UsageError) -> InvalidInput:
    """Turn click's complaint into a problem with a remedy."""
    path = error.ctx.command_path if error.ctx else "synthesist"
    message = error.format_message()
    remedy = f"see {path} --help"
    if isinstance(error, click.NoSuchOption):
        known = error.ctx.command.get_params(error.ctx) if error.ctx else []
        names = [name for option in known for name in option.opts]
        message = f"There is no option {error.option_name}"
        remedy = did_you_mean(error.option_name, names) + remedy
    return InvalidInput(message, remedy=remedy)


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


@click.command(
    "synthesist", cls=Commands, context_settings={"help_option_names": ["-h", "--help"]}
)
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
