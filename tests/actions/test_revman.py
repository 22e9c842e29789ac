"""RevMan 5 reviews: their studies and data become a folder that gives their answers."""

import csv
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from synthesist.actions.analyse import analyse
from synthesist.actions.references import import_references
from synthesist.actions.revman.rows import folder_rows
from synthesist.errors import InvalidInput
from synthesist.formats.revman_data import read_revman_data
from synthesist.store import read_folder

#: Aspirin after myocardial infarction: Fleiss JL. Stat Methods Med Res 1993;2:121,
#: table 1; doi:10.1177/096228029300200202. Name, year, events and totals of both arms.
ASPIRIN = (
    ("MRC-1", 1974, 49, 615, 67, 624),
    ("CDP", 1976, 44, 758, 64, 771),
    ("MRC-2", 1979, 102, 832, 126, 850),
    ("GASP", 1979, 32, 317, 38, 309),
    ("PARIS", 1980, 85, 810, 52, 406),
    ("AMIS", 1980, 246, 2267, 219, 2257),
    ("ISIS-2", 1988, 1570, 8587, 1720, 8600),
)

#: What RevMan 5.0.23 itself wrote for these trials, odds ratio, Mantel-Haenszel.
REVMAN = {
    "CHI2": "9.946055983220074",
    "CI_END": "0.9569947088336491",
    "CI_START": "0.8405144008917793",
    "EFFECT_SIZE": "0.8968655609130709",
    "I2": "39.67458045558399",
    "P_CHI2": "0.1269422521561745",
    "P_Z": "0.0010103343130005407",
    "TAU2": "0.0",
}


def attributes(**given):
    return " ".join(f'{name}="{value}"' for name, value in given.items())


def study_id(name):
    """Return an id as RevMan writes it, with what is no letter escaped."""
    return "STD-" + name.replace("-", "_x002d_").replace(" ", "-")


def dichotomous(studies, *, subgroup=None, computed=None, **given):
    """Return an outcome of counts; `subgroup` names the one of a study."""
    entries = {}
    for name, _, e1, n1, e2, n2 in studies:
        data = attributes(
            STUDY_ID=study_id(name), EVENTS_1=e1, TOTAL_1=n1, EVENTS_2=e2, TOTAL_2=n2,
            ESTIMABLE="YES", O_E="0.0", ORDER="1",
        )  # fmt: skip
        entries.setdefault(subgroup(name) if subgroup else "", []).append(
            f"<DICH_DATA {data}/>"
        )
    parts = [
        "".join(rows)
        if not name
        else f"<DICH_SUBGROUP {attributes(ID='x', NO='1', ESTIMABLE='YES')}><NAME>{name}</NAME>"
        + "".join(rows)
        + "</DICH_SUBGROUP>"
        for name, rows in entries.items()
    ]
    head = {
        "ID": "CMP-001.01", "NO": "1", "EFFECT_MEASURE": "OR", "METHOD": "MH",
        "RANDOM": "NO", "TOTALS": "YES", "SUBGROUPS": "NO", "CI_TOTAL": "95",
        "CI_STUDY": "95", "ESTIMABLE": "YES", "SWAP_EVENTS": "NO",
    } | (computed or {}) | given  # fmt: skip
    return (
        f"<DICH_OUTCOME {attributes(**head)}><NAME>Death &amp; all causes</NAME>"
        "<GROUP_LABEL_1>Aspirin</GROUP_LABEL_1><GROUP_LABEL_2>Placebo</GROUP_LABEL_2>"
        "<GRAPH_LABEL_1>Favours aspirin</GRAPH_LABEL_1><GRAPH_LABEL_2>Favours placebo</GRAPH_LABEL_2>"
        + "".join(parts)
        + "</DICH_OUTCOME>"
    )


