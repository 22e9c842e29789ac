"""Searches of a service on the loopback: complete, polite, resumed, logged."""

import csv
import json
import os
import signal
import subprocess
import sys
import time
from datetime import date, timedelta

import pytest
from click.testing import CliRunner

from connectors.replay import (
    broken,
    cut,
    passes,
    stalls,
    status,
    truncated,
)
from synthesist.actions.new_review import new_review
from synthesist.actions.search import WAITING, Asked, search_service
from synthesist.cli.main import main
from synthesist.errors import InvalidInput, Unavailable
from synthesist.formats import ReferenceFile
from synthesist.store import read_folder

SERVICES = ["pubmed", "europe-pmc", "clinicaltrials", "openalex", "crossref"]


@pytest.fixture
def review(tmp_path):
    folder = tmp_path / "review"
    new_review(folder)
    return folder


@pytest.fixture
def search(review, config, waiting):
    """Return a function that searches into the review."""

    def run(source, query="lupus AND trial", **options):
        asked = Asked(source=source, query=query, **options)
        return search_service(review, asked, config=config, clock=waiting.clock())

    return run


def rows(folder, name="records.csv"):
    with (folder / name).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def found(folder):
    """Return the titles of the records that the template does not bring."""
    return [row["title"] for row in rows(folder) if row["title"].startswith("Trial ")]


@pytest.mark.parametrize("service", SERVICES)
def test_all_pages_are_taken_in_as_they_came(service, search, review, replay):
    replay.records = 5
    result = search(service)
    entry = result.entry
    assert (entry.announced, entry.received) == (5, 5)
    assert len(found(review)) == 5
    assert len(set(found(review))) == 5
    held = read_folder(review)
    source = held.protocol.sources[-1]
    assert source.id == service
    assert source.strategy == "lupus AND trial"
    assert source.hits == 5
    assert str(source.date) == "2026-01-15"
    for name in source.files:
        records = {one.record for one in ReferenceFile(review / "searches" / name)}
        assert records <= {row["record"] for row in rows(review)}
    (logged,) = rows(review, "search-log.csv")
    assert logged["service"] == entry.service
    assert logged["query"] == "lupus AND trial"
    assert logged["started"].startswith("2026-01-15T09:00:00")
    assert logged["received"] == "5"
    assert logged["files"].split("; ") == sorted(source.files)
    assert not (review / WAITING).exists()
    assert all(taken.report.conserved for taken in result.taken.files)
    json.dumps(result.to_dict(), allow_nan=False)


@pytest.mark.parametrize("service", SERVICES)
def test_nothing_found_is_logged_too(service, search, review, replay):
    replay.records = 0
    assert search(service).entry.received == 0
    (logged,) = rows(review, "search-log.csv")
    assert (logged["announced"], logged["files"]) == ("0", "")
    assert found(review) == []


def test_the_strategy_of_the_review_is_used(search, review):
    text = (review / "review.toml").read_text(encoding="utf-8")
    entry = '\n[[sources]]\nid = "pm"\nname = "PubMed"\nstrategy = "sle[ti] xyzzy"\n'
    (review / "review.toml").write_text(text + entry, encoding="utf-8")
    result = search("pm", query="")
    assert result.entry.query == "sle[ti] xyzzy"
    assert "phrasesnotfound: xyzzy" in result.entry.notes
    source = read_folder(review).protocol.sources[-1]
    assert (source.id, len(source.files)) == ("pm", 1)


@pytest.mark.parametrize("service", SERVICES)
def test_faults_that_pass_are_waited_for(service, search, review, replay, waiting):
    replay.faults.extend(
        [status(429, ("Retry-After", "7")), status(500), truncated, cut, broken, passes]
    )
    assert search(service).entry.received == 5
    assert len(found(review)) == 5
    assert max(waiting.waited) >= 7
    assert len(replay.requests) >= 6


def test_a_date_to_wait_for_is_understood(search, replay, waiting):
    replay.faults.append(status(503, ("Retry-After", "Thu, 15 Jan 2026 09:01:30 GMT")))
    search("crossref")
    assert max(waiting.waited) == pytest.approx(90, abs=2)


def test_the_pace_that_a_service_names_is_kept(search, replay, waiting):
    replay.faults.append(passes)
    body = replay.crossref("works", {"cursor": "*"})
    pace = (("X-Rate-Limit-Limit", "1"), ("X-Rate-Limit-Interval", "5s"))
    replay.faults = type(replay.faults)([status(200, *pace, body=body)])
    search("crossref")
    assert sum(wait > 4.9 for wait in waiting.waited) >= 2


def test_no_faster_than_configured(search, replay, waiting, config):
    config.write_text(
        config.read_text(encoding="utf-8").replace(
            "requests_per_second = 50", "requests_per_second = 0.5"
        ),
        encoding="utf-8",
    )
    search("europe-pmc")
    assert waiting.passed >= 2.0 * (len(replay.requests) - 1)


