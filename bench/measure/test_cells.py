"""A benchmark is a test: a wrong answer fails the case and gets no time.

`gradmark run` runs this file in worker processes, one pytest case for each cell of the worker's specification.
`pytest bench -k xor_mlp` runs cells of the quick profile (GRADMARK_PROFILE names another) in its own process, with every
`--benchmark-*` flag; their rows are marked as not isolated and are not journaled.
"""

from __future__ import annotations

import os
import time
from dataclasses import replace
from functools import cache, partial
from pathlib import Path
from statistics import median
from typing import Any

import pytest
from pytest_benchmark.stats import Stats

import backends

from ..data.store import flatten, unflatten
from ..data.temporary import TemporaryFolder
from ..plan.cell import PROFILES, Cell, Profile, cell_key, is_expected
from ..plan.selection import Selection, make_plan
from ..rows.journal import Journal, json_ready
from ..rows.row import Row, new_row, row_members
from .cell import ClockOverhead, Rounds, call_loop, describe_error, measure_cell
from .numpy_import import NUMPY_IMPORT_S
from .peak_memory import PeakMemoryMeter
from .worker import SPEC_VARIABLE, UNWRITABLE, WorkerSpec

PROFILE_VARIABLE = "GRADMARK_PROFILE"
LONG_ROUND = 1000  # calls of a long round, in which what a round costs is spread thin
CLOCK_ROUNDS = 51


class Session:
    """The cells of one pytest session with their keys, and where their rows go (nowhere, without a journal)."""

    def __init__(self, cells: list[tuple[str, Cell]], profile: Profile, spec: WorkerSpec | None = None) -> None:
        self.cells, self.profile, self.spec = cells, profile, spec
        self.journal = Journal(Path(spec.journal)) if spec else None
        self.time = spec is None or spec.time
        self.troubles: dict[tuple[str, str], tuple[str, str] | None] = {}
        self.imports_s: dict[tuple[str, str], float] = {}
        self.empty_rounds_s: dict[int, float] = {}
        self.overhead: ClockOverhead | None = None

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
                self.troubles[place] = ("error", f"import failed: {describe_error(error)}")
            self.imports_s[place] = NUMPY_IMPORT_S + time.perf_counter() - start
        return self.troubles[place]

    def note(self, key: str, event: str, result: Any = None, **content: Any) -> None:
        """Journal an event; a worker that cannot has nothing more to do. Results are kept where the worker is told to."""
        if not self.spec or not self.journal or (event == "values" and not self.spec.values):
            return
        if event == "values":
            content["values"] = unflatten({path: leaf.tolist() for path, leaf in flatten(result).items()})
        elif event != "row":
            content["repeat"] = self.spec.repeat
        try:
            self.journal.append(event, key=key, **content)
        except OSError as error:
            pytest.exit(f"cannot write the journal: {error.strerror}", returncode=UNWRITABLE)


@cache
def session() -> Session:
    """Of a worker, or of somebody's own pytest."""
    if SPEC_VARIABLE in os.environ:
        spec = WorkerSpec.read(Path(os.environ[SPEC_VARIABLE]))
        return Session(list(spec.cells), replace(PROFILES[spec.profile], limit_s=spec.limit_s), spec)
    name = os.environ.get(PROFILE_VARIABLE, "quick")
    for backend in backends.names():  # before any framework is imported
        os.environ.update(backends.load(backend).environment(1, "cpu", str(compiler_cache().path)))
    cells = make_plan(Selection(profile=name)).cells
    return Session([(cell_key(cell, PROFILES[name]), cell) for cell in cells], PROFILES[name])


@cache
def compiler_cache() -> TemporaryFolder:
    """A folder for what the frameworks compile, for as long as this process lives."""
    return TemporaryFolder()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "cell" in metafunc.fixturenames:
        metafunc.parametrize("key, cell", [pytest.param(*c, id=c[0].rpartition("#")[0]) for c in session().cells])
    else:
        metafunc.parametrize("iterations", [pytest.param(n, id=f"{n}-empty-calls") for n in (1, LONG_ROUND)])


