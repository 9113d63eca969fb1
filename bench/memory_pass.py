"""The pass that measures peak memory, after the timing and apart from it.

Every cell gets a fresh worker without the allocator's settings, under which freed memory would stay resident. Its rows
stand in a journal of their own, memory.jsonl, and come to those of the timing by their keys.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from . import units
from .journal import Journal, latest
from .orchestrator import MEMORY_JOURNAL, Run
from .plan import Plan
from .table import CellRow

COLUMNS = ("memory_status", "memory_reason")
"""What `join` adds to each row, empty where there was no such pass."""


def of_run(run: Run) -> Run:
    """The memory pass of a run whose cells were timed."""
    return dataclasses.replace(run, memory=True, repeats=1, time=False, limit_s=None)


def plan_of(plan: Plan, run: Run) -> Plan:
    """The cells of a plan that gave an answer when they were timed."""
    answered = {row.cell for row in latest(run.journal.rows()) if row.status in ("ok", "diverged")}
    return Plan(tuple(cell for cell in plan.cells if cell in answered))


def join(rows: pd.DataFrame, folder: Path) -> pd.DataFrame:
    """The rows of a run's timing with the peaks, and how their measurement went, beside each."""
    journal = Journal(folder / MEMORY_JOURNAL)
    if not journal.path.is_file():
        return rows
    found = {row.key: row for row in latest(journal.rows())}
    beside = [found.get(key) for key in rows["key"]]
    return rows.assign(
        peak_memory_bytes=pd.Series(
            [row.peak_memory_bytes if row else None for row in beside], rows.index, dtype=object
        ),
        memory_status=[row.status if row else "" for row in beside],
        memory_reason=[row.reason if row else "" for row in beside],
    )


def text(cell: CellRow) -> str:
    """The peak, or why there is none."""
    peak = cell["peak_memory_bytes"]
    if not math.isnan(peak):
        return units.size(peak)
    return str(cell["memory_status"] or cell["status"])


def is_measured(cells: list[CellRow]) -> bool:
    return any(cell["memory_status"] for cell in cells)


def notes(cells: list[CellRow]) -> Iterator[str]:
    yield "the most memory at any time from prepare to the end of the first call, beyond what the process had before"
    for cell in cells:
        if cell["memory_status"] not in ("", "ok", "diverged"):
            yield f"{cell['method']} · {cell['instance']}: {cell['memory_status']}: {cell['memory_reason']}"
