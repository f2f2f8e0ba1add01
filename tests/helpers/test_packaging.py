"""Deployment packages: the same bytes everywhere, the ballot inside, nothing else."""

import io
import json
import os
import zipfile

import pytest

from helpers.packaging import LAMBDAS, PackageError, package


def opened(packed: bytes) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(packed))


@pytest.fixture
def lambdas(tmp_path):
    folder = tmp_path / "greeter"
    (folder / "words" / "__pycache__").mkdir(parents=True)
    (folder / "lambda_function.py").write_text("from words import hello\n", encoding="utf-8")
    (folder / "words" / "hello.py").write_text("", encoding="utf-8")
    (folder / "words" / "__pycache__" / "hello.pyc").write_bytes(b"x")
    (folder / ".DS_Store").write_bytes(b"x")
    (tmp_path / "ballot.json").write_text('{"candidates": []}', encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("function", ["producer", "consumer"])
def test_a_lessons_function_is_packed_with_the_ballot(function):
    archive = opened(package(function))
    assert archive.read("lambda_function.py") == (LAMBDAS / function / "lambda_function.py").read_bytes()
    assert json.loads(archive.read("ballot.json"))["candidates"]


def test_only_the_functions_files_go_in_sorted(lambdas):
    assert opened(package("greeter", lambdas)).namelist() == [
        "ballot.json",
        "lambda_function.py",
        "words/hello.py",
    ]


def test_the_same_sources_make_the_same_bytes_whatever_their_dates_and_modes(lambdas):
    before = package("greeter", lambdas)
    os.utime(lambdas / "greeter" / "lambda_function.py", (1, 1))
    (lambdas / "greeter" / "lambda_function.py").chmod(0o600)
    assert package("greeter", lambdas) == before


def test_every_file_may_be_read_by_lambdas_user(lambdas):
    modes = {entry.external_attr >> 16 for entry in opened(package("greeter", lambdas)).infolist()}
    assert modes == {0o100644}


def test_an_unknown_function_is_refused_with_the_ones_there_are(lambdas):
    with pytest.raises(PackageError, match=r"“waiter”.*greeter"):
        package("waiter", lambdas)
