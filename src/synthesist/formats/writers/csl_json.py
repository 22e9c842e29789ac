"""Write CSL-JSON, which citation processors read."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from synthesist.formats.extension import keywords_clash, write_lines
from synthesist.formats.reference import Name, Reference
from synthesist.formats.types import kind_of, reference_type

_OWN = frozenset(
    (
        *(
            "doi",
            "title",
            "title_original",
            "title_short",
            "authors",
            "editors",
            "date",
        ),
        *("journal_abbreviation", "volume", "issue", "article_number", "pmid", "pmcid"),
        *("publisher", "place", "edition", "database"),
    )
)


def write_csl_json(references: Iterable[Reference]) -> Iterator[str]:
    """Give a JSON list, an item at a time."""
    before = "["
    for reference in references:
        item = json.dumps(_item(reference), ensure_ascii=False, allow_nan=False)
        yield f"{before}\n{item}"
        before = ","
    yield "\n]\n" if before == "," else "[]\n"


def _item(reference: Reference) -> dict[str, Any]:
    """Return the item of a reference."""
    own = _OWN
    kind = kind_of(reference.type).csl
    if reference_type(kind) == reference.type:
        own |= {"type"}
    item: dict[str, Any] = {"id": reference.record, "type": kind}
    texts = (
        ("title", reference.title),
        ("original-title", reference.title_original),
        ("title-short", reference.title_short),
        ("container-title", reference.journal),
        ("container-title-short", reference.journal_abbreviation),
        ("volume", reference.volume),
        ("issue", reference.issue),
        ("page", reference.pages),
        ("number", reference.article_number),
        ("DOI", reference.doi),
        ("PMID", reference.pmid),
        ("PMCID", reference.pmcid),
        ("ISSN", ", ".join(reference.issns)),
        ("ISBN", ", ".join(reference.isbns)),
        ("abstract", reference.abstract),
        ("publisher", reference.publisher),
        ("publisher-place", reference.place),
        ("edition", reference.edition),
        ("source", reference.database),
    )
    item |= {key: value for key, value in texts if value}
    for key, people in (("author", reference.authors), ("editor", reference.editors)):
        if people:
            item[key] = [_name(name) for name in people]
    if reference.date:
        item["issued"] = {
            "date-parts": [[int(part) for part in reference.date.split("-")]]
        }
    if reference.keywords:
        if not keywords_clash(reference):
            own |= {"keywords"}
        item["keyword"] = "; ".join(reference.keywords) + ";"
    for key, values, attribute in (
        ("language", reference.languages, "languages"),
        ("URL", reference.urls, "urls"),
        ("genre", reference.publication_types, "publication_types"),
        ("note", reference.notes, "notes"),
    ):
        if len(values) == 1:
            own |= {attribute}
            item[key] = values[0]
    own |= {"issns", "isbns"}
    said = " ".join((reference.title, reference.abstract, *reference.notes))
    item["custom"] = {"synthesist": write_lines(reference, own, said)}
    return item


def _name(name: Name) -> dict[str, str]:
    """Return a name as CSL has it."""
    if name.collective:
        return {"literal": name.family}
    parts = {"family": name.family, "given": name.given, "suffix": name.suffix}
    return {key: value for key, value in parts.items() if value}
