"""How a measurement is left alone: one run at a time on a machine, in processes with variables and CPUs of their own.

Two runs would slow each other down, so a run locks a file in the temporary folder. The system releases it when its holder
ends, however it ends. The file names the holder; every user may lock it and write to it.
"""

from __future__ import annotations

import errno
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

import backends

from .. import CACHE, CACHE_FOLDER, ROOT, UsageError
from ..data.files import open_regular
from ..text.escape import printable
from . import start
from .variables import ALLOCATOR, THREAD_VARIABLES

LOCK_FOLDER = "GRADMARK_LOCK_FOLDER"  # a variable, for containers that share a machine and not its temporary folder
LONGEST_HOLDER = 300  # characters that are read of a holder
POLL_S = 0.5  # between two looks of a waiting run, which are not to disturb the one that it waits for


def worker_environment(backend: str, device: str, threads: int, cache: str, *, memory: bool = False) -> dict[str, str]:
    """The variables of a worker's process, this process's own included. memory: it measures memory, and not time."""
    return {
        # pytest-xdist's variables would keep a worker's pytest from timing.
        **{name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")},
        **({} if memory else ALLOCATOR),
        **{name: str(threads) for name in THREAD_VARIABLES},
        "PYTHONHASHSEED": "0",
        CACHE_FOLDER: str(CACHE),  # which may have been named from another folder than the worker's
        "PYTEST_ADDOPTS": "",
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        **backends.load(backend).environment(threads, device, cache),
    }


def start_command(module: str, *arguments: str, root: Path = ROOT) -> list[str]:
    """The command that starts a module of a checkout, by path; no folder of the same names takes its place."""
    return [sys.executable, "-P", str(Path(start.__file__)), str(root), module, *arguments]


def pin_process(threads: int) -> None:
    """Bind this process to as many CPUs as it may have threads: the last ones, as interrupts favour the first."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[-threads:])


@contextmanager
def pinned_children(threads: int) -> Iterator[None]:
    """Processes started inside are bound before they import anything: threads of a library keep what they began with."""
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    before = os.sched_getaffinity(0)
    pin_process(threads)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


@contextmanager
def machine_held(run: str, tell: Callable[[str], None]) -> Iterator[None]:
    """Measure alone: waits until no other run holds the machine, after telling which one does. Raises UsageError."""
    path = Path(os.environ.get(LOCK_FOLDER) or tempfile.gettempdir()) / "gradmark.lock"
    lock = FileLock(path, mode=0o666)
    try:
        try:
            lock.acquire(timeout=0)
        except Timeout:
            tell(f"waiting for {lock_holder(path)}: one run per machine; Ctrl-C to cancel")
            lock.acquire(poll_interval=POLL_S)
        write_holder(path, f"run {run!r} (pid {os.getpid()})")
    except OSError as error:
        lock.release()
        raise UsageError(
            f"the machine's lock, {path}: {error.strerror}; expected a file that every user may write to: remove it, "
            f"or name a folder for another: {LOCK_FOLDER}=FOLDER"
        ) from None
    try:
        yield
        with suppress(OSError):  # removed meanwhile
            write_holder(path, "")
    finally:
        lock.release()


def lock_holder(path: Path) -> str:
    """Who holds the machine, as the file says; anyone may have written it."""
    with opened_lock(path, os.O_RDONLY) as descriptor:
        text = os.read(descriptor, LONGEST_HOLDER).decode(errors="replace")
    return printable(text) or "a run that gave no name"


def write_holder(path: Path, text: str) -> None:
    with opened_lock(path, os.O_RDWR) as descriptor:
        if os.fstat(descriptor).st_uid == os.geteuid():
            os.fchmod(descriptor, 0o666)  # whatever the mask was when it was made
        os.ftruncate(descriptor, 0)
        os.write(descriptor, text.encode(errors="replace"))


@contextmanager
def opened_lock(path: Path, mode: int) -> Iterator[int]:
    """The file as it lies there, in a folder where everyone may put things: no link, no pipe, no file of another name.

    Raises OSError.
    """
    descriptor = open_regular(path, mode)
    try:
        if os.fstat(descriptor).st_nlink > 1:
            raise OSError(errno.EINVAL, "not a file of its own")
        yield descriptor
    finally:
        os.close(descriptor)
