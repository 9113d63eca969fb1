"""Exponents of time in size."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..tables.cells import LADDER_COLUMNS, Cells, cell_ladders, ladder_exponents
from .kind import Kind, file_name_part
from .look import cells_by_method, method_looks, plot_title, short_name, with_rows

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def by_exponent(cells: Cells) -> Iterator[tuple[str, Cells]]:
    for ladder in cell_ladders(cells, rungs=3):
        if ladder_exponents(ladder):
            yield file_name_part(ladder[0], LADDER_COLUMNS), ladder


def draw(figure: Figure, cells: Cells) -> None:
    """Exponents of time in size, with their intervals."""
    axes = figure.add_subplot()
    fits = ladder_exponents(cells)
    methods = [method for method in cells_by_method(cells) if method in fits]
    looks = method_looks(methods)
    for row, method in enumerate(methods):
        style = {**looks[method], "linestyle": "none"}
        axes.errorbar(fits[method].exponent, row, xerr=fits[method].half_width, capsize=2, elinewidth=0.8, **style)
    axes.set_yticks(range(len(methods)), list(map(short_name, methods)))
    axes.set(xlim=(-0.5, 2.4), xticks=(0, 1, 2), ylim=(len(methods) - 0.4, -0.6))
    axes.grid(axis="x", linewidth=0.3)
    figure.supxlabel("k in time ∝ sizeᵏ, 95 % confidence interval", fontsize=8)
    figure.suptitle(plot_title(cells[0], "problem", "operation", "ladder"), fontsize=7.5)


KIND = Kind(draw, by_exponent, "three timed sizes of an instance (gradmark scale PROBLEM)", with_rows)
