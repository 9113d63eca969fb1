"""What a kind of plot is, and how a run's cells are divided into pictures."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..tables.cells import Cells

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class Kind:
    """draw: puts cells into axes. parts: the cells of each picture. needs: its data, in words. height: in cm.

    across: whether a picture shows several problems, so that neither its name nor its title says which.
    """

    draw: Callable[[Figure, Cells], None]
    parts: Callable[[Cells], Iterator[tuple[str, Cells]]]
    needs: str
    height: Callable[[Cells], float]
    across: bool = False


def grouped_cells(
    cells: Cells, names: tuple[str, ...] = ("operation", "dtype", "device", "threads")
) -> Iterator[tuple[str, Cells]]:
    found: dict[str, Cells] = {}
    for cell in cells:
        found.setdefault(file_name_part(cell, names), []).append(cell)
    yield from found.items()


def file_name_part(cell: Mapping[str, Any], names: tuple[str, ...]) -> str:
    """Part of a file's name: `linear_regression-gradient-n_d10-float64-cpu-t1`."""
    parts = [f"t{cell[name]}" if name == "threads" else str(cell[name]) for name in names]
    return "-".join(parts).replace("*", "")
