"""The workbook's command line: words and exit codes. A command's work is in the module of its name.

Those modules are imported by the command that needs them: `--help` and a clear word about a package that is not
installed come first.
"""

import argparse
import os
import subprocess
import sys

from helpers.notebooks import LOCALES, WORKBOOK, LessonError
from helpers.tools import Failure
from helpers.tools.installed import require_installed

# A file's tests stay together: they share a region, a browser. Much of their time is waiting.
SIDE_BY_SIDE = ["--numprocesses=auto", "--maxprocesses=4", "--dist=loadfile"]


def main(arguments: list[str] | None = None) -> int:
    """Runs one command; returns the exit code: 0 done, 1 failed and said why, 2 not understood, 130 stopped."""
    arguments = sys.argv[1:] if arguments is None else arguments
    own, passed_on = _split(arguments)
    top = parser()
    options = top.parse_args(own)
    if passed_on and not options.takes_more:
        top.error(f"nothing can be passed on after -- to this command: {' '.join(passed_on)}")
    options.passed_on = passed_on
    try:
        return options.command(options)
    except (Failure, LessonError) as error:
        print(error, file=sys.stderr)
        return 1
    except PermissionError as error:
        print(
            f"{error.filename or 'The workbook'} cannot be written ({error.strerror}). "
            "Copy the workbook to a folder of yours and work there.",
            file=sys.stderr,
        )
        return 1
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
        return 130


def _split(arguments: list[str]) -> tuple[list[str], list[str]]:
    """Our own arguments, and those after `--` for the program that the command starts."""
    at = arguments.index("--") if "--" in arguments else len(arguments)
    return arguments[:at], arguments[at + 1 :]


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(
        prog="python -m helpers",
        description="The workbook's commands. The local AWS region has its own: python -m helpers.region --help",
    )
    commands = top.add_subparsers(title="commands", metavar="COMMAND", required=True)

    def command(name: str, function, text: str, takes_more: str = "") -> argparse.ArgumentParser:
        epilog = f"After -- : {takes_more}" if takes_more else None
        added = commands.add_parser(name, help=text, description=text, epilog=epilog)
        added.set_defaults(command=function, takes_more=bool(takes_more))
        return added

    locales = {"choices": LOCALES, "help": "language; without it, that of your system, or else English"}

    one = command("lab", lab, "Open the lessons in JupyterLab.", "options of JupyterLab, such as --port=9999")
    one.add_argument("--locale", **locales)
    one.add_argument("--no-browser", action="store_true", help="open no page, only print its address")

    one = command("run", run, "Run the lessons with their solutions; reports go to build/run.")
    one.add_argument(
        "--lesson", action="append", default=[], help="only these, as in 05 or 04,05; may be repeated"
    )
    one.add_argument("--locale", **locales)
    one.add_argument("--target", help="local, aws, or the URL of an endpoint")
    one.add_argument("--prefix", help="in front of every name that is made")
    one.add_argument("--stop-on-failure", action="store_true", help="do not go on after a lesson that failed")

    one = command(
        "test",
        test,
        "Check style, notebooks and lock, then run the tests.",
        "options of pytest, such as -k shard",
    )
    one.add_argument(
        "--foreign",
        action="store_true",
        help="instead, run the lessons against ministack, which is installed",
    )

    one = command(
        "bench", bench, "Measure the region beside ministack; the numbers go to build/bench.json too."
    )
    one.add_argument("--runs", type=int, default=3, help="how often each line is measured (3)")
    one.add_argument(
        "--only", action="append", default=[], help="only the lines that contain this; may be repeated"
    )
    one.add_argument(
        "--alone", action="store_true", help="our region alone: nothing else is installed or run"
    )

    one = command(
        "soak",
        soak,
        "Vote through the whole pipeline for a while, and say whether the region stays what it was.",
    )
    one.add_argument("--minutes", type=float, default=30, help="for how long (30)")
    one.add_argument("--rate", type=float, default=50, help="votes a second (50)")

    one = command("build", build, "Write the notebooks from notebooks/source.")
    one.add_argument("--check", action="store_true", help="write nothing; fail if a notebook is out of step")

    one = command("lock", lock, "Compile requirements.lock from the names in environment.yml.")
    one.add_argument(
        "--upgrade", action="store_true", help="to the newest versions, instead of keeping the pins"
    )
    one.add_argument("--check", action="store_true", help="write nothing; fail if a name is not pinned")
    return top


