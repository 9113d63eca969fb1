"""The command `plot`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from .. import UsageError
from ..data.files import inner_folder, shown_path, writable_folder
from ..plan.cell import known_name
from ..plots.files import PLOT_FORMATS, PLOT_KINDS, save_plots, select_cells, select_curves
from .options import DtypeFilter, OperationFilter, ProblemFilter, RunArgument


def register(app: typer.Typer) -> None:
    app.command(
        "plot", epilog="Example: gradmark plot results/curated --kind matrix --operation gradient --format pdf"
    )(plot_run)


def plot_run(
    run: RunArgument,
    kind: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help=f"{', '.join(PLOT_KINDS)}; required; repeatable.")
    ] = None,
    form: Annotated[
        list[str] | None, typer.Option("--format", metavar="NAME", help="svg (default), png or pdf; repeatable.")
    ] = None,
    out: Annotated[str | None, typer.Option(metavar="DIR", help="Default: RUN/plots.")] = None,
    problem: ProblemFilter = None,
    operation: OperationFilter = None,
    dtype: DtypeFilter = None,
) -> None:
    """Plot a run, one column wide, for papers. Replaces earlier files."""
    kinds = [known_name("kind of plot", name, tuple(PLOT_KINDS)) for name in kind or []]
    forms = [known_name("format", name, PLOT_FORMATS) for name in form or ["svg"]]
    if not kinds:
        raise UsageError(f"plot {run}: add what to plot: --kind {'|'.join(PLOT_KINDS)}")
    cells = select_cells(Path(run), problem=problem, operation=operation, dtype=dtype)
    folder = writable_folder(Path(out).resolve()) if out else inner_folder(Path(run).resolve(), "plots")
    for name in kinds:
        found = select_curves(Path(run), problem, dtype) if name == "steps" else cells
        for path in save_plots(found, name, folder, forms, problem):
            print(shown_path(path))
