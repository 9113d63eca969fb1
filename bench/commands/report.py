"""`gradmark report`."""

from __future__ import annotations

import gc
from pathlib import Path
from typing import Annotated

import typer

from ..data.files import shown_path
from .output import typed_file


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("report", epilog="Example: gradmark report results/curated --out curated.html")(report_runs)


def report_runs(
    folders: Annotated[list[str], typer.Argument(metavar="RUN", help="Run folders; two or more are compared.")],
    out: Annotated[str | None, typer.Option(metavar="FILE", help="Default: report.html in the first RUN.")] = None,
) -> None:
    """Write an HTML page of runs. It holds a summary, plots and all measurements, and opens offline."""
    from ..report.folder import read_reported_runs
    from ..report.page import write_report

    gc.disable()  # nothing is left over here, and looking for it among millions of objects takes a third of the time
    path = typed_file("--out", out) if out else Path(folders[0]).resolve() / "report.html"
    print(shown_path(write_report(read_reported_runs([Path(each) for each in folders]), path)))
