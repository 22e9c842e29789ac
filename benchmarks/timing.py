"""Take times and print them, the same way in every benchmark."""

import shutil
import subprocess
import tempfile
import time
from pathlib import Path

import numpy as np

#: Prints the seconds of each expression, NA where it fails; the earlier ones are there
#: for the later.
R = """
suppressMessages(library(metafor)); d <- read.csv("{data}")
for (e in expression({calls})) {{
  took <- tryCatch(system.time(suppressWarnings(eval(e)))[["elapsed"]], error = function(x) NA)
  cat(took, "")
}}
"""


def best_of(function, times):
    """Return the shortest seconds of several calls, after one that warms up."""
    function()
    found = []
    for _ in range(times):
        start = time.perf_counter()
        function()
        found.append(time.perf_counter() - start)
    return min(found)


def show(name, took, goal, peers):
    """Print a task with its time, its goal, and how much longer each peer takes."""
    line = f"  {name:<42}{1e3 * took:8.2f} ms   goal {1e3 * goal:8.2f} ms"
    for peer, seconds in peers.items():
        if seconds is not None:
            line += f"   {peer} {seconds / took:,.0f} times as long"
    print(line)


def in_r(data, *calls):
    """Return the seconds that R takes for each call on data `d`, None where it cannot."""
    nothing = [None] * len(calls)
    if shutil.which("Rscript") is None:
        return nothing
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "data.csv"
        columns = [np.asarray(column, dtype=float) for column in data.values()]
        np.savetxt(
            path,
            np.column_stack(columns),
            delimiter=",",
            header=",".join(data),
            comments="",
            fmt="%.17g",
        )
        script = R.format(data=path, calls=", ".join(calls))
        done = subprocess.run(
            ["Rscript", "-e", script], capture_output=True, text=True, timeout=900
        )
    found = [None if word == "NA" else float(word) for word in done.stdout.split()]
    return found if len(found) == len(calls) else nothing
