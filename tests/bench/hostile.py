"""Texts that would do harm where they are shown or become a path, and a run folder with all files that one can have."""

from __future__ import annotations

import json
from pathlib import Path

from bench.machine.limits import Limit, MachineLimits
from bench.plan.cell import Cell
from bench.rows.journal import JOURNAL, MEMORY_JOURNAL, Journal
from bench.rows.row import Row, new_row
from bench.rows.step_curves import write_step_curves

TEXTS = (
    "<script>alert(1)</script>",
    "--><script>alert(2)</script>",
    "</script><img src=x onerror=alert(3)>",
    "\x1b[2J\x1b]0;title\x07",
    "\x9b31m\x85\x7f\b\r",
    "a|b|c",
    "\n# heading\n\n- item\n```\ncode",
    "# heading",
    "=cmd()|' /C calc'!A1",
    "+1+cmd()",
    "-1+cmd()",
    "@SUM(1)",
    "\t=cmd()",
    "＝cmd()",
    "`code` [x](javascript:alert(1)) ![y](//evil) **",
    "\\input{/etc/passwd}$%_^~&#{}",
    "\\end{table}\\write18{ls}",
    "[5pt] *x",
    "\u202eevil\u202c\u2066\u200b\ufeff",
    "\u2028line\u2029paragraph",
    "[bold red]x[/]\\",
    "{{ 7*7 }}{% raw %}%s%n",
    "x/../../evil",
    "../../evil",
    "/etc/passwd",
    "",
    "x" * 300,
    "<!-- end -->",
)

ENVIRONMENT = {
    "time": "2026-11-21T14:36:36+00:00",
    "cpu": "a CPU",
    "cores": 2,
    "cpus_usable": 2,
    "memory_bytes": 2**34,
    "os": "Linux",
    "libc": "glibc 2.36",
    "python": "CPython 3.11.7",
    "versions": {"numpy": "2.4.6", "jax": "0.10.2"},
    "blas": [{"built_with": "openblas"}],
    "git_commit": "27ae7c8",
    "variables": {"XLA_FLAGS": "--xla_cpu_enable_fast_math=false"},
    "clock": {"name": "clock_gettime", "resolution_s": 1e-9},
    "load": [0.5, 0.25, 0.125],
    "command": "gradmark run",
    "settings": {
        "seed": 1,
        "profile": "quick",
        "repeats": 1,
        "timeout_s": 120.0,
        "limit_s": 10.0,
        "memory_follows": False,
        "memory_limit_bytes": None,
        "interleaved": "",
        "selection": {
            "problem": ["linear_regression:textbook"],
            "backend": ["numpy_hand"],
            "operation": ["gradient"],
            "dtype": None,
            "device": None,
            "threads": ["1"],
            "profile": None,
            "problems": None,
            "backends": None,
        },
    },
    "decisions": {"numpy_hand": "Decisions\n- one", "jax_grad": "Decisions\n- two"},
    "cells": 3,
    "resumed": [{"time": "2026-11-21"}],
    "effective_threads": {"numpy_hand of 1": 1},
    "breakdown_s": {"importing": 1.0},
    "slowest_cells": {"a": {"seconds": 1.0, "first_call_s": 0.5}},
}
SOURCES = {
    "problems/linear_regression/__init__.py": '"""A problem."""\n',
    "problems/linear_regression/numpy_hand.py": "# by hand\n",
}


def rows() -> list[Row]:
    """Three sizes by two methods with two repeats, a failure and an omission: something in every table and picture."""
    found = []
    for place, instance in enumerate(("n1e3_d10", "n1e4_d10", "n1e5_d10")):
        for method, factor in (("numpy_hand/plain", 1.0), ("numpy_fd/central", 20.0)):
            for operation in ("value", "gradient"):
                seconds = 1e-6 * factor * 10**place * (1 if operation == "value" else 3)
                found.append(timed(cell(instance, method, operation), seconds))
    failed = {"reason": "gives up", "warnings": ["spread: of 20 %"]}
    found.append(
        new_row(cell("real", "jax_grad/jit"), "failed", "run", 0, status="wrong", error_relative=0.5, **failed)
    )
    found.append(new_row(cell("real", "tf_tape/eager"), "omitted", "run", 0, status="omitted", reason="too slow"))
    return found


def cell(instance: str, method: str, operation: str = "gradient") -> Cell:
    backend, variant = method.split("/")
    return Cell("linear_regression", instance, operation, backend, variant, "float64", "cpu", 1)


def timed(of: Cell, seconds: float) -> Row:
    names = ("min_s", "q1_s", "median_s", "q3_s", "mean_s", "prepare_s", "first_call_s", "import_s", "cpu_s")
    known = {"error_relative": 1e-16, "error_ulp": 1.0, "error_explained": 1e-16, "variables": 10, "objective": 1.0}
    work = {"work_flops": 4e4, "products_bytes": 8e4, "one_pass_bytes": 4e4, "working_set_bytes": 2e9}
    counts = {"rounds": 5, "iterations": 7, "effective_threads": 1, "clock_overhead_s": 1e-8, "stddev_s": seconds / 50}
    found = {**dict.fromkeys(names, seconds), **known, **work, **counts, "warnings": ["load: 1.0 CPUs"]}
    return new_row(of, of.name, "run", 0, samples_s=[seconds, 1.1 * seconds], **found)


def write_run(folder: Path) -> Path:
    """A good run folder, with every file that commands read or write."""
    folder.mkdir(parents=True)
    journal = Journal(folder / JOURNAL)
    for row in rows():
        journal.append("started", key=row.key, repeat=row.repeat, time=0.0)
        journal.append("checked", key=row.key, repeat=row.repeat)
        journal.append_row(row)
    journal.append("values", key="omitted", values={"x": [1.0, float("inf")]})
    memory = Journal(folder / MEMORY_JOURNAL)
    for row in rows():
        row.peak_memory_bytes, row.reason = 10**6, "measured"
        memory.append_row(row)
    (folder / "environment.json").write_text(json.dumps(ENVIRONMENT))
    (folder / "sources.json").write_text(json.dumps(SOURCES))
    MachineLimits("a-machine", 2**25, (Limit(1, "float64", 2e10, 1e10, 5e10),)).write(folder / "limits.json")
    steps = [10.0**-n for n in range(1, 9)]
    curve = {"problem": "linear_regression", "instance": "textbook", "method": "numpy_fd/central", "dtype": "float64"}
    write_step_curves(folder, [{**curve, "h": steps, "error": [*steps[1:], None], "predicted": 6e-6}])
    for name in ("report.html", "tables.md", "measurements.csv", ".reserve"):
        (folder / name).write_text("of an earlier run\n")
    (folder / "plots").mkdir()
    return folder