def test_too_long_a_wait_stops_and_what_came_is_kept(search, review, replay):
    budget = (("Retry-After", "40000"), ("X-RateLimit-Remaining-USD", "0"))
    replay.faults.extend([passes, status(429, *budget)])
    with pytest.raises(Unavailable, match=r"40000 seconds \(remaining-usd 0\)"):
        search("openalex")
    assert found(review) == []
    assert not (review / "search-log.csv").exists()
    before = len(replay.requests)
    assert search("openalex").entry.received == 5
    again = [given["cursor"] for _, given in replay.requests[before:]]
    assert "*" not in again


def test_a_service_that_stays_silent_is_left(search, review, replay):
    replay.faults.extend([status(500)] * 6)
    with pytest.raises(Unavailable, match="it answers 500"):
        search("clinicaltrials")
    assert found(review) == []


def test_a_refusal_is_not_repeated(search, replay):
    replay.faults.append(status(400, body='{"message": "Invalid filter: zzz"}'))
    with pytest.raises(InvalidInput, match="Invalid filter: zzz"):
        search("openalex")
    assert len(replay.requests) == 1


def test_a_key_is_sent_and_never_printed(search, review, replay, monkeypatch):
    monkeypatch.setenv("SYNTHESIST_OPENALEX_API_KEY", "secret-4711")
    search("openalex")
    assert {given["api_key"] for _, given in replay.requests} == {"secret-4711"}
    replay.faults.append(status(403, body="the key secret-4711 is not known"))
    with pytest.raises(InvalidInput) as refused:
        search("openalex", query="another")
    assert "secret-4711" not in str(refused.value)
    for path in review.rglob("*"):
        if path.is_file():
            assert b"secret-4711" not in path.read_bytes()


def test_the_count_changes_between_pages(search, review, replay):
    def grows(handler):
        replay.records = 6
        return False

    replay.faults.extend([passes, grows])
    result = search("crossref")
    assert len(set(found(review))) == len(found(review)) == 6
    assert result.entry.announced == result.entry.received == 6
    assert "changed between 5 and 6" in result.entry.notes


def test_records_that_come_twice_are_asked_for_again(search, review, replay):
    def shifted(handler):
        handler.give(
            200, replay.europe_pmc("search", {"cursorMark": "c1", "query": "q"})
        )
        return True

    replay.faults.extend([passes, shifted])
    result = search("europe-pmc")
    assert len(set(found(review))) == len(found(review)) == 5
    assert "it was read again" in result.entry.notes


def test_a_service_that_never_gives_what_it_announces_is_said(search, review, replay):
    honest = replay.clinicaltrials

    def boasts(path, given):
        value = json.loads(honest(path, given))
        if "totalCount" in value:
            value["totalCount"] += 1
        return json.dumps(value)

    replay.clinicaltrials = boasts
    result = search("clinicaltrials")
    assert (result.entry.announced, result.entry.received) == (6, 5)
    assert "announced 6 records and gave 5" in result.entry.notes
    assert len(found(review)) == 5


def test_pubmed_forgets_a_search(search, review, replay, monkeypatch):
    from synthesist.connectors.pubmed import PubMed
    from synthesist.connectors.services import SERVICES

    monkeypatch.setitem(SERVICES, "pubmed", PubMed(page=2))

    def forgets(handler):
        replay.searches.clear()
        return False

    replay.faults.extend([passes, passes, forgets])
    result = search("pubmed")
    assert len(set(found(review))) == len(found(review)) == 5
    assert "forgotten" in result.entry.notes


def test_more_than_pubmed_gives_are_sliced_by_day(search, review, replay, monkeypatch):
    from synthesist.connectors import pubmed
    from synthesist.connectors.services import SERVICES

    monkeypatch.setattr(pubmed, "REACH", 7)
    monkeypatch.setitem(SERVICES, "pubmed", pubmed.PubMed(page=3))
    replay.records = 40
    replay.days = lambda one: date(1966, 1, 1) + timedelta(days=400 * (one % 50))
    result = search("pubmed")
    assert result.entry.received == 40
    assert len(set(found(review))) == 40


def test_a_long_strategy_is_sent_as_a_form(search, replay):
    query = " OR ".join(f'"term number {n}"' for n in range(400))
    assert search("pubmed", query=query).entry.received == 5
    assert search("europe-pmc", query=query).entry.received == 5
    assert replay.requests[0][1]["term"] == query


def test_a_strategy_for_another_platform_is_not_sent(search, review, replay):
    text = (review / "review.toml").read_text(encoding="utf-8")
    entry = '\n[[sources]]\nid = "m"\nname = "MEDLINE"\nplatform = "Ovid"\nstrategy = "exp lupus/"\n'
    (review / "review.toml").write_text(text + entry, encoding="utf-8")
    with pytest.raises(InvalidInput, match="is named Ovid"):
        search("m", query="")
    assert replay.requests == []
    assert search("m", query="lupus", service="pubmed").entry.source == "m"


