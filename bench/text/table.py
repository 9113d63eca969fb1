"""A table of text, and its forms: on a terminal, Markdown (in a document, too), HTML and LaTeX."""

from __future__ import annotations

import html
import re
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.table import Table as RichTable

from .. import UsageError
from .escape import escape_latex, escape_markdown

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


def with_best_in_bold(table: Table, safe: Callable[[str], str], bold: str) -> tuple[pd.DataFrame, list[str]]:
    """The body with the fastest in `bold`, a text with {} in it, instead of an asterisk; the notes, which say so."""
    body = map_texts(table, safe)
    for row, column in table.best:
        place = safe(row), safe(column)
        body.loc[place] = bold.format(str(body.loc[place]).replace("*", ""))
    return body, [safe(note.replace("* fastest", "bold: fastest")) for note in table.notes]


def to_markdown(table: Table) -> str:
    body, notes = with_best_in_bold(table, escape_markdown, "**{}**")
    body.index.name = table.body.index.name
    text = [
        f"### {escape_markdown(table.title)}",
        body.to_markdown(disable_numparse=True),
        *(f"- {note}" for note in notes),
    ]
    return "\n\n".join(text[:2]) + "\n" + "".join(f"\n{note}" for note in text[2:]) + "\n"


def to_html(table: Table) -> str:
    notes = "".join(f"<li>{html.escape(note)}</li>" for note in table.notes)
    return f"<h3>{html.escape(table.title)}</h3>\n{table.body.to_html(border=0)}\n<ul>{notes}</ul>\n"


def to_latex(table: Table) -> str:
    body, notes = with_best_in_bold(table, escape_latex, r"\textbf{{{}}}")
    name = escape_latex(str(table.body.index.name or ""))
    tabular = body.reset_index(names=name).to_latex(index=False, column_format="l" + "r" * len(body.columns))
    lines = (
        r"% needs \usepackage{booktabs}",
        r"\begin{table}[htbp]",
        r"\centering",
        rf"\caption{{{escape_latex(table.title)}}}",
        rf"\label{{tab:{LATEX_LABEL.sub('-', table.title.lower()).strip('-')}}}",
        str(tabular).rstrip(),
        *(r"\par\medskip{\footnotesize\raggedright " + note + r"\par}" for note in notes),
        r"\end{table}",
    )
    return "\n".join(lines) + "\n"


TABLE_FORMATS = {"md": to_markdown, "html": to_html, "latex": to_latex}


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


def splice_into(path: Path, text: str, command: str) -> None:
    """Replace what stands between `<!-- begin: gradmark COMMAND … -->` and `<!-- end -->`.

    Raises UsageError where there is not one such pair.
    """
    if not path.is_file():
        raise UsageError(f"--into {path}: no such file")
    document = path.read_text()
    begin = rf"<!-- begin: gradmark {re.escape(command)}\b[^\n]*-->\n"
    pattern = re.compile(rf"({begin}).*?(<!-- end -->)", re.DOTALL)
    if len(pattern.findall(document)) != 1:
        raise UsageError(
            f"--into {path}: expected one pair of lines <!-- begin: gradmark {command} … --> and <!-- end -->"
        )
    path.write_text(pattern.sub(lambda match: f"{match[1]}{text}{match[2]}", document))


def print_or_splice_tables(
    found: list[Table], form: str | None = None, into: str | None = None, command: str = ""
) -> None:
    """Print the tables, in a format, or splice them into a file, where it names the command."""
    if into:
        splice_into(Path(into), "\n".join(to_markdown(each) for each in found), command)
    elif form:
        print("\n".join(TABLE_FORMATS[form](each) for each in found))
    else:
        for each in found:
            print_table(each)
