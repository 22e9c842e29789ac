import json

import pytest
from click.testing import CliRunner

from synthesist.cli.main import main


@pytest.fixture
def synthesist():
    """Return a function that runs the command line inside this process."""

    def run(*arguments):
        return CliRunner().invoke(main, [str(argument) for argument in arguments])

    return run


@pytest.fixture
def synthesist_json(synthesist):
    """Return a function that runs a command with --json and reads what it prints."""

    def run(*arguments, status=0):
        done = synthesist(*arguments, "--json")
        assert done.exit_code == status, done.output
        assert done.stderr == ""
        return json.loads(done.stdout, parse_constant=pytest.fail)

    return run


@pytest.fixture
def table(tmp_path):
    """Return a function that writes a CSV file and gives its path."""

    def write(text, name="trials.csv"):
        path = tmp_path / name
        path.write_text(text.strip().replace(" ", "") + "\n", encoding="utf-8")
        return path

    return write
