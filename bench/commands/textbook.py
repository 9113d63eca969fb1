"""The commands about the textbook's examples: `textbook` and `textbook-plots`."""

from __future__ import annotations

import random
import sys
from pathlib import Path
from typing import Annotated

import pandas as pd
import typer

from ..articles.evidence import claims_of_numbers, claims_table, gather_evidence
from ..articles.pictures import PICTURES_FOLDER, chosen_pictures, needed_measurements, plan_for_pictures, save_picture
from ..data.files import replace_file, shown_path, writable_folder
from ..data.temporary import TemporaryFolder
from ..plan.cell import profile_settings
from ..plan.selection import Plan
from ..run.folder import Run
from ..run.progress import execute_run
from ..tables.frame import load_measured_rows, load_rows
from ..text.table import to_markdown
from ..text.terminal import print_table
from ..truth.extended import require_extended
from .options import MarkdownOutOption, TimeoutOption, positive_number
from .output import typed_file
from .run import exit_status


def register(app: typer.Typer) -> None:
    app.command("textbook", epilog="Example: gradmark textbook 3.10 3.11 3.12")(judge_textbook)
    app.command("textbook-plots", epilog="Example: gradmark textbook-plots kmeans crossover --out plots")(plot_textbook)


def judge_textbook(
    numbers: Annotated[
        list[str] | None, typer.Argument(metavar="NUMBER", help="An example, such as 3.10; all by default.")
    ] = None,
    markdown: Annotated[bool, typer.Option("--markdown", help="Print Markdown.")] = False,
    out: MarkdownOutOption = None,
) -> None:
    """Check the textbook's examples. Says which are reproduced, and which are wrong and by how much."""
    claims = claims_of_numbers(numbers or [])
    require_extended()
    path = typed_file("--out", out) if out else None
    evidence, notes = gather_evidence(claims)
    found, surprises = claims_table(claims, evidence, notes)
    if path:
        replace_file(path, to_markdown(found))
    elif markdown:
        print(to_markdown(found))
    else:
        print_table(found)
    for line in surprises:
        print(line, file=sys.stderr)
    raise typer.Exit(1 if surprises else 0)


def plot_textbook(
    pictures: Annotated[
        list[str] | None, typer.Argument(metavar="PICTURE", help="Such as kmeans; all by default.")
    ] = None,
    out: Annotated[str | None, typer.Option(metavar="DIR", help="Default: results/textbook.")] = None,
    run: Annotated[str | None, typer.Option(metavar="RUN", help="Take times from RUN; measure none.")] = None,
    timeout: TimeoutOption = None,
) -> None:
    """Draw the textbook's pictures as SVG and PNG files. Replaces earlier ones.

    Pictures of times are drawn from RUN, or from cells that are measured now.
    """
    names = chosen_pictures(pictures or [])
    folder = writable_folder(Path(out).resolve() if out else PICTURES_FOLDER)
    rows = None
    if needs := needed_measurements(names):
        rows = load_measured_rows(Path(run)) if run else measure_for_pictures(plan_for_pictures(needs), timeout)
    for name in names:
        for path in save_picture(name, folder, rows):
            print(shown_path(path))


def measure_for_pictures(chosen: Plan, timeout: str | None) -> pd.DataFrame:
    """The rows of a quick run of these cells, which leaves no folder. Exits where a cell fails."""
    settings = profile_settings("quick") | {"seed": random.SystemRandom().randrange(2**32)}
    if timeout:
        settings["timeout_s"] = positive_number("--timeout", timeout, float)
    with TemporaryFolder() as folder:
        stopped = execute_run(chosen, Run(name="textbook-plots", folder=folder, **settings))
        if status := stopped or exit_status(folder):
            raise typer.Exit(status)
        return load_rows(folder)
