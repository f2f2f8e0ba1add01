"""Which permissions a request needs: service, operation and parameters → IAM actions, each on an ARN.

Mostly `service:Operation` on the ARN of the thing named; the exceptions stand with each service.
Pure. Source: the Service Authorization Reference, and the resources that AWS's AccessDenied messages show.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable
from functools import cache
from typing import NamedTuple
from urllib.parse import quote

from botocore.loaders import Loader

from .errors import not_in_this_region


class Permission(NamedTuple):
    action: str
    resource: str


class Place(NamedTuple):
    """Where ARNs of this region point."""

    account: str
    region: str

    def arn(self, service: str, name: str) -> str:
        return f"arn:aws:{service}:{self.region}:{self.account}:{name}"


def required(service: str, operation: str, params: dict, place: Place) -> list[Permission]:
    """Every permission that a call needs, in the order AWS checks them; none if everyone may call it.

    service: botocore's name. operation: "PutRecord". params: AWS's members, as boto3 sends them.
    Raises NotInThisRegion for a call whose permissions are not modelled: only the learner may make it.
    """
    if service not in _SERVICES:
        raise not_in_this_region(f"Calling {service} with a role's credentials")
    permissions = _SERVICES[service](operation, params, place)
    if (service, operation) in _TAGGING and (params.get("Tags") or params.get("tags")):
        made = permissions[0].resource
        if operation == "CreateEventSourceMapping":
            made = place.arn("lambda", "event-source-mapping:*")  # its id is not known yet
        permissions.append(Permission(_TAGGING[service, operation], made))
    return permissions


_TAGGING = {  # what making a thing with tags on it needs besides
    ("kinesis", "CreateStream"): "kinesis:AddTagsToStream",
    ("dynamodb", "CreateTable"): "dynamodb:TagResource",
    ("lambda", "CreateFunction"): "lambda:TagResource",
    ("lambda", "CreateEventSourceMapping"): "lambda:TagResource",
    ("iam", "CreateRole"): "iam:TagRole",
    ("sqs", "CreateQueue"): "sqs:TagQueue",
    ("sns", "CreateTopic"): "sns:TagResource",
    ("logs", "CreateLogGroup"): "logs:TagResource",
}


def _kinesis(operation: str, params: dict, place: Place) -> list[Permission]:
    """What goes on from an earlier answer is about the stream of that answer, whatever else it names."""
    if sealed := params.get("ShardIterator") or (operation == "ListShards" and params.get("NextToken")):
        arn = _sealed_stream(sealed)
    elif "StreamName" in params:
        arn = place.arn("kinesis", f"stream/{params['StreamName']}")
    else:
        arn = params.get("StreamARN") or params.get("ConsumerARN") or params.get("ResourceARN")
    return [Permission(f"kinesis:{operation}", arn or "*")]


def _sealed_stream(text: str) -> str | None:
    """The stream that an iterator or token (kinesis/iterator.py) says it is of; the action then checks the seal."""
    try:
        return json.loads(base64.b64decode(text)[24:])[2][0]
    except (ValueError, LookupError, TypeError):
        return None


def _dynamodb(operation: str, params: dict, place: Place) -> list[Permission]:
    def on(action: str, table: str) -> Permission:
        return Permission(f"dynamodb:{action}", _table(table, place))

    if operation in ("ExecuteStatement", "BatchExecuteStatement", "ExecuteTransaction"):
        raise not_in_this_region(f"PartiQL ({operation}) with a role's credentials")
    if operation in ("TransactWriteItems", "TransactGetItems"):
        inner = [part for item in params.get("TransactItems", []) for part in item.items()]
        permissions = [on(_TRANSACTED[kind], part.get("TableName", "*")) for kind, part in inner]
        return list(dict.fromkeys(permissions))
    if operation in ("BatchWriteItem", "BatchGetItem"):
        return [on(operation, table) for table in params.get("RequestItems", {})]
    if operation == "ListTables":
        return [on(operation, "*")]
    named = params.get("TableName") or params.get("ResourceArn") or params.get("TableArn")
    if not named:
        return [Permission(f"dynamodb:{operation}", "*")]
    if "IndexName" in params and operation in ("Query", "Scan"):
        named += f"/index/{params['IndexName']}"
    return [on(operation, named)]


_TRANSACTED = {
    "Get": "GetItem",
    "Put": "PutItem",
    "Update": "UpdateItem",
    "Delete": "DeleteItem",
    "ConditionCheck": "ConditionCheckItem",
}


def _table(name_or_arn: str, place: Place) -> str:
    return name_or_arn if name_or_arn.startswith("arn:") else place.arn("dynamodb", f"table/{name_or_arn}")


def _logs(operation: str, params: dict, place: Place) -> list[Permission]:
    """A group's ARN as Logs shows it ends in `:log-stream:` and the stream, if one was named."""
    action = f"logs:{operation}"
    if "resourceArn" in params:
        return [Permission(action, params["resourceArn"])]
    groups = [params[key] for key in ("logGroupName", "logGroupIdentifier") if key in params]
    groups += params.get("logGroupNames", []) + params.get("logGroupIdentifiers", [])
    if not groups and operation not in ("DescribeLogGroups", "ListLogGroups"):
        return [Permission(action, "*")]
    stream = params.get("logStreamName", "")
    names = [group.split(":log-group:")[-1].removesuffix(":*") for group in groups or [""]]
    return [Permission(action, place.arn("logs", f"log-group:{name}:log-stream:{stream}")) for name in names]


