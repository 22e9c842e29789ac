"""A server on the loopback that answers as the five services document it, faults too.

The shapes are those of the services' documentation; records are made up.
"""

import json
import threading
import time
from collections import deque
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit


class Replay:
    """Holds `records` invented records of every service.

    `faults` are given in turn in place of answers: a function of the handler that
    answers itself and returns True, or False to let the answer pass. `requests`
    are the (path, parameters) that came.
    """

    def __init__(self):
        self.records = 5
        self.faults = deque()
        self.requests = []
        self.searches = {}
        self.days = None
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                self.answer(urlsplit(self.path).query)

            def do_POST(self):
                length = int(self.headers["Content-Length"])
                self.answer(self.rfile.read(length).decode())

            def answer(self, query):
                path = urlsplit(self.path).path
                parameters = {
                    name: values[-1]
                    for name, values in parse_qs(query, keep_blank_values=True).items()
                }
                server.requests.append((path, parameters))
                if server.faults and server.faults.popleft()(self):
                    return
                code, _, rest = path.lstrip("/").partition("/")
                body = getattr(server, code.replace("-", "_"))(rest, parameters)
                self.give(200, body)

            def give(self, status, body, headers=()):
                raw = body if isinstance(body, bytes) else body.encode()
                self.send_response(status)
                for name, value in headers:
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(raw)))
                self.end_headers()
                self.wfile.write(raw)

            def log_message(self, *arguments):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.address = f"http://127.0.0.1:{self.server.server_port}"

    def __enter__(self):
        self.thread = threading.Thread(
            target=self.server.serve_forever, args=(0.01,), daemon=True
        )
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    # The services.

    def pubmed(self, path, given):
        if path == "esearch.fcgi":
            ids = self.ids_of(given)
            name = f"MCID_{len(self.searches)}"
            self.searches[name] = ids
            return json.dumps(
                {
                    "header": {"type": "esearch", "version": "0.3"},
                    "esearchresult": {
                        "count": str(len(ids)),
                        "retmax": "0",
                        "retstart": "0",
                        "querykey": "1",
                        "webenv": name,
                        "idlist": [],
                        "translationset": [],
                        "querytranslation": given["term"],
                        **(
                            {"errorlist": {"phrasesnotfound": ["xyzzy"]}}
                            if "xyzzy" in given["term"]
                            else {}
                        ),
                    },
                }
            )
        if given["WebEnv"] not in self.searches:
            return '{"error":"Unable to obtain query #1"}'
        start, size = int(given["retstart"]), int(given["retmax"])
        articles = "\n".join(
            f'<PubmedArticle><MedlineCitation Status="MEDLINE"><PMID Version="1">{one}</PMID>'
            f"<Article><ArticleTitle>Trial {one}</ArticleTitle></Article></MedlineCitation></PubmedArticle>"
            for one in self.searches[given["WebEnv"]][start : start + size]
        )
        return (
            '<?xml version="1.0" ?>\n<!DOCTYPE PubmedArticleSet PUBLIC "-//NLM//DTD PubMedArticle//EN"'
            ' "https://dtd.nlm.nih.gov/ncbi/pubmed/out/pubmed_250101.dtd">\n'
            f"<PubmedArticleSet>\n{articles}\n</PubmedArticleSet>\n"
        )

    def ids_of(self, given):
        """Return PMIDs; with `days`, those that entered PubMed between two dates."""
        everything = range(10_000_001, 10_000_001 + self.records)
        if self.days is None or "mindate" not in given:
            return list(everything)
        first, last = given["mindate"], given["maxdate"]
        return [
            one
            for one in everything
            if first <= self.days(one).strftime("%Y/%m/%d") <= last
        ]

    def page(self, cursor, size):
        """Return the numbers of a page, and the cursor of the next."""
        start = 0 if cursor in {"*", ""} else int(cursor[1:])
        numbers = range(start, min(start + size, self.records))
        return numbers, f"c{start + len(numbers)}"

    def europe_pmc(self, path, given):
        assert path == "search" or (path == "searchPOST" and len(given["query"]) > 1000)
        numbers, following = self.page(given["cursorMark"], 2)
        value = {"version": "6.9", "hitCount": self.records}
        if numbers:
            value["nextCursorMark"] = following
        value["request"] = {"queryString": given["query"], "resultType": "core"}
        value["resultList"] = {
            "result": [
                {
                    "id": str(n),
                    "source": "MED",
                    "pmid": str(n),
                    "title": f"Trial {n}.",
                    "authorString": "Ada B.",
                    "pubYear": "2020",
                }
                for n in numbers
            ]
        }
        return json.dumps(value)

    def clinicaltrials(self, path, given):
        assert path == "studies"
        numbers, following = self.page(given.get("pageToken", ""), 2)
        value = {}
        if "pageToken" not in given and given.get("countTotal") == "true":
            value["totalCount"] = self.records
        value["studies"] = [
            {
                "protocolSection": {
                    "identificationModule": {
                        "nctId": f"NCT{n:08}",
                        "briefTitle": f"Trial {n}",
                    }
                },
                "hasResults": False,
            }
            for n in numbers
        ]
        if int(following[1:]) < self.records:
            value["nextPageToken"] = following
        return json.dumps(value)

    def openalex(self, path, given):
        assert path == "works"
        numbers, following = self.page(given["cursor"], 2)
        return json.dumps(
            {
                "meta": {
                    "count": self.records,
                    "db_response_time_ms": 20,
                    "page": None,
                    "per_page": 100,
                    "next_cursor": following if numbers else None,
                },
                "results": [
                    {
                        "id": f"https://openalex.org/W{n}0000000",
                        "display_name": f"Trial {n}",
                        "type": "article",
                        "publication_year": 2020,
                        "authorships": [{"author": {"display_name": "Beatrice Ada"}}],
                    }
                    for n in numbers
                ],
                "group_by": [],
            }
        )

    def crossref(self, path, given):
        assert path == "works"
        numbers, following = self.page(given["cursor"], 2)
        return json.dumps(
            {
                "status": "ok",
                "message-type": "work-list",
                "message-version": "1.0.0",
                "message": {
                    "facets": {},
                    "next-cursor": following,
                    "total-results": self.records,
                    "items": [
                        {
                            "DOI": f"10.1000/x{n}",
                            "prefix": "10.1000",
                            "type": "journal-article",
                            "member": "1",
                            "title": [f"Trial {n}"],
                            "container-title": ["Annals"],
                        }
                        for n in numbers
                    ],
                    "items-per-page": 500,
                    "query": {"start-index": 0, "search-terms": given.get("query")},
                },
            }
        )


# Faults.


def passes(handler):
    """Let the answer pass."""
    return False


def status(code, *headers, body="{}"):
    """Answer with a status."""

    def fault(handler):
        handler.give(code, body, headers)
        return True

    return fault


def truncated(handler):
    """Announce more than comes."""
    handler.send_response(200)
    handler.send_header("Content-Length", "100000")
    handler.end_headers()
    handler.wfile.write(b'{"studies": [')
    handler.close_connection = True
    return True


def cut(handler):
    """Give half an answer that says it is whole."""
    handler.give(200, '{"resultList": {"result": [{"id": "1"')
    return True


def broken(handler):
    """Close the connection without a word."""
    handler.close_connection = True
    handler.connection.close()
    return True


def stalls(handler):
    """Say nothing for long."""
    time.sleep(30)
    return True


def moved(location):
    """Redirect."""
    return status(302, ("Location", location))
