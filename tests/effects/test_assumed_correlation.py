"""How much hangs on a correlation that nobody reported."""

import pandas as pd
import pytest
from numpy.testing import assert_allclose

from synthesist import InvalidInput, effect_table
from synthesist.effects import compare_independent_groups, sweep_r

PAIRS = {
    "study": ["A", "B"],
    "mean_pre": [4, 5],
    "sd_pre": [2, 2],
    "mean_post": [6, 5.5],
    "sd_post": [3, 2],
    "n": [21, 30],
    "r": [0.4, None],
}


def test_a_sweep_moves_only_what_was_not_reported():
    sweep = sweep_r(PAIRS, "MC", r=(0.2, 0.8))
    low, high = sweep.tables[0.2], sweep.tables[0.8]
    assert_allclose(low.y, high.y)
    assert low.v[0] == high.v[0]
    assert low.v[1] > high.v[1]
    assert_allclose(high.v[1], effect_table(PAIRS, "MC", r=0.8).v[1])


def test_a_sweep_is_a_frame_of_the_callers_kind():
    frame = sweep_r(pd.DataFrame(PAIRS), "SMCR", r=(0.2, 0.5, 0.8)).to_frame()
    assert isinstance(frame, pd.DataFrame)
    assert list(frame.columns) == ["r", "study", "yi", "vi"]
    assert len(frame) == 6


def test_measures_without_a_correlation_cannot_be_swept():
    with pytest.raises(InvalidInput, match="does not depend"):
        sweep_r(PAIRS, "SMCI")
    with pytest.raises(InvalidInput, match="no correlation to try"):
        sweep_r(PAIRS, "MC", r=())


def test_the_consequence_of_independent_groups_is_shown():
    answer = compare_independent_groups(PAIRS, r=0.7)
    assert_allclose(answer.independent.y, effect_table(PAIRS, "SMCI").y)
    assert (answer.variance_ratio > 1).all()
    assert "times those of the same patients" in answer.notes[0]
    # 2/n against 2 (1 - r)/n, both with nearly the same part of the effect.
    assert_allclose(answer.variance_ratio[1], 1 / 0.3, rtol=0.1)
    assert "independent groups" in answer.independent.notes[-1]
