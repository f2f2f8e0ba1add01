"""What a test that deploys a function hands over: IAM's documents and a zip."""

from __future__ import annotations

import io
import json
import textwrap
import zipfile


def document(*statements: dict) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def trust(service: str = "lambda.amazonaws.com") -> str:
    """The trust policy of a role that `service` may assume."""
    return document({"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"})


def allow(*actions: str, resource: str = "*") -> str:
    return document({"Effect": "Allow", "Action": list(actions), "Resource": resource})


def zipped(source: str | None = None, **files: str) -> bytes:
    """A deployment package: `source` as lambda_function.py, and other modules by name."""
    buffer = io.BytesIO()
    modules = files if source is None else {"lambda_function": source, **files}
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, text in modules.items():
            archive.writestr(f"{name}.py", textwrap.dedent(text))
    return buffer.getvalue()
