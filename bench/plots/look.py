"""How a method looks, in colour, in shape and in grey, and what all plots have: legend, units of time, title."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

import backends

from ..tables.cells import Cells
from ..text.units import format_duration
from .style import LINE_STYLES

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MARKS = "osD^vP"  # one per backend; its first variant is filled, its second hollow
MORE_MARKS = "X*<>hp8d"  # one for every other variant of any backend, all filled
HOLLOW = "white"
BACKEND_COLOURS = (
    "#E69F00",
    "#000000",
    "#CC79A7",
    "#D55E00",
    "#009E73",
    "#0072B2",
    "#56B4E9",
)  # one per backend, as in the report
LEAST_ERROR = 1e-17  # where an error of zero is drawn on a logarithmic axis
ROW_CM = 0.42  # of a row of methods
ENTRY_CM = 0.38  # of a row of the legend


def method_look(method: str) -> dict[str, Any]:
    """Colour by the backend, mark and filling and line by the variant, so that all methods differ without the colour."""
    backend, _, variant = method.partition("/")
    known = list(backends.names())
    place = known.index(backend) if backend in known else len(known)
    variants = list(backends.load(backend).VARIANTS) if backend in known else []
    number = variants.index(variant) if variant in variants else 0
    colour = BACKEND_COLOURS[place % len(BACKEND_COLOURS)]
    others = other_variants()
    rest = others.index(method) if method in others else None
    return {
        "color": colour,
        "marker": MARKS[place % len(MARKS)] if rest is None else MORE_MARKS[rest % len(MORE_MARKS)],
        "markerfacecolor": HOLLOW if number == 1 else colour,
        "linestyle": LINE_STYLES[number % len(LINE_STYLES)],
    }


@cache
def other_variants() -> list[str]:
    """The methods beyond the first two of their backend."""
    return [f"{name}/{variant}" for name in backends.names() for variant in list(backends.load(name).VARIANTS)[2:]]


def cells_by_method(cells: Cells) -> dict[str, Cells]:
    """In the order of the registry, in which the cells are."""
    known = backends.methods()
    found: dict[str, Cells] = {}
    for cell in cells:
        found.setdefault(cell["method"], []).append(cell)
    rank = {name: place for place, name in enumerate(known)}
    return dict(sorted(found.items(), key=lambda each: (rank.get(each[0], len(rank)), each[0])))


def legend_below(figure: Figure, axes: Axes) -> None:
    """Below the axes, so that it hides nothing."""
    handles, labels = axes.get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=2, fontsize=6, handletextpad=0.5, labelspacing=0.3)


def time_ticks(axis: Any) -> None:
    """Ticks in the words of the tables: 10 µs, 1 ms."""
    from matplotlib.ticker import FuncFormatter, NullFormatter

    axis.set_major_formatter(FuncFormatter(lambda value, _: format_duration(value, 1) if value > 0 else ""))
    axis.set_minor_formatter(NullFormatter())


def plot_title(cell: Mapping[str, Any], *names: str) -> str:
    where = " · ".join(str(cell[name]) for name in names)
    condition = f"{cell['dtype']}, {cell['device']}, {cell['threads']} thread{'s' if cell['threads'] != 1 else ''}"
    return f"{where}\n{condition}"


def with_legend(cells: Cells) -> float:
    """The height in cm of a plot with a row of its legend for every two methods."""
    return 5.6 + ENTRY_CM * math.ceil(len(cells_by_method(cells)) / 2)


def with_rows(cells: Cells) -> float:
    """The height in cm of a plot with a row for every method."""
    return 2.2 + ROW_CM * len(cells_by_method(cells))
