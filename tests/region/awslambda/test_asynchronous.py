"""Events in the queue: when they are tried again, when not any more, and what their destinations are told."""

from __future__ import annotations

import json
import threading

import pytest

from helpers.region.awslambda.asynchronous import Done, QueuedEvent, Retry, after
from helpers.region.awslambda.destinations import dead_letter_attributes, message, service_of
from helpers.region.awslambda.environment import Invocation
from helpers.region.awslambda.function import Function
from helpers.region.errors import AwsError

ARN = "arn:aws:lambda:us-east-1:123456789012:function:votes"
THROTTLED = AwsError("TooManyRequestsException", "Rate Exceeded.", 429)
FAILED = Invocation(b'{"errorMessage":"no","errorType":"E"}', "Unhandled", b"", "id", 1.0)
WORKED = Invocation(b'{"counted":1}', None, b"", "id", 1.0)


def event(invocations=0, refusals=0, last=None, reserved=None, accepted=0.0, **config) -> QueuedEvent:
    function = Function("votes", ARN, None, 0.0, reserved=reserved, event_invoke=config or None)
    return QueuedEvent(function, "id", b'{"vote":"VER"}', "", ARN, accepted, invocations, refusals, last)


@pytest.mark.parametrize(
    ("attempted", "refusal", "now", "follows"),
    [
        (event(1, last=WORKED), None, 0, Done("Success")),
        (event(1, last=FAILED), None, 0, Retry(60)),
        (event(2, last=FAILED), None, 60, Retry(120)),
        (event(3, last=FAILED), None, 180, Done("RetriesExhausted")),
        (event(1, last=FAILED, MaximumRetryAttempts=0), None, 0, Done("RetriesExhausted")),
        (event(1, last=FAILED, MaximumRetryAttempts=1), None, 0, Retry(60)),
        (event(2, last=FAILED, MaximumRetryAttempts=1), None, 60, Done("RetriesExhausted")),
        (event(1, last=FAILED, MaximumEventAgeInSeconds=60), None, 1, Done("EventAgeExceeded")),
        (event(1, last=FAILED, MaximumEventAgeInSeconds=61), None, 1, Retry(60)),
        (event(0, 1), THROTTLED, 0, Retry(1)),
        (event(0, 2), THROTTLED, 0, Retry(2)),
        (event(0, 5), THROTTLED, 0, Retry(16)),
        (event(0, 12), THROTTLED, 0, Retry(300)),
        (event(0, 12), THROTTLED, 21_400, Done("EventAgeExceeded")),
        (event(0, 1, reserved=1), THROTTLED, 0, Retry(1)),
        (event(0, 1, reserved=0), THROTTLED, 0, Done("ZeroReservedConcurrency")),
    ],
)
def test_what_follows_an_attempt(attempted, refusal, now, follows):
    assert after(attempted, refusal, now) == follows


def test_the_message_of_a_failure():
    assert message(event(3, last=FAILED), "RetriesExhausted", 1_700_000_000.25) == {
        "version": "1.0",
        "timestamp": "2023-11-14T22:13:20.250Z",
        "requestContext": {
            "requestId": "id",
            "functionArn": f"{ARN}:$LATEST",
            "condition": "RetriesExhausted",
            "approximateInvokeCount": 3,
        },
        "requestPayload": {"vote": "VER"},
        "responseContext": {"statusCode": 200, "executedVersion": "$LATEST", "functionError": "Unhandled"},
        "responsePayload": {"errorMessage": "no", "errorType": "E"},
    }


def test_the_message_of_a_success_has_no_error():
    told = message(event(1, last=WORKED), "Success", 0.0)
    assert told["responseContext"] == {"statusCode": 200, "executedVersion": "$LATEST"}
    assert told["responsePayload"] == {"counted": 1}


def test_the_message_of_an_event_that_never_ran_has_no_response():
    told = message(event(0, 1), "ZeroReservedConcurrency", 0.0)
    assert told["requestContext"]["approximateInvokeCount"] == 0
    assert "responseContext" not in told
    assert "responsePayload" not in told


