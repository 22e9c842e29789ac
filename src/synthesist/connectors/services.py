"""The services there are."""

from __future__ import annotations

from synthesist.connectors.cursors import CursorService
from synthesist.connectors.pubmed import PubMed
from synthesist.connectors.service import Service
from synthesist.errors import InvalidInput


def find_service(*names: str) -> Service:
    """Return the service that one of the names means, as code or in print.

    Raises
    ------
    InvalidInput
        If none does.
    """
    for name in names:
        plain = _plain(name)
        for service in SERVICES.values():
            if plain in {_plain(service.code), _plain(service.name)}:
                return service
    for name in names:
        if service := _ALIASES.get(_plain(name)):
            return SERVICES[service]
    said = ", ".join(dict.fromkeys(filter(None, names)))
    raise InvalidInput(
        f"No service that can be asked is named {said}.",
        remedy=f"name one with --service: {', '.join(SERVICES)}",
    )


def _plain(name: str) -> str:
    """Return letters and digits only, small."""
    return "".join(filter(str.isalnum, name.lower()))


SERVICES: dict[str, Service] = {
    service.code: service
    for service in (
        PubMed(),
        CursorService(
            code="europe-pmc",
            name="Europe PMC",
            base_url="https://www.ebi.ac.uk/europepmc/webservices/rest/",
            path="search",
            form="searchPOST",
            query="query",
            cursor="cursorMark",
            always={"format": "json", "resultType": "core", "pageSize": "1000"},
            records="resultList.result",
            total="hitCount",
            following="nextCursorMark",
            identifiers=("source", "id"),
            email_parameter="email",
            rate=5.0,
            rate_with_key=5.0,
        ),
        CursorService(
            code="clinicaltrials",
            name="ClinicalTrials.gov",
            kind="register",
            base_url="https://clinicaltrials.gov/api/v2/",
            path="studies",
            query="query.term",
            cursor="pageToken",
            always={"format": "json", "countTotal": "true", "pageSize": "1000"},
            records="studies",
            total="totalCount",
            following="nextPageToken",
            first="",
            identifiers=("protocolSection.identificationModule.nctId",),
            # Some fifty a minute are let through.
            rate=0.8,
            rate_with_key=0.8,
        ),
        CursorService(
            code="openalex",
            name="OpenAlex",
            base_url="https://api.openalex.org/",
            path="works",
            query="search",
            cursor="cursor",
            always={"per_page": "100"},
            records="results",
            total="meta.count",
            following="meta.next_cursor",
            identifiers=("id",),
            key_parameter="api_key",
            email_parameter="mailto",
            rate=5.0,
            rate_with_key=10.0,
        ),
        CursorService(
            code="crossref",
            name="Crossref",
            base_url="https://api.crossref.org/",
            path="works",
            query="query",
            cursor="cursor",
            always={"rows": "500"},
            records="message.items",
            total="message.total-results",
            following="message.next-cursor",
            identifiers=("DOI",),
            email_parameter="mailto",
            rate=1.0,
            rate_with_key=1.0,
        ),
    )
}

#: Other names that people write.
_ALIASES = {
    "medline": "pubmed",
    "medlinepubmed": "pubmed",
    "pubmedmedline": "pubmed",
    "europepmc": "europe-pmc",
    "epmc": "europe-pmc",
    "clinicaltrialsgov": "clinicaltrials",
    "ctgov": "clinicaltrials",
}
