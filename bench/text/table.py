"""A table of text, and its forms: on a terminal, Markdown (in a document, too), HTML and LaTeX."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table as RichTable
from rich.text import Text

from .escape import escape_html, escape_latex, escape_markdown, escape_markdown_line, printable

CellRow = Mapping[str, Any]
"""A cell of a table: column → value, as `cells_frame` makes them; a dict, as a pandas row costs a hundred times that."""


@dataclass(frozen=True)
class Table:
    """A titled table of text with notes under it. best: the (row, column) labels of the fastest; numeric: of numbers."""

    title: str
    body: pd.DataFrame
    notes: tuple[str, ...] = ()
    best: frozenset[tuple[str, str]] = frozenset()
    numeric: bool = True


LATEX_LABEL = re.compile("[^a-z0-9]+")  # what a label in LaTeX is better without


def map_texts(table: Table, safe: Callable[[str], str]) -> pd.DataFrame:
    """The table's body with `safe` applied to every cell and label."""
    body = table.body.map(lambda cell: safe(str(cell)))
    return body.set_axis(body.index.map(safe), axis=0).set_axis(body.columns.map(safe), axis=1)


def with_best_in_bold(table: Table, safe: Callable[[str], str], bold: str) -> pd.DataFrame:
    """The body with the fastest in `bold`, a text with {} in it, instead of an asterisk; `notes_on_bold` say so."""
    body = map_texts(table, safe)
    for row, column in table.best:
        place = safe(row), safe(column)
        body.loc[place] = bold.format(str(body.loc[place]).replace("*", ""))
    return body


def notes_on_bold(table: Table) -> list[str]:
    return [note.replace("* fastest", "bold: fastest") for note in table.notes]


def to_markdown(table: Table) -> str:
    body = with_best_in_bold(table, escape_markdown, "**{}**")
    body.index.name = escape_markdown(str(table.body.index.name or ""))
    text = [
        f"### {escape_markdown(table.title)}",
        body.to_markdown(disable_numparse=True),
        *(f"- {escape_markdown_line(note)}" for note in notes_on_bold(table)),
    ]
    return "\n\n".join(text[:2]) + "\n" + "".join(f"\n{note}" for note in text[2:]) + "\n"


def to_html(table: Table) -> str:
    body = map_texts(table, escape_html)
    body.index.name = escape_html(str(table.body.index.name or ""))
    notes = "".join(f"<li>{escape_html(note)}</li>" for note in table.notes)
    with pd.option_context("display.max_colwidth", None):
        rows = body.to_html(border=0, escape=False)
    return f"<h3>{escape_html(table.title)}</h3>\n{rows}\n<ul>{notes}</ul>\n"


def to_latex(table: Table) -> str:
    body = with_best_in_bold(table, escape_latex, r"\textbf{{{}}}")
    name = escape_latex(str(table.body.index.name or ""))
    tabular = body.reset_index(names=name).to_latex(index=False, column_format="l" + "r" * len(body.columns))
    lines = (
        r"% needs \usepackage{booktabs}",
        r"\begin{table}[htbp]",
        r"\centering",
        rf"\caption{{{escape_latex(table.title)}}}",
        rf"\label{{tab:{LATEX_LABEL.sub('-', table.title.lower()).strip('-')}}}",
        str(tabular).rstrip(),
        *(rf"\par\medskip{{\footnotesize\raggedright {escape_latex(note)}\par}}" for note in notes_on_bold(table)),
        r"\end{table}",
    )
    return "\n".join(lines) + "\n"


TABLE_FORMATS = {"md": to_markdown, "html": to_html, "latex": to_latex}


PIPE_WIDTH = 200  # where there is no terminal to fit

out = Console(width=None if sys.stdout.isatty() else PIPE_WIDTH)
err = Console(stderr=True)


def print_table(table: Table) -> None:
    """A table on standard output, the fastest in bold; wider than the terminal, it goes on below itself."""
    out.print(shown(table.title, "bold"))
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
        out.print(shown(f"  {note}"), style="dim", soft_wrap=True)
    out.print()


def column_width(table: Table, column: str) -> int:
    return max([len(column), *(len(str(cell)) for cell in table.body[column])]) + 3


def rich_table(table: Table, columns: list[str]) -> RichTable:
    drawn = RichTable(box=SIMPLE_HEAD)
    drawn.add_column(shown(table.body.index.name or ""), no_wrap=True)
    for column in columns:
        drawn.add_column(shown(column), justify="right" if table.numeric else "left")
    for label, row in table.body[columns].iterrows():
        best = [shown(row[c], "bold green" if (label, c) in table.best else "") for c in columns]
        drawn.add_row(shown(label), *best)
    return drawn


def shown(text: Any, style: str = "") -> Text:
    """A text in which nothing is obeyed, by the terminal or by rich."""
    return Text(printable(str(text)), style)
