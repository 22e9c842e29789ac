"""Services that hand out a cursor with every page: four of the five."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from synthesist.connectors.fetch import Fetcher, Refused, Response, Truncated
from synthesist.connectors.service import (
    Answer,
    Ask,
    Expired,
    State,
    follow,
    read_object,
)
from synthesist.errors import InvalidInput

#: What a service answers to a cursor that it does not know any more.
_FORGOTTEN = frozenset({400, 404, 410})


@dataclass(frozen=True, slots=True, kw_only=True)
class CursorService:
    """A service that is read page by page, each of which names the next.

    `query` and `cursor` are the parameters that carry them, `always` those of every
    request, `first` the cursor of the first page. `records`, `total` and
    `following` are where these stand in an answer, `identifiers` where a record's
    id stands in it, joined by a slash. `form` is where long queries go. `key_parameter` and `email_parameter` say
    who asks.
    """

    code: str
    name: str
    base_url: str
    path: str
    query: str
    cursor: str
    always: Mapping[str, str]
    records: str
    total: str
    following: str
    identifiers: tuple[str, ...]
    first: str = "*"
    rate: float = 1.0
    rate_with_key: float = 1.0
    form: str = ""
    key_parameter: str = ""
    email_parameter: str = ""
    kind: str = "database"
    suffix: str = ".json"

    def signature(self, key: str, email: str) -> dict[str, str]:
        """Return the parameters that say who asks."""
        pairs = ((self.key_parameter, key), (self.email_parameter, email))
        return {name: value for name, value in pairs if name and value}

    def next(
        self, fetch: Fetcher, ask: Ask, state: State, signature: Mapping[str, str]
    ) -> Answer:
        """Return the page at a cursor.

        Raises
        ------
        Expired
            If the service no longer knows the cursor.
        InvalidInput
            If a limit would change how pages are asked for.
        """
        cursor = str(state.get("cursor", self.first))
        parameters = self._parameters(ask, cursor) | dict(signature)
        try:
            response = fetch.get(self.path, parameters, self._check, form=self.form)
        except Refused as refusal:
            if state and refusal.status in _FORGOTTEN:
                raise Expired from None
            raise
        value = read_object(response)
        ids = tuple(map(self._identifier, self._list(value)))
        total = follow(value, self.total)
        following = follow(value, self.following)
        goes_on = bool(ids and following) and following != cursor
        return Answer(
            response.body,
            ids,
            total if isinstance(total, int) else None,
            {"cursor": str(following)} if goes_on else None,
        )

    def _parameters(self, ask: Ask, cursor: str) -> dict[str, str]:
        """Return the parameters of a request."""
        ours = {self.query, self.cursor, self.key_parameter, *self.always}
        for name in ask.limits:
            if name in ours:
                raise InvalidInput(
                    f"The limit {name} is set by this program.",
                    remedy="leave it out",
                )
        found = {**self.always, **ask.limits}
        if ask.query:
            found[self.query] = ask.query
        if cursor:
            found[self.cursor] = cursor
        return found

    def _check(self, response: Response) -> None:
        """Have an answer asked for again that is not whole."""
        self._list(read_object(response))

    def _list(self, value: Mapping[str, Any]) -> list[Any]:
        """Return the records of an answer."""
        found = follow(value, self.records)
        if not isinstance(found, list):
            raise Truncated("the answer holds no list of records")
        return cast("list[Any]", found)

    def _identifier(self, record: object) -> str:
        """Return the id of a record."""
        return "/".join(str(follow(record, path) or "") for path in self.identifiers)
