"""The package as a stranger gets it."""

import importlib
import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

import synthesist

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src" / "synthesist"


def package_files():
    """Return every file of the package, relative to src."""
    return {
        path.relative_to(PACKAGE.parent).as_posix()
        for path in PACKAGE.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def test_the_wheel_holds_every_file_of_the_package(tmp_path):
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", tmp_path],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    (wheel,) = tmp_path.glob("*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    held = {name for name in names if name.startswith("synthesist/")}
    assert held == package_files()
    assert any(name.endswith("licenses/LICENSE") for name in names)


@pytest.mark.parametrize("name", sorted(synthesist.__all__))
def test_every_public_name_loads(name):
    value = getattr(synthesist, name)
    assert value is getattr(synthesist, name)


def test_every_public_name_comes_from_the_module_it_is_said_to():
    for name, module in synthesist._HOMES.items():
        home = importlib.import_module(module)
        assert name in getattr(home, "__all__", vars(home))
    assert {*synthesist._HOMES, "__version__"} == set(synthesist.__all__)


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'metanalyse'"):
        _ = synthesist.metanalyse


def test_the_version_is_the_same_everywhere():
    citation = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    assert f"\nversion: {synthesist.__version__}\n" in citation
    changes = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert re.search(r"^## (\S+?),? ", changes, re.M)[1] == synthesist.__version__


def test_the_base_install_is_what_the_design_says():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    names = {
        re.match(r"[\w-]+", need)[0].lower()
        for need in project["project"]["dependencies"]
    }
    assert names == {
        "click",
        "formulaic",
        "jinja2",
        "matplotlib",
        "narwhals",
        "numpy",
        "rich",
        "scipy",
    }
