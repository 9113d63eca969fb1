"""The commands that show what there is: `list`, `show` and `table`."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import pandas as pd
import typer

import backends
import problems

from .. import UsageError
from ..plan.cell import known_name
from ..plan.selection import chosen_methods, load_problem
from ..study.values import collect_values, values_json, values_table
from ..tables.frame import BASELINE, load_measured_rows, select_rows
from ..tables.run_tables import FASTEST, TimeStyle, render_rows, run_heading, tables_of_kinds
from ..text.table import TABLE_FORMATS, Table
from ..text.terminal import print_table
from ..text.units import TYPED_UNITS
from .options import (
    DtypeFilter,
    IntoOption,
    OperationFilter,
    ProblemFilter,
    RunArgument,
    SelectionOptions,
    TimeoutOption,
    takes_selection,
)
from .output import print_or_splice_tables
from .run import checked_cells


def register(app: typer.Typer) -> None:
    app.command("list", epilog="Example: gradmark list")(list_all)
    app.command("show", epilog="Example: gradmark show xor_mlp:textbook --operation gradient_descent --json")(
        show_values
    )
    app.command("table", epilog="Example: gradmark table results/curated --format latex > tables.tex")(print_run)


@takes_selection("backend", "problems_folder", "backends_folder")
def list_all(selection: SelectionOptions) -> None:
    """List problems and backends. With instances and operations, and with variants; with -b only this backend."""
    selection.add_folders()
    if selection.backend:
        chosen = list(dict.fromkeys(name for name, _ in chosen_methods(selection.backend, everything=True)))
        print_table(backends_table(chosen))
        return
    for name in problems.names():
        load_problem(name)
    for table in (problems_table(), backends_table()):
        print_table(table)


@takes_selection("backend", "problems_folder", "backends_folder")
def show_values(
    case: Annotated[str, typer.Argument(metavar="PROBLEM:INSTANCE", help="Such as linear_regression:textbook.")],
    selection: SelectionOptions,
    operation: Annotated[str, typer.Option(metavar="NAME")] = "gradient",
    dtype: Annotated[str, typer.Option(metavar="NAME")] = "float64",
    device: Annotated[str, typer.Option(metavar="NAME")] = "cpu",
    timeout: TimeoutOption = None,
    json: Annotated[bool, typer.Option("--json", help="Print all numbers as JSON, in full precision.")] = False,
) -> None:
    """Print the values that backends compute, side by side."""
    if ":" not in case:
        raise UsageError(f"{case}: expected PROBLEM:INSTANCE, such as linear_regression:textbook")
    one = replace(selection, problem=[case], operation=[operation], dtype=[dtype], device=[device], profile="standard")
    chosen = one.plan()
    with checked_cells(chosen, "standard", timeout, values=True) as (folder, status):
        content = collect_values(chosen, folder)
        if json:
            print(values_json(content))
        else:
            print_table(values_table(content))
        raise typer.Exit(status)


def print_run(
    folder: RunArgument,
    form: Annotated[str | None, typer.Option("--format", metavar="NAME", help="md, csv, latex or html.")] = None,
    problem: ProblemFilter = None,
    operation: OperationFilter = None,
    dtype: DtypeFilter = None,
    kind: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="time, cost, scaling, memory, accuracy or threads; repeatable."),
    ] = None,
    relative_to: Annotated[
        str | None,
        typer.Option(metavar="NAME", help=f"Ratios of times to this backend/variant, or to the {FASTEST}."),
    ] = None,
    unit: Annotated[str | None, typer.Option(metavar="UNIT", help="Times in ns, us, ms or s.")] = None,
    quantile: Annotated[
        str | None, typer.Option(metavar="Q", help="Times that a share Q of the rounds keeps to, such as 0.9.")
    ] = None,
    into: IntoOption = None,
) -> None:
    """Print the tables of a run again."""
    if form:
        known_name("format", form, [*TABLE_FORMATS, "csv"])
    if (into and form) or (form == "csv" and kind):
        raise UsageError("--format: not with --into, which writes Markdown; --format csv: not with --kind")
    if relative_to or unit or quantile:
        if form == "csv":
            raise UsageError(
                "--format csv: holds every number as it is; leave out --relative-to, --unit and --quantile"
            )
        if kind and "time" not in kind:
            raise UsageError("--relative-to, --unit and --quantile are for the tables of times; add --kind time")
    rows = load_measured_rows(Path(folder))
    about = run_heading(Path(folder), rows)
    rows = select_rows(rows, problem=problem, operation=operation, dtype=dtype)
    if form == "csv":
        print(render_rows(rows, "csv"), end="")
        return
    found = tables_of_kinds(rows, kind or [], time_style(rows, relative_to, unit, quantile))
    print_or_splice_tables(found, form, into, "table", about)


def time_style(rows: pd.DataFrame, relative_to: str | None, unit: str | None, quantile: str | None) -> TimeStyle:
    """What was typed of how times are written. Raises UsageError."""
    present = [*dict.fromkeys(rows["method"]), FASTEST]
    if relative_to and relative_to not in present:
        raise UsageError(problems.unknown("backend/variant in this run", relative_to, present))
    unit = TYPED_UNITS[known_name("unit", unit, tuple(TYPED_UNITS))] if unit else ""
    try:
        share = None if quantile is None else float(quantile)
    except ValueError:
        share = math.nan
    if share is not None and not 0 <= share <= 1:
        raise UsageError(f"--quantile {quantile}: expected a number from 0 to 1, such as 0.9")
    return TimeStyle(relative_to or BASELINE, unit, share)


def problems_table() -> Table:
    """Every instance with its operations; those of the quick profile are marked."""
    rows = {}
    for name in problems.names():
        problem = problems.load(name)
        for instance in problem.instances:
            operations = [f"{o}*" if o in instance.quick else o for o in instance.operations]
            rows[f"{name}:{instance.name}"] = {
                "operations": ", ".join(operations),
                "source": instance.source or "synthetic",
            }
    body = pd.DataFrame.from_dict(rows, orient="index", columns=["operations", "source"]).rename_axis(
        "problem:instance"
    )
    notes = ["* operation of the quick profile; --profile standard runs all operations"]
    for name in problems.names():
        summary = problems.load(name).summary.partition("\n")[0]
        notes.append(f"{name}: {summary}")
    return Table("Problems", body, tuple(notes), numeric=False, least=("source",))


def backends_table(chosen: Sequence[str] = ()) -> Table:
    """Every variant, of the chosen backends or of all: what it does, and why it cannot run here."""
    rows = {}
    notes = []
    for name in chosen or backends.names():
        backend = backends.load(name)
        absent: dict[str, list[str]] = {}
        for variant, description in backend.VARIANTS.items():
            missing = backends.absence(name, backend.DEVICES[0], variant)
            if missing:
                absent.setdefault(missing, []).append(f"{name}/{variant}")
            rows[f"{name}/{variant}{'' if description.quick else '°'}"] = {
                "what it is": description.summary,
                "devices": ", ".join(backend.DEVICES),
                "here": "unavailable" if missing else "available",
            }
        for reason, methods in absent.items():
            notes.append(f"{name if len(methods) == len(backend.VARIANTS) else ', '.join(methods)}: {reason}")
    body = pd.DataFrame.from_dict(rows, orient="index", columns=["what it is", "devices", "here"]).rename_axis(
        "backend/variant"
    )
    notes.append("° not in the quick profile, unless selected by name: -b backend/variant")
    return Table("Backends", body, tuple(notes), numeric=False, least=("devices", "what it is"))
