"""What is here, and what would make measurements better."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import numpy as np
import pandas as pd
import psutil

import backends

from . import ROOT, environment, surroundings, units
from .plan import DEVICES
from .tables import Table
from .worker import environment as worker_environment

BUSY = 0.2  # load per CPU from which others are noticed
COMPILERS = ("c++", "g++", "clang++")


@dataclass(frozen=True)
class Probe:
    """What a backend says on a device: available or why not, and its threads."""

    backend: str
    device: str
    version: str
    reason: str
    threads: str


def probe(backend: str, device: str, threads: int = 1) -> Probe:
    """Configure the backend in a process of its own, as a worker would."""
    package = backends.load(backend).REQUIRES
    try:
        installed = version(package)
    except PackageNotFoundError:
        installed = "not installed"
    reason = backends.absence(backend, device)
    if reason:
        return Probe(backend, device, installed, reason, "")
    done = subprocess.run(
        [sys.executable, "-m", "bench.doctor", backend, device, str(threads)],
        cwd=ROOT,
        env=worker_environment(backend, device, threads, os.devnull),
        capture_output=True,
        text=True,
    )
    answer = done.stdout.strip().splitlines()[-1:] or done.stderr.strip().splitlines()[-1:]
    text = "".join(answer)
    if done.returncode == 0:
        return Probe(backend, device, installed, "", f"{threads} asked for, {text} effective")
    return Probe(backend, device, installed, text or f"exit status {done.returncode}", "")


def answer(backend: str, device: str, threads: int) -> int:
    """What the process of `probe` does: print the effective threads, or the reason and fail."""
    from .worker import pin

    pin(threads)
    adapter = backends.load(backend)
    try:
        adapter.configure(threads, device)
    except backends.Unavailable as reason:
        print(reason)
        return 1
    print(adapter.effective_threads())
    return 0


def of_backends() -> Table:
    """Every backend on every device: its version, whether it works, its threads."""
    probes = [probe(name, device) for name in backends.BACKENDS for device in DEVICES]
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


def of_machine() -> Table:
    """The machine and its clock."""
    clock = environment.clock()
    compiler = next((name for name in COMPILERS if shutil.which(name)), "none")
    extended = np.finfo(np.longdouble)
    facts = {
        "CPU": environment.cpu_model(),
        "CPUs": f"{environment.cpus_usable()} usable of {os.cpu_count()}",
        "memory": f"{psutil.virtual_memory().total / 2**30:.1f} GiB",
        "operating system": f"{platform.system()} {platform.release()}",
        "Python": platform.python_version(),
        "C++ compiler": compiler,
        "clock": f"{clock['name']}, smallest step {units.duration(clock['smallest_step_s'])}",
        "longdouble": f"{extended.nmant + 1} bits, ε = {float(extended.eps):.1e}",
        "load": " ".join(f"{load:.2f}" for load in os.getloadavg()),
        "governor": surroundings.governor() or "not reported",
    }
    body = pd.DataFrame.from_dict(facts, orient="index", columns=["here"])
    body.index.name = "machine"
    notes = tuple(advice()) or ("nothing that gradmark knows of would make measurements better",)
    return Table("Machine", body, notes, numeric=False)


def advice() -> Iterator[str]:
    """What would make measurements better here, and what to do about it."""
    cpus = environment.cpus_usable()
    if os.getloadavg()[0] > BUSY * cpus:
        yield f"load {os.getloadavg()[0]:.2f}: other processes are running; end them or wait"
    if surroundings.governor() not in ("", "performance"):
        yield f"governor {surroundings.governor()}: frequencies vary; type: sudo cpupower frequency-set -g performance"
    if cpus < 2:
        yield "1 CPU: the harness and the measured process share it; allow 2"
    battery = psutil.sensors_battery()
    if battery and not battery.power_plugged:
        yield "on battery: plug in the power supply"
    quota = Path("/sys/fs/cgroup/cpu.max")
    if quota.exists() and not quota.read_text().startswith("max"):
        yield f"a container limits the CPU time ({quota.read_text().strip()}): measurements stall when it is used up"
    if not any(shutil.which(name) for name in COMPILERS):
        yield "no C++ compiler: variants that compile through one will fail; install g++"
    if platform.system() != "Linux":
        yield f"{platform.system()}: threads cannot be bound to CPUs; times are for Linux, checks work anywhere"
    if np.finfo(np.longdouble).eps >= np.finfo(float).eps:
        yield "longdouble is float64: references cannot be computed; use an x86-64 Linux machine"


if __name__ == "__main__":
    sys.exit(answer(sys.argv[1], sys.argv[2], int(sys.argv[3])))
