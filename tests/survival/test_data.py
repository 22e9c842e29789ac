"""Reading patients: one clear error a cell, and never what stands in it."""

import numpy as np
import pandas as pd
import polars as pl
import pyreadstat
import pytest
from hypothesis import given
from hypothesis import strategies as st

from strategies import patients
from synthesist.errors import InvalidInput
from synthesist.survival import kaplan_meier, survival_data

GOOD = {
    "id": ["p1", "p2", "p3", "p4"],
    "t": [3.0, 1.0, 2.0, 4.0],
    "e": [1, 0, 1, 1],
    "arm": [1, 0, 1, 0],
    "trial": ["B", "A", "A", "B"],
    "age": [50.5, None, 61.0, 47.0],
    "sex": ["f", "m", "", "f"],
}
ROLES = {"time": "t", "event": "e", "treated": "arm", "trial": "trial"}


def read(changes=None, **more):
    return survival_data({**GOOD, **(changes or {})}, **{**ROLES, **more})


def problems(changes=None, **more):
    with pytest.raises(InvalidInput) as caught:
        read(changes, **more)
    return [(p.row, p.field, p.message, p.remedy) for p in caught.value.problems], str(
        caught.value
    )


def test_patients_are_sorted_by_trial_and_time():
    data = read(covariates=["age", "sex"])
    assert data.trials == ("B", "A")
    assert data.exit.tolist() == [3.0, 4.0, 1.0, 2.0]
    assert data.row.tolist() == [0, 3, 1, 2]
    assert data.starts.tolist() == [0, 2, 4]
    assert data.covariates["sex"].levels == ("f", "m")
    assert np.isnan(data.covariates["sex"].values[3])
    assert data.counts()["events_t"] == [1, 1]


@pytest.mark.parametrize(
    "kind",
    [pd.DataFrame, pl.DataFrame, lambda d: pl.DataFrame(d).to_arrow(), dict],
    ids=["pandas", "polars", "arrow", "mapping"],
)
def test_every_kind_of_frame_gives_the_same(kind, tmp_path):
    data = survival_data(kind(GOOD), **ROLES, covariates=["age", "sex"])
    pd.DataFrame(GOOD).to_csv(tmp_path / "p.csv", index=False)
    other = survival_data(tmp_path / "p.csv", **ROLES, covariates=["age", "sex"])
    for name in ("exit", "event", "treated", "row", "starts"):
        assert np.array_equal(getattr(data, name), getattr(other, name))
    for name in ("age", "sex"):
        a, b = data.covariates[name], other.covariates[name]
        assert np.array_equal(a.values, b.values, equal_nan=True)
        assert a.levels == b.levels
    assert data.trials == other.trials


def test_an_event_coded_1_and_2_is_one_error_of_the_column():
    found, _ = problems({"e": [1, 2, 2, 1]})
    assert found == [
        (
            2,
            "e",
            "The event is coded 1 and 2, not 0 and 1 (and 1 more rows)",
            "recode it: 1 is the event and 0 is censored, or say with event_is which code is the event",
        )
    ]
    assert read({"e": [1, 2, 2, 1]}, event_is=2).event.tolist() == [
        False,
        False,
        True,
        True,
    ]


def test_cnsr_0_is_the_event_when_said_so():
    assert read({"e": [0, 1, 2, 0]}, event_is=0).event.sum() == 2


@pytest.mark.parametrize(
    ("changes", "row", "column", "message"),
    [
        ({"t": [3.0, 0.0, 2.0, 4.0]}, 2, "t", "The time is not above zero"),
        ({"t": [3.0, 1.0, -2.0, 4.0]}, 3, "t", "The time is not above zero"),
        ({"t": [3.0, 1.0, "2 yr", 4.0]}, 3, "t", "The cell is not a number"),
        ({"t": [3.0, 1.0, None, 4.0]}, 3, "t", "The cell is empty"),
        ({"t": [3.0, 1.0, np.inf, 4.0]}, 3, "t", "The cell is not a number"),
        ({"e": [1, 0, None, 1]}, 3, "e", "The cell is empty"),
        ({"e": [1, 0, "dead", 1]}, 3, "e", "The cell is not a number"),
        ({"arm": [1, 0, 2, 0]}, 3, "arm", "The arm is neither 0 nor 1"),
        ({"trial": ["B", "", "A", "B"]}, 2, "trial", "The cell is empty"),
        ({"age": [50, "old", 61, 47]}, 2, "age", "The cell is not a number"),
    ],
)
def test_a_bad_cell_is_one_error_with_row_and_column(changes, row, column, message):
    found, _ = problems(changes, covariates=["age"])
    assert [(r, c, m) for r, c, m, _ in found] == [(row, column, message)]
    assert found[0][3]


