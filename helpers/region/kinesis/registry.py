"""The account's streams by name, and what the account may have of them."""

from __future__ import annotations

import threading

from ..clock import Clock
from ..errors import AwsError
from ..settings import Settings
from .quota import PerSecond
from .stream import ON_DEMAND, Stream

SHARD_LIMIT = 20_000
ON_DEMAND_LIMIT = 50
CREATING_LIMIT = 5


class Registry:
    def __init__(self, clock: Clock, settings: Settings):
        self._clock = clock
        self._settings = settings
        self._lock = threading.RLock()
        self._streams: dict[str, Stream] = {}
        self._creations = PerSecond(5)

    def all(self) -> list[Stream]:
        """The streams that exist, by name. Those whose deletion is done go now."""
        with self._lock:
            streams = self._streams
            for name in [name for name, stream in streams.items() if stream.deleted]:
                del streams[name]
            return [streams[name] for name in sorted(streams)]

    def find(self, name: str | None, arn: str | None) -> Stream:
        """The stream meant by StreamName, StreamARN or both. Raises AwsError."""
        if name is None and arn is None:
            # AWS's texts for this and for two that disagree are not known.
            raise AwsError("InvalidArgumentException", "Either StreamName or StreamARN should be provided.")
        if arn is None:
            return self._found(name, self._settings.account)
        _, _, _, region, account, resource = arn.split(":", 5)
        named = resource.removeprefix("stream/")
        if name is not None and name != named:
            raise AwsError("InvalidArgumentException", f"StreamARN {arn} is not of the stream {name}.")
        if (region, account) != (self._settings.region, self._settings.account):
            raise AwsError("ResourceNotFoundException", f"Stream {named} under account {account} not found.")
        return self._found(named, account)

    def create(self, stream: Stream) -> None:
        """Adds a stream whose creation begins. Raises AwsError."""
        with self._lock:
            streams = self.all()
            if stream.name in self._streams:
                raise AwsError("ResourceInUseException", f"{stream} already exists.")
            self.check_shards(stream.shard_count)
            if stream.mode == ON_DEMAND:
                self.check_on_demand()
            if sum(other.status == "CREATING" for other in streams) >= CREATING_LIMIT:
                text = f"At most {CREATING_LIMIT} streams may be CREATING at once."
                raise AwsError("LimitExceededException", text)
            if self._settings.quotas and not self._creations.admits(self._clock.now()):
                raise AwsError(
                    "LimitExceededException", "At most 5 CreateStream requests are taken in a second."
                )
            self._creations.charge()
            self._streams[stream.name] = stream

    def check_shards(self, more: int) -> None:
        """Raises AwsError LimitExceededException if `more` shards would be above the account's limit."""
        count = sum(stream.shard_count for stream in self.all())
        if count + more > SHARD_LIMIT:
            raise AwsError(
                "LimitExceededException",
                f"This request would exceed the shard limit for the account {self._settings.account} in "
                f"{self._settings.region}. Current shard count for the account: {count}. Limit: {SHARD_LIMIT}. "
                f"Number of additional shards that would have resulted from this request: {more}. Refer to the AWS "
                "Service Limits page (http://docs.aws.amazon.com/general/latest/gr/aws_service_limits.html) for "
                "current limits and how to request higher limits.",
            )

    def check_on_demand(self) -> None:
        if sum(stream.mode == ON_DEMAND for stream in self.all()) >= ON_DEMAND_LIMIT:
            raise AwsError(
                "LimitExceededException",
                f"The account has its {ON_DEMAND_LIMIT} streams in On-Demand mode already.",
            )

    def clear(self) -> None:
        with self._lock:
            self._streams.clear()
            self._creations = PerSecond(5)

    def _found(self, name: str, account: str) -> Stream:
        with self._lock:
            stream = self._streams.get(name)
        if stream is None or stream.deleted:
            raise AwsError("ResourceNotFoundException", f"Stream {name} under account {account} not found.")
        return stream
