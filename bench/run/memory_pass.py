"""The pass that measures peak memory, after the timing and apart from it.

Every cell gets a fresh worker without the allocator's settings, under which freed memory would stay resident. Its rows
stand in a journal of their own, memory.jsonl, and come to those of the timing by their keys.
"""

from __future__ import annotations

import dataclasses

from ..plan.selection import Plan
from ..rows.journal import latest_rows
from .folder import Run


def memory_run(run: Run) -> Run:
    """The memory pass of a run whose cells were timed."""
    return dataclasses.replace(run, memory=True, repeats=1, time=False, limit_s=None)


def memory_plan(plan: Plan, run: Run) -> Plan:
    """The cells of a plan that gave an answer when they were timed."""
    answered = {row.cell for row in latest_rows(run.journal.rows()) if row.status in ("ok", "diverged")}
    return Plan(tuple(cell for cell in plan.cells if cell in answered))
