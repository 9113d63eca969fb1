"""A derivative's time over its function's, and its theoretical bound."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..tables.cells import Cells, is_timed
from ..tables.frame import DERIVED_FROM
from .kind import Kind, grouped_cells
from .look import cells_by_method, method_looks, short_name, with_rows

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def by_operation(cells: Cells) -> Iterator[tuple[str, Cells]]:
    """Cells that have the ratio of their derivative to their function."""
    yield from grouped_cells([cell for cell in cells if cell["over"] > 0 and is_timed(cell)])


def draw(figure: Figure, cells: Cells) -> None:
    """A derivative's time over its function's, one row per method, with its theoretical bound."""
    axes = figure.add_subplot()
    methods = cells_by_method(cells)
    looks = method_looks(methods)
    for row, (method, found) in enumerate(methods.items()):
        style = {**looks[method], "linestyle": "none"}
        axes.plot([cell["over"] for cell in found], [row] * len(found), alpha=0.85, **style)
        bounds = sorted({cell["bound"] for cell in found if cell["bound"] > 0})
        axes.plot(bounds, [row] * len(bounds), "|", color="#555555", markersize=9, markeredgewidth=1)
    axes.set_yticks(range(len(methods)), list(map(short_name, methods)))
    axes.set(xscale="log", ylim=(len(methods) - 0.4, -0.6))
    over = DERIVED_FROM[cells[0]["operation"]]
    figure.supxlabel(f"{cells[0]['operation']} time ÷ {over} time; |: theoretical bound", fontsize=8)
    ends = [value for cell in cells for value in (cell["over"], cell["bound"]) if value > 0]
    axes.set_xlim(min(ends) / 2, max(ends) * 2)
    axes.xaxis.set_major_formatter("{x:g}")
    axes.xaxis.set_minor_formatter("")
    axes.grid(axis="y", linewidth=0.3)


KIND = Kind(
    draw,
    by_operation,
    "times of a derivative and its function (--operation value --operation gradient)",
    with_rows,
    across=True,
)
