"""What a run is measured on: all that a reader needs to judge its numbers, the machine's name, and how busy it is now."""

from __future__ import annotations

import math
import os
import platform
import re
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import distributions
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import psutil
from threadpoolctl import threadpool_info

import backends
import problems

from ..data.store import digest_of
from ..text.escape import shown_value
from . import system_files
from .commit import git_commit
from .system_files import read_system_file
from .throttling import UNKNOWN, Throttling, throttling_now
from .variables import code_variables

T = TypeVar("T")
UNREADABLE = (OSError, NotImplementedError, ValueError, LookupError, AttributeError, TypeError, psutil.Error)
"""What psutil raises where a file of the system's cannot be read, or holds something else than it expects."""
SHIPPED = (problems.FOLDER, backends.FOLDER)


def describe_machine() -> dict[str, Any]:
    """The machine, the software and its state now."""
    return {
        "time": datetime.now(UTC).isoformat(timespec="seconds"),
        "cpu": cpu_model(),
        "cores": known(lambda: psutil.cpu_count(logical=False)),
        "cpus_usable": cpus_usable(),
        "memory_bytes": known(lambda: psutil.virtual_memory().total),
        "os": f"{platform.system()} {platform.release()} {platform.machine()}",
        "libc": " ".join(platform.libc_ver()),
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "versions": versions(),
        "blas": blas(),
        "git_commit": git_commit(own_folders()),
        "variables": code_variables(),
        "clock": clock_facts(),
        "load": known(lambda: list(os.getloadavg())) or [],
    }


def known(ask: Callable[[], T]) -> T | None:
    """What the system tells; None where it does not."""
    try:
        return ask()
    except UNREADABLE:
        return None


def own_folders() -> list[Path]:
    """The folders of `--problems` and `--backends`."""
    return [Path(folder) for folder in (*problems.__path__, *backends.__path__) if Path(folder) not in SHIPPED]


def cpus_usable() -> int:
    """How many CPUs this process may run on."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def cpu_model() -> str:
    for line in read_system_file(system_files.PROC / "cpuinfo").splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def versions() -> dict[str, str]:
    """Every installed distribution."""
    found = {d.metadata["Name"]: d.version for d in distributions() if d.metadata["Name"]}
    return dict(sorted(found.items(), key=lambda item: item[0].lower()))


def blas() -> list[dict[str, Any]]:
    """The BLAS that NumPy was built with and the libraries loaded here, without their paths."""
    built = np.show_config(mode="dicts")["Build Dependencies"]["blas"]
    loaded = [{k: v for k, v in library.items() if k != "filepath"} for library in threadpool_info()]
    return [{"built_with": f"{built.get('name')} {built.get('version')}"}, *loaded]


def clock_facts() -> dict[str, Any]:
    """The clock's stated resolution, and the smallest step seen between two readings of it."""
    info = time.get_clock_info("perf_counter")
    return {"name": info.implementation, "resolution_s": info.resolution, "smallest_step_s": clock_step_s()}


def source_texts(problem_names: list[str]) -> dict[str, str]:
    """The text of every implementation, oracle and adapter of a run, by the path that it has or would have in the tree."""
    found = {}
    for name in problem_names:
        for folder in (problems.load(name).folder, *(folder / name for folder in backends.folders())):
            for path in sorted(folder.glob("*.py")):
                found[f"problems/{name}/{path.name}"] = path.read_text("utf-8", errors="replace")
    for name in backends.names():
        for path in backends.files(name):
            folder = next(Path(folder) for folder in backends.__path__ if path.is_relative_to(folder))
            found[f"backends/{path.relative_to(folder).as_posix()}"] = path.read_text("utf-8", errors="replace")
    return found


def decisions() -> dict[str, str]:
    """backend → what its adapter decided."""
    return {name: backends.decisions(name) for name in backends.names()}


def command_line() -> str:
    """The command line of this process, without the folder of its program; `python -m bench` is `gradmark`, too."""
    program = Path(sys.argv[0]).name
    return " ".join(["gradmark" if program == "__main__.py" else program, *sys.argv[1:]])


