"""Peak memory: the most that a process had resident, beyond what it had before.

Linux keeps the peak of a process and lets it be reset (/proc/self/clear_refs); elsewhere the peak is that of the whole
process, which hides what is smaller than something earlier. On an accelerator the framework counts for itself.
"""

from __future__ import annotations

import ctypes
import os
import sys
from contextlib import suppress
from pathlib import Path

import psutil

import backends

from ..data.files import open_regular
from ..machine import system_files
from ..machine.facts import UNREADABLE
from ..machine.system_files import read_system_file

CLEAR_REFS = Path("/proc/self/clear_refs")
RESET_PEAK = "5"  # proc(5)

NOT_RESET = "peak: this system cannot reset the peak memory of a process, so an earlier peak may hide this one"


class PeakMemoryMeter:
    """Measures between `start` and `stop`. warning: what is doubtful about it, or empty."""

    def __init__(self, backend: backends.Backend) -> None:
        self.backend, self.warning, self.before = backend, "", 0

    def start(self) -> None:
        trim_heap()
        self.warning = "" if reset_peak() else NOT_RESET
        self.before = resident()

    def stop(self) -> int:
        """The most bytes at any time since `start`, by the framework's own counter where it has one."""
        counted = self.backend.peak_memory()
        if counted is not None:
            self.warning = ""
            return counted
        return max(0, peak_resident() - self.before)


def trim_heap() -> None:
    """Let the allocator hand back what was freed, which the cell would otherwise use unseen."""
    if sys.platform == "linux":
        with suppress(AttributeError, OSError):  # no glibc
            ctypes.CDLL(None).malloc_trim(0)


def reset_peak() -> bool:
    """Make the present size the peak; whether that was possible."""
    try:
        with os.fdopen(open_regular(CLEAR_REFS, os.O_WRONLY), "w") as file:
            file.write(RESET_PEAK)
    except OSError:
        return False
    return True


def resident() -> int:
    """The bytes that this process has resident; the most that it had, where the system does not tell."""
    try:
        return int(psutil.Process().memory_info().rss)
    except UNREADABLE:
        return peak_resident()


def peak_resident() -> int:
    """The most bytes that this process had resident since the last reset, or ever."""
    for line in read_system_file(system_files.PROC / "self/status").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024
    import resource

    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
