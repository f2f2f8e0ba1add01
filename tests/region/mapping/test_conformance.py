"""Event source mappings as a learner meets them: boto3, a real stream, functions in processes of their own.

Each test is a row, or a few, of the project's page on AWS's behaviour; what is not covered is listed at the end.
"""

from __future__ import annotations

import json
import time
from dataclasses import replace

import pytest
from botocore.exceptions import ClientError

from tests.region.deployment import trust

REPORT = ["ReportBatchItemFailures"]
FAIL_ON_POISON = """
if "poison" in texts(event):
    raise ValueError("poison")
"""


def refused(call, **asked) -> tuple[str, str, int]:
    with pytest.raises(ClientError) as caught:
        call(**asked)
    response = caught.value.response
    error = response["Error"]
    return error["Code"], error["Message"], response["ResponseMetadata"]["HTTPStatusCode"]


# Parameters and their refusals


@pytest.fixture
def stream_arn(pipeline) -> str:
    return pipeline.stream()


@pytest.fixture
def create(pipeline, stream_arn):
    """create(**asked) → the answer for a mapping of stream and function, overridden by `asked`."""
    pipeline.function("return None")

    def create(**asked):
        usual = {"EventSourceArn": stream_arn, "FunctionName": "count", "StartingPosition": "LATEST"}
        merged = {name: value for name, value in {**usual, **asked}.items() if value is not None}
        return pipeline.functions.create_event_source_mapping(**merged)

    return create


def test_create_answers_202_with_every_default(create, stream_arn):
    answer = create()
    assert answer.pop("ResponseMetadata")["HTTPStatusCode"] == 202
    mapping = answer.pop("UUID")
    assert len(mapping) == 36
    assert answer.pop("LastModified").tzinfo is not None
    assert answer == {
        "StartingPosition": "LATEST",
        "BatchSize": 100,
        "MaximumBatchingWindowInSeconds": 0,
        "ParallelizationFactor": 1,
        "EventSourceArn": stream_arn,
        "EventSourceMappingArn": f"arn:aws:lambda:us-east-1:123456789012:event-source-mapping:{mapping}",
        "FunctionArn": "arn:aws:lambda:us-east-1:123456789012:function:count",
        "LastProcessingResult": "No records processed",
        "State": "Creating",
        "StateTransitionReason": "User action",
        "DestinationConfig": {"OnFailure": {}},
        "MaximumRecordAgeInSeconds": -1,
        "BisectBatchOnFunctionError": False,
        "MaximumRetryAttempts": -1,
        "TumblingWindowInSeconds": 0,
        "FunctionResponseTypes": [],
    }


def test_a_mapping_bears_tags(create, pipeline):
    arn = create(Tags={"project": "votes"})["EventSourceMappingArn"]
    functions = pipeline.functions
    functions.tag_resource(Resource=arn, Tags={"prefix": "ana"})
    assert functions.list_tags(Resource=arn)["Tags"] == {"project": "votes", "prefix": "ana"}
    functions.untag_resource(Resource=arn, TagKeys=["project"])
    assert functions.list_tags(Resource=arn)["Tags"] == {"prefix": "ana"}
    code, _, status = refused(functions.list_tags, Resource=arn[:-12] + "0" * 12)
    assert (code, status) == ("ResourceNotFoundException", 404)


NO_STREAM = "arn:aws:kinesis:us-east-1:123456789012:stream/absent"


def test_each_bad_parameter_is_refused_in_awss_words(create, stream_arn):
    invalid = "InvalidParameterValueException"
    enum = "[LATEST, AT_TIMESTAMP, TRIM_HORIZON]"
    for asked, expected in [
        ({"FunctionName": "absent"}, (invalid, "Function does not exist", 400)),
        ({"EventSourceArn": NO_STREAM}, (invalid, f"Stream not found: {NO_STREAM}", 400)),
        ({"EventSourceArn": None}, (invalid, "Unrecognized event source.", 400)),
        (
            {"StartingPosition": None},
            (
                invalid,
                "1 validation error detected: Value null at 'startingPosition' failed to satisfy constraint: "
                "Member must not be null.",
                400,
            ),
        ),
        (
            {"StartingPosition": "invalid"},
            (
                "ValidationException",
                "1 validation error detected: Value 'invalid' at 'startingPosition' failed to satisfy constraint: "
                f"Member must satisfy enum value set: {enum}",
                400,
            ),
        ),
        (
            {"BatchSize": 20000},
            (
                "ValidationException",
                "1 validation error detected: Value '20000' at 'batchSize' failed to satisfy constraint: "
                "Member must have value less than or equal to 10000",
                400,
            ),
        ),
        (
            {"MaximumRecordAgeInSeconds": 59},
            (
                invalid,
                "MaximumRecordAgeInSeconds must be either -1 (forever) or between 60 and 604800 (inclusive)",
                400,
            ),
        ),
        (
            {"FilterCriteria": {"Filters": [{"Pattern": "not json"}]}},
            (invalid, "Invalid filter pattern definition.", 400),
        ),
        (
            {"KMSKeyArn": "arn:aws:kms:us-east-1:123456789012:key/a"},
            (
                "NotInThisRegion",
                "CreateEventSourceMapping's parameter KMSKeyArn is not in this local region (it exists on AWS).",
                400,
            ),
        ),
    ]:
        assert refused(create, **asked) == expected


