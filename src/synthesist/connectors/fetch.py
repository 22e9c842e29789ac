"""Ask one service, politely and again when it fails, and nobody else."""

from __future__ import annotations

import http.client
import socket
import ssl
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import NamedTuple
from urllib.parse import urlencode, urljoin, urlsplit

from synthesist.connectors.addresses import Site, resolve
from synthesist.errors import InvalidInput, Unavailable

#: Seconds that a connection may be silent, and that an answer may take in all.
SILENCE = 60.0
PATIENCE = 600.0

#: Bytes of one answer; a page of a thousand full records has some ten million.
LARGEST = 256 << 20

#: How often a request is made, and the longest wait between two.
TRIES = 6
LONGEST_WAIT = 600.0

REDIRECTS = 3

#: Characters of parameters that go into an address; search strategies are longer.
LONGEST_ADDRESS = 1500

_AGAIN = frozenset({408, 425, 429, 500, 502, 503, 504})
_MOVED = frozenset({301, 302, 303, 307, 308})


@dataclass(frozen=True, slots=True)
class Clock:
    """Time, and waiting for it; tests bring their own."""

    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    monotonic: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep


class Response(NamedTuple):
    """What a service answered."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Truncated(Exception):
    """An answer ended too early; it is asked for again."""


class Refused(InvalidInput):
    """The service understood the request and said no; `status` is its code."""

    def __init__(
        self, message: str, *, status: int, where: str = "", remedy: str = ""
    ) -> None:
        super().__init__(message, where=where, remedy=remedy)
        self.status = status


@dataclass(slots=True, kw_only=True)
class Fetcher:
    """Makes the requests to one site; `interval` is the time between two, in seconds.

    `secret` is never repeated in an error, also where the service repeats it.
    """

    site: Site
    name: str
    interval: float
    headers: Mapping[str, str]
    clock: Clock = field(default_factory=Clock)
    secret: str = ""
    requests: int = 0
    _last: float = float("-inf")

    def get(
        self,
        path: str,
        parameters: Mapping[str, str],
        check: Callable[[Response], None] = lambda response: None,
        *,
        form: str = "",
    ) -> Response:
        """Return the answer to a request.

        `check` raises `Truncated` for an answer that is not whole. Parameters too
        long for an address are sent as a form, where the service takes one: to the
        path `form`.

        Raises
        ------
        InvalidInput
            If the service sends us elsewhere, or answers with more than is sensible.
        Refused
            If the service says that the request is wrong.
        Unavailable
            If it does not answer, or asks for more patience than there is.
        """
        said = urlencode(parameters)
        body = said if form and len(said) > LONGEST_ADDRESS else ""
        target = f"{self.site.path}{form if body else path}"
        if said and not body:
            target += f"?{said}"
        why = ""
        for attempt in range(TRIES):
            wait = 2.0**attempt
            self._take_turn()
            try:
                response = self._follow(target, body)
                if response.status not in _AGAIN:
                    self._settle(response)
                    check(response)
                    return response
                why = f"it answers {response.status}"
                wait = self._asked_to_wait(response, wait)
            except Truncated as fault:
                why = str(fault)
            except (OSError, http.client.HTTPException, ssl.SSLError) as fault:
                why = _words(fault)
            if attempt + 1 < TRIES:
                self.clock.sleep(wait)
        raise Unavailable(
            f"{self.name} cannot be read: {why}.",
            remedy="what came is kept; repeat the command later and it goes on from there",
        )

    def _take_turn(self) -> None:
        """Wait until the next request is due."""
        due = self._last + self.interval - self.clock.monotonic()
        if due > 0:
            self.clock.sleep(due)
        self._last = self.clock.monotonic()
        self.requests += 1

    def _follow(self, target: str, body: str) -> Response:
        """Make a request; a redirect is followed within the site only."""
        for _ in range(REDIRECTS + 1):
            response = self._request(target, body)
            if response.status not in _MOVED:
                return response
            target = self._moved(target, response.headers.get("location", ""))
        raise InvalidInput(f"{self.name} redirects in a circle.")

    def _moved(self, target: str, location: str) -> str:
        """Return the target of a redirect."""
        parts = urlsplit(urljoin(self.site.origin + target, location))
        port = parts.port or (443 if parts.scheme == "https" else 80)
        here = (self.site.scheme, self.site.host, self.site.port)
        if (parts.scheme, parts.hostname, port) != here:
            raise InvalidInput(
                f"{self.name} sends us to {parts.scheme}://{parts.netloc}, where nothing is asked.",
                remedy="set base_url, if the service has moved",
            )
        return f"{parts.path}?{parts.query}" if parts.query else parts.path

    def _request(self, target: str, body: str) -> Response:
        """Make one request and read all of its answer."""
        connection = _connect(self.site)
        deadline = self.clock.monotonic() + PATIENCE
        try:
            headers = dict(self.headers)
            if body:
                headers["Content-Type"] = "application/x-www-form-urlencoded"
            connection.request("POST" if body else "GET", target, body or None, headers)
            answer = connection.getresponse()
            parts: list[bytes] = []
            size = 0
            while part := answer.read(1 << 16):
                parts.append(part)
                size += len(part)
                if size > LARGEST:
                    raise InvalidInput(
                        f"{self.name} answers with more than {LARGEST >> 20} MB.",
                        remedy="report this as a fault of this program",
                    )
                if self.clock.monotonic() > deadline:
                    raise Truncated("the answer takes too long")
            if answer.length:
                raise Truncated("the answer ends too early")
            given = {name.lower(): value for name, value in answer.getheaders()}
            return Response(answer.status, given, b"".join(parts))
        finally:
            connection.close()

    def _asked_to_wait(self, response: Response, usual: float) -> float:
        """Return how long to wait before the next try."""
        asked = _retry_after(response.headers.get("retry-after", ""), self.clock)
        if asked > LONGEST_WAIT:
            raise Unavailable(
                f"{self.name} asks to wait {asked:.0f} seconds{_budget(response.headers)}.",
                remedy="what came is kept; repeat the command then and it goes on from there",
            )
        return max(usual, asked)

    def _settle(self, response: Response) -> None:
        """Take the pace that the service names, and stop where it refuses."""
        self.interval = max(self.interval, _named_interval(response.headers))
        if response.status == 200:
            return
        text = response.body[:400].decode("utf-8", "replace").strip()
        if self.secret:
            text = text.replace(self.secret, "...")
        remedy = "correct the query"
        if response.status in {401, 403}:
            remedy = "check api_key in the configuration"
        raise Refused(
            f"{self.name} refuses with {response.status}{_budget(response.headers)}"
            + (f": {' '.join(text.split())}" if text else ""),
            status=response.status,
            remedy=remedy,
        )


class _Plain(http.client.HTTPConnection):
    """A connection to an address that was looked up before."""

    def __init__(self, site: Site, address: str) -> None:
        super().__init__(site.host, site.port, timeout=SILENCE)
        self.address = address

    def connect(self) -> None:
        """Connect to that address, whatever the name means by now."""
        self.sock = socket.create_connection((self.address, self.port), SILENCE)


class _Encrypted(_Plain):
    """The same, encrypted; the certificate must be the host's."""

    def connect(self) -> None:
        """Connect and prove who answers."""
        super().connect()
        context = ssl.create_default_context()
        self.sock = context.wrap_socket(self.sock, server_hostname=self.host)


