"""How right and how fast duplicates are found, beside bib-dedupe 0.11 and Splink.

Right: on the public sets beside the repository, where they are, in pairs, in
records and in whole groups; pairs to be asked about count as missed. One script
counts for both programs. Fast: on records made up by `dedup_records.py`, each
size in a process of its own, so that its memory is its own.

The peers run where they are installed: in this environment, or in the one whose
Python the variable PEERS_PYTHON names.

    python benchmarks/dedup.py [--right] [--fast] [--sizes 50000 100000 1000000]
"""

import argparse
import csv
import importlib.util
import itertools
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).parent
SHARED = HERE.parents[1] / "shared" / "benchmarks" / "dedup"

#: Seconds that a size may take, and megabytes.
GOALS = {100_000: 12.0, 1_000_000: 240.0}
MEMORY = 4000

#: bib-dedupe is measured up to this size, and should take so many times as long.
PEER_SIZE = 50_000
TIMES = 20

#: Splink is measured at this size; it may take half as long.
SPLINK_SIZE = 100_000

SCRIPT = """
import json, resource, sys
from pathlib import Path
from synthesist.actions.duplicates.find import deduplicate_files
from synthesist.actions.duplicates.written import write_pairs
found = deduplicate_files([Path(sys.argv[1])])
if len(sys.argv) > 2:
    write_pairs(Path(sys.argv[2]), found)
used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
print(json.dumps({
    "records": len(found.ids), "seconds": found.seconds, "ask": len(found.duplicates.ask),
    "groups": [[found.ids[p] for p in g] for g in found.duplicates.groups],
    "memory": (used[0].ru_maxrss + 2 * used[1].ru_maxrss) / 1024,
    "work": sum(u.ru_utime + u.ru_stime for u in used),
}))
"""

PEER = """
import contextlib, io, json, resource, sys, time
import pandas as pd
from bib_dedupe.bib_dedupe import block, cluster, match, prep
with contextlib.redirect_stdout(io.StringIO()):
    records = pd.read_csv(sys.argv[1], dtype=str).fillna("").rename(columns={"record_id": "ID"})
    start = time.perf_counter()
    groups = cluster(match(block(prep(records))))
    seconds = time.perf_counter() - start
used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
print(json.dumps({
    "records": len(records), "seconds": seconds, "ask": 0, "groups": groups,
    "memory": used[0].ru_maxrss / 1024, "work": sum(u.ru_utime + u.ru_stime for u in used),
}))
"""

# Splink's DuckDB path in the shape of its tutorials: the fields cleaned in SQL, one
# comparison a field, blocking on what an error may leave whole, u from random pairs,
# m by expectation maximisation in two passes, and clusters at a high probability.
SPLINK = """
import json, logging, resource, sys, time
import duckdb
import splink.comparison_library as cl
from splink import DuckDBAPI, Linker, SettingsCreator, block_on
logging.getLogger("splink").setLevel(logging.ERROR)
started = time.perf_counter()
base = duckdb.connect()
base.execute(
    '''
    create table records as select
        record_id as unique_id,
        nullif(trim(regexp_replace(lower(title), '[^a-z0-9]+', ' ', 'g')), '') as title,
        nullif(lower(split_part(split_part(author, ' and ', 1), ',', 1)), '') as family,
        nullif("year", '') as "year",
        nullif(regexp_replace(lower(journal), '[^a-z]+', ' ', 'g'), '') as journal,
        nullif(volume, '') as volume,
        nullif(regexp_extract(pages, '[0-9]+'), '') as page,
        nullif(regexp_extract(lower(doi), '10[.][0-9]+/.+'), '') as doi
    from read_csv(?, all_varchar = true, header = true)
    ''',
    [sys.argv[1]],
)
api = DuckDBAPI(base)
settings = SettingsCreator(
    link_type="dedupe_only",
    comparisons=[
        cl.JaroWinklerAtThresholds("title", [0.97, 0.9]),
        cl.JaroWinklerAtThresholds("family", [0.9]),
        cl.ExactMatch("year"),
        cl.JaroWinklerAtThresholds("journal", [0.85]),
        cl.ExactMatch("volume"),
        cl.ExactMatch("page"),
        cl.ExactMatch("doi"),
    ],
    blocking_rules_to_generate_predictions=[
        block_on("doi"),
        block_on("substr(title, 1, 20)"),
        block_on("family", "year", "page"),
        block_on("volume", "page", "year"),
    ],
)
table = api.register("records")
linker = Linker(table, settings)
linker.training.estimate_probability_two_random_records_match(
    [block_on("doi"), block_on("title", "year")], recall=0.8
)
linker.training.estimate_u_using_random_sampling(max_pairs=1e6, seed=1)
linker.training.estimate_parameters_using_expectation_maximisation(block_on("volume", "page", "year"), record_sample_proportion=1.0)
linker.training.estimate_parameters_using_expectation_maximisation(block_on("title"), record_sample_proportion=1.0)
pairs = linker.inference.predict(threshold_match_probability=0.9)
found = linker.clustering.cluster_pairwise_predictions_at_threshold(pairs, 0.99)
rows = base.execute(f"select list(unique_id) from {found.physical_name} group by cluster_id having count(*) > 1").fetchall()
seconds = time.perf_counter() - started
used = resource.getrusage(resource.RUSAGE_SELF)
print(json.dumps({"records": 0, "seconds": seconds, "ask": 0, "groups": [r[0] for r in rows], "memory": used.ru_maxrss / 1024, "work": used.ru_utime + used.ru_stime}))
"""


