"""What several pictures draw alike: a legend outside of all axes, and marks that only a legend needs."""

from __future__ import annotations

from typing import Any

from matplotlib.figure import Figure
from matplotlib.lines import Line2D


def legend_above(figure: Figure, columns: int = 2, more: tuple[Line2D, ...] = ()) -> None:
    """One legend above the axes, where it covers nothing: every label once, then those of `more`."""
    found: dict[str, Any] = {}
    for axes in figure.axes:
        handles, labels = axes.get_legend_handles_labels()
        found = {**dict(zip(labels, handles, strict=True)), **found}
    found |= {str(line.get_label()): line for line in more}
    figure.legend(found.values(), found.keys(), loc="outside upper left", ncols=columns)


def sample(label: str, **style: Any) -> Line2D:
    """A line or marker that stands in the legend alone, grey unless told otherwise."""
    return Line2D([], [], label=label, **{"color": "0.3", **style})
