"""Count false alarms and missed errors of the checks in simulated reports.

``python scripts/simulate_reports.py [REPORTS] [SEED]``: so many reports in all, each
with and without an error, over every kind of check. By hand, before a release.
"""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests"))

import numpy as np  # noqa: E402

from checks.simulated import MAKERS, corrupted  # noqa: E402
from synthesist.checks import KINDS, check_report  # noqa: E402


def simulate(kind: str, reports: int, seed: int) -> tuple[int, int, int]:
    """Return how many reports were called inconsistent, left open, and errors found."""
    rng = np.random.default_rng([seed, list(KINDS).index(kind)])
    false = still = found = 0
    for _ in range(reports):
        given, printed = MAKERS[kind](rng, kind)
        (right,) = check_report({"id": "0", "kind": kind, "given": given, "printed": printed}).findings  # fmt: skip
        false += right.verdict in ("inconsistent", None)
        still += right.verdict == "undecidable"
        given, printed = corrupted(rng, kind, given, printed, right)
        (wrong,) = check_report({"id": "1", "kind": kind, "given": given, "printed": printed}).findings  # fmt: skip
        found += wrong.verdict == "inconsistent"
    return false, still, found


def main() -> int:
    """Print one line a kind, and end with 1 if a promise is broken."""
    total = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    each = -(-total // len(KINDS))
    broken = 0
    for kind in KINDS:
        false, still, found = simulate(kind, each, seed)
        bad = bool(false) or found < 0.9 * each
        broken += bad
        print(f"{kind:<30} false alarms {false}, undecidable {still}, errors found {found / each:.1%} of {each}{'  <- broken' if bad else ''}", flush=True)  # fmt: skip
    print(f"{each * len(KINDS)} reports, {broken} kinds break a promise")
    return int(bool(broken))


if __name__ == "__main__":
    sys.exit(main())