def lab(options: argparse.Namespace) -> int:
    require_installed()
    from helpers.tools.lab import open_lab, system_locale

    browser = ["--no-browser"] if options.no_browser else []
    open_lab(options.locale or system_locale(), browser + options.passed_on)
    return 0


def run(options: argparse.Namespace) -> int:
    require_installed()
    from helpers.tools.lab import system_locale
    from helpers.tools.run import lessons_named, run_folder, run_lessons

    slugs = lessons_named([name for names in options.lesson for name in names.split(",")])
    locale = options.locale or system_locale()
    given = {"target": options.target, "prefix": options.prefix}
    parameters = {name: value for name, value in given.items() if value}
    failures = run_lessons(slugs, locale, parameters, options.stop_on_failure)
    told = f"{len(failures)} failed" if failures else "Every lesson ran"
    print(f"{told}. Reports: {run_folder(locale)}")
    return 1 if failures else 0


def test(options: argparse.Namespace) -> int:
    require_installed()
    if options.foreign:
        return foreign(options)
    for module, arguments in (
        ("ruff", ["check"]),
        ("ruff", ["format", "--check"]),
        ("helpers", ["build", "--check"]),
        ("helpers", ["lock", "--check"]),
        ("pytest", [*SIDE_BY_SIDE, *options.passed_on]),
    ):
        print(f"$ {module} {' '.join(arguments)}", flush=True)
        code = subprocess.run([sys.executable, "-m", module, *arguments], cwd=WORKBOOK).returncode
        if code:
            raise Failure(f"{module} {' '.join(arguments)}: failed, see above.")
    return 0


def bench(options: argparse.Namespace) -> int:
    require_installed()
    from helpers.tools import bench as tool
    from helpers.tools.bench.servers import Ministack, OurRegion

    print(tool.bench([OurRegion] if options.alone else [OurRegion, Ministack], options.runs, options.only))
    print(f"Every value: {tool.REPORT}")
    return 0


def foreign(options: argparse.Namespace) -> int:
    from helpers.tools.foreign import VARIABLE, ministack

    pytest = [sys.executable, "-m", "pytest", "tests/notebooks/test_foreign.py", *options.passed_on]
    environment = {**os.environ, VARIABLE: str(ministack())}
    if subprocess.run(pytest, cwd=WORKBOOK, env=environment).returncode:
        raise Failure("The lessons did not go as far on ministack as the table in test_foreign.py says.")
    return 0


def soak(options: argparse.Namespace) -> int:
    require_installed()
    from helpers.tools import soak as tool

    tool.soak(options.minutes, options.rate)
    return 0


def build(options: argparse.Namespace) -> int:
    from helpers.tools import build as tool

    if options.check:
        stale = [path.relative_to(WORKBOOK).as_posix() for path in tool.stale()]
        if stale:
            raise Failure(
                f"Out of step with notebooks/source: {', '.join(stale)}.\n"
                "Change the source, never the notebook; then: python -m helpers build\n"
                "A notebook whose lesson is gone: remove it."
            )
        print("The notebooks are in step with their sources.")
        return 0
    for path in tool.build():
        print(f"wrote {path.relative_to(WORKBOOK).as_posix()}")
    return 0


def lock(options: argparse.Namespace) -> int:
    from helpers.tools import lock as tool

    if not options.check:
        tool.compile_lock(options.upgrade)
        print("requirements.lock is compiled.")
    unpinned = tool.unpinned()
    if unpinned:
        raise Failure(
            f"environment.yml names what requirements.lock does not pin: {', '.join(unpinned)}.\n"
            "Compile it: python -m helpers lock"
        )
    return 0