def rounds_with(benchmark: Any) -> Rounds:
    """pytest-benchmark's pedantic mode around a loop of our own, which it takes for one call: see `report_calls`."""

    def rounds_of(work: backends.Call, rounds: int) -> tuple[list[float], Any]:
        last = benchmark.pedantic(work, rounds=rounds, iterations=1)
        return list(benchmark.stats.stats.data) if benchmark.stats else [], last

    return rounds_of


def test_clock(iterations: int, benchmark: Any) -> None:
    """Not a cell: what an empty call takes on the way that all cells take, for the rows of those that follow."""
    if not session().time:
        pytest.skip("nothing is timed")
    samples, _ = rounds_with(benchmark)(call_loop(empty_call, iterations), CLOCK_ROUNDS)
    report_calls(benchmark, [sample / iterations for sample in samples], iterations)
    session().empty_rounds_s |= {iterations: median(samples)} if samples else {}
    session().overhead = clock_overhead(session().empty_rounds_s)


def report_calls(benchmark: Any, samples_s: list[float], iterations: int) -> None:
    """Give pytest-benchmark the seconds per call that the row holds, in place of its seconds of a round; none for no time.

    Its own loop of `iterations` costs 35 to 50 ns a call, so it never sees how many calls a round has.
    """
    if samples_s and benchmark.stats is None and benchmark.enabled:  # timed once, without rounds
        benchmark._make_stats(iterations)
    if benchmark.stats is not None:
        benchmark.has_error = not samples_s  # what was timed and then found wrong, or withheld, is not saved
        benchmark.stats.iterations = max(1, iterations)
        benchmark.stats.stats = Stats()
        for sample in samples_s:
            benchmark.stats.stats.update(sample)


def empty_call() -> None:
    """The call that is timed."""


def clock_overhead(rounds_s: dict[int, float]) -> ClockOverhead | None:
    """From the seconds of rounds of so many empty calls; None where one of the two was not measured.

    A round costs r + k c: r + c is measured in short rounds, r + LONG_ROUND c in long ones.
    """
    if not {1, LONG_ROUND} <= rounds_s.keys():
        return None
    call_s = (rounds_s[LONG_ROUND] - rounds_s[1]) / (LONG_ROUND - 1)
    return ClockOverhead(call_s, max(0.0, rounds_s[1] - call_s))


def test_cell(key: str, cell: Cell, benchmark: Any) -> None:
    this = session()
    trouble = this.configure(cell)  # the import is not charged to the first cell's timeout
    spec = this.spec
    this.note(key, "started", time=time.time())
    row = new_row(cell, key, spec.run if spec else "", spec.repeat if spec else 0, isolated=spec is not None)
    if trouble:
        row.status, row.reason = trouble
    else:
        row.import_s = this.imports_s[cell.backend, cell.device] if row.isolated else None
        rounds_of = rounds_with(benchmark) if this.time else None
        meter = PeakMemoryMeter(backends.load(cell.backend)) if spec and spec.memory else None
        note = partial(this.note, key)
        measure_cell(cell, row, this.profile, rounds_of, note, meter, this.overhead)
    finish_cell(this, cell, row, benchmark)


def finish_cell(this: Session, cell: Cell, row: Row, benchmark: Any) -> None:
    """Journal the row, then end the pytest case in the way that its status deserves."""
    row.time = time.time()
    content = row_members(row)
    this.note(content.pop("key"), "row", **content)
    benchmark.extra_info.update(json_ready({name: value for name, value in content.items() if name != "samples_s"}))
    report_calls(benchmark, row.samples_s if row.median_s else [], row.iterations)
    benchmark._mode = benchmark._mode or "checked only"  # otherwise pytest-benchmark warns of an unused fixture
    if row.status in ("omitted", "unavailable"):
        pytest.skip(row.reason)
    if not is_expected(cell, row.status):
        pytest.fail(f"{row.status}: {row.reason or 'expected another status'}", pytrace=False)