def test_too_many_are_refused(search, review, replay):
    replay.records = 100
    with pytest.raises(InvalidInput, match="finds 100 records"):
        search("crossref", most=50)
    assert len(replay.requests) == 1


def test_limits_are_sent_and_logged(search, review, replay):
    search("clinicaltrials", limits={"filter.overallStatus": "COMPLETED"})
    assert replay.requests[0][1]["filter.overallStatus"] == "COMPLETED"
    assert (
        rows(review, "search-log.csv")[0]["limits"] == "filter.overallStatus=COMPLETED"
    )
    with pytest.raises(InvalidInput, match="pageToken is set by this program"):
        search("clinicaltrials", limits={"pageToken": "x"})


def test_a_search_without_a_query(search):
    with pytest.raises(InvalidInput, match="no strategy"):
        search("pubmed", query=" ")
    with pytest.raises(InvalidInput, match="No service"):
        search("Database One", query="x")


def test_the_same_search_another_day_makes_new_files_and_another_row(
    search, review, waiting
):
    search("crossref")
    waiting.passed += 60
    with pytest.raises(InvalidInput, match="taken in already"):
        search("crossref")
    waiting.passed += 86_400
    search("crossref")
    assert len(found(review)) == 10
    assert len(rows(review, "search-log.csv")) == 2
    read_folder(review)


def test_a_query_in_the_log_is_no_formula(search, review):
    search("crossref", query='=HYPERLINK("x")')
    assert rows(review, "search-log.csv")[0]["query"] == '\'=HYPERLINK("x")'


SCRIPT = "import sys; from synthesist.cli.main import main; main(sys.argv[1:])"


def run_search(review, config, source):
    """Start the command in a process of its own."""
    command = ["search", review, source, "--query", "lupus", "--config", config]
    return subprocess.Popen(
        [sys.executable, "-c", SCRIPT, *map(str, command)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.skipif(os.name == "nt", reason="needs SIGKILL")
@pytest.mark.parametrize("whole", [1, 2])
def test_killed_in_the_middle_and_resumed(whole, review, config, replay):
    replay.faults.extend([*[passes] * whole, stalls])
    process = run_search(review, config, "openalex")
    deadline = time.monotonic() + 20
    while len(replay.requests) < whole + 1 and time.monotonic() < deadline:
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert found(review) == []
    read_folder(review)
    asked = [given["cursor"] for _, given in replay.requests]
    replay.requests.clear()
    process = run_search(review, config, "openalex")
    said, errors = process.communicate(timeout=60)
    assert process.returncode == 0, errors
    assert "5 records announced, 5 received" in said
    assert replay.requests[0][1]["cursor"] == asked[-1] != "*"
    assert len(set(found(review))) == len(found(review)) == 5
    read_folder(review)


def test_a_search_that_died_after_it_was_taken_in(search, review, monkeypatch):
    import shutil

    real = shutil.rmtree

    def dies(path, *arguments, **options):
        if path.name == "pages":
            raise KeyboardInterrupt
        real(path, *arguments, **options)

    monkeypatch.setattr(shutil, "rmtree", dies)
    with pytest.raises(KeyboardInterrupt):
        search("crossref")
    monkeypatch.undo()
    before = len(found(review))
    search("crossref")
    assert len(found(review)) == before == 5
    assert len(rows(review, "search-log.csv")) == 1


def test_a_damaged_page_is_asked_for_again(search, review, replay):
    replay.faults.extend([passes, *[status(500)] * 6])
    with pytest.raises(Unavailable):
        search("europe-pmc")
    (page,) = (review / WAITING).rglob("europe-pmc-*.json")
    page.write_bytes(page.read_bytes()[:50])
    assert search("europe-pmc").entry.received == 5
    assert len(set(found(review))) == 5


def test_a_restart_asks_for_everything(search, replay):
    replay.faults.extend([passes, *[status(500)] * 6])
    with pytest.raises(Unavailable):
        search("crossref")
    replay.requests.clear()
    search("crossref", restart=True)
    assert replay.requests[0][1]["cursor"] == "*"


@pytest.mark.parametrize(("records", "said"), [(5, 3), (13, 1)])
def test_many_files_are_summed_up(review, config, replay, records, said):
    replay.records = records
    arguments = ["search", review, "europe-pmc", "--query", "q", "--config", config]
    done = CliRunner().invoke(main, [str(argument) for argument in arguments])
    assert done.exit_code == 0, done.output
    accounts = [line for line in done.stdout.splitlines() if "start markers" in line]
    assert len(accounts) == said
    if said == 1:
        assert accounts == ["7 files: 13 start markers = 13 records + 0 set aside"]
