"""The tools that keep the house in order find nothing."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent

CHECKS = {
    "ruff check": [BIN / "ruff", "check", "."],
    "ruff format": [BIN / "ruff", "format", "--check", "."],
    "types": [BIN / "basedpyright", "--pythonpath", sys.executable],
    "layers": [BIN / "lint-imports", "--no-logo"],
}


@pytest.mark.parametrize("name", CHECKS)
def test_a_check_finds_nothing(name):
    done = subprocess.run(CHECKS[name], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, f"{name}:\n{done.stdout}{done.stderr}"
