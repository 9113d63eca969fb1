"""What this machine can do at most: memory bandwidth and matrix products, per thread count and dtype.

Measured once per machine by `gradmark limits` and kept in results/limits/<machine>.json; every run folder gets a copy. The
bandwidth is the better of two: a read sweep (the dot product of a vector with itself reads one) and a triad as in STREAM
(y ← a·x + y in place, which reads two numbers and writes one). Both use vectors far larger than the caches, and so many
rounds that the best one is undisturbed.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeAlias

import msgspec
import psutil

from .. import RESULTS, ROOT
from ..data.files import Count, Name, decode_file, is_there, strict_json, writable_folder, write_json
from ..text.units import MOST_DIGITS, plural
from . import system_files
from .facts import cpus_usable, this_machine_name
from .process import pinned_children, start_command, worker_environment
from .system_files import read_system_file

VECTOR_BYTES = 2**28
PRODUCT_N = 1536
SWEEP_S, PRODUCT_S = 0.8, 1.0  # how long each is repeated
RATES = ("read_bytes_per_s", "triad_bytes_per_s", "product_flops_per_s")
LARGEST_LIMITS = 2**20
LIMITS_FILE = "limits.json"  # of the copy in a run folder

Rate = Annotated[float, msgspec.Meta(ge=1, le=1e21)]
if TYPE_CHECKING:
    Dtype: TypeAlias = str
else:
    Dtype = Literal[tuple(MOST_DIGITS)]


@dataclass(frozen=True)
class Limit:
    """The best rates seen with so many threads, in bytes and floating-point operations per second."""

    threads: Count
    dtype: Dtype
    read_bytes_per_s: Rate
    triad_bytes_per_s: Rate
    product_flops_per_s: Rate

    @property
    def bytes_per_s(self) -> float:
        return max(self.read_bytes_per_s, self.triad_bytes_per_s)


@dataclass(frozen=True)
class MachineLimits:
    """What was measured on a machine. cache_bytes: of its largest cache."""

    machine: Name
    cache_bytes: Count
    limits: tuple[Limit, ...] = ()

    def of(self, threads: int, dtype: str) -> Limit | None:
        return next((limit for limit in self.limits if (limit.threads, limit.dtype) == (threads, dtype)), None)

    def with_limit(self, found: Limit) -> MachineLimits:
        """The same with the better of `found` and what was known: a limit is the best that was ever seen."""
        before = self.of(found.threads, found.dtype)
        best = {rate: max(getattr(found, rate), getattr(before or found, rate)) for rate in RATES}
        others = [limit for limit in self.limits if limit is not before]
        everything = [*others, replace(found, **best)]
        return replace(self, limits=tuple(sorted(everything, key=lambda limit: (limit.dtype, limit.threads))))

    def write(self, path: Path) -> None:
        writable_folder(path.parent)
        write_json(path, asdict(self))


def cache_bytes() -> int:
    """The size of the largest cache that the system reports, 0 where it reports none."""
    sizes = map(read_system_file, (system_files.SYS / "devices/system/cpu/cpu0/cache").glob("index*/size"))
    found = [re.fullmatch(r"(\d+)([KMG])", size) for size in sizes]
    return max([int(size[1]) * {"K": 2**10, "M": 2**20, "G": 2**30}[size[2]] for size in found if size], default=0)


def read_limits(path: Path) -> MachineLimits | None:
    """The limits in a file that this module wrote; None without one. Raises UsageError for one that holds others."""
    return decode_file(path, MachineLimits, LARGEST_LIMITS) if is_there(path) else None


def limits_path(name: str) -> Path:
    return RESULTS / "limits" / f"{name}.json"


def measured_limits(
    threads: list[int], dtypes: list[str], again: bool = False, tell: Callable[[str], None] = lambda what: None
) -> MachineLimits:
    """The limits of this machine; those that are not known yet (or all of them, `again`) are measured and stored."""
    name = this_machine_name()
    path = limits_path(name)
    known = read_limits(path) or MachineLimits(name, cache_bytes())
    for count in threads:
        for dtype in dtypes:
            if again or not known.of(count, dtype):
                tell(f"{dtype}, {plural(count, 'thread')}")
                known = known.with_limit(measure_rates(count, dtype))
                known.write(path)
    return known


def measure_rates(threads: int, dtype: str) -> Limit:
    """Measure in a process of its own, which is bound to so many CPUs before it loads a library."""
    with pinned_children(threads):
        done = subprocess.run(
            start_command("bench.machine.limits", dtype),
            cwd=ROOT,
            env=worker_environment("numpy_hand", "cpu", threads, os.devnull),
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
    return Limit(threads=threads, dtype=dtype, **msgspec.json.decode(done.stdout))


def best_rates(dtype: str) -> dict[str, float]:
    """What the process of `measure_rates` does: the best rate of each kind."""
    import numpy as np
    from scipy.linalg import blas

    n = vector_bytes() // np.dtype(dtype).itemsize
    x, y = np.full(n, 1e-3, dtype), np.full(n, 1e-3, dtype)
    axpy = {"float64": blas.daxpy, "float32": blas.saxpy}[dtype]
    matrix = np.full((PRODUCT_N, PRODUCT_N), 1e-3, dtype)
    result = np.empty_like(matrix)
    return {
        "read_bytes_per_s": x.nbytes / least_seconds(lambda: np.dot(x, x), SWEEP_S),
        "triad_bytes_per_s": 3 * x.nbytes / least_seconds(lambda: axpy(x, y, a=1e-3), SWEEP_S),
        "product_flops_per_s": 2
        * PRODUCT_N**3
        / least_seconds(lambda: np.matmul(matrix, matrix, out=result), PRODUCT_S),
    }


def vector_bytes() -> int:
    """Eight times the caches, as far as an eighth of the memory allows."""
    return min(max(VECTOR_BYTES, 8 * cache_bytes()), psutil.virtual_memory().total // 8)


def least_seconds(work: Callable[[], Any], duration_s: float) -> float:
    """The least seconds a call, over so long and at least three calls."""
    times: list[float] = []
    until = time.perf_counter() + duration_s
    while len(times) < 3 or time.perf_counter() < until:
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times)


def default_threads() -> list[int]:
    """1, 2, 4 and so on, and all CPUs that this process may use."""
    most = cpus_usable()
    return sorted({*(2**k for k in range(most.bit_length()) if 2**k <= most), most})


# What tables need ------------------------------------------------------------------------------------


def copy_limits(folder: Path, machine: str) -> None:
    """Copy what is known of the machine into a run folder."""
    known = read_limits(limits_path(machine))
    if known:
        known.write(folder / LIMITS_FILE)


if __name__ == "__main__":
    print(strict_json(best_rates(sys.argv[1])))
