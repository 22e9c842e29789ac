"""What is configured of the services: addresses, keys, who asks."""

from __future__ import annotations

import os
import sys
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from synthesist.connectors.addresses import Site, read_site
from synthesist.connectors.fetch import Clock, Fetcher
from synthesist.connectors.service import Service
from synthesist.errors import InvalidInput, NotFound

_KEYS = {
    "base_url": str,
    "api_key": str,
    "email": str,
    "requests_per_second": float,
    "private": bool,
}

#: The fastest that any service is asked, whatever is configured.
FASTEST = 50.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How one service is asked. The key is never printed."""

    site: Site
    rate: float
    api_key: str = ""
    email: str = ""

    def __repr__(self) -> str:
        return f"Settings({self.site.origin}{self.site.path})"

    def fetcher(self, service: Service, version: str, clock: Clock) -> Fetcher:
        """Return what makes the requests."""
        contact = f" (mailto:{self.email})" if self.email else ""
        return Fetcher(
            site=self.site,
            name=service.name,
            interval=1 / self.rate,
            headers={
                "User-Agent": f"synthesist/{version}{contact}",
                "Accept-Encoding": "identity",
                "Connection": "close",
            },
            clock=clock,
            secret=self.api_key,
        )


def read_settings(service: Service, file: Path | None = None) -> Settings:
    """Read what is configured of a service.

    The file is the one given, else the one that SYNTHESIST_CONFIG names, else
    config.toml in the user's configuration folder, if there is one. A key may
    also stand in SYNTHESIST_<SERVICE>_API_KEY.

    Raises
    ------
    InvalidInput
        If the file is wrong.
    NotFound
        If there is no such file.
    """
    named = file or os.environ.get("SYNTHESIST_CONFIG")
    path = Path(named) if named else _usual_place()
    given = _read(path, required=bool(named))
    table = given.get(service.code, {})
    where = f"{path.name}, [connectors.{service.code}]"
    site = read_site(
        table.get("base_url", service.base_url),
        private=table.get("private", False),
        where=where,
    )
    variable = f"SYNTHESIST_{service.code.upper().replace('-', '_')}_API_KEY"
    key = table.get("api_key", "") or os.environ.get(variable, "")
    usual = service.rate_with_key if key else service.rate
    rate = float(table.get("requests_per_second", usual))
    if not 0 < rate <= FASTEST:
        raise InvalidInput(
            f"requests_per_second is {rate:g}.",
            where=where,
            remedy=f"choose a number above 0, at most {FASTEST:g}",
        )
    email = table.get("email", given.get("", {}).get("email", ""))
    for name, text in (("api_key", key), ("email", email)):
        if not text.isprintable() or not text.isascii():
            raise InvalidInput(f"{name} holds odd characters.", where=where)
    return Settings(site=site, rate=rate, api_key=key, email=email)


def _usual_place() -> Path:
    """Return where the user's configuration lies."""
    if sys.platform == "win32":
        base = os.environ.get("APPDATA", "")
    else:
        base = os.environ.get("XDG_CONFIG_HOME", "")
    folder = Path(base) if base else Path.home() / ".config"
    return folder / "synthesist" / "config.toml"


def _read(path: Path, *, required: bool) -> Mapping[str, Mapping[str, Any]]:
    """Read the tables of the connectors, what holds for all of them under no name."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        if required:
            raise NotFound(
                f"There is no file {path}.", remedy="check the path"
            ) from None
        return {}
    except (OSError, ValueError) as error:
        raise InvalidInput(
            f"The configuration cannot be read: {error}.", where=path.name
        ) from None
    try:
        whole = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise InvalidInput(
            f"The configuration is no TOML: {error}.", where=path.name
        ) from None
    connectors = whole.get("connectors", {})
    if not isinstance(connectors, dict):
        raise InvalidInput(
            "connectors is no table.", where=path.name, remedy="write [connectors]"
        )
    return _checked(cast("dict[str, Any]", connectors), path.name)


def _checked(connectors: Mapping[str, Any], name: str) -> dict[str, dict[str, Any]]:
    """Say what is not known or of the wrong kind."""
    from synthesist.connectors.services import SERVICES

    tables: dict[str, dict[str, Any]] = {"": {}}
    for key, value in connectors.items():
        if key == "email" and isinstance(value, str):
            tables[""][key] = value
        elif key in SERVICES and isinstance(value, dict):
            tables[key] = cast("dict[str, Any]", value)
        else:
            raise InvalidInput(
                f"{key} under [connectors] is not known.",
                where=name,
                remedy=f"it takes email, and a table for each of {', '.join(SERVICES)}",
            )
    for key, table in tables.items():
        for entry, value in table.items():
            kind = _KEYS.get(entry)
            right = (
                isinstance(value, int | float) and not isinstance(value, bool)
                if kind is float
                else kind is not None and isinstance(value, kind)
            )
            if not right:
                raise InvalidInput(
                    f"{entry} is not known or of the wrong kind.",
                    where=f"{name}, [connectors.{key}]",
                    remedy=f"it takes {', '.join(_KEYS)}",
                )
    return tables
