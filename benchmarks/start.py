"""How long a user waits: imports, help, one analysis, and the examples from end to end."""

import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
EXAMPLES = sorted(path.parent for path in (ROOT / "examples").glob("*/review.toml"))

#: What is run, how often, and the seconds it may take.
WAITS = [
    (["-c", "pass"], 5, None),
    (["-c", "import synthesist"], 5, 0.3),
    (["-m", "synthesist", "--help"], 5, 0.3),
    (
        [
            *("-m", "synthesist", "pool"),
            *(str(ROOT / "tests/golden/r/data/bcg.csv"), "--measure", "RR"),
        ],
        3,
        None,
    ),
]


def seconds(arguments: list[str], times: int) -> float:
    """Return the shortest of several runs, after one that fills the caches."""
    found = []
    for _ in range(times + 1):
        start = time.perf_counter()
        subprocess.run([sys.executable, *arguments], check=True, capture_output=True)
        found.append(time.perf_counter() - start)
    return min(found[1:])


def show(name: str, took: float, limit: float | None) -> None:
    """Print one line."""
    verdict = "" if limit is None else f"  (at most {limit:g} s)"
    print(f"{took:8.3f} s  {name}{verdict}")


def main() -> None:
    """Measure and print everything."""
    for arguments, times, limit in WAITS:
        words = [
            Path(word).name if word.startswith("/") else word for word in arguments
        ]
        show(f"python {' '.join(words)}", seconds(arguments, times), limit)
    with tempfile.TemporaryDirectory() as scratch:
        for example in EXAMPLES:
            folder = Path(scratch) / example.name
            shutil.copytree(example, folder, ignore=shutil.ignore_patterns("out"))
            took = seconds(["-m", "synthesist", "run", str(folder)], 1)
            show(f"synthesist run {example.name}", took, 15)


main()
