"""environment.yml names each package once, requirements.lock pins each once, and neither says where it comes from."""

from collections import Counter

import pytest
from packaging.markers import default_environment

from helpers.notebooks import WORKBOOK
from helpers.tools import Failure
from helpers.tools.lock import compile_lock, named, pinned, unpinned

PYTHONS = ("3.11.9", "3.12.9", "3.13.9", "3.14.9")
SYSTEMS = ({"sys_platform": "linux"}, {"sys_platform": "darwin"}, {"sys_platform": "win32", "os_name": "nt"})


def test_every_name_is_pinned_and_stands_once():
    assert unpinned() == []
    assert [name for name, times in Counter(one.name for one in named()).items() if times > 1] == []


def test_environment_yml_leaves_versions_to_the_lock():
    assert [str(one) for one in named() if one.specifier] == []


@pytest.mark.parametrize("python", PYTHONS)
@pytest.mark.parametrize("system", SYSTEMS, ids=lambda system: system["sys_platform"])
def test_one_version_of_each_is_pinned_for_a_system_and_python(system, python):
    about = default_environment() | {"os_name": "posix"} | system
    about |= {"python_full_version": python, "python_version": python.rpartition(".")[0]}
    chosen = Counter(pin.name for pin in pinned() if pin.marker is None or pin.marker.evaluate(about))
    assert {name for name, times in chosen.items() if times > 1} == set()
    assert {one.name.lower() for one in named()} <= set(chosen)


@pytest.mark.parametrize("name", ["environment.yml", "requirements.lock"])
def test_no_address_of_a_registry_is_committed(name):
    text = (WORKBOOK / name).read_text(encoding="utf-8")
    assert "://" not in text
    for option in ("--index-url", "--extra-index-url", "--find-links", "--trusted-host", " @ "):
        assert option not in text


def test_a_name_without_a_pin_is_found(tmp_path):
    (tmp_path / "environment.yml").write_text(
        "dependencies: [python, {pip: [-c requirements.lock, 'moto[s3]', Flask_Cors, ruff, -e .]}]"
    )
    (tmp_path / "requirements.lock").write_text(
        "moto==5.0\nflask-cors==6.0 ; sys_platform == 'linux'\nruff>=1\n"
    )
    assert unpinned(tmp_path) == ["ruff"]


def test_without_uv_the_lock_is_left_alone_and_says_so(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Failure, match="needs uv, which is not here"):
        compile_lock(workbook=tmp_path)
    assert list(tmp_path.iterdir()) == []
