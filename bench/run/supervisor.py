"""Watching one worker process: following its journal, killing what hangs, and writing the rows that it cannot write itself.

A worker that dies or hangs costs the cell that it was in.
"""

from __future__ import annotations

import contextlib
import errno
import itertools
import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

import psutil

import backends
import problems

from .. import ROOT, UsageError
from ..data.files import inner_folder, is_there, new_file, read_json_object
from ..data.temporary import TemporaryFolder
from ..machine.memory_limit import limit_suffix
from ..machine.process import pinned_children, start_command, worker_environment
from ..measure.worker import UNWRITABLE, WorkerSpec, imported_path
from ..plan.cell import Cell
from ..rows.journal import Checked, Event, Started
from ..rows.row import Row, new_row
from .folder import RESERVE_BYTES, CellTime, Run, TimeSpent

Keyed = tuple[str, Cell]
"""A cell with its key."""

POLL_S = 0.05
START_S = 120.0  # for a worker to import its framework and begin with a cell
TIMING_S = 60.0  # beyond the timeout, for the rounds of one cell


class SupervisedWorker:
    """A worker process and what its journal says of it."""

    def __init__(self, cells: list[Keyed], repeat: int, run: Run) -> None:
        self.cells, self.repeat, self.run = dict(cells), repeat, run
        self.done: set[str] = set()
        self.current: str | None = None
        self.news: list[Event] = []  # lines of the journal that are not taken in yet
        self.enter("start of the worker")
        self.offset = run.journal.path.stat().st_size if run.journal.path.exists() else 0
        first = cells[0][1]
        logs = inner_folder(run.folder, "logs")
        number = next(n for n in itertools.count() if not is_there(logs / f"{first.backend}-{n}.log"))
        self.log = logs / f"{first.backend}-{number}.log"
        self.spec = logs / f"{first.backend}-{number}.json"
        self.timeline = WorkerTimeline(run.spent)
        self.write_spec(cells)
        self.compiler_cache = TemporaryFolder()  # of its own, so that first calls are cold

    def __enter__(self) -> SupervisedWorker:
        try:
            self.start()
        except BaseException:  # a signal, too, after which nobody else would end it
            self.end()
            raise
        return self

    def start(self) -> None:
        first = next(iter(self.cells.values()))
        with os.fdopen(new_file(self.log), "wb") as log, pinned_children(first.threads):
            self.process = subprocess.Popen(
                start_command("bench.measure.worker", str(self.spec)),
                cwd=ROOT,
                env=worker_environment(
                    first.backend, first.device, first.threads, str(self.compiler_cache.path), memory=self.run.memory
                ),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # a process group of its own, to be killed whole; Ctrl-C reaches only this one
            )

    def write_spec(self, cells: list[Keyed]) -> None:
        run = self.run
        WorkerSpec(
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
            backend_folders=tuple(map(str, backends.folders())),
            cells=tuple(cells),
        ).write(self.spec)

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: object) -> None:
        self.end()
        with contextlib.suppress(UsageError, OSError):  # of a worker that did not live so long there is none
            self.run.imported |= read_json_object(imported_path(self.spec))
            imported_path(self.spec).unlink(missing_ok=True)
        if kind is None or kind is KeyboardInterrupt:
            self.read()
        if kind is KeyboardInterrupt and self.current:
            self.write_failure_row("error", f"interrupted by {error}" if str(error) else "interrupted by Ctrl-C")

    def end(self) -> None:
        """End the process, and remove what it compiled."""
        if hasattr(self, "process"):  # it was started
            self.kill()
        self.timeline.end()
        self.compiler_cache.close()

    def watch(self) -> None:
        """Follow the journal until the process ends; kill it when the current cell times out."""
        while self.process.poll() is None:
            self.read()
            if time.monotonic() > self.deadline:
                self.kill()
                self.read()
                self.record_timeout()
                return
            time.sleep(POLL_S)
        self.read()
        self.record_crash()

    def limit_s(self) -> float:
        """How long the present phase may last, in seconds."""
        timeout = self.run.timeout_s
        return {"start of the worker": START_S, "prepare to check": timeout, "timing": timeout + TIMING_S}[self.phase]

    def read(self) -> None:
        """Take in the journal's new lines. Raises OSError where they are gone."""
        if not self.run.journal.path.exists() or self.run.journal.path.stat().st_size < self.offset:
            raise OSError(errno.ENOENT, "the journal was deleted or truncated during the run")
        events, offset = self.run.journal.news(self.offset)
        self.news += events
        self.offset = offset
        while self.news:
            event = self.news[0]
            if isinstance(event, Started):
                self.current = event.key
                self.enter("prepare to check")
                name = self.cells[event.key].name
                self.timeline.enter("measuring", event.time, name)
                self.run.working(name)
            elif isinstance(event, Checked):
                self.enter("timing")
            elif isinstance(event, Row):
                self.done.add(event.key)
                self.current = None
                self.enter("start of the worker")
                self.timeline.enter("journaling", event.time, first_call_s=event.first_call_s)
                self.run.tell(event)
            self.news.pop(0)  # only now, so that what a signal interrupts is not lost

    def enter(self, phase: str) -> None:
        """Begin a phase, with its time from now."""
        self.phase = phase
        self.deadline = time.monotonic() + self.limit_s()

    def record_timeout(self) -> None:
        """Write the row of the cell that timed out, or of all cells if the worker never started one."""
        option = {"prepare to check": " (--timeout)", "timing": f" (--timeout plus {TIMING_S:g} s)"}.get(self.phase, "")
        reason = f"{self.phase} took longer than {self.limit_s():g} s{option}"
        if self.current:
            self.write_failure_row("timeout", reason)
        elif not self.done:
            for key in self.cells:
                self.write_failure_row("timeout", reason, key)

    def record_crash(self) -> None:
        """Write the row of the cell in which the process died, or of all its cells if it never started one."""
        status = self.process.returncode
        if status == UNWRITABLE:
            self.stop_run()
        how = f"signal {signal.Signals(-status).name}" if status < 0 else f"exit status {status}"
        limit = limit_suffix(self.run.memory_limit_bytes)
        if self.current:
            self.write_failure_row("crashed", f"worker process ended with {how}{self.last_log_line()}{limit}")
        elif not self.done:
            for key in self.cells:
                reason = f"worker process ended with {how} before its first cell{self.last_log_line()}{limit}"
                self.write_failure_row("crashed", reason, key)

    def stop_run(self) -> None:
        """End the run, as the worker could not write its last result to the journal. Raises OSError."""
        full = shutil.disk_usage(self.run.folder).free < RESERVE_BYTES
        text = self.last_log_line().partition("cannot write the journal: ")[2].rstrip(" !")
        why = text or (os.strerror(errno.ENOSPC) if full else "the journal could not be written")
        unwritten = self.current or next((key for key in self.cells if key not in self.done), None)
        if unwritten:
            self.write_failure_row("error", f"result not written to the journal: {why}", unwritten)
        raise OSError(errno.EIO, why)

    def write_failure_row(self, status: str, reason: str, key: str | None = None) -> None:
        """Write the row of a cell, the current one unless told otherwise."""
        key = key or self.current
        assert key is not None
        cell = self.cells[key]
        self.run.write(new_row(cell, key, self.run.name, self.repeat, status=status, reason=reason))
        self.done.add(key)
        self.current = None
        self.offset = self.run.journal.path.stat().st_size

    def last_log_line(self) -> str:
        """The last line that the worker printed, for the reason of a crash."""
        lines = [line.strip() for line in self.log.read_bytes().decode(errors="replace").splitlines() if line.strip()]
        return f"; last log line: {lines[-1][:200]}" if lines else ""

    def kill(self) -> None:
        """End the whole process group at once, and what left it."""
        descendants: list[psutil.Process] = []
        with contextlib.suppress(psutil.Error, OSError):  # gone, or the system does not tell
            descendants = psutil.Process(self.process.pid).children(recursive=True)
        with contextlib.suppress(ProcessLookupError):  # what the worker started may be alive when it is not
            os.killpg(self.process.pid, signal.SIGKILL)
        for process in descendants:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        self.process.wait()


class WorkerTimeline:
    """The time of one worker, by what its journal says."""

    def __init__(self, spent: TimeSpent) -> None:
        self.spent, self.phase, self.at, self.cell = spent, "workers", time.time(), ""

    def enter(self, phase: str, at: float, cell: str = "", first_call_s: float | None = None) -> None:
        """A new phase began at `at`, in seconds since the epoch, as the two processes share no other clock.

        cell: which is measured from now on; empty where none is. first_call_s: of the cell that was.
        """
        seconds = max(0.0, at - self.at)
        self.spent.seconds[self.phase] += seconds
        if self.cell:
            found = self.spent.cells.setdefault(self.cell, CellTime())
            found.seconds += seconds
            found.first_call_s += first_call_s or 0.0
        self.phase, self.at, self.cell = phase, at, cell

    def end(self) -> None:
        """The process is gone; after its last row it was ending."""
        self.phase = self.phase if self.cell else "workers"
        self.enter("workers", time.time())
