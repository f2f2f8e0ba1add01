"""Credentials that nobody gave, that are over, or that are a function's: refused in each service's own words."""

from __future__ import annotations

import datetime
import http.client
import json

import boto3
import botocore.auth
import pytest
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials
from botocore.exceptions import ClientError

from helpers.region.clock import Clock
from tests.local_region import QUICK

ASKS = {
    # service → a request, the code of an unknown key, the code of credentials that are over
    "kinesis": ("list_streams", "UnrecognizedClientException", "ExpiredTokenException"),
    "dynamodb": ("list_tables", "UnrecognizedClientException", "ExpiredTokenException"),
    "logs": ("describe_log_groups", "UnrecognizedClientException", "ExpiredTokenException"),
    "cloudwatch": ("list_metrics", "UnrecognizedClientException", "ExpiredTokenException"),
    "sqs": ("list_queues", "UnrecognizedClientException", "ExpiredTokenException"),
    "lambda": ("list_functions", "InvalidClientTokenId", "ExpiredToken"),
    "apigatewayv2": ("get_apis", "InvalidClientTokenId", "ExpiredToken"),
    "iam": ("list_roles", "InvalidClientTokenId", "ExpiredToken"),
    "sts": ("get_caller_identity", "InvalidClientTokenId", "ExpiredToken"),
    "sns": ("list_topics", "InvalidClientTokenId", "ExpiredToken"),
    "s3": ("list_buckets", "InvalidClientTokenId", "ExpiredToken"),
}


def code_of(region, service: str, key: str, secret: str, token: str | None = None) -> str:
    client = boto3.client(
        service,
        endpoint_url=region.control.url,
        region_name=QUICK.region,
        aws_access_key_id=key,
        aws_secret_access_key=secret,
        aws_session_token=token,
        config=Config(retries={"total_max_attempts": 1}, proxies={}),
    )
    with pytest.raises(ClientError) as refused:
        getattr(client, ASKS[service][0])()
    return refused.value.response["Error"]["Code"]


@pytest.fixture
def session(region, aws):
    trust = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    role = aws("iam").create_role(RoleName="r", AssumeRolePolicyDocument=document)["Role"]
    everything = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [everything]})
    aws("iam").put_role_policy(RoleName="r", PolicyName="all", PolicyDocument=document)
    return region.identity.credentials(role["Arn"], "f")


@pytest.mark.parametrize("service", ASKS)
def test_a_key_that_nobody_gave_is_unknown_in_the_services_words(region, service):
    assert code_of(region, service, "AKIANOBODYNOBODYNOBO", "x") == ASKS[service][1]
    assert code_of(region, service, "ASIANOBODYNOBODYNOBO", "x", "token") == ASKS[service][1]


@pytest.mark.parametrize("token", [None, "another"])
def test_a_session_without_its_token_is_unknown(region, session, token):
    assert code_of(region, "kinesis", session.access_key, session.secret_key, token) == ASKS["kinesis"][1]


class Later(Clock):
    """An hour after the real clock, and a minute."""

    def now(self) -> float:
        return super().now() + 3660


@pytest.mark.parametrize("service", ASKS)
def test_credentials_end_in_the_services_words(region, session, monkeypatch, service):
    later = datetime.datetime.now(datetime.UTC) + datetime.timedelta(seconds=3660)
    monkeypatch.setattr(region.identity, "clock", Later())
    monkeypatch.setattr(botocore.auth, "get_current_datetime", lambda *a, **k: later)
    code = code_of(region, service, session.access_key, session.secret_key, session.session_token)
    assert code == ASKS[service][2]


@pytest.mark.parametrize("word", ["status", "reset", "stop"])
def test_a_function_does_not_manage_its_region_whatever_its_role_allows(region, session, word):
    request = AWSRequest("POST", f"{region.control.url}/{word}", data=b"")
    keys = Credentials(session.access_key, session.secret_key, session.session_token)
    botocore.auth.SigV4Auth(keys, "region", QUICK.region).add_auth(request)
    connection = http.client.HTTPConnection(region.control.host, region.control.port, timeout=10)
    connection.request("POST", f"/{word}", b"", dict(request.headers))
    answer = connection.getresponse()
    connection.close()
    assert answer.status == 403
    assert not region.stop.is_set()
