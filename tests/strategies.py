"""Hypothesis generators that more than one room draws from."""

from hypothesis import strategies as st

#: Identifiers as people type them: any script, spaces, punctuation.
labels = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zl", "Zp")),
    min_size=1,
    max_size=20,
).filter(str.strip)


def effects(min_studies=1, max_studies=12, limit=10.0, smallest=1e-3, largest=1e2):
    """Draw pairs of effects and variances (k,), as plain lists."""
    effect = st.floats(-limit, limit, allow_subnormal=False)
    variance = st.floats(smallest, largest)
    return st.lists(
        st.tuples(effect, variance), min_size=min_studies, max_size=max_studies
    ).map(lambda rows: ([y for y, _ in rows], [v for _, v in rows]))


@st.composite
def two_by_two(draw, min_studies=1, max_studies=12, largest=500):
    """Draw role columns of two groups with events among n, zero cells included."""
    k = draw(st.integers(min_studies, max_studies))
    columns = {"events_t": [], "n_t": [], "events_c": [], "n_c": []}
    for _ in range(k):
        for arm in "tc":
            n = draw(st.integers(1, largest))
            columns[f"n_{arm}"].append(n)
            columns[f"events_{arm}"].append(draw(st.integers(0, n)))
    return columns


@st.composite
def patients(draw, max_trials=3, min_patients=4, max_patients=30, ties=True):
    """Draw columns of survival data: trial, treated, time, event, age.

    Every trial has both arms, and the first patients of the first trial are two of
    each arm with events in between, so that a hazard ratio can be estimated.
    """
    k = draw(st.integers(1, max_trials))
    step = 4.0 if ties else 1e-6
    whole = st.integers(1, int(40 / step))
    columns = {name: [] for name in ("trial", "treated", "time", "event", "age")}
    for trial in range(k):
        n = draw(st.integers(min_patients, max_patients))
        rows = [
            {
                "treated": draw(st.booleans()),
                "time": draw(whole) * step,
                "event": draw(st.booleans()),
                "age": draw(st.integers(20, 80)),
            }
            for _ in range(n)
        ]
        for i, row in enumerate(rows[:4]):
            # Events of both arms alternate while both are at risk.
            row |= {"treated": i % 2 == 0, "event": True, "time": (i + 1) * step}
            row["age"] = (40, 60, 50, 45)[i]
        rows.append({"treated": True, "time": 44.0, "event": False, "age": 55})
        rows.append({"treated": False, "time": 44.0, "event": False, "age": 48})
        for row in rows:
            columns["trial"].append(f"T{trial}")
            for name, value in row.items():
                columns[name].append(float(value))
    if not ties:
        # Distinct times: each is moved by less than half of its distance to the next.
        order = sorted(range(len(columns["time"])), key=columns["time"].__getitem__)
        for rank, place in enumerate(order):
            columns["time"][place] += 1e-3 * (rank + 1)
    return columns
