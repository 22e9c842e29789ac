"""How fast printed numbers are checked: reports of every kind, in one call."""

import sys
from pathlib import Path

import numpy as np
from timing import best_of, show

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests"))

import synthesist as sy  # noqa: E402
from checks.simulated import MAKERS  # noqa: E402

REPORTS = 10_000


def reports():
    """Return reported results of all kinds in turn."""
    rng = np.random.default_rng(20240501)
    kinds = list(MAKERS)
    found = []
    for i in range(REPORTS):
        kind = kinds[i % len(kinds)]
        given, printed = MAKERS[kind](rng, kind)
        found.append({"id": str(i), "kind": kind, "given": given, "printed": printed})
    return found


def main():
    """Print one line."""
    items = reports()
    took = best_of(lambda: sy.check_report(items).to_dict(), 3)
    show("10,000 printed results, all kinds", took, 2.0, {})


if __name__ == "__main__":
    main()
