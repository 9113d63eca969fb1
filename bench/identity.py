"""The key of a cell: its name, and a hash of the data that it is run on."""

from __future__ import annotations

from . import inputs
from .plan import Cell


def key(cell: Cell) -> str:
    """`<name>#<first 12 digits of the SHA-256 of the inputs>`."""
    return f"{cell.name}#{inputs.load(cell.problem, cell.instance).digest[:12]}"
