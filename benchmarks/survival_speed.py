"""How fast patients become curves, tests and models, beside R's survival and lifelines.

R is asked where it is installed with its package survival, and lifelines where this
Python, or the one that LIFELINES_PYTHON names, has it. All take the same patients.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from timing import best_of, show

NAMES = ("x1", "x2", "x3", "x4")
FORMULA = "treated + x1 + x2 + x3 + x4"

#: Patients, trials, and the seconds that a Cox model may take from frame to result.
COX = ((1_000, 50, 0.002), (3_288, 14, 0.010), (10_000, 50, None), (100_000, 50, None), (1_000_000, 50, 0.54))  # fmt: skip

#: Prints seconds of the Cox model, of the curves and of the stratified test.
R = """
suppressMessages(library(survival)); d <- read.csv("{data}"); n <- {times}
took <- function(f) min(sapply(1:n, function(i) system.time(f())[["elapsed"]]))
cat(took(function() coxph(Surv(t, e) ~ a + x1 + x2 + x3 + x4 + strata(trial), d)),
    took(function() survfit(Surv(t, e) ~ a, d)),
    took(function() survdiff(Surv(t, e) ~ a + strata(trial), d)))
"""

LIFELINES = """
import sys, time
import numpy as np, pandas as pd
from lifelines import CoxPHFitter
d = pd.read_csv(sys.argv[1])
best = 1e9
for _ in range(int(sys.argv[2])):
    s = time.perf_counter()
    CoxPHFitter().fit(d, "t", "e", strata=["trial"])
    best = min(best, time.perf_counter() - s)
print(best)
"""

#: Run apart, so that nothing else counts.
MEMORY = """
import resource, sys
sys.path.insert(0, {here!r})
from survival_speed import cox, patients
data = patients(1_000_000, 50)
cox(data)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def patients(n, trials):
    """Return invented patients as columns: days, event, arm, trial, four covariates."""
    rng = np.random.default_rng(20240702)
    trial, arm = rng.integers(0, trials, n), rng.integers(0, 2, n)
    x = rng.normal(size=(4, n))
    rate = np.exp(-0.2 * arm + np.array([0.1, -0.1, 0.2, 0.0]) @ x) * (1 + 0.02 * trial)
    event, end = rng.exponential(1 / rate), rng.exponential(2, n)
    return {
        "t": np.ceil(1000 * np.minimum(event, end)),
        "e": (event <= end).astype(float),
        "a": arm.astype(float),
        "trial": trial.astype(float),
        **dict(zip(NAMES, x, strict=True)),
    }


def read(data):
    """Read the columns as patients."""
    import synthesist as sy

    return sy.survival_data(
        data, time="t", event="e", treated="a", trial="trial", covariates=NAMES
    )


def cox(data):
    """Fit the stratified Cox model, from frame to result."""
    import synthesist as sy

    return sy.cox(read(data), FORMULA)


def elsewhere(data, times):
    """Return the seconds of R's three tasks and of lifelines' model, None for neither."""
    found = {"coxph": None, "survfit": None, "survdiff": None, "lifelines": None}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "patients.csv"
        names = ",".join(data)
        np.savetxt(
            path, np.column_stack(list(data.values())), delimiter=",", header=names,
            comments="", fmt="%.17g",
        )  # fmt: skip
        if shutil.which("Rscript"):
            done = subprocess.run(
                ["Rscript", "-e", R.format(data=path, times=times)],
                capture_output=True, text=True, timeout=900, check=False,
            )  # fmt: skip
            if done.returncode == 0:
                seconds = map(float, done.stdout.split())
                found |= dict(
                    zip(("coxph", "survfit", "survdiff"), seconds, strict=True)
                )
        python = os.environ.get("LIFELINES_PYTHON", sys.executable)
        done = subprocess.run(
            [python, "-c", LIFELINES, path, str(1 if len(data["t"]) > 1e5 else times)],
            capture_output=True, text=True, timeout=900, check=False,
        )  # fmt: skip
        if done.returncode == 0:
            found["lifelines"] = float(done.stdout)
    return found


def main():
    """Print one line a task."""
    import synthesist as sy

    for n, trials, goal in COX:
        data = patients(n, trials)
        times = 3 if n > 1e5 else 7
        took = best_of(lambda data=data: cox(data), times)
        peers = elsewhere(data, times) if goal else {}
        shown = {name: peers.get(name) for name in ("coxph", "lifelines")}
        show(f"Cox model, {n:,} patients of {trials} trials", took, goal or took, shown)
        print(f"  {'':<42}{1e6 * took / n:8.2f} us for each patient")
    held = read(data)
    for name, verb, peer in (
        ("Kaplan-Meier", lambda: sy.kaplan_meier(held), "survfit"),
        ("stratified log-rank test", lambda: sy.log_rank(held), "survdiff"),
    ):
        show(f"{name}, {n:,} patients", best_of(verb, 5), 0.05, {peer: peers[peer]})
    code = MEMORY.format(here=str(Path(__file__).parent))
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=300, check=True
    )  # fmt: skip
    print(
        f"  {'memory of that Cox model, all in all':<42}{int(done.stdout) / 1024:8.0f} MB   goal      400 MB"
    )


if __name__ == "__main__":
    main()
