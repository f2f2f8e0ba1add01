"""Kinesis: its actions, each reading like the specification: what it refuses, in AWS's words, then what it does.

Texts and limits: botocore's kinesis model, AWS's service-sizes-and-limits.html, and mhart/kinesalite, whose tests ran
against AWS. Where none of them tells, a comment says what was chosen.
"""

from __future__ import annotations

from .record_actions import RecordActions
from .shard_actions import ShardActions
from .stream import Stream
from .stream_actions import StreamActions
from .tag_actions import TagActions


class Kinesis(StreamActions, ShardActions, RecordActions, TagActions):
    """The service: `stream` for the region's own readers; the actions of the API come from its bases."""

    def stream(self, name_or_arn: str) -> Stream:
        """Raises AwsError ResourceNotFoundException."""
        if name_or_arn.startswith("arn:"):
            return self._registry.find(None, name_or_arn)
        return self._registry.find(name_or_arn, None)

    def describe(self) -> list[dict]:
        """The streams, for the region's status: name, status, mode, open shards, records kept."""
        return [
            {
                "name": stream.name,
                "status": stream.status,
                "mode": stream.mode,
                "open_shards": len(stream.open_shards),
                "records": sum(
                    shard.position("LATEST") - shard.position("TRIM_HORIZON") for shard in stream.shards
                ),
            }
            for stream in self._registry.all()
        ]

    def reset(self) -> None:
        """Every stream goes."""
        self._registry.clear()
