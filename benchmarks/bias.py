"""How fast small-study effects are looked for, beside R's metafor in the same run."""

import numpy as np
from timing import best_of, in_r, show

import synthesist as sy

RNG = np.random.default_rng(20241101)


def funnel(k):
    """Draw studies of which the small ones without an effect are missing."""
    v = RNG.chisquare(3, 3 * k) / 15
    y = RNG.normal(0.2, np.sqrt(0.02 + v))
    kept = (y / np.sqrt(v) > 1.5) | (v < np.median(v)) | (RNG.uniform(size=3 * k) < 0.2)
    return {"yi": y[kept][:k], "vi": v[kept][:k]}


def main():
    """Print one line a task."""
    data, few = funnel(100), funnel(18)
    effects, eighteen = sy.effect_table(data, "GEN"), sy.effect_table(few, "GEN")
    took = in_r(
        data,
        "f <- rma(yi, vi, data=d, control=list(maxiter=10000))",
        'regtest(f, model="lm")',
        "ranktest(f)",
        "trimfill(f, control=list(maxiter=10000))",
        'tes(yi, vi, data=d, test="chi2")',
    )
    (exact,) = in_r(few, 'tes(yi, vi, data=d, test="exact", progbar=FALSE)')
    print("Small-study effects")
    for name, function, goal, peer in (
        ("Egger, k = 100", lambda: sy.small_study_test(effects), 0.002, took[1]),
        ("Begg, k = 100", lambda: sy.small_study_test(effects, "begg"), 0.02, took[2]),
        ("trim and fill, k = 100", lambda: sy.trim_and_fill(effects), 0.02, took[3]),
        ("excess significance, k = 100", lambda: sy.excess_significance(effects, "chi2"), 0.02, took[4]),
        ("the same, exact, k = 18", lambda: sy.excess_significance(eighteen), 0.02, exact),
    ):  # fmt: skip
        show(name, best_of(function, 5), goal, {"metafor": peer})


if __name__ == "__main__":
    main()
