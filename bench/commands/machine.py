"""The commands about this machine: `doctor` and `limits`."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Annotated

import pandas as pd
import typer

from ..machine.limits import MachineLimits, default_threads, measured_limits, vector_bytes
from ..plan.cell import DTYPES
from ..plan.selection import Selection, check_selection
from ..text.table import Table, print_table
from ..text.units import format_digits
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
    """Measure memory bandwidth and matrix products here.

    Tables compare with them. Once per machine is enough.
    """
    counts = [positive_number("--threads", text, int) for text in threads or []] or default_threads()
    check_selection(Selection(dtypes=tuple(dtype or ()), threads=tuple(counts)))
    known = measured_limits(counts, dtype or list(DTYPES), again, lambda what: print(what, file=sys.stderr))
    print_table(limits_table(known))


def limits_table(known: MachineLimits) -> Table:
    rows = {
        f"{limit.dtype}, {limit.threads} thread{'s' if limit.threads != 1 else ''}": {
            "read sweep": f"{format_digits(limit.read_bytes_per_s / 1e9)} GB/s",
            "triad": f"{format_digits(limit.triad_bytes_per_s / 1e9)} GB/s",
            "matrix product": f"{format_digits(limit.product_flops_per_s / 1e9)} Gflop/s",
        }
        for limit in known.limits
    }
    body = pd.DataFrame.from_dict(rows, orient="index")
    body.index.name = "dtype and threads"
    return Table(f"Limits of {known.machine}", body, tuple(limits_notes(known)))


def limits_notes(known: MachineLimits) -> Iterator[str]:
    vectors, largest = (f"{size / 2**20:.0f} MiB" for size in (vector_bytes(), known.cache_bytes))
    yield f"best of many rounds; vectors of {vectors}; largest cache {largest}"
    yield "memory limit: the faster of read sweep and triad; gradmark limits --again measures again and keeps the best"
