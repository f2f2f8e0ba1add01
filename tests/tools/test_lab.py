"""`python -m helpers lab` as a process: the port it takes, the key it wants, what it opens."""

import json
import os
import socket
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from helpers.tools.lab import SETTINGS, environment, lab_arguments
from tests.browser.lab import LabServer


def test_a_port_in_use_is_passed_over_and_a_token_is_wanted(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with LabServer(tmp_path, "en", [f"--port={port}"]) as server:
            assert server.url != f"http://127.0.0.1:{port}"
            with urllib.request.urlopen(f"{server.url}/api/contents?token={server.token}") as answer:
                assert json.load(answer)["type"] == "directory"
            with pytest.raises(urllib.error.HTTPError) as refused:
                urllib.request.urlopen(f"{server.url}/api/contents")
            refused.value.close()
            assert refused.value.code == 403
    assert not any("WARNING" in line for line in server.log)


def test_an_argument_of_the_users_takes_the_place_of_ours():
    given = ["--log-level=DEBUG", "--ServerApp.root_dir=elsewhere", "--port=9999"]
    arguments = lab_arguments("es", given)
    assert arguments[-3:] == given
    assert sum(argument.startswith("--log-level=") for argument in arguments) == 1
    assert sum(argument.startswith("--ServerApp.root_dir=") for argument in arguments) == 1


@pytest.mark.parametrize("locale", ["es", "en"])
def test_the_settings_of_a_language_come_first_then_the_common_then_the_users(locale, monkeypatch):
    monkeypatch.setenv("JUPYTER_CONFIG_PATH", "theirs")
    folders = environment(locale)["JUPYTER_CONFIG_PATH"].split(os.pathsep)
    assert folders == [str(SETTINGS / locale), str(SETTINGS / "common"), "theirs"]
    for folder in folders[:2]:
        assert json.loads((Path(folder) / "labconfig" / "default_setting_overrides.json").read_text())
