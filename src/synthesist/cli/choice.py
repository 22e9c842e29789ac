"""An option whose values are the codes of a registry."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable

import click

from synthesist.errors import InvalidInput


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Ask after the nearest known word, with a space after it; empty if none is near."""
    by_fold = {name.casefold(): name for name in known}
    close = difflib.get_close_matches(word.casefold(), by_fold, n=1)
    return f"did you mean {by_fold[close[0]]}? " if close else ""


# ParamType takes a type only in recent versions of click, and then asks for it.
class Code(click.ParamType):  # pyright: ignore[reportMissingTypeArgument]
    """A code of a registry that is loaded when the option is used.

    Registries live beside the statistics, so reading them at start would load
    what `synthesist --help` does not need.
    """

    def __init__(self, name: str, codes: Callable[[], Iterable[str]]) -> None:
        self.name = name
        self._codes = codes

    def get_metavar(self, param: click.Parameter, ctx: click.Context) -> str:
        """Show the codes in the help."""
        return f"[{'|'.join(self._codes())}]"

    def convert(
        self,
        value: str,
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> str:
        """Return the code as the registry spells it.

        Raises
        ------
        InvalidInput
            If the registry has no such code, in any spelling of case.
        """
        codes = list(self._codes())
        if value in codes:
            return value
        by_fold = {code.casefold(): code for code in codes}
        if value.casefold() in by_fold:
            return by_fold[value.casefold()]
        raise InvalidInput(
            f"'{value}' is no {self.name}",
            where=param.opts[0] if isinstance(param, click.Option) else "",
            remedy=f"{did_you_mean(value, codes)}choose one of {', '.join(codes)}",
        )
