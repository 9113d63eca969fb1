"""A table of text, and its forms: Markdown, HTML and LaTeX."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from .escape import escape_html, escape_latex, escape_markdown, escape_markdown_line

CellRow = Mapping[str, Any]
"""A cell of a table: column → value, as `cells_frame` makes them; a dict, as a pandas row costs a hundred times that."""


@dataclass(frozen=True)
class Table:
    """A titled table of text with notes under it. best: the (row, column) labels of the fastest; numeric: of numbers.

    least: the columns that a narrow terminal does without, the least important first. A table that names none, and is of
    numbers, goes on below itself.
    """

    title: str
    body: pd.DataFrame
    notes: tuple[str, ...] = ()
    best: frozenset[tuple[str, str]] = frozenset()
    numeric: bool = True
    least: tuple[str, ...] = ()


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
