"""The commands about this machine: `doctor` and `limits`."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from .. import doctor, limits, plan, terminal
from ..options import Dtypes, Threads, number


def register(app: typer.Typer) -> None:
    app.command("doctor", epilog="Example: gradmark doctor")(examine)
    app.command("limits", epilog="Example: gradmark limits --threads 1 --threads 2 --dtype float64")(measure_limits)


def examine() -> None:
    """Tell what is installed, the devices and threads, and what would make measurements better here."""
    for each in (doctor.of_machine(), doctor.of_backends()):
        terminal.print_table(each)


def measure_limits(
    threads: Threads = None,
    dtype: Dtypes = None,
    again: Annotated[bool, typer.Option("--again", help="Measure what is known already, too.")] = False,
) -> None:
    """Measure this machine's memory bandwidth and matrix products, which tables compare with; once per machine."""
    counts = [number("--threads", text, int) for text in threads or []] or limits.default_threads()
    plan.check(plan.Selection(dtypes=tuple(dtype or ()), threads=tuple(counts)))
    known = limits.measured(counts, dtype or list(plan.DTYPES), again, lambda what: print(what, file=sys.stderr))
    terminal.print_table(limits.to_table(known))
