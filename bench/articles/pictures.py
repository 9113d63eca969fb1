"""The textbook's pictures as files, all in one style: a column wide, for print, colour-blind readers and grey.

A picture that is drawn from measurements says which; the rows come from a run.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from .. import RESULTS, UsageError
from ..plan.cell import known_name
from ..plan.selection import Plan, Selection, make_plan
from ..plots.style import CM_PER_INCH, COLUMN_CM, FILE_METADATA, plot_style, save_figure
from ..tables.frame import cells_frame, ordered_cells
from .drawings.gallery import PICTURES, Needs, Picture

if TYPE_CHECKING:
    from matplotlib.figure import Figure

PICTURES_FOLDER = RESULTS / "textbook"

Seconds = dict[str, dict[str, float]]
"""`problem:instance:operation` → {backend/variant: median seconds of a call}."""


def chosen_pictures(names: Iterable[str]) -> list[str]:
    """These pictures, or all. Raises UsageError for one that does not exist."""
    return list(dict.fromkeys(known_name("picture", name, tuple(PICTURES)) for name in names)) or list(PICTURES)


def needed_measurements(names: Iterable[str]) -> list[Needs]:
    """What has to be measured for these pictures."""
    return [needs for name in names if (needs := PICTURES[name].needs)]


def plan_for_pictures(needs: list[Needs]) -> Plan:
    """The quick cells that give these pictures their numbers."""
    plans = [
        make_plan(Selection(problems=(each.problem,), operations=each.operations, backends=each.shown_methods()))
        for each in needs
    ]
    cells = dict.fromkeys(cell for each in plans for cell in each.cells)
    return Plan(tuple(cells), {cell: why for each in plans for cell, why in each.absent.items()})


def seconds_for_picture(rows: pd.DataFrame, needs: Needs) -> Seconds:
    """The float64 medians that a picture needs, on the CPU with the fewest threads. Raises UsageError if there are none."""
    cells = ordered_cells(cells_frame(rows))
    cells = cells[
        (cells["problem"] == needs.problem)
        & cells["operation"].isin(needs.operations)
        & cells["method"].isin(needs.shown_methods())
        & (cells["dtype"] == "float64")
        & (cells["device"] == "cpu")
        & (cells["status"] == "ok")
        & cells["median_s"].notna()
    ]
    if cells.empty:
        raise UsageError(
            f"no times of {needs.problem}, {' and '.join(needs.operations)}; gradmark doctor says what is missing"
        )
    cells = cells[cells["threads"] == cells["threads"].min()]
    found: Seconds = {}
    for cell in cells.itertuples():
        case = f"{cell.problem}:{cell.instance}:{cell.operation}"
        found.setdefault(case, {})[str(cell.method)] = float(cell.median_s)
    return found


def draw_picture(picture: Picture, rows: pd.DataFrame | None = None) -> Figure:
    """The picture as a figure; call it and save the figure inside `plot_style()`."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(COLUMN_CM / CM_PER_INCH, picture.height_cm / CM_PER_INCH), layout="constrained")
    if picture.needs:
        assert rows is not None
        picture.find()(figure, seconds=seconds_for_picture(rows, picture.needs))
    else:
        picture.find()(figure)
    return figure


def save_picture(name: str, folder: Path, rows: pd.DataFrame | None = None) -> list[Path]:
    """Write the picture as SVG and PNG; returns the paths."""
    picture = PICTURES[name]
    with plot_style():
        figure = draw_picture(picture, rows)
        paths = [folder / f"{name}.{form}" for form in FILE_METADATA]
        for path in paths:
            save_figure(figure, path, {**FILE_METADATA[path.suffix[1:]], "Title": picture.caption})
    return paths
