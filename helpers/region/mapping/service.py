"""The actions on event source mappings, as the Lambda API names them.

The dispatcher has checked what botocore's model says; here is what AWS checks beyond it, in AWS's words.
"""

from __future__ import annotations

import threading
import time
import uuid

from ..awslambda.function import parse_name
from ..awslambda.refusals import conflict, invalid, missing
from ..errors import AwsError
from .lane import Room
from .mapping import (
    CREATING,
    IN_TRANSITION,
    Configuration,
    Mapping,
    check_source,
    check_start,
    configured,
    deleting,
    updating,
)
from .poller import Poller

PAGE = 100
STREAM_ACTIONS = ("GetRecords", "GetShardIterator", "DescribeStream", "ListShards")
"""What the function's role must be allowed on the stream. AWS's message names ListStreams too, which takes no stream
as its resource: policies that allow it on the stream alone work there."""
CLOSING_SECONDS = 0.5


class EventSourceMappings:
    def __init__(self, clock, settings, kinesis, functions, access, moto, metrics):
        self._room = Room(clock, settings, kinesis, functions, access, moto, metrics)
        self._lock = threading.Lock()
        self._pollers: dict[str, Poller] = {}

    def create_event_source_mapping(
        self,
        *,
        FunctionName,
        EventSourceArn=None,
        Enabled=True,
        BatchSize=None,
        FilterCriteria=None,
        MaximumBatchingWindowInSeconds=None,
        ParallelizationFactor=None,
        StartingPosition=None,
        StartingPositionTimestamp=None,
        DestinationConfig=None,
        MaximumRecordAgeInSeconds=None,
        BisectBatchOnFunctionError=None,
        MaximumRetryAttempts=None,
        TumblingWindowInSeconds=None,
        FunctionResponseTypes=None,
        Tags=None,
    ) -> dict:
        now = self._room.clock.now()
        check_source(EventSourceArn)
        check_start(StartingPosition, StartingPositionTimestamp, now)
        function = self._function(FunctionName)
        configuration = configured(
            Configuration(function.arn),
            Enabled=Enabled,
            BatchSize=BatchSize,
            FilterCriteria=FilterCriteria,
            MaximumBatchingWindowInSeconds=MaximumBatchingWindowInSeconds,
            ParallelizationFactor=ParallelizationFactor,
            DestinationConfig=DestinationConfig,
            MaximumRecordAgeInSeconds=MaximumRecordAgeInSeconds,
            BisectBatchOnFunctionError=BisectBatchOnFunctionError,
            MaximumRetryAttempts=MaximumRetryAttempts,
            TumblingWindowInSeconds=TumblingWindowInSeconds,
            FunctionResponseTypes=FunctionResponseTypes,
        )
        self._check_stream(EventSourceArn, function.role)
        settings, new = self._room.settings, str(uuid.uuid4())
        mapping = Mapping(
            UUID=new,
            EventSourceArn=EventSourceArn,
            EventSourceMappingArn=f"arn:aws:lambda:{settings.region}:{settings.account}:event-source-mapping:{new}",
            StartingPosition=StartingPosition,
            StartingPositionTimestamp=StartingPositionTimestamp,
            configuration=configuration,
            state=CREATING,
            last_modified=now,
            settles_at=now + settings.mapping_seconds,
        )
        poller = Poller(self._room, mapping, self._forget, Tags or {})
        with self._lock:
            self._refuse_duplicate(EventSourceArn, function.arn)
            self._pollers[new] = poller
        answer = poller.described()
        poller.start()
        return answer

    def update_event_source_mapping(
        self,
        *,
        UUID,
        FunctionName=None,
        Enabled=None,
        BatchSize=None,
        FilterCriteria=None,
        MaximumBatchingWindowInSeconds=None,
        ParallelizationFactor=None,
        DestinationConfig=None,
        MaximumRecordAgeInSeconds=None,
        BisectBatchOnFunctionError=None,
        MaximumRetryAttempts=None,
        TumblingWindowInSeconds=None,
        FunctionResponseTypes=None,
    ) -> dict:
        stream_arn = self._poller(UUID).mapping.EventSourceArn
        function = self._function(FunctionName) if FunctionName else None
        if function:
            self._check_stream(stream_arn, function.role)
        asked = {
            "FunctionArn": function.arn if function else None,
            "Enabled": Enabled,
            "BatchSize": BatchSize,
            "FilterCriteria": FilterCriteria,
            "MaximumBatchingWindowInSeconds": MaximumBatchingWindowInSeconds,
            "ParallelizationFactor": ParallelizationFactor,
            "DestinationConfig": DestinationConfig,
            "MaximumRecordAgeInSeconds": MaximumRecordAgeInSeconds,
            "BisectBatchOnFunctionError": BisectBatchOnFunctionError,
            "MaximumRetryAttempts": MaximumRetryAttempts,
            "TumblingWindowInSeconds": TumblingWindowInSeconds,
            "FunctionResponseTypes": FunctionResponseTypes,
        }
        with self._lock:
            poller = self._idle_poller(UUID, "update")
            now_asked = poller.mapping.configuration
            configuration = configured(now_asked, **asked)
            if configuration.FunctionArn != now_asked.FunctionArn:
                self._refuse_duplicate(stream_arn, configuration.FunctionArn)
            now, seconds = self._room.clock.now(), self._room.settings.mapping_seconds
            poller.change(updating(poller.mapping, configuration, now, seconds))
            return poller.described()

    def get_event_source_mapping(self, *, UUID) -> dict:
        return self._poller(UUID).described()

    def delete_event_source_mapping(self, *, UUID) -> dict:
        with self._lock:
            poller = self._idle_poller(UUID, "delete")
            now, seconds = self._room.clock.now(), self._room.settings.mapping_seconds
            poller.change(deleting(poller.mapping, now, seconds))
            return poller.described()

    def list_event_source_mappings(
        self, *, EventSourceArn=None, FunctionName=None, Marker=None, MaxItems=PAGE
    ) -> dict:
        with self._lock:
            pollers = list(self._pollers.values())
        if Marker is not None:
            ids = [poller.mapping.UUID for poller in pollers]
            if Marker not in ids:
                raise invalid("Invalid Marker.")
            pollers = pollers[ids.index(Marker) :]
        pollers = [p for p in pollers if _is_of(p.mapping, EventSourceArn, FunctionName)]
        page, rest = pollers[: min(MaxItems, PAGE)], pollers[min(MaxItems, PAGE) :]
        shown = {"EventSourceMappings": [p.described() for p in page]}
        return {**shown, "NextMarker": rest[0].mapping.UUID} if rest else shown

    def describe(self) -> list[dict]:
        """For `region status`: each mapping's UUID, State, Stream, Function, LastProcessingResult and Shards.

        Shards is a list of what Poller.shards gives.
        """
        with self._lock:
            pollers = list(self._pollers.values())
        return [poller.status() for poller in pollers]

    def reset(self) -> None:
        """Forget every mapping and end its threads."""
        with self._lock:
            pollers = list(self._pollers.values())
            self._pollers.clear()
        for poller in pollers:
            poller.signal_close()
        until = time.monotonic() + CLOSING_SECONDS
        for poller in pollers:
            poller.join(until)

    def close(self) -> None:
        self.reset()

    def _function(self, name: str):
        try:
            return self._room.functions.function(name)
        except AwsError as refusal:
            if refusal.code != "ResourceNotFoundException":
                raise
            raise invalid("Function does not exist") from None

    def _check_stream(self, arn: str, role_arn: str) -> None:
        access = self._room.access
        if not access.assumable(role_arn, "lambda.amazonaws.com") or not all(
            access.allows(role_arn, f"kinesis:{action}", arn) for action in STREAM_ACTIONS
        ):
            raise invalid(
                f"Cannot access stream {arn}. Please ensure the role can perform the GetRecords, GetShardIterator, "
                "DescribeStream, ListShards, and ListStreams Actions on your stream in IAM."
            )
        try:
            self._room.kinesis.stream(arn)
        except AwsError as refusal:
            if refusal.code != "ResourceNotFoundException":
                raise
            raise invalid(f"Stream not found: {arn}") from None

    def _refuse_duplicate(self, stream_arn: str, function_arn: str) -> None:
        for poller in self._pollers.values():
            mapping = poller.mapping
            if (mapping.EventSourceArn, mapping.configuration.FunctionArn) == (stream_arn, function_arn):
                raise conflict(
                    f'The event source arn (" {stream_arn} ") and function (" {parse_name(function_arn)[0]} ") '
                    "provided mapping already exists. Please update or delete the existing mapping with UUID "
                    f"{mapping.UUID}"
                )

    def tagged(self, arn: str) -> Poller:
        """The mapping of this ARN, which bears its tags. Raises AwsError."""
        return self._poller(arn.rpartition(":")[2])

    def _poller(self, mapping_uuid: str) -> Poller:
        poller = self._pollers.get(mapping_uuid)
        if poller is None:
            raise missing("The resource you requested does not exist.")
        return poller

    def _idle_poller(self, mapping_uuid: str, act: str) -> Poller:
        poller = self._poller(mapping_uuid)
        if poller.mapping.state in IN_TRANSITION:
            message = f"Cannot {act} the event source mapping because it is in use."
            raise AwsError("ResourceInUseException", message, Type="User")
        return poller

    def _forget(self, mapping_uuid: str) -> None:
        with self._lock:
            self._pollers.pop(mapping_uuid, None)


def _is_of(mapping: Mapping, stream_arn: str | None, function: str | None) -> bool:
    return stream_arn in (None, mapping.EventSourceArn) and (
        function is None or parse_name(function)[0] == parse_name(mapping.configuration.FunctionArn)[0]
    )
