"""Individual data of several trials."""

import pytest

import golden
from synthesist.survival import survival_data


@pytest.fixture(scope="session")
def made_up():
    """Return eight invented trials whose effects differ; two lack a covariate."""
    return survival_data(
        golden.data("ipd_made_up"),
        time="months",
        event="died",
        treated="treated",
        trial="trial",
        covariates=["age", "ps", "male"],
        categories=["ps"],
    )


@pytest.fixture(scope="session")
def expected():
    return golden.load("ipd_made_up")
