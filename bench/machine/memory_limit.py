"""A limit on the memory of a worker, so that a cell that wants too much of it fails alone, and says so.

RLIMIT_DATA counts what a process may write to: its heap and its private mappings. The address space (RLIMIT_AS) was
rejected, as frameworks reserve many times what they use.
"""

from __future__ import annotations

import re
import sys

from .. import UsageError

SIZE_UNITS = {"B": 1, "KB": 10**3, "MB": 10**6, "GB": 10**9, "TB": 10**12, "KIB": 2**10, "MIB": 2**20, "GIB": 2**30}
MOST_BYTES = 10**18  # some more is what the system can count to
SYMPTOMS = re.compile(r"memory|alloc|RESOURCE_EXHAUSTED", re.IGNORECASE)


def parse_size(text: str) -> int:
    """Bytes from `2GB`, `512 MiB` and the like. Raises UsageError."""
    found = re.fullmatch(r"\s*(\d{1,9}(?:\.\d{1,9})?)\s*([A-Za-z]{1,3})\s*", text, re.ASCII)
    unit = SIZE_UNITS.get(found[2].upper(), 0) if found else 0
    size = int(float(found[1]) * unit) if found else 0
    if not 0 < size <= MOST_BYTES:
        raise UsageError(f"--memory-limit {text}: expected a size such as 2GB or 512MiB, of at most 1000000TB")
    if sys.platform != "linux":
        raise UsageError("--memory-limit works on Linux only")
    return size


def impose_limit(limit_bytes: int | None) -> None:
    """Hold this process, and what it starts, to the limit."""
    if limit_bytes is not None:
        import resource

        most = resource.getrlimit(resource.RLIMIT_DATA)[1]  # that of a shell's own ulimit, which no process may raise
        limit = limit_bytes if most == resource.RLIM_INFINITY else min(limit_bytes, most)
        resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))


def imposed_limit() -> int | None:
    """The limit that this process is held to, in bytes."""
    try:
        import resource
    except ImportError:  # not a Unix
        return None
    soft, _ = resource.getrlimit(resource.RLIMIT_DATA)
    return None if soft == resource.RLIM_INFINITY else soft


def limit_suffix(limit_bytes: int | None) -> str:
    """The limit as the end of a reason; empty where there is none."""
    return "" if limit_bytes is None else f"; the memory limit was {limit_bytes / 1e9:.3g} GB (--memory-limit)"


def explain_memory_error(error: BaseException, reason: str) -> str:
    """`reason`, with the limit where the error is about memory: frameworks raise errors of their own for it."""
    about_memory = isinstance(error, MemoryError) or SYMPTOMS.search(reason)
    return reason + limit_suffix(imposed_limit()) if about_memory else reason
