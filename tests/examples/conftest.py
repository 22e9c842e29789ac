"""The example reviews, read once."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from synthesist.review import Review
from synthesist.store import read_folder

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"


@cache
def read(name: str) -> Review:
    return read_folder(EXAMPLES / name)


@pytest.fixture(scope="session")
def sle() -> Review:
    return read("il2-sle")


@pytest.fixture(scope="session")
def aml() -> Review:
    return read("il2-aml")


@pytest.fixture(scope="session")
def msc() -> Review:
    return read("msc-sle")


@pytest.fixture(scope="session")
def myeloma() -> Review:
    return read("il2-myeloma")
