"""Tables as text: Markdown, HTML, LaTeX, and the rows of a run as CSV."""

from __future__ import annotations

import html
import re
from collections.abc import Callable

import pandas as pd

from . import escape
from .table import Table
from .tables import all_tables

LABEL = re.compile("[^a-z0-9]+")  # what a label in LaTeX is better without


def mapped(table: Table, safe: Callable[[str], str]) -> pd.DataFrame:
    """The table's body with `safe` applied to every cell and label."""
    body = table.body.map(lambda cell: safe(str(cell)))
    return body.set_axis(body.index.map(safe), axis=0).set_axis(body.columns.map(safe), axis=1)


def emphasised(table: Table, safe: Callable[[str], str], bold: str) -> tuple[pd.DataFrame, list[str]]:
    """The body with the fastest in `bold`, a text with {} in it, instead of an asterisk; the notes, which say so."""
    body = mapped(table, safe)
    for row, column in table.best:
        place = safe(row), safe(column)
        body.loc[place] = bold.format(str(body.loc[place]).replace("*", ""))
    return body, [safe(note.replace("* fastest", "bold: fastest")) for note in table.notes]


def to_markdown(table: Table) -> str:
    body, notes = emphasised(table, escape.markdown, "**{}**")
    body.index.name = table.body.index.name
    text = [
        f"### {escape.markdown(table.title)}",
        body.to_markdown(disable_numparse=True),
        *(f"- {note}" for note in notes),
    ]
    return "\n\n".join(text[:2]) + "\n" + "".join(f"\n{note}" for note in text[2:]) + "\n"


def to_html(table: Table) -> str:
    notes = "".join(f"<li>{html.escape(note)}</li>" for note in table.notes)
    return f"<h3>{html.escape(table.title)}</h3>\n{table.body.to_html(border=0)}\n<ul>{notes}</ul>\n"


def to_latex(table: Table) -> str:
    body, notes = emphasised(table, escape.latex, r"\textbf{{{}}}")
    name = escape.latex(str(table.body.index.name or ""))
    tabular = body.reset_index(names=name).to_latex(index=False, column_format="l" + "r" * len(body.columns))
    lines = (
        r"% needs \usepackage{booktabs}",
        r"\begin{table}[htbp]",
        r"\centering",
        rf"\caption{{{escape.latex(table.title)}}}",
        rf"\label{{tab:{LABEL.sub('-', table.title.lower()).strip('-')}}}",
        str(tabular).rstrip(),
        *(r"\par\medskip{\footnotesize\raggedright " + note + r"\par}" for note in notes),
        r"\end{table}",
    )
    return "\n".join(lines) + "\n"


def tidy(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows for `measurements.csv`: everything but the single samples."""
    texts = {name: rows[name].map(escape.spreadsheet) for name in ("key", "run", "reason")}
    warnings = rows["warnings"].map("; ".join).map(escape.spreadsheet)
    return rows.drop(columns=["samples_s", "method"]).assign(**texts, warnings=warnings)


FORMATS = {"md": to_markdown, "html": to_html, "latex": to_latex}


def render(rows: pd.DataFrame, form: str) -> str:
    """All tables of a run as text; `csv` is the tidy form, one line per cell and repeat."""
    if form == "csv":
        return str(tidy(rows).to_csv(index=False))
    return "\n".join(FORMATS[form](table) for table in all_tables(rows))
