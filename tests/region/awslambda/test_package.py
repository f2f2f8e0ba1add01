"""Deployment packages: unpacked whole, inside their own folder, or refused in AWS's words."""

from __future__ import annotations

import base64
import hashlib
import io
import zipfile

import pytest

from helpers.region.awslambda import package
from helpers.region.awslambda.package import stays_inside, unpack
from helpers.region.errors import AwsError

UNREADABLE = "Could not unzip uploaded file. Please check your file, then try to upload again."


def archive(*names: str, content: bytes = b"x = 1\n") -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as written:
        for name in names:
            written.writestr(name, content)
    return buffer.getvalue()


def test_a_zip_is_unpacked_into_a_folder_of_its_own(tmp_path):
    data = archive("h.py", "data/ballot.json")
    first, second = unpack(data, tmp_path), unpack(data, tmp_path)
    assert first.folder != second.folder
    assert (first.folder / "data" / "ballot.json").read_bytes() == b"x = 1\n"
    assert first.size == len(data)
    assert base64.b64decode(first.sha256) == hashlib.sha256(data).digest()
    first.remove()
    assert not first.folder.exists()
    assert second.folder.exists()


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "Uploaded file must be a non-empty zip"),
        (b"not a zip", UNREADABLE),
        (archive("h.py")[:-10], UNREADABLE),
        (archive("h.py").replace(b"h.py", b"i.py", 1), UNREADABLE),
        (archive(), UNREADABLE),
        (archive("../outside.py"), UNREADABLE),
        (archive("/etc/outside.py"), UNREADABLE),
    ],
    ids=["empty", "no zip", "cut", "changed", "no files", "above", "rooted"],
)
def test_what_cannot_be_unpacked_leaves_nothing(data, message, tmp_path):
    inside = tmp_path / "inside"
    inside.mkdir()
    with pytest.raises(AwsError) as refused:
        unpack(data, inside)
    assert (refused.value.code, refused.value.message) == ("InvalidParameterValueException", message)
    assert list(tmp_path.iterdir()) == [inside]
    assert list(inside.iterdir()) == []


def test_sizes(tmp_path, monkeypatch):
    with pytest.raises(AwsError) as refused:
        unpack(b"x" * 52_428_801, tmp_path)
    assert (refused.value.code, refused.value.status) == ("RequestEntityTooLargeException", 413)
    assert refused.value.message == "Zipped size must be smaller than 52428800 bytes"
    assert package.UNZIPPED_BYTES == 262_144_000
    bomb = archive("zeros", content=b"\0" * 1_000_001)
    monkeypatch.setattr(package, "UNZIPPED_BYTES", 1_000_000)
    with pytest.raises(AwsError) as refused:
        unpack(bomb, tmp_path)
    assert refused.value.message == "Unzipped size must be smaller than 1000000 bytes"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "inside"),
    [
        ("h.py", True),
        ("a/b/c.py", True),
        ("a..b/c.py", True),
        ("../h.py", False),
        ("a/../../h.py", False),
        ("/h.py", False),
        ("C:/h.py", False),
        ("C:h.py", False),
        ("a\\..\\..\\h.py", False),
        ("\\\\host\\share\\h.py", False),
    ],
)
def test_names_that_stay_inside(name, inside):
    assert bool(stays_inside(name)) is inside
