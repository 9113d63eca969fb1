"""The commands about this machine: `doctor` and `limits`."""

from __future__ import annotations

import os
import platform
import shutil
import sys
from collections.abc import Iterator
from typing import Annotated

import numpy as np
import pandas as pd
import psutil
import typer

import backends

from ..machine.facts import clock_facts, cpu_model, cpus_usable, governor, known
from ..machine.limits import MachineLimits, default_threads, measured_limits, vector_bytes
from ..machine.probe import probe_backend
from ..machine.throttling import Throttling, throttling_now
from ..measure.timing_warnings import PRESSURE
from ..plan.cell import DEVICES, DTYPES, known_name
from ..text.table import Table
from ..text.terminal import print_table
from ..text.units import format_digits, format_duration, plural
from .options import SelectionOptions, takes_selection, thread_count

BUSY = 0.2  # load per CPU from which others are noticed
COMPILERS = ("c++", "g++", "clang++")


def register(app: typer.Typer) -> None:
    app.command("doctor", epilog="Example: gradmark doctor")(show_doctor)
    app.command("limits", epilog="Example: gradmark limits --threads 1 --threads 2 --dtype float64")(show_limits)


@takes_selection("backends_folder")
def show_doctor(selection: SelectionOptions) -> None:
    """Show this machine and its backends. Says what would improve measurements."""
    selection.add_folders()
    for each in (machine_table(), backend_probe_table()):
        print_table(each)


def show_limits(
    threads: Annotated[
        list[str] | None, typer.Option(metavar="N", help="Default: 1, 2, 4 … and all CPUs; repeatable.")
    ] = None,
    dtype: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="float64 or float32; default both; repeatable.")
    ] = None,
    again: Annotated[bool, typer.Option("--again", help="Measure again what is known.")] = False,
) -> None:
    """Measure memory bandwidth and matrix products here.

    Tables compare with them. Once per machine is enough.
    """
    counts = [thread_count(text) for text in threads or []] or default_threads()
    for name in dtype or []:
        known_name("dtype", name, DTYPES)
    known = measured_limits(counts, dtype or list(DTYPES), again, lambda what: print(what, file=sys.stderr))
    print_table(limits_table(known))


def limits_table(known: MachineLimits) -> Table:
    rows = {
        f"{limit.dtype}, {plural(limit.threads, 'thread')}": {
            "read sweep": f"{format_digits(limit.read_bytes_per_s / 1e9)} GB/s",
            "triad": f"{format_digits(limit.triad_bytes_per_s / 1e9)} GB/s",
            "matrix product": f"{format_digits(limit.product_flops_per_s / 1e9)} Gflop/s",
        }
        for limit in known.limits
    }
    body = pd.DataFrame.from_dict(rows, orient="index").rename_axis("dtype and threads")
    return Table(f"Limits of {known.machine}", body, tuple(limits_notes(known)))


def limits_notes(known: MachineLimits) -> Iterator[str]:
    vectors, largest = (f"{size / 2**20:.0f} MiB" for size in (vector_bytes(), known.cache_bytes))
    yield f"best of many rounds; vectors of {vectors}; largest cache {largest}"
    yield "memory limit: the faster of read sweep and triad; gradmark limits --again measures again and keeps the best"


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
    notes = tuple(f"{p.backend} on {p.device}: {p.reason}" for p in probes if p.reason)
    return Table("Backends", body, notes, numeric=False, least=("threads", "version"))


def machine_table() -> Table:
    """The machine and its clock."""
    clock = clock_facts()
    compiler = next((name for name in COMPILERS if shutil.which(name)), "none")
    extended = np.finfo(np.longdouble)
    memory, now = known(lambda: psutil.virtual_memory().total), throttling_now()
    facts = {
        "CPU": cpu_model(),
        "CPUs": f"{cpus_usable()} usable of {os.cpu_count()}",
        "memory": f"{memory / 2**30:.1f} GiB" if memory else "not reported",
        "operating system": f"{platform.system()} {platform.release()}",
        "Python": platform.python_version(),
        "C++ compiler": compiler,
        "clock": f"{clock['name']}, smallest step {format_duration(clock['smallest_step_s'])}",
        "longdouble": f"{extended.nmant + 1} bits, ε = {float(extended.eps):.1e}",
        "load": " ".join(f"{load:.2f}" for load in loads()) or "not reported",
        "governor": governor() or "not reported",
        "CPU quota": "none" if now.quota is None else f"{now.quota:.3g} CPUs",
        "CPU pressure": "not reported" if now.pressure is None else f"{now.pressure:.0%} of the last 10 s",
    }
    body = pd.DataFrame.from_dict(facts, orient="index", columns=["here"]).rename_axis("machine")
    notes = tuple(advice()) or ("no known source of measurement errors found",)
    return Table("Machine", body, notes, numeric=False)


def advice() -> Iterator[str]:
    """What would make measurements better here, and what to do about it."""
    cpus = cpus_usable()
    load = next(iter(loads()), 0.0)
    if load > BUSY * cpus:
        yield f"load {load:.2f}: other processes are running; stop them or wait"
    if governor() not in ("", "performance"):
        yield f"CPU governor {governor()}: the frequency varies; run sudo cpupower frequency-set -g performance"
    if cpus < 2:
        yield "1 usable CPU, shared by the harness and the measured process; provide 2"
    battery = known(psutil.sensors_battery)
    if battery and not battery.power_plugged:
        yield "on battery: plug in the power supply"
    yield from throttling_advice(throttling_now())
    if not any(shutil.which(name) for name in COMPILERS):
        yield "no C++ compiler: variants that need one, such as torch_autograd/compile, fail; install g++"
    if platform.system() != "Linux":
        yield f"{platform.system()}: threads cannot be bound to CPUs; timing is supported on Linux, checks anywhere"
    if np.finfo(np.longdouble).eps >= np.finfo(float).eps:
        yield "longdouble is float64: references cannot be computed; use an x86-64 Linux machine"


def throttling_advice(now: Throttling) -> Iterator[str]:
    """What keeps processes from the CPUs here."""
    if now.quota is not None:
        stopped = f"; it stopped them {plural(now.stops, 'time')} so far" if now.stops else ""
        yield (
            f"CPU quota of {now.quota:.3g} CPUs: processes stop when it is used up{stopped}; measure outside of this "
            "container or slice, or raise its quota"
        )
    elif now.stops:
        yield f"a CPU quota that is gone stopped processes here {plural(now.stops, 'time')}"
    if now.pressure is not None and now.pressure > PRESSURE:
        yield f"CPU pressure {now.pressure:.0%}: processes wait for a CPU; stop some or wait"


def loads() -> list[float]:
    """The load of the last minutes; empty where the system does not tell."""
    return known(lambda: list(os.getloadavg())) or []