def test_every_bad_cell_is_named_and_none_is_shown(tmp_path):
    table = pd.DataFrame(
        {
            "t": ["12.5", "canary-7", "-44.125", "3"],
            "e": ["1", "0", "1", "x-canary"],
            "arm": ["1", "0", "1", "0"],
            "trial": ["A", "A", "A", "A"],
            "age": ["50", "canary age", "", "61"],
        }
    )
    table.to_csv(tmp_path / "p.csv", index=False)
    with pytest.raises(InvalidInput) as caught:
        survival_data(tmp_path / "p.csv", **ROLES, covariates=["age"])
    text = str(caught.value)
    assert [p.row for p in caught.value.problems] == [3, 4, 5, 3]
    assert "canary" not in text
    assert "44.125" not in text


def test_many_bad_cells_are_counted():
    columns = {
        "t": [0.0] * 500,
        "e": [1] * 500,
        "arm": [1, 0] * 250,
        "trial": ["A"] * 500,
    }
    with pytest.raises(InvalidInput) as caught:
        survival_data(columns, **ROLES)
    assert len(caught.value.problems) == 21
    assert "in 480 more rows" in str(caught.value)


def test_arms_by_label():
    labels = {"arm": ["IL-2", "none", "IL-2", "none"]}
    found, text = problems(labels)
    assert len(found) == 1
    assert "labelled 'IL-2' and 'none'" in text
    data = read(labels, treated_is="IL-2")
    assert data.arms == ("none", "IL-2")
    assert data.treated.sum() == 2
    found, text = problems(labels, treated_is="il2")
    assert "No patient has 'il2'" in text
    found, text = problems({"arm": ["a", "b", "c", "a"]}, treated_is="a")
    assert "Beside the treated arm there are 2 others" in text


def test_an_identifier_taken_for_the_arm_is_not_printed():
    n = 12
    columns = {
        "t": [1.0] * n,
        "e": [1] * n,
        "arm": [f"surname-{i}" for i in range(n)],
        "trial": ["A"] * n,
    }
    with pytest.raises(InvalidInput) as caught:
        survival_data(columns, **ROLES)
    assert "surname" not in str(caught.value)
    assert "12 labels" in str(caught.value)


def test_late_entry():
    data = read({"s": [0, 0, 1, 2]}, entry="s")
    assert data.entry.tolist() == [0, 2, 0, 1]
    assert read({"s": [0, 0, 0, 0]}, entry="s").entry is None
    found, _ = problems({"s": [0, 1, 0, 0]}, entry="s")
    assert found[0][:3] == (2, "s", "The entry is not before the exit")
    found, _ = problems({"s": [0, -1, 0, 0]}, entry="s")
    assert found[0][2] == "The entry is before time zero"


def test_weights_are_above_zero():
    found, _ = problems({"w": [1, 0, 2, 1]}, weights="w")
    assert found[0][:3] == (2, "w", "The weight is not above zero")


def test_a_missing_column_is_named_with_its_neighbour():
    with pytest.raises(InvalidInput, match="column tt is missing"):
        read(time="tt")
    with pytest.raises(InvalidInput, match="no patients"):
        survival_data({"t": [], "e": []}, time="t", event="e")


def test_one_arm_and_no_event_are_notes():
    data = read({"arm": [1, 0, 0, 1], "e": [0, 0, 1, 0]})
    assert data.notes == (
        "Of B, A there is one arm only: nothing is compared within.",
        "No event in B: nothing is contributed.",
    )


def test_nothing_that_is_printed_shows_a_patient():
    data = read({"t": [333.25, 111.5, 222.75, 444.125]}, covariates=["age", "sex"])
    texts = [
        repr(data),
        str(data),
        data.summary(),
        str(data.to_dict()),
        str(data.to_frame()),
        repr(data.covariates["age"]),
        repr(kaplan_meier(data)),
        str(kaplan_meier(data).to_dict([100.0])["curves"]),
    ]
    for text in texts:
        for secret in ("333.25", "111.5", "222.75", "444.125", "50.5", "61.0"):
            assert secret not in text
    with pytest.raises(TypeError, match="not listed one by one"):
        list(data)


