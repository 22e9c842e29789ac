"""Patients in several files: mappings, SAS transport, Parquet; no cell in an error."""

import json

import numpy as np
import pandas as pd
import polars as pl
import pytest

from synthesist.errors import InvalidInput, NotFound
from synthesist.ipd import one_stage
from synthesist.ipd.adam import adtte
from synthesist.ipd.files import patients
from synthesist.survival import survival_data
from synthesist.survival.combine import combine

ROLES = {"time": "months", "event": "died", "treated": "treated"}


@pytest.fixture
def folder(tmp_path, made_up):
    """Write each trial of the invented data to a file of its own."""
    for name in made_up.trials:
        part = made_up.only([name])
        pd.DataFrame(
            {
                "months": part.exit,
                "died": part.event.astype(int),
                "treated": part.treated.astype(int),
                "age": part.covariates["age"].values,
                "ps": part.covariates["ps"].values,
            }
        ).to_csv(tmp_path / f"{name}.csv", index=False)
    return tmp_path


def test_a_folder_of_trials_is_the_table_of_all(folder, made_up):
    data = patients(folder, **ROLES, covariates=["age", "ps"])
    assert data.trials == made_up.trials
    assert one_stage(data).log_hr == pytest.approx(one_stage(made_up).log_hr, rel=1e-12)
    assert data.covariates["ps"].missing.sum() == made_up.covariates["ps"].missing.sum()


def test_a_review_folder_keeps_patients_in_ipd(folder):
    inner = folder / "ipd"
    inner.mkdir()
    (folder / "T1.csv").rename(inner / "T1.csv")
    assert patients(folder, **ROLES).trials == ("T1",)


def test_problems_of_all_files_are_told_at_once(folder):
    for name in ("T1", "T4"):
        path = folder / f"{name}.csv"
        lines = path.read_text().splitlines()
        cells = lines[3].split(",")
        cells[0] = "canary"
        lines[3] = ",".join(cells)
        path.write_text("\n".join(lines))
    with pytest.raises(InvalidInput) as caught:
        patients(folder, **ROLES)
    assert [(p.file, p.row, p.field) for p in caught.value.problems] == [
        ("T1.csv", 4, "months"),
        ("T4.csv", 4, "months"),
    ]
    assert "canary" not in str(caught.value)


def test_empty_folders_and_missing_files(tmp_path):
    with pytest.raises(NotFound, match="no table of patients"):
        patients(tmp_path, **ROLES)
    with pytest.raises(NotFound):
        patients(tmp_path / "none.csv", **ROLES)
    with pytest.raises(NotFound):
        patients(tmp_path / "none.parquet", **ROLES)


def test_parquet_and_feather(tmp_path, made_up):
    frame = pl.DataFrame(
        {"months": made_up.exit, "died": made_up.event, "treated": made_up.treated}
    )
    frame.write_parquet(tmp_path / "a.parquet")
    frame.write_ipc(tmp_path / "a.feather", compression="uncompressed")
    for name in ("a.parquet", "a.feather"):
        data = patients(tmp_path / name, **ROLES)
        assert len(data) == len(made_up)
    (tmp_path / "b.parquet").write_bytes(b"no parquet")
    with pytest.raises(InvalidInput, match="cannot be read"):
        patients(tmp_path / "b.parquet", **ROLES)


MAPPING = """
format = 1
trial = "ALFA"

[names]
event = "STATUS"
treated = "GRP"
sex = "SEX"

[recode.event]
"2" = 1
"1" = 0

[recode.treated]
"IL-2" = 1
none = 0

[recode.sex]
M = "male"
F = "female"

[dates]
origin = "RAND"
end = "LAST"

[endpoint]
name = "overall survival"
"""

DATED = """RAND,LAST,STATUS,GRP,SEX
2001-01-01,2001-03-02,2,IL-2,M
2001-02-01,2003-02-01,1,none,F
05.03.2001,2001-12-31,2,none,
2001-04-01,20020401,2,IL-2,F
"""