FIFO = "arn:aws:sqs:us-east-1:123456789012:failed.fifo"
PATTERN = {"Pattern": '{"data":{"driver":["VER"]}}'}


def test_each_parameter_has_its_limits(create):
    for name, value in [
        ("MaximumBatchingWindowInSeconds", 301),
        ("ParallelizationFactor", 11),
        ("MaximumRetryAttempts", 10001),
        ("MaximumRecordAgeInSeconds", 604801),
        ("TumblingWindowInSeconds", 901),
    ]:
        member = name[0].lower() + name[1:]
        text = f"1 validation error detected: Value '{value}' at '{member}' failed to satisfy constraint: Member must "
        refusal = refused(create, **{name: value})
        assert refusal == ("ValidationException", f"{text}have value less than or equal to {value - 1}", 400)
    for asked, code in [
        ({"FunctionResponseTypes": REPORT * 2}, "ValidationException"),
        ({"FunctionResponseTypes": ["Other"]}, "ValidationException"),
        ({"FilterCriteria": {"Filters": [{"Pattern": " " * 4097}]}}, "ValidationException"),
        ({"FilterCriteria": {"Filters": [PATTERN] * 6}}, "InvalidParameterValueException"),
        (
            {"FilterCriteria": {"Filters": [{"Pattern": '{"data":["VER"]}'}]}},
            "InvalidParameterValueException",
        ),
        ({"DestinationConfig": {"OnSuccess": {"Destination": FIFO}}}, "InvalidParameterValueException"),
        ({"DestinationConfig": {"OnFailure": {"Destination": FIFO}}}, "InvalidParameterValueException"),
        ({"StartingPosition": "AT_TIMESTAMP"}, "InvalidParameterValueException"),
        ({"StartingPositionTimestamp": 1}, "InvalidParameterValueException"),
        (
            {"StartingPosition": "AT_TIMESTAMP", "StartingPositionTimestamp": 1 << 33},
            "InvalidParameterValueException",
        ),
        ({"FunctionName": "count:live"}, "NotInThisRegion"),
        ({"EventSourceArn": "arn:aws:sqs:us-east-1:123456789012:queue"}, "NotInThisRegion"),
    ]:
        assert refused(create, **asked)[0] == code, asked


def test_an_update_takes_filters_and_destination_away(create, pipeline):
    queue = {"OnFailure": {"Destination": pipeline.queue()}}
    mapping = create(FilterCriteria={"Filters": [PATTERN]}, DestinationConfig=queue)["UUID"]
    pipeline.settle(mapping, "Enabled")
    shown = pipeline.shown(mapping)
    assert (shown["FilterCriteria"], shown["DestinationConfig"]) == ({"Filters": [PATTERN]}, queue)
    pipeline.functions.update_event_source_mapping(
        UUID=mapping, FilterCriteria={}, DestinationConfig={"OnFailure": {}}
    )
    pipeline.settle(mapping, "Enabled")
    shown = pipeline.shown(mapping)
    assert "FilterCriteria" not in shown
    assert shown["DestinationConfig"] == {"OnFailure": {}}


@pytest.mark.parametrize(
    "asked",
    [
        {"BatchSize": 500, "MaximumBatchingWindowInSeconds": 0},
        {"MaximumRetryAttempts": 0, "MaximumRecordAgeInSeconds": 604800},
        {"ParallelizationFactor": 10, "TumblingWindowInSeconds": 900},
    ],
)
def test_values_within_range_are_kept(create, asked):
    answer = create(**asked)
    assert {name: answer[name] for name in asked} == asked


def test_an_empty_list_of_filters_is_no_filter(create):
    assert "FilterCriteria" not in create(FilterCriteria={"Filters": []})


def test_a_second_mapping_of_the_same_stream_and_function_is_refused(create, stream_arn, pipeline):
    mapping = create()["UUID"]
    assert refused(create) == (
        "ResourceConflictException",
        f'The event source arn (" {stream_arn} ") and function (" count ") provided mapping already exists. '
        f"Please update or delete the existing mapping with UUID {mapping}",
        409,
    )


