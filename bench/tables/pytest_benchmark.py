"""Runs in the formats of other tools."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pytest_benchmark import __version__ as pytest_benchmark_version
from pytest_benchmark.stats import Stats

from ..data.files import strict_json
from ..plan.cell import Cell
from ..rows.environment import read_environment
from ..rows.journal import JOURNAL, Journal, latest_rows
from ..rows.row import Row
from ..text.escape import printable
from .frame import ON, load_rows

MACHINE_INFO = {"cpu": "cpu", "system": "os", "python_version": "python", "cpus_usable": "cpus_usable"}


def pytest_benchmark_json(folder: Path) -> str:
    """The JSON that pytest-benchmark saves: one benchmark for each cell that has a time, grouped by case.

    A cell of several repeats is given by the medians of its processes, as it is in the tables; one of a single process by
    its rounds. Raises UsageError where the folder holds no run.
    """
    load_rows(folder)  # which says what is wrong
    environment = read_environment(folder)
    commit = str(environment.get("git_commit", "unknown"))
    cells: dict[tuple[Cell, str], list[Row]] = {}
    for row in latest_rows(Journal(folder / JOURNAL).rows()):
        cells.setdefault((row.cell, row.machine), []).append(row)
    content = {
        "machine_info": {name: environment.get(source) for name, source in MACHINE_INFO.items()},
        "commit_info": {"id": commit.removesuffix("+changes"), "dirty": commit.endswith("+changes")},
        "benchmarks": [benchmark_entry(*place, rows) for place, rows in cells.items() if all_timed(rows)],
        "datetime": environment.get("time"),
        "version": pytest_benchmark_version,
    }
    return strict_json(content, indent=1)


def all_timed(rows: list[Row]) -> bool:
    return all(row.status in ("ok", "diverged") and row.median_s for row in rows)


def benchmark_entry(cell: Cell, machine: str, rows: list[Row]) -> dict[str, Any]:
    """One cell. `rounds` is how many numbers the statistics are of."""
    medians = [row.median_s for row in rows if row.median_s]
    stats = Stats()
    for seconds in medians if len(medians) > 1 else rows[0].samples_s or medians:
        stats.update(seconds)
    name = printable(f"{cell.name}{ON}{machine}" if machine else cell.name)
    case = f"{cell.problem}:{cell.instance}:{cell.operation}"
    return {
        "group": printable(case),
        "name": f"test_cell[{name}]",
        "fullname": f"bench/measure/test_cells.py::test_cell[{name}]",
        "params": {"cell": name},
        "param": name,
        "extra_info": {"repeats": len(rows), "warnings": sorted({text for row in rows for text in row.warnings})},
        "options": {"timer": "perf_counter", "disable_gc": True},
        "stats": {**stats.as_dict(), "iterations": rows[0].iterations},
    }


EXPORT_FORMATS = {"pytest-benchmark": pytest_benchmark_json}