@pytest.mark.parametrize(
    ("ended", "attributes"),
    [
        (event(3, last=FAILED), {"ErrorCode": ("Number", "200"), "ErrorMessage": ("String", "no")}),
        (event(0, 1), {"ErrorCode": ("Number", "429"), "ErrorMessage": ("String", "Rate Exceeded.")}),
    ],
)
def test_dead_letter_attributes(ended, attributes):
    assert dead_letter_attributes(ended) == {"RequestID": ("String", "id"), **attributes}


@pytest.mark.parametrize(
    "arn", ["arn:aws:events:us-east-1:123456789012:event-bus/b", "arn:aws:s3:::bucket", "kafka://t", ""]
)
def test_destinations_that_are_not_here(arn):
    with pytest.raises(AwsError) as refused:
        service_of(arn)
    assert refused.value.code == "NotInThisRegion"


# -- for real, on a clock that is held ----------------------------------------------------------------------------

FAILS = """
def lambda_handler(event, context):
    with open(event["file"], "a") as file:
        file.write(context.aws_request_id + "\\n")
    raise ValueError("not counted")
"""


class Attempts:
    """The file in which each attempt leaves its request id."""

    def __init__(self, path):
        self.path = path

    def __call__(self) -> list[str]:
        return self.path.read_text().split() if self.path.exists() else []

    def wait(self, number: int) -> list[str]:
        return until(lambda: len(self()) == number and self())


def until(condition):
    for _ in range(1000):
        if result := condition():
            return result
        threading.Event().wait(0.01)
    raise AssertionError("it did not happen within ten seconds")


@pytest.fixture
def attempts(tmp_path) -> Attempts:
    return Attempts(tmp_path / "attempts")


@pytest.fixture
def queue(aws):
    """An SQS queue: .arn, .message() waits for its next message."""

    class Queue:
        def __init__(self):
            self.sqs = aws("sqs")
            self.url = self.sqs.create_queue(QueueName="failures")["QueueUrl"]
            self.arn = "arn:aws:sqs:us-east-1:123456789012:failures"

        def message(self) -> dict:
            options = {"QueueUrl": self.url, "MessageAttributeNames": ["All"]}
            return until(lambda: self.sqs.receive_message(**options).get("Messages"))[0]

    return Queue()


def send(held, name: str, attempts: Attempts) -> bytes:
    payload = json.dumps({"file": str(attempts.path)}).encode()
    assert held.invoke(FunctionName=name, InvocationType="Event", Payload=payload)["StatusCode"] == 202
    return payload


def test_a_failed_event_is_tried_twice_more_then_sent_away(held, deploy_held, manual_clock, attempts, queue):
    name = deploy_held(FAILS, DeadLetterConfig={"TargetArn": queue.arn})
    payload = send(held, name, attempts)
    attempts.wait(1)
    for number, seconds in ((2, 60), (3, 120)):
        until(lambda: len(held.queue) == 1)
        manual_clock.advance(seconds - 1)
        assert len(attempts()) == number - 1
        manual_clock.advance(1)
        attempts.wait(number)
    assert len(set(attempts())) == 1
    letter = queue.message()
    assert letter["Body"].encode() == payload
    attributes = {name: value["StringValue"] for name, value in letter["MessageAttributes"].items()}
    assert attributes == {"RequestID": attempts()[0], "ErrorCode": "200", "ErrorMessage": "not counted"}


def test_destinations_are_told(held, deploy_held, manual_clock, attempts, queue):
    name = deploy_held(FAILS)
    deploy_held("def lambda_handler(event, context):\n    return event\n", name="works")
    wanted = {"OnFailure": {"Destination": queue.arn}}
    held.put_function_event_invoke_config(FunctionName=name, MaximumRetryAttempts=0, DestinationConfig=wanted)
    send(held, name, attempts)
    told = json.loads(queue.message()["Body"])
    assert told["requestContext"]["condition"] == "RetriesExhausted"
    assert told["requestContext"]["approximateInvokeCount"] == 1
    assert told["responsePayload"]["errorMessage"] == "not counted"
    assert len(attempts()) == 1
    wanted = {"OnSuccess": {"Destination": queue.arn}}
    held.put_function_event_invoke_config(FunctionName="works", DestinationConfig=wanted)
    send(held, "works", attempts)
    told = until(lambda: json.loads(queue.message()["Body"]))
    assert told["requestContext"]["condition"] == "Success"


