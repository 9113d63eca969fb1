"""The command `plot`."""

from __future__ import annotations

import random
import sys
import tempfile
from pathlib import Path
from typing import Annotated

import pandas as pd
import typer

import problems

from .. import UsageError, orchestrator, pictures, plan, plots, run_folder, tables, terminal
from ..options import Timeout, number
from .common import finish, unexpected, verdict


def register(app: typer.Typer) -> None:
    app.command(
        "plot", epilog="Example: gradmark plot results/curated --kind matrix --operation gradient --format pdf"
    )(plot)


def plot(
    what: Annotated[str, typer.Argument(metavar="RUN|textbook", help="A run folder, or the textbook's examples.")],
    kind: Annotated[
        list[str] | None, typer.Option(help="Of a run: time, accuracy, ratio, scaling, steps, matrix.")
    ] = None,
    form: Annotated[list[str] | None, typer.Option("--format", help="Of a run: svg, png or pdf; repeatable.")] = None,
    out: Annotated[
        str | None, typer.Option(metavar="DIR", help="RUN/plots, or results/textbook, unless given.")
    ] = None,
    problem: Annotated[list[str] | None, typer.Option("--problem", "-p", help="Of a run: only these.")] = None,
    operation: Annotated[list[str] | None, typer.Option(help="Of a run: only these.")] = None,
    dtype: Annotated[list[str] | None, typer.Option(help="Of a run: only these.")] = None,
    only: Annotated[list[str] | None, typer.Option(metavar="NAME", help="Only this picture of the textbook.")] = None,
    run: Annotated[
        str | None, typer.Option(metavar="RUN", help="For the textbook: times of this run, not measured now.")
    ] = None,
    timeout: Timeout = None,
) -> None:
    """Draw pictures a column wide for papers; files of the same names are replaced."""
    if what == "textbook":
        plot_textbook(out, only, run, timeout)
        return
    kinds = [plan.known("kind of plot", name, tuple(plots.KINDS)) for name in kind or []]
    forms = [plan.known("format", name, plots.FORMATS) for name in form or ["svg"]]
    if not kinds:
        if not Path(what).exists():
            raise UsageError(problems.unknown("thing to plot", what, ["textbook"]) + "; or a run folder with --kind")
        raise UsageError(f"plot {what}: say what to draw: --kind {'|'.join(plots.KINDS)}, repeatable")
    cells = plots.select(Path(what), problem=problem, operation=operation, dtype=dtype)
    folder = pictures.writable(Path(out).resolve() if out else Path(what).resolve() / "plots")
    for name in kinds:
        found = plots.select_curves(Path(what), problem, dtype) if name == "steps" else cells
        for path in plots.save(found, name, folder, forms, problem):
            print(run_folder.shown(path))


def plot_textbook(out: str | None, only: list[str] | None, run: str | None, timeout: str | None) -> None:
    names = pictures.chosen(only or [])
    folder = pictures.writable(Path(out).resolve() if out else pictures.TEXTBOOK)
    rows = None
    if needs := pictures.needed(names):
        rows = tables.load(Path(run)) if run else measured(pictures.plan_for(needs), timeout)
    for name in names:
        for path in pictures.save(name, folder, rows):
            print(run_folder.shown(path))


def measured(chosen: plan.Plan, timeout: str | None) -> pd.DataFrame:
    """The rows of a quick run of these cells, which leaves no folder. A failed cell is reported, and exits."""
    settings = orchestrator.settings("quick") | {"seed": random.SystemRandom().randrange(2**32)}
    if timeout:
        settings["timeout_s"] = number("--timeout", timeout, float)
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        failed = finish(chosen, orchestrator.Run(name="plot", folder=folder, **settings))
        for row in unexpected(folder):
            print(terminal.line(row), file=sys.stderr)
        if status := failed or verdict(folder):
            raise typer.Exit(status)
        return tables.load(folder)