def review(*outcomes, studies=ASPIRIN, more=""):
    """Return a RevMan 5 file."""
    listed = "".join(
        f'<STUDY DATA_SOURCE="PUB" ID="{study_id(name)}" NAME="{name}" YEAR="{year}">'
        f'<REFERENCE PRIMARY="YES" TYPE="JOURNAL_ARTICLE"><AU>Ada B</AU><TI>Report of {name}</TI>'
        f"<SO>Annals</SO><YR>{year}</YR><IDENTIFIERS/></REFERENCE><IDENTIFIERS/></STUDY>\n"
        for name, year, *_ in studies
    )
    characteristics = "".join(
        f'<INCLUDED_CHAR STUDY_ID="{study_id(name)}"><CHAR_METHODS><P>Parallel.</P><P>Blind.</P></CHAR_METHODS>'
        "<CHAR_PARTICIPANTS><P>Survivors of an infarction</P></CHAR_PARTICIPANTS><CHAR_NOTES/></INCLUDED_CHAR>\n"
        for name, *_ in studies
    )
    answers = "".join(
        f'<QUALITY_ITEM_DATA_ENTRY RESULT="YES" STUDY_ID="{study_id(name)}"><DESCRIPTION><P>By post.</P></DESCRIPTION></QUALITY_ITEM_DATA_ENTRY>'
        for name, *_ in studies
    )
    return (
        '<?xml version="1.0" encoding="ISO-8859-1" standalone="no"?>\n'
        '<COCHRANE_REVIEW DOI="" REVMAN_VERSION="5" TYPE="INTERVENTION">\n<COVER_SHEET/>\n'
        "<STUDIES_AND_REFERENCES><STUDIES><INCLUDED_STUDIES>\n"
        + listed
        + "</INCLUDED_STUDIES><EXCLUDED_STUDIES>"
        '<STUDY ID="STD-Out" NAME="Out 1990" YEAR="1990"><REFERENCE TYPE="BOOK"><TI>Out</TI></REFERENCE></STUDY>'
        "</EXCLUDED_STUDIES></STUDIES><OTHER_REFERENCES/></STUDIES_AND_REFERENCES>\n"
        "<CHARACTERISTICS_OF_STUDIES><CHARACTERISTICS_OF_INCLUDED_STUDIES>"
        + characteristics
        + "</CHARACTERISTICS_OF_INCLUDED_STUDIES></CHARACTERISTICS_OF_STUDIES>\n"
        '<QUALITY_ITEMS><QUALITY_ITEM ID="QIT-02" LEVEL="STUDY" NO="2"><NAME>Allocation concealment?</NAME>'
        f"<DESCRIPTION/><QUALITY_ITEM_DATA>{answers}</QUALITY_ITEM_DATA></QUALITY_ITEM></QUALITY_ITEMS>\n"
        '<ANALYSES_AND_DATA CALCULATED_DATA="YES">\n<COMPARISON ID="CMP-001" NO="1">\n<NAME>Aspirin against placebo</NAME>\n'
        + "\n".join(outcomes)
        + f"\n</COMPARISON>\n{more}</ANALYSES_AND_DATA>\n</COCHRANE_REVIEW>\n"
    )


@pytest.fixture
def take(tmp_path):
    """Return a function that imports a RevMan 5 file into an empty review."""
    folder = tmp_path / "review"
    folder.mkdir()
    (folder / "review.toml").write_text(
        'format = 1\ntitle = "A review"\n', encoding="utf-8"
    )

    def run(text, **options):
        path = tmp_path / "aspirin.rm5"
        path.write_text(text, encoding="latin-1")
        result = import_references(folder, [path], **options)
        return read_folder(folder), result.files[0]

    run.folder = folder
    return run


def answer(held, analysis="rm5-1-1"):
    """Return the pooled answer of a planned analysis, on the reading scale."""
    plan = next(plan for plan in held.protocol.analyses if plan.id == analysis)
    result = analyse(held, plan)
    assert not result.problem
    return result.fit.display() | {"fit": result.fit}


def test_the_folder_gives_what_revman_printed(take):
    held, taken = take(review(dichotomous(ASPIRIN, computed=REVMAN)))
    found = answer(held)
    assert found["estimate"] == pytest.approx(0.8968655609130709, rel=1e-10)
    assert found["ci_low"] == pytest.approx(0.8405144008917793, rel=1e-10)
    assert found["ci_high"] == pytest.approx(0.9569947088336491, rel=1e-10)
    printed = {row.quantity: row for row in held.reported}
    assert printed["OR"].value == 0.8968655609130709
    assert printed["OR"].printed["p"] == "0.0010103343130005407"
    assert printed["OR"].analysis == "rm5-1-1"
    assert printed["I2"].value == pytest.approx(39.67, abs=0.01)
    assert taken.data.conserved
    assert (taken.data.markers, taken.data.kept) == (7, 7)
    assert (taken.data.studies, taken.data.analyses) == (7, 1)