def test_the_role_is_checked_at_creation(create, stream_arn, pipeline):
    pipeline.allow("count-role", "kinesis:GetRecords", "kinesis:GetShardIterator")
    assert refused(create) == (
        "InvalidParameterValueException",
        f"Cannot access stream {stream_arn}. Please ensure the role can perform the GetRecords, GetShardIterator, "
        "DescribeStream, ListShards, and ListStreams Actions on your stream in IAM.",
        400,
    )
    pipeline.allow(
        "count-role",
        *(
            f"kinesis:{action}"
            for action in ("GetRecords", "GetShardIterator", "DescribeStream", "ListShards")
        ),
    )
    assert create()["State"] == "Creating"


def test_a_role_that_lambda_may_not_assume_cannot_read(create, stream_arn, pipeline):
    pipeline.iam.update_assume_role_policy(RoleName="count-role", PolicyDocument=trust("ec2.amazonaws.com"))
    code, message, _ = refused(create)
    assert (code, message.split(".")[0]) == (
        "InvalidParameterValueException",
        f"Cannot access stream {stream_arn}",
    )


# States


def test_a_mapping_lives_through_its_states(create, pipeline):
    functions, mapping = pipeline.functions, create()["UUID"]
    pipeline.settle(mapping, "Enabled")

    updating = functions.update_event_source_mapping(UUID=mapping, BatchSize=5)
    assert (updating["ResponseMetadata"]["HTTPStatusCode"], updating["State"], updating["BatchSize"]) == (
        202,
        "Updating",
        100,
    )
    pipeline.settle(mapping, "Enabled")
    assert pipeline.shown(mapping)["BatchSize"] == 5

    assert functions.update_event_source_mapping(UUID=mapping, Enabled=False)["State"] == "Disabling"
    pipeline.settle(mapping, "Disabled")
    assert functions.update_event_source_mapping(UUID=mapping, Enabled=True)["State"] == "Enabling"
    pipeline.settle(mapping, "Enabled")

    deleting = functions.delete_event_source_mapping(UUID=mapping)
    assert (deleting["ResponseMetadata"]["HTTPStatusCode"], deleting["State"]) == (202, "Deleting")
    pipeline.until(lambda: not functions.list_event_source_mappings()["EventSourceMappings"])
    gone = ("ResourceNotFoundException", "The resource you requested does not exist.", 404)
    for call in (
        functions.get_event_source_mapping,
        functions.update_event_source_mapping,
        functions.delete_event_source_mapping,
    ):
        assert refused(call, UUID=mapping) == gone


def test_an_update_may_name_another_function(create, pipeline, stream_arn):
    functions = pipeline.functions
    pipeline.function("return None", "second")
    first, second = create()["UUID"], create(FunctionName="second")["UUID"]
    pipeline.settle(first, "Enabled")
    pipeline.settle(second, "Enabled")
    code, _, status = refused(functions.update_event_source_mapping, UUID=first, FunctionName="second")
    assert (code, status) == ("ResourceConflictException", 409)

    functions.delete_event_source_mapping(UUID=second)
    pipeline.until(lambda: len(functions.list_event_source_mappings()["EventSourceMappings"]) == 1)
    pipeline.allow("second-role")
    code, message, _ = refused(functions.update_event_source_mapping, UUID=first, FunctionName="second")
    assert (code, message.split(".")[0]) == (
        "InvalidParameterValueException",
        f"Cannot access stream {stream_arn}",
    )

    pipeline.allow("second-role", "kinesis:*")
    functions.update_event_source_mapping(UUID=first, FunctionName="second")
    pipeline.settle(first, "Enabled")
    pipeline.put("a")
    pipeline.until(lambda: pipeline.records("second") == ["a"])
    assert pipeline.records("count") == []


def test_list_filters_and_pages(create, pipeline, stream_arn):
    other = pipeline.stream("others")
    pipeline.function("return None", "second")
    first = create()["UUID"]
    second = create(FunctionName="second")["UUID"]
    third = create(EventSourceArn=other)["UUID"]

    def listed(**asked) -> list[str]:
        answer = pipeline.functions.list_event_source_mappings(**asked)
        return [mapping["UUID"] for mapping in answer["EventSourceMappings"]]

    assert listed() == [first, second, third]
    assert listed(FunctionName="count") == [first, third]
    assert listed(FunctionName="arn:aws:lambda:us-east-1:123456789012:function:second") == [second]
    assert listed(FunctionName="count:$LATEST") == [first, third]
    assert (
        refused(pipeline.functions.list_event_source_mappings, FunctionName="count:1")[0] == "NotInThisRegion"
    )
    assert listed(EventSourceArn=other) == [third]
    assert listed(EventSourceArn=other, FunctionName="second") == []
    page = pipeline.functions.list_event_source_mappings(MaxItems=2)
    assert [mapping["UUID"] for mapping in page["EventSourceMappings"]] == [first, second]
    assert listed(Marker=page["NextMarker"]) == [third]


