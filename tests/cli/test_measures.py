"""The list of measures."""

import synthesist as sy


def test_every_measure_is_listed_with_the_columns_that_are_enough(synthesist):
    lines = synthesist("measures").stdout.splitlines()
    for measure in sy.MEASURES.values():
        (first,) = [line for line in lines if line.startswith(f"  {measure.code} ")]
        assert measure.label in first
        place = lines.index(first)
        for offset, roles in enumerate(measure.roles):
            assert lines[place + offset].endswith(f"  {' '.join(roles)}")


def test_the_list_is_json_with_every_key(synthesist_json):
    measures = synthesist_json("measures")["measures"]
    assert [measure["code"] for measure in measures] == list(sy.MEASURES)
    for measure in measures:
        assert measure.keys() == {"code", "label", "design", "scale", "columns"}
        known = sy.MEASURES[measure["code"]]
        assert measure["columns"] == [list(roles) for roles in known.roles]
