"""One run at a time on a machine: two would slow each other down.

A lock on a file in the temporary folder. The system releases it when its holder ends, however it ends. The file names the
holder; every user may lock it and write to it.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from ..text.escape import printable

LOCK_FOLDER = "GRADMARK_LOCK_FOLDER"  # a variable, for containers that share a machine and not its temporary folder
LONGEST_HOLDER = 300  # characters that are read of a holder
POLL_S = 0.5  # between two looks of a waiting run, which are not to disturb the one that it waits for


@contextmanager
def machine_held(run: str, tell: Callable[[str], None]) -> Iterator[None]:
    """Measure alone: waits until no other run holds the machine, after telling which one does."""
    path = Path(os.environ.get(LOCK_FOLDER) or tempfile.gettempdir()) / "gradmark.lock"
    lock = FileLock(path, mode=0o666)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        tell(f"waiting for {lock_holder(path)}: one run per machine; Ctrl-C to cancel")
        lock.acquire(poll_interval=POLL_S)
    try:
        write_holder(path, f"run {run!r} (pid {os.getpid()})")
        yield
        write_holder(path, "")
    finally:
        lock.release()


def lock_holder(path: Path) -> str:
    with path.open(errors="replace") as file:
        return printable(file.read(LONGEST_HOLDER)) or "a run that gave no name"


def write_holder(path: Path, text: str) -> None:
    with path.open("r+", errors="replace") as file:
        file.truncate()
        file.write(text)
