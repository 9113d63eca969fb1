"""Tables on a terminal."""

from __future__ import annotations

import sys

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.table import Table as RichTable

from .table import Table

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
