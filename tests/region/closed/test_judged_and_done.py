"""What is judged is what is done: no second reading of a request gets past a role's policies.

moto finds operation and parameters in many places (headers, query, form, a body that looks like one): here each of
them says something else than the place that AWS reads.
"""

from __future__ import annotations

import gzip
import http.client
import json
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlencode

import pytest
from botocore.auth import S3SigV4Auth, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from tests.local_region import QUICK

JSON_TYPE = {"Content-Type": "application/x-amz-json-1.0"}
FORM_TYPE = {"Content-Type": "application/x-www-form-urlencoded"}
SEND = {"X-Amz-Target": "AmazonSQS.SendMessage", **JSON_TYPE}


@pytest.fixture
def session(region, aws):
    """A role's session that may send to the queue "open", read the role "one" and put to the bucket "open"; no more."""
    trust = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    may = [
        ("sqs:SendMessage", f"arn:aws:sqs:{QUICK.region}:{QUICK.account}:open"),
        ("iam:GetRole", f"arn:aws:iam::{QUICK.account}:role/one"),
        (["s3:PutObject", "s3:GetObject"], "arn:aws:s3:::open/*"),
    ]
    statements = [{"Effect": "Allow", "Action": action, "Resource": resource} for action, resource in may]
    iam = aws("iam")
    for name in ("one", "two"):
        document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
        role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=document)["Role"]
    document = json.dumps({"Version": "2012-10-17", "Statement": statements})
    iam.put_role_policy(RoleName="two", PolicyName="may", PolicyDocument=document)
    for name in ("open", "shut"):
        aws("sqs").create_queue(QueueName=name)
        aws("s3").create_bucket(Bucket=name)
    aws("s3").put_object(Bucket="open", Key="kept", Body=b"kept")
    return region.identity.credentials(role["Arn"], "f")


@pytest.fixture
def ask(region, session):
    """ask(service, headers, body, …) → (status, body) of a request signed by the role, just as it stands."""

    def ask(service, headers, body: bytes, query: str = "", method: str = "POST", path: str = "/"):
        url = region.control.url + path + (f"?{query}" if query else "")
        request = AWSRequest(method, url, data=body, headers=headers)
        keys = Credentials(session.access_key, session.secret_key, session.session_token)
        (S3SigV4Auth if service == "s3" else SigV4Auth)(keys, service, QUICK.region).add_auth(request)
        connection = http.client.HTTPConnection(region.control.host, region.control.port, timeout=20)
        try:
            connection.request(method, url.removeprefix(region.control.url), body, dict(request.headers))
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    return ask


def queue(region, name: str) -> str:
    return f"{region.control.url}/{QUICK.account}/{name}"


def message(region, name: str = "open", text: str = "hello") -> bytes:
    return json.dumps({"QueueUrl": queue(region, name), "MessageBody": text}).encode()


def queues(aws) -> set[str]:
    return {url.rpartition("/")[2] for url in aws("sqs").list_queues()["QueueUrls"]}


def test_the_role_may_do_what_it_may(ask, region, aws):
    assert ask("sqs", SEND, message(region))[0] == 200
    assert ask("sqs", SEND, message(region, "shut"))[0] == 403
    assert ask("iam", FORM_TYPE, b"Action=GetRole&RoleName=one&Version=2010-05-08")[0] == 200
    assert ask("iam", FORM_TYPE, b"Action=GetRole&RoleName=two&Version=2010-05-08")[0] == 403


SMUGGLED = {
    "in the query": ({}, "Action=DeleteQueue"),
    "in a header that moto takes for a parameter": ({"Action": "DeleteQueue"}, ""),
    "in a second target": ({"X_Amz_Target": "AmazonSQS.DeleteQueue"}, ""),
    "by another account": ({"X-Moto-Account-Id": "999999999999"}, ""),
    "by another region": ({"User-Agent": "region/eu-west-1"}, ""),
}


@pytest.mark.parametrize("place", SMUGGLED)
def test_another_operation_is_not_smuggled_past_a_json_service(ask, region, aws, place):
    headers, query = SMUGGLED[place]
    ask("sqs", {**SEND, **headers}, message(region), query)
    assert queues(aws) == {"open", "shut"}


def test_text_that_looks_like_a_form_is_text(ask, region, aws):
    text = "a&Action=DeleteQueue&b=%26&c"
    assert ask("sqs", SEND, message(region, text=text))[0] == 200
    assert queues(aws) == {"open", "shut"}
    received = aws("sqs").receive_message(QueueUrl=queue(region, "open"), WaitTimeSeconds=0)
    assert received["Messages"][0]["Body"] == text


def test_the_learners_text_is_text_too(aws, region):
    aws("sqs").create_queue(QueueName="open")
    aws("sqs").send_message(QueueUrl=queue(region, "open"), MessageBody="&Action=DeleteQueue&")
    assert queues(aws) == {"open"}


