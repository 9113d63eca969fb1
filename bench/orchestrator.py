"""The orchestrator: makes inputs and references, and has one worker per (backend, device, threads) measure their cells.

A worker that dies or hangs costs the cell that it was in; a new worker takes the rest.
"""

from __future__ import annotations

import contextlib
import random
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from . import identity, machine_lock, reference, reserve
from .breakdown import Breakdown
from .journal import Journal, Row, latest, row_of
from .measure import one_line
from .plan import PROFILES, Cell, Plan
from .supervision import Worker

MEMORY_JOURNAL = "memory.jsonl"
REDONE = ("crashed", "timeout", "error")  # statuses that a resumed run tries again: they may have been an accident

Keyed = tuple[str, Cell]


class Stopped(Exception):
    """The run cannot go on; the message is one line. What was measured until then is in the journal."""


@dataclass
class Run:
    """One run: where it goes, how it is done, and whom to tell.

    tell: called with every row as it is written. working: called with the name of what is being done now. say: called with
    a line that a person must see. memory_follows: a pass that measures peak memory comes after it. memory: it is that pass.
    """

    name: str
    folder: Path
    profile: str = "quick"
    repeats: int = 1
    timeout_s: float = 120.0
    time: bool = True
    values: bool = False
    fresh: bool = False
    memory_follows: bool = False
    memory: bool = False
    limit_s: float | None = None
    memory_limit_bytes: int | None = None
    seed: int = 0
    spent: Breakdown = field(default_factory=Breakdown)
    tell: Callable[[Row], None] = lambda row: None
    working: Callable[[str], None] = lambda what: None
    say: Callable[[str], None] = lambda line: print(f"gradmark: {line}", file=sys.stderr, flush=True)

    @property
    def journal(self) -> Journal:
        return Journal(self.folder / (MEMORY_JOURNAL if self.memory else "journal.jsonl"))

    def write(self, row: Row) -> None:
        """Journal a row. Raises OSError where even the reserve does not make room for it."""
        self.journal.mend()
        try:
            self.journal.append_row(row)
        except OSError:
            reserve.release(self.folder)
            self.journal.append_row(row)
        self.tell(row)


def settings(profile: str) -> dict[str, Any]:
    """The fields of `Run` that a profile decides."""
    chosen = PROFILES[profile]
    return {
        "profile": profile,
        "repeats": chosen.repeats,
        "timeout_s": chosen.timeout_s,
        "limit_s": chosen.limit_s,
        "memory_follows": chosen.memory,
    }


def execute(plan: Plan, run: Run) -> None:
    """Measure every cell of the plan, writing a row for each to the run's journal.

    On KeyboardInterrupt the worker is killed, its cell gets a row, and the exception goes on to the caller. Raises Stopped
    where the run folder can no longer be written to.
    """
    alone = machine_lock.held(run.name, run.say) if run.time or run.memory else contextlib.nullcontext()
    try:
        with alone:
            execute_alone(plan, run)
    except OSError as error:
        where = f": {Path(error.filename).name}" if isinstance(error.filename, str) else ""
        raise Stopped(f"the run cannot go on: {error.strerror or error}{where}") from None


def execute_alone(plan: Plan, run: Run) -> None:
    """As `execute`, with the machine to itself. What the journal holds already is not done again."""
    run.journal.path.touch()
    run.journal.mend()
    done = finished(run.journal)
    with run.spent.phase("journaling"):
        for cell, absence in plan.absent.items():
            key = identity.absent_key(cell, absence)
            if (key, 0) not in done:
                run.write(row_of(cell, key, run.name, 0, status=absence.status, reason=absence.reason))
    with run.spent.phase("references"):
        groups = group(with_references(plan, run, done))
    shuffle = random.Random(run.seed)
    for repeat in range(run.repeats):
        order = list(groups)
        shuffle.shuffle(order)
        for place in order:
            missing = [(key, cell) for key, cell in groups[place] if (key, repeat) not in done]
            for cells in [[each] for each in missing] if run.memory else [missing]:
                run_group(cells, repeat, run)


def finished(journal: Journal) -> frozenset[tuple[str, int]]:
    """(key, repeat) of the rows that need not be measured again."""
    return frozenset((row.key, row.repeat) for row in latest(journal.rows(longest=None)) if row.status not in REDONE)


def with_references(plan: Plan, run: Run, done: frozenset[tuple[str, int]]) -> list[Keyed]:
    """The cells whose inputs and reference exist, with their keys; both are computed here, so that workers only load them.

    The reference of a case of which nothing is missing is left alone.
    Where an instance or an oracle fails, its cells get a row that says how.
    """
    cases: dict[tuple[str, str, str, str], list[Cell]] = {}
    for cell in plan.cells:
        cases.setdefault((cell.problem, cell.instance, cell.operation, cell.dtype), []).append(cell)
    keyed: list[Keyed] = []
    for case, cells in cases.items():
        run.working(f"reference of {':'.join(case)}")
        try:
            found = [(identity.key(cell, PROFILES[run.profile]), cell) for cell in cells]
            if any((key, repeat) not in done for key, _ in found for repeat in range(run.repeats)):
                reference.load(*case, fresh=run.fresh)
            keyed += found
        except Exception as error:
            for cell in cells:
                reason = f"in the instance or its oracle: {one_line(error)}"
                run.write(row_of(cell, cell.name, run.name, 0, status="error", reason=reason))
    return keyed


def group(cells: list[Keyed]) -> dict[tuple[str, str, int], list[Keyed]]:
    """Cells with their keys, by (backend, device, threads)."""
    groups: dict[tuple[str, str, int], list[Keyed]] = {}
    for key, cell in cells:
        groups.setdefault((cell.backend, cell.device, cell.threads), []).append((key, cell))
    return groups


def run_group(cells: list[Keyed], repeat: int, run: Run) -> None:
    """One worker after another until each of the cells has a row."""
    remaining = cells
    while remaining:
        with Worker(remaining, repeat, run) as worker:
            worker.watch()
        remaining = [(key, cell) for key, cell in remaining if key not in worker.done]
