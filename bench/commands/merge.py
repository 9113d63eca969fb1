"""The command `merge`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from ..data.files import shown_path
from ..run.folder import default_folder
from ..run.merge import merge_runs
from ..tables.frame import count_statuses, load_rows
from ..tables.run_tables import write_summary
from .options import OutOption


def register(app: typer.Typer) -> None:
    app.command("merge", epilog="Example: gradmark merge results/torch results/jax --out results/all")(merge_folders)


def merge_folders(
    folders: Annotated[list[str], typer.Argument(metavar="RUN", help="Two or more run folders.")],
    out: OutOption = None,
    across_machines: Annotated[
        bool, typer.Option("--across-machines", help="Accept several machines; each has a column of its own.")
    ] = False,
) -> None:
    """Join runs, such as parts of a matrix. They must agree on machine, versions, sources and settings.

    Of a cell that several runs hold, measured rows are kept before omitted ones, then the worst status, then the first RUN.
    """
    folder = Path(out).resolve() if out else default_folder("merged")
    shared = merge_runs([Path(each) for each in folders], folder, across_machines)
    rows = load_rows(folder)
    write_summary(folder, rows)
    print(shown_path(folder))
    if shared:
        kept = ", ".join(f"{count} from {name}" for name, count in shared.items())
        print(f"gradmark: {sum(shared.values())} cells are in several runs; kept {kept}", file=sys.stderr)
    print(count_statuses(rows), file=sys.stderr)
