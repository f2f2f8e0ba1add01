"""A deployment package: the zip as it was uploaded, unpacked into a folder of its own.

Source of the texts: lambda-runtime.md §8 (recorded on AWS).
"""

from __future__ import annotations

import base64
import errno
import hashlib
import io
import shutil
import tempfile
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path, PurePosixPath, PureWindowsPath

from ..errors import AwsError
from .refusals import invalid

ZIPPED_BYTES = 52_428_800
UNZIPPED_BYTES = 262_144_000
NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EMFILE, errno.ENFILE)
COULD_NOT_UNZIP = "Could not unzip uploaded file. Please check your file, then try to upload again."


@dataclass(frozen=True)
class Package:
    """folder: where the code lies. size: bytes of the zip. sha256: base64 of the zip's digest, as CodeSha256."""

    folder: Path
    size: int
    sha256: str

    def remove(self) -> None:
        # A file that Windows still holds open stays; the region's whole folder goes when the region ends.
        shutil.rmtree(self.folder, ignore_errors=True)


def unpack(data: bytes, parent: Path) -> Package:
    """Unzip `data` into a new folder under `parent`. Raises AwsError in AWS's words."""
    if not data:
        raise invalid("Uploaded file must be a non-empty zip")
    if len(data) > ZIPPED_BYTES:
        raise AwsError(
            "RequestEntityTooLargeException", f"Zipped size must be smaller than {ZIPPED_BYTES} bytes", 413
        )
    folder = Path(tempfile.mkdtemp(prefix="task-", dir=parent)).resolve()
    package = Package(folder, len(data), base64.b64encode(hashlib.sha256(data).digest()).decode())
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
            if sum(member.file_size for member in members) > UNZIPPED_BYTES:
                raise invalid(f"Unzipped size must be smaller than {UNZIPPED_BYTES} bytes")
            if not members or not all(stays_inside(member.filename) for member in members):
                raise zipfile.BadZipFile
            archive.extractall(folder)
    except AwsError:
        package.remove()
        raise
    except OSError as error:
        package.remove()
        if error.errno in NO_ROOM:
            text = f"The region cannot keep the package: {error.strerror}"
            raise AwsError("ServiceException", text, 500) from error
        raise invalid(COULD_NOT_UNZIP) from None
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError):
        package.remove()
        raise invalid(COULD_NOT_UNZIP) from None
    return package


def stays_inside(name: str) -> bool:
    """Whether a zip member's name stays in the folder it is unpacked in, on any system."""
    windows = PureWindowsPath(name)
    rooted = PurePosixPath(name).is_absolute() or windows.drive or windows.root
    return not rooted and ".." not in windows.parts
