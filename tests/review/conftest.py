import pytest

from synthesist.review import Protocol, Review, Reviewer, SearchSource
from synthesist.review.protocol import Eligibility


def protocol(**given):
    """Return a protocol with two reviewers, a third one who settles, and sources."""
    kinds = ("database", "register", "website", "previous")
    fixed = {
        "format": 1,
        "title": "T",
        "eligibility": Eligibility(exclusion_reasons=("population", "design")),
        "reviewers": (
            Reviewer(id="A"),
            Reviewer(id="B"),
            Reviewer(id="C", role="consensus"),
        ),
        "sources": tuple(
            SearchSource(id=kind, name=kind, kind=kind, files=(f"{kind}.ris",))
            for kind in kinds
        ),
    }
    return Protocol(**(fixed | given))


@pytest.fixture
def review():
    """Return a function that makes a review of its parts."""
    return lambda **parts: Review(**({"protocol": protocol()} | parts))
