"""How a process that measures is set up: its environment variables, its CPUs, and its end with its parent."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import backends

# glibc hands freed pages back and takes them again, up to 17 times slower for large results; these two stop it.
ALLOCATOR = {"MALLOC_MMAP_THRESHOLD_": str(2**30), "MALLOC_TRIM_THRESHOLD_": str(2**34)}
THREAD_VARIABLES = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS")


def worker_environment(backend: str, device: str, threads: int, cache: str, *, memory: bool = False) -> dict[str, str]:
    """The variables of a worker's process, this process's own included. memory: it measures memory, and not time."""
    return {
        # pytest-xdist's variables would keep a worker's pytest from timing.
        **{name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")},
        **({} if memory else ALLOCATOR),
        **{name: str(threads) for name in THREAD_VARIABLES},
        "PYTHONHASHSEED": "0",
        "PYTEST_ADDOPTS": "",
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        **backends.load(backend).environment(threads, device, cache),
    }


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


def die_with(orchestrator: int) -> None:
    """Ask Linux to kill this process when the orchestrator ends, however it ends; end now if it has ended already."""
    if sys.platform == "linux":
        PR_SET_PDEATHSIG = 1
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != orchestrator:
        sys.exit("the orchestrator has ended")
