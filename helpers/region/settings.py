"""What may be tuned: AWS's waits shortened to a lesson's patience. Seconds, all of them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Settings:
    account: str = "123456789012"
    region: str = "us-east-1"
    quotas: bool = True
    """Enforce the shards' write and read quotas."""
    stream_seconds: float = 0.5
    """A stream stays CREATING, UPDATING or DELETING this long (AWS: seconds to a minute)."""
    function_seconds: float = 0.3
    """A function stays Pending, or its update InProgress (AWS: a second or two)."""
    mapping_seconds: float = 2.0
    """An event source mapping stays Creating, Updating, Disabling or Deleting (AWS: 10 to 60)."""
    poll_seconds: float = 0.25
    """Pause between two polls of a shard that had nothing (AWS: about 1)."""
    role_seconds: float = 2.0
    """A new role is not believed before this (AWS: about 10)."""
    environment_idle_seconds: float = 600.0
    """An execution environment that served nothing this long is retired."""
    retry_base_seconds: float = 0.5
    """First wait of a mapping's backoff; it doubles."""
    idle_stop_seconds: float = 12 * 3600.0
    """The region stops itself after this long without a request."""
