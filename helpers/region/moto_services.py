"""The services that moto answers: IAM, STS, DynamoDB, CloudWatch Logs and metrics, SQS, SNS and S3.

The region's only module, beside protocol.py, that knows moto. Each request goes straight to its service's own app
(moto's dispatcher would look through 175 folders a request). moto is not written for threads, so each service has a
lock; and what moto keeps for ever, log events and datapoints, is cut here.
"""

from __future__ import annotations

import io
import json
import logging
import re
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import unquote

from .errors import AwsError, not_in_this_region
from .server import Request, Response
from .settings import Settings

LOG = logging.getLogger(__name__)
SERVICES = {  # signing name → moto's name (which is boto3's too)
    "iam": "iam",
    "sts": "sts",
    "dynamodb": "dynamodb",
    "logs": "logs",
    "monitoring": "cloudwatch",
    "sqs": "sqs",
    "sns": "sns",
    "s3": "s3",
}
_NOT_XML = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]")
LOG_EVENTS_KEPT = 20_000  # per log group
DATAPOINTS_KEPT = 50_000
EXPIRED_KEPT_SECONDS = 3600
STATISTICS = ("SampleCount", "Average", "Sum", "Minimum", "Maximum")

_LOGS = ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"]
_KINESIS = ["DescribeStream", "DescribeStreamSummary", "GetRecords", "GetShardIterator", "ListShards"]
_KINESIS += ["ListStreams", "SubscribeToShard"]
_SQS = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"]
MANAGED_POLICIES = {  # AWS's own, those that a lesson attaches: name → actions, on every resource
    "AWSLambdaBasicExecutionRole": _LOGS,
    "AWSLambdaKinesisExecutionRole": [*(f"kinesis:{action}" for action in _KINESIS), *_LOGS],
    "AWSLambdaSQSQueueExecutionRole": _SQS + _LOGS,
}


@dataclass(frozen=True)
class Role:
    """An IAM role. trust: its trust policy. documents: its inline and attached policies. created: epoch seconds."""

    arn: str
    name: str
    trust: dict
    documents: list[dict]
    created: float


@dataclass(frozen=True)
class Session:
    """A role's session, as STS keeps it. expiration: epoch seconds."""

    access_key: str
    secret_key: str
    session_token: str
    expiration: float
    role_arn: str
    session_name: str
    arn: str


