"""A function's resource policy: who, other than the account's own identities, may invoke it.

Source: lambda-runtime.md §8, §9 (statements recorded on AWS).
"""

from __future__ import annotations

import re

from .refusals import invalid

_SERVICE = re.compile(r"[\w.-]+\.amazonaws\.com")
_ACCOUNT = re.compile(r"\d{12}")
_IDENTITY = re.compile(r"arn:aws:(iam|sts)::\d{12}:.+")


def statement(
    sid: str,
    principal: str,
    action: str,
    function_arn: str,
    source_arn: str | None,
    source_account: str | None,
) -> dict:
    """The statement that AddPermission adds. Raises AwsError for a principal that is nobody."""
    made = {
        "Sid": sid,
        "Effect": "Allow",
        "Principal": _principal(principal),
        "Action": action,
        "Resource": function_arn,
    }
    condition = {}
    if source_account:
        condition["StringEquals"] = {"AWS:SourceAccount": source_account}
    if source_arn:
        condition["ArnLike"] = {"AWS:SourceArn": source_arn}
    return {**made, "Condition": condition} if condition else made


def document(statements: list[dict]) -> dict:
    return {"Version": "2012-10-17", "Id": "default", "Statement": statements}


def _principal(principal: str) -> str | dict:
    if principal == "*":
        return "*"
    if _SERVICE.fullmatch(principal):
        return {"Service": principal}
    if _ACCOUNT.fullmatch(principal):
        return {"AWS": f"arn:aws:iam::{principal}:root"}
    if _IDENTITY.fullmatch(principal):
        return {"AWS": principal}
    message = "The provided principal was invalid. Please check the principal and try again."
    raise invalid(message)
