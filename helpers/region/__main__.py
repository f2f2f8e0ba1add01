"""`python -m helpers.region start|status|env|reset|stop`: the local AWS region from a shell."""

from __future__ import annotations

import argparse
import json
import os
import sys

from . import process
from .errors import RegionError
from .lan import is_public, lan_address
from .proxies import without_proxy
from .state import State


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m helpers.region", description="The local AWS region.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    start = commands.add_parser("start", help="start the region, unless it runs")
    start.add_argument(
        "--lan",
        nargs="?",
        const="",
        metavar="ADDRESS",
        help="open the HTTP APIs, and nothing else, to the local network until the region stops: for a class's "
        "phones. ADDRESS: which of this machine's addresses, if it has several",
    )
    status = commands.add_parser("status", help="say what runs in it (exit status 1 where none does)")
    status.add_argument("--json", action="store_true", help="as JSON")
    env = commands.add_parser(
        "env", help='print the variables that point an AWS client at it: eval "$(… env)"'
    )
    env.add_argument(
        "--shell", choices=("sh", "powershell", "cmd"), default="powershell" if os.name == "nt" else "sh"
    )
    commands.add_parser("reset", help="empty it: every stream, function, table, role, log goes")
    commands.add_parser("stop", help="stop it; its key and ports are kept for the next start")
    serve = commands.add_parser("serve", help="run it in the foreground (what `start` starts)")
    serve.add_argument("--lan", default="", metavar="ADDRESS", help="as for start")
    options = parser.parse_args(arguments)
    try:
        return globals()[f"_{options.command}"](options)
    except RegionError as error:
        print(error, file=sys.stderr)
        return 1


def _start(options) -> int:
    lan = None if options.lan is None else lan_address(options.lan)
    state = process.ensure_started(lan or "")
    print(f"The local region runs at {state.endpoint_url}, its HTTP APIs at {state.front_door_url}.")
    if state.lan:
        print(open_door(state))
    if lan not in (None, state.lan):
        raise RegionError(
            "It ran already, and an open door needs a new start, which empties it: python -m helpers.region stop, "
            "then start --lan again. Each lesson's first cell builds what is missing."
        )
    return 0


def open_door(state: State) -> str:
    """What the teacher is told about a front door that faces a network."""
    who = "the INTERNET: this is a public address" if is_public(state.lan) else "this network"
    return (
        f"WARNING: anybody on {who} can reach its HTTP APIs at {state.front_door_url}: vote, and have the functions "
        "behind them run, with no password. Nobody but you can reach the region itself. Your firewall may ask. "
        "To close the door: python -m helpers.region stop; the next start keeps to this machine."
    )


def _stop(_) -> int:
    print("The region is stopped." if process.stop() else "No region was running.")
    return 0


def _reset(_) -> int:
    process.reset()
    print("The region is empty.")
    return 0


def _serve(options) -> int:
    from .serve import serve

    return serve(options.lan)


def _status(options) -> int:
    status = process.status()
    if options.json:
        print(json.dumps(status, indent=2))
    elif status is None:
        print("No region is running. Start one: python -m helpers.region start")
    else:
        print("\n".join(_describe(status)))
    return 0 if status else 1


def _env(options) -> int:
    print("\n".join(variable(options.shell, *pair) for pair in environment(process.ensure_started()).items()))
    return 0


def environment(state: State) -> dict[str, str]:
    """What any AWS client needs to find the region."""
    return {
        "AWS_ENDPOINT_URL": state.endpoint_url,
        "AWS_ACCESS_KEY_ID": state.access_key,
        "AWS_SECRET_ACCESS_KEY": state.secret_key,
        "AWS_REGION": state.region,
        "AWS_DEFAULT_REGION": state.region,
        **{name: without_proxy(os.environ.get(name, "")) for name in ("NO_PROXY", "no_proxy")},
    }


def variable(shell: str, name: str, value: str) -> str:
    """A line that sets a variable in that shell."""
    return {
        "sh": f"export {name}='{value}'",
        "powershell": f"$env:{name} = '{value}'",
        "cmd": f"set {name}={value}",
    }[shell]


def _describe(status: dict) -> list[str]:
    lines = [
        f"The local region runs at {status['endpoint']}, its HTTP APIs at {status['front_door']}.",
        f"Process {status['pid']}, {status['memory_bytes'] / 1e6:.0f} MB, {status['children']} function processes.",
    ]
    for stream in status["streams"]:
        lines.append(
            f"stream {stream['name']}: {stream['status']}, {stream['mode']}, "
            f"{_many(stream['open_shards'], 'open shard')}, {_many(stream['records'], 'record')}"
        )
    for function in status["functions"]:
        lines.append(
            f"function {function['name']}: {function['state']}, {_many(function['environments'], 'environment')}, "
            f"{function['memory_bytes'] / 1e6:.0f} MB, {function['serving']} at work"
        )
    for mapping in status["mappings"]:
        result = mapping["LastProcessingResult"]
        lines.append(f"mapping {mapping['Stream']} → {mapping['Function']}: {mapping['State']}, {result}")
        lines += [f"  {_standing(shard)}" for shard in mapping["Shards"]]
    for api in status["apis"]:
        lines.append(f"HTTP API {api['name']} ({api['id']}): {', '.join(api['routes']) or 'no routes'}")
    return lines


def _standing(shard: dict) -> str:
    """Where a mapping stands in a shard; its lanes after the first are numbered."""
    place = f"{shard['ShardId']} lane {shard['Lane']}" if shard["Lane"] else shard["ShardId"]
    if shard["Drained"]:
        return f"{place}: closed, and read to its end"
    waiting = (
        f"{_many(shard['Waiting'], 'record')} waiting, the first for {shard['AgeMilliseconds'] / 1000:.1f} s"
    )
    return f"{place}: after record {shard['Checkpoint']}, {waiting if shard['Waiting'] else 'caught up'}"


def _many(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


if __name__ == "__main__":
    sys.exit(main())
