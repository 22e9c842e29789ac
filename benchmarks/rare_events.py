"""How fast rare events are pooled by mixed models, beside metafor in the same run.

R's exact model needs the package BiasedUrn; where it is not installed nothing stands
beside.
"""

import csv
from pathlib import Path

from timing import best_of, in_r, show

import synthesist as sy

DATA = Path(__file__).parents[1] / "tests/golden/r/data"
COLUMNS = ("events_t", "n_t", "events_c", "n_c")

CALL = (
    "rma.glmm(measure = 'OR', ai = events_t, n1i = n_t, ci = events_c, n2i = n_c, "
    "data = d, model = '{model}')"
)

#: What a model may take, in seconds.
GOALS = {"CM.EL": 0.1, "CM.AL": 0.1, "UM.FS": 30e-3, "UM.RS": 2.0}


def main():
    """Print one line a task."""
    for name in ("catheters", "bcg"):
        with (DATA / f"{name}.csv").open(encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        data = {column: [float(row[column]) for row in rows] for column in COLUMNS}
        effects = sy.effect_table(data, "OR")
        peers = in_r(data, *(CALL.format(model=model) for model in GOALS))
        for (model, goal), peer in zip(GOALS.items(), peers, strict=True):
            took = best_of(lambda e=effects, m=model: sy.glmm(e, model=m), 5)
            show(f"{model}, {name}, {len(rows)} trials", took, goal, {"metafor": peer})
        took = best_of(lambda e=effects: sy.compare_rare_events(e), 5)
        show(f"four methods side by side, {name}", took, 0.3, {})


if __name__ == "__main__":
    main()
