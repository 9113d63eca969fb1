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

from .. import UsageError
from ..articles.pictures import PICTURES_FOLDER, chosen_pictures, needed_measurements, plan_for_pictures, save_picture
from ..data.files import shown_path, writable_folder
from ..plan.profile import profile_settings
from ..plan.selection import Plan
from ..plots.files import PLOT_FORMATS, save_plots, select_cells, select_curves
from ..plots.registry import PLOT_KINDS
from ..run.folder import Run
from ..run.progress import row_line
from ..tables.frame import load_rows
from ..text.names import known_name
from .common import execute_run, exit_status, unexpected_rows
from .options import TimeoutOption, positive_number


def register(app: typer.Typer) -> None:
    app.command(
        "plot", epilog="Example: gradmark plot results/curated --kind matrix --operation gradient --format pdf"
    )(plot_run)


def plot_run(
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
    timeout: TimeoutOption = None,
) -> None:
    """Draw pictures a column wide for papers; files of the same names are replaced."""
    if what == "textbook":
        plot_textbook(out, only, run, timeout)
        return
    kinds = [known_name("kind of plot", name, tuple(PLOT_KINDS)) for name in kind or []]
    forms = [known_name("format", name, PLOT_FORMATS) for name in form or ["svg"]]
    if not kinds:
        if not Path(what).exists():
            raise UsageError(problems.unknown("thing to plot", what, ["textbook"]) + "; or a run folder with --kind")
        raise UsageError(f"plot {what}: say what to draw: --kind {'|'.join(PLOT_KINDS)}, repeatable")
    cells = select_cells(Path(what), problem=problem, operation=operation, dtype=dtype)
    folder = writable_folder(Path(out).resolve() if out else Path(what).resolve() / "plots")
    for name in kinds:
        found = select_curves(Path(what), problem, dtype) if name == "steps" else cells
        for path in save_plots(found, name, folder, forms, problem):
            print(shown_path(path))


def plot_textbook(out: str | None, only: list[str] | None, run: str | None, timeout: str | None) -> None:
    names = chosen_pictures(only or [])
    folder = writable_folder(Path(out).resolve() if out else PICTURES_FOLDER)
    rows = None
    if needs := needed_measurements(names):
        rows = load_rows(Path(run)) if run else measure_for_pictures(plan_for_pictures(needs), timeout)
    for name in names:
        for path in save_picture(name, folder, rows):
            print(shown_path(path))


def measure_for_pictures(chosen: Plan, timeout: str | None) -> pd.DataFrame:
    """The rows of a quick run of these cells, which leaves no folder. A failed cell is reported, and exits."""
    settings = profile_settings("quick") | {"seed": random.SystemRandom().randrange(2**32)}
    if timeout:
        settings["timeout_s"] = positive_number("--timeout", timeout, float)
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        failed = execute_run(chosen, Run(name="plot", folder=folder, **settings))
        for row in unexpected_rows(folder):
            print(row_line(row), file=sys.stderr)
        if status := failed or exit_status(folder):
            raise typer.Exit(status)
        return load_rows(folder)
