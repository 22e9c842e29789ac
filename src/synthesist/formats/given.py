"""What one record says: the values of each role, cleaned."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

#: What a field means: the values of a record by their role.
Roles = Mapping[str, Sequence[str]]


class Given:
    """The values of one record by role, each cleaned once, without empty ones.

    `roles` are the values before that; without `clean` they are taken as they are.
    """

    __slots__ = ("held", "roles")

    def __init__(self, roles: Roles, clean: Callable[[str], str] | None) -> None:
        self.roles = roles
        self.held = roles if clean is None else _cleaned(roles, clean)

    def __call__(self, role: str) -> str:
        """Return the first value of a role."""
        return self.held[role][0] if role in self.held else ""

    def all(self, role: str) -> tuple[str, ...]:
        """Return every value of a role."""
        return tuple(self.held[role]) if role in self.held else ()


def _cleaned(roles: Roles, clean: Callable[[str], str]) -> Roles:
    """Clean values, and leave out those of which nothing remains."""
    held: dict[str, Sequence[str]] = {}
    for role, values in roles.items():
        if role not in _AS_THEY_ARE and (texts := [*filter(None, map(clean, values))]):
            held[role] = texts
    return held


#: Roles in whose values numbers are looked for before anything is cleaned.
_AS_THEY_ARE = frozenset(
    ("doi", "pmid", "pmcid", "url", "identifier", "issn", "isbn", "serial_number")
)
