"""What is heavy is loaded when it is used: seen in what is loaded, not by a clock."""

import subprocess
import sys

import pytest

HEAVY = {
    "dask",
    "formulaic",
    "jinja2",
    "matplotlib",
    "narwhals",
    "numpy",
    "pandas",
    "polars",
    "pyarrow",
    "rich",
    "scipy",
}

#: What one analysis of ready-made effects needs, and no more.
LIGHT = HEAVY - {"numpy"}

STATEMENTS = {
    "import synthesist": HEAVY,
    "import synthesist.cli.main": HEAVY,
    "import synthesist.effects, synthesist.pooling": LIGHT,
    "import synthesist.actions.analysis": HEAVY,
}


def loaded(statement):
    """Return the top-level packages that are loaded after a statement."""
    script = f"import sys\n{statement}\nprint(*{{m.split('.')[0] for m in sys.modules}}, file=sys.stderr)"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    return set(done.stderr.split())


@pytest.mark.parametrize("statement", STATEMENTS)
def test_a_module_loads_nothing_heavy(statement):
    assert loaded(statement) & STATEMENTS[statement] == set()


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["run", "--help"]])
def test_the_command_line_loads_nothing_heavy_to_explain_itself(arguments):
    statement = (
        "from synthesist.cli.main import main\n"
        f"try: main({arguments!r})\n"
        "except SystemExit as end: assert not end.code"
    )
    assert loaded(statement) & HEAVY == set()