def test_a_mapping_outlives_its_function_and_goes_on_with_the_next_of_that_name(pipeline):
    arn = pipeline.stream()
    pipeline.function("return None")
    mapping = pipeline.map(arn)
    pipeline.functions.delete_function(FunctionName="count")
    pipeline.put("a")
    pipeline.until(lambda: "PROBLEM" in pipeline.shown(mapping)["LastProcessingResult"])
    assert pipeline.shown(mapping)["State"] == "Enabled"
    pipeline.iam.delete_role_policy(RoleName="count-role", PolicyName="all-of-it")
    pipeline.iam.delete_role(RoleName="count-role")
    pipeline.function("return None")
    pipeline.until(lambda: pipeline.batches() == [["a"]])


# The event


def test_the_function_receives_the_event_that_aws_writes(pipeline):
    arn = pipeline.stream()
    pipeline.function("return None")
    mapping = pipeline.map(arn)
    (number,) = pipeline.put("hello", key="test_0")
    pipeline.until(pipeline.seen)
    (event,) = pipeline.seen()
    (record,) = event["Records"]
    arrival = record["kinesis"].pop("approximateArrivalTimestamp")
    assert isinstance(arrival, float) and round(arrival, 3) == arrival
    assert event == {
        "Records": [
            {
                "kinesis": {
                    "kinesisSchemaVersion": "1.0",
                    "partitionKey": "test_0",
                    "sequenceNumber": number,
                    "data": "aGVsbG8=",
                },
                "eventSource": "aws:kinesis",
                "eventVersion": "1.0",
                "eventID": f"shardId-000000000000:{number}",
                "eventName": "aws:kinesis:record",
                "invokeIdentityArn": "arn:aws:iam::123456789012:role/count-role",
                "awsRegion": "us-east-1",
                "eventSourceARN": arn,
            }
        ]
    }
    pipeline.until(lambda: pipeline.shown(mapping)["LastProcessingResult"] == "OK")


# Starting position


@pytest.fixture
def unhurried(region, monkeypatch) -> None:
    """Mappings that stay Creating long enough for a slow machine to do something meanwhile."""
    settings = replace(region.settings, mapping_seconds=1.5)
    monkeypatch.setattr(region.mappings, "_room", replace(region.mappings._room, settings=settings))


def test_a_mapping_in_transition_is_neither_updated_nor_deleted(unhurried, create, pipeline):
    mapping = create()["UUID"]
    for act, call in [
        ("update", pipeline.functions.update_event_source_mapping),
        ("delete", pipeline.functions.delete_event_source_mapping),
    ]:
        in_use = f"Cannot {act} the event source mapping because it is in use."
        assert refused(call, UUID=mapping) == ("ResourceInUseException", in_use, 400)


def test_latest_loses_what_is_put_while_creating_and_trim_horizon_does_not(unhurried, pipeline):
    arn = pipeline.stream()
    pipeline.function("return None", "latest")
    pipeline.function("return None", "horizon")
    pipeline.put("before")
    created = [
        pipeline.functions.create_event_source_mapping(
            EventSourceArn=arn, FunctionName=function, StartingPosition=position
        )["UUID"]
        for function, position in [("latest", "LATEST"), ("horizon", "TRIM_HORIZON")]
    ]
    pipeline.put("while creating")
    for mapping in created:
        pipeline.settle(mapping, "Enabled")
    pipeline.put("enabled")
    pipeline.until(lambda: pipeline.records("latest") and len(pipeline.records("horizon")) == 3)
    assert pipeline.records("latest") == ["enabled"]
    assert pipeline.records("horizon") == ["before", "while creating", "enabled"]


# Order, batches, parallel shards


def test_a_shard_is_read_in_order_and_in_batches(pipeline):
    arn = pipeline.stream()
    pipeline.function("return None")
    numbers = [str(n) for n in range(250)]
    pipeline.kinesis.put_records(
        StreamName="votes", Records=[{"Data": number.encode(), "PartitionKey": "key"} for number in numbers]
    )
    pipeline.map(arn)
    pipeline.until(lambda: len(pipeline.records()) == 250)
    assert pipeline.records() == numbers
    assert [len(batch) for batch in pipeline.batches()] == [100, 100, 50]


