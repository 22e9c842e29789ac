"""PubMed through the E-utilities, by way of its history server."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import cast

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

#: Records of one search that can be fetched; more are sliced by date.
REACH = 9_999

#: The days on which records entered PubMed: none is outside.
FIRST_DAY = date(1800, 1, 1)
LAST_DAY = date(2200, 12, 31)

_RECORD = re.compile(
    rb"<(?:PubmedArticle|PubmedBookArticle)>.*?<PMID[^>]*>(\d+)</PMID>", re.DOTALL
)
_ERROR = re.compile(rb"<(?:ERROR|error)>(.{0,300}?)</|\"error\" *: *\"(.{0,300}?)\"")


@dataclass(frozen=True, slots=True, kw_only=True)
class PubMed:
    """PubMed. A search stays on its server, and pages are fetched from there.

    The state names the search (`web`, `key`), its `count`, the place of the next
    page (`start`), and the slices of days still to be searched (`slices`).
    """

    code: str = "pubmed"
    name: str = "PubMed"
    kind: str = "database"
    base_url: str = "https://eutils.ncbi.nlm.nih.gov/entrez/eutils/"
    suffix: str = ".xml"
    rate: float = 3.0
    rate_with_key: float = 10.0
    page: int = 500

    def signature(self, key: str, email: str) -> dict[str, str]:
        """Return the parameters that say who asks."""
        said = {"tool": "synthesist", "email": email, "api_key": key}
        return {name: value for name, value in said.items() if value}

    def next(
        self, fetch: Fetcher, ask: Ask, state: State, signature: Mapping[str, str]
    ) -> Answer:
        """Return the page at a state.

        Raises
        ------
        Expired
            If the search is no longer on the server.
        InvalidInput
            If a limit would change how pages are asked for.
        """
        if not state:
            state = self._begin(fetch, ask, signature)
        while state["start"] >= state["count"]:
            if not state["slices"]:
                said = tuple(state["said"])
                return Answer(b"", (), state["total"], None, said)
            state = self._slice(fetch, ask, state, signature)
        response = self._fetch(fetch, state, signature)
        ids = tuple(found.decode() for found in _RECORD.findall(response.body))
        start = state["start"] + self.page
        more = start < state["count"] or state["slices"]
        following = {**state, "start": start} if more else None
        said = tuple(state["said"])
        return Answer(response.body, ids, state["total"], following, said)

    def _begin(self, fetch: Fetcher, ask: Ask, signature: Mapping[str, str]) -> State:
        """Search, and slice by date what cannot be fetched in one go."""
        found = self._search(fetch, ask, signature, {})
        total = found["count"]
        if total <= REACH:
            return {**found, "start": 0, "slices": [], "total": total}
        days = [FIRST_DAY.isoformat(), LAST_DAY.isoformat()]
        return {**found, "start": 0, "count": 0, "slices": [days], "total": total}

    def _slice(
        self, fetch: Fetcher, ask: Ask, state: State, signature: Mapping[str, str]
    ) -> State:
        """Search the next slice of days; halve it until it can be fetched."""
        slices: list[list[str]] = [list(days) for days in state["slices"]]
        while True:
            first, last = map(date.fromisoformat, slices.pop(0))
            found = self._search(fetch, ask, signature, _days(first, last))
            if found["count"] <= REACH:
                return {
                    **found,
                    "start": 0,
                    "slices": slices,
                    "total": state["total"],
                }
            if first == last:
                raise InvalidInput(
                    f"{found['count']} records entered {self.name} on {first}, more than can be fetched.",
                    remedy="narrow the query",
                )
            middle = first + (last - first) // 2
            after = middle + timedelta(days=1)
            slices[:0] = [
                [first.isoformat(), middle.isoformat()],
                [after.isoformat(), last.isoformat()],
            ]

    def _search(
        self,
        fetch: Fetcher,
        ask: Ask,
        signature: Mapping[str, str],
        days: Mapping[str, str],
    ) -> State:
        """Search and leave the answer on the server."""
        ours = {"db": "pubmed", "retmode": "json", "retmax": "0", "usehistory": "y"}
        for name in ask.limits:
            if name in {*ours, "term", "WebEnv", "query_key"} or name in days:
                raise InvalidInput(
                    f"The limit {name} is set by this program.",
                    remedy="write it into the query",
                )
        parameters = {"term": ask.query, **ask.limits, **days, **ours, **signature}
        response = fetch.get(
            "esearch.fcgi", parameters, _check_search, form="esearch.fcgi"
        )
        result = follow(read_object(response), "esearchresult")
        errors = [*_phrases(result, "errorlist"), *_phrases(result, "warninglist")]
        return {
            "web": result["webenv"],
            "key": result["querykey"],
            "count": int(result["count"]),
            "said": errors,
        }

    def _fetch(
        self, fetch: Fetcher, state: State, signature: Mapping[str, str]
    ) -> Response:
        """Fetch a page of the search that is on the server."""
        parameters = {
            "db": "pubmed",
            "WebEnv": state["web"],
            "query_key": state["key"],
            "retstart": str(state["start"]),
            "retmax": str(min(self.page, state["count"] - state["start"])),
            "retmode": "xml",
            **signature,
        }
        try:
            response = fetch.get("efetch.fcgi", parameters, _check_page)
        except Refused as refusal:
            if refusal.status in {400, 404, 414}:
                raise Expired from None
            raise
        if _ERROR.search(response.body[:4096]):
            raise Expired
        return response


def _days(first: date, last: date) -> dict[str, str]:
    """Return the parameters that name a slice of days."""
    return {
        "datetype": "edat",
        "mindate": first.strftime("%Y/%m/%d"),
        "maxdate": last.strftime("%Y/%m/%d"),
    }


def _check_search(response: Response) -> None:
    """Have an answer asked for again that is no search result."""
    result = follow(read_object(response), "esearchresult")
    if not isinstance(result, Mapping):
        raise Truncated("the answer holds no result")
    if "ERROR" in result:
        # Its search backend fails now and then and works a moment later.
        raise Truncated(f"it says: {result['ERROR']}")
    if not {"webenv", "querykey", "count"} <= result.keys():
        raise Truncated("the answer names no search on the server")


def _check_page(response: Response) -> None:
    """Have a page asked for again that does not end."""
    body = response.body.rstrip()
    if _ERROR.search(body[:4096]):
        return
    if not body.endswith(b"</PubmedArticleSet>"):
        raise Truncated("the answer is not whole")


def _phrases(result: object, name: str) -> list[str]:
    """Return what the server says of the query: phrases ignored or not found."""
    lists: object = follow(result, name)
    if not isinstance(lists, Mapping):
        return []
    said: list[str] = []
    for kind, phrases in cast("Mapping[str, object]", lists).items():
        if isinstance(phrases, list):
            said += [f"{kind}: {phrase}" for phrase in cast("list[object]", phrases)]
    return said
