"""Thread counts side by side, and cells that take more of the machine than they may."""

from __future__ import annotations

import time

import pytest
from msgspec.structs import replace

from bench.cli import spread_threads
from bench.measure.cell import measure_cell
from bench.measure.timing_warnings import cpu_warnings, warning_code
from bench.rows.row import new_row
from bench.tables.frame import rows_frame
from bench.tables.run_tables import tables_of_kinds
from tests.bench.made_rows import row
from tests.bench.measure.test_cell import CELL, QUICK, stopwatch


def test_speed_up_and_efficiency_are_those_over_the_fewest_threads():
    rows = [replace(row(median_s=s), threads=n) for n, s in ((1, 8e-3), (2, 5e-3), (4, 2e-3))]
    rows.append(replace(row("jax_grad/jit"), threads=2))
    (table,) = tables_of_kinds(rows_frame(rows), ["threads"])
    assert list(table.body.columns) == ["1 thread", "2 threads", "4 threads"]
    assert list(table.body.loc["textbook · numpy_hand/plain"]) == [
        "8.00 ms", "5.00 ms (1.60×, 80 %)", "2.00 ms (4.00×, 100 %)",
    ]  # fmt: skip
    assert list(table.body.loc["textbook · jax_grad/jit"]) == ["", "2.00 µs", ""]


def test_one_thread_count_needs_no_such_table():
    assert tables_of_kinds(rows_frame([row()]), ["threads"]) == []


@pytest.mark.parametrize(
    ("cpu_s", "wall_s", "threads", "warned"),
    [(1.0, 1.0, 1, False), (1.05, 1.0, 1, False), (1.2, 1, 1, True), (2, 1, 2, False)],
)
def test_more_cpu_time_than_the_threads_allow_is_warned_of(cpu_s, wall_s, threads, warned):
    assert [warning_code(w) for w in cpu_warnings(cpu_s, wall_s, threads)] == ["cpu"] * warned


def burnt(monkeypatch, cpus):
    """A row measured while `cpus` CPUs seem to have been busy with it: a stub, as this machine may have one."""
    real = time.process_time
    monkeypatch.setattr(time, "process_time", lambda: cpus * real())
    found = new_row(CELL, "key", "run", 0)
    measure_cell(CELL, found, QUICK, stopwatch, lambda event, result: None)
    return found


def test_such_a_cell_shows_no_time(monkeypatch):
    found = burnt(monkeypatch, 1000)  # of which a busy machine may have given it a hundredth
    assert found.status == "ok"
    assert found.median_s is None
    assert found.samples_s
    assert any(warning.startswith("cpu: ") for warning in found.warnings)
    (table,) = tables_of_kinds(rows_frame([found]), ["time"])
    assert "µs" not in str(table.body.iloc[0, 0])


def test_a_cell_within_its_threads_shows_its_time(monkeypatch):
    assert burnt(monkeypatch, 1).median_s is not None


@pytest.mark.parametrize(
    ("typed", "parsed"),
    [
        (["run", "--threads", "1", "2", "-b", "x"], ["run", "--threads", "1", "--threads", "2", "-b", "x"]),
        (["--threads", "1", "2", "4"], ["--threads", "1", "--threads", "2", "--threads", "4"]),
        (["--threads", "1", "--threads", "2"], ["--threads", "1", "--threads", "2"]),
        (["--repeats", "3", "--threads", "1"], ["--repeats", "3", "--threads", "1"]),
    ],
)
def test_thread_counts_may_follow_one_another(typed, parsed):
    assert spread_threads(typed) == parsed