def keys_of_both_shards(pipeline) -> tuple[str, str]:
    """A partition key of each of the two shards."""
    by_shard: dict[str, str] = {}
    for n in range(64):
        put = pipeline.kinesis.put_record(StreamName="votes", Data=b"probe", PartitionKey=f"key-{n}")
        by_shard.setdefault(put["ShardId"], f"key-{n}")
        if len(by_shard) == 2:
            break
    return by_shard["shardId-000000000000"], by_shard["shardId-000000000001"]


def test_a_failing_batch_holds_up_its_own_shard_only(pipeline):
    arn = pipeline.stream(shards=2)
    pipeline.function(FAIL_ON_POISON)
    first, second = keys_of_both_shards(pipeline)
    pipeline.map(arn, StartingPosition="LATEST")
    pipeline.put("poison", "held up", key=first)
    pipeline.put("a", "b", key=second)
    pipeline.until(
        lambda: pipeline.batches().count(["poison"]) >= 2 or pipeline.records().count("poison") >= 2
    )
    pipeline.until(lambda: {"a", "b"} <= set(pipeline.records()))
    for batch in pipeline.batches():
        assert "held up" not in batch or "poison" in batch
        assert not {"a", "b"}.intersection(batch) or "poison" not in batch


def test_a_slow_function_does_not_delay_another_mapping(pipeline):
    arn = pipeline.stream()
    pipeline.function("import time; time.sleep(60)", "slow", timeout=61)
    pipeline.function("return None", "quick")
    pipeline.map(arn, "slow")
    pipeline.map(arn, "quick")
    pipeline.put("a")
    pipeline.until(lambda: pipeline.seen("slow"))
    pipeline.put("b")
    pipeline.until(lambda: pipeline.records("quick") == ["a", "b"])
    assert pipeline.records("slow") == ["a"]


def test_parents_are_read_to_the_end_before_their_children(pipeline):
    arn = pipeline.stream()
    pipeline.function(
        """
if "parent 2" in texts(event) and len(open(os.environ["SEEN"]).readlines()) < 5:
    raise ValueError("not yet")
"""
    )
    parents, children = [f"parent {n}" for n in range(5)], [f"child {n}" for n in range(5)]
    pipeline.put(*parents)
    pipeline.kinesis.split_shard(
        StreamName="votes", ShardToSplit="shardId-000000000000", NewStartingHashKey=str(2**127)
    )
    pipeline.until(lambda: pipeline.summary()["StreamStatus"] == "ACTIVE")
    pipeline.put(*children)
    pipeline.map(arn, BatchSize=1)
    pipeline.until(lambda: len(pipeline.records()) == 12)
    assert pipeline.records() == [*parents[:2], *["parent 2"] * 3, *parents[3:], *children]


def test_shards_that_appear_later_are_read_from_their_beginning(pipeline):
    arn = pipeline.stream()
    pipeline.function("return None")
    pipeline.map(arn, StartingPosition="LATEST")
    pipeline.put("one shard")
    pipeline.kinesis.update_shard_count(StreamName="votes", TargetShardCount=2, ScalingType="UNIFORM_SCALING")
    pipeline.until(lambda: pipeline.summary()["OpenShardCount"] == 2)
    for voter in range(10):
        pipeline.put(f"vote {voter}", key=f"voter-{voter}")
    pipeline.until(lambda: len(pipeline.records()) == 11)
    assert pipeline.records()[0] == "one shard"
    assert sorted(pipeline.records()[1:]) == sorted(f"vote {voter}" for voter in range(10))
    shards = {record["eventID"].partition(":")[0] for event in pipeline.seen() for record in event["Records"]}
    assert shards == {f"shardId-00000000000{n}" for n in range(3)}


def test_enabling_goes_on_where_disabling_stopped(pipeline):
    arn = pipeline.stream()
    pipeline.function("return None")
    mapping = pipeline.map(arn, StartingPosition="LATEST")
    pipeline.put("a")
    pipeline.until(lambda: pipeline.records() == ["a"])
    pipeline.functions.update_event_source_mapping(UUID=mapping, Enabled=False)
    pipeline.settle(mapping, "Disabled")
    pipeline.put("b", "c")
    pipeline.functions.update_event_source_mapping(UUID=mapping, Enabled=True)
    pipeline.until(lambda: len(pipeline.records()) == 3)
    assert pipeline.records() == ["a", "b", "c"]


# Errors


def test_a_failed_batch_is_tried_again_until_it_succeeds(pipeline):
    arn = pipeline.stream()
    pipeline.function(
        """
if len(open(os.environ["SEEN"]).readlines()) < 3:
    raise ValueError("not yet")
"""
    )
    mapping = pipeline.map(arn)
    pipeline.put("a")
    pipeline.until(lambda: pipeline.shown(mapping)["LastProcessingResult"] == "OK")
    assert pipeline.batches() == [["a"]] * 3


