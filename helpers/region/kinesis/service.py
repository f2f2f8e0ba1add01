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
        """The streams, for the region's status: name, status, mode, open shards."""
        return [
            {"name": s.name, "status": s.status, "mode": s.mode, "open_shards": len(s.open_shards)}
            for s in self._registry.all()
        ]

    def reset(self) -> None:
        """Every stream goes."""
        self._registry.clear()