def test_trials_can_be_selected():
    data = read()
    assert data.only(["A"]).exit.tolist() == [1.0, 2.0]
    assert data.only(["A", "B"]) is data
    with pytest.raises(InvalidInput, match="no trial C"):
        data.only(["C"])
    with pytest.raises(InvalidInput, match="have no arm"):
        read(treated=None).arm()
    with pytest.raises(InvalidInput, match="no covariate weight"):
        data.covariate("weight")


def test_times_that_differ_by_rounding_are_tied():
    a, b = 0.1 + 0.2, 0.3
    assert a != b
    data = survival_data(
        {"t": [a, b, 1.0], "e": [0, 1, 1], "arm": [0, 1, 0]},
        time="t",
        event="e",
        treated="arm",
    )
    assert data.exit[0] == data.exit[1]
    assert data.event.tolist() == [True, False, True]


@given(patients())
def test_reading_keeps_every_patient(columns):
    data = survival_data(
        columns, time="time", event="event", treated="treated", trial="trial"
    )
    assert sorted(data.row.tolist()) == list(range(len(data)))
    trial = [columns["trial"][i] for i in data.row]
    assert trial == [data.trials[t] for t in data.trial]
    assert np.allclose(data.exit, np.array(columns["time"])[data.row])
    assert (data.event == (np.array(columns["event"])[data.row] == 1)).all()
    for begin, end in zip(data.starts[:-1], data.starts[1:], strict=True):
        times, events = data.exit[begin:end], data.event[begin:end]
        assert (np.diff(times) >= 0).all()
        tied = np.diff(times) == 0
        assert not (tied & ~events[:-1] & events[1:]).any()


@given(patients(), st.data())
def test_selecting_is_reading_the_selection(columns, drawn):
    data = survival_data(
        columns,
        time="time",
        event="event",
        treated="treated",
        trial="trial",
        covariates=["age"],
    )
    mask = np.array(
        drawn.draw(st.lists(st.booleans(), min_size=len(data), max_size=len(data)))
    )
    if not mask.any():
        return
    kept = data.select(mask)
    rows = sorted(data.row[mask].tolist())
    again = survival_data(
        {name: [values[i] for i in rows] for name, values in columns.items()},
        time="time",
        event="event",
        treated="treated",
        trial="trial",
        covariates=["age"],
    )
    assert kept.counts() == again.counts()
    assert np.array_equal(kept.exit, again.exit)
    assert kept.starts.tolist() == again.starts.tolist()


def test_times_one_bit_apart_are_tied_whatever_their_last_bit():
    low = 0.3
    high = np.nextafter(low, 1)
    for first, second in ((low, high), (high, np.nextafter(high, 1))):
        for events in ([1, 0, 1], [0, 1, 1]):
            data = survival_data(
                {"t": [second, first, 1.0], "e": events}, time="t", event="e"
            )
            assert data.exit[0] == data.exit[1]
            assert data.event[0]
            assert not data.event[1]


def test_several_files_are_one_trial_each(tmp_path):
    for name, shift in (("alder", 0), ("birch", 3)):
        rows = "\n".join(f"{i + 1 + shift},{i % 2},{i % 2}" for i in range(6))
        (tmp_path / f"{name}.csv").write_text(f"time,event,arm\n{rows}\n")
    files = [tmp_path / "alder.csv", tmp_path / "birch.csv"]
    data = survival_data(files, time="time", event="event", treated="arm")
    assert data.trials == ("alder", "birch")
    assert data.counts()["n_t"] == [3, 3]
    assert sorted(data.exit.tolist()) == [1, 2, 3, 4, 4, 5, 5, 6, 6, 7, 8, 9]
    with pytest.raises(InvalidInput, match="something else than files"):
        survival_data([1, 2], time="time", event="event")


def test_a_transport_file_is_read_by_its_name(tmp_path):
    path = tmp_path / "trial.xpt"
    frame = pd.DataFrame({"T": [3.0, 5.0, 8.0], "E": [1.0, 0.0, 1.0]})
    pyreadstat.write_xport(frame, str(path), file_format_version=5)
    data = survival_data(path, time="T", event="E")
    assert data.exit.tolist() == [3.0, 5.0, 8.0]
    assert data.event.tolist() == [True, False, True]
