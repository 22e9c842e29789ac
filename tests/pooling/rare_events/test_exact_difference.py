"""The exact risk difference, held to tables counted one by one."""

from itertools import combinations, pairwise
from math import comb, factorial, prod, sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from numpy.testing import assert_allclose
from scipy import stats

import golden
import strategies
import synthesist as sy
from synthesist.pooling import exact_risk_difference, mantel_haenszel
from synthesist.pooling.rare_events.exact_difference import ERROR, _studies, p_value
from synthesist.pooling.rare_events.uniform_sums import UniformSum
from synthesist.pooling.tables_of_events import Groups


def irwin_hall(x, k):
    """Return the distribution function of the sum of k uniform numbers."""
    terms = ((-1) ** j * comb(k, j) * (x - j) ** k for j in range(int(x) + 1))
    return sum(terms) / factorial(k)


@pytest.mark.parametrize("k", [1, 2, 3, 8])
@pytest.mark.parametrize("share", [0.01, 0.2, 0.5, 0.83])
def test_sums_of_equal_weights_are_of_irwin_and_hall(k, share):
    found = UniformSum(np.full(k, 3.0))
    assert_allclose(found.below(share), irwin_hall(share * k, k), atol=1e-7)
    assert_allclose(found.below(found.quantile(share)), share, atol=1e-7)


@pytest.mark.parametrize("total", [0.05, 0.3, 0.61, 0.9])
def test_sums_of_unequal_weights_are_volumes_of_cut_cubes(total):
    w = np.array([0.62, 0.3, 0.05, 0.03])
    corners = [c for r in range(5) for c in combinations(w, r)]
    volume = sum((-1) ** len(c) * max(0.0, total - sum(c)) ** 4 for c in corners)
    expected = volume / (factorial(4) * prod(w))
    assert_allclose(UniformSum(w).below(total), expected, atol=1e-7)


def study(a, n1, c, n2):
    columns = (np.array([float(x)]) for x in (a, n1, c, n2))
    (found,) = _studies(Groups(np.array([True]), *columns), swap=False)
    return found


def standardised(x, n1, y, n2, difference):
    p, q = (x + 0.5) / (n1 + 1), (y + 0.5) / (n2 + 1)
    spread = sqrt(p * (1 - p) / n1 + q * (1 - q) / n2)
    return (x / n1 - y / n2 - difference) / spread


@pytest.mark.parametrize(
    "cells", [(3, 7, 1, 9), (0, 7, 0, 9), (7, 7, 4, 9), (2, 30, 0, 25)]
)
@pytest.mark.parametrize("difference", [-0.2, 0.0, 0.15])
def test_p_values_are_those_of_all_tables_counted(cells, difference):
    _, n1, c, n2 = cells
    observed = standardised(*cells, difference)
    table = [
        (x, y) for y in range(n2 + 1) for x in range(n1 + 1)
        # As extreme, or more events in the first group than a table that is.
        if any(standardised(z, n1, y, n2, difference) >= observed - 1e-12 for z in range(x + 1))
    ]  # fmt: skip
    x, y = np.array(table).T
    low = stats.beta.ppf(ERROR / 2, c, n2 - c + 1) if c > 0 else 0.0
    high = stats.beta.ppf(1 - ERROR / 2, c + 1, n2 - c) if c < n2 else 1.0
    risks = np.linspace(max(low, -difference), min(high, 1 - difference), 1500)
    ways = stats.binom.pmf(x, n1, np.clip(risks + difference, 0, 1)[:, None])
    expected = (ways * stats.binom.pmf(y, n2, risks[:, None])).sum(axis=1).max() + ERROR
    assert_allclose(p_value(study(*cells), difference), min(1, expected), atol=1e-3)


@pytest.mark.parametrize(("risk", "difference"), [(0.1, 0.2), (0.02, 0.0), (0.5, -0.3)])
def test_a_true_difference_is_rarely_rejected(risk, difference):
    """Every table of two trials is counted with its probability."""
    sizes = [(6, 8), (9, 5)]
    shares = np.array([n * m / (n + m) for n, m in sizes])
    cut = UniformSum(shares).quantile(0.025)
    each = []
    for n, m in sizes:
        cells = [(x, y) for x in range(n + 1) for y in range(m + 1)]
        chance = [
            stats.binom.pmf(x, n, risk + difference) * stats.binom.pmf(y, m, risk)
            for x, y in cells
        ]
        each.append(
            (chance, [p_value(study(x, n, y, m), difference) for x, y in cells])
        )
    (chance, first), (other_chance, second) = each
    shares = shares / shares.sum()
    sums = np.add.outer(shares[0] * np.array(first), shares[1] * np.array(second))
    rejected = np.outer(chance, other_chance)[sums < cut].sum()
    assert rejected <= 0.025
    # The law would hold for a test that never rejects, too.
    assert (sums < cut).any()


def test_where_trials_agree_it_is_near_mantel_and_haenszel():
    path = str(golden.data("beta_blockers"))
    exact, usual = exact_risk_difference(path), mantel_haenszel(path, "RD")
    assert_allclose(exact.estimate, usual.estimate)
    assert_allclose(exact.weights, usual.weights)
    assert_allclose(exact.interval.lower, usual.interval.lower, atol=0.003)
    assert_allclose(exact.interval.upper, usual.interval.upper, atol=0.003)
    assert exact.interval.lower < usual.interval.lower


def test_no_event_at_all_has_an_interval_around_zero():
    arms = {
        "events_t": [0, 0],
        "n_t": [100, 120],
        "events_c": [0, 0],
        "n_c": [100, 120],
    }
    fit = exact_risk_difference(arms)
    assert fit.estimate == 0
    assert fit.p == 1
    assert_allclose(fit.interval.lower, -fit.interval.upper, atol=1e-6)
    assert 0 < fit.interval.upper < 0.04
    more = {name: [10 * x for x in cells] for name, cells in arms.items()}
    assert exact_risk_difference(more).interval.upper < 0.15 * fit.interval.upper + 1e-4


def test_trials_that_share_no_difference_are_told_apart():
    fit = exact_risk_difference(str(golden.data("bcg")))
    assert any("No risk difference fits all" in note for note in fit.notes)
    assert fit.interval.lower == fit.estimate


def test_another_measure_is_refused():
    table = sy.effect_table(str(golden.data("bcg")), "RR")
    with pytest.raises(sy.InvalidInput, match="no risk difference"):
        exact_risk_difference(table)


@settings(max_examples=4, deadline=None)
@given(arms=strategies.two_by_two(1, 4, 40))
def test_every_table_has_an_exact_difference_that_swapping_negates(arms):
    fit = exact_risk_difference(arms)
    assert -1 <= fit.interval.lower <= fit.estimate <= fit.interval.upper <= 1
    swapped = {
        "events_t": arms["events_c"], "n_t": arms["n_c"],
        "events_c": arms["events_t"], "n_c": arms["n_t"],
    }  # fmt: skip
    other = exact_risk_difference(swapped)
    assert_allclose(other.estimate, -fit.estimate, atol=1e-12)
    assert_allclose(other.interval.lower, -fit.interval.upper, atol=1e-6)
    assert_allclose(other.p, fit.p, atol=1e-9)
    wider = [
        exact_risk_difference(arms, level=level).interval for level in (0.8, 0.9, 0.99)
    ]
    for inner, outer in pairwise(wider):
        assert outer.lower <= inner.lower
        assert inner.upper <= outer.upper