def test_random_effects_take_tau2_from_the_mantel_haenszel_q(take):
    held, _ = take(review(dichotomous(ASPIRIN, RANDOM="YES")))
    found = answer(held)
    # R's metafor 3.8 with tau2 from RevMan's printed Q: (9.946055983220074 - 6) over
    # sum(w) - sum(w^2) / sum(w), then rma(yi, vi, tau2 = tau2).
    assert found["fit"].tau2 == pytest.approx(0.009637300724, rel=1e-8)
    assert found["estimate"] == pytest.approx(0.876288866288, rel=1e-10)
    assert found["ci_low"] == pytest.approx(0.774299515292, rel=1e-10)
    assert found["ci_high"] == pytest.approx(0.991712072674, rel=1e-10)


def test_studies_arms_characteristics_and_judgements(take):
    held, _ = take(review(dichotomous(ASPIRIN)), design="randomised")
    first = next(study for study in held.studies if study.study == "MRC-1")
    assert first.design == "randomised"
    assert first.year == 1974
    assert first.extra["methods"] == "Parallel. Blind."
    (report,) = first.reports
    record = next(record for record in held.records if record.record == report)
    assert record.title == "Report of MRC-1"
    assert {(arm.arm, arm.role) for arm in held.arms} == {
        ("Aspirin", "treated"),
        ("Placebo", "control"),
    }
    assert len(held.judgements) == 7
    assert held.judgements[0].item == "Allocation concealment?"
    assert (held.judgements[0].answer, held.judgements[0].support) == (
        "yes",
        "By post.",
    )
    (outcome,) = held.protocol.outcomes
    assert (outcome.label, outcome.kind) == ("Death & all causes", "binary")
    assert "Out 1990" not in {study.study for study in held.studies}


def test_subgroups_become_a_column_and_their_answers(take):
    early = {"MRC-1", "CDP"}
    text = review(
        dichotomous(ASPIRIN, subgroup=lambda name: "Early" if name in early else "Late")
    )
    held, _ = take(text)
    plan = held.protocol.analyses[0]
    assert plan.subgroup == "subgroup 1.1"
    result = analyse(held, plan)
    assert set(result.subgroups.fits) == {"Early", "Late"}
    assert held.studies[0].extra["subgroup 1.1"] in {"Early", "Late"}
    assert answer(held)["estimate"] == pytest.approx(0.8968655609130709, rel=1e-10)


def test_a_study_in_two_subgroups_is_never_counted_twice(take):
    outcome = dichotomous(ASPIRIN, subgroup=lambda name: "Early")
    again = dichotomous(ASPIRIN[:3], subgroup=lambda name: "Late")
    late = again[again.index("<DICH_SUBGROUP") : again.index("</DICH_OUTCOME>")]
    held, taken = take(
        review(outcome.replace("</DICH_OUTCOME>", late + "</DICH_OUTCOME>"))
    )
    plans = {plan.id: plan.population for plan in held.protocol.analyses}
    assert plans == {"rm5-1-1-1": ("Early",), "rm5-1-1-2": ("Late",)}
    assert answer(held, "rm5-1-1-1")["fit"].k == 7
    assert answer(held, "rm5-1-1-2")["fit"].k == 3
    assert any("more than once" in note for note in taken.data.notes)
    assert {row.population for row in held.results} == {"Early", "Late"}


def continuous(rows, **given):
    """Return an outcome of means: name, n, mean and SD of both arms."""
    data = "".join(
        "<CONT_DATA "
        + attributes(
            STUDY_ID=study_id(name),
            TOTAL_1=n1,
            MEAN_1=m1,
            SD_1=s1,
            TOTAL_2=n2,
            MEAN_2=m2,
            SD_2=s2,
            ESTIMABLE="YES",
        )
        + "/>"
        for name, n1, m1, s1, n2, m2, s2 in rows
    )
    head = {
        "ID": "CMP-001.02", "NO": "2", "EFFECT_MEASURE": "SMD", "METHOD": "IV",
        "RANDOM": "YES", "TOTALS": "YES", "UNITS": "days", "CI_TOTAL": "95",
    } | given  # fmt: skip
    return (
        f"<CONT_OUTCOME {attributes(**head)}><NAME>Stay</NAME><GROUP_LABEL_1>Unit</GROUP_LABEL_1>"
        f"<GROUP_LABEL_2>Ward</GROUP_LABEL_2>{data}</CONT_OUTCOME>"
    )


