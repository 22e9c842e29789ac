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
