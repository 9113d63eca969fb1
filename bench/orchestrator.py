"""The orchestrator: starts one worker per (backend, device, threads), watches it, and writes the rows that it cannot.

A worker that dies or hangs costs the cell that it was in; a new worker takes the rest.
"""

from __future__ import annotations

import contextlib
import errno
import itertools
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

import problems

from . import ROOT, identity, machine_lock, memory_limit, reference, reserve
from .breakdown import Breakdown, Timeline
from .journal import Journal, Row, latest, row_of, to_row
from .measure import one_line
from .plan import PROFILES, Cell, Plan
from .worker import UNWRITABLE, Spec, environment, pinned

POLL_S = 0.05
START_S = 120.0  # for a worker to import its framework and begin with a cell
TIMING_S = 60.0  # beyond the timeout, for the rounds of one cell

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


class Worker:
    """A worker process and what its journal says of it."""

    def __init__(self, cells: list[Keyed], repeat: int, run: Run) -> None:
        self.cells, self.repeat, self.run = dict(cells), repeat, run
        self.done: set[str] = set()
        self.current: str | None = None
        self.enter("starting")
        self.offset = run.journal.path.stat().st_size if run.journal.path.exists() else 0
        first = cells[0][1]
        logs = run.folder / "logs"
        logs.mkdir(exist_ok=True)
        number = next(n for n in itertools.count() if not (logs / f"{first.backend}-{n}.log").exists())
        self.log = logs / f"{first.backend}-{number}.log"
        self.spec = logs / f"{first.backend}-{number}.json"
        self.write_spec(cells)
        self.timeline = Timeline(run.spent)
        self.compiler_cache = tempfile.mkdtemp(prefix="gradmark-compiler-")  # of its own, so that first calls are cold
        with self.log.open("wb") as log, pinned(first.threads):
            self.process = subprocess.Popen(
                [sys.executable, "-m", "bench.worker", str(self.spec)],
                cwd=ROOT,
                env=environment(first.backend, first.device, first.threads, self.compiler_cache, memory=run.memory),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # a process group of its own, to be killed whole; Ctrl-C reaches only this one
            )

    def write_spec(self, cells: list[Keyed]) -> None:
        run = self.run
        Spec(
            run=run.name,
            journal=str(run.journal.path),
            profile=run.profile,
            repeat=self.repeat,
            time=run.time,
            values=run.values,
            memory=run.memory,
            limit_s=run.limit_s,
            memory_limit_bytes=run.memory_limit_bytes,
            orchestrator=os.getpid(),
            problem_folders=tuple(str(path) for path in problems.__path__ if Path(path) != problems.FOLDER),
            cells=tuple(cells),
        ).write(self.spec)

    def __enter__(self) -> Worker:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self.kill()
        self.timeline.end()
        shutil.rmtree(self.compiler_cache, ignore_errors=True)
        if kind is None or kind is KeyboardInterrupt:
            self.read()
        if kind is KeyboardInterrupt and self.current:
            self.condemn("error", "interrupted by Ctrl-C")

    def watch(self) -> None:
        """Follow the journal until the process ends; kill it when the current cell's time is up."""
        while self.process.poll() is None:
            self.read()
            if time.monotonic() > self.deadline:
                self.kill()
                self.read()
                self.expire()
                return
            time.sleep(POLL_S)
        self.read()
        self.bury()

    def patience(self) -> float:
        """How long the present phase may last, in seconds."""
        timeout = self.run.timeout_s
        return {"starting": START_S, "prepare to check": timeout, "timing": timeout + TIMING_S}[self.phase]

    def read(self) -> None:
        """Take in the journal's new lines. Raises OSError where they are gone."""
        if not self.run.journal.path.exists() or self.run.journal.path.stat().st_size < self.offset:
            raise OSError(errno.ENOENT, "the journal was deleted or cut while the run went on")
        for event in self.new_events():
            if event["event"] == "started":
                self.current = event["key"]
                self.enter("prepare to check")
                self.timeline.enter("measuring", event["time"])
                self.run.working(self.cells[event["key"]].name)
            elif event["event"] == "checked":
                self.enter("timing")
            elif event["event"] == "row":
                self.done.add(event["key"])
                self.current = None
                self.enter("starting")
                self.timeline.enter("journaling", event["time"])
                self.run.tell(to_row(event))

    def enter(self, phase: str) -> None:
        """Begin a phase, with its time from now."""
        self.phase = phase
        self.deadline = time.monotonic() + self.patience()

    def new_events(self) -> Iterator[dict[str, Any]]:
        events, self.offset = self.run.journal.news(self.offset)
        yield from events

    def expire(self) -> None:
        """Write the row of the cell whose time was up, or of all cells where the worker never began with one."""
        reason = f"killed after {self.patience():g} s, the limit for {self.phase}"
        if self.current:
            self.condemn("timeout", reason)
        elif not self.done:
            for key in self.cells:
                self.condemn("timeout", reason, key)

    def bury(self) -> None:
        """Write the row of the cell in which the process died, or of all its cells where it never began with one."""
        status = self.process.returncode
        if status == UNWRITABLE:
            self.give_up()
        how = f"signal {signal.Signals(-status).name}" if status < 0 else f"exit status {status}"
        if self.current:
            limit = memory_limit.named(self.run.memory_limit_bytes)
            self.condemn("crashed", f"the worker ended with {how}{self.last_words()}{limit}")
        elif not self.done:
            for key in self.cells:
                self.condemn("crashed", f"the worker ended with {how} before its first cell{self.last_words()}", key)

    def give_up(self) -> None:
        """End the run: what the worker did last could not be journaled. Raises OSError."""
        full = shutil.disk_usage(self.run.folder).free < reserve.BYTES
        words = self.last_words().partition("cannot write the journal: ")[2].rstrip(" !")
        why = words or (os.strerror(errno.ENOSPC) if full else "the journal could not be written")
        victim = self.current or next((key for key in self.cells if key not in self.done), None)
        if victim:
            self.condemn("error", f"could not be journaled: {why}", victim)
        raise OSError(errno.EIO, why)

    def condemn(self, status: str, reason: str, key: str | None = None) -> None:
        """Write the row of a cell, the current one unless told otherwise."""
        key = key or self.current
        assert key is not None
        cell = self.cells[key]
        self.run.write(row_of(cell, key, self.run.name, self.repeat, status=status, reason=reason))
        self.done.add(key)
        self.current = None
        self.offset = self.run.journal.path.stat().st_size

    def last_words(self) -> str:
        """The last line that the worker printed, for the reason of a crash."""
        lines = [line.strip() for line in self.log.read_text(errors="replace").splitlines() if line.strip()]
        return f"; its last line: {lines[-1][:200]}" if lines else ""

    def kill(self) -> None:
        """End the whole process group at once, and what left it."""
        descendants: list[psutil.Process] = []
        with contextlib.suppress(psutil.NoSuchProcess):
            descendants = psutil.Process(self.process.pid).children(recursive=True)
        with contextlib.suppress(ProcessLookupError):  # what the worker started may be alive when it is not
            os.killpg(self.process.pid, signal.SIGKILL)
        for process in descendants:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        self.process.wait()
