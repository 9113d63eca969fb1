"""The commands about right and wrong: `accuracy`, `steps` and `pitfalls`."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from .. import UsageError
from ..data.files import replace_file, shown_path, writable_folder
from ..plan.cell import known_name
from ..plots.files import save_plots
from ..rows.journal import JOURNAL
from ..rows.step_curves import read_step_curves, write_step_curves
from ..study.pitfalls import DERIVED, PITFALLS, pitfall_tables
from ..study.step_sizes import STEPS_FOLDER, UNEXPLAINED, step_cases, step_curves, step_table
from ..tables.accuracy import ACCURACY_KINDS, accuracy_tables_of_kinds
from ..tables.frame import count_statuses, load_measured_rows, load_rows, select_rows
from ..text.table import TABLE_FORMATS, to_markdown
from ..text.terminal import print_table
from ..truth.extended import require_extended
from .options import (
    IntoOption,
    MarkdownOutOption,
    NoCacheOption,
    SelectionOptions,
    TimeoutOption,
    takes_selection,
)
from .output import print_or_splice_tables, typed_file
from .run import checked_cells, left_out_note

RUN_FILTERS = ("problem", "operation", "dtype", "problems_folder", "backends_folder")
"""What `accuracy RUN` takes of the selection: the rest says what to measure."""


def register(app: typer.Typer) -> None:
    app.command("accuracy", epilog="Example: gradmark accuracy results/curated --format md")(tell_accuracy)
    app.command("steps", epilog="Example: gradmark steps logistic_regression:real")(sweep_steps)
    app.command("pitfalls", epilog="Example: gradmark pitfalls norm_at_0 -b torch_autograd -b jax_grad")(judge_pitfalls)


@takes_selection()
def tell_accuracy(
    selection: SelectionOptions,
    run: Annotated[
        str | None, typer.Argument(metavar="RUN", help="A run folder. Without one, cells are checked now.")
    ] = None,
    timeout: TimeoutOption = None,
    no_cache: NoCacheOption = False,
    kind: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="problems, overall or worst; repeatable.")
    ] = None,
    form: Annotated[str | None, typer.Option("--format", metavar="NAME", help="md, html or latex.")] = None,
    into: IntoOption = None,
) -> None:
    """Count the correct digits of every backend.

    Three tables: by problem, over all cells, and the worst cells with the reason.
    """
    if form:
        known_name("format", form, list(TABLE_FORMATS))
    kinds = [known_name("kind of table", name, tuple(ACCURACY_KINDS)) for name in kind or []]
    if run:
        if timeout or no_cache or replace(selection, **dict.fromkeys(RUN_FILTERS)) != SelectionOptions():
            raise UsageError("with RUN nothing is measured: only --problem, --operation and --dtype select from it")
        selection.add_folders()
        filters = {"problem": selection.problem, "operation": selection.operation, "dtype": selection.dtype}
        rows = select_rows(load_measured_rows(Path(run)), **filters)
        print_or_splice_tables(accuracy_tables_of_kinds(rows, kinds), form, into, "accuracy")
        return
    chosen, profile = selection.plan(), selection.profile_name
    with checked_cells(chosen, profile, timeout, fresh=no_cache) as (folder, status):
        rows = load_rows(folder)
        print_or_splice_tables(accuracy_tables_of_kinds(rows, kinds), form, into, "accuracy")
        print(f"{count_statuses(rows)}{left_out_note(chosen, profile)}", file=sys.stderr)
        raise typer.Exit(status)


@takes_selection("problems_folder")
def sweep_steps(
    case: Annotated[str, typer.Argument(metavar="PROBLEM[:INSTANCE]", help="Such as logistic_regression:real.")],
    selection: SelectionOptions,
    out: Annotated[str | None, typer.Option(metavar="DIR", help="Default: results/steps.")] = None,
    run: Annotated[
        str | None, typer.Option(metavar="RUN", help="Store the curves in RUN too, for its report and plots.")
    ] = None,
) -> None:
    """Measure the error of finite differences against the step.

    Steps from 1 to 1e-16. Writes the curves, and the best step and error beside theory.

    Exit status 1 where theory does not explain the best step.
    """
    selection.add_folders()
    require_extended()
    chosen, left_out = step_cases(case)
    folder = writable_folder(Path(out).resolve() if out else STEPS_FOLDER)
    if run and not (Path(run) / JOURNAL).is_file():
        raise UsageError(f"--run {run}: expected a run folder, with a journal.jsonl in it")
    if run:
        read_step_curves(Path(run))  # what cannot be read is refused before the sweep
    found = [curve for each in chosen for curve in step_curves(*each)]
    rows = [each.row() for each in found]
    for path in save_plots(rows, "steps", folder, ["svg", "png"]):
        print(shown_path(path), file=sys.stderr)
    table = step_table(found, left_out)
    replace_file(folder / f"{case.replace(':', '_')}.md", to_markdown(table))
    print_table(table)
    if run:
        write_step_curves(Path(run), rows)
    raise typer.Exit(1 if any(each.verdict().startswith(UNEXPLAINED) for each in found) else 0)


@takes_selection("backend", "dtype", "backends_folder")
def judge_pitfalls(
    selection: SelectionOptions,
    traps: Annotated[
        list[str] | None, typer.Argument(metavar="TRAP", help="Such as norm_at_0; all by default.")
    ] = None,
    timeout: TimeoutOption = None,
    out: MarkdownOutOption = None,
) -> None:
    """Compare backends where gradients go wrong.

    An answer is right, wrong by how much, NaN, an error, or refused.
    """
    path = typed_file("--out", out) if out else None
    cases = [f"{PITFALLS}:{name}" for name in traps or []] or [PITFALLS]
    chosen = replace(selection, problem=cases, operation=list(DERIVED), profile="standard").plan()
    with checked_cells(chosen, "standard", timeout, values=True) as (folder, status):
        found = pitfall_tables(chosen, folder)
        if path:
            replace_file(path, "\n".join(to_markdown(each) for each in found))
        else:
            print_or_splice_tables(found)
        raise typer.Exit(status)
