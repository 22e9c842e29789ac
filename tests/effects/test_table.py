"""The table of effects: order, notes, rows, frames."""

import json

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from synthesist import EffectTable, InvalidInput, NotFound, effect_table

GIVEN = {
    "study": ["Zhou 2010", "Ивanov 2012", "A", ""],
    "dose": ["high", "low", None, "low"],
    "year": [2010, 2012, 2013, 2014],
    "events_t": [4, None, 0, 9],
    "n_t": [20, None, 30, 40],
    "events_c": [6, None, 2, 5],
    "n_c": [21, None, 33, 44],
}
KINDS = {"pandas": pd.DataFrame, "polars": pl.DataFrame, "pyarrow": pa.table}


def as_kind(kind):
    return KINDS[kind](GIVEN)


def test_rows_keep_their_order_and_their_place():
    effects = effect_table(GIVEN, "RR")
    assert list(effects.study) == ["Zhou 2010", "Ивanov 2012", "A", "4"]
    assert effects.included.tolist() == [True, False, True, True]
    assert_array_equal(np.isnan(effects.y), ~effects.included)
    assert_array_equal(np.isnan(effects.v), ~effects.included)
    assert effects.row_notes[1] == "not reported"
    assert effects.notes[0] == "Not reported by 1 study (Ивanov 2012), left out."
    assert len(effects) == 4


def test_studies_without_a_name_are_numbered():
    effects = effect_table({"yi": [0.1, 0.2], "vi": [1, 1]}, "GEN")
    assert list(effects.study) == ["1", "2"]
    assert effects.study == ("1", "2")
    assert effects.study[-1] == "2"
    assert effects.study[0:1] == ("1",)
    with pytest.raises(IndexError):
        effects.study[2]


def test_the_column_of_names_can_be_chosen():
    effects = effect_table(GIVEN, "RR", study="year")
    assert list(effects.study) == ["2010", "2012", "2013", "2014"]
    assert "study" in effects.columns
    with pytest.raises(InvalidInput, match="trial is missing"):
        effect_table(GIVEN, "RR", study="trial")


def test_the_column_of_names_is_a_column_like_the_others():
    effects = effect_table(GIVEN, "RR", columns={"study": "dose"})
    assert list(effects.study) == ["high", "low", "3", "low"]


def test_rules_are_those_that_mattered():
    pairs = {"mean_pre": [4], "sd_pre": [2], "mean_post": [6], "sd_post": [3], "n": [9]}
    assert effect_table(pairs | {"r": [0.5]}, "MC", r=0.3).rules == {}
    assert effect_table(pairs, "MC", r=0.3).rules == {"r": "0.3"}
    medians = {"median": [5], "q1": [4], "q3": [6.5], "n": [30]}
    effects = effect_table(medians, "MN", medians="luo-wan-shi")
    assert effects.rules == {"medians": "luo-wan-shi"}


def test_other_columns_wait_for_subgroups_and_moderators():
    effects = effect_table(GIVEN, "RR")
    assert set(effects.columns) == {"dose", "year"}
    assert list(effects.column("dose")) == ["high", "low", None, "low"]
    assert_allclose(effects.column("n_t"), [20, np.nan, 30, 40])
    with pytest.raises(NotFound, match="dose, year"):
        effects.column("weeks")


def test_cells_are_kept_as_given():
    effects = effect_table(GIVEN, "RR")
    assert_allclose(effects.cells["events_t"], [4, np.nan, 0, 9])


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_frame_gives_the_same_and_gets_its_own_back(kind):
    frame = as_kind(kind)
    effects = effect_table(frame, "OR")
    assert_allclose(effects.y, effect_table(GIVEN, "OR").y)
    answer = effects.to_frame()
    assert type(answer) is type(frame)
    names = list(answer.column_names if kind == "pyarrow" else answer.columns)
    assert names == [
        "study",
        "estimate",
        "ci_low",
        "ci_high",
        "yi",
        "vi",
        "included",
        "note",
    ]
    estimate = answer["estimate"].to_numpy()
    assert_allclose(estimate, np.exp(effects.y))


