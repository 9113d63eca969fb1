"""Peak memory beside the rows of a run's timing, and as a table."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from ..rows.journal import Journal
from ..rows.row import latest_rows
from ..rows.run_files import MEMORY_JOURNAL
from ..text.table import CellRow
from ..text.units import format_bytes

MEMORY_COLUMNS = ("memory_status", "memory_reason")
"""What `join_memory` adds to each row, empty where there was no such pass."""


def join_memory(rows: pd.DataFrame, folder: Path) -> pd.DataFrame:
    """The rows of a run's timing with the peaks, and how their measurement went, beside each."""
    journal = Journal(folder / MEMORY_JOURNAL)
    if not journal.path.is_file():
        return rows
    found = {row.key: row for row in latest_rows(journal.rows())}
    beside = [found.get(key) for key in rows["key"]]
    return rows.assign(
        peak_memory_bytes=pd.Series(
            [row.peak_memory_bytes if row else None for row in beside], rows.index, dtype=object
        ),
        memory_status=[row.status if row else "" for row in beside],
        memory_reason=[row.reason if row else "" for row in beside],
    )


def memory_text(cell: CellRow) -> str:
    """The peak, or why there is none."""
    peak = cell["peak_memory_bytes"]
    if not math.isnan(peak):
        return format_bytes(peak)
    return str(cell["memory_status"] or cell["status"])


def has_memory(cells: list[CellRow]) -> bool:
    return any(cell["memory_status"] for cell in cells)


def memory_notes(cells: list[CellRow]) -> Iterator[str]:
    yield "peak resident memory from prepare to the end of the first call, less what was resident before"
    for cell in cells:
        if cell["memory_status"] not in ("", "ok", "diverged"):
            yield f"{cell['method']} · {cell['instance']}: {cell['memory_status']}: {cell['memory_reason']}"
