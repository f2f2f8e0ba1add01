"""What this machine answers by itself must not go through a proxy."""

from __future__ import annotations


def without_proxy(listed: str, *also: str) -> str:
    """NO_PROXY's list with this machine in it, and `also`, what else it is called."""
    own = ("127.0.0.1", "localhost", "::1", *also)
    hosts = [host.strip() for host in listed.split(",") if host.strip()]
    return ",".join(hosts + [host for host in own if host not in hosts])
