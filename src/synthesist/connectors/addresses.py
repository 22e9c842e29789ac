"""Which addresses may be asked: those that were configured, and nothing else."""

from __future__ import annotations

import ipaddress
import socket
from typing import NamedTuple
from urllib.parse import urlsplit

from synthesist.errors import InvalidInput, Unavailable

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address

#: Where clouds keep their machines' credentials; never a service of references.
_METADATA = frozenset({"169.254.169.254", "100.100.100.200", "fd00:ec2::254"})

#: IPv6 addresses that hold an IPv4 address which the network may unwrap.
_WRAPPING = (ipaddress.ip_network("64:ff9b::/96"), ipaddress.ip_network("::/96"))


class Site(NamedTuple):
    """A service's address taken apart. `private` lets it lie in a network of one's own."""

    scheme: str
    host: str
    port: int
    path: str
    private: bool = False

    @property
    def origin(self) -> str:
        """Scheme, host and port as one text."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}:{self.port}"


def read_site(address: str, *, private: bool = False, where: str = "") -> Site:
    """Take an address apart.

    Raises
    ------
    InvalidInput
        If it is none, or neither https nor allowed to be private.
    """
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        raise InvalidInput(f"{address} is no address.", where=where) from None
    if parts.scheme not in {"https", "http"} or not parts.hostname:
        raise InvalidInput(
            f"{address} is no address of a service.",
            where=where,
            remedy="write https://, the host and the path",
        )
    if parts.username is not None or parts.query or parts.fragment:
        raise InvalidInput(
            "The address of a service holds a name, a query or a fragment.",
            where=where,
            remedy="leave only https://, the host and the path; a key is configured as api_key",
        )
    if parts.scheme == "http" and not private:
        raise InvalidInput(
            f"{address} is not encrypted.",
            where=where,
            remedy="write https://, or set private = true for a mirror in your own network",
        )
    path = parts.path if parts.path.endswith("/") else f"{parts.path}/"
    default = 443 if parts.scheme == "https" else 80
    return Site(parts.scheme, parts.hostname, port or default, path, private)


def resolve(site: Site) -> str:
    """Return the address to connect to: looked up once, so that it cannot change.

    Raises
    ------
    InvalidInput
        If any address of the host is not a public one, and the site not private.
    Unavailable
        If the host cannot be found.
    """
    try:
        found = socket.getaddrinfo(
            site.host, site.port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP
        )
    except (OSError, UnicodeError):
        raise Unavailable(
            f"The host {site.host} cannot be found.",
            remedy="check the connection to the network, then repeat the command",
        ) from None
    addresses = [str(entry[4][0]) for entry in found]
    for address in addresses:
        if not is_allowed(address, private=site.private):
            raise InvalidInput(
                f"The host {site.host} has the address {address}, which is not public.",
                remedy="check base_url; private = true allows a mirror in your own network",
            )
    return addresses[0]


def is_allowed(address: str, *, private: bool) -> bool:
    """Say whether a numeric address may be asked."""
    ip = _unwrapped(ipaddress.ip_address(address.partition("%")[0]))
    if str(ip) in _METADATA or ip.is_link_local or ip.is_multicast or ip.is_unspecified:
        return False
    return private or ip.is_global


def _unwrapped(ip: IPAddress) -> IPAddress:
    """Return the IPv4 address inside an IPv6 one, where there is one."""
    if isinstance(ip, ipaddress.IPv4Address):
        return ip
    inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
    if inner is None and ip != ipaddress.IPv6Address("::1"):
        for network in _WRAPPING:
            if ip in network:
                return ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
    return inner or ip
