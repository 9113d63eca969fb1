"""A benchmark is a test: a wrong answer fails the case and gets no time.

`pytest bench -k xor_mlp` runs cells in this process with every `--benchmark-*` flag; their rows are marked as not isolated
and are not journaled. `gradmark run` runs the same file in worker processes.
"""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import backends

from ..data.tree import flatten, unflatten
from ..plan.cell import Cell
from ..plan.cell_key import cell_key
from ..plan.profile import PROFILES, Profile
from ..plan.selection import Plan, is_expected
from ..rows.journal import Journal
from ..rows.row import Row, new_row, row_members
from .cell import Note, Rounds, call_loop, describe_error, measure_cell
from .clock import CLOCK_ROUNDS, ClockOverhead, empty_call, overhead_warnings
from .numpy_import import NUMPY_IMPORT_S
from .peak_memory import PeakMemoryMeter
from .worker import UNWRITABLE, WorkerSpec


class Session:
    """The cells of one pytest session, and where their rows go (nowhere, without a journal)."""

    def __init__(self, run: str, cells: list[tuple[str, Cell]], profile: Profile, journal: Journal | None) -> None:
        self.run, self.cells, self.profile, self.journal = run, cells, profile, journal
        self.repeat, self.time, self.values, self.isolated = 0, True, False, journal is not None
        self.memory = False
        self.troubles: dict[tuple[str, str], tuple[str, str] | None] = {}
        self.imports_s: dict[tuple[str, str], float] = {}
        self.overhead = ClockOverhead()

    @classmethod
    def of_worker(cls, spec: WorkerSpec) -> Session:
        profile = replace(PROFILES[spec.profile], limit_s=spec.limit_s)
        session = cls(spec.run, list(spec.cells), profile, Journal(Path(spec.journal)))
        session.repeat, session.time, session.values = spec.repeat, spec.time, spec.values
        session.memory = spec.memory
        return session

    @classmethod
    def of_pytest(cls, plan: Plan, profile: str) -> Session:
        chosen = PROFILES[profile]
        return cls("", [(cell_key(cell, chosen), cell) for cell in plan.cells], chosen, None)

    def configure(self, cell: Cell) -> tuple[str, str] | None:
        """Import and set up the cell's framework once; returns the status and the reason where that is not possible."""
        place = (cell.backend, cell.device)
        if place not in self.troubles:
            self.troubles[place] = None
            start = time.perf_counter()
            try:
                backends.load(cell.backend).configure(cell.threads, cell.device)
            except backends.Unavailable as reason:
                self.troubles[place] = ("unavailable", str(reason))
            except Exception as error:  # a framework that is installed and broken
                self.troubles[place] = ("error", f"while importing: {describe_error(error)}")
            self.imports_s[place] = NUMPY_IMPORT_S + time.perf_counter() - start
        return self.troubles[place]

    def note(self, event: str, **content: Any) -> None:
        """Journal an event; a worker that cannot has nothing more to do."""
        if self.journal:
            try:
                self.journal.append(event, **content)
            except OSError as error:
                pytest.exit(f"cannot write the journal: {error.strerror}", returncode=UNWRITABLE)


def rounds_with(benchmark: Any) -> Rounds:
    """pytest-benchmark's pedantic mode around a loop of the harness's own."""

    def rounds_of(work: backends.Call, rounds: int) -> tuple[list[float], Any]:
        last = benchmark.pedantic(work, rounds=rounds, iterations=1)
        return list(benchmark.stats.stats.data) if benchmark.stats else [], last

    return rounds_of


def test_clock(session: Session, iterations: int, benchmark: Any) -> None:
    """Not a cell: what an empty call takes on the way that all cells take, for the rows of those that follow."""
    if not session.time:
        pytest.skip("nothing is timed")
    samples, _ = rounds_with(benchmark)(call_loop(empty_call, iterations), CLOCK_ROUNDS)
    session.overhead.add(iterations, samples)


def test_cell(session: Session, key: str, cell: Cell, benchmark: Any) -> None:
    row = new_row(cell, key, session.run, session.repeat, isolated=session.isolated)
    trouble = session.configure(cell)  # the import is not charged to the first cell's timeout
    session.note("started", key=key, repeat=session.repeat, time=time.time())
    if trouble:
        row.status, row.reason = trouble
    else:
        row.import_s = session.imports_s[cell.backend, cell.device] if session.isolated else None
        rounds_of = rounds_with(benchmark) if session.time else None
        meter = PeakMemoryMeter(backends.load(cell.backend)) if session.memory else None
        measure_cell(cell, row, session.profile, rounds_of, noting(session, key), meter)
        row.clock_overhead_s = session.overhead.per_call_s(row.iterations)
        row.warnings += overhead_warnings(row.clock_overhead_s, row.median_s)
    finish_cell(session, row, benchmark)


def noting(session: Session, key: str) -> Note:
    """Tells the journal that the answer was right, and before that what it was, where that was asked for."""

    def note(event: str, result: Any) -> None:
        if event == "checked":
            session.note("checked", key=key, repeat=session.repeat)
        elif session.values:
            lists = {path: leaf.tolist() for path, leaf in flatten(result).items()}
            session.note("values", key=key, values=unflatten(lists))

    return note


def finish_cell(session: Session, row: Row, benchmark: Any) -> None:
    """Journal the row, then end the pytest case in the way that its status deserves."""
    row.time = time.time()
    session.note("row", **row_members(row))
    benchmark.extra_info.update({name: value for name, value in row_members(row).items() if name != "samples_s"})
    benchmark._mode = benchmark._mode or "checked only"  # otherwise pytest-benchmark warns of an unused fixture
    if row.status in ("omitted", "unavailable"):
        pytest.skip(row.reason)
    if not is_expected(row.cell, row.status):
        pytest.fail(f"{row.status}: {row.reason or 'expected another status'}", pytrace=False)