def write(tmp_path, table=DATED, mapping=MAPPING):
    (tmp_path / "alfa.csv").write_text(table)
    (tmp_path / "alfa.toml").write_text(mapping)
    return tmp_path


OURS = {"time": "time", "event": "event", "treated": "treated"}


def test_a_mapping_says_what_a_file_calls_things(tmp_path):
    data = patients(write(tmp_path), **OURS, covariates=["sex"])
    assert data.trials == ("ALFA",)
    assert data.exit.tolist() == [60, 301, 365, 730]
    assert data.event.sum() == 3
    assert data.treated.tolist() == [True, False, True, False]
    assert data.covariates["sex"].levels == ("female", "male")


def test_units_become_days(tmp_path):
    mapping = 'format = 1\n[names]\ntime = "YRS"\n[units]\ntime = "years"\n'
    table = "YRS,event,treated\n1,1,1\n2,1,0\n"
    data = patients(write(tmp_path, table, mapping), **OURS)
    assert data.exit.tolist() == [365.25, 730.5]


@pytest.mark.parametrize(
    ("old", "new", "row", "message"),
    [
        ("2001-03-02", "2000-03-02", 2, "The date is before that of RAND"),
        ("2001-03-02", "canary 7", 2, "The cell is not a date"),
        ("2001-03-02", "03/02/2001", 2, "The cell is not a date"),
        ("2001-03-02,2", "2001-03-02,9", 2, "The code is not in the mapping"),
    ],
)
def test_dates_and_codes_that_are_wrong(tmp_path, old, new, row, message):
    with pytest.raises(InvalidInput) as caught:
        patients(write(tmp_path, DATED.replace(old, new)), **OURS)
    problem = caught.value.problems[0]
    assert (problem.row, problem.message) == (row, message)
    assert "canary" not in str(caught.value)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("format = 1", "format = 2", "not the format 1"),
        ("[dates]", "[date]", "There is no date in a mapping"),
        ('end = "LAST"', "", "need an origin and an end"),
        ("[names]", '[names]\ntime = "RAND"', "both dates and a time"),
        ("[names]", "units = 3\n[names]", "units is not a section"),
        ("[dates]", '[units]\nage = "moons"\n[dates]', "age has the unit moons"),
        ("[names]", "[names", "cannot be read"),
        ('event = "STATUS"', 'event = "STATE"', "column STATE is missing"),
    ],
)
def test_mappings_that_are_wrong(tmp_path, old, new, message):
    with pytest.raises(InvalidInput, match=message):
        patients(write(tmp_path, mapping=MAPPING.replace(old, new, 1)), **OURS)


ADTTE = {
    "STUDYID": ["S1"] * 6 + ["S2"] * 4,
    "USUBJID": [f"secret-{i // 2}" for i in range(6)]
    + [f"secret-{i}" for i in range(6, 10)],
    "PARAMCD": ["OS", "PFS"] * 3 + ["OS"] * 4,
    "PARAM": ["Overall survival (days)", "Progression-free survival (days)"] * 3
    + ["Overall survival (days)"] * 4,
    "AVAL": [100.0, 50, 200, 150, 300, 250, 120, 80, 210, 90],
    "CNSR": [0.0, 0, 1, 0, 0, 0, 0, 2, 0, 0],
}
ADSL = {
    "USUBJID": [f"secret-{i}" for i in (0, 1, 2, 6, 7, 8, 9, 10)],
    "TRT01P": ["IL-2", "none"] * 4,
    "AGE": [50.0, 60, 70, 40, 55, 65, 45, 99],
    "SEX": ["M", "F", "M", "", "F", "M", "F", "F"],
}