GET = b"Action=GetRole&RoleName=one&Version=2010-05-08"
IAM_SMUGGLED = {
    "a target beside the form": (
        {**FORM_TYPE, "X-Amz-Target": "x.GetRole"},
        b"Action=DeleteRole&RoleName=one",
        "",
    ),
    "a query beside the form": (FORM_TYPE, GET, "Action=DeleteRole&RoleName=one"),
    "a second action": (FORM_TYPE, GET + b"&Action=DeleteRole", ""),
    "a second role": (FORM_TYPE, GET + b"&RoleName=two", ""),
    "no form": ({"Content-Type": "text/plain", "Action": "DeleteRole", "RoleName": "one"}, GET, ""),
    "a form in parts": (
        {"Content-Type": "multipart/form-data; boundary=x"},
        b'--x\r\nContent-Disposition: form-data; name="Action"\r\n\r\nDeleteRole\r\n--x--\r\n&' + GET,
        "",
    ),
}


@pytest.mark.parametrize("place", IAM_SMUGGLED)
def test_another_operation_is_not_smuggled_past_a_form_service(ask, aws, place):
    headers, body, query = IAM_SMUGGLED[place]
    _, answer = ask("iam", headers, body, query)
    assert {role["RoleName"] for role in aws("iam").list_roles()["Roles"]} == {"one", "two"}
    assert b"role/two" not in answer.replace(b"assumed-role/two", b"")


def test_a_queue_named_by_the_address_alone_is_not_meant(ask, region, aws):
    status, _ = ask("sqs", SEND, b'{"MessageBody": "x"}', path=f"/{QUICK.account}/shut")
    assert status == 400
    assert "Messages" not in aws("sqs").receive_message(QueueUrl=queue(region, "shut"), WaitTimeSeconds=0)


S3_SMUGGLED = {
    "an action in the query": ({}, "Action=DeleteObject", "PUT", b"new"),
    "an action in a header": ({"Action": "DeleteObject"}, "", "PUT", b"new"),
    "a form for an object": (
        FORM_TYPE,
        "",
        "PUT",
        urlencode({"key": "x", "Action": "DeleteObject"}).encode(),
    ),
    "an override of the method": ({"X-HTTP-Method-Override": "DELETE"}, "", "PUT", b"new"),
    "an access list": ({}, "acl", "PUT", b""),
    "a deletion of many": ({}, "delete", "POST", b"<Delete><Object><Key>kept</Key></Object></Delete>"),
    "a copy from elsewhere": ({"x-amz-copy-source": "/shut/secret"}, "", "PUT", b""),
}


@pytest.mark.parametrize("place", S3_SMUGGLED)
def test_another_operation_is_not_smuggled_past_s3(ask, aws, place):
    aws("s3").put_object(Bucket="shut", Key="secret", Body=b"secret")
    headers, query, method, body = S3_SMUGGLED[place]
    ask("s3", headers, body, query, method, "/open" if query == "delete" else "/open/kept")
    assert aws("s3").get_object(Bucket="open", Key="kept")["Body"].read() != b"secret"
    assert aws("s3").get_object(Bucket="shut", Key="secret")["Body"].read() == b"secret"


def test_a_signature_for_another_region_is_refused(region, session):
    request = AWSRequest("POST", region.control.url + "/", data=message(region), headers=SEND)
    keys = Credentials(session.access_key, session.secret_key, session.session_token)
    SigV4Auth(keys, "sqs", "eu-west-1").add_auth(request)
    connection = http.client.HTTPConnection(region.control.host, region.control.port, timeout=20)
    connection.request("POST", "/", message(region), dict(request.headers))
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    assert (answer.status, b"eu-west-1" in body) == (403, True)


# -- other ways of saying the same, which moto is given in one way only ---------------------------------------------


def test_metrics_may_come_in_a_form(ask, aws):
    form = {"Action": "PutMetricData", "Namespace": "votes", "MetricData.member.1.MetricName": "m"}
    status, answer = ask("monitoring", FORM_TYPE, urlencode(form).encode())
    assert (status, b"<Code>AccessDenied</Code>" in answer) == (403, True)


def test_metrics_may_come_compressed(aws):
    rows = [{"MetricName": f"m{number}", "Value": number} for number in range(400)]
    aws("cloudwatch").put_metric_data(Namespace="votes", MetricData=rows)  # boto3 compresses from 10 KB on
    assert aws("cloudwatch").list_metrics(Namespace="votes", MetricName="m399")["Metrics"]


def test_what_is_no_gzip_or_too_much_of_it_is_refused(ask):
    compressed = {"Content-Encoding": "gzip", "X-Amz-Target": "GraniteServiceVersion20100801.PutMetricData"}
    assert ask("monitoring", {**JSON_TYPE, **compressed}, b"\x1f\x8bno")[0] == 400
    assert ask("monitoring", {**JSON_TYPE, **compressed}, gzip.compress(bytes(20_000_000)))[0] == 413


def test_whoever_waits_for_a_message_holds_up_nobody(aws):
    sqs = aws("sqs")
    url = sqs.create_queue(QueueName="q", Attributes={"ReceiveMessageWaitTimeSeconds": "20"})["QueueUrl"]
    with ThreadPoolExecutor(1) as pool:
        received = pool.submit(sqs.receive_message, QueueUrl=url)
        sqs.send_message(QueueUrl=url, MessageBody="here")
        assert received.result(15)["Messages"][0]["Body"] == "here"
