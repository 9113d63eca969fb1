"""The command line. Every wrong input ends in one line on standard error and exit status 2.

Exit status 0: every cell has its expected status. 1: some cell has another, or a file could not be written. 2: wrong
input. 70: internal error. 130: interrupted.
"""

from __future__ import annotations

import os
import sys

import typer

import backends
import problems

from . import UsageError
from .commands.app import app
from .machine.endings import ending_as_interrupt
from .run.folder import newest_runs
from .text.message import say
from .text.streams import OutputLost, guard_streams


def main() -> None:
    """Run the command line and exit. With --debug, wherever it stands, an error ends in its traceback."""
    guard_streams()
    arguments = [argument for argument in sys.argv[1:] if argument != "--debug"]
    if len(arguments) < len(sys.argv) - 1:
        sys.exit(run_command(arguments))
    try:
        with ending_as_interrupt():
            sys.exit(run_command(arguments))
    except OutputLost as error:
        stop_with(str(error), 1)
    except (UsageError, problems.ProblemError, backends.BackendError) as error:
        stop_with(str(error), 2)
    except (KeyboardInterrupt, typer.Abort):
        stop_with("interrupted", 130)
    except OSError as error:
        where = f"{error.filename}: " if isinstance(error.filename, str | os.PathLike) else ""
        stop_with(f"{where}{error.strerror or error}", 1)
    except Exception as error:
        if hasattr(error, "format_message"):  # typer's own complaints about the command line have it
            stop_with(complaint(error.format_message()), 2)
        stop_with(f"internal error: {type(error).__name__}: {error}; add --debug for the traceback", 70)


def complaint(message: str) -> str:
    """What typer says; where it misses a run, also which there are."""
    if not message.startswith("Missing argument 'RUN"):
        return message
    runs = newest_runs()
    there_are = f"the newest are {', '.join(runs)}" if runs else "there is none under results/; type: gradmark run"
    return f"{message.rstrip('.')}: expected a run folder; {there_are}"


def run_command(arguments: list[str]) -> int:
    """The exit status of a command. Raises OutputLost where its output could not be written."""
    refuse_empty(arguments)
    status = app(spread_threads(arguments) or ["--help"], prog_name="gradmark", standalone_mode=False) or 0
    sys.stdout.flush()
    return int(status)


def refuse_empty(arguments: list[str]) -> None:
    """Raise UsageError for an option or an argument without a value: as a variable that is not set leaves it."""
    for before, argument in zip(["", *arguments], arguments, strict=False):
        option, sign, value = argument.partition("=") if argument.startswith("--") else (before, "=", argument)
        if sign and not value.strip():
            what = option if option.startswith("-") else "an argument"
            raise UsageError(f"{what} '': expected a value; leave {'it' if what == option else 'the quotes'} out")


def spread_threads(arguments: list[str]) -> list[str]:
    """`--threads 1 2` as `--threads 1 --threads 2`, which is what the parser understands."""
    found: list[str] = []
    after = False  # a count after --threads, with nothing else between
    for argument in arguments:
        again = after and argument.isdecimal() and found[-1] != "--threads"
        found += ["--threads", argument] if again else [argument]
        after = argument == "--threads" or (after and argument.isdecimal())
    return found


def stop_with(message: str, status: int) -> None:
    say(" ".join(message.split()))
    sys.exit(status)