def test_a_file_gives_columns_or_the_frame_that_is_asked_for(tmp_path):
    path = tmp_path / "t.csv"
    pd.DataFrame(GIVEN).to_csv(path, index=False)
    effects = effect_table(path, "OR")
    assert isinstance(effects.to_frame(), dict)
    assert effects.to_frame()["yi"][1] is None
    assert isinstance(effects.to_frame("polars"), pl.DataFrame)
    assert effects.to_frame("polars")["yi"].null_count() == 1
    with pytest.raises(InvalidInput, match="pandas, polars or pyarrow"):
        effects.to_frame("excel")


def test_a_dictionary_is_json_without_nan():
    answer = effect_table(GIVEN, "OR").to_dict()
    text = json.dumps(answer, allow_nan=False)
    assert json.loads(text)["studies"][1] == {
        "study": "Ивanov 2012",
        "y": None,
        "v": None,
        "included": False,
        "estimate": None,
        "ci_low": None,
        "ci_high": None,
        "note": "not reported",
    }
    assert answer["rules"]["zero_cells"] == "only-zero"
    assert answer["versions"].keys() == {"synthesist", "numpy"}


def test_a_summary_names_every_study_and_every_note():
    effects = effect_table(GIVEN, "OR")
    text = effects.summary()
    assert all(label in text for label in effects.study)
    assert all(note in text for note in effects.notes)
    assert "not reported" in text


def test_some_studies_keep_what_was_known_of_them():
    effects = effect_table(GIVEN, "RR")
    some = effects.select([False, True, True, False])
    assert isinstance(some, EffectTable)
    assert list(some.study) == ["Ивanov 2012", "A"]
    assert_allclose(some.y, effects.y[1:3])
    assert list(some.row_notes) == list(effects.row_notes)[1:3]
    assert list(some.columns["dose"]) == ["low", None]
    assert_allclose(some.cells["n_c"], [np.nan, 33])
    rest = effects.select([True, False, False, True])
    assert rest.notes == ()


def test_effects_can_be_made_anew_by_other_rules():
    effects = effect_table(GIVEN, "RR")
    other = effects.recomputed(zero_cells="none")
    assert other.included.tolist() == [True, False, False, True]
    some = effects.select([True, False, True, False]).recomputed(add=0.1)
    assert_allclose(some.y[0], effects.y[0], rtol=0)
    assert_allclose(some.y[1], np.log((0.1 / 30.2) / (2.1 / 33.2)), rtol=1e-14)


def test_a_table_without_rows_is_a_table():
    effects = effect_table({"yi": [], "vi": []}, "GEN")
    assert len(effects) == 0
    assert effects.to_dict()["studies"] == []
    nothing = effect_table({k: v[1:2] for k, v in GIVEN.items()}, "OR")
    assert not nothing.included.any()


def test_what_the_caller_gave_is_not_changed():
    given = {k: np.array(v, float) for k, v in GIVEN.items() if k[:2] in ("ev", "n_")}
    given = {k: v[[0, 2, 3]] for k, v in given.items()}
    before = {k: v.copy() for k, v in given.items()}
    effect_table(given, "OR", zero_cells="all")
    effect_table(given, "OR")
    for name, values in given.items():
        assert_array_equal(values, before[name])


def test_blocks_do_not_show(monkeypatch):
    rng = np.random.default_rng(7)
    n = rng.integers(5, 50, 100).astype(float)
    events = rng.binomial(n.astype(int), 0.1).astype(float)
    given = {"events_t": events, "n_t": n, "events_c": events[::-1], "n_c": n[::-1]}
    whole = effect_table(given, "OR")
    monkeypatch.setattr("synthesist.effects.build.BLOCK", 7)
    pieces = effect_table(given, "OR")
    assert_array_equal(whole.y, pieces.y)
    assert list(whole.row_notes) == list(pieces.row_notes)
    assert whole.notes == pieces.notes


def test_a_fault_in_a_late_block_is_found(monkeypatch):
    monkeypatch.setattr("synthesist.effects.build.BLOCK", 4)
    given = {"events": [1.0] * 10, "n": [9.0] * 9 + [0.0]}
    with pytest.raises(InvalidInput, match="row 10"):
        effect_table({k: np.array(v) for k, v in given.items()}, "PLO")
