"""All cases at one look, by their factor to the fastest."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from ..tables.cells import Cells
from ..text.units import format_digits
from .kind import Kind, grouped_cells
from .look import cells_by_method, short_name

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SLOWEST = 1000.0  # where the colours end
SQUARE_CM, BAR_CM = 0.3, 0.12  # the height of a row, and of the bar of the colours


def by_matrix(cells: Cells) -> Iterator[tuple[str, Cells]]:
    yield from grouped_cells(cells)


def draw(figure: Figure, cells: Cells) -> None:
    """Cases × methods, coloured by time over the row's fastest, with the factor in each."""
    from matplotlib.colors import LogNorm

    methods, rows = list(cells_by_method(cells)), rows_of(cells)
    # A place of its own for the colours' bar: one beside the axes is put where the labels of a single row still are.
    axes, below = figure.subplots(2, 1, height_ratios=[SQUARE_CM * len(rows), BAR_CM])
    slower = {(cell["problem"], cell["instance"], cell["method"]): cell for cell in cells}
    grid = [[factor(slower.get((*row, method))) for method in methods] for row in rows]
    image = axes.imshow(grid, cmap="cividis_r", norm=LogNorm(1, SLOWEST), aspect="auto")
    for y, values in enumerate(grid):
        for x, value in enumerate(values):
            colour = "white" if value > 30 else "black"
            axes.text(x, y, factor_text(value), ha="center", va="center", fontsize=4.5, color=colour)
    axes.set_xticks(range(len(methods)), list(map(short_name, methods)), rotation=90, fontsize=5.5)
    axes.set_yticks(
        range(len(rows)), [f"{short_name(problem)} {short_name(instance)}" for problem, instance in rows], fontsize=5
    )
    axes.tick_params(length=0)
    bar = figure.colorbar(image, cax=below, orientation="horizontal")
    bar.set_ticks([1, 10, 100, 1000], labels=["fastest", "10×", "100×", "1000×"], fontsize=6)


def rows_of(cells: Cells) -> list[tuple[str, str]]:
    return list(dict.fromkeys((cell["problem"], cell["instance"]) for cell in cells))


def factor(cell: Mapping[str, Any] | None) -> float:
    return math.nan if cell is None else float(cell["slower"])


def factor_text(value: float) -> str:
    """Two digits, thousands as `2.9k`, so that it fits its square."""
    if math.isnan(value):
        return "–"
    return f"{format_digits(value / 1000, 2)}k" if value >= 995 else format_digits(value, 2)


def matrix_height(cells: Cells) -> float:
    return 4.7 + SQUARE_CM * len(rows_of(cells))


KIND = Kind(draw, by_matrix, "a cell", matrix_height, across=True)
