"""The workbook's command line: words and exit codes. A command's work is in the module of its name."""

import argparse
import sys

from helpers.notebooks import WORKBOOK, LessonError
from helpers.tools import Failure


def main(arguments: list[str] | None = None) -> int:
    options = parser().parse_args(arguments)
    try:
        return options.command(options)
    except (Failure, LessonError) as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
        return 130


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(
        prog="python -m helpers",
        description="The workbook's commands; the local AWS region has its own: python -m helpers.region",
    )
    commands = top.add_subparsers(title="commands", metavar="COMMAND", required=True)

    def command(name: str, function, text: str) -> argparse.ArgumentParser:
        added = commands.add_parser(name, help=text, description=text)
        added.set_defaults(command=function)
        return added

    building = command("build", build, "Write the notebooks from notebooks/source.")
    building.add_argument("--check", action="store_true", help="write nothing; fail if one is out of step")
    return top


def build(options: argparse.Namespace) -> int:
    from helpers.tools import build as tool

    if options.check:
        stale = [path.relative_to(WORKBOOK).as_posix() for path in tool.stale()]
        if stale:
            raise Failure(
                "Out of step with notebooks/source: " + ", ".join(stale) + ".\n"
                "Change the source, never the notebook; then: python -m helpers build "
                "(and remove a notebook whose lesson is gone)."
            )
        print("The notebooks are in step with their sources.")
        return 0
    for path in tool.build():
        print(f"wrote {path.relative_to(WORKBOOK).as_posix()}")
    return 0
