"""A run as a person sees it: a bar on a terminal, plain lines elsewhere, and Ctrl-C or a signal, which stops it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from ..machine.endings import interrupt_once
from ..plan.cell import is_expected
from ..plan.selection import Plan
from ..rows.row import Row
from ..text.escape import printable
from ..text.message import say
from ..text.terminal import err
from ..text.units import format_bytes, format_duration, format_error
from .folder import Run, reserve_released_on_error
from .orchestrator import Stopped, execute_plan


def row_line(row: Row, reasons: bool = True) -> str:
    """One row as a line of text. reasons: whether it ends with why the row is not ok."""
    peak = format_bytes(row.peak_memory_bytes) if row.peak_memory_bytes is not None else "-"
    time = format_duration(row.median_s) or peak
    detail = f"error {format_error(row.error_relative)}" if row.status == "ok" else row.reason if reasons else ""
    return printable(f"{row.status:<11} {time:>9}  {row.cell.name}  {detail}".rstrip())


def print_row(row: Row, reasons: bool = True) -> None:
    print(row_line(row, reasons), file=sys.stderr, flush=True)


@contextmanager
def report_progress(run: Run, total: int, *, quiet: bool = False) -> Iterator[None]:
    """Report the run's rows: a line per row, or on a terminal a bar, with lines for failures only.

    quiet: failures only, which are rows with another status than the expected one.
    """
    if quiet:
        run.tell = lambda row: None if is_expected(row.cell, row.status) else print_row(row, run.reasons)
        yield
        return
    if not err.is_terminal:
        run.tell = lambda row: print_row(row, run.reasons)
        yield
        return
    columns = (BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(), TextColumn("{task.description}", markup=False))
    with Progress(*columns, console=err, transient=True) as bar:
        task = bar.add_task("", total=total)

        def tell(row: Row) -> None:
            bar.advance(task)
            if not is_expected(row.cell, row.status):
                bar.console.print(row_line(row, run.reasons), markup=False, highlight=False)

        run.tell = tell
        run.working = lambda what: bar.update(task, description=what)
        yield


def execute_run(chosen: Plan, run: Run, quiet: bool = False) -> int:
    """Execute the run under a progress display; 0 if it ran to its end, else the exit status that this deserves."""
    total = len(chosen.cells) * run.repeats + len(chosen.absent)
    try:
        with reserve_released_on_error(run.folder), interrupt_once(), report_progress(run, total, quiet=quiet):
            execute_plan(chosen, run)
    except KeyboardInterrupt:
        say("interrupted; the run folder holds what was measured")
        return 130
    except Stopped as reason:
        say(f"{reason}; the journal holds what was measured until then")
        return 1
    return 0
