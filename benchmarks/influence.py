"""How fast a fit is looked into study by study, beside R's metafor in the same run."""

import json
import shutil
import subprocess
import tempfile
from pathlib import Path

import numpy as np
from timing import best_of, show

import synthesist as sy

ROOT = Path(__file__).parents[1]

#: Prints the seconds of one call on a fit; of all subsets R is given a part.
R = """
suppressMessages(library(metafor)); d <- read.csv("{data}")
m <- rma(d$yi, d$vi, test = "knha", control = list(maxiter = 1000))
cat(system.time(invisible({call}))[["elapsed"]])
"""


def in_r(data, call):
    """Return R's seconds for one call, None without R."""
    if shutil.which("Rscript") is None:
        return None
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "data.csv"
        rows = zip(data["yi"], data["vi"], strict=True)
        path.write_text("\n".join(["yi,vi", *(f"{y!r},{v!r}" for y, v in rows)]))
        done = subprocess.run(
            ["Rscript", "-e", R.format(data=path, call=call)],
            capture_output=True,
            text=True,
            timeout=600,
        )
    return float(done.stdout) if done.returncode == 0 else None


def main():
    """Print one line a task."""
    rng = np.random.default_rng(20240501)
    v = np.clip(rng.chisquare(1, 200) * 0.25, 0.009, 0.6)
    y = rng.normal(0.2, np.sqrt(0.05 + v))
    data = {"yi": y.tolist(), "vi": v.tolist()}
    fit = sy.pool(data)
    for name, verb, call, goal in (
        ("leave-one-out, 200 studies", sy.leave_one_out, "leave1out(m)", 15e-3),
        ("influence, 200 studies", sy.influence, "influence(m)", 30e-3),
        ("cumulative, 200 studies", sy.cumulative, "cumul(m)", 30e-3),
    ):
        took = best_of(lambda verb=verb: verb(fit), 10)
        show(name, took, goal, {"metafor": in_r(data, call)})
    found = json.loads((ROOT / "tests/golden/r/expected/bcg.json").read_text())
    bcg = {k: found["RR"]["effects"][k] for k in ("yi", "vi")}
    whole = sy.pool(bcg)
    part = in_r(bcg, "gosh(m, subsets = 500, progbar = FALSE)")
    took = best_of(lambda: sy.gosh(whole), 10)
    peers = {"metafor": None if part is None else part * 8191 / 500}
    show("all 8,191 subsets of 13 studies", took, 0.1, peers)
    print(f"  {'a multiverse of 130 analyses of it':<42}", end="")
    exclude = {name: [name] for name in whole.effects.study[:12]}
    took = best_of(lambda: sy.multiverse(whole.effects, exclude=exclude), 5)
    print(f"{1e3 * took:8.2f} ms")


if __name__ == "__main__":
    main()
