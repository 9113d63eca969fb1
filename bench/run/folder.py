"""One run: how it is done, where its time went, and the files of its folder beside the journal."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from .. import CACHE, RESULTS, UsageError
from ..data.files import replace_file, shown_path, write_json
from ..data.temporary import writable_cache
from ..machine.facts import command_line, decisions, describe_machine, machine_facts, machine_name, source_texts
from ..machine.limits import copy_limits
from ..plan.selection import Plan
from ..rows.environment import ENVIRONMENT_FILE, SOURCES_FILE, read_environment, read_sources
from ..rows.journal import JOURNAL, MEMORY_JOURNAL, Journal
from ..rows.row import Row
from ..text.message import say
from .imported_sources import MEMBER, imported_digests

PHASES = {
    "importing": "importing gradmark",
    "planning": "planning",
    "references": "references",
    "workers": "starting workers and importing frameworks",
    "measuring": "measuring",
    "journaling": "journaling",
    "reporting": "reporting",
}
HARNESS_PHASES = ("planning", "journaling", "reporting")
SLOWEST = 5  # cells that are named
RESERVE_FILE = ".reserve"
RESERVE_BYTES = 2**16  # which are given back when the disk is full, for a last row


@dataclass
class CellTime:
    """Seconds of one cell, all its repeats together, from its start to its row."""

    seconds: float = 0.0
    first_call_s: float = 0.0


@dataclass
class TimeSpent:
    """Seconds by phase, and of each cell that was measured."""

    seconds: dict[str, float] = field(default_factory=lambda: dict.fromkeys(PHASES, 0.0))
    cells: dict[str, CellTime] = field(default_factory=dict)

    @contextmanager
    def phase(self, name: str) -> Iterator[None]:
        """What happens inside counts as this phase."""
        start = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[name] += time.perf_counter() - start

    def slowest_cells(self) -> dict[str, CellTime]:
        """The cells that took longest, the slowest first."""
        return dict(sorted(self.cells.items(), key=lambda item: -item[1].seconds)[:SLOWEST])

    def slowest_line(self) -> str:
        """One line for a person; empty where no cell was measured."""
        parts = [
            f"{name} {cell.seconds:.1f} s (first call {cell.first_call_s:.1f} s)"
            for name, cell in self.slowest_cells().items()
        ]
        return f"slowest cells: {', '.join(parts)}" if parts else ""

    def share(self) -> float:
        """The part of the whole that planning, journaling and reporting took."""
        return sum(self.seconds[name] for name in HARNESS_PHASES) / max(sum(self.seconds.values()), 1e-9)

    def line(self) -> str:
        """One line for a person."""
        parts = [f"{PHASES[name]} {seconds:.1f} s" for name, seconds in self.seconds.items()]
        return f"{', '.join(parts)}; the harness ({', '.join(HARNESS_PHASES)}) took {self.share():.1%}"


@dataclass
class Run:
    """One run: where it goes, how it is done, and whom to tell.

    tell: called with every row as it is written. working: called with the name of what is being done now. say: called with
    a line that a person must see. reasons: whether rows are shown with the reason of their failure; not where tables that
    have it under them are printed in the end.
    imported: what the workers imported, by path, with digests.
    memory_follows: a pass that measures peak memory comes after it. memory: it is that pass.
    """

    name: str
    folder: Path
    profile: str = "quick"
    repeats: int = 1
    timeout_s: float = 120.0
    time: bool = True
    values: bool = False
    fresh: bool = False
    reasons: bool = True
    memory_follows: bool = False
    memory: bool = False
    limit_s: float | None = None
    memory_limit_bytes: int | None = None
    seed: int = 0
    spent: TimeSpent = field(default_factory=TimeSpent)
    imported: dict[str, str] = field(default_factory=dict)
    tell: Callable[[Row], None] = lambda row: None
    working: Callable[[str], None] = lambda what: None
    say: Callable[[str], None] = say

    journal: Journal = field(init=False)

    def __post_init__(self) -> None:
        self.journal = Journal(self.folder / (MEMORY_JOURNAL if self.memory else JOURNAL))

    def write(self, row: Row) -> None:
        """Journal a row. Raises OSError where even the reserve does not make room for it."""
        self.journal.mend()
        try:
            self.journal.append_row(row)
        except OSError:
            release_reserve(self.folder)
            self.journal.append_row(row)
        self.tell(row)


def newest_runs(most: int = 3) -> list[str]:
    """The folders of runs under results/ as one types them, the newest first."""
    journals = sorted(RESULTS.glob(f"*/{JOURNAL}"), key=lambda path: path.lstat().st_mtime, reverse=True)
    return [shown_path(path.parent) for path in journals[:most]]


def begin_run(
    plan: Plan,
    settings: dict[str, Any],
    selection: dict[str, Any],
    spent: TimeSpent,
    out: str | None,
    resumed: str | None,
) -> Run:
    """A run in a folder, new or resumed, that says what will be measured. selection: as it was typed. Raises UsageError."""
    writable_cache(CACHE)  # without one no cell has inputs
    place = resumed or out
    folder = Path(place).resolve() if place else default_folder(settings["profile"])
    run = Run(name=folder.name, folder=folder, spent=spent, **settings)
    if resumed:
        reopen_folder(folder)
        with reserve_released_on_error(folder):
            describe_resumed(folder, plan)
    else:
        create_folder(folder)
        with reserve_released_on_error(folder):
            describe_run(folder, plan, settings | {"selection": selection})
    return run


def default_folder(profile: str) -> Path:
    """`results/<date>T<time>_<profile>`, with a number behind it where that exists."""
    stem = f"{datetime.now().astimezone():%Y-%m-%dT%H%M%S}_{profile}"
    names = [stem, *(f"{stem}_{n}" for n in range(2, 100))]
    return next(RESULTS / name for name in names if not (RESULTS / name).exists())


def create_folder(folder: Path) -> None:
    """Make an empty run folder. Raises UsageError where something is there already, and OSError where it cannot be."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(f"--out {shown_path(folder)}: not an empty folder; choose another")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"--out {shown_path(folder)}: {error.strerror}") from None
    Journal(folder / JOURNAL).create()
    keep_reserve(folder)


