"""What figures print is checked before anything is drawn."""

import re

import pytest

from synthesist.store import read_folder


def test_a_character_without_a_glyph_is_named_with_its_row(folder):
    head, first, *rest = folder.text("studies.csv").splitlines()
    lines = (f"{head},label", f"{first},한국 2020", *(f"{row}," for row in rest))
    folder.write("studies.csv", "\n".join(lines) + "\n")
    problem = folder.problem()
    assert (problem.file, problem.row) == ("studies.csv", 2)
    assert problem.field == "label"
    assert "U+D55C" in problem.message
    assert "simplified Chinese" in problem.remedy


def test_it_keeps_nobody_from_reading_what_is_not_drawn(folder):
    text = folder.text("review.toml")
    label = re.search(r'\[\[outcomes\]\].*?\nlabel = "([^"]+)"', text, re.S)[1]
    folder.write("review.toml", text.replace(f'"{label}"', '"نتيجة"'))
    assert folder.problem().field == "label"
    assert any(o.label == "نتيجة" for o in read_folder(folder.path).protocol.outcomes)


def test_so_is_one_in_the_protocol(folder):
    text = folder.text("review.toml")
    title = re.search(r'\[\[analyses\]\].*?\ntitle = "([^"]+)"', text, re.S)[1]
    folder.write("review.toml", text.replace(title, "نتيجة"))
    problem = folder.problem()
    assert problem.field == "title"
    assert problem.row


@pytest.mark.parametrize(
    ("better", "sides", "wrong"),
    [
        ("higher", '["favours control", "favours treatment"]', False),
        ("higher", '["favours treatment", "favours control"]', True),
        ("lower", '["favours treatment", "favours control"]', False),
        ("lower", '["favours control", "favours treatment"]', True),
        ("lower", '["fewer", "more"]', False),
    ],
)
def test_the_sides_of_a_plot_agree_with_what_is_better(folder, better, sides, wrong):
    text = folder.text("review.toml")
    text = re.sub(r'better = "\w+"', f'better = "{better}"', text)
    text = re.sub(r"(?m)^#? ?favours = .*$\n", "", text)
    text = text.replace("[[analyses]]\n", f"[[analyses]]\nfavours = {sides}\n")
    folder.write("review.toml", text)
    problems = folder.problems()
    assert bool(problems) == wrong
    assert {p.field for p in problems} <= {"favours"}
    assert all("exchanged" in p.message for p in problems)
