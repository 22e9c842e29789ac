"""Help, wrong usage, and how a command ends."""

import os
import signal
import subprocess
import sys

import click
import pytest

import synthesist as sy
from synthesist.cli import main as cli
from synthesist.errors import Problem


def test_help_names_every_command(synthesist):
    done = synthesist("--help")
    assert done.exit_code == 0
    for name in cli.COMMANDS:
        assert f"\n  {name} " in done.stdout


@pytest.mark.parametrize("name", cli.COMMANDS)
def test_every_command_explains_itself_and_offers_json(synthesist, name):
    done = synthesist(name, "--help")
    assert done.exit_code == 0
    assert "--json" in done.stdout


def test_version(synthesist):
    assert synthesist("--version").stdout == f"synthesist {sy.__version__}\n"


def test_no_command_shows_the_help(synthesist):
    done = synthesist()
    assert done.exit_code == 2
    assert "Usage: synthesist" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (
            ["measure"],
            "There is no command measure; did you mean measures? see synthesist --help.",
        ),
        (["xyz"], "There is no command xyz; see synthesist --help."),
        (
            ["measures", "--jason"],
            "There is no option --jason; did you mean --json? see synthesist measures --help.",
        ),
        (["run"], "Missing argument 'FOLDER'; see synthesist run --help."),
        (
            ["run", "a", "b"],
            "Got unexpected extra argument (b); see synthesist run --help.",
        ),
        (
            ["pool", "x.csv"],
            "Missing option '--measure'; see synthesist pool --help.",
        ),
        (
            ["pool", "x.csv", "--measure", "RR", "--level", "high"],
            "Invalid value for '--level': 'high' is not a valid float; see synthesist pool --help.",
        ),
    ],
)
def test_wrong_usage_is_one_sentence_and_status_2(synthesist, arguments, sentence):
    done = synthesist(*arguments)
    assert done.exit_code == 2
    assert done.stderr == f"{sentence}\n"
    assert done.stdout == ""


def test_wrong_usage_is_json_where_json_was_asked_for(synthesist_json):
    answer = synthesist_json("pool", "x.csv", status=2)
    assert answer == {
        "error": {
            "kind": "InvalidInput",
            "problems": [
                {
                    "message": "Missing option '--measure'.",
                    "remedy": "see synthesist pool --help",
                    "where": None,
                    "file": None,
                    "row": None,
                    "field": None,
                }
            ],
        }
    }


ERRORS = [
    (sy.InvalidInput, 2),
    (sy.NotFound, 2),
    (sy.Conflict, 2),
    (sy.NotEstimable, 3),
    (sy.NotConverged, 3),
]


@pytest.fixture
def failing(monkeypatch):
    """Return a function that makes `measures` end with an error."""

    def make(error):
        def fail(**_options):
            raise error

        command = click.Command("measures", callback=fail)
        command.params.append(click.Option(["--json", "as_json"], is_flag=True))
        monkeypatch.setattr("synthesist.cli.measures.command", command)

    return make


@pytest.mark.parametrize(("kind", "status"), ERRORS, ids=lambda value: str(value))
def test_every_error_has_its_status_and_its_sentence(synthesist, failing, kind, status):
    failing(kind("It is wrong.", where="row 3", remedy="mend it"))
    done = synthesist("measures")
    assert done.exit_code == status
    assert done.stderr == "row 3: It is wrong; mend it.\n"
    assert done.stdout == ""


@pytest.mark.parametrize(("kind", "status"), ERRORS, ids=lambda value: str(value))
def test_every_error_is_json_with_every_key(synthesist_json, failing, kind, status):
    failing(kind(problems=[Problem(message="Wrong", file="a.csv", row=2, field="n")]))
    assert synthesist_json("measures", status=status)["error"] == {
        "kind": kind.__name__,
        "problems": [
            {
                "message": "Wrong",
                "remedy": None,
                "where": "a.csv, row 2, column n",
                "file": "a.csv",
                "row": 2,
                "field": "n",
            }
        ],
    }


def test_several_problems_are_counted(synthesist, failing):
    failing(sy.InvalidInput(problems=[Problem(message=text) for text in "abc"]))
    assert synthesist("measures").stderr == "a.\nb.\nc.\n3 problems.\n"


def test_a_fault_of_ours_is_not_hidden(synthesist, failing):
    failing(ZeroDivisionError())
    assert isinstance(synthesist("measures").exception, ZeroDivisionError)


def test_an_interruption_is_quiet(synthesist, failing):
    failing(KeyboardInterrupt())
    done = synthesist("measures")
    assert done.exit_code == 130
    assert done.output.strip() == ""


def test_the_installed_command_ends_quietly_when_interrupted():
    script = (
        "import time, click\n"
        "from synthesist.cli import measures\n"
        "def wait(): print('ready', flush=True); time.sleep(60)\n"
        "measures.command = click.Command('measures', callback=wait)\n"
        "from synthesist.cli.main import main\n"
        "main(['measures'])"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout.readline() == b"ready\n"
        process.send_signal(signal.SIGINT)
        _, told = process.communicate(timeout=20)
    assert process.returncode == 130
    assert told.strip() == b""


def test_a_closed_pipe_is_quiet():
    reader, writer = os.pipe()
    os.close(reader)
    try:
        done = subprocess.run(
            [sys.executable, "-m", "synthesist", "measures"],
            stdout=writer,
            stderr=subprocess.PIPE,
        )
    finally:
        os.close(writer)
    assert done.stderr == b""
    assert done.returncode == 1
