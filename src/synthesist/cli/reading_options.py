"""Options that the commands for reference files share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from synthesist.errors import InvalidInput


def read_columns(
    _ctx: click.Context, _parameter: click.Parameter, values: tuple[str, ...]
) -> dict[str, str]:
    """Read `role=name` pairs.

    Raises
    ------
    InvalidInput
        If one is no pair.
    """
    columns: dict[str, str] = {}
    for value in values:
        role, sign, name = value.partition("=")
        if not sign or not role.strip() or not name.strip():
            raise InvalidInput(
                f"--column {value} names no column",
                remedy="write --column title='My title'",
            )
        columns[role.strip()] = name.strip()
    return columns


def reading_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that say how a file is read."""
    for option in (
        click.option(
            "--column",
            "columns",
            multiple=True,
            callback=read_columns,
            metavar="ROLE=NAME",
            help="For a table with names of its own: the column of a role, such as title, authors,"
            " year, journal, abstract, doi; may be repeated.",
        ),
        click.option(
            "--format",
            "dialect",
            default="",
            metavar="FORMAT",
            help="The file's format, where it is not to be told from its content.",
        ),
    ):
        command = option(command)
    return command
