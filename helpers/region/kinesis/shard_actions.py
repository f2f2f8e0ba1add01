"""Actions on a stream's shards: list them, split one, merge two, scale them all."""

from __future__ import annotations

from ..errors import AwsError
from .actions import Actions
from .resharding import check_merge, check_split, check_target, merge, split, uniform
from .shard import Shard
from .stream import ON_DEMAND, Stream

MOST_SHARDS_LISTED = 1000
FILTERED_BY = {"AFTER_SHARD_ID": "ShardId", "AT_TIMESTAMP": "Timestamp", "FROM_TIMESTAMP": "Timestamp"}


class ShardActions(Actions):
    def list_shards(
        self,
        *,
        StreamName=None,
        StreamARN=None,
        NextToken=None,
        ExclusiveStartShardId=None,
        MaxResults=MOST_SHARDS_LISTED,
        StreamCreationTimestamp=None,
        ShardFilter=None,
    ):
        """A NextToken stands for the stream, the place and the filter; it lives 300 seconds."""
        now = self._clock.now()
        if NextToken:
            _alone(
                StreamName=StreamName,
                StreamCreationTimestamp=StreamCreationTimestamp,
                ExclusiveStartShardId=ExclusiveStartShardId,
                ShardFilter=ShardFilter,
            )
            arn, created, after, shard_filter = self._seal.read_token("ListShards", NextToken, now)
            stream = self._created_at(self._registry.find(None, StreamARN or arn), created)
        else:
            if StreamName is None and StreamARN is None:
                text = "Either NextToken or StreamName should be provided."
                raise AwsError("InvalidArgumentException", text)
            stream = self._created_at(self._registry.find(StreamName, StreamARN), StreamCreationTimestamp)
            shard_filter = ShardFilter or {"Type": "FROM_TRIM_HORIZON"}
            _check_filter(shard_filter)
            if shard_filter["Type"] == "AFTER_SHARD_ID":  # the same by another name (botocore)
                ExclusiveStartShardId = shard_filter["ShardId"]
            after = -1 if ExclusiveStartShardId is None else stream.shard_index(ExclusiveStartShardId)
        stream.check_status("ACTIVE", "UPDATING")
        shards = [shard for shard in filtered(stream, shard_filter, now) if shard.index > after]
        page = shards[: min(MaxResults, MOST_SHARDS_LISTED)]
        listed = {"Shards": [shard.description() for shard in page]}
        if len(page) < len(shards):
            place = [stream.arn, stream.created, page[-1].index, shard_filter]
            listed["NextToken"] = self._seal.token("ListShards", place, now)
        return listed

    def split_shard(self, *, ShardToSplit, NewStartingHashKey, StreamName=None, StreamARN=None):
        stream = self._provisioned(StreamName, StreamARN)
        self._registry.check_shards(1)
        with stream.lock:
            stream.check_status("ACTIVE")
            (place,) = _eligible(stream, ShardToSplit)
            shard = stream.open_shards[place]
            at = int(NewStartingHashKey)
            check_split(shard.shard_id, stream.where, shard.hash_range, at)
            stream.reshard(split(place, shard.hash_range, at))
        return {}

    def merge_shards(self, *, ShardToMerge, AdjacentShardToMerge, StreamName=None, StreamARN=None):
        stream = self._provisioned(StreamName, StreamARN)
        with stream.lock:
            stream.check_status("ACTIVE")
            places = _eligible(stream, ShardToMerge, AdjacentShardToMerge)
            shards = [stream.open_shards[place] for place in places]
            ids, ranges = zip(*((shard.shard_id, shard.hash_range) for shard in shards), strict=True)
            check_merge(ids, stream.where, ranges)
            stream.reshard(merge(places, ranges))
        return {}

    def update_shard_count(self, *, TargetShardCount, ScalingType, StreamName=None, StreamARN=None):
        """UNIFORM_SCALING, the only type: even ranges, at most double and at least half, ten times in 24 hours."""
        stream = self._provisioned(StreamName, StreamARN)
        self._registry.check_shards(TargetShardCount - len(stream.open_shards))
        with stream.lock:
            stream.check_status("ACTIVE")
            now = stream.settle()
            current = len(stream.open_shards)
            check_target(current, TargetShardCount)
            if not stream.scalings.admits(now):
                # AWS's text is not known.
                raise AwsError(
                    "LimitExceededException",
                    f"UpdateShardCount cannot scale {stream.where} over {stream.scalings.limit} times in a rolling "
                    "24-hour period.",
                )
            stream.scalings.charge(now)
            stream.reshard(uniform([shard.hash_range for shard in stream.open_shards], TargetShardCount))
        return {
            "StreamName": stream.name,
            "StreamARN": stream.arn,
            "CurrentShardCount": current,
            "TargetShardCount": TargetShardCount,
        }

    def _provisioned(self, name, arn) -> Stream:
        stream = self._registry.find(name, arn)
        if stream.mode == ON_DEMAND:
            raise AwsError("ValidationException", f"Request is invalid. {stream} is in On-Demand mode.")
        return stream

    def _created_at(self, stream: Stream, created: float | None) -> Stream:
        """The stream, if it is the one created then: another may have had its name before."""
        if created is not None and int(created) != int(stream.created):
            raise stream.not_found()
        return stream


def filtered(stream: Stream, shard_filter: dict, now: float) -> list[Shard]:
    """ListShards' ShardFilter (botocore: ShardFilter). All but expired shards for FROM_TRIM_HORIZON, the default."""
    kind, shards = shard_filter["Type"], stream.shards
    if kind == "AT_LATEST":
        return [shard for shard in shards if shard.closed_at is None]
    if kind == "AT_TRIM_HORIZON":
        horizon = max(now - stream.retention_seconds, min(shard.opened for shard in shards))
        return [shard for shard in shards if shard.open_at(horizon)]
    if kind == "AT_TIMESTAMP":
        return [shard for shard in shards if shard.open_at(shard_filter["Timestamp"])]
    if kind == "FROM_TIMESTAMP":
        instant = shard_filter["Timestamp"]
        return [shard for shard in shards if shard.closed_at is None or shard.closed_at >= instant]
    return list(shards)


def _check_filter(shard_filter: dict) -> None:
    """Each kind of filter has its member, and no other (botocore: ShardFilter). AWS's text is not known."""
    kind = shard_filter["Type"]
    for name in ("ShardId", "Timestamp"):
        needed = FILTERED_BY.get(kind) == name
        if needed != (shard_filter.get(name) is not None):
            text = f"ShardFilter {kind} must {'' if needed else 'not '}have a {name}."
            raise AwsError("InvalidArgumentException", text)


def _alone(**others) -> None:
    for name, value in others.items():
        if value is not None:
            text = f"NextToken and {name} cannot be provided together."
            raise AwsError("InvalidArgumentException", text)


def _eligible(stream: Stream, *given_ids: str) -> tuple[int, ...]:
    """The places of these shards among the open ones. Raises AwsError if one is closed or unknown."""
    places = {shard.index: place for place, shard in enumerate(stream.open_shards)}
    indices = [stream.shard_index(given_id) for given_id in given_ids]
    known = {shard.index: shard for shard in stream.shards}
    for index in indices:
        if index not in known:
            raise stream.no_such_shard(f"shardId-{index:012}")
        if index not in places:
            raise AwsError(
                "InvalidArgumentException",
                f"Shard {known[index].shard_id} in {stream.where} has already been merged or split, and thus is not "
                "eligible for merging or splitting.",
            )
    return tuple(places[index] for index in indices)
