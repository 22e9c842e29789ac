"""How fast models of selection are fitted, beside R's metafor in the same run."""

from pathlib import Path

from regression import in_r
from timing import best_of, show

import synthesist as sy

DATA = Path(__file__).parents[1] / "tests" / "golden" / "r" / "data"


def main():
    """Print one line a task."""
    effects = sy.effect_table(DATA / "passive_smoking.csv", "GEN")
    _, step, steps, beta, negexp = in_r(
        {"yi": effects.y, "vi": effects.v},
        "m <- rma(yi, vi, data = d, method = 'ML')",
        "selmodel(m, type = 'stepfun', steps = .025)",
        "selmodel(m, type = 'stepfun', steps = c(.025, .10, .50))",
        "selmodel(m, type = 'beta')",
        "selmodel(m, type = 'negexp')",
    )
    for name, function, asked, goal, peer in (
        ("step function, 37 studies", "step", {}, 20e-3, step),
        ("three steps", "step", {"steps": (0.025, 0.1, 0.5)}, 20e-3, steps),
        ("beta function", "beta", {}, 80e-3, beta),
        ("negative exponential function", "negexp", {}, 80e-3, negexp),
    ):

        def fit(function=function, asked=asked):
            return sy.selection_model(effects, function, **asked)

        show(name, best_of(fit, 10), goal, {"metafor": peer})
    for name, verb in (
        ("step function with profile intervals", profile),
        ("Copas model, 11 assumptions", sy.copas),
        ("p-uniform*", sy.p_uniform),
        ("p-curve", sy.p_curve),
        ("worst-case bias", sy.worst_case),
    ):
        took = best_of(lambda verb=verb: verb(effects), 5)
        print(f"  {name:<42}{1e3 * took:8.2f} ms")


def profile(effects):
    """Fit steps with intervals by the likelihood ratio."""
    return sy.selection_model(effects, interval="profile")


if __name__ == "__main__":
    main()
