"""The kinds of plot, and pictures as files: what they are called, how large they are, and which cells of a run they show."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .. import UsageError
from ..data.store import digest_of
from ..rows.step_curves import read_step_curves
from ..tables.cells import Cells, cells_of_rows
from ..tables.frame import load_measured_rows, select_rows
from . import accuracy, matrix, ratio, scaling, steps, time
from .kind import Kind
from .look import plot_title
from .style import CM_PER_INCH, COLUMN_CM, FILE_METADATA, plot_style, save_figure

if TYPE_CHECKING:
    from matplotlib.figure import Figure

PLOT_KINDS: dict[str, Kind] = {
    "time": time.KIND,
    "accuracy": accuracy.KIND,
    "ratio": ratio.KIND,
    "scaling": scaling.KIND,
    "steps": steps.KIND,
    "matrix": matrix.KIND,
}
PLOT_FORMATS = ("svg", "png", "pdf")
LINE_CM, LINE_LETTERS = 0.33, 52  # of a title
LONGEST_PART = 100  # characters of a file's name for its problems
LONGEST_STEM = 200  # bytes of a file's name; file systems take 255
MOST_CM = 400.0  # of a picture's height; there is no paper for more, and no memory for ten times as much


def save_plots(
    cells: Cells, kind: str, folder: Path, forms: list[str], only: Sequence[str] | None = None
) -> Iterator[Path]:
    """Write every picture of a kind; yields the paths. Raises UsageError where the cells have no data for it.

    only: the problems that were asked for, where not all were.
    """
    parts = list(PLOT_KINDS[kind].parts(cells))
    if not parts:
        others = [name for name, each in PLOT_KINDS.items() if any(each.parts(cells))]
        instead = f"; there are data for --kind {', '.join(others)}" if others else ""
        raise UsageError(f"--kind {kind} needs {PLOT_KINDS[kind].needs}, which the selected cells lack{instead}")
    named = sorted(set(only or ())) if PLOT_KINDS[kind].across else []
    for name, found in parts:
        with plot_style():
            figure = draw_plot(kind, found, named)
            for form in forms:
                path = folder / f"{file_stem([kind, *file_part(named), name])}.{form}"
                save_figure(figure, path, plot_metadata(form, kind))
                yield path


def file_stem(parts: list[str]) -> str:
    """The name of a file, without its form; one that is too long for a file system ends in its digest."""
    name = "-".join(parts)
    short = name.encode()[:LONGEST_STEM].decode(errors="ignore")
    return name if short == name else f"{short}-{digest_of(name)[:8]}"


def file_part(problems: list[str]) -> list[str]:
    """The problems for a file's name, which can hold some, and of more the number and a digest."""
    joined = "+".join(problems)
    if len(joined) > LONGEST_PART:
        joined = f"{len(problems)}-problems-{digest_of(joined)[:8]}"
    return [joined] if joined else []


def draw_plot(kind: str, cells: Cells, only: Sequence[str] = ()) -> Figure:
    """The picture of these cells; call it and save the figure inside `plot_style()`."""
    from matplotlib.figure import Figure

    heading = heading_of(cells, only) if PLOT_KINDS[kind].across else ""
    extra = LINE_CM * max(0, heading.count("\n") - 1)
    size = COLUMN_CM, PLOT_KINDS[kind].height(cells) + extra
    if size[1] > MOST_CM:
        raise UsageError(f"--kind {kind}: a picture of {size[1]:.0f} cm; select some of the problems with -p")
    width, height = (side / CM_PER_INCH for side in size)
    figure = Figure(figsize=(width, height), layout="constrained")
    PLOT_KINDS[kind].draw(figure, cells)
    if heading:
        figure.suptitle(heading, fontsize=7.5)
    return figure


def heading_of(cells: Cells, only: Sequence[str]) -> str:
    """The title of a picture of several problems, with their names where not all were asked for."""
    lines = textwrap.wrap(", ".join(only), LINE_LETTERS, break_on_hyphens=False)
    return "\n".join([*lines, plot_title(cells[0], "operation")])


def plot_metadata(form: str, kind: str) -> dict[str, Any]:
    known: Mapping[str, Mapping[str, Any]] = {**FILE_METADATA, "pdf": {"CreationDate": None, "Producer": None}}
    return {**known[form], "Title": f"gradmark: {kind}"}


def select_cells(folder: Path, **wanted: list[str] | None) -> Cells:
    """The cells of a run with these problems, operations and dtypes. Raises UsageError for a name that it does not have."""
    rows = load_measured_rows(folder)
    select_rows(rows, **wanted)  # complains about unknown names
    cells = cells_of_rows(rows)  # of all rows, as a derivative is related to its function
    return [cell for cell in cells if all(cell[name] in names for name, names in wanted.items() if names)]


def select_curves(folder: Path, problem: list[str] | None, dtype: list[str] | None) -> Cells:
    """The curves of a run's sweeps, of these problems and dtypes."""
    wanted = {"problem": problem, "dtype": dtype}
    curves = read_step_curves(folder)
    return [curve for curve in curves if all(curve[name] in names for name, names in wanted.items() if names)]
