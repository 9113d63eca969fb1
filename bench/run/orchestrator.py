"""The orchestrator: makes inputs and references, and has one worker per (backend, device, threads) measure their cells.

A worker that dies or hangs costs the cell that it was in; a new worker takes the rest.
"""

from __future__ import annotations

import contextlib
import random
from dataclasses import replace
from pathlib import Path

import problems

from ..machine.process import machine_held
from ..measure.cell import describe_error
from ..plan.cell import PROFILES, Cell, absence_key, cell_key
from ..plan.selection import Plan
from ..rows.journal import latest_rows
from ..rows.row import new_row
from ..truth.reference import load_reference
from .folder import Run
from .supervisor import Keyed, SupervisedWorker

RETRIED = ("crashed", "timeout", "error")  # statuses that a resumed run tries again: they may have been an accident


Place = tuple[str, str, int]
"""(backend, device, threads)."""

Done = frozenset[tuple[str, int]]
"""(key, repeat) of the rows that need not be measured again."""


class Stopped(Exception):
    """The run cannot go on; the message is one line. What was measured until then is in the journal."""


def execute_plan(plan: Plan, run: Run) -> None:
    """Measure every cell of the plan, writing a row for each to the run's journal.

    On KeyboardInterrupt the worker is killed, its cell gets a row, and the exception goes on to the caller. Raises Stopped
    where the run folder can no longer be written to.
    """
    alone = machine_held(run.name, run.say) if run.time or run.memory else contextlib.nullcontext()
    try:
        with alone:
            run.journal.create()
            run.journal.mend()
            rows = latest_rows(run.journal.rows(longest=None))
            done = frozenset((row.key, row.repeat) for row in rows if row.status not in RETRIED)
            with run.spent.phase("journaling"):
                write_absences(plan, run, done)
            with run.spent.phase("references"):
                groups = prepare_groups(plan, run, done)
            run_groups(groups, run, done)
    except OSError as error:
        where = f": {Path(error.filename).name}" if isinstance(error.filename, str) else ""
        raise Stopped(f"the run cannot go on: {error.strerror or error}{where}") from None


def write_absences(plan: Plan, run: Run, done: Done) -> None:
    """A row for every cell that is not run."""
    for cell, absence in plan.absent.items():
        key = absence_key(cell, absence)
        if (key, 0) not in done:
            run.write(new_row(cell, key, run.name, 0, status=absence.status, reason=absence.reason))


def prepare_groups(plan: Plan, run: Run, done: Done) -> dict[Place, list[Keyed]]:
    """The cells whose inputs and reference exist, with their keys, by (backend, device, threads).

    Inputs and references are computed here, so that workers only load them.
    The reference of a case of which nothing is missing is left alone.
    Where an instance or an oracle fails, its cells get a row that says how.
    """
    cases: dict[tuple[str, str, str, str], list[Cell]] = {}
    for cell in plan.cells:
        cases.setdefault((cell.problem, cell.instance, cell.operation, cell.dtype), []).append(cell)
    groups: dict[Place, list[Keyed]] = {}
    for case, cells in cases.items():
        run.working(f"reference of {':'.join(case)}")
        try:
            found = [(cell_key(cell, PROFILES[run.profile]), cell) for cell in cells]
            if any((key, repeat) not in done for key, _ in found for repeat in range(run.repeats)):
                load_reference(*case, fresh=run.fresh)
            for key, cell in found:
                groups.setdefault((cell.backend, cell.device, cell.threads), []).append((key, cell))
        except Exception as error:
            for cell in cells:
                reason = describe_error(error)
                if not isinstance(error, problems.ProblemError):
                    reason = f"in the instance or its oracle: {reason}"
                run.write(new_row(cell, cell.name, run.name, 0, status="error", reason=reason))
    return groups


def run_groups(groups: dict[Place, list[Keyed]], run: Run, done: Done) -> None:
    """Every group in every repeat, in a new order each time; of the memory pass every cell for itself."""
    shuffle = random.Random(run.seed)
    for repeat in range(run.repeats):
        order = list(groups)
        shuffle.shuffle(order)
        for place in order:
            missing = [(key, cell) for key, cell in groups[place] if (key, repeat) not in done]
            for cells in [[each] for each in missing] if run.memory else [missing]:
                run_group(cells, repeat, run)


def run_group(cells: list[Keyed], repeat: int, run: Run) -> None:
    """One worker after another until each of the cells has a row."""
    remaining = cells
    while remaining:
        with SupervisedWorker(remaining, repeat, run) as worker:
            worker.watch()
        remaining = [(key, cell) for key, cell in remaining if key not in worker.done]


def memory_run(run: Run) -> Run:
    """The pass that measures peak memory, after the timing and apart from it.

    Every cell gets a fresh worker without the allocator's settings, under which freed memory would stay resident. Its rows
    stand in a journal of their own, memory.jsonl, and come to those of the timing by their keys.
    """
    return replace(run, memory=True, repeats=1, time=False, limit_s=None, reasons=True)


def memory_plan(plan: Plan, run: Run) -> Plan:
    """The cells of a plan that gave an answer when they were timed."""
    answered = {row.cell for row in latest_rows(run.journal.rows()) if row.status in ("ok", "diverged")}
    return Plan(tuple(cell for cell in plan.cells if cell in answered))
