"""`python -m helpers.region start|status|env|reset|stop`: the local AWS region from a shell."""

from __future__ import annotations

import argparse
import json
import os
import sys

from . import process
from .errors import RegionError
from .state import State


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m helpers.region", description="The local AWS region.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    commands.add_parser("start", help="start the region, unless it runs")
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
    commands.add_parser("serve", help="run it in the foreground (what `start` starts)")
    options = parser.parse_args(arguments)
    try:
        return globals()[f"_{options.command}"](options)
    except RegionError as error:
        print(error, file=sys.stderr)
        return 1


def _start(_) -> int:
    state = process.ensure_started()
    print(f"The local region runs at {state.endpoint_url}, its HTTP APIs at {state.front_door_url}.")
    return 0


def _stop(_) -> int:
    print("The region is stopped." if process.stop() else "No region was running.")
    return 0


def _reset(_) -> int:
    process.reset()
    print("The region is empty.")
    return 0


def _serve(_) -> int:
    from .serve import serve

    return serve()


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
            f"stream {stream['name']}: {stream['status']}, {stream['shards']} shards, {stream['records']} records"
        )
    for function in status["functions"]:
        lines.append(
            f"function {function['name']}: {function['state']}, {function['environments']} environments"
        )
    for mapping in status["mappings"]:
        lines.append(f"mapping {mapping['stream']} → {mapping['function']}: {mapping['state']}")
        for shard in mapping["shards"]:
            age = f"{shard['age_ms'] / 1000:.1f} s old" if shard["waiting"] else "caught up"
            lines.append(f"  {shard['shard']}: {shard['waiting']} records waiting, {age}")
    for api in status["apis"]:
        lines.append(f"HTTP API {api['name']} ({api['id']}): {', '.join(api['routes']) or 'no routes'}")
    return lines


if __name__ == "__main__":
    sys.exit(main())
