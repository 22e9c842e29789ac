"""Restricted means over horizons, and proportional hazards in every trial."""

import json

import numpy as np
import pytest
from numpy.testing import assert_allclose

from synthesist.errors import InvalidInput, NotEstimable
from synthesist.ipd import proportional_hazards, rmst_over_horizons, two_stage
from synthesist.survival import cox, rmst


def test_every_horizon_is_a_pool_of_its_trials(made_up):
    found = rmst_over_horizons(made_up, [10, 20])
    for j, tau in enumerate((10, 20)):
        pooled = two_stage(made_up, method="rmst", tau=tau).pooled
        assert_allclose(found.fits[j].estimate, pooled.estimate)
        assert_allclose(found.fits[j].se, pooled.se)
        for i in range(len(made_up.trials)):
            own = rmst(made_up.part(i), tau)
            assert_allclose(found.effects[i, j], own.difference)
            assert_allclose(found.variances[i, j], own.difference_se**2)


def test_ratios(made_up):
    found = rmst_over_horizons(made_up, [20], contrast="ratio")
    own = rmst(made_up.part(0), 20)
    assert_allclose(found.effects[0, 0], own.log_ratio)
    assert_allclose(found.variances[0, 0], own.log_ratio_se**2)
    assert found.rows()[0]["ratio"] == pytest.approx(np.exp(found.fits[0].estimate))


def test_trials_leave_the_pool_where_their_follow_up_ends(made_up):
    found = rmst_over_horizons(made_up)
    trials = [row["trials"] for row in found.rows()]
    assert trials == sorted(trials, reverse=True)
    assert trials[-1] >= 2
    last = rmst_over_horizons(made_up, [10, 60])
    assert last.fits[1].k < 8
    assert "leave the pool there" in last.notes[-1]
    json.dumps(found.to_dict(), allow_nan=False)
    assert "by horizon" in found.summary()
    assert found.to_frame()["horizon"]


def test_horizons_that_cannot_be(made_up):
    with pytest.raises(NotEstimable, match="No trial is followed to 1000"):
        rmst_over_horizons(made_up.only(["T3"]), [1000])
    with pytest.raises(InvalidInput, match="not above zero"):
        rmst_over_horizons(made_up, [0])
    with pytest.raises(InvalidInput, match="no contrast odds"):
        rmst_over_horizons(made_up, contrast="odds")


def test_proportional_hazards_of_trials(made_up):
    found = proportional_hazards(made_up)
    own = [
        cox(made_up.part(i)).proportional_hazards().tests[0].statistic
        for i in range(len(made_up.trials))
    ]
    assert_allclose([t.statistic for _, t in found.trials], own)
    assert_allclose(found.any_trial.statistic, sum(own))
    assert found.any_trial.df == 8
    assert found.together.df == 1
    assert len(found.to_dict()["tests"]) == 10
    assert "any drift in any trial" in found.summary()
    gone = (made_up.trial == 1) & made_up.treated
    apart = proportional_hazards(made_up.select(~gone))
    assert dict(apart.trials)["T2"] is None
    assert apart.any_trial.df == 7
