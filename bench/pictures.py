"""The textbook's pictures as files, all in one style: a column wide, for print, colour-blind readers and grey.

A picture that is drawn from measurements says which; the rows come from a run.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from problems.pictures.gallery import PICTURES, Needs, Picture

from . import RESULTS, UsageError, plan, tables

if TYPE_CHECKING:
    from matplotlib.figure import Figure

TEXTBOOK = RESULTS / "textbook"
COLUMN_CM, CM_PER_INCH = 8.0, 2.54
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")  # Okabe and Ito
LINES = ("-", "--", "-.", ":", (0, (5, 1, 1, 1, 1, 1)), (0, (8, 2)), (0, (1, 2)))  # distinct in grey, too
STYLE = {
    "font.size": 8,
    "axes.labelsize": 8,
    "axes.titlesize": 7.5,
    "xtick.labelsize": 7,
    "ytick.labelsize": 7,
    "legend.fontsize": 7,
    "legend.frameon": False,
    "legend.handlelength": 2.6,
    "legend.columnspacing": 1.2,
    "lines.linewidth": 1.4,
    "lines.markersize": 4,
    "axes.linewidth": 0.6,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "savefig.dpi": 300,
    "svg.hashsalt": "gradmark",  # the same picture is the same file
}
METADATA = {"svg": {"Date": None, "Creator": None}, "png": {"Software": None}}

Seconds = dict[str, dict[str, float]]
"""`problem:instance:operation` → {backend/variant: median seconds of a call}."""


def chosen(names: Iterable[str]) -> list[str]:
    """These pictures, or all. Raises UsageError for one that does not exist."""
    return list(dict.fromkeys(plan.known("picture", name, tuple(PICTURES)) for name in names)) or list(PICTURES)


def needed(names: Iterable[str]) -> list[Needs]:
    """What has to be measured for these pictures."""
    return [needs for name in names if (needs := PICTURES[name].needs)]


def writable(folder: Path) -> Path:
    """The folder, made if need be. Raises UsageError where that cannot be."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"--out {folder}: {error.strerror}") from None
    return folder


def plan_for(needs: list[Needs]) -> plan.Plan:
    """The quick cells that give these pictures their numbers."""
    plans = [
        plan.make_plan(plan.Selection(problems=(each.problem,), operations=each.operations, backends=each.methods))
        for each in needs
    ]
    cells = dict.fromkeys(cell for each in plans for cell in each.cells)
    return plan.Plan(tuple(cells), {cell: why for each in plans for cell, why in each.absent.items()})


def seconds(rows: pd.DataFrame, needs: Needs) -> Seconds:
    """The float64 medians that a picture needs, on the CPU with the fewest threads. Raises UsageError if there are none."""
    cells = tables.ordered(tables.per_cell(rows))
    cells = cells[
        (cells["problem"] == needs.problem)
        & cells["operation"].isin(needs.operations)
        & cells["method"].isin(needs.methods)
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


def draw(picture: Picture, rows: pd.DataFrame | None = None) -> Figure:
    """The picture as a figure; call it and save the figure inside `style()`."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(COLUMN_CM / CM_PER_INCH, picture.height_cm / CM_PER_INCH), layout="constrained")
    if picture.needs:
        assert rows is not None
        picture.find()(figure, seconds=seconds(rows, picture.needs))
    else:
        picture.find()(figure)
    return figure


def style() -> AbstractContextManager[None]:
    """A context in which figures have this module's style, whatever a user's own settings are."""
    import matplotlib as mpl
    from cycler import cycler

    defaults = {name: value for name, value in mpl.rcParamsDefault.items() if not name.startswith("backend")}
    cycle = cycler(color=COLOURS) + cycler(linestyle=LINES)
    settings: dict[Any, Any] = {**defaults, **STYLE, "axes.prop_cycle": cycle}
    return mpl.rc_context(settings)


def save(name: str, folder: Path, rows: pd.DataFrame | None = None) -> list[Path]:
    """Write the picture as SVG and PNG; returns the paths."""
    picture = PICTURES[name]
    with style():
        figure = draw(picture, rows)
        paths = [folder / f"{name}.{form}" for form in METADATA]
        for path in paths:
            figure.savefig(path, metadata={**METADATA[path.suffix[1:]], "Title": picture.caption})
    return paths
