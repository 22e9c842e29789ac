"""The command `check-numbers`."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any, TextIO

import click

from synthesist.cli.output import echo_json
from synthesist.errors import InvalidInput, NotFound

INVALID_INPUT = 2


@click.command("check-numbers")
@click.argument("file", required=False, metavar="FILE|-")
@click.option("--kinds", is_flag=True, help="List the checks with their fields.")
@click.option("--json", "as_json", is_flag=True, help="With --kinds: print the list as JSON.")  # fmt: skip
def command(file: str | None, kinds: bool, as_json: bool) -> None:
    """Say what the printed numbers in FILE imply, and where they disagree.

    FILE holds one JSON object a line, {"id", "kind", "given", "printed"}; - reads
    them from standard input. Every answer is a line with the verdict (consistent,
    inconsistent or undecidable), what follows with all values that rounding
    allows, the rule, and what to ask the authors. A line that cannot be read is
    answered with its error, and the status is then 2.
    """
    if kinds:
        _show_kinds(as_json)
        return
    if file is None:
        raise InvalidInput(
            "No file is given.",
            remedy="name a file of JSON lines, - for standard input, or --kinds",
        )
    if file == "-":
        _answer(sys.stdin)
        return
    path = Path(file)
    if not path.is_file():
        raise NotFound(f"There is no file {file}.", remedy="name a file of JSON lines")
    with path.open(encoding="utf-8-sig", errors="replace") as lines:
        _answer(lines)


def _answer(lines: TextIO) -> None:
    """Print an answer a line, and end with 2 if one could not be read."""
    from synthesist.actions.check_numbers import check_numbers

    wrong = False
    for finding in check_numbers(lines):
        wrong = wrong or bool(finding.error)
        click.echo(json.dumps(finding.to_dict(), ensure_ascii=False, allow_nan=False))
    if wrong:
        click.get_current_context().exit(INVALID_INPUT)


def _show_kinds(as_json: bool) -> None:
    """Print the list of checks."""
    from synthesist.actions.check_numbers import list_kinds

    found = list_kinds()
    if as_json:
        echo_json({"kinds": found})
        return
    group = ""
    for kind in found:
        if kind["group"] != group:
            group = kind["group"]
            click.echo(f"\n{group}\n" if kind is not found[0] else f"{group}\n")
        click.echo(_entry(kind))


def _entry(kind: dict[str, Any]) -> str:
    """Return a check with its fields, a table of names and meanings."""
    needed = "; or ".join(" ".join(names) for names in kind["needs"])
    lines = [
        f"  {kind['kind']}  {kind['label']}",
        f"    {kind['rule']}",
        f"    needs {needed}; printed: {kind['printed']}; implied: {' '.join(kind['implied'])}",
    ]
    wide = max(len(field["name"]) for field in kind["fields"])
    lines += [
        f"      {field['name']:<{wide}}  {field['meaning']}{' (several)' if field['several'] else ''}"
        for field in kind["fields"]
    ]
    return "\n".join(lines)