COLUMNS = ("study", "n_t", "mean_t", "sd_t", "n_c", "mean_c", "sd_c")

STAY = Path(__file__).parents[2] / "docs" / "data" / "stroke_stay.csv"


def test_means_of_a_continuous_outcome(take):
    with STAY.open(encoding="utf-8", newline="") as stream:
        rows = [tuple(row[name] for name in COLUMNS) for row in csv.DictReader(stream)]
    studies = [(row[0], 1990) for row in rows]
    empty = ("Nothing", 0, "0.0", "0.0", 0, "0.0", "0.0")
    held, taken = take(
        review(continuous([*rows, empty]), studies=[*studies, ("Nothing", 1991)])
    )
    found = answer(held, "rm5-1-2")
    # R's meta 6.5-0 under settings.meta("RevMan5"); see docs/coming-from/revman.md.
    assert found["estimate"] == pytest.approx(-0.529, abs=5e-4)
    assert found["ci_low"] == pytest.approx(-1.035, abs=5e-4)
    assert held.protocol.outcomes[0].unit == "days"
    nothing = [row for row in held.results if row.study == "Nothing"]
    assert [row.n for row in nothing] == [None, None]
    assert taken.data.conserved


def other(kind, entries, **given):
    """Return an outcome of O-E or of ready-made effects."""
    head = {
        "NO": "3", "METHOD": "EXP_O_E_VAR" if kind == "IPD" else "IV", "RANDOM": "NO",
        "EFFECT_MEASURE": "HAZARD_RATIO", "TOTALS": "YES", "CI_TOTAL": "90",
    } | given  # fmt: skip
    data = "".join(
        f"<{kind}_DATA {attributes(STUDY_ID=study_id(name), **values)}/>"
        for name, values in entries
    )
    return (
        f"<{kind}_OUTCOME {attributes(**head)}><NAME>Time</NAME>{data}</{kind}_OUTCOME>"
    )


def test_observed_minus_expected(take):
    entries = [
        ("CDP", {"O_E": "-4.0", "VAR": "10.0", "EVENTS_1": "20", "TOTAL_1": "100"}),
        ("GASP", {"O_E": "-1.0", "VAR": "6.0", "TOTAL_1": "50", "TOTAL_2": "51"}),
    ]
    held, _ = take(review(other("IPD", entries)))
    found = answer(held, "rm5-1-3")
    # (-4 - 1) / (10 + 6), whose exponential is the ratio.
    assert found["fit"].estimate == pytest.approx(-5 / 16, rel=1e-12)
    assert found["fit"].interval.level == pytest.approx(0.9)
    assert "treated 20 of 100" in held.results[0].note


def test_generic_inverse_variance(take):
    entries = [
        ("CDP", {"ESTIMATE": "-0.4", "SE": "0.2"}),
        ("GASP", {"ESTIMATE": "-0.1", "SE": "0.1"}),
    ]
    held, _ = take(review(other("IV", entries)))
    found = answer(held, "rm5-1-3")
    # (-0.4 x 25 - 0.1 x 100) / 125.
    assert found["fit"].estimate == pytest.approx(-0.16, rel=1e-12)


def test_what_cannot_be_read_is_left_out_with_its_line(take):
    bad = (
        dichotomous(ASPIRIN)
        .replace('EVENTS_1="49"', 'EVENTS_1="4.9"')
        .replace('EVENTS_1="44"', 'EVENTS_1="4400"')
        .replace('STUDY_ID="STD-GASP"', 'STUDY_ID="STD-Nobody"')
    )
    text = '<OTHER_OUTCOME NO="9"><NAME>Words</NAME><OTHER_DATA STUDY_ID="STD-CDP"><TR/></OTHER_DATA></OTHER_OUTCOME>'
    broken = '<CONT_OUTCOME NO="8"><CONT_DATA STUDY_ID="STD-CDP"/><b></CONT_OUTCOME>'
    held, taken = take(review(bad, text, broken))
    assert taken.data.conserved
    assert (taken.data.markers, taken.data.kept, taken.data.lost) == (9, 4, 5)
    reasons = taken.data.summary()
    for words in (
        "'4.9' events are no whole number",
        "4400 events among 758",
        "no study STD-Nobody",
        "entries are text",
        "XML is broken",
    ):
        assert words in reasons
    assert {row.study for row in held.results} == {"MRC-2", "PARIS", "AMIS", "ISIS-2"}


