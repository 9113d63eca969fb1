"""How a method looks, in colour, in shape and in grey, and what all plots have: legend, units of time, title."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from colorsys import hsv_to_rgb
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import backends

from ..tables.cells import Cells
from ..text.units import format_duration, plural
from .style import LINE_STYLES, PALETTE

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MARKS = "osD^vPX*<>hp8dH"
Shape = tuple[str, bool]  # a mark, and whether it is filled
SHAPES = tuple((mark, filled) for filled in (True, False) for mark in MARKS)
HOLLOW = "white"
ORDER_OF_COLOURS = (4, 6, 3, 1, 2, 0, 5)  # of the palette: neighbours in a table differ most
GOLDEN = (math.sqrt(5) - 1) / 2
LEAST_ERROR = 1e-17  # where an error of zero is drawn on a logarithmic axis
GREATEST_ERROR = 1e17  # where one that is larger, or infinite, is drawn
LONGEST_NAME = 40  # letters
ROW_CM = 0.42  # of a row of methods
ENTRY_CM = 0.38  # of a row of the legend


def method_looks(methods: Iterable[str]) -> dict[str, dict[str, Any]]:
    """The look of each method: all differ, and while there are marks enough, in grey, too.

    Methods that no adapter has get theirs last, so that the others look the same wherever they are shown.
    """
    known, shown = backends.methods(), dict.fromkeys(methods)
    looks = all_looks(tuple(known), tuple(sorted(set(shown) - set(known))))
    return {method: looks[method] for method in shown}


@lru_cache(maxsize=8)
def all_looks(*groups: tuple[str, ...]) -> dict[str, dict[str, Any]]:
    """Colour by the backend, shape by the variant; one group of methods after the other."""
    variants: dict[str, list[str]] = {}
    shapes: dict[str, Shape] = {}
    for group in groups:
        for method in group:
            variants.setdefault(method.partition("/")[0], []).append(method)
        add_shapes(shapes, variants)
    return {
        method: look_of(backend_colour(place), *shapes[method], number)
        for place, names in enumerate(variants.values())
        for number, method in enumerate(names)
    }


def add_shapes(shapes: dict[str, Shape], variants: Mapping[str, list[str]]) -> None:
    """Give a shape to each method that has none: the first of those that are used least.

    A backend's first two variants come before all others, with one mark, filled and hollow.
    """
    for methods in variants.values():
        if methods[0] not in shapes:
            used = [mark for mark, _ in shapes.values()]
            mark = min(MARKS, key=used.count)
            shapes.update(zip(methods, ((mark, True), (mark, False)), strict=False))
    for methods in variants.values():
        for method in methods:
            if method not in shapes:
                shapes[method] = rarest_shape([shapes[m] for m in methods if m in shapes], list(shapes.values()))


def rarest_shape(own: list[Shape], taken: list[Shape]) -> Shape:
    """The first that the backend does not have itself and that is used least."""
    return min(SHAPES, key=lambda shape: (shape in own, taken.count(shape)))


def look_of(colour: str, mark: str, filled: bool, number: int) -> dict[str, Any]:
    return {
        "color": colour,
        "marker": mark,
        "markerfacecolor": colour if filled else HOLLOW,
        "linestyle": LINE_STYLES[number % len(LINE_STYLES)],
    }


def backend_colour(place: int) -> str:
    """The palette's, and when they are used up, hues far from each other."""
    if place < len(ORDER_OF_COLOURS):
        return PALETTE[ORDER_OF_COLOURS[place]]
    red, green, blue = hsv_to_rgb(place * GOLDEN % 1, 0.7, 0.6)
    return f"#{round(255 * red):02X}{round(255 * green):02X}{round(255 * blue):02X}"


def cells_by_method(cells: Cells) -> dict[str, Cells]:
    """In the order of the registry, in which the cells are."""
    known = backends.methods()
    found: dict[str, Cells] = {}
    for cell in cells:
        found.setdefault(cell["method"], []).append(cell)
    rank = {name: place for place, name in enumerate(known)}
    return dict(sorted(found.items(), key=lambda each: (rank.get(each[0], len(rank)), each[0])))


def error_in_reach(error: float) -> float:
    """Where an error is drawn on a logarithmic axis."""
    return min(max(error, LEAST_ERROR), GREATEST_ERROR)


def legend_below(figure: Figure, axes: Axes) -> None:
    """Below the axes, so that it hides nothing."""
    handles, labels = axes.get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=2, fontsize=6, handletextpad=0.5, labelspacing=0.3)


def time_ticks(axis: Any) -> None:
    """Ticks in the words of the tables: 10 µs, 1 ms."""
    from matplotlib.ticker import FuncFormatter, NullFormatter

    axis.set_major_formatter(FuncFormatter(lambda value, _: format_duration(value, 1) if value > 0 else ""))
    axis.set_minor_formatter(NullFormatter())


def short_name(name: Any) -> str:
    """A name that leaves room for the picture: one that is long lacks its middle."""
    text = str(name)
    return text if len(text) <= LONGEST_NAME else f"{text[: LONGEST_NAME - 12]}…{text[-11:]}"


def plot_title(cell: Mapping[str, Any], *names: str) -> str:
    where = " · ".join(short_name(cell[name]) for name in names)
    condition = f"{cell['dtype']}, {cell['device']}, {plural(cell['threads'], 'thread')}"
    return f"{where}\n{condition}"


def with_legend(cells: Cells) -> float:
    """The height in cm of a plot with a row of its legend for every two methods."""
    return 5.6 + ENTRY_CM * math.ceil(len(cells_by_method(cells)) / 2)


def with_rows(cells: Cells) -> float:
    """The height in cm of a plot with a row for every method."""
    return 2.2 + ROW_CM * len(cells_by_method(cells))