def test_new_code_is_used_by_the_next_attempt(pipeline):
    arn = pipeline.stream()
    pipeline.function("raise ValueError('a bug')")
    mapping = pipeline.map(arn)
    pipeline.put("a")
    pipeline.until(lambda: pipeline.shown(mapping)["LastProcessingResult"] == "PROBLEM: Function call failed")
    pipeline.functions.update_function_code(FunctionName="count", ZipFile=pipeline.code("return None"))
    pipeline.until(lambda: pipeline.shown(mapping)["LastProcessingResult"] == "OK")
    assert set(pipeline.records()) == {"a"}


def test_a_batch_out_of_retries_goes_to_the_queue_and_the_next_one_runs(pipeline):
    arn = pipeline.stream()
    queue = pipeline.queue()
    pipeline.function(FAIL_ON_POISON, "count", "sqs:SendMessage")
    pipeline.map(
        arn, MaximumRetryAttempts=1, BatchSize=1, DestinationConfig={"OnFailure": {"Destination": queue}}
    )
    poison, _ = pipeline.put("poison", "next")
    told = pipeline.message(queue)
    pipeline.until(lambda: pipeline.batches()[-1] == ["next"])
    assert pipeline.batches() == [["poison"], ["poison"], ["next"]]
    assert told["requestContext"].pop("requestId")
    assert told["requestContext"] == {
        "functionArn": "arn:aws:lambda:us-east-1:123456789012:function:count",
        "condition": "RetryAttemptsExhausted",
        "approximateInvokeCount": 2,
    }
    assert told["responseContext"] == {
        "statusCode": 200,
        "executedVersion": "$LATEST",
        "functionError": "Unhandled",
    }
    batch = told["KinesisBatchInfo"]
    assert batch.pop("approximateArrivalOfFirstRecord") == batch.pop("approximateArrivalOfLastRecord")
    assert batch == {
        "shardId": "shardId-000000000000",
        "startSequenceNumber": poison,
        "endSequenceNumber": poison,
        "batchSize": 1,
        "streamArn": arn,
    }
    assert list(told) == ["requestContext", "responseContext", "version", "timestamp", "KinesisBatchInfo"]


@pytest.mark.parametrize("attempts", [0, 2, 3])
def test_n_retries_are_n_plus_one_invocations(pipeline, attempts):
    arn = pipeline.stream()
    queue = pipeline.queue()
    pipeline.function("raise ValueError('never')", "count", "sqs:SendMessage")
    pipeline.map(arn, MaximumRetryAttempts=attempts, DestinationConfig={"OnFailure": {"Destination": queue}})
    pipeline.put("a")
    assert pipeline.message(queue)["requestContext"]["approximateInvokeCount"] == attempts + 1
    assert pipeline.batches() == [["a"]] * (attempts + 1)


