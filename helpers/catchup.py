"""Opening any lesson first: what earlier lessons should have left is built by those lessons' own cells.

In a lesson's source, a cell tagged `builds` is part of what it leaves behind. A cell that also says builds="stream"
makes that resource, and is skipped when a probe sees the resource there and ready. So every AWS call has one home, the
lesson, and there is no second copy here.
"""

from __future__ import annotations

import ast
import inspect
import linecache
from collections.abc import Callable
from dataclasses import dataclass

import boto3
from botocore.exceptions import ClientError

from helpers.course import entry
from helpers.messages import Friendly
from helpers.names import Names
from helpers.notebooks import Cell, solved_cells
from helpers.translate import get_locale, t
from helpers.unheard import unheard

RUN_CODE = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT


class CatchUpError(Friendly):
    """A cell of an earlier lesson failed; the text says which lesson and which cell."""


@dataclass(frozen=True)
class Built:
    """One resource that catch-up had to build."""

    lesson: str
    resource: str

    def __str__(self) -> str:
        return t("catchup.built", what=t(f"resource.{self.resource}"), lesson=self.lesson)


async def catch_up(
    slug: str, names: Names, given: dict[str, object], report: Callable[[Built], None]
) -> None:
    """Builds what the lessons that `slug` needs should have left and is not there, in order.

    given: the variables that every lesson's cells find, such as `lesson` and `prefix`. report: called with each
    resource once it is built. Raises CatchUpError.
    """
    for needed in entry(slug).needs:
        await run_builds(needed, solved_cells(needed, get_locale()), names, given, report)


async def run_builds(
    slug: str, cells: list[Cell], names: Names, given: dict[str, object], report: Callable[[Built], None]
) -> None:
    """Runs one lesson's `builds` cells in a namespace of their own, but for those whose resource is there."""
    namespace = {"__name__": f"lesson_{slug}", **given}
    last = {cell.metadata.get("builds"): position for position, cell in enumerate(cells, start=1)}
    missing = set()
    for position, cell in enumerate(cells, start=1):
        if "builds" not in cell.tags:
            continue
        resource = cell.metadata.get("builds")
        try:
            if resource is None or not is_ready(resource, names):
                await run_cell(cell.source, f"<{slug}, cell {position}>", namespace)
                missing.add(resource)
        except Exception as error:
            raise CatchUpError(_explained(error, slug, position, resource)) from error
        if resource in missing - {None} and position == last[resource]:
            report(Built(slug, resource))


async def run_cell(source: str, filename: str, namespace: dict[str, object]) -> None:
    """Runs a cell as Jupyter would, top-level await included; what it prints or displays is not shown."""
    linecache.cache[filename] = (len(source), None, source.splitlines(keepends=True), filename)
    code = compile(source, filename, "exec", flags=RUN_CODE)
    with unheard():
        result = eval(code, namespace)
        if inspect.iscoroutine(result):
            await result


def _explained(error: Exception, slug: str, position: int, resource: str | None) -> str:
    what = t(f"resource.{resource if resource in PROBES else 'preparation'}")
    reason = str(error) or repr(error)
    return t(
        "catchup.failed", lesson=slug, cell=position, what=what, kind=type(error).__name__, reason=reason
    )


# --- probes: how to see that a resource is there and ready ---------------------------------------------------------


def is_ready(resource: str, names: Names) -> bool:
    """Asks AWS. A `builds="…"` that no probe knows is an error."""
    if resource not in PROBES:
        raise KeyError(f"builds={resource!r}: no probe for it; known: {', '.join(PROBES)}")
    try:
        return PROBES[resource](names)
    except ClientError as error:
        if error.response["Error"]["Code"] in NOT_THERE:
            return False
        raise


NOT_THERE = {
    "ResourceNotFoundException",
    "NoSuchEntity",
    "NotFoundException",
    "AWS.SimpleQueueService.NonExistentQueue",
    "QueueDoesNotExist",
}


def _stream(names: Names) -> bool:
    summary = boto3.client("kinesis").describe_stream_summary(StreamName=names.stream)
    return summary["StreamDescriptionSummary"]["StreamStatus"] == "ACTIVE"


def _table(names: Names) -> bool:
    return boto3.client("dynamodb").describe_table(TableName=names.table)["Table"]["TableStatus"] == "ACTIVE"


def _role(name: str) -> bool:
    """A role without a policy of its own or attached is half built."""
    iam = boto3.client("iam")
    inline = iam.list_role_policies(RoleName=name)["PolicyNames"]
    return bool(inline or iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"])


def _function(name: str) -> bool:
    found = boto3.client("lambda").get_function_configuration(FunctionName=name)
    return found["State"] == "Active" and found.get("LastUpdateStatus", "Successful") == "Successful"


def _find_api(names: Names) -> dict | None:
    pages = boto3.client("apigatewayv2").get_paginator("get_apis").paginate()
    return next((api for page in pages for api in page["Items"] if api["Name"] == names.api), None)


def _api(names: Names) -> bool:
    """Pages of any origin must be able to vote: an API without that is half built."""
    found = _find_api(names) or {}
    return "*" in found.get("CorsConfiguration", {}).get("AllowOrigins", [])


def _api_permission(names: Names) -> bool:
    """An API made anew has another id, and the function's policy may still name the old one."""
    found = _find_api(names)
    policy = boto3.client("lambda").get_policy(FunctionName=names.producer)["Policy"]
    return found is not None and f":{found['ApiId']}/" in policy


def _trigger(names: Names) -> bool:
    found = boto3.client("lambda").list_event_source_mappings(FunctionName=names.consumer)
    return any(
        mapping["EventSourceArn"].endswith(f":stream/{names.stream}") and mapping["State"] == "Enabled"
        for mapping in found["EventSourceMappings"]
    )


def _queue(names: Names) -> bool:
    return bool(boto3.client("sqs").get_queue_url(QueueName=names.queue)["QueueUrl"])


PROBES: dict[str, Callable[[Names], bool]] = {
    "stream": _stream,
    "table": _table,
    "producer_role": lambda names: _role(names.producer_role),
    "consumer_role": lambda names: _role(names.consumer_role),
    "producer": lambda names: _function(names.producer),
    "consumer": lambda names: _function(names.consumer),
    "api": _api,
    "api_permission": _api_permission,
    "trigger": _trigger,
    "queue": _queue,
}
