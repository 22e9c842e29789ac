"""How fast effects are pooled, beside R's metafor and Python's peers in the same run.

A peer that is not installed is left out. The gate is the ratio to the peer, not the
time: machines differ, and so do the loads on them.
"""

import importlib.util
import json
import shutil
import subprocess
import tempfile
import tracemalloc
from pathlib import Path

import numpy as np
from timing import best_of, show

import synthesist as sy

ROOT = Path(__file__).parents[1]
RNG = np.random.default_rng(20240501)

#: Rscript -e: REML, Hartung-Knapp, Q-profile and prediction interval, n times.
R = """
suppressMessages(library(metafor)); d <- read.csv("{data}")
f <- function(y, v) {{ m <- rma(y, v, test = "knha", control = list(maxiter = 1000)); confint(m); predict(m) }}
g <- split(d, d$g)[seq_len({groups})]; invisible(f(g[[1]]$yi, g[[1]]$vi)); bad <- 0
t <- system.time(for (x in g) if (inherits(try(f(x$yi, x$vi), silent = TRUE), "try-error")) bad <- bad + 1)
cat(t[["elapsed"]] / length(g), bad)
"""


def effects(counts):
    """Draw groups of studies, one in three without heterogeneity."""
    n = int(counts.sum())
    v = np.clip(RNG.chisquare(1, n) * 0.25, 0.009, 0.6)
    tau2 = RNG.choice([0.0, 0.05, 0.2], len(counts)).repeat(counts)
    y = RNG.normal(0.2, np.sqrt(tau2 + v))
    return {"g": np.arange(len(counts)).repeat(counts), "yi": y, "vi": v}


def in_r(data, groups=1):
    """Return R's seconds an analysis, None without R."""
    if shutil.which("Rscript") is None:
        return None
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "data.csv"
        rows = zip(*data.values(), strict=True)
        lines = [
            ",".join(data),
            *(",".join(map(repr, map(float, row))) for row in rows),
        ]
        path.write_text("\n".join(lines))
        script = R.format(data=path, groups=groups)
        done = subprocess.run(
            ["Rscript", "-e", script], capture_output=True, text=True, timeout=600
        )
    return float(done.stdout.split()[0]) if done.returncode == 0 else None


def in_pymare(data):
    """Return PyMARE's seconds for one analysis, None where it is not installed."""
    if importlib.util.find_spec("pymare") is None:
        return None
    from pymare import meta_regression

    y, v = data["yi"], data["vi"]
    return best_of(lambda: meta_regression(y, v, method="REML").get_re_stats(), 3)


def in_statsmodels(data):
    """Return statsmodels' seconds for Paule-Mandel, None where it is not installed."""
    if importlib.util.find_spec("statsmodels") is None:
        return None
    from statsmodels.stats.meta_analysis import combine_effects

    y, v = data["yi"], data["vi"]
    return best_of(lambda: combine_effects(y, v, method_re="iterated", use_t=True), 3)


def one(name, data, goal, *, in_peers=True):
    """Time one analysis of ready-made effects."""
    table = sy.effect_table({k: data[k] for k in ("yi", "vi")}, "GEN")
    took = best_of(lambda: sy.pool(table), 20 if len(data["yi"]) < 1000 else 5)
    peers = {}
    if in_peers:
        peers = {
            "metafor": in_r(data) if len(data["yi"]) <= 1000 else None,
            "PyMARE": in_pymare(data),
            "statsmodels": in_statsmodels(data),
        }
    show(name, took, goal, peers)


def main():
    """Print one line a task."""
    found = json.loads((ROOT / "tests/golden/r/expected/bcg.json").read_text())
    bcg = {k: np.array(found["RR"]["effects"][k]) for k in ("yi", "vi")}
    bcg = {"g": np.zeros(13)} | bcg
    # R's clock is coarse: the same analysis a hundred times.
    many = {name: np.tile(column, 100) for name, column in bcg.items()}
    many["g"] = np.arange(100).repeat(13)
    table = sy.effect_table({k: bcg[k] for k in ("yi", "vi")}, "GEN")
    show(
        "one analysis, 13 studies",
        best_of(lambda: sy.pool(table), 200),
        0.5e-3,
        {
            "metafor": in_r(many, 100),
            "PyMARE": in_pymare(bcg),
            "statsmodels": in_statsmodels(bcg),
        },
    )
    for k, goal in ((1_000, 1e-3), (5_000, 2e-3), (100_000, 15e-3)):
        one(f"one analysis, {k:,} studies", effects(np.array([k])), goal)
    tracemalloc.start()
    large = effects(np.array([100_000]))
    before = tracemalloc.get_traced_memory()[0]
    tracemalloc.reset_peak()
    sy.pool({k: large[k] for k in ("yi", "vi")})
    peak = tracemalloc.get_traced_memory()[1] - before
    tracemalloc.stop()
    print(f"  {'its memory':<42}{peak / 1e6:8.1f} MB")
    even = effects(np.full(10_000, 10))
    slow = in_r(even, 200)
    show(
        "10,000 analyses of 10 studies",
        best_of(lambda: sy.pool_many(even, by="g"), 7),
        60e-3,
        {"metafor, a loop": None if slow is None else slow * 10_000},
    )
    ragged = effects(RNG.integers(2, 61, 10_000))
    empty = RNG.integers(0, len(ragged["yi"]), 3_000)
    ragged["yi"][empty] = ragged["vi"][empty] = np.nan
    rows = len(ragged["yi"]) / len(even["yi"])
    took = best_of(lambda: sy.pool_many(ragged, by="g"), 5)
    show(f"10,000 of 2 to 60, for {rows:.1f} times the rows", took, 90e-3 * rows, {})


if __name__ == "__main__":
    main()
