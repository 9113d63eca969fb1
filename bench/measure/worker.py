"""A worker: one process, one backend on one device with one thread count, one pytest session.

The orchestrator starts it by path (machine/start.py) with a specification, under the variables of `worker_environment`:
those of allocator, threads and device must be set before the first import.
"""

from __future__ import annotations

from . import numpy_import  # noqa: F401  before anything else imports NumPy

# isort: split
import ctypes
import os
import signal
import sys
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import backends
import problems

from .. import ROOT
from ..data.files import read_json_object, write_json
from ..data.store import digest_of
from ..machine.memory_limit import impose_limit
from ..plan.cell import Cell

HERE = Path(__file__).parent
OWN = ("bench", "backends", "problems")
SPEC_VARIABLE = "GRADMARK_SPEC"  # names the file of the specification, for test_cells.py
UNWRITABLE = os.EX_IOERR if hasattr(os, "EX_IOERR") else 74  # exit status of a worker that cannot write the journal


@dataclass(frozen=True)
class WorkerSpec:
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
    backend_folders: tuple[str, ...]
    cells: tuple[tuple[str, Cell], ...]

    def write(self, path: Path) -> None:
        paths = {name: as_text(found) for name, found in asdict(self).items() if name in PATHS}
        write_json(path, asdict(self) | paths)

    @classmethod
    def read(cls, path: Path) -> WorkerSpec:
        content = read_json_object(path)
        cells = tuple((key, Cell(**cell)) for key, cell in content.pop("cells"))
        paths = {name: as_path(content.pop(name)) for name in PATHS}
        return cls(**content, **paths, cells=cells)


PATHS = ("journal", "problem_folders", "backend_folders")


def as_text(found: Any) -> Any:
    """Paths for JSON, which knows only Unicode: byte by byte."""
    return os.fsencode(found).decode("latin-1") if isinstance(found, str) else [as_text(path) for path in found]


def as_path(found: Any) -> Any:
    return os.fsdecode(found.encode("latin-1")) if isinstance(found, str) else tuple(map(as_path, found))


def run_worker(path: str) -> int:
    spec = WorkerSpec.read(Path(path))
    die_with(spec.orchestrator)
    if spec.memory_limit_bytes is not None:
        impose_limit(spec.memory_limit_bytes)
    import pytest

    for folder in spec.problem_folders:
        problems.add_folder(Path(folder))
    for folder in spec.backend_folders:
        backends.add_folder(Path(folder))
    os.environ[SPEC_VARIABLE] = path
    status = int(pytest.main(["-c", str(HERE / "worker.ini"), "--rootdir", str(ROOT), str(HERE / "test_cells.py")]))
    with suppress(OSError):  # a full disk is told by the status
        write_json(imported_path(Path(path)), imported_sources())
    return status


def imported_path(spec: Path) -> Path:
    """Where the worker of a specification says what it imported, when it ends."""
    return spec.with_suffix(".imported.json")


def imported_sources() -> dict[str, str]:
    """The files of this checkout that are imported here, by their paths in it, with a digest of each."""
    files = [module.__file__ for name, module in [*sys.modules.items()] if name.partition(".")[0] in OWN]
    paths = [Path(file).resolve() for file in files if file]
    return {p.relative_to(ROOT).as_posix(): digest_of(p)[:16] for p in sorted(paths) if p.is_relative_to(ROOT)}


def die_with(orchestrator: int) -> None:
    """Ask Linux to kill this process when the orchestrator ends, however it ends; end now if it has ended already."""
    if sys.platform == "linux":
        PR_SET_PDEATHSIG = 1
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != orchestrator:
        sys.exit("the orchestrator has ended")


if __name__ == "__main__":
    sys.exit(run_worker(sys.argv[1]))
