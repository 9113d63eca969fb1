"""A worker: one process, one backend on one device with one thread count, one pytest session.

The orchestrator starts it as `python -m bench.worker SPEC` with the environment of `environment`, because allocator, thread
and device variables must be set before the first import.
"""

from __future__ import annotations

from . import numpy_import  # noqa: F401  before anything else imports NumPy

# isort: split
import ctypes
import json
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import backends
import problems

from . import ROOT, memory_limit
from .plan import Cell

# glibc hands freed pages back and takes them again, up to 17 times slower for large results; these two stop it.
ALLOCATOR = {"MALLOC_MMAP_THRESHOLD_": str(2**30), "MALLOC_TRIM_THRESHOLD_": str(2**34)}
UNWRITABLE = os.EX_IOERR if hasattr(os, "EX_IOERR") else 74  # exit status of a worker that cannot write the journal
THREAD_VARIABLES = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS")


@dataclass(frozen=True)
class Spec:
    """What a worker does: `cells` with their keys, in order; rows go to `journal`. orchestrator: its process id."""

    run: str
    journal: str
    profile: str
    repeat: int
    time: bool
    values: bool
    memory: bool
    limit_s: float | None
    memory_limit_bytes: int | None
    orchestrator: int
    problem_folders: tuple[str, ...]
    cells: tuple[tuple[str, Cell], ...]

    def write(self, path: Path) -> None:
        path.write_text(json.dumps(asdict(self)))

    @classmethod
    def read(cls, path: Path) -> Spec:
        content = json.loads(path.read_text())
        cells = tuple((key, Cell(**cell)) for key, cell in content.pop("cells"))
        return cls(**content, cells=cells)


def environment(backend: str, device: str, threads: int, cache: str, *, memory: bool = False) -> dict[str, str]:
    """The variables of a worker's process, this process's own included. memory: it measures memory, and not time."""
    return {
        **os.environ,
        **({} if memory else ALLOCATOR),
        **{name: str(threads) for name in THREAD_VARIABLES},
        "PYTHONHASHSEED": "0",
        "PYTEST_ADDOPTS": "",
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        **backends.load(backend).environment(threads, device, cache),
    }


def pin(threads: int) -> None:
    """Bind this process to as many CPUs as it may have threads: the last ones, as interrupts favour the first."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[-threads:])


@contextmanager
def pinned(threads: int) -> Iterator[None]:
    """Processes started inside are bound before they import anything: threads of a library keep what they began with."""
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    before = os.sched_getaffinity(0)
    pin(threads)
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


def main(path: str) -> int:
    spec = Spec.read(Path(path))
    die_with(spec.orchestrator)
    memory_limit.impose(spec.memory_limit_bytes)
    import pytest

    for folder in spec.problem_folders:
        problems.add_folder(Path(folder))
    configuration = ["-c", str(ROOT / "bench" / "worker.ini"), "--rootdir", str(ROOT)]
    return int(pytest.main([*configuration, "--gradmark-spec", path, str(ROOT / "bench" / "test_cells.py")]))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
