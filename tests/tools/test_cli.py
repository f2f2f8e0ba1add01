"""`python -m helpers`: words and exit codes."""

import subprocess
import sys

import pytest

from helpers.notebooks import WORKBOOK
from helpers.tools import cli

COMMANDS = ("lab", "run", "test", "bench", "soak", "build", "lock")


def helpers(*arguments):
    return subprocess.run(
        [sys.executable, "-m", "helpers", *arguments], cwd=WORKBOOK, capture_output=True, encoding="utf-8"
    )


def test_help_names_every_command():
    done = helpers("--help")
    assert done.returncode == 0
    assert all(f"\n    {command} " in done.stdout for command in COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(command, capsys):
    with pytest.raises(SystemExit) as ended:
        cli.main([command, "--help"])
    assert ended.value.code == 0
    assert capsys.readouterr().out.startswith(f"usage: python -m helpers {command} [-h]")


@pytest.mark.parametrize(
    "arguments, complaint",
    [
        ([], "the following arguments are required: COMMAND"),
        (["frobnicate"], "invalid choice: 'frobnicate'"),
        (["run", "--locale", "fr"], "invalid choice: 'fr'"),
        (["run", "05"], "unrecognized arguments: 05"),
        (["build", "--", "-x"], "nothing can be passed on after -- to this command: -x"),
    ],
)
def test_what_is_not_understood_ends_with_2(arguments, complaint, capsys):
    with pytest.raises(SystemExit) as ended:
        cli.main(arguments)
    assert ended.value.code == 2
    assert complaint in capsys.readouterr().err


def test_what_cannot_be_done_ends_with_1_and_says_why():
    done = helpers("run", "--lesson", "77")
    assert done.returncode == 1
    assert done.stderr.startswith("No lesson starts with '77'.")
    assert "Traceback" not in done.stderr


def test_a_folder_that_cannot_be_written_is_a_clear_error(monkeypatch, capsys):
    def refuse(_):
        raise PermissionError(13, "Permission denied", "build/run")

    monkeypatch.setattr(cli, "run", refuse)
    assert cli.main(["run"]) == 1
    assert "build/run cannot be written" in capsys.readouterr().err


def test_the_tests_command_stops_at_the_first_that_fails_and_names_it(monkeypatch, capfd):
    ran = []

    def run(command, cwd):
        ran.append(command[2:])
        return subprocess.CompletedProcess(command, 1 if command[2] == "pytest" else 0)

    monkeypatch.setattr(subprocess, "run", run)
    assert cli.main(["test", "--", "-k", "shard"]) == 1
    assert ran[0] == ["ruff", "check"]
    assert ran[-1] == ["pytest", *cli.SIDE_BY_SIDE, "-k", "shard"]
    assert "-k shard: failed, see above." in capfd.readouterr().err
