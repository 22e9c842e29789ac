"""Take times and print them, the same way in every benchmark."""

import time


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
