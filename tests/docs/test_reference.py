"""Every public name stands in the reference."""

import re
from importlib import import_module

import pytest

from docs.pages import ROOT

REFERENCE = "\n".join(
    page.read_text(encoding="utf-8")
    for page in sorted((ROOT / "docs" / "reference").glob("*.md"))
)

#: A directive that describes a name, or the name set as code.
NAMED = set(re.findall(r"^\.\. auto\w+:: (?:[\w.]+\.)?(\w+)$", REFERENCE, re.M))
NAMED |= set(re.findall(r"`(\w+)`", REFERENCE))


@pytest.mark.parametrize(
    "module",
    [
        "synthesist",
        "synthesist.effects",
        "synthesist.figures",
        "synthesist.ipd",
        "synthesist.pooling",
        "synthesist.survival",
        "synthesist.trials",
    ],
)
def test_every_public_name_stands_in_the_reference(module):
    public = set(import_module(module).__all__) - {"__version__"}
    assert public - NAMED == set()
