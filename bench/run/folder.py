"""One run, and the files of its folder beside the journal."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from .. import RESULTS, UsageError
from ..data.files import shown_path, write_json
from ..machine.facts import (
    command_line,
    decisions,
    describe_machine,
    machine_facts,
    machine_name,
    source_texts,
)
from ..machine.limits import copy_limits
from ..plan.selection import Plan
from ..rows.journal import Journal
from ..rows.row import Row
from ..rows.run_files import MEMORY_JOURNAL, read_environment
from .time_spent import TimeSpent


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
    spent: TimeSpent = field(default_factory=TimeSpent)
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
            release_reserve(self.folder)
            self.journal.append_row(row)
        self.tell(row)


def default_folder(profile: str) -> Path:
    """`results/<date>T<time>_<profile>`, with a number behind it where that exists."""
    stem = f"{datetime.now().astimezone():%Y-%m-%dT%H%M%S}_{profile}"
    names = [stem, *(f"{stem}_{n}" for n in range(2, 100))]
    return next(RESULTS / name for name in names if not (RESULTS / name).exists())


def create_folder(folder: Path) -> None:
    """Make an empty run folder. Raises UsageError where something is there already, or cannot be."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(f"--out {shown_path(folder)}: not an empty folder; choose another")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "journal.jsonl").touch()
        keep_reserve(folder)
    except OSError as error:
        raise UsageError(f"--out {shown_path(folder)}: {error.strerror}") from None


def describe_run(folder: Path, plan: Plan, settings: dict[str, object]) -> None:
    """Write environment.json and sources.json: what is measured, on what, with which code. Raises UsageError."""
    names = problems_in_plan(plan)
    content = {**describe_machine(), "command": command_line(), "settings": settings, "decisions": decisions()}
    content["cells"] = len(plan.cells) + len(plan.absent)
    machine = machine_name(machine_facts(content))
    sources = source_texts(names)
    try:
        write_json(folder / "environment.json", content)
        write_json(folder / "sources.json", sources)
        copy_limits(folder, machine)
    except OSError as error:
        raise UsageError(f"--out {shown_path(folder)}: {error.strerror}") from None


def describe_resumed(folder: Path, plan: Plan) -> None:
    """Add to environment.json that the run was resumed, and to sources.json what it runs now."""
    content = read_environment(folder)
    earlier = content.get("resumed")
    content["resumed"] = [*(earlier if isinstance(earlier, list) else []), resumption_note()]
    write_json(folder / "environment.json", content)
    try:
        known = json.loads((folder / "sources.json").read_text())
    except (OSError, ValueError, RecursionError):
        known = {}
    write_json(folder / "sources.json", {**known, **source_texts(problems_in_plan(plan))})


def problems_in_plan(plan: Plan) -> list[str]:
    return sorted({cell.problem for cell in (*plan.cells, *plan.absent)})


RESERVE_FILE = ".reserve"
RESERVE_BYTES = 2**16


def keep_reserve(folder: Path) -> None:
    """Take the space. Raises OSError where there is none."""
    with open(folder / RESERVE_FILE, "wb") as file:
        os.posix_fallocate(file.fileno(), 0, RESERVE_BYTES) if hasattr(os, "posix_fallocate") else file.write(
            bytes(RESERVE_BYTES)
        )


def release_reserve(folder: Path) -> None:
    """Give it back; nothing happens where it is gone."""
    (folder / RESERVE_FILE).unlink(missing_ok=True)


def reopen_folder(folder: Path) -> None:
    """Make sure that the folder can be written to. Raises UsageError."""
    try:
        keep_reserve(folder)
    except OSError as error:
        raise UsageError(f"--resume {folder}: {error.strerror}") from None


def resumption_note() -> dict[str, Any]:
    """What environment.json says of a resumption."""
    facts = describe_machine()
    kept = ("versions", "git_commit", "load", "python")
    return {
        "time": datetime.now(UTC).isoformat(timespec="seconds"),
        "command": command_line(),
        **{name: facts[name] for name in kept},
    }
