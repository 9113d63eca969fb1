"""What is installed, and what would make measurements better."""

from __future__ import annotations

import os
import platform
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import psutil

import backends

from ..machine.facts import clock_facts, cpu_model, cpus_usable, governor
from ..machine.probe import probe_backend
from ..plan.cell import DEVICES
from ..text.table import Table
from ..text.units import format_duration

BUSY = 0.2  # load per CPU from which others are noticed
COMPILERS = ("c++", "g++", "clang++")


def backend_probe_table() -> Table:
    """Every backend on every device: its version, whether it works, its threads."""
    probes = [probe_backend(name, device) for name in backends.names() for device in DEVICES]
    rows = {
        (p.backend, p.device): {
            "version": p.version,
            "here": "unavailable" if p.reason else "available",
            "threads": p.threads,
        }
        for p in probes
    }
    body = pd.DataFrame.from_dict(rows, orient="index")
    body.index = pd.Index([f"{backend} on {device}" for backend, device in rows], name="backend")
    return Table(
        "Backends", body, tuple(f"{p.backend} on {p.device}: {p.reason}" for p in probes if p.reason), numeric=False
    )


def machine_table() -> Table:
    """The machine and its clock."""
    clock = clock_facts()
    compiler = next((name for name in COMPILERS if shutil.which(name)), "none")
    extended = np.finfo(np.longdouble)
    facts = {
        "CPU": cpu_model(),
        "CPUs": f"{cpus_usable()} usable of {os.cpu_count()}",
        "memory": f"{psutil.virtual_memory().total / 2**30:.1f} GiB",
        "operating system": f"{platform.system()} {platform.release()}",
        "Python": platform.python_version(),
        "C++ compiler": compiler,
        "clock": f"{clock['name']}, smallest step {format_duration(clock['smallest_step_s'])}",
        "longdouble": f"{extended.nmant + 1} bits, ε = {float(extended.eps):.1e}",
        "load": " ".join(f"{load:.2f}" for load in os.getloadavg()),
        "governor": governor() or "not reported",
    }
    body = pd.DataFrame.from_dict(facts, orient="index", columns=["here"])
    body.index.name = "machine"
    notes = tuple(advice()) or ("no known source of measurement errors found",)
    return Table("Machine", body, notes, numeric=False)


def advice() -> Iterator[str]:
    """What would make measurements better here, and what to do about it."""
    cpus = cpus_usable()
    if os.getloadavg()[0] > BUSY * cpus:
        yield f"load {os.getloadavg()[0]:.2f}: other processes are running; stop them or wait"
    if governor() not in ("", "performance"):
        yield f"CPU governor {governor()}: the frequency varies; run sudo cpupower frequency-set -g performance"
    if cpus < 2:
        yield "1 usable CPU, shared by the harness and the measured process; provide 2"
    battery = psutil.sensors_battery()
    if battery and not battery.power_plugged:
        yield "on battery: plug in the power supply"
    quota = Path("/sys/fs/cgroup/cpu.max")
    if quota.exists() and not quota.read_text().startswith("max"):
        yield f"the container has a CPU quota ({quota.read_text().strip()}): processes pause when it is used up"
    if not any(shutil.which(name) for name in COMPILERS):
        yield "no C++ compiler: variants that need one, such as torch_autograd/compile, fail; install g++"
    if platform.system() != "Linux":
        yield f"{platform.system()}: threads cannot be bound to CPUs; timing is supported on Linux, checks anywhere"
    if np.finfo(np.longdouble).eps >= np.finfo(float).eps:
        yield "longdouble is float64: references cannot be computed; use an x86-64 Linux machine"
