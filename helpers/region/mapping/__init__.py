"""Event source mappings: what reads a Kinesis stream and calls a Lambda function with its records.

`EventSourceMappings` (service.py) carries out the actions. Each mapping has a Poller, each shard of its stream a Lane.
The rules are pure and stand apart: mapping, filter, event, batch, window, destination.
"""

from .service import EventSourceMappings

__all__ = ["EventSourceMappings"]
