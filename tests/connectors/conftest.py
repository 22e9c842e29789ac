from datetime import UTC, datetime, timedelta

import pytest

from connectors.replay import Replay
from synthesist.connectors.fetch import Clock


class Waiting:
    """A clock that does not wait, and remembers how long it would have."""

    def __init__(self):
        self.waited = []
        self.passed = 0.0

    def sleep(self, seconds):
        self.waited.append(seconds)
        self.passed += seconds

    def clock(self):
        begun = datetime(2026, 1, 15, 9, 0, tzinfo=UTC)
        return Clock(
            now=lambda: begun + timedelta(seconds=self.passed),
            monotonic=lambda: self.passed,
            sleep=self.sleep,
        )


@pytest.fixture
def waiting():
    return Waiting()


@pytest.fixture
def replay():
    """Return a server on the loopback that answers as the services document it."""
    with Replay() as server:
        yield server


@pytest.fixture
def config(tmp_path, replay):
    """Return a configuration that sends every request to the loopback."""
    path = tmp_path / "config.toml"
    codes = ("pubmed", "europe-pmc", "clinicaltrials", "openalex", "crossref")
    tables = [
        f'[connectors.{code}]\nbase_url = "{replay.address}/{code}/"\n'
        "private = true\nrequests_per_second = 50\n"
        for code in codes
    ]
    lines = ['[connectors]\nemail = "librarian@example.org"\n', *tables]
    path.write_text("\n".join(lines), encoding="utf-8")
    return path
