"""A table of text, before it has a format, and the cells that it is made from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

CellRow = Mapping[str, Any]
"""A cell of a table: column → value, as `tables.per_cell` makes them; a dict, as a pandas row costs a hundred times that."""


@dataclass(frozen=True)
class Table:
    """A titled table of text with notes under it. best: the (row, column) labels of the fastest; numeric: of numbers."""

    title: str
    body: pd.DataFrame
    notes: tuple[str, ...] = ()
    best: frozenset[tuple[str, str]] = frozenset()
    numeric: bool = True
