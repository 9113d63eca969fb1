"""The error of differences against their step."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

from .kind import Cells, Kind, grouped
from .look import LEAST_ERROR, by_method, legend, look, with_legend

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def by_sweep(curves: Cells) -> Iterator[tuple[str, Cells]]:
    names = ("problem", "instance", "dtype")
    yield from grouped([curve for curve in curves if "h" in curve], names)


def draw(figure: Figure, cells: Cells) -> None:
    """The error of differences against their step; a thin upright line is the step that was predicted to be the best."""
    axes = figure.add_subplot()
    axes.set(xscale="log", yscale="log", xlabel="step h", ylabel="relative error")
    for method, (curve, *_) in by_method(cells).items():
        style = {**look(method), "markersize": 2}
        errors = [math.nan if error is None else max(error, LEAST_ERROR) for error in curve["error"]]
        axes.plot(curve["h"], errors, label=method, **style)
        if curve["predicted"]:
            axes.axvline(
                curve["predicted"], color=style["color"], linestyle=style["linestyle"], linewidth=0.5, zorder=0
            )
    axes.set_title(f"{cells[0]['problem']} · {cells[0]['instance']}\n{cells[0]['dtype']}")
    legend(figure, axes)


KIND = Kind(draw, by_sweep, "a sweep over step sizes: gradmark steps PROBLEM", with_legend)
