"""Error against time."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from ..tables.cells import CASE_COLUMNS, Cells, cells_by_case, is_timed
from .kind import Kind, file_name_part
from .look import (
    cells_by_method,
    error_in_reach,
    legend_below,
    method_looks,
    plot_title,
    short_name,
    time_ticks,
    with_legend,
)

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def by_case(cells: Cells) -> Iterator[tuple[str, Cells]]:
    for case in cells_by_case(cells):
        known = [cell for cell in case if is_timed(cell) and not math.isnan(cell["error_relative"])]
        if len(known) > 1:
            yield file_name_part(known[0], CASE_COLUMNS), known


def draw(figure: Figure, cells: Cells) -> None:
    """Error against time; a line joins the methods than which no other is both faster and more accurate."""
    axes = figure.add_subplot()
    axes.set(xscale="log", yscale="log", xlabel="time per call", ylabel="relative error")
    methods = cells_by_method(cells)
    looks = method_looks(methods)
    for method, (cell, *_) in methods.items():
        axes.plot(
            cell["median_s"], error_height(cell), label=short_name(method), **{**looks[method], "linestyle": "none"}
        )
    best = sorted((cell for cell in cells if not dominated(cell, cells)), key=lambda cell: cell["median_s"])
    x, y = [cell["median_s"] for cell in best], [error_height(cell) for cell in best]
    axes.step(x, y, where="post", color="#777777", linewidth=0.7, linestyle=":", zorder=0)
    axes.plot(x, y, "o", markersize=8, markerfacecolor="none", color="#777777", linewidth=0, label="Pareto front")
    time_ticks(axes.xaxis)
    axes.set_title(plot_title(cells[0], "problem", "operation", "instance"))
    legend_below(figure, axes)


def error_height(cell: Mapping[str, Any]) -> float:
    return error_in_reach(float(cell["error_relative"]))


def dominated(cell: Mapping[str, Any], cells: Cells) -> bool:
    own = (cell["median_s"], cell["error_relative"])
    others = ((other["median_s"], other["error_relative"]) for other in cells)
    return any(s <= own[0] and error <= own[1] and (s, error) != own for s, error in others)


KIND = Kind(draw, by_case, "two timed and checked methods of one case", with_legend)
