"""What the elements of the WHO's trial search mean."""

from __future__ import annotations

from synthesist.formats.readers.context import add
from synthesist.formats.xml import Node

_ROLES = {
    "trialid": "accession",
    "trial_id": "accession",
    "public_title": "title",
    "scientific_title": "title_other",
    "acronym": "title_short",
    "scientific_acronym": "title_short",
    "primary_sponsor": "publisher",
    "date_registration": "date",
    "date_registration3": "",
    "reg_name": "database",
    "source_register": "database",
    "condition": "keyword",
    "hc_freetext": "keyword",
    "intervention": "keyword",
    "i_freetext": "keyword",
    "web_address": "url",
    "url": "url",
    "study_type": "pubtype",
    "countries": "place",
}


def ictrp_roles(node: Node) -> dict[str, list[str]]:
    """Sort the elements of a trial by what they mean."""
    roles: dict[str, list[str]] = {"type": ["trial registration"]}
    for path, text in node.leaves():
        role = _ROLES.get(path.rpartition("/")[2].lower())
        if role:
            for part in text.split("<br>") if role == "keyword" else [text]:
                add(roles, role, part)
    if "title" not in roles and "title_other" in roles:
        roles["title"] = roles["title_other"]
    return roles
