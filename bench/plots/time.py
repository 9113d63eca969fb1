"""Time against size."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..tables.cells import Cells, cell_ladders
from .kind import Kind, file_name_part
from .look import cells_by_method, legend_below, method_looks, plot_title, short_name, time_ticks, with_legend

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def by_ladder(cells: Cells) -> Iterator[tuple[str, Cells]]:
    for ladder in cell_ladders(cells):
        yield file_name_part(ladder[0], ("problem", "operation", "ladder", "dtype", "device", "threads")), ladder


def draw(figure: Figure, cells: Cells) -> None:
    """Median time of a call against size, with intervals and the machine's limit."""
    axes = figure.add_subplot()
    axes.set(
        xscale="log",
        yscale="log",
        xlabel=f"{cells[0]['letter']} of {short_name(cells[0]['ladder'])}",
        ylabel="time per call",
    )
    methods = cells_by_method(cells)
    looks = method_looks(methods)
    for method, found in methods.items():
        x, y = [cell["size"] for cell in found], [cell["median_s"] for cell in found]
        axes.errorbar(
            x, y, yerr=interval_bars(found), label=short_name(method), capsize=1.5, elinewidth=0.6, **looks[method]
        )
    limits = {cell["size"]: cell["least_s"] for cell in cells if not math.isnan(cell["least_s"])}
    if limits:
        axes.plot(list(limits), list(limits.values()), color="#999999", linewidth=3, zorder=0, label="machine limit")
    time_ticks(axes.yaxis)
    axes.set_title(plot_title(cells[0], "problem", "operation"))
    legend_below(figure, axes)


def interval_bars(cells: Cells) -> list[list[float]]:
    """How far the intervals reach below and above; zero where none is known."""
    below = [max(0.0, cell["median_s"] - cell["low_s"]) for cell in cells]
    above = [max(0.0, cell["high_s"] - cell["median_s"]) for cell in cells]
    return [[0.0 if math.isnan(value) else value for value in ends] for ends in (below, above)]


KIND = Kind(draw, by_ladder, "two timed sizes of an instance (gradmark scale PROBLEM)", with_legend)
