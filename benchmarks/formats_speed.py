"""How fast references are read, and in how much memory, beside rispy and nbib.

Each measurement is a process of its own, so that its memory is its own. What is
read is made up: 100,000 records as databases export them. A peer that is not
installed is left out.
"""

import importlib.util
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

RECORDS = 100_000

#: Seconds of processor time, and megabytes.
GOALS = {"ris": 8.0, "nbib": 12.0}
MEMORY = 300

WORDS = [
    "lupus",
    "interleukin",
    "randomised",
    "trial",
    "patients",
    "response",
    "treatment",
    "dose",
    "regulatory",
    "cells",
    "erythematosus",
    "placebo",
    "weeks",
    "severe",
    "adverse",
    "events",
    "activity",
    "index",
    "remission",
    "flare",
]


def sentence(seed: int, length: int) -> str:
    """Return words that differ from record to record."""
    return " ".join(
        WORDS[(seed * 7 + place * (seed % 5 + 1)) % len(WORDS)]
        for place in range(length)
    )


def ris(number: int) -> str:
    """Return one RIS record."""
    people = "\n".join(
        f"AU  - Family{number % 997 + place}, Given M." for place in range(5)
    )
    words = "\n".join(
        f"KW  - {WORDS[(number + place) % len(WORDS)]}" for place in range(6)
    )
    return (
        f"TY  - JOUR\nTI  - {sentence(number, 12).capitalize()} {number}\n{people}\n"
        f"PY  - {1980 + number % 45}\nT2  - Journal of {WORDS[number % 20]}\nJ2  - J {WORDS[number % 20]}\n"
        f"VL  - {number % 90}\nIS  - {number % 12}\nSP  - {number % 800}\nEP  - {number % 800 + 7}\n"
        f"DO  - 10.1000/journal.{number}\nSN  - 1234-5678\nLA  - English\n"
        f"UR  - https://example.org/view?id={number}&from=export\n{words}\n"
        f"AB  - BACKGROUND: {sentence(number, 60)}. METHODS: {sentence(number + 1, 60)}."
        f" RESULTS: {sentence(number + 2, 60)} (P < 0.05).\nER  - \n\n"
    )


def nbib(number: int) -> str:
    """Return one MEDLINE record, wrapped as PubMed wraps it."""
    people = "\n".join(
        f"FAU - Family{number % 997 + place}, Given M\nAU  - Family{number % 997 + place} GM\n"
        f"AD  - Department of {WORDS[place]}, University of Somewhere, City, Country."
        for place in range(5)
    )
    headings = "\n".join(
        f"MH  - {WORDS[(number + place) % 20].capitalize()}/drug therapy"
        for place in range(8)
    )
    lines = "\n      ".join(sentence(number + line, 10) for line in range(18))
    return (
        f"PMID- {10_000_000 + number}\nOWN - NLM\nSTAT- MEDLINE\nDCOM- 20200101\nLR  - 20210101\n"
        f"IS  - 1234-5678 (Electronic)\nVI  - {number % 90}\nIP  - {number % 12}\nDP  - {1980 + number % 45} Feb\n"
        f"TI  - {sentence(number, 12).capitalize()} {number}.\nPG  - {number % 800}-{number % 800 + 7}\n"
        f"LID - 10.1000/journal.{number} [doi]\nAB  - BACKGROUND: {lines}\n{people}\nLA  - eng\n"
        f"PT  - Journal Article\nPL  - England\nTA  - J {WORDS[number % 20]}\nJT  - Journal of {WORDS[number % 20]}\n"
        f"JID - 0123456\nSB  - IM\n{headings}\nEDAT- 2020/01/01 06:00\nPST - ppublish\n"
        f"AID - 10.1000/journal.{number} [doi]\nSO  - J {WORDS[number % 20]}. 2020 Feb;1(1):1-8.\n\n"
    )


TEMPLATES = {"ris": ris, "nbib": nbib}

#: What a process of its own runs; the last expression is the number of records.
TASKS = {
    "inspected": "from synthesist.actions.references import inspect_file\n"
    "count = inspect_file(path).report.records",
    "understood": "from synthesist.formats import ReferenceFile\n"
    "count = sum(1 for _ in ReferenceFile(path))",
    "rispy": "import rispy\nwith path.open(encoding='utf-8') as file: count = len(rispy.load(file))",
    "nbib": "import nbib\ncount = len(nbib.read(path.read_text(encoding='utf-8')))",
}
PEERS = {"ris": "rispy", "nbib": "nbib"}

SCRIPT = """
import json, resource, sys, time
from pathlib import Path
path = Path(sys.argv[1])
start = time.process_time()
{task}
usage = resource.getrusage(resource.RUSAGE_SELF)
print(json.dumps([count, time.process_time() - start, usage.ru_maxrss / 1024]))
"""


def measure(task: str, path: Path) -> tuple[int, float, float]:
    """Return records, seconds of processor time, and megabytes at the peak."""
    script = SCRIPT.format(task=TASKS[task])
    done = subprocess.run(
        [sys.executable, "-c", script, str(path)],
        capture_output=True,
        text=True,
        check=True,
    )
    return tuple(json.loads(done.stdout))


def main() -> None:
    """Measure and print everything."""
    with tempfile.TemporaryDirectory() as scratch:
        for family, template in TEMPLATES.items():
            for records in (RECORDS // 10, RECORDS):
                path = Path(scratch) / f"{records}.{family}"
                with path.open("w", encoding="utf-8") as file:
                    file.writelines(template(number) for number in range(records))
                size = path.stat().st_size / 1e6
                print(f"{family.upper()}, {records:,} records, {size:,.0f} MB")
                peer = PEERS[family]
                tasks = ["inspected", "understood"]
                if importlib.util.find_spec(peer):
                    tasks.append(peer)
                for task in tasks:
                    if task == "nbib" and records > 10_000:
                        continue
                    started = time.perf_counter()
                    count, seconds, memory = measure(task, path)
                    waited = time.perf_counter() - started
                    goal = ""
                    if task in {"inspected", "understood"} and records == RECORDS:
                        goal = f"  goal {GOALS[family]:g} s and {MEMORY} MB"
                    print(
                        f"  {task:<12}{count:>9,} records {seconds:8.2f} s"
                        f" ({waited:.2f} s waited) {memory:7.0f} MB{goal}"
                    )


if __name__ == "__main__":
    main()
