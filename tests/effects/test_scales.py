"""From the analysis scale to what is read, and back."""

import mpmath
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from synthesist import MEASURES, effect_table
from synthesist.effects import scales

SCALES = sorted({m.scale for m in MEASURES.values()}, key=lambda scale: scale.name)

#: Readings that every scale can hold.
FRACTIONS = np.array([0.01, 0.2, 0.5, 0.77, 0.99])


@pytest.mark.parametrize("scale", SCALES, ids=lambda scale: scale.name)
def test_back_and_forth_is_the_same_reading(scale):
    assert_allclose(scale.to_reading(scale.to_analysis(FRACTIONS)), FRACTIONS, 1e-12)


@pytest.mark.parametrize("scale", SCALES, ids=lambda scale: scale.name)
def test_every_scale_rises(scale):
    assert (np.diff(scale.to_analysis(FRACTIONS)) > 0).all()
    values = np.linspace(-4, 4, 200)
    for n in (None, 12.0):
        assert (np.diff(scale.to_reading(values, n)) >= -1e-12).all()


@pytest.mark.parametrize("scale", SCALES, ids=lambda scale: scale.name)
def test_nothing_stays_nothing(scale):
    assert np.isnan(scale.to_reading(np.array([np.nan]), 12.0)).all()


@pytest.mark.parametrize("scale", SCALES, ids=lambda scale: scale.name)
def test_no_effect_is_where_the_analysis_scale_is_zero(scale):
    if scale.no_effect not in (None, 0.5):
        assert_allclose(scale.to_analysis(scale.no_effect), 0, atol=1e-15)


def test_which_scales_are_logarithms():
    logs = {code for code, measure in MEASURES.items() if measure.scale.log}
    assert {"RR", "OR", "IRR", "HR", "ROM", "PETO"} <= logs
    assert not {"RD", "MD", "SMD", "PLO", "PLN", "PR", "COR", "GEN"} & logs
    ratios = {c for c, m in MEASURES.items() if m.scale.no_effect == 1}
    assert {"RR", "OR", "IRR", "HR", "ROM", "PETO"} <= ratios
    assert MEASURES["PLO"].scale.no_effect is None
    assert MEASURES["MD"].scale.no_effect == 0


@given(st.integers(1, 3000), st.data())
def test_freeman_tukey_comes_back_with_its_own_size(n, data):
    events = data.draw(st.integers(0, n))
    effects = effect_table({"events": [events], "n": [n]}, "PFT")
    assert_allclose(effects.readings()[0], events / n, atol=1e-9)


@given(st.integers(0, 3000), st.floats(0.1, 1e4))
def test_freeman_tukey_rates_come_back_with_their_own_time(events, time):
    effects = effect_table({"events": [events], "time": [time]}, "IRFT")
    assert_allclose(effects.readings()[0], events / time, rtol=1e-8, atol=1e-9)


def miller(y, n):
    """Miller's inverse at fifty digits."""
    with mpmath.workdps(50):
        t, n = 2 * mpmath.mpf(y), mpmath.mpf(n)
        sine = mpmath.sin(t)
        inner = 1 - (sine + (sine - 1 / sine) / n) ** 2
        return float((1 - mpmath.sign(mpmath.cos(t)) * mpmath.sqrt(inner)) / 2)


@pytest.mark.parametrize(("y", "n"), [(0.4, 20), (0.7, 35), (1.1, 14.3), (1.4, 200)])
def test_freeman_tukey_is_millers_inverse(y, n):
    value = scales.DOUBLE_ARCSINE.to_reading(np.array([y]), n)
    assert_allclose(value, miller(y, n), rtol=1e-12)


def test_a_pooled_freeman_tukey_value_takes_the_harmonic_mean():
    effects = effect_table({"events": [3, 9, None], "n": [20, 45, None]}, "PFT")
    harmonic = 2 / (1 / 20 + 1 / 45)
    assert_allclose(effects.to_reading(0.5), miller(0.5, harmonic), rtol=1e-12)
    assert any("harmonic mean" in note and "PLO" in note for note in effects.notes)


def test_limits_beyond_what_a_size_can_give_end_at_zero_and_one():
    values = np.array([-0.3, 0.01, 1.56, 1.9])
    assert_allclose(scales.DOUBLE_ARCSINE.to_reading(values, 10), [0, 0, 1, 1])
    assert_allclose(scales.ARCSINE.to_reading(np.array([-0.1, 1.7])), [0, 1])
    assert_allclose(scales.DOUBLE_ROOT.to_reading(np.array([0.01]), 10), 0)


@pytest.mark.parametrize(
    ("scale", "value", "text"),
    [
        (scales.LOG_RATIO, 0.0, "1.00"),
        (scales.LOG_RATIO, np.log(0.001), "0.001"),
        (scales.LOG_RATIO, np.log(1.2738), "1.27"),
        (scales.IDENTITY, -0.001, "0.00"),
        (scales.IDENTITY, -8.469, "−8.47"),
        (scales.LOGIT, 0.0, "50.0%"),
        (scales.PROPORTION, 0.12345, "12.3%"),
        (scales.PROPORTION, np.nan, ""),
    ],
)
def test_numbers_are_shown_as_they_are_read(scale, value, text):
    assert scale.show(value) == text


def test_a_freeman_tukey_value_is_shown_with_its_size():
    assert scales.DOUBLE_ARCSINE.show(0.5, n=20) == f"{100 * miller(0.5, 20):.1f}%"
