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
from .options import SelectionOptions, positive_number, takes_selection


def register(app: typer.Typer) -> None:
    app.command("doctor", epilog="Example: gradmark doctor")(show_doctor)
    app.command("limits", epilog="Example: gradmark limits --threads 1 --threads 2 --dtype float64")(show_limits)


@takes_selection("backends_folder")
def show_doctor(selection: SelectionOptions) -> None:
    """Show this machine and its backends. Says what would improve measurements."""
    selection.add_folders()
    for each in (machine_table(), backend_probe_table()):
        print_table(each)


def show_limits(
    threads: Annotated[
        list[str] | None, typer.Option(metavar="N", help="Default: 1, 2, 4 … and all CPUs; repeatable.")
    ] = None,
    dtype: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="float64 or float32; default both; repeatable.")
    ] = None,
    again: Annotated[bool, typer.Option("--again", help="Measure again what is known.")] = False,
) -> None:
    """Measure this machine's memory bandwidth and matrix products.

    Tables compare with them. Once per machine is enough.
    """
    counts = [positive_number("--threads", text, int) for text in threads or []] or default_threads()
    check_selection(Selection(dtypes=tuple(dtype or ()), threads=tuple(counts)))
    known = measured_limits(counts, dtype or list(DTYPES), again, lambda what: print(what, file=sys.stderr))
    print_table(limits_table(known))
