"""Folders for as long as a process needs them; what a killed process left is removed by the next one that makes one.

Its owner holds a lock in each, which the system releases however the owner ends: a process number may be another's by now,
or of another container.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
import weakref
from pathlib import Path

from filelock import FileLock, Timeout

from .. import CACHE, CACHE_FOLDER, UsageError

EVERYONE = 0o666  # who may write to the folder may lock in it
LOCK, CONTENT = "lock", "content"
POLL_S = 0.005


def writable_cache(folder: Path) -> Path:
    """A folder of the cache, made if need be. Raises UsageError where it cannot be made or written to."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        why = error.strerror or "not possible"
    else:
        why = "" if os.access(folder, os.W_OK | os.X_OK) else "cannot be written to"
    if why:
        raise unusable_cache(folder, why)
    return folder


def unusable_cache(folder: Path, why: str | None) -> UsageError:
    return UsageError(f"cache {folder}: {why}; name a folder that can be written to: {CACHE_FOLDER}=FOLDER")


class TemporaryFolder:
    """An empty folder at `path`, until it is closed or this process ends. Raises UsageError where there can be none."""

    def __init__(self, base: Path = CACHE / "temporary") -> None:
        writable_cache(base)
        try:
            # Held until the folder is locked, before which it looks abandoned.
            with FileLock(base / LOCK, mode=EVERYONE, poll_interval=POLL_S):
                remove_abandoned(base)
                outer = Path(tempfile.mkdtemp(prefix="gradmark-", dir=base))
                lock = FileLock(outer / LOCK, thread_local=False)
                lock.acquire(timeout=0)
            self.path = outer / CONTENT
            self.path.mkdir()
        except OSError as error:
            raise unusable_cache(base, error.strerror) from None
        self.close = weakref.finalize(self, remove_own, outer, lock, os.getpid())

    def __enter__(self) -> Path:
        return self.path

    def __exit__(self, *_: object) -> None:
        self.close()


def remove_abandoned(base: Path) -> None:
    """Remove the folders whose owners have ended."""
    for outer in [path for path in base.iterdir() if path.is_dir() and not path.is_symlink()]:
        with contextlib.suppress(OSError, Timeout):  # another user's, or in use
            lock = FileLock(outer / LOCK)
            lock.acquire(timeout=0)
            remove_locked(outer, lock)


def remove_own(outer: Path, lock: FileLock, owner: int) -> None:
    """Not in a process that was forked from the owner, which ends before it."""
    if os.getpid() == owner:
        remove_locked(outer, lock)


def remove_locked(outer: Path, lock: FileLock) -> None:
    shutil.rmtree(outer, ignore_errors=True)
    lock.release()
