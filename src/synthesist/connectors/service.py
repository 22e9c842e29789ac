"""What a service is to us: a query goes in, pages come out, and it can be resumed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol, cast

from synthesist.connectors.fetch import Fetcher, Response, Truncated

#: Where a download stands between two pages: JSON values, so that it can be kept.
State = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """What is asked: the query as it was typed, and limits in the service's own words."""

    query: str
    limits: Mapping[str, str] = field(default_factory=dict[str, str])


class Answer(NamedTuple):
    """One page as the service gave it.

    `ids` are those of its records, `total` how many there are in all as far as the
    service says, `following` where to go on, None at the end. `said` is what the
    service said of the query.
    """

    body: bytes
    ids: tuple[str, ...]
    total: int | None
    following: State | None
    said: tuple[str, ...] = ()


class Expired(Exception):
    """The service has forgotten where the download stood: begin again."""


class Service(Protocol):
    """A source of records. `rate` is requests a second, `rate_with_key` with a key."""

    @property
    def code(self) -> str:
        """The name on the command line and in the configuration."""
        ...

    @property
    def name(self) -> str:
        """The name in print."""
        ...

    @property
    def kind(self) -> str:
        """Database or register, as review.toml has it."""
        ...

    @property
    def base_url(self) -> str:
        """Where it is asked, unless the configuration says otherwise."""
        ...

    @property
    def suffix(self) -> str:
        """The ending of the files that hold its pages."""
        ...

    @property
    def rate(self) -> float:
        """Requests a second."""
        ...

    @property
    def rate_with_key(self) -> float:
        """Requests a second with a key."""
        ...

    def signature(self, key: str, email: str) -> dict[str, str]:
        """Return the parameters that say who asks."""
        ...

    def next(
        self, fetch: Fetcher, ask: Ask, state: State, signature: Mapping[str, str]
    ) -> Answer:
        """Return the page at a state; the empty state is the beginning.

        Raises
        ------
        Expired
            If the state is no longer known.
        """
        ...


def read_object(response: Response) -> Mapping[str, Any]:
    """Read an answer that is a JSON object.

    Raises
    ------
    Truncated
        If it is none.
    """
    try:
        value = json.loads(response.body)
    except (ValueError, RecursionError):
        raise Truncated("the answer is not whole") from None
    if not isinstance(value, dict):
        raise Truncated("the answer is of another kind than documented")
    return cast("Mapping[str, Any]", value)


def follow(value: object, path: str) -> Any:
    """Follow keys through objects; nothing where one is missing."""
    for key in path.split("."):
        if not isinstance(value, Mapping):
            return None
        value = cast("Mapping[str, object]", value).get(key)
    return value
