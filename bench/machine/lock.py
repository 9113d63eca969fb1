"""One run at a time on a machine: two would measure each other.

A lock on a file in the temporary folder, which the system gives up when its holder ends, however it ends.
"""

from __future__ import annotations

import fcntl
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from ..text.escape import printable

LOCK_FOLDER = "GRADMARK_LOCK_FOLDER"  # a variable, for containers that share a machine and not its temporary folder
LONGEST_HOLDER = 300  # characters that are read of a holder


@contextmanager
def machine_held(run: str, tell: Callable[[str], None]) -> Iterator[None]:
    """Measure alone: waits until no other run holds the machine, after telling which one does."""
    path = Path(os.environ.get(LOCK_FOLDER) or tempfile.gettempdir()) / "gradmark.lock"
    descriptor = open_lock(path)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            tell(f"waiting for {lock_holder(descriptor)}, which measures on this machine; Ctrl-C gives up")
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        sign_lock(descriptor, f"{run} (process {os.getpid()}, since {datetime.now():%H:%M:%S})")
        yield
        sign_lock(descriptor, "")
    finally:
        os.close(descriptor)


def open_lock(path: Path) -> int:
    """The lock file; another user's can be locked, too, though not written to."""
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o666)
    except PermissionError:
        return os.open(path, os.O_RDONLY | os.O_NOFOLLOW)


def lock_holder(descriptor: int) -> str:
    return printable(os.pread(descriptor, LONGEST_HOLDER, 0).decode(errors="replace")) or "a run that gave no name"


def sign_lock(descriptor: int, text: str) -> None:
    """Write who holds the machine, where that is allowed."""
    try:
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, text.encode(errors="replace"), 0)
    except OSError:
        pass
