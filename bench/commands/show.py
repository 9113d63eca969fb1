"""The commands that show what there is: `list`, `show` and `table`."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Annotated

import typer

import problems

from .. import UsageError, escape, formats, listing, plan, run_folder, show, tables, terminal
from ..options import Backends, Folder, RunFolder, Timeout
from .common import finish, select, show_tables, untimed, verdict

BESIDE = {None: "{}", "md": "{}\n", "latex": "% {}", "html": "<!-- {} -->"}
"""How a line about the run stands above its tables in each format."""


def register(app: typer.Typer) -> None:
    app.command("list", epilog="Example: gradmark list")(list_all)
    app.command("show", epilog="Example: gradmark show xor_mlp:textbook --operation gradient_descent --json")(
        show_values
    )
    app.command("table", epilog="Example: gradmark table results/curated --format latex > tables.tex")(table)


def list_all(problems_folder: Folder = None) -> None:
    """List problems, instances and operations, and backends, variants and what is missing here."""
    if problems_folder:
        problems.add_folder(Path(problems_folder).resolve())
    for name in problems.names():
        plan.load_problem(name)
    for table in (listing.of_problems(), listing.of_backends()):
        terminal.print_table(table)


def show_values(
    case: Annotated[str, typer.Argument(metavar="PROBLEM:INSTANCE")],
    backend: Backends = None,
    operation: Annotated[str, typer.Option()] = "gradient",
    dtype: Annotated[str, typer.Option()] = "float64",
    device: Annotated[str, typer.Option()] = "cpu",
    problems_folder: Folder = None,
    timeout: Timeout = None,
    json: Annotated[bool, typer.Option("--json", help="All numbers, in full precision.")] = False,
) -> None:
    """Print the computed values of a case side by side, one column per backend."""
    if ":" not in case:
        raise UsageError(f"{case}: expected PROBLEM:INSTANCE, for example linear_regression:textbook")
    chosen = select([case], backend, [operation], [dtype], [device], None, "standard", problems_folder)
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        stopped = finish(chosen, untimed(folder, "standard", timeout, values=True))
        content = show.collect(chosen, folder)
        if json:
            print(show.to_json(content))
        else:
            terminal.print_table(show.to_table(content))
        raise typer.Exit(stopped or verdict(folder))


def table(
    folder: RunFolder,
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
        plan.known("format", form, [*formats.FORMATS, "csv"])
    if (into and form) or (form == "csv" and kind):
        raise UsageError(
            "--into splices Markdown and --format csv prints all rows: leave out --format, or --into and --kind"
        )
    rows = tables.load(Path(folder))
    if rows.empty:
        raise UsageError(
            f"{folder}: no rows in its journal; nothing was measured, or it was interrupted before the first cell"
        )
    about = run_folder.heading(Path(folder), rows)
    rows = tables.only(rows, problem=problem, operation=operation, dtype=dtype)
    if form == "csv":
        print(formats.render(rows, "csv"), end="")
        return
    found = tables.of_kinds(rows, kind or [])
    if not into:
        for line in about:
            print(BESIDE[form].format(escape.printable(line)))
    show_tables(found, form, into, "table")
