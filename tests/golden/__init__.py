"""Reference values that somebody else computed or printed, and how a test reads them."""

from __future__ import annotations

import json
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent


@cache
def load(name: str) -> Any:
    """Return one reference file as a dictionary.

    ``load("bcg")`` is what R computed from the table of that name
    (r/expected/bcg.json), ``load("published/name.toml")`` any other file.
    """
    path = HERE / name
    if path.suffix == ".toml":
        return tomllib.loads(path.read_text(encoding="utf-8"))
    if not path.suffix:
        path = HERE / "r" / "expected" / f"{name}.json"
    return json.loads(path.read_text(encoding="utf-8"))


def data(name: str) -> Path:
    """Return the path of the table that ``load(name)`` was computed from."""
    return HERE / "r" / "data" / f"{name}.csv"