def peer_python(module: str) -> str:
    """Return the Python that has a peer, nothing where none has."""
    named = os.environ.get("PEERS_PYTHON", "")
    if named:
        find = f"import importlib.util as u, sys; sys.exit(not u.find_spec('{module}'))"
        there = subprocess.run([named, "-c", find], check=False).returncode == 0
        return named if there else ""
    return sys.executable if importlib.util.find_spec(module) else ""


def run(python: str, script: str, *arguments: object) -> dict:
    """Run a script in a process of its own and return what it prints as JSON."""
    done = subprocess.run(
        [python, "-c", script, *map(str, arguments)],
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout.splitlines()[-1])


def pairs_of(groups) -> set:
    """Return every pair inside each group."""
    return {
        frozenset(pair) for group in groups for pair in itertools.combinations(group, 2)
    }


def split_by(groups, others) -> int:
    """Count how many joins the groups need beyond those that others already make.

    A group cut into three parts by the others needs two: records are counted, not
    pairs.
    """
    home = {name: number for number, group in enumerate(others) for name in group}
    return sum(len({home.get(name, name) for name in group}) - 1 for group in groups)


def count_errors(found: list, gold: list) -> str:
    """Say how many answers are wrong, in pairs, in records, and in whole groups."""
    ours, truth = pairs_of(found), pairs_of(gold)
    exact = len(set(map(frozenset, found)) & set(map(frozenset, gold)))
    return (
        f"pairs {len(ours - truth):>3} wrong {len(truth - ours):>3} missed of {len(truth):>5}"
        f"   records {split_by(found, gold):>3} wrong {split_by(gold, found):>3} missed"
        f"   groups exactly right {exact} of {len(gold)}"
    )


def read_gold(file: Path) -> list:
    """Read groups of duplicates."""
    lines = file.read_text(encoding="utf-8").splitlines()[1:]
    return [line.strip().strip('"').split(";") for line in lines if line.strip()]


def show_right() -> None:
    """Count the errors on every public set."""
    if not SHARED.is_dir():
        print("The public sets are not beside the repository; errors are not counted.")
        return
    python = peer_python("bib_dedupe")
    for folder in sorted(SHARED.iterdir()):
        records = folder / "records_pre_merged.csv"
        if not records.is_file():
            continue
        gold = read_gold(folder / "merged_record_ids.csv")
        ours = run(sys.executable, SCRIPT, records)
        share = 100 * ours["ask"] / ours["records"]
        print(f"{folder.name}, {ours['records']:,} records")
        print(
            f"  synthesist  {count_errors(ours['groups'], gold)}"
            f"   ask {ours['ask']} ({share:.2f}%)   {ours['seconds']:.1f} s"
        )
        if python:
            peer = run(python, PEER, records)
            print(
                f"  bib-dedupe  {count_errors(peer['groups'], gold)}   {peer['seconds']:.1f} s"
            )


def show_fast(sizes: list) -> None:
    """Take times on made-up records."""
    sys.path.insert(0, str(HERE))
    from dedup_records import write

    python = peer_python("bib_dedupe")
    splink = peer_python("splink")
    csv.field_size_limit(1 << 30)
    with tempfile.TemporaryDirectory() as scratch:
        for size in sizes:
            records, gold = Path(scratch) / "records.csv", Path(scratch) / "gold.csv"
            write(size, records, gold, seed=7)
            started = time.perf_counter()
            ours = run(sys.executable, SCRIPT, records)
            waited = time.perf_counter() - started
            goal = GOALS.get(size)
            wanted = f"   goal {goal:g} s and {MEMORY} MB" if goal else ""
            print(f"{size:,} made-up records, {records.stat().st_size / 1e6:,.0f} MB")
            print(
                f"  synthesist  {ours['seconds']:8.1f} s ({waited:.1f} s with start,"
                f" {ours['work']:.1f} s of processor time) {ours['memory']:7.0f} MB{wanted}"
            )
            print(f"              {count_errors(ours['groups'], read_gold(gold))}")
            if python and size <= PEER_SIZE:
                peer = run(python, PEER, records)
                times = peer["seconds"] / ours["seconds"]
                print(
                    f"  bib-dedupe  {peer['seconds']:8.1f} s ({peer['work']:.1f} s of processor time) {peer['memory']:7.0f} MB,"
                    f" {times:.0f} times as long   goal {TIMES}"
                )
                print(f"              {count_errors(peer['groups'], read_gold(gold))}")
            if splink and size == SPLINK_SIZE:
                peer = run(splink, SPLINK, records)
                times = ours["seconds"] / peer["seconds"]
                print(
                    f"  Splink      {peer['seconds']:8.1f} s ({peer['work']:.1f} s of processor time)"
                    f" {peer['memory']:7.0f} MB, ours takes {times:.1f} times as long   goal 2"
                )
                print(f"              {count_errors(peer['groups'], read_gold(gold))}")


def main() -> None:
    """Measure what was asked for, or everything."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--right", action="store_true")
    options.add_argument("--fast", action="store_true")
    options.add_argument(
        "--sizes", type=int, nargs="+", default=[50_000, 100_000, 1_000_000]
    )
    given = options.parse_args()
    everything = not (given.right or given.fast)
    if given.right or everything:
        show_right()
    if given.fast or everything:
        show_fast(given.sizes)


if __name__ == "__main__":
    main()
