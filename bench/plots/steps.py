"""The error of differences against their step, one panel for each dtype."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..tables.cells import Cells
from .kind import Kind, grouped_cells
from .look import LEAST_ERROR, cells_by_method, error_in_reach, short_name, with_legend
from .style import LINE_STYLES, PALETTE

if TYPE_CHECKING:
    from matplotlib.figure import Figure

PANEL_CM = 2.2  # of a second panel


def by_sweep(curves: Cells) -> Iterator[tuple[str, Cells]]:
    yield from grouped_cells([curve for curve in curves if "h" in curve], ("problem", "instance"))


def draw(figure: Figure, cells: Cells) -> None:
    """Error against step, both logarithmic; a dotted line at the step that the rule predicts."""
    dtypes = list(dict.fromkeys(cell["dtype"] for cell in cells))
    panels = figure.subplots(len(dtypes), 1, sharex=True, squeeze=False).ravel()
    methods = list(cells_by_method(cells))
    for curve in cells:
        panel, place = panels[dtypes.index(curve["dtype"])], methods.index(curve["method"])
        colour, line = PALETTE[place % len(PALETTE)], LINE_STYLES[place % len(LINE_STYLES)]
        errors = [math.nan if error is None else error_in_reach(error) for error in curve["error"]]
        panel.loglog(curve["h"], errors, color=colour, linestyle=line, label=short_name(curve["method"]))
        if curve["predicted"]:
            panel.axvline(curve["predicted"], color=colour, linewidth=0.6, linestyle=":")
    for panel, dtype in zip(panels, dtypes, strict=True):
        panel.set(ylabel=f"relative error, {dtype}", ylim=(LEAST_ERROR / 10, 1e2))
    panels[-1].set_xlabel("step h; dotted: √ε, ∛ε, ε^(1/5)")
    panels[0].set_title(f"{short_name(cells[0]['problem'])}:{short_name(cells[0]['instance'])}")
    labels = {
        label: handle for panel in panels for handle, label in zip(*panel.get_legend_handles_labels(), strict=True)
    }
    figure.legend(labels.values(), labels, loc="outside lower center", ncols=2)


def height(cells: Cells) -> float:
    return with_legend(cells) + PANEL_CM * (len({cell["dtype"] for cell in cells}) - 1)


KIND = Kind(draw, by_sweep, "a sweep over step sizes (gradmark steps PROBLEM)", height)
