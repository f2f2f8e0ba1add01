"""The condition keys that a request brings, beside those of every request: what it passes on, and whose it is about.

A policy cannot scope by name what has a random id. An API is scoped by its tags, a mapping by its function.
Source: the Service Authorization Reference, and Lambda's "Fine-tuning permissions with conditions".
"""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import unquote

from .errors import AwsError
from .permissions import Place, required


def conditions(
    service: str,
    operation: str,
    params: dict,
    place: Place,
    tags_of_api: Callable[[str], dict[str, str]],
    function_of_mapping: Callable[[str], str],
) -> dict[str, str]:
    """Condition key → value. tags_of_api(ApiId), function_of_mapping(UUID): AwsError where there is no such thing."""
    if service == "lambda":
        return _lambda(operation, params, place, function_of_mapping)
    if service == "iam":
        return (
            {"iam:PolicyARN": params["PolicyArn"]} if "PolicyArn" in params and "RoleName" in params else {}
        )
    if service == "apigatewayv2":
        given = {f"aws:RequestTag/{key}": value for key, value in params.get("Tags", {}).items()}
        return given | _known(lambda: _tagged(params, tags_of_api))
    return {}


def _lambda(operation: str, params: dict, place: Place, function_of_mapping) -> dict[str, str]:
    """A mapping's own function counts, and only where there is no mapping yet the one that is asked for."""
    if "UUID" in params:
        return _known(lambda: {"lambda:FunctionArn": function_of_mapping(params["UUID"])})
    if operation == "CreateEventSourceMapping":
        return {"lambda:FunctionArn": required("lambda", "GetFunction", params, place)[0].resource}
    if "Role" in params:
        return {"iam:PassedToService": "lambda.amazonaws.com"}
    return {}


def _tagged(params: dict, tags_of_api: Callable[[str], dict[str, str]]) -> dict[str, str]:
    """What belongs to an API, a route say, is judged by the API's tags."""
    api_id = (
        params.get("ApiId") or unquote(params.get("ResourceArn", "")).partition("/apis/")[2].partition("/")[0]
    )
    tags = tags_of_api(api_id) if api_id else {}
    return {f"aws:ResourceTag/{key}": value for key, value in tags.items()}


def _known(keys: Callable[[], dict[str, str]]) -> dict[str, str]:
    """What does not exist brings no keys; the action itself will say that it does not exist."""
    try:
        return keys()
    except AwsError:
        return {}
