"""Options that the commands for reference files share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from synthesist.errors import InvalidInput


def pairs(option: str, what: str, example: str) -> Callable[..., dict[str, str]]:
    """Return what reads the `name=value` pairs of a repeated option.

    It raises `InvalidInput` where one is no pair; `what` says what such a pair names.
    """

    def read(
        _ctx: click.Context, _parameter: click.Parameter, values: tuple[str, ...]
    ) -> dict[str, str]:
        found: dict[str, str] = {}
        for value in values:
            name, sign, text = value.partition("=")
            if not sign or not name.strip() or not text.strip():
                raise InvalidInput(
                    f"{option} {value} names no {what}",
                    remedy=f"write {option} {example}",
                )
            found[name.strip()] = text.strip()
        return found

    return read


def reading_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that say how a file is read."""
    for option in (
        click.option(
            "--column",
            "columns",
            multiple=True,
            callback=pairs("--column", "column", "title='My title'"),
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
