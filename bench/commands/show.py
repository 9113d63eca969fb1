"""The commands that show what there is: `list`, `show` and `table`."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Annotated

import typer

import problems

from .. import UsageError
from ..plan.selection import load_problem
from ..study.values import collect_values, values_json, values_table
from ..tables.frame import load_rows, select_rows
from ..tables.run_tables import tables_of_kinds
from ..tables.summary import render_rows, run_heading
from ..text.escape import printable
from ..text.names import known_name
from ..text.table import TABLE_FORMATS
from ..text.terminal import print_table
from .common import checking_run, execute_run, exit_status, print_or_splice_tables, selected_plan
from .listing import backends_table, problems_table
from .options import BackendOption, ProblemsFolderOption, RunArgument, TimeoutOption

BESIDE = {None: "{}", "md": "{}\n", "latex": "% {}", "html": "<!-- {} -->"}
"""How a line about the run stands above its tables in each format."""


def register(app: typer.Typer) -> None:
    app.command("list", epilog="Example: gradmark list")(list_all)
    app.command("show", epilog="Example: gradmark show xor_mlp:textbook --operation gradient_descent --json")(
        show_values
    )
    app.command("table", epilog="Example: gradmark table results/curated --format latex > tables.tex")(print_run)


def list_all(problems_folder: ProblemsFolderOption = None) -> None:
    """List problems, instances and operations, and backends, variants and what is missing here."""
    if problems_folder:
        problems.add_folder(Path(problems_folder).resolve())
    for name in problems.names():
        load_problem(name)
    for table in (problems_table(), backends_table()):
        print_table(table)


def show_values(
    case: Annotated[str, typer.Argument(metavar="PROBLEM:INSTANCE")],
    backend: BackendOption = None,
    operation: Annotated[str, typer.Option()] = "gradient",
    dtype: Annotated[str, typer.Option()] = "float64",
    device: Annotated[str, typer.Option()] = "cpu",
    problems_folder: ProblemsFolderOption = None,
    timeout: TimeoutOption = None,
    json: Annotated[bool, typer.Option("--json", help="All numbers, in full precision.")] = False,
) -> None:
    """Print the computed values of a case side by side, one column per backend."""
    if ":" not in case:
        raise UsageError(f"{case}: expected PROBLEM:INSTANCE, for example linear_regression:textbook")
    chosen = selected_plan([case], backend, [operation], [dtype], [device], None, "standard", problems_folder)
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        stopped = execute_run(chosen, checking_run(folder, "standard", timeout, values=True))
        content = collect_values(chosen, folder)
        if json:
            print(values_json(content))
        else:
            print_table(values_table(content))
        raise typer.Exit(stopped or exit_status(folder))


def print_run(
    folder: RunArgument,
    form: Annotated[str | None, typer.Option("--format", help="md, csv, latex or html.")] = None,
    problem: Annotated[list[str] | None, typer.Option("--problem", "-p", help="Only these.")] = None,
    operation: Annotated[list[str] | None, typer.Option(help="Only these.")] = None,
    dtype: Annotated[list[str] | None, typer.Option(help="Only these.")] = None,
    kind: Annotated[
        list[str] | None, typer.Option(help="Only these: time, cost, scaling, memory, accuracy or threads.")
    ] = None,
    into: Annotated[str | None, typer.Option(metavar="FILE", help="Splice into FILE, as Markdown.")] = None,
) -> None:
    """Print the tables of a run again, from its journal."""
    if form:
        known_name("format", form, [*TABLE_FORMATS, "csv"])
    if (into and form) or (form == "csv" and kind):
        raise UsageError(
            "--into splices Markdown and --format csv prints all rows: leave out --format, or --into and --kind"
        )
    rows = load_rows(Path(folder))
    if rows.empty:
        raise UsageError(
            f"{folder}: no rows in its journal; nothing was measured, or it was interrupted before the first cell"
        )
    about = run_heading(Path(folder), rows)
    rows = select_rows(rows, problem=problem, operation=operation, dtype=dtype)
    if form == "csv":
        print(render_rows(rows, "csv"), end="")
        return
    found = tables_of_kinds(rows, kind or [])
    if not into:
        for line in about:
            print(BESIDE[form].format(printable(line)))
    print_or_splice_tables(found, form, into, "table")