MACHINE_FACTS = ("cpu", "cores", "cpus_usable", "memory_bytes")


def machine_facts(content: Mapping[str, Any]) -> dict[str, Any]:
    """What tells machines apart in an environment.json; the memory in GiB, as kernels take some for themselves.

    Neither its name nor an address: two of one make count as one machine, and results can be published.
    """
    found = {name: content.get(name) for name in MACHINE_FACTS}
    memory = found.pop("memory_bytes")
    return {**found, "memory_gib": round(memory / 2**30) if isinstance(memory, int | float) else None}


def machine_name(found: Mapping[str, Any]) -> str:
    """`<processor>-<CPUs>cpu-<digest of all facts>`, fit for a file's name."""
    processor = re.sub("[^a-z0-9]+", "-", str(found["cpu"]).lower()).strip("-")[:60]
    digest = digest_of(*(repr(found[key]) for key in sorted(found)))
    return f"{processor}-{found['cpus_usable']}cpu-{digest[:8]}"


def this_machine_facts() -> dict[str, Any]:
    """The facts of this machine."""
    described = {"cpu": cpu_model(), "cores": known(lambda: psutil.cpu_count(logical=False))}
    memory = known(lambda: psutil.virtual_memory().total)
    return machine_facts({**described, "cpus_usable": cpus_usable(), "memory_bytes": memory})


def this_machine_name() -> str:
    """The name of this machine."""
    return machine_name(this_machine_facts())


def machine_differences(a: Mapping[str, Any], b: Mapping[str, Any]) -> str:
    """`cpu: 'A' and 'B'; …`: in what two machines differ, empty where they are one. For compare, resume and merge alike."""
    if not any(a.values()) or not any(b.values()):
        return "environment.json does not name the machine"
    return "; ".join(f"{key}: {shown_value(a[key])} and {shown_value(b[key])}" for key in a if a[key] != b[key])


IDLE = ("idle", "iowait", "guest", "guest_nice")  # guests are counted in user, too


@dataclass(frozen=True)
class MachineLoad:
    """Seconds since some beginning: by the clock, of busy CPUs, of this process's own; the frequency (0 if unknown)."""

    wall_s: float
    busy_s: float
    own_s: float
    frequency_mhz: float
    governor: str
    throttling: Throttling = UNKNOWN

    def elsewhere(self, later: MachineLoad) -> float:
        """How many CPUs were busy with something else, another machine's share of this one (steal) included.

        None are where the system does not tell.
        """
        wall = later.wall_s - self.wall_s
        busy = (later.busy_s - self.busy_s) - (later.own_s - self.own_s)
        return busy / wall if wall > 0 and busy > 0 else 0.0


def load_now() -> MachineLoad:
    """Read before and after what is timed, outside of its clock; about a millisecond."""
    return MachineLoad(
        time.perf_counter(), busy_seconds(), time.process_time(), frequency_mhz(), governor(), throttling_now()
    )


def busy_seconds() -> float:
    """Of all CPUs, since the machine was started; not a number where the system does not tell."""
    times = known(lambda: psutil.cpu_times()._asdict()) or {"unknown": math.nan}
    return float(sum(seconds for name, seconds in times.items() if name not in IDLE))


def frequency_mhz() -> float:
    """The present frequency, averaged over CPUs; 0 where the system does not tell."""
    frequency = known(psutil.cpu_freq)
    return float(frequency.current) if frequency else 0.0


def governor() -> str:
    """The CPU frequency governor, empty where the system does not tell."""
    return read_system_file(system_files.SYS / "devices/system/cpu/cpu0/cpufreq/scaling_governor")


@cache
def clock_step_s() -> float:
    """The smallest step seen between two readings of the clock."""
    steps = []
    for _ in range(1000):
        start = time.perf_counter()
        while (later := time.perf_counter()) == start:
            pass
        steps.append(later - start)
    return min(steps)
