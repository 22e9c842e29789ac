"""The command `regimen`: doses from a line, at a terminal and for machines."""

import pytest

COURSE = "9 MIU/m2 SC twice daily days 1-2; 0.9 MIU/m2 SC twice daily 5 days a week, days 3-56; every 12 weeks until progression"


def test_doses_of_a_line_and_of_a_window(synthesist):
    done = synthesist("regimen", COURSE, "--days", 1, 56)
    assert done.exit_code == 0
    first, *lines = done.stdout.splitlines()
    assert first == COURSE
    assert "  Days 1 to 56: 104.4 to 108 MIU/m2" in lines
    assert any("Dose of a cycle" in line and "104.4 to 108" in line for line in lines)


def test_every_number_for_machines(synthesist_json):
    (found,) = synthesist_json(
        "regimen", COURSE, "--unit", "MIU", "--surface", 2, "--days", 1, 2,
        "--printed", "36 MIU/m2 per cycle",
    )["regimens"]  # fmt: skip
    assert found["window"]["low"] == pytest.approx(72)
    assert found["printed"]["verdict"] == "does not follow"
    assert found["quantities"]["dose_course"]["low"] is None
    assert found["quantities"]["dose_course"]["why"] == "the number of cycles"
    assert any("2 m2 (assumed)" in note for note in found["notes"])


def test_several_regimens_are_drawn(synthesist, tmp_path):
    file = tmp_path / "regimens.svg"
    done = synthesist("regimen", "1 MIU SC daily for 5 days", "2 MIU SC weekly for 4 weeks", "-o", file)  # fmt: skip
    assert done.exit_code == 0
    assert "Weeks since the start" in file.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (["5 apples daily"], 2, "'5 apples daily' is not understood"),
        (["1 mg daily", "--unit", "MIU"], 3, "product's own conversion"),
        (["1 MIU/m2 daily", "--unit", "MIU"], 3, "body surface"),
        (["1 MIU daily", "--formula", "dubois"], 2, "did you mean du-bois?"),
        (["1 MIU daily", "2 MIU daily", "--printed", "1 MIU per day"], 2, "one regimen"),
        (["1 MIU daily", "--days", "5", "2"], 2, "no days 5 to 2"),
        (["1 MIU daily for 2 days", "--height", "1.7"], 2, "not a person's"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_one_sentence(synthesist, arguments, status, words):
    done = synthesist("regimen", *arguments)
    assert done.exit_code == status
    assert words in done.stderr
    assert done.stderr.count("\n") == 1
