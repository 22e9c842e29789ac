"""How fast effects are regressed and pooled in groups, beside R in the same run."""

import tracemalloc

import numpy as np
from timing import best_of, in_r, show

import synthesist as sy

RNG = np.random.default_rng(20240501)


def studies(k, moderators):
    """Draw studies with moderators."""
    x = {f"x{i}": RNG.normal(size=k) for i in range(moderators)}
    v = RNG.chisquare(4, k) / 20
    y = 0.1 * sum(x.values()) + RNG.normal(0, np.sqrt(0.05 + v))
    return {"yi": y, "vi": v, **x}


def clusters(count, size):
    """Draw effects in clusters, with a moderator."""
    n = count * size
    cluster = np.repeat(np.arange(count), size)
    v, x = RNG.uniform(0.02, 0.2, n), RNG.normal(size=n)
    y = 0.3 + 0.1 * x + RNG.normal(0, 0.3, count)[cluster]
    y += RNG.normal(0, np.sqrt(0.04 + v))
    order = RNG.permutation(n)
    return {"yi": y[order], "vi": v[order], "x": x[order], "study": cluster[order]}


def peak(function):
    """Return the most memory that a call holds at once."""
    function()
    tracemalloc.start()
    function()
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return most


def main():
    """Print one line a task."""
    data = studies(1000, 10)
    names = [name for name in data if name.startswith("x")]
    effects = sy.effect_table(data, "GEN")
    formula = " + ".join(names)
    (peer,) = in_r(data, f"rma(yi, vi, mods = ~ {formula}, data = d)")
    took = best_of(lambda: sy.regress(effects, formula), 30)
    show(
        "meta-regression, 1,000 studies, 10 moderators", took, 10e-3, {"metafor": peer}
    )

    data = clusters(200, 10)
    fit, robust = in_r(
        data,
        "m <- rma.mv(yi, vi, mods = ~ x, random = ~ 1 | study / id, "
        "data = transform(d, id = seq_len(nrow(d))), sparse = TRUE)",
        "clubSandwich::coef_test(m, vcov = 'CR2', cluster = d$study)",
    )
    effects = sy.effect_table(data, "GEN")
    took = best_of(lambda: sy.multilevel(effects, "study/row", "x"), 20)
    show("three levels, 2,000 rows, 200 clusters", took, 50e-3, {"metafor": fit})
    found = sy.multilevel(effects, "study/row", "x")
    took = best_of(lambda: found.robust("study"), 20)
    show("CR2 after it", took, 50e-3, {"clubSandwich": robust})

    sizes = []
    for count in (200, 2000):
        table = sy.effect_table(clusters(count, 10), "GEN")
        sizes.append(
            peak(lambda table=table: sy.multilevel(table, "study/row", "x").robust())
        )
    ratio = sizes[1] / sizes[0]
    print(
        f"  memory with ten times the rows: {ratio:.1f} times as much, {sizes[1] / 2**20:.0f} MB"
    )

    few = sy.effect_table(studies(13, 1), "GEN")
    fit = sy.regress(few, "x0")
    took = best_of(lambda: fit.permutation(most=10, draws=1000), 10)
    print(f"  {'1,000 permutations of 13 studies':<42}{1e3 * took:8.2f} ms")


if __name__ == "__main__":
    main()
