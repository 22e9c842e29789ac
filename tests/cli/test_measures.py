"""The list of measures."""

import pytest

import synthesist as sy


@pytest.mark.parametrize("code", sy.MEASURES)
def test_every_measure_is_listed_with_the_columns_that_are_enough(synthesist, code):
    measure = sy.MEASURES[code]
    design, _, first, *columns = (
        synthesist("measures", code).stdout.rstrip().split("\n")
    )
    assert design.casefold() == measure.design.casefold()
    assert first == f"  {measure.code}  {measure.label}"
    assert [line.split(", ") for line in map(str.strip, columns)] == [
        list(roles) for roles in measure.roles
    ]


def test_the_whole_list_names_every_measure_once(synthesist):
    lines = synthesist("measures").stdout.splitlines()
    listed = [
        line.split()[0] for line in lines if line[:2] == "  " and line[2:3].strip()
    ]
    assert sorted(listed) == sorted(sy.MEASURES)


def test_a_code_that_is_none_is_one_sentence(synthesist):
    done = synthesist("measures", "RRR")
    assert done.exit_code == 2
    assert done.stderr.startswith("'RRR' is no measure; did you mean RR? choose one of")


def test_the_list_is_json_with_every_key(synthesist_json):
    measures = synthesist_json("measures")["measures"]
    assert [measure["code"] for measure in measures] == list(sy.MEASURES)
    for measure in measures:
        assert measure.keys() == {"code", "label", "design", "scale", "columns"}
        known = sy.MEASURES[measure["code"]]
        assert measure["columns"] == [list(roles) for roles in known.roles]
