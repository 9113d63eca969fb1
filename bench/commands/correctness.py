"""The commands about right and wrong: `accuracy`, `steps`, `pitfalls` and `textbook`."""

from __future__ import annotations

import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

import problems

from .. import UsageError
from ..articles.evidence import claims_of_numbers, claims_table, gather_evidence
from ..data.files import shown_path, writable_folder
from ..plan.cell import DTYPES
from ..plots.files import save_plots
from ..rows.step_curves import write_step_curves
from ..run.progress import row_line
from ..study.pitfalls import PITFALLS, pitfall_tables
from ..study.step_sizes import STEPS_FOLDER, UNEXPLAINED, step_cases, step_curves, step_table
from ..tables.accuracy import ACCURACY_KINDS, accuracy_tables_of_kinds
from ..tables.frame import load_rows, select_rows
from ..text.names import known_name
from ..text.table import TABLE_FORMATS, to_markdown
from ..text.terminal import print_table
from ..truth.extended import require_extended
from .common import checking_run, execute_run, exit_status, print_or_splice_tables, selected_plan, unexpected_rows
from .options import (
    BackendOption,
    DtypeOption,
    NoCacheOption,
    OperationOption,
    ProblemOption,
    ProblemsFolderOption,
    ProfileOption,
    TimeoutOption,
)


def register(app: typer.Typer) -> None:
    app.command("accuracy", epilog="Example: gradmark accuracy results/curated --format md")(tell_accuracy)
    app.command("steps", epilog="Example: gradmark steps logistic_regression:real")(sweep_steps)
    app.command("pitfalls", epilog="Example: gradmark pitfalls norm_at_0 -b torch_autograd -b jax_grad")(judge_pitfalls)
    app.command("textbook", epilog="Example: gradmark textbook 3.10 3.11 3.12")(judge_textbook)


def tell_accuracy(
    run: Annotated[
        str | None, typer.Argument(metavar="[RUN]", help="A run folder; checks cells now where left out.")
    ] = None,
    problem: ProblemOption = None,
    backend: BackendOption = None,
    operation: OperationOption = None,
    dtype: DtypeOption = None,
    profile: ProfileOption = "quick",
    problems_folder: ProblemsFolderOption = None,
    timeout: TimeoutOption = None,
    no_cache: NoCacheOption = False,
    kind: Annotated[list[str] | None, typer.Option(help="Only these: problems, overall or worst.")] = None,
    form: Annotated[str | None, typer.Option("--format", help="md, html or latex.")] = None,
    into: Annotated[str | None, typer.Option(metavar="FILE", help="Splice into FILE, as Markdown.")] = None,
) -> None:
    """Tell how many digits are right: by problem, over all cells, and the worst cells with the reason."""
    if form:
        known_name("format", form, list(TABLE_FORMATS))
    kinds = [known_name("kind of table", name, tuple(ACCURACY_KINDS)) for name in kind or []]
    if run:
        if backend or problems_folder or timeout or no_cache or profile != "quick":
            raise UsageError("RUN holds what was measured: only --problem, --operation and --dtype select from it")
        rows = select_rows(load_rows(Path(run)), problem=problem, operation=operation, dtype=dtype)
        stopped = 0
    else:
        both = dtype or list(DTYPES)
        chosen = selected_plan(problem, backend, operation, both, None, None, profile, problems_folder)
        with tempfile.TemporaryDirectory() as temporary:
            folder = Path(temporary)
            stopped = execute_run(
                chosen, replace(checking_run(folder, profile, timeout), fresh=no_cache)
            ) or exit_status(folder)
            rows = load_rows(folder)
    print_or_splice_tables(accuracy_tables_of_kinds(rows, kinds), form, into, "accuracy")
    raise typer.Exit(stopped)


def sweep_steps(
    case: Annotated[str, typer.Argument(metavar="PROBLEM[:INSTANCE]")],
    out: Annotated[str | None, typer.Option(metavar="DIR", help="results/steps unless given.")] = None,
    run: Annotated[
        str | None, typer.Option(metavar="RUN", help="Keep the curves in this run too, for its report and plots.")
    ] = None,
    problems_folder: ProblemsFolderOption = None,
) -> None:
    """Sweep the step of differences from 1 to 1e-16: curves as SVG and PNG, and the best step and error beside theory."""
    if problems_folder:
        problems.add_folder(Path(problems_folder).resolve())
    require_extended()
    chosen, left_out = step_cases(case)
    folder = writable_folder(Path(out).resolve() if out else STEPS_FOLDER)
    if run and not (Path(run) / "journal.jsonl").is_file():
        raise UsageError(f"{run}: expected a run folder, with a journal.jsonl in it")
    found = [curve for each in chosen for curve in step_curves(*each)]
    rows = [each.row() for each in found]
    for path in save_plots(rows, "steps", folder, ["svg", "png"]):
        print(shown_path(path), file=sys.stderr)
    table = step_table(found, left_out)
    (folder / f"{case.replace(':', '_')}.md").write_text(to_markdown(table))
    print_table(table)
    if run:
        write_step_curves(Path(run), rows)
    raise typer.Exit(1 if any(each.verdict().startswith(UNEXPLAINED) for each in found) else 0)


def judge_pitfalls(
    trap: Annotated[list[str] | None, typer.Argument(metavar="[TRAP]...", help="All by default.")] = None,
    backend: BackendOption = None,
    dtype: DtypeOption = None,
    timeout: TimeoutOption = None,
    out: Annotated[str | None, typer.Option(metavar="FILE", help="Write Markdown to FILE.")] = None,
) -> None:
    """What every backend answers where gradients go wrong: right, wrong by how much, NaN, an error and its text."""
    if out and not Path(out).parent.is_dir():
        raise UsageError(f"--out {out}: there is no folder {Path(out).parent}")
    cases = [f"{PITFALLS}:{name}" for name in trap or []] or [PITFALLS]
    chosen = selected_plan(cases, backend, ["gradient"], dtype, None, None, "standard", None)
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        stopped = execute_run(chosen, checking_run(folder, "standard", timeout, values=True))
        found = pitfall_tables(chosen, folder)
        if out:
            Path(out).write_text("\n".join(to_markdown(each) for each in found))
        for each in () if out else found:
            print_table(each)
        for row in unexpected_rows(folder):
            print(row_line(row), file=sys.stderr)
        raise typer.Exit(stopped or exit_status(folder))


def judge_textbook(
    number: Annotated[
        list[str] | None, typer.Argument(metavar="[NUMBER]...", help="Such as 3.10; all by default.")
    ] = None,
    markdown: Annotated[bool, typer.Option("--markdown", help="Markdown rather than text.")] = False,
    out: Annotated[str | None, typer.Option(metavar="FILE", help="Write Markdown to FILE.")] = None,
) -> None:
    """Compute every example of the articles now, and say which are reproduced and which are wrong, and by how much."""
    claims = claims_of_numbers(number or [])
    require_extended()
    if out and not Path(out).parent.is_dir():
        raise UsageError(f"--out {out}: there is no folder {Path(out).parent}")
    evidence, notes = gather_evidence(claims)
    found, surprises = claims_table(claims, evidence, notes)
    if out:
        Path(out).write_text(to_markdown(found))
    elif markdown:
        print(to_markdown(found))
    else:
        print_table(found)
    for line in surprises:
        print(line, file=sys.stderr)
    raise typer.Exit(1 if surprises else 0)