def test_a_destination_may_be_a_function_or_a_topic(held, deploy_held, aws, tmp_path, queue):
    sns = aws("sns")
    topic = sns.create_topic(Name="t")["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=queue.arn)
    got = tmp_path / "got"
    deploy_held(
        f"import json\ndef lambda_handler(event, context):\n    open({str(got)!r}, 'w').write(json.dumps(event))\n",
        name="listener",
    )
    deploy_held("def lambda_handler(event, context):\n    return 'counted'\n")
    for destination in (held.function("listener").arn, topic):
        held.put_function_event_invoke_config(
            FunctionName="votes", DestinationConfig={"OnSuccess": {"Destination": destination}}
        )
        held.invoke(FunctionName="votes", InvocationType="Event", Payload=b"{}")
        if destination == topic:
            told = json.loads(json.loads(queue.message()["Body"])["Message"])
        else:
            told = until(lambda: got.exists() and got.read_text() and json.loads(got.read_text()))
        assert told["responsePayload"] == "counted"


def test_a_delivery_that_the_role_may_not_make_is_counted(
    held, deploy_held, role, aws, region, attempts, queue
):
    name = deploy_held(FAILS)
    held.put_function_event_invoke_config(
        FunctionName=name,
        MaximumRetryAttempts=0,
        DestinationConfig={"OnFailure": {"Destination": queue.arn}},
    )
    aws("iam").delete_role_policy(RoleName="function-role", PolicyName="more")
    send(held, name, attempts)
    failures = until(
        lambda: (
            region.metrics.flush()
            or aws("cloudwatch").list_metrics(MetricName="DestinationDeliveryFailures")["Metrics"]
        )
    )
    assert failures[0]["Dimensions"] == [{"Name": "FunctionName", "Value": "votes"}]


def test_a_letter_that_finds_no_queue_is_counted(held, deploy_held, aws, region, attempts, queue):
    name = deploy_held(FAILS, DeadLetterConfig={"TargetArn": queue.arn})
    held.put_function_event_invoke_config(FunctionName=name, MaximumRetryAttempts=0)
    queue.sqs.delete_queue(QueueUrl=queue.url)
    send(held, name, attempts)
    errors = {"Namespace": "AWS/Lambda", "MetricName": "DeadLetterErrors"}
    until(lambda: region.metrics.flush() or aws("cloudwatch").list_metrics(**errors)["Metrics"])


def test_without_concurrency_an_event_goes_straight_to_its_destination(held, deploy_held, attempts, queue):
    name = deploy_held(FAILS)
    held.put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=0)
    held.put_function_event_invoke_config(
        FunctionName=name, DestinationConfig={"OnFailure": {"Destination": queue.arn}}
    )
    send(held, name, attempts)
    told = json.loads(queue.message()["Body"])
    assert told["requestContext"]["condition"] == "ZeroReservedConcurrency"
    assert told["requestContext"]["approximateInvokeCount"] == 0
    assert attempts() == []


def test_a_throttled_event_waits_its_turn(held, deploy_held, manual_clock, attempts):
    name = deploy_held(FAILS.replace("    raise", "    return 1 #"))
    held.put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=1)
    environment = held.pool.acquire(held.function(name))
    send(held, name, attempts)
    until(lambda: len(held.queue) == 1)
    held.pool.release(environment)
    assert attempts() == []
    manual_clock.advance(1)
    attempts.wait(1)


def test_events_of_a_deleted_function_are_dropped(held, deploy_held, manual_clock, attempts):
    name = deploy_held(FAILS)
    send(held, name, attempts)
    attempts.wait(1)
    until(lambda: len(held.queue) == 1)
    held.delete_function(FunctionName=name)
    manual_clock.advance(60)
    until(lambda: len(held.queue) == 0)
    assert len(attempts()) == 1
