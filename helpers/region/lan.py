"""This machine's address on the local network, where a class's phones find the front door.

A laptop has several: the one that leads out is meant, unless the teacher names another. A public address is opened
only if it is named, since behind it is the internet and not a classroom.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Collection

import psutil

from .errors import RegionError

SOMEWHERE = ("198.51.100.1", 9)  # an address of no machine (RFC 5737): nothing is sent to it


def lan_address(named: str = "") -> str:
    """The IPv4 address to open the front door on; `named` is the teacher's choice. Raises RegionError."""
    return choose(named, own_addresses(), address_towards(SOMEWHERE))


def choose(named: str, own: Collection[str], leading_out: str) -> str:
    """own: the machine's addresses; leading_out: the one that its way out leaves by, "" if there is none."""
    if named:
        if named not in own:
            raise RegionError(f"{named} is not an address of this machine. It has {_listed(own)}.")
        return named
    private = [address for address in own if ipaddress.ip_address(address).is_private]
    if leading_out in private:
        return leading_out
    if len(private) == 1:
        return private[0]
    if private:
        raise RegionError(f"This machine has {_listed(private)}. Name one: start --lan {private[0]}")
    raise RegionError(
        f"This machine is in no local network that could be opened by itself; it has {_listed(own)}. "
        "Connect it to the class's network, or name an address after --lan."
    )


def own_addresses() -> list[str]:
    """The IPv4 addresses that others may reach: interfaces that are up, without loopback and link-local."""
    up = {name for name, facts in psutil.net_if_stats().items() if facts.isup}
    listed = [
        ipaddress.ip_address(each.address)
        for name, addresses in psutil.net_if_addrs().items()
        for each in addresses
        if name in up and each.family == socket.AF_INET
    ]
    return [str(address) for address in listed if not (address.is_loopback or address.is_link_local)]


def address_towards(there: tuple[str, int]) -> str:
    """The address that this machine would speak from to `there`, "" if no way leads there. Sends nothing."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(there)
        except OSError:
            return ""
        return probe.getsockname()[0]


def is_public(address: str) -> bool:
    return not ipaddress.ip_address(address).is_private


def _listed(addresses: Collection[str]) -> str:
    return ", ".join(addresses) or "none but loopback"
