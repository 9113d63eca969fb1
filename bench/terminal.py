"""What a person sees: progress and tables on a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table as RichTable

from . import units
from .escape import printable
from .journal import Row
from .orchestrator import Run
from .plan import is_expected
from .tables import Table

PIPE_WIDTH = 200  # where there is no terminal to fit

out = Console(width=None if sys.stdout.isatty() else PIPE_WIDTH)
err = Console(stderr=True)


def print_table(table: Table) -> None:
    """A table on standard output, the fastest in bold; wider than the terminal, it goes on below itself."""
    out.print(table.title, style="bold", markup=False, highlight=False)
    width = max([len(str(label)) for label in table.body.index] + [15]) + 4
    columns = list(table.body.columns)
    while columns:
        part: list[str] = []
        used = width
        while columns and (not part or used + column_width(table, columns[0]) <= out.width):
            used += column_width(table, columns[0])
            part.append(columns.pop(0))
        out.print(rich_table(table, part))
    for note in table.notes:
        out.print(f"  {escape(note)}", style="dim", highlight=False, soft_wrap=True)
    out.print()


def column_width(table: Table, column: str) -> int:
    return max([len(column), *(len(str(cell)) for cell in table.body[column])]) + 3


def rich_table(table: Table, columns: list[str]) -> RichTable:
    shown = RichTable(box=SIMPLE_HEAD)
    shown.add_column(str(table.body.index.name or ""), no_wrap=True)
    for column in columns:
        shown.add_column(escape(str(column)), justify="right" if table.numeric else "left")
    for label, row in table.body[columns].iterrows():
        best = [
            f"[bold green]{escape(str(row[c]))}[/]" if (label, c) in table.best else escape(str(row[c]))
            for c in columns
        ]
        shown.add_row(escape(str(label)), *best)
    return shown


def line(row: Row) -> str:
    """One row as a line of text."""
    peak = units.size(row.peak_memory_bytes) if row.peak_memory_bytes is not None else "-"
    time = units.duration(row.median_s) or peak
    detail = f"error {units.error(row.error_relative)}" if row.status == "ok" else row.reason
    return printable(f"{row.status:<11} {time:>9}  {row.cell.name}  {detail}")


@contextmanager
def progress(run: Run, total: int, *, quiet: bool = False) -> Iterator[None]:
    """Report the run's rows: a bar with the current cell and the time left on a terminal, a line per row elsewhere.

    quiet: only rows whose status is not the expected one.
    """
    if quiet:
        run.tell = lambda row: None if is_expected(row.cell, row.status) else print(line(row), file=sys.stderr)
        yield
        return
    if not err.is_terminal:
        run.tell = lambda row: print(line(row), file=sys.stderr, flush=True)
        yield
        return
    columns = (
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.description}", markup=False),
    )
    with Progress(*columns, console=err, transient=True) as bar:
        task = bar.add_task("", total=total)

        def tell(row: Row) -> None:
            bar.advance(task)
            if row.status not in ("ok", "omitted", "unavailable", "diverged"):
                bar.console.print(line(row), markup=False, highlight=False)

        run.tell = tell
        run.working = lambda what: bar.update(task, description=what)
        yield
