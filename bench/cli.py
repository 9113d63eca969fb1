"""The command line. Every wrong input ends in one line on standard error and exit status 2.

Exit status 0: every cell has the status that is expected of it. 1: one has not. 2: wrong input. 70: a mistake of gradmark's
own. 130: interrupted.
"""

from __future__ import annotations

import sys
from typing import Annotated

import typer

import backends
import problems

from . import UsageError
from .commands import GROUPS
from .text.escape import printable

EXAMPLES = """\b
Examples:
  gradmark run -p xor_mlp -b jax_grad -b torch_autograd/compile
  gradmark check -p logistic_regression --dtype float32
  gradmark show xor_mlp:textbook --operation gradient_descent --json
"""

app = typer.Typer(
    help="Which way of getting derivatives is right, and which is fast; every backend is checked before it is timed.",
    epilog=EXAMPLES,
    context_settings={"max_content_width": 120, "help_option_names": ["-h", "--help"]},
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    add_completion=True,
)


def main() -> None:
    """Run the command line and exit. With --debug, wherever it stands, an error ends in its traceback."""
    arguments = [argument for argument in sys.argv[1:] if argument != "--debug"]
    if len(arguments) < len(sys.argv) - 1:
        sys.exit(run_command(arguments))
    try:
        sys.exit(run_command(arguments))
    except UsageError as error:
        stop_with(str(error), 2)
    except (problems.ProblemError, backends.BackendError) as error:
        stop_with(str(error), 2)
    except (KeyboardInterrupt, typer.Abort):
        stop_with("interrupted", 130)
    except Exception as error:
        if hasattr(error, "format_message"):  # typer's own complaints about the command line have it
            stop_with(error.format_message(), 2)
        stop_with(f"a mistake of gradmark's own: {type(error).__name__}: {error}; --debug shows where", 70)


def run_command(arguments: list[str]) -> int:
    """The exit status of a command."""
    return app(spread_threads(arguments) or ["--help"], prog_name="gradmark", standalone_mode=False) or 0


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
    print(f"gradmark: {printable(' '.join(message.split()))}", file=sys.stderr)
    sys.exit(status)


@app.callback()
def common_options(
    debug: Annotated[
        bool, typer.Option("--debug", help="Show the traceback of an error; anywhere on the line.")
    ] = False,
) -> None:
    """Which way of getting derivatives is right, and which is fast: six backends, checked before they are timed."""


for group in GROUPS:
    group.register(app)
