"""Error against time."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from .. import details
from .kind import Cells, Kind, name_of
from .look import LEAST_ERROR, by_method, legend, look, seconds, title, with_legend

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def by_case(cells: Cells) -> Iterator[tuple[str, Cells]]:
    for case in details.cases(cells):
        known = [cell for cell in case if details.is_timed(cell) and not math.isnan(cell["error_relative"])]
        if len(known) > 1:
            yield name_of(known[0], details.CASE), known


def draw(figure: Figure, cells: Cells) -> None:
    """Error against time; a line joins the methods than which no other is both faster and more accurate."""
    axes = figure.add_subplot()
    axes.set(xscale="log", yscale="log", xlabel="time of a call", ylabel="relative error")
    for method, (cell, *_) in by_method(cells).items():
        axes.plot(cell["median_s"], height(cell), label=method, **{**look(method), "linestyle": "none"})
    best = sorted((cell for cell in cells if not dominated(cell, cells)), key=lambda cell: cell["median_s"])
    x, y = [cell["median_s"] for cell in best], [height(cell) for cell in best]
    axes.step(x, y, where="post", color="#777777", linewidth=0.7, linestyle=":", zorder=0)
    axes.plot(x, y, "o", markersize=8, markerfacecolor="none", color="#777777", linewidth=0, label="not dominated")
    seconds(axes.xaxis)
    axes.set_title(title(cells[0], "problem", "operation", "instance"))
    legend(figure, axes)


def height(cell: Mapping[str, Any]) -> float:
    return max(float(cell["error_relative"]), LEAST_ERROR)


def dominated(cell: Mapping[str, Any], cells: Cells) -> bool:
    own = (cell["median_s"], cell["error_relative"])
    others = ((other["median_s"], other["error_relative"]) for other in cells)
    return any(s <= own[0] and error <= own[1] and (s, error) != own for s, error in others)


KIND = Kind(draw, by_case, "two methods, timed and checked, in one case", with_legend)