def test_adtte_with_adsl(tmp_path):
    import pyreadstat

    for name, table in (("adtte", ADTTE), ("adsl", ADSL)):
        pyreadstat.write_xport(pd.DataFrame(table), str(tmp_path / f"{name}.xpt"))
    for source, subjects in (
        (ADTTE, ADSL),
        (tmp_path / "adtte.xpt", tmp_path / "adsl.xpt"),
    ):
        data = adtte(
            source,
            parameter="OS",
            treated_is="IL-2",
            subjects=subjects,
            covariates=["AGE", "SEX"],
        )
        assert data.trials == ("S1", "S2")
        assert data.exit.tolist() == [100, 200, 300, 80, 90, 120, 210]
        assert data.event.tolist() == [True, False, True, False, True, True, True]
        assert data.treated.tolist() == [True, False, True, True, True, False, False]
        assert data.covariates["SEX"].missing.sum() == 1
        assert "CNSR 0 is taken as the event: 5 events, 2 censored" in data.notes[-2]
        assert data.notes[-1] == "Time is in days."
        assert "1 subjects of ADSL have no row for this endpoint." in data.notes
        assert "secret" not in json.dumps(data.to_dict())


def test_adtte_that_is_wrong(tmp_path):
    def read(**changes):
        options = {"parameter": "OS", "treated_is": "IL-2", "subjects": ADSL}
        return adtte({**ADTTE, **changes.pop("table", {})}, **{**options, **changes})

    with pytest.raises(InvalidInput, match=r"no endpoint TTP.*PARAMCD has OS, PFS"):
        read(parameter="TTP")
    with pytest.raises(InvalidInput, match="not said in PARAM"):
        read(table={"PARAM": ["Overall survival"] * 10})
    assert (
        read(table={"PARAM": ["Survival"] * 10}, unit="weeks")
        .notes[-1]
        .endswith("weeks.")
    )
    with pytest.raises(InvalidInput, match="The arm is in no variable"):
        read(subjects=None)
    twice = [*ADTTE["USUBJID"][:7], "secret-6", *ADTTE["USUBJID"][8:]]
    with pytest.raises(InvalidInput) as caught:
        read(table={"USUBJID": twice})
    assert caught.value.problems[0].row == 8
    assert "secret" not in str(caught.value)
    alone = {name: values[:3] for name, values in ADSL.items()}
    with pytest.raises(InvalidInput, match="not in ADSL") as caught:
        read(subjects=alone)
    assert "secret" not in str(caught.value)
    (tmp_path / "no.xpt").write_bytes(b"nothing")
    with pytest.raises(InvalidInput, match="SAS transport"):
        adtte(tmp_path / "no.xpt", parameter="OS", treated_is="a")


def test_parts_that_do_not_fit_together(made_up):
    a, b = made_up.only(["T1"]), made_up.only(["T2"])
    assert combine([a, b]).trials == ("T1", "T2")
    assert combine([a]) is a
    with pytest.raises(InvalidInput, match="T1 is in two files"):
        combine([a, a])
    one_armed = survival_data({"t": [1.0], "e": [1]}, time="t", event="e")
    with pytest.raises(InvalidInput, match="has not an arm"):
        combine([a, one_armed])
    number = survival_data(
        {"t": [1.0, 2], "e": [1, 0], "a": [0, 1], "ps": [1, 2]},
        time="t",
        event="e",
        treated="a",
        covariates=["ps"],
    )
    with pytest.raises(InvalidInput, match="ps is a number in some trials"):
        combine([a, number])


def test_clusters_and_entries_of_files_stay_apart():
    def part(entry, **more):
        return survival_data(
            {
                "t": [5.0, 6],
                "e": [1, 0],
                "c": [1, 2],
                "s": [0, 1],
                "n": list(more["n"]),
            },
            time="t",
            event="e",
            cluster="c",
            trial="n",
            entry="s" if entry else None,
        )

    both = combine([part(True, n="AA"), part(False, n="BB")])
    assert both.cluster.tolist() == [0, 1, 2, 3]
    assert both.entry.tolist() == [0, 1, 0, 0]
    assert np.array_equal(both.starts, [0, 2, 4])