def test_a_topic_and_a_bucket_are_told_too(pipeline):
    arn = pipeline.stream()
    queue = pipeline.queue()
    sns, s3 = pipeline.aws("sns"), pipeline.aws("s3")
    topic = sns.create_topic(Name="failed")["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=queue)
    s3.create_bucket(Bucket="failed-batches")
    pipeline.function("raise ValueError('never')", "by-topic", "sns:Publish")
    pipeline.function("raise ValueError('never')", "by-bucket", "s3:PutObject", "s3:ListBucket")
    pipeline.map(
        arn, "by-topic", MaximumRetryAttempts=0, DestinationConfig={"OnFailure": {"Destination": topic}}
    )
    mapping = pipeline.map(
        arn,
        "by-bucket",
        MaximumRetryAttempts=0,
        DestinationConfig={"OnFailure": {"Destination": "arn:aws:s3:::failed-batches"}},
    )
    pipeline.put("a")
    told = json.loads(pipeline.message(queue)["Message"])
    assert told["KinesisBatchInfo"]["batchSize"] == 1
    pipeline.until(lambda: s3.list_objects_v2(Bucket="failed-batches").get("Contents"))
    (entry,) = s3.list_objects_v2(Bucket="failed-batches")["Contents"]
    assert entry["Key"].startswith(f"aws/lambda/{mapping}/shardId-000000000000/")
    kept = json.loads(s3.get_object(Bucket="failed-batches", Key=entry["Key"])["Body"].read())
    assert kept["requestContext"]["condition"] == "RetryAttemptsExhausted"
    assert kept["payload"] == pipeline.seen("by-bucket")[0]


def test_without_permission_the_destination_is_not_told_and_the_batch_is_gone(pipeline):
    arn = pipeline.stream()
    queue = pipeline.queue()
    pipeline.function(FAIL_ON_POISON)
    mapping = pipeline.map(
        arn, MaximumRetryAttempts=0, BatchSize=1, DestinationConfig={"OnFailure": {"Destination": queue}}
    )
    pipeline.put("poison")
    pipeline.until(lambda: "sqs:sendmessage" in pipeline.shown(mapping)["LastProcessingResult"])
    pipeline.put("next")
    pipeline.until(lambda: pipeline.batches() == [["poison"], ["next"]])
    assert pipeline.messages(queue) == []


def test_halving_finds_the_poison_record(pipeline):
    arn = pipeline.stream()
    queue = pipeline.queue()
    pipeline.function(FAIL_ON_POISON, "count", "sqs:SendMessage")
    numbers = pipeline.put("a", "b", "poison", "d")
    pipeline.map(
        arn,
        BisectBatchOnFunctionError=True,
        MaximumRetryAttempts=1,
        DestinationConfig={"OnFailure": {"Destination": queue}},
    )
    told = pipeline.message(queue)
    pipeline.until(lambda: pipeline.batches()[-1] == ["d"])
    assert pipeline.batches() == [
        ["a", "b", "poison", "d"],
        ["a", "b"],
        ["poison", "d"],
        ["poison"],
        ["poison"],
        ["d"],
    ]
    assert told["requestContext"]["approximateInvokeCount"] == 2
    assert told["KinesisBatchInfo"]["startSequenceNumber"] == numbers[2]


def test_a_partial_answer_retries_from_the_lowest_record_reported(pipeline):
    arn = pipeline.stream()
    queue = pipeline.queue()
    pipeline.function(
        """
failed = [r["kinesis"]["sequenceNumber"] for r, text in zip(event["Records"], texts(event)) if text == "poison"]
return {"batchItemFailures": [{"itemIdentifier": number} for number in failed]}
""",
        "count",
        "sqs:SendMessage",
    )
    pipeline.put("a", "b", "poison")
    pipeline.map(
        arn,
        FunctionResponseTypes=REPORT,
        MaximumRetryAttempts=3,
        DestinationConfig={"OnFailure": {"Destination": queue}},
    )
    told = pipeline.message(queue)
    assert pipeline.batches() == [["a", "b", "poison"]] + [["poison"]] * 4
    assert told["requestContext"]["approximateInvokeCount"] == 4
    assert told["responseContext"]["functionError"] is None
    assert told["KinesisBatchInfo"]["batchSize"] == 1


def test_the_answer_is_ignored_without_report_batch_item_failures(pipeline):
    arn = pipeline.stream()
    pipeline.function('return {"batchItemFailures": [{"itemIdentifier": ""}]}')
    mapping = pipeline.map(arn)
    pipeline.put("a")
    pipeline.until(lambda: pipeline.shown(mapping)["LastProcessingResult"] == "OK")
    assert pipeline.batches() == [["a"]]


def test_the_functions_own_dead_letter_queue_hears_nothing(pipeline):
    arn = pipeline.stream()
    queue, letters = pipeline.queue(), pipeline.queue("letters")
    pipeline.function("raise ValueError('never')", "count", "sqs:SendMessage")
    pipeline.functions.update_function_configuration(
        FunctionName="count", DeadLetterConfig={"TargetArn": letters}
    )
    pipeline.map(arn, MaximumRetryAttempts=0, DestinationConfig={"OnFailure": {"Destination": queue}})
    pipeline.put("a")
    assert pipeline.message(queue)
    assert pipeline.messages(letters) == []


def test_a_function_that_times_out_failed(pipeline):
    arn = pipeline.stream()
    queue = pipeline.queue()
    pipeline.function("import time; time.sleep(30)", "count", "sqs:SendMessage", timeout=1)
    pipeline.map(arn, MaximumRetryAttempts=0, DestinationConfig={"OnFailure": {"Destination": queue}})
    pipeline.put("a")
    assert pipeline.message(queue)["responseContext"]["functionError"] == "Unhandled"


def test_a_function_without_concurrency_is_throttled_and_the_batch_kept(pipeline):
    arn = pipeline.stream()
    pipeline.function("return None")
    pipeline.functions.put_function_concurrency(FunctionName="count", ReservedConcurrentExecutions=0)
    mapping = pipeline.map(arn, MaximumRetryAttempts=0)
    pipeline.put("a")
    pipeline.until(lambda: "PROBLEM" in pipeline.shown(mapping)["LastProcessingResult"])
    pipeline.functions.delete_function_concurrency(FunctionName="count")
    pipeline.until(lambda: pipeline.batches() == [["a"]])


def test_a_role_that_may_not_read_any_more_stops_the_mapping_until_it_may(pipeline):
    arn = pipeline.stream()
    pipeline.function("return None")
    mapping = pipeline.map(arn)
    pipeline.allow("count-role", "kinesis:ListShards")
    pipeline.until(lambda: "kinesis:GetRecords" in pipeline.shown(mapping)["LastProcessingResult"])
    pipeline.put("a")
    assert pipeline.batches() == []
    pipeline.allow("count-role", "kinesis:*")
    pipeline.until(lambda: pipeline.batches() == [["a"]])


def test_a_tumbling_window_carries_its_state_to_its_last_event(pipeline):
    arn = pipeline.stream()
    pipeline.function('return {"state": {"seen": event["state"].get("seen", 0) + len(event["Records"])}}')
    pipeline.map(arn, TumblingWindowInSeconds=1, BatchSize=1)
    pipeline.put("a", "b", "c")

    def last_events() -> list[dict]:
        return [event for event in pipeline.seen() if event["isFinalInvokeForWindow"]]

    # The three may fall into two windows.
    pipeline.until(lambda: sum(event["state"]["seen"] for event in last_events()) == 3)
    for event in last_events():
        assert (event["Records"], event["isWindowTerminatedEarly"]) == ([], False)
        assert (event["shardId"], event["eventSourceARN"]) == ("shardId-000000000000", arn)
        assert set(event["window"]) == {"start", "end"}


# Filters and metrics


def test_only_matching_records_reach_the_function(pipeline):
    arn = pipeline.stream()
    pipeline.function("return None")
    pipeline.put('{"driver":"HAM"}', '{"driver":"VER"}', "not json", '{"driver":"VER","lap":2}')
    pipeline.map(arn, FilterCriteria={"Filters": [{"Pattern": '{"data":{"driver":["VER"]}}'}]})
    pipeline.until(pipeline.seen)
    assert pipeline.batches() == [['{"driver":"VER"}', '{"driver":"VER","lap":2}']]


def test_iterator_age_and_reads_are_measured(pipeline):
    arn = pipeline.stream()
    pipeline.function("return None")
    pipeline.map(arn, ParallelizationFactor=2, BatchSize=1)
    pipeline.put("a", "b", "c")
    pipeline.until(lambda: len(pipeline.seen()) == 3)
    count, stream = ("AWS/Lambda", "FunctionName", "count"), ("AWS/Kinesis", "StreamName", "votes")
    cloudwatch = pipeline.aws("cloudwatch")
    span = {"StartTime": time.time() - 3600, "EndTime": time.time() + 3600}
    for (namespace, dimension, named), name, statistic, expected in [
        (count, "IteratorAge", "SampleCount", 3),
        (count, "Invocations", "Sum", 3),
        (count, "Errors", "Sum", 0),
        (stream, "GetRecords.Records", "Sum", 3),
        (stream, "GetRecords.Bytes", "Sum", 3 * len("key" + "a")),
    ]:
        dimensions = [{"Name": dimension, "Value": named}]
        metric = {"Namespace": namespace, "MetricName": name, "Dimensions": dimensions}
        asked = {**metric, **span, "Period": 7200, "Statistics": [statistic]}

        def total(asked=asked, statistic=statistic) -> float:
            points = cloudwatch.get_metric_statistics(**asked)["Datapoints"]
            return sum(point[statistic] for point in points)

        pipeline.until(lambda total=total, expected=expected: total() == expected)
        query = {"Id": "a", "MetricStat": {"Metric": metric, "Period": 7200, "Stat": statistic}}
        (result,) = cloudwatch.get_metric_data(MetricDataQueries=[query], **span)["MetricDataResults"]
        assert sum(result["Values"]) == expected, name


# Not covered here, and why:
# - ages, retention, batching and tumbling windows, the 6 MB limit, lanes by key: test_poller.py, on a clock that is
#   advanced; every case of partial answers, filters, backoff: the tables of test_batch.py and test_filter.py
# - enhanced fan-out (consumer ARNs), Kafka destinations, aliases, KMSKeyArn, MetricsConfig and so the ESM metrics:
#   refused by name (test_refused_by_name.py)
# - the base poll rate of once a second: settings.poll_seconds, never charged to the shard's five reads
# - DeadLetterErrors, DestinationDeliveryFailures, Throttles: tests of awslambda and test_poller.py
# - "up to 90 s to stop and restart polling", "several seconds" to delete: settings.mapping_seconds, shortened
# - the SDK user's lambda:CreateEventSourceMapping permission: tests of the control plane