def _connect(site: Site) -> http.client.HTTPConnection:
    """Return a connection to a site; no proxy is asked for its opinion."""
    address = resolve(site)
    kind = _Encrypted if site.scheme == "https" else _Plain
    return kind(site, address)


def _retry_after(text: str, clock: Clock) -> float:
    """Read how many seconds to wait: a number or a date."""
    text = text.strip()
    if not text:
        return 0.0
    try:
        return max(0.0, min(float(text), 1e9))
    except ValueError:
        pass
    try:
        then = parsedate_to_datetime(text)
    except ValueError:
        return 0.0
    if then.tzinfo is None:
        then = then.replace(tzinfo=UTC)
    return max(0.0, (then - clock.now()).total_seconds())


def _named_interval(headers: Mapping[str, str]) -> float:
    """Read the pace that Crossref names: so many requests in so many seconds."""
    try:
        limit = float(headers.get("x-rate-limit-limit", ""))
        span = float(headers.get("x-rate-limit-interval", "").rstrip("s"))
    except ValueError:
        return 0.0
    return min(span / limit, 60.0) if limit > 0 and span > 0 else 0.0


def _budget(headers: Mapping[str, str]) -> str:
    """Say what a service says of the budget that is left."""
    left = [
        f"{name.removeprefix('x-ratelimit-')} {headers[name]}"
        for name in sorted(headers)
        if name.startswith("x-ratelimit-")
    ]
    return f" ({', '.join(left)})" if left else ""


def _words(fault: Exception) -> str:
    """Say what went wrong with a connection."""
    if isinstance(fault, http.client.IncompleteRead):
        return "the answer ends too early"
    if isinstance(fault, TimeoutError):
        return "it does not answer in time"
    text = str(getattr(fault, "strerror", "") or fault).strip()
    return text[:1].lower() + text[1:] if text else "the connection breaks"
