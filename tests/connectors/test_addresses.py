"""Requests go to the configured service, and nowhere else."""

import socket

import pytest

from connectors.replay import moved
from synthesist.connectors import SERVICES, read_settings
from synthesist.connectors.addresses import is_allowed, read_site, resolve
from synthesist.connectors.fetch import Clock
from synthesist.errors import InvalidInput, NotFound, Unavailable

CROSSREF = SERVICES["crossref"]


@pytest.mark.parametrize(
    ("address", "public", "private"),
    [
        ("93.184.215.14", True, True),
        ("2606:2800:21f:cb07:6820:80da:af6b:8b2c", True, True),
        ("127.0.0.1", False, True),
        ("::1", False, True),
        ("10.0.0.8", False, True),
        ("192.168.1.1", False, True),
        ("172.16.0.1", False, True),
        ("100.64.0.1", False, True),
        ("fd12:3456::1", False, True),
        ("::ffff:127.0.0.1", False, True),
        ("::ffff:10.0.0.1", False, True),
        ("64:ff9b::7f00:1", False, True),
        ("2002:7f00:1::", False, True),
        ("169.254.169.254", False, False),
        ("::ffff:169.254.169.254", False, False),
        ("fd00:ec2::254", False, False),
        ("fe80::1%eth0", False, False),
        ("0.0.0.0", False, False),  # noqa: S104
        ("224.0.0.1", False, False),
    ],
)
def test_which_addresses_are_asked(address, public, private):
    assert is_allowed(address, private=False) is public
    assert is_allowed(address, private=True) is private


@pytest.mark.parametrize(
    "address",
    [
        "http://api.crossref.org/",
        "ftp://api.crossref.org/",
        "file:///etc/passwd",
        "https://",
        "https://user:word@api.crossref.org/",
        "https://api.crossref.org/?x=1",
        "https://[::1/",
        "api.crossref.org",
    ],
)
def test_addresses_that_are_refused(address):
    with pytest.raises(InvalidInput):
        read_site(address)


def test_a_name_that_means_a_private_address(monkeypatch):
    def answers(host, port, **options):
        return [
            (socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, port))
            for ip in ("93.184.215.14", "127.0.0.1")
        ]

    monkeypatch.setattr(socket, "getaddrinfo", answers)
    with pytest.raises(InvalidInput, match="not public"):
        resolve(read_site("https://rebinding.example/"))


def test_a_host_that_is_not_there(monkeypatch):
    def fails(*arguments, **options):
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", fails)
    with pytest.raises(Unavailable, match="cannot be found"):
        resolve(read_site("https://nowhere.example/"))


def test_the_loopback_is_refused_unless_it_is_allowed(tmp_path, replay):
    path = tmp_path / "config.toml"
    address = replay.address.replace("http:", "https:")
    path.write_text(f'[connectors.crossref]\nbase_url = "{address}/crossref/"\n')
    fetch = read_settings(CROSSREF, path).fetcher(CROSSREF, "0", Clock())
    with pytest.raises(InvalidInput, match="not public"):
        fetch.get("works", {})
    assert replay.requests == []


@pytest.mark.parametrize(
    "location",
    [
        "http://127.0.0.1:1/x",
        "http://169.254.169.254/latest/meta-data/",
        "https://elsewhere.example/",
        "//elsewhere.example/",
        "file:///etc/passwd",
    ],
)
def test_a_redirect_to_elsewhere_is_not_followed(location, replay, config, waiting):
    fetch = read_settings(CROSSREF, config).fetcher(CROSSREF, "0", waiting.clock())
    replay.faults.append(moved(location))
    with pytest.raises(InvalidInput, match="where nothing is asked"):
        fetch.get("works", {"cursor": "*"})
    assert len(replay.requests) == 1


def test_a_redirect_within_the_service_is_followed(replay, config, waiting):
    fetch = read_settings(CROSSREF, config).fetcher(CROSSREF, "0", waiting.clock())
    replay.faults.append(moved("/crossref/works?cursor=*"))
    assert fetch.get("works", {"cursor": "*"}).status == 200
    replay.faults.extend([moved("/crossref/works?cursor=*")] * 4)
    with pytest.raises(InvalidInput, match="circle"):
        fetch.get("works", {"cursor": "*"})


def test_no_proxy_of_the_environment_is_asked(replay, config, waiting, monkeypatch):
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "https_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    fetch = read_settings(CROSSREF, config).fetcher(CROSSREF, "0", waiting.clock())
    assert fetch.get("works", {"cursor": "*"}).status == 200


def test_an_answer_without_end_is_cut(replay, config, waiting, monkeypatch):
    from synthesist.connectors import fetch as module

    monkeypatch.setattr(module, "LARGEST", 100)
    fetch = read_settings(CROSSREF, config).fetcher(CROSSREF, "0", waiting.clock())
    with pytest.raises(InvalidInput, match="more than"):
        fetch.get("works", {"cursor": "*"})


@pytest.mark.parametrize(
    "text",
    [
        "connectors = 3",
        "[connectors]\nnobody = {}",
        "[connectors.pubmed]\nurl = 'https://x.example/'",
        "[connectors.pubmed]\napi_key = 3",
        "[connectors.pubmed]\nrequests_per_second = 0",
        "[connectors.pubmed]\nrequests_per_second = 1000",
        "[connectors.pubmed]\nrequests_per_second = true",
        "[connectors.pubmed]\napi_key = 'a\\nb'",
        '[connectors.pubmed]\napi_key = "a\\nHost: x"',
        "[connectors",
        "\x00",
    ],
)
def test_configurations_that_are_wrong(text, tmp_path):
    path = tmp_path / "config.toml"
    path.write_text(text, encoding="utf-8")
    if "a\\nb'" in text:
        # A literal string of TOML: the backslash is only a backslash.
        assert read_settings(SERVICES["pubmed"], path).api_key == "a\\nb"
        return
    with pytest.raises(InvalidInput):
        read_settings(SERVICES["pubmed"], path)


def test_a_configuration_that_is_not_there(tmp_path, monkeypatch):
    with pytest.raises(NotFound):
        read_settings(CROSSREF, tmp_path / "none.toml")
    monkeypatch.delenv("SYNTHESIST_CONFIG", raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setenv("APPDATA", str(tmp_path))
    usual = read_settings(SERVICES["pubmed"])
    assert usual.site.host == "eutils.ncbi.nlm.nih.gov"
    assert usual.rate == 3
    monkeypatch.setenv("SYNTHESIST_PUBMED_API_KEY", "k")
    assert read_settings(SERVICES["pubmed"]).rate == 10
    assert "k)" not in repr(read_settings(SERVICES["pubmed"]))