def test_events_that_are_swapped(take):
    held, _ = take(review(dichotomous(ASPIRIN, SWAP_EVENTS="YES")))
    assert held.results[0].events == 615 - 49
    assert answer(held)["estimate"] == pytest.approx(1 / 0.8968655609130709, rel=1e-9)


def test_the_same_labels_in_another_role(take):
    second = (
        dichotomous(ASPIRIN, NO="1")
        .replace(">Aspirin<", ">Placebo<")
        .replace("<GROUP_LABEL_2>Placebo", "<GROUP_LABEL_2>Nothing")
    )
    more = (
        f'<COMPARISON NO="2"><NAME>Placebo against nothing</NAME>{second}</COMPARISON>'
    )
    held, _ = take(review(dichotomous(ASPIRIN), more=more))
    assert [plan.id for plan in held.protocol.analyses] == ["rm5-1-1", "rm5-2-1"]
    for analysis in ("rm5-1-1", "rm5-2-1"):
        assert answer(held, analysis)["estimate"] == pytest.approx(0.89687, abs=1e-5)


def test_what_is_not_estimable_is_not_planned(take):
    held, _ = take(review(dichotomous(ASPIRIN, ESTIMABLE="NO")))
    assert held.protocol.analyses == ()
    assert len(held.results) == 14


def test_references_only(take):
    held, taken = take(review(dichotomous(ASPIRIN)), design=None)
    assert taken.data is None
    assert held.studies == ()
    assert len(held.records) == 8


def test_twice_is_refused_and_changes_nothing(take):
    take(review(dichotomous(ASPIRIN)))
    before = {
        path: path.read_bytes() for path in take.folder.rglob("*") if path.is_file()
    }
    with pytest.raises(InvalidInput, match=r"is in studies\.csv already"):
        take(review(dichotomous(ASPIRIN)) + "\n")
    assert before == {
        path: path.read_bytes() for path in take.folder.rglob("*") if path.is_file()
    }


WHOLE = review(
    dichotomous(ASPIRIN, subgroup=lambda name: name[0]),
    other("IV", [("GASP", {"ESTIMATE": "1", "SE": "2"})]),
)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    place=st.integers(0, len(WHOLE)),
    length=st.integers(0, 400),
    put=st.sampled_from(
        ["", "<", ">", '"', "&", "<!--", "]]>", "<DICH_DATA ", "<DICH_OUTCOME>", "NaN"]
    ),
)
def test_every_entry_of_a_damaged_file_is_accounted_for(place, length, put, tmp_path):
    path = tmp_path / "damaged.rm5"
    path.write_text(WHOLE[:place] + put + WHOLE[place + length :], encoding="utf-8")
    found = read_revman_data(path)
    rows = folder_rows(found, design="randomised", reports={})
    assert found.markers == rows.kept + sum(part.entries for part in rows.left_out)


@pytest.mark.parametrize(
    "text",
    [
        "<COCHRANE_REVIEW><DICH_OUTCOME",
        "<COCHRANE_REVIEW><DICH_OUTCOME><DICH_DATA",
        "<COCHRANE_REVIEW><DICH_OUTCOME><DICH_DATA/></DICH_OUTCOME>",
        "<COCHRANE_REVIEW><STUDY/><STUDY/><INCLUDED_CHAR/><QUALITY_ITEM/>",
        "<COCHRANE_REVIEW>" + "<DICH_OUTCOME><a>" * 300,
        "<COCHRANE_REVIEW><DICH_DATA/><STUDY><CONT_DATA/></STUDY><!-- <IV_DATA/> -->",
        "<COCHRANE_REVIEW><DICH_OUTCOME><DICH_DATA/></DICH_OUTCOME><OTHER_OUTCOME><other_data/>",
        "<COCHRANE_REVIEW><DICH_OUTCOME><dich_data/><dich_data/></DICH_OUTCOME>",
        "",
    ],
)
def test_odd_files_are_read_without_a_fault(text, tmp_path):
    path = tmp_path / "x.rm5"
    path.write_text(text, encoding="utf-8")
    found = read_revman_data(path)
    left = sum(part.entries for part in found.left_out)
    assert found.markers == found.entries + left
