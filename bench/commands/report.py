"""`gradmark report`."""

from __future__ import annotations

import gc
from pathlib import Path
from typing import Annotated

import typer

from .. import run_folder


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("report", epilog="Example: gradmark report results/curated --out curated.html")(report)


def report(
    folders: Annotated[list[str], typer.Argument(metavar="RUN...", help="Run folders; two or more are compared.")],
    out: Annotated[str | None, typer.Option(metavar="FILE", help="report.html in the first RUN unless given.")] = None,
) -> None:
    """Write one HTML file that shows runs: summary, matrix, plots and all measurements; it opens offline."""
    from ..report import folder, page

    gc.disable()  # nothing is left over here, and looking for it among millions of objects takes a third of the time
    path = Path(out) if out else Path(folders[0]) / "report.html"
    print(run_folder.shown(page.write(folder.read_all([Path(each) for each in folders]), path.resolve())))