class Moto:
    """The moto services of one account and region."""

    def __init__(self, settings: Settings):
        self.settings = settings
        self._locks = {name: threading.RLock() for name in SERVICES.values()}
        self._apps: dict[str, Callable] = {}
        _keep_no_instances()
        self._install_policies()

    # -- requests -----------------------------------------------------------------------------------------------

    def answer(self, service: str, operation: str, request: Request) -> Response:
        """moto's answer to a request for `service` (boto3's name). Raises AwsError for what moto cannot do."""
        with self._locks[service]:
            try:
                answer = _call(self._app(service), request)
            except NotImplementedError:
                raise not_in_this_region(f"{service} {operation}") from None
            except Exception:
                # moto raises on some malformed requests; its traceback is for the region's log, not for the client.
                LOG.exception("moto's %s failed on %s", service, operation)
                raise AwsError("InternalFailure", f"{service} could not handle this request.", 500) from None
        if answer.status >= 400 and answer.body.startswith(b"<!doctype html"):
            raise not_in_this_region(f"{service} {operation}")  # flask's own page: moto has no such address
        if answer.body.startswith(b"<") and service != "s3":
            answer.body = _NOT_XML.sub(b"?", answer.body)  # from names that clients gave
        return answer

    def reset(self) -> None:
        """Forget everything but the managed policies."""
        for service in SERVICES.values():
            with self._locks[service]:
                from moto.backends import get_backend

                get_backend(service).reset()
        self._install_policies()

    def _app(self, service: str) -> Callable:
        if service not in self._apps:
            from moto.moto_server import werkzeug_app

            werkzeug_app.DISABLE_GLOBAL_CORS = True  # moto would let any page read its answers
            self._apps[service] = werkzeug_app.create_backend_app(service)
        return self._apps[service]

    def _backend(self, service: str, region: str | None = None):
        from moto.backends import get_backend

        return get_backend(service)[self.settings.account][region or self.settings.region]

    def _install_policies(self) -> None:
        from moto.iam.models import AWSManagedPolicy

        backend = self._backend("iam", "aws")
        dates = dict.fromkeys(("CreateDate", "UpdateDate"), "2015-04-09T15:03:43+00:00")
        for name, actions in MANAGED_POLICIES.items():
            statement = {"Effect": "Allow", "Action": actions, "Resource": "*"}
            document = {"Version": "2012-10-17", "Statement": [statement]}
            data = {"DefaultVersionId": "v1", "Path": "/service-role/", "Document": document, **dates}
            policy = AWSManagedPolicy.from_data(name, self.settings.account, self.settings.region, data)
            backend.aws_managed_policies.append(policy)
            backend.managed_policies[policy.arn] = policy

    # -- IAM and STS --------------------------------------------------------------------------------------------

    def add_user(self, name: str, access_key: str, secret_key: str) -> str:
        """Make an IAM user with this key, unless it is there; its ARN."""
        with self._locks["iam"]:
            backend = self._backend("iam", "aws")
            if name not in backend.users:
                backend.create_user(self.settings.region, name)
                key = backend.create_access_key(name)
                del backend.access_keys[key.access_key_id]
                key.access_key_id, key.secret_access_key = access_key, secret_key
                backend.access_keys[access_key] = key
            return backend.users[name].arn

    def role(self, arn: str) -> Role | None:
        with self._locks["iam"]:
            backend = self._backend("iam", "aws")
            role = next((role for role in backend.roles.values() if role.arn == arn), None)
            if role is None:
                return None
            attached = [
                version.document
                for policy in role.managed_policies.values()
                for version in policy.versions
                if version.is_default
            ]
            return Role(
                role.arn,
                role.name,
                _document(role.assume_role_policy_document),
                [_document(document) for document in [*role.policies.values(), *attached]],
                role.create_date.replace(tzinfo=UTC).timestamp(),
            )

    def assume_role(self, role_arn: str, session_name: str, seconds: int) -> Session:
        """A session of the role, without asking whether anybody may."""
        with self._locks["sts"]:
            backend = self._backend("sts", "aws")
            assumed = backend.assume_role(self.settings.region, session_name, role_arn, "", seconds, "")
            now = datetime.now(UTC).replace(tzinfo=None)
            kept = now - timedelta(seconds=EXPIRED_KEPT_SECONDS)  # and told that they expired
            backend.assumed_roles[:] = [role for role in backend.assumed_roles if role.expiration > kept]
            return _session(assumed)

    def session(self, access_key: str) -> Session | None:
        with self._locks["sts"]:
            assumed = self._backend("sts", "aws").get_assumed_role_from_access_key(access_key)
            return _session(assumed) if assumed else None

    # -- Logs and metrics ---------------------------------------------------------------------------------------

    def put_log_events(self, group: str, stream: str, events: list[tuple[int, str]]) -> None:
        """Append (epoch ms, message) events to a log stream; group and stream are made where they are missing."""
        with self._locks["logs"]:
            backend = self._backend("logs")
            if group not in backend.groups:
                backend.create_log_group(group, {})
            log_group = backend.groups[group]
            if stream not in log_group.streams:
                backend.create_log_stream(group, stream)
            rows = [
                {"timestamp": at, "message": message} for at, message in sorted(events, key=lambda e: e[0])
            ]
            backend.put_log_events(group, stream, rows)
            _cut_log(log_group)

    def put_metric_data(self, namespace: str, rows: list[dict]) -> None:
        """Store MetricData rows, shaped as PutMetricData's, each with a Timestamp that knows its zone."""
        with self._locks["cloudwatch"]:
            backend = self._backend("cloudwatch")
            naive = [
                {**row, "Timestamp": row["Timestamp"].astimezone(UTC).replace(tzinfo=None)} for row in rows
            ]
            backend.put_metric_data(namespace, naive)  # moto compares times without a zone
            del backend.metric_data[:-DATAPOINTS_KEPT]

    # -- Destinations -------------------------------------------------------------------------------------------

    def send_message(
        self, queue_arn: str, body: str, attributes: dict[str, tuple[str, str]] | None = None
    ) -> None:
        """Send to an SQS queue. attributes: name → (type, value). Raises AwsError where there is no such queue."""
        with self._locks["sqs"], _as_aws_error():
            self._backend("sqs").send_message(
                queue_arn.rpartition(":")[2],
                body,
                message_attributes={
                    name: {"DataType": kind, "StringValue": value}
                    for name, (kind, value) in (attributes or {}).items()
                },
            )

    def receive_seconds(self, queue_url: str) -> float:
        """How long a ReceiveMessage that does not say so waits: the queue's ReceiveMessageWaitTimeSeconds."""
        with self._locks["sqs"]:
            queue = self._backend("sqs").queues.get(queue_url.rstrip("/").rpartition("/")[2])
            return float(queue.receive_message_wait_time_seconds) if queue else 0.0

    def publish(
        self, topic_arn: str, message: str, attributes: dict[str, tuple[str, str]] | None = None
    ) -> None:
        """Publish to an SNS topic and so to the queues subscribed. Raises AwsError where there is no such topic."""
        with self._locks["sns"], self._locks["sqs"], _as_aws_error():
            self._backend("sns").publish(
                message,
                topic_arn,
                message_attributes={
                    name: {"Type": kind, "Value": value} for name, (kind, value) in (attributes or {}).items()
                },
            )

    def put_object(self, bucket: str, key: str, body: bytes) -> None:
        """Store an S3 object. Raises AwsError where there is no such bucket."""
        with self._locks["s3"], _as_aws_error():
            self._backend("s3", "aws").put_object(bucket, key, body)


