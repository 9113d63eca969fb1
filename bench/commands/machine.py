"""The commands about this machine: `doctor` and `limits`."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from ..machine.limits import default_threads, measured_limits
from ..plan.cell import DTYPES
from ..plan.selection import Selection, check_selection
from ..tables.limits import limits_table
from ..text.terminal import print_table
from .doctor import backend_probe_table, machine_table
from .options import DtypeOption, ThreadsOption, positive_number


def register(app: typer.Typer) -> None:
    app.command("doctor", epilog="Example: gradmark doctor")(show_doctor)
    app.command("limits", epilog="Example: gradmark limits --threads 1 --threads 2 --dtype float64")(show_limits)


def show_doctor() -> None:
    """Tell what is installed, the devices and threads, and what would make measurements better here."""
    for each in (machine_table(), backend_probe_table()):
        print_table(each)


def show_limits(
    threads: ThreadsOption = None,
    dtype: DtypeOption = None,
    again: Annotated[bool, typer.Option("--again", help="Measure what is known already, too.")] = False,
) -> None:
    """Measure this machine's memory bandwidth and matrix products, which tables compare with; once per machine."""
    counts = [positive_number("--threads", text, int) for text in threads or []] or default_threads()
    check_selection(Selection(dtypes=tuple(dtype or ()), threads=tuple(counts)))
    known = measured_limits(counts, dtype or list(DTYPES), again, lambda what: print(what, file=sys.stderr))
    print_table(limits_table(known))