def _sqs(operation: str, params: dict, place: Place) -> list[Permission]:
    """`…Batch` has no action of its own. A queue URL ends in /account/name."""
    action = f"sqs:{operation.removesuffix('Batch')}"
    if "QueueUrl" in params:
        return [Permission(action, place.arn("sqs", params["QueueUrl"].rstrip("/").rpartition("/")[2]))]
    if "QueueName" in params:
        return [Permission(action, place.arn("sqs", params["QueueName"]))]
    return [Permission(action, params.get("SourceArn", "*"))]


def _sns(operation: str, params: dict, place: Place) -> list[Permission]:
    """A subscription is guarded by its topic: topic ARN, colon, id. A phone number stands for itself."""
    action = f"sns:{operation.removesuffix('Batch')}"
    if operation == "CreateTopic":
        return [Permission(action, place.arn("sns", params.get("Name", "*")))]
    if "SubscriptionArn" in params:
        return [Permission(action, params["SubscriptionArn"].rpartition(":")[0])]
    named = (params.get(key) for key in ("TopicArn", "TargetArn", "ResourceArn", "PhoneNumber"))
    return [Permission(action, next(filter(None, named), place.arn("sns", "*")))]


def _lambda(operation: str, params: dict, place: Place) -> list[Permission]:
    invokes = operation in ("Invoke", "InvokeAsync", "InvokeWithResponseStream")
    action = f"lambda:{'InvokeFunction' if invokes else operation}"
    permissions = [Permission(action, _lambda_resource(operation, params, place))]
    if operation in ("CreateFunction", "UpdateFunctionConfiguration") and "Role" in params:
        permissions.append(Permission("iam:PassRole", params["Role"]))
    return permissions


def _lambda_resource(operation: str, params: dict, place: Place) -> str:
    if "UUID" in params:
        return place.arn("lambda", f"event-source-mapping:{params['UUID']}")
    if operation in ("CreateEventSourceMapping", "ListEventSourceMappings") or "FunctionName" not in params:
        return params.get("Resource", "*")
    name, qualifier = _FUNCTION.fullmatch(params["FunctionName"]).groups()
    qualifier = qualifier or params.get("Qualifier")
    return place.arn("lambda", f"function:{name}" + (f":{qualifier}" if qualifier else ""))


# A function by name, by account:function:name, or by ARN; each may end in :qualifier.
_FUNCTION = re.compile(r"(?:arn:[^:]+:lambda:[^:]*:)?(?:\d{12}:)?(?:function:)?([^:]*)(?::(.*))?")


def _apigateway(operation: str, params: dict, place: Place) -> list[Permission]:
    """API Gateway's actions are HTTP's methods, its resources the paths of its own API, without the version."""
    method, path = _api_gateway_paths()[operation]

    def given(label: re.Match) -> str:
        """{apiId} is ApiId, {resource-arn} is ResourceArn."""
        member = "".join(word[0].upper() + word[1:] for word in label[1].split("-"))
        return quote(params[member], safe="")

    resource = re.sub(r"\{([\w-]+)\}", given, path.removeprefix("/v2"))
    return [Permission(f"apigateway:{method}", f"arn:aws:apigateway:{place.region}::{resource}")]


