"""Data of the reference values."""

import json
from pathlib import Path

import pytest

import golden
from synthesist.survival import survival_data

#: 3,288 patients that are not kept here; tests that need them are skipped without.
GASTRIC = Path("../shared/reference").resolve()


@pytest.fixture(scope="session")
def gastric():
    """Return a reader of the gastric cancer trials, and R's results by endpoint."""
    table = GASTRIC / "data" / "gastric_adjuvant.csv"
    if not table.exists():
        pytest.skip("gastric_adjuvant.csv is not here")
    expected = json.loads((GASTRIC / "expected" / "gastric_adjuvant.json").read_text())

    def read(endpoint, **more):
        short = {"disease_free_survival": "dfs", "overall_survival": "os"}[endpoint]
        return survival_data(
            table,
            time=f"{short}_days",
            event=f"{short}_event",
            treated="treated",
            trial="trial",
            **more,
        )

    return read, expected


@pytest.fixture(scope="session")
def colon():
    return survival_data(
        golden.data("colon"),
        time="days",
        event="event",
        treated="treated",
        covariates=["sex", "age", "nodes", "extent"],
        categories=["extent"],
    )


@pytest.fixture(scope="session")
def gehan():
    return survival_data(
        golden.data("gehan"), time="weeks", event="event", treated="treated"
    )


@pytest.fixture(scope="session")
def made_up():
    """Return a reader of the invented table with ties, late entry, weights and gaps."""

    def read(*, late=False, weighted=False, cluster=False):
        return survival_data(
            golden.data("survival_made_up"),
            time="time",
            event="event",
            treated="treated",
            trial="trial",
            entry="entry" if late else None,
            covariates=["age", "stage", "biomarker"],
            weights="weight" if weighted else None,
            cluster="centre" if cluster else None,
        )

    return read