def _keep_no_instances() -> None:
    """moto lists every object it ever made, for a page that the region does not serve: 1.5 KB a vote, for ever."""
    from moto.core.common_models import BaseModel

    BaseModel.__new__ = staticmethod(lambda cls, *args, **kwargs: object.__new__(cls))


class _as_aws_error:
    """moto's own refusals (no such queue, topic, bucket) as the region's."""

    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        from moto.core.exceptions import ServiceException
        from werkzeug.exceptions import HTTPException

        if isinstance(error, ServiceException):
            raise AwsError(error.code, error.message) from error
        if isinstance(error, HTTPException):
            code = getattr(error, "error_type", None) or type(error).__name__
            raise AwsError(code, getattr(error, "message", None) or str(error), error.code or 400) from error
        return False


def refuse_unsupported(service: str, operation: str, params: dict) -> None:
    """What moto would accept and then hand to services that this region does not have; ARNs that it stumbles over."""
    for name in ("TopicArn", "TargetArn", "SubscriptionArn", "ResourceArn") if service == "sns" else ():
        if name in params and params[name].count(":") < 5:
            raise AwsError("InvalidParameter", f"Invalid parameter: {name}")
    whom = ("TopicArn", "TargetArn", "PhoneNumber")
    if (service, operation) == ("sns", "Publish") and not any(name in params for name in whom):
        text = "Invalid parameter: TopicArn or TargetArn Reason: no value for required parameter"
        raise AwsError("InvalidParameter", text)
    if service == "sns" and operation == "Subscribe" and params.get("Protocol") != "sqs":
        raise not_in_this_region(f"SNS Subscribe with Protocol {params.get('Protocol')!r}")
    if service == "logs" and operation == "PutSubscriptionFilter":
        raise not_in_this_region("Logs PutSubscriptionFilter")
    if service == "s3" and operation.startswith("PutBucketNotification"):
        raise not_in_this_region(f"S3 {operation}")
    if service == "cloudwatch":
        _refuse_unmeasured(operation, params)


def names_no_metric(operation: str, params: dict) -> bool:
    """Whether dimensions were forgotten that each metric of a service has: moto would add all its metrics up.

    AWS/Lambda is another matter: it has a metric of all functions together, without a dimension.
    """
    dimensionless = operation == "GetMetricStatistics" and not params.get("Dimensions")
    return dimensionless and params["Namespace"] in ("AWS/Kinesis", "AWS/ApiGateway")


def _refuse_unmeasured(operation: str, params: dict) -> None:
    """A minute's sums have no percentiles; moto does hardly any metric math, and its alarms never go off."""
    if operation in ("PutMetricAlarm", "PutCompositeAlarm"):
        raise not_in_this_region(f"CloudWatch {operation}")
    if params.get("ExtendedStatistics"):
        raise not_in_this_region(f"{operation}'s parameter ExtendedStatistics")
    for query in params.get("MetricDataQueries", ()):
        if "Expression" in query:
            raise not_in_this_region(f"{operation}'s Expression {query['Expression']!r}")
        stat = query.get("MetricStat", {}).get("Stat")
        if stat not in STATISTICS:
            raise not_in_this_region(f"{operation}'s Stat {stat!r}")


def _call(app: Callable, request: Request) -> Response:
    """One request through a WSGI app."""
    environ = {
        "REQUEST_METHOD": request.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote(request.path, "latin-1"),
        "RAW_URI": request.path + (f"?{request.query}" if request.query else ""),
        "REQUEST_URI": request.path + (f"?{request.query}" if request.query else ""),
        "QUERY_STRING": request.query,
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": request.client[0],
        "CONTENT_TYPE": request.header("content-type"),
        "CONTENT_LENGTH": str(len(request.body)),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(request.body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    for name, _ in request.headers:
        key = "HTTP_" + name.upper().replace("-", "_")
        if key not in ("HTTP_CONTENT_TYPE", "HTTP_CONTENT_LENGTH", "HTTP_TRANSFER_ENCODING"):
            environ[key] = request.header(name)
    started: list = []
    parts = app(environ, lambda status, headers, exc_info=None: started.append((status, headers)))
    body = b"".join(parts)
    status, headers = started[-1]
    return Response(int(status.split()[0]), headers, body)


def _document(document: str | dict) -> dict:
    return json.loads(unquote(document)) if isinstance(document, str) else document


def _session(assumed) -> Session:
    return Session(
        assumed.access_key_id,
        assumed.secret_access_key,
        assumed.session_token,
        assumed.expiration.replace(tzinfo=UTC).timestamp(),
        assumed.role_arn,
        assumed.session_name,
        assumed.arn,
    )


def _cut_log(log_group) -> None:
    """Keep a log group's newest events: moto looks through all of them at every reading."""
    excess = sum(len(stream.events) for stream in log_group.streams.values()) - LOG_EVENTS_KEPT
    for stream in list(log_group.streams.values()):  # oldest stream first
        if excess <= 0:
            return
        cut = min(excess, len(stream.events))
        del stream.events[:cut]
        excess -= cut
