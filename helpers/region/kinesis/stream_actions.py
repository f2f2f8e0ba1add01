"""Actions on streams: create, describe, list, delete, and what can be set of one."""

from __future__ import annotations

from ..errors import AwsError
from .actions import Actions
from .registry import ON_DEMAND_LIMIT, SHARD_LIMIT
from .stream import ON_DEMAND, PROVISIONED, Stream
from .tag_actions import check_tags

ON_DEMAND_SHARDS = 4
MOST_STREAMS_LISTED = 100
MOST_SHARDS_DESCRIBED = 100
LEAST_HOURS, MOST_HOURS = 24, 8760


class StreamActions(Actions):
    def create_stream(
        self, *, StreamName, ShardCount=None, StreamModeDetails=None, MaxRecordSizeInKiB=1024, Tags=None
    ):
        """Without a mode, a shard count means PROVISIONED and none ON_DEMAND (as recorded on AWS by LocalStack)."""
        default = ON_DEMAND if ShardCount is None else PROVISIONED
        mode = (StreamModeDetails or {}).get("StreamMode", default)
        if mode == PROVISIONED and ShardCount is None:
            raise AwsError(
                "ValidationException", "ShardCount must be specified for a stream in Provisioned mode."
            )
        if mode == ON_DEMAND and ShardCount is not None:
            raise AwsError(
                "ValidationException", "ShardCount cannot be specified for a stream in On-Demand mode."
            )
        stream = Stream(StreamName, mode, ShardCount or ON_DEMAND_SHARDS, self._clock, self._settings)
        stream.max_record_kib = MaxRecordSizeInKiB
        stream.tags = check_tags(stream, Tags or {})
        self._registry.create(stream)
        return {}

    def delete_stream(self, *, StreamName=None, StreamARN=None, EnforceConsumerDeletion=False):
        """EnforceConsumerDeletion asks for nothing: the region registers no consumers."""
        self._registry.find(StreamName, StreamARN).delete()
        return {}

    def describe_stream(self, *, StreamName=None, StreamARN=None, Limit=None, ExclusiveStartShardId=None):
        stream = self._registry.find(StreamName, StreamARN)
        after = -1 if ExclusiveStartShardId is None else stream.shard_index(ExclusiveStartShardId)
        with stream.lock:
            common = _common(stream)
            shards = [shard for shard in stream.shards if shard.index > after]
        page = shards[: min(Limit or MOST_SHARDS_DESCRIBED, MOST_SHARDS_DESCRIBED)]
        more = len(page) < len(shards)
        described = [shard.description() for shard in page]
        return {"StreamDescription": {**common, "Shards": described, "HasMoreShards": more}}

    def describe_stream_summary(self, *, StreamName=None, StreamARN=None):
        stream = self._registry.find(StreamName, StreamARN)
        with stream.lock:
            summary = {
                **_common(stream),
                "OpenShardCount": len(stream.open_shards),
                "ConsumerCount": 0,
                "MaxRecordSizeInKiB": stream.max_record_kib,
            }
        return {"StreamDescriptionSummary": summary}

    def list_streams(self, *, Limit=None, ExclusiveStartStreamName=None, NextToken=None):
        now = self._clock.now()
        after = ExclusiveStartStreamName or ""
        if NextToken:
            (after,) = self._seal.read_token("ListStreams", NextToken, now)
        streams = [stream for stream in self._registry.all() if stream.name > after]
        page = streams[: min(Limit or MOST_STREAMS_LISTED, MOST_STREAMS_LISTED)]
        listed = {
            "StreamNames": [stream.name for stream in page],
            "HasMoreStreams": len(page) < len(streams),
            "StreamSummaries": [
                {
                    "StreamName": stream.name,
                    "StreamARN": stream.arn,
                    "StreamStatus": stream.status,
                    "StreamModeDetails": {"StreamMode": stream.mode},
                    "StreamCreationTimestamp": stream.created,
                }
                for stream in page
            ],
        }
        if listed["HasMoreStreams"]:
            listed["NextToken"] = self._seal.token("ListStreams", [page[-1].name], now)
        return listed

    def describe_limits(self):
        streams = self._registry.all()
        return {
            "ShardLimit": SHARD_LIMIT,
            "OpenShardCount": sum(len(stream.open_shards) for stream in streams),
            "OnDemandStreamCount": sum(stream.mode == ON_DEMAND for stream in streams),
            "OnDemandStreamCountLimit": ON_DEMAND_LIMIT,
        }

    def increase_stream_retention_period(self, *, RetentionPeriodHours, StreamName=None, StreamARN=None):
        self._set_retention(StreamName, StreamARN, RetentionPeriodHours, "shorter", "Decrease")
        return {}

    def decrease_stream_retention_period(self, *, RetentionPeriodHours, StreamName=None, StreamARN=None):
        """Records older than the new period are lost at once, as on AWS."""
        self._set_retention(StreamName, StreamARN, RetentionPeriodHours, "longer", "Increase")
        return {}

    def update_stream_mode(self, *, StreamARN, StreamModeDetails):
        """The shards stay as they are. Two switches in 24 hours."""
        stream = self._registry.find(None, StreamARN)
        mode = StreamModeDetails["StreamMode"]
        if mode == ON_DEMAND and stream.mode != ON_DEMAND:
            self._registry.check_on_demand()
        with stream.lock:
            stream.check_status("ACTIVE")
            if stream.mode == mode:
                # Not known of AWS; refused, so that nobody believes something changed or spends a switch on it.
                raise AwsError(
                    "ValidationException", f"Request is invalid. {stream} is in that mode already."
                )
            now = stream.settle()
            if not stream.mode_switches.admits(now):
                raise AwsError(
                    "LimitExceededException",
                    f"{stream} has switched its mode {stream.mode_switches.limit} times in the last 24 hours.",
                )
            stream.mode_switches.charge(now)
            stream.update(mode=mode)
        return {}

    def update_max_record_size(self, *, MaxRecordSizeInKiB, StreamARN=None):
        self._registry.find(None, StreamARN).update(max_record_kib=MaxRecordSizeInKiB)
        return {}

    def _set_retention(self, name, arn, hours: int, wrong: str, other: str) -> None:
        stream = self._registry.find(name, arn)
        requested = f"Requested retention period ({hours} hours)"
        with stream.lock:
            now = stream.retention_hours
            if hours < LEAST_HOURS:
                text = f"Minimum allowed retention period is {LEAST_HOURS} hours. {requested} is too short."
            elif hours > MOST_HOURS:
                text = f"Maximum allowed retention period is {MOST_HOURS} hours. {requested} is too long."
            elif hours < now if wrong == "shorter" else hours > now:
                text = (
                    f"{requested} for stream {stream.name} can not be {wrong} than existing retention period "
                    f"({now} hours). Use {other}RetentionPeriod API."
                )
            else:
                stream.update(retention_hours=hours)
                return
        raise AwsError("InvalidArgumentException", text)


def _common(stream: Stream) -> dict:
    """What DescribeStream and DescribeStreamSummary both tell."""
    return {
        "StreamName": stream.name,
        "StreamARN": stream.arn,
        "StreamStatus": stream.status,
        "StreamModeDetails": {"StreamMode": stream.mode},
        "RetentionPeriodHours": stream.retention_hours,
        "StreamCreationTimestamp": stream.created,
        "EnhancedMonitoring": [{"ShardLevelMetrics": []}],
        "EncryptionType": "NONE",
    }
