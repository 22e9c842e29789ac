"""The expectations that were computed from printed abstracts and tables, row by row.

`sample.jsonl` holds what was printed, with its source, and what must follow; the
values were computed apart from this program.
"""

import json
from pathlib import Path

import pytest

import synthesist as sy

ROWS = [
    json.loads(line)
    for line in (Path(__file__).parent / "sample.jsonl").read_text("utf-8").splitlines()
]


def asked(row):
    return {key: row[key] for key in ("id", "kind", "given", "printed")}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["id"])
def test_every_row_holds(row):
    (finding,) = sy.check_report(asked(row)).findings
    assert finding.verdict == row["verdict"]
    for name, expected in row["expected"].items():
        span, near = finding.implied[name], row["tolerance"]
        if isinstance(near, str):
            near = float(near.removeprefix("rel ").removesuffix("%")) / 100 * expected
        if isinstance(expected, list):
            assert abs(span.low - expected[0]) <= near
            assert abs(span.high - expected[1]) <= near
        else:
            assert span.low - near <= expected <= span.high + near


def test_q_of_the_pools_is_the_printed_one():
    pools = {row["id"]: row for row in ROWS}
    for name, q in (("E-POOL5OF6-OS", 2.54), ("SRI-RCT-RR", 1.56)):
        (finding,) = sy.check_report(asked(pools[name])).findings
        assert abs(finding.implied["q"].low - q) < 0.005


def test_a_test_that_does_not_give_the_printed_p_is_named_with_one_that_does():
    rows = {row["id"]: row for row in ROWS}
    (finding,) = sy.check_report(asked(rows["HE-CTX-CHI2"])).findings
    assert finding.verdict == "inconsistent"
    assert "Fisher's exact test" in finding.ask


def test_the_whole_sample_in_one_call():
    report = sy.check_report([asked(row) for row in ROWS])
    assert [f.id for f in report.findings] == [row["id"] for row in ROWS]
    assert report.counts["unreadable"] == 0
    assert len(report.contradictions) == sum(r["verdict"] == "inconsistent" for r in ROWS)  # fmt: skip
