"""What goes on around a measurement: how busy the machine is, and how fast its CPUs run."""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import psutil

GOVERNOR = Path("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor")
IDLE = ("idle", "iowait", "guest", "guest_nice")  # guests are counted in user, too


@dataclass(frozen=True)
class MachineLoad:
    """Seconds since some beginning: by the clock, of busy CPUs, of this process's own; the frequency (0 if unknown)."""

    wall_s: float
    busy_s: float
    own_s: float
    frequency_mhz: float
    governor: str

    def elsewhere(self, later: MachineLoad) -> float:
        """How many CPUs were busy with something else, another machine's share of this one (steal) included."""
        wall = later.wall_s - self.wall_s
        busy = (later.busy_s - self.busy_s) - (later.own_s - self.own_s)
        return max(0.0, busy / wall) if wall > 0 else 0.0


def load_now() -> MachineLoad:
    times = psutil.cpu_times()._asdict()
    busy = sum(seconds for name, seconds in times.items() if name not in IDLE)
    return MachineLoad(time.perf_counter(), busy, time.process_time(), frequency_mhz(), governor())


def frequency_mhz() -> float:
    """The present frequency, averaged over CPUs; 0 where the system does not tell."""
    try:
        frequency = psutil.cpu_freq()
    except (OSError, NotImplementedError):
        return 0.0
    return float(frequency.current) if frequency else 0.0


def governor() -> str:
    """The CPU frequency governor, empty where the system does not tell."""
    return GOVERNOR.read_text().strip() if GOVERNOR.exists() else ""


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