def describe_run(folder: Path, plan: Plan, settings: dict[str, object]) -> None:
    """Write environment.json and sources.json: what is measured, on what, with which code. Raises OSError."""
    names = problems_in_plan(plan)
    content = {**describe_machine(), "command": command_line(), "settings": settings, "decisions": decisions()}
    content["cells"] = len(plan.cells) + len(plan.absent)
    machine = machine_name(machine_facts(content))
    sources = source_texts(names)
    copy_limits(folder, machine)
    write_json(folder / ENVIRONMENT_FILE, content)
    write_json(folder / SOURCES_FILE, sources)


def describe_resumed(folder: Path, plan: Plan) -> None:
    """Add to environment.json that the run was resumed, and to sources.json what it runs now."""
    content = read_environment(folder)
    earlier = content.get("resumed", [])
    facts = describe_machine()
    now = {name: facts[name] for name in ("time", "versions", "git_commit", "variables", "load", "python")} | {
        "command": command_line()
    }
    content["resumed"] = [*earlier, now]
    sources = {**read_sources(folder), **source_texts(problems_in_plan(plan))}
    write_json(folder / ENVIRONMENT_FILE, content)
    write_json(folder / SOURCES_FILE, sources)


def problems_in_plan(plan: Plan) -> list[str]:
    return sorted({cell.problem for cell in (*plan.cells, *plan.absent)})


def keep_reserve(folder: Path) -> None:
    """Take the space. Raises OSError where there is none."""
    replace_file(folder / RESERVE_FILE, os.urandom(RESERVE_BYTES))  # which no file system can store as less


def reopen_folder(folder: Path) -> None:
    """Make sure that the folder can be written to. Raises UsageError."""
    try:
        keep_reserve(folder)
    except OSError as error:
        raise UsageError(f"--resume {shown_path(folder)}: {error.strerror}") from None


def release_reserve(folder: Path) -> None:
    """Give it back; nothing happens where it is gone."""
    (folder / RESERVE_FILE).unlink(missing_ok=True)


@contextmanager
def reserve_released_on_error(folder: Path) -> Iterator[None]:
    """What ends a command inside, a signal too, leaves no reserve."""
    try:
        yield
    except BaseException:
        with suppress(OSError):  # the folder may be gone, or the disk read-only
            release_reserve(folder)
        raise


def finish_folder(run: Run, effective_threads: dict[str, int]) -> None:
    """Give the reserve back, and add to environment.json what is known at the end of the run. Raises OSError.

    effective_threads: `backend of threads asked for` → what its framework reports.
    """
    release_reserve(run.folder)
    content = read_environment(run.folder)
    content["effective_threads"] = effective_threads
    content[MEMBER] = imported_digests(content) | run.imported
    content["breakdown_s"] = {name: round(seconds, 3) for name, seconds in run.spent.seconds.items()}
    content["slowest_cells"] = {
        name: {"seconds": round(cell.seconds, 3), "first_call_s": round(cell.first_call_s, 3)}
        for name, cell in run.spent.slowest_cells().items()
    }
    write_json(run.folder / ENVIRONMENT_FILE, content)