@cache
def _api_gateway_paths() -> dict[str, tuple[str, str]]:
    """Operation → its HTTP method and path, as botocore's model has them."""
    operations = Loader().load_service_model("apigatewayv2", "service-2")["operations"]
    return {name: (told["http"]["method"], told["http"]["requestUri"]) for name, told in operations.items()}


def _s3(operation: str, params: dict, place: Place) -> list[Permission]:
    if operation == "ListBuckets":
        return [Permission("s3:ListAllMyBuckets", "*")]
    bucket = f"arn:aws:s3:::{params.get('Bucket', '')}"
    if operation in _S3_BUCKET:
        return [Permission(f"s3:{_S3_BUCKET[operation]}", bucket)]
    if operation == "DeleteObjects":
        deleted = params.get("Delete", {}).get("Objects", [])
        return [Permission("s3:DeleteObject", f"{bucket}/{item.get('Key', '')}") for item in deleted]
    if operation in _S3_OBJECT:
        return [Permission(f"s3:{_S3_OBJECT[operation]}", f"{bucket}/{params.get('Key', '')}")]
    raise not_in_this_region(f"S3's {operation} with a role's credentials")


_S3_BUCKET = {
    "CreateBucket": "CreateBucket",
    "DeleteBucket": "DeleteBucket",
    "GetBucketLocation": "GetBucketLocation",
    "HeadBucket": "ListBucket",
    "ListObjects": "ListBucket",
    "ListObjectsV2": "ListBucket",
    "ListObjectVersions": "ListBucketVersions",
    "ListMultipartUploads": "ListBucketMultipartUploads",
}
_S3_OBJECT = {
    "GetObject": "GetObject",
    "HeadObject": "GetObject",
    "GetObjectTagging": "GetObjectTagging",
    "PutObjectTagging": "PutObjectTagging",
    "PutObject": "PutObject",
    "DeleteObject": "DeleteObject",
    "CreateMultipartUpload": "PutObject",
    "UploadPart": "PutObject",
    "CompleteMultipartUpload": "PutObject",
    "AbortMultipartUpload": "AbortMultipartUpload",
    "ListParts": "ListMultipartUploadParts",
}


def _cloudwatch(operation: str, params: dict, place: Place) -> list[Permission]:
    """Metrics have no ARN; alarms do."""
    alarms = params.get("AlarmNames") or [params[key] for key in ("AlarmName",) if key in params]
    arns = [place.arn("cloudwatch", f"alarm:{name}") for name in alarms]
    if operation == "DescribeAlarms" and not arns:
        arns = [place.arn("cloudwatch", "alarm:*")]
    return [Permission(f"cloudwatch:{operation}", arn) for arn in arns or [params.get("ResourceARN", "*")]]


def _iam(operation: str, params: dict, place: Place) -> list[Permission]:
    """The holder comes before what it holds: AttachRolePolicy is about the role."""

    def named(kind: str, name: str) -> str:
        return f"arn:aws:iam::{place.account}:{kind}{params.get('Path', '/')}{name}"

    for key, kind in (("RoleName", "role"), ("UserName", "user"), ("GroupName", "group")):
        if key in params:
            return [Permission(f"iam:{operation}", named(kind, params[key]))]
    if "PolicyArn" in params:
        return [Permission(f"iam:{operation}", params["PolicyArn"])]
    if "PolicyName" in params:
        return [Permission(f"iam:{operation}", named("policy", params["PolicyName"]))]
    listed = {"ListRoles": "role", "ListUsers": "user", "ListGroups": "group"}.get(operation)
    return [Permission(f"iam:{operation}", named(listed, "") if listed else "*")]


def _sts(operation: str, params: dict, place: Place) -> list[Permission]:
    """Anyone may ask who they are."""
    if operation == "GetCallerIdentity":
        return []
    return [Permission(f"sts:{operation}", params.get("RoleArn", "*"))]


_SERVICES: dict[str, Callable[[str, dict, Place], list[Permission]]] = {
    "apigatewayv2": _apigateway,
    "kinesis": _kinesis,
    "dynamodb": _dynamodb,
    "logs": _logs,
    "sqs": _sqs,
    "sns": _sns,
    "lambda": _lambda,
    "s3": _s3,
    "cloudwatch": _cloudwatch,
    "iam": _iam,
    "sts": _sts,
}
