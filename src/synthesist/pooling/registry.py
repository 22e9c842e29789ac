"""Find an entry of a registry by its code."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from typing import TypeVar

from synthesist.errors import InvalidInput

Entry = TypeVar("Entry")


def known(code: str, registry: Mapping[str, object], kind: str) -> str:
    """Return a code after making sure that the registry has it; see `choose`."""
    choose(code, registry, kind)
    return code


def choose(code: str, registry: Mapping[str, Entry], kind: str) -> Entry:
    """Return the entry of `code`.

    Raises
    ------
    InvalidInput
        If there is none; the remedy names the nearest code.
    """
    if code in registry:
        return registry[code]
    folded = {known.casefold(): known for known in registry}
    close = difflib.get_close_matches(str(code).casefold(), folded, n=1)
    meant = f"did you mean {folded[close[0]]}? " if close else ""
    raise InvalidInput(
        f"'{code}' is no {kind}.",
        remedy=f"{meant}choose one of {', '.join(registry)}",
    )
