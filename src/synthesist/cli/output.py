"""Print results and errors for machines."""

from __future__ import annotations

import json
import sys
from typing import Any

import click

from synthesist.errors import SynthesistError

#: Exit statuses beside 0.
INVALID_INPUT = 2
NOT_ESTIMABLE = 3


def echo_json(value: object) -> None:
    """Print strict JSON: full precision, and an error rather than a NaN."""
    encoding = (getattr(sys.stdout, "encoding", None) or "utf-8").lower()
    plain = not encoding.startswith("utf")
    click.echo(json.dumps(value, ensure_ascii=plain, allow_nan=False, indent=2))


def error_to_dict(error: SynthesistError) -> dict[str, Any]:
    """Return an error as JSON values, every key always present."""
    return {
        "kind": type(error).__name__,
        "problems": [
            {
                "message": problem.message,
                "remedy": problem.remedy or None,
                "where": problem.where or None,
                "file": problem.file,
                "row": problem.row,
                "field": problem.field,
            }
            for problem in error.problems
        ],
    }
