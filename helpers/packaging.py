"""A function's deployment package: the zip that `create_function` and `update_function_code` take.

The same sources make the same bytes on every computer (order, dates and modes are fixed, nothing is compressed), so
AWS's CodeSha256 tells whether a function runs what stands in lambdas/.
"""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

from helpers.candidates import BALLOT
from helpers.messages import Friendly
from helpers.notebooks import WORKBOOK
from helpers.translate import t

LAMBDAS = WORKBOOK / "lambdas"


class PackageError(Friendly):
    """There is no such function in lambdas/."""


def package(function: str, lambdas: Path = LAMBDAS) -> bytes:
    """The zip of lambdas/<function>/ with the ballot in it: package("producer"). Raises PackageError."""
    folder = lambdas / function
    if not (folder / "lambda_function.py").is_file():
        known = ", ".join(sorted(path.parent.name for path in lambdas.glob("*/lambda_function.py")))
        raise PackageError(t("package.unknown", function=function, known=known))
    files = {
        path.relative_to(folder).as_posix(): path for path in sorted(folder.rglob("*")) if _belongs(path)
    }
    return _zipped({BALLOT: lambdas / BALLOT} | files)


def _belongs(path: Path) -> bool:
    return path.is_file() and path.suffix != ".pyc" and not path.name.startswith(".")


def _zipped(files: dict[str, Path]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
        for name, path in sorted(files.items()):
            entry = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            entry.create_system, entry.external_attr = (
                3,
                0o100644 << 16,
            )  # a Unix file that Lambda's user may read
            archive.writestr(entry, path.read_bytes())
    return packed.getvalue()
