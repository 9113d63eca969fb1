"""Tables as Markdown, HTML, LaTeX and CSV."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from bench.tables.frame import rows_frame
from bench.tables.run_tables import render_rows
from bench.text.escape import escape_latex
from tests.bench.made_rows import HOSTILE, ROWS, row


def test_every_format_holds_every_number():
    frame = rows_frame(ROWS)
    for form in ("md", "html", "latex"):
        text = render_rows(frame, form)
        assert "2.0" in text
        assert "0.50" in text
    assert render_rows(frame, "csv").count("\n") == len(ROWS) + 1


def test_latex_has_what_a_paper_needs():
    first = render_rows(rows_frame(ROWS), "latex").split("\n\n")[0]
    lines = first.splitlines()
    assert lines[:3] == [r"% needs \usepackage{booktabs}", r"\begin{table}[htbp]", r"\centering"]
    assert any(line.startswith(r"\label{tab:time-") for line in lines)
    assert lines[lines.index(r"\toprule") + 1].startswith("backend/variant & ")
    assert lines[lines.index(r"\toprule") + 2] == r"\midrule"
    assert r"\textbf{" in first
    assert "bold: fastest" in first


def test_html_is_escaped():
    assert "&lt;half&gt;" in render_rows(rows_frame(ROWS), "html")


@pytest.fixture
def hostile():
    return rows_frame([replace(row(status="error", median_s=None, reason=HOSTILE), run="=cmd()")])


@pytest.mark.parametrize("form", ["md", "html", "latex", "csv"])
def test_nothing_in_a_text_from_elsewhere_reaches_a_terminal_or_breaks_a_line(hostile, form):
    text = render_rows(hostile, form)
    assert all(line.isprintable() for line in text.split("\n"))
    assert r"\x1b" in text or r"x1b" in text
    text.encode()


def test_each_format_shows_markup_as_text(hostile):
    assert "<script>" not in render_rows(hostile, "md") + render_rows(hostile, "html")
    assert r"\[x\](javascript:1)" in render_rows(hostile, "md")
    assert ",'=cmd()," in render_rows(hostile, "csv")
    latex = render_rows(hostile, "latex")
    assert r"\textbackslash{}n\textbackslash{}input\{/etc/passwd\}" in latex
    assert r"\input" not in latex


def test_latex_escapes_every_sign_that_means_something():

    assert escape_latex(r"\x{1}$%_&#^~<") == (
        r"\textbackslash{}x\{1\}\$\%\_\&\#\textasciicircum{}\textasciitilde{}\textless{}"
    )


def test_markdown_marks_the_fastest_in_bold():
    assert "**1.0 µs (0.50×)**" in render_rows(rows_frame(ROWS), "md")
