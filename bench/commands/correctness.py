"""The commands about right and wrong: `accuracy`, `steps`, `pitfalls` and `textbook`."""

from __future__ import annotations

import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

import problems

from .. import (
    UsageError,
    accuracy,
    answers,
    formats,
    pictures,
    plan,
    reference,
    run_folder,
    step_pictures,
    steps,
    sweeps,
    tables,
    terminal,
    textbook,
)
from ..options import Backends, Dtypes, Folder, NoCache, Operations, Problems, Profile, Timeout
from .common import finish, select, show_tables, unexpected, untimed, verdict


def register(app: typer.Typer) -> None:
    app.command("accuracy", epilog="Example: gradmark accuracy results/curated --format md")(tell_accuracy)
    app.command("steps", epilog="Example: gradmark steps logistic_regression:real")(sweep_steps)
    app.command("pitfalls", epilog="Example: gradmark pitfalls norm_at_0 -b torch_autograd -b jax_grad")(judge_pitfalls)
    app.command("textbook", epilog="Example: gradmark textbook 3.10 3.11 3.12")(judge_textbook)


def tell_accuracy(
    run: Annotated[
        str | None, typer.Argument(metavar="[RUN]", help="A run folder; checks cells now where left out.")
    ] = None,
    problem: Problems = None,
    backend: Backends = None,
    operation: Operations = None,
    dtype: Dtypes = None,
    profile: Profile = "quick",
    problems_folder: Folder = None,
    timeout: Timeout = None,
    no_cache: NoCache = False,
    kind: Annotated[list[str] | None, typer.Option(help="Only these: problems, overall or worst.")] = None,
    form: Annotated[str | None, typer.Option("--format", help="md, html or latex.")] = None,
    into: Annotated[str | None, typer.Option(metavar="FILE", help="Splice into FILE, as Markdown.")] = None,
) -> None:
    """Tell how many digits are right: by problem, over all cells, and the worst cells with the reason."""
    if form:
        plan.known("format", form, list(formats.FORMATS))
    kinds = [plan.known("kind of table", name, tuple(accuracy.KINDS)) for name in kind or []]
    if run:
        if backend or problems_folder or timeout or no_cache or profile != "quick":
            raise UsageError("RUN holds what was measured: only --problem, --operation and --dtype select from it")
        rows = tables.only(tables.load(Path(run)), problem=problem, operation=operation, dtype=dtype)
        stopped = 0
    else:
        both = dtype or list(plan.DTYPES)
        chosen = select(problem, backend, operation, both, None, None, profile, problems_folder)
        with tempfile.TemporaryDirectory() as temporary:
            folder = Path(temporary)
            stopped = finish(chosen, replace(untimed(folder, profile, timeout), fresh=no_cache)) or verdict(folder)
            rows = tables.load(folder)
    show_tables(accuracy.of_kinds(rows, kinds), form, into, "accuracy")
    raise typer.Exit(stopped)


def sweep_steps(
    case: Annotated[str, typer.Argument(metavar="PROBLEM[:INSTANCE]")],
    out: Annotated[str | None, typer.Option(metavar="DIR", help="results/steps unless given.")] = None,
    run: Annotated[
        str | None, typer.Option(metavar="RUN", help="Keep the curves in this run too, for its report and plots.")
    ] = None,
    problems_folder: Folder = None,
) -> None:
    """Sweep the step of differences from 1 to 1e-16: curves as SVG and PNG, and the best step and error beside theory."""
    if problems_folder:
        problems.add_folder(Path(problems_folder).resolve())
    reference.require_extended()
    chosen, left_out = steps.cases(case)
    folder = pictures.writable(Path(out).resolve() if out else steps.FOLDER)
    if run and not (Path(run) / "journal.jsonl").is_file():
        raise UsageError(f"{run}: expected a run folder, with a journal.jsonl in it")
    found = []
    for each in chosen:
        curves = list(steps.curves(*each))
        for path in step_pictures.save(curves, folder) if curves else ():
            print(run_folder.shown(path), file=sys.stderr)
        found += curves
    table = steps.table(found, left_out)
    (folder / f"{case.replace(':', '_')}.md").write_text(formats.to_markdown(table))
    terminal.print_table(table)
    if run:
        sweeps.write(Path(run), [each.row() for each in found])
    raise typer.Exit(1 if any(each.verdict().startswith(steps.UNEXPLAINED) for each in found) else 0)


def judge_pitfalls(
    trap: Annotated[list[str] | None, typer.Argument(metavar="[TRAP]...", help="All by default.")] = None,
    backend: Backends = None,
    dtype: Dtypes = None,
    timeout: Timeout = None,
    out: Annotated[str | None, typer.Option(metavar="FILE", help="Write Markdown to FILE.")] = None,
) -> None:
    """What every backend answers where gradients go wrong: right, wrong by how much, NaN, an error and its text."""
    if out and not Path(out).parent.is_dir():
        raise UsageError(f"--out {out}: there is no folder {Path(out).parent}")
    cases = [f"{answers.PROBLEM}:{name}" for name in trap or []] or [answers.PROBLEM]
    chosen = select(cases, backend, ["gradient"], dtype, None, None, "standard", None)
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        stopped = finish(chosen, untimed(folder, "standard", timeout, values=True))
        found = answers.of_run(chosen, folder)
        if out:
            Path(out).write_text("\n".join(formats.to_markdown(each) for each in found))
        for each in () if out else found:
            terminal.print_table(each)
        for row in unexpected(folder):
            print(terminal.line(row), file=sys.stderr)
        raise typer.Exit(stopped or verdict(folder))


def judge_textbook(
    number: Annotated[
        list[str] | None, typer.Argument(metavar="[NUMBER]...", help="Such as 3.10; all by default.")
    ] = None,
    markdown: Annotated[bool, typer.Option("--markdown", help="Markdown rather than text.")] = False,
    out: Annotated[str | None, typer.Option(metavar="FILE", help="Write Markdown to FILE.")] = None,
) -> None:
    """Compute every example of the articles now, and say which are reproduced and which are wrong, and by how much."""
    claims = textbook.numbers(number or [])
    reference.require_extended()
    if out and not Path(out).parent.is_dir():
        raise UsageError(f"--out {out}: there is no folder {Path(out).parent}")
    evidence, notes = textbook.gather(claims)
    found, surprises = textbook.table(claims, evidence, notes)
    if out:
        Path(out).write_text(formats.to_markdown(found))
    elif markdown:
        print(formats.to_markdown(found))
    else:
        terminal.print_table(found)
    for line in surprises:
        print(line, file=sys.stderr)
    raise typer.Exit(1 if surprises else 0)
