"""What pytest-benchmark gets of a cell under `pytest bench`: the seconds of a call, as the journal has them."""

from __future__ import annotations

import json
import math
import shutil
import subprocess
import sys
from types import SimpleNamespace

import pytest
from pytest_benchmark.stats import Stats

from bench import ROOT
from bench.measure.test_cells import Session, finish_cell, report_calls
from bench.plan.cell import PROFILES
from tests.bench.made_rows import row
from tests.bench.planted import plant

TENFOLD = 900  # percent longer


def refused(constant):
    raise AssertionError(f"{constant} is no JSON")


def fixture(stats=True):
    """As much of pytest-benchmark's fixture as a cell touches, with 4 rounds of 2 ms."""
    found = SimpleNamespace(iterations=1, stats=Stats())
    for _ in range(4):
        found.stats.update(2e-3)
    this = SimpleNamespace(
        stats=found if stats else None, enabled=True, has_error=False, extra_info={}, _mode="pedantic"
    )
    this._make_stats = lambda n: setattr(this, "stats", SimpleNamespace(iterations=n, stats=Stats()))
    return this


def finished(**members):
    found, measured = fixture(stats=members.pop("stats", True)), row(**members)
    finish_cell(Session([], PROFILES["quick"]), measured.cell, measured, found)
    return found


def test_a_round_becomes_the_calls_of_the_row():
    found = finished(samples_s=[2e-6, 3e-6], iterations=1000)
    assert found.stats.stats.data == [2e-6, 3e-6]
    assert found.stats.stats.median == pytest.approx(2.5e-6)
    assert found.stats.iterations == 1000
    assert not found.has_error


def test_a_cell_that_was_timed_once_is_there_too():
    assert finished(samples_s=[3.0], median_s=3.0, iterations=1, stats=False).stats.stats.data == [3.0]


def test_a_time_that_is_withheld_is_not_saved():
    found = finished(samples_s=[2e-6], median_s=None, iterations=1000)
    assert found.stats.stats.data == []
    assert found.has_error


def test_a_disabled_benchmark_has_no_statistics():
    found = fixture(stats=False)
    found.enabled = False
    report_calls(found, [1.0], 1)
    assert found.stats is None


def test_what_is_saved_beside_the_times_is_json():
    found = finished(objective=math.nan, error_relative=math.inf, samples_s=[2e-6])
    json.loads(json.dumps(found.extra_info), parse_constant=refused)
    assert found.extra_info["objective"] == "nan"


def pytest_bench(checkout, storage, *more):
    command = [sys.executable, "-m", "pytest", "bench", "-q", "-p", "no:cacheprovider", f"--rootdir={checkout}"]
    chosen = ["-k", "scalar_derivative:textbook:value and numpy_hand", f"--benchmark-storage={storage}"]
    return subprocess.run([*command, *chosen, *more], cwd=checkout, capture_output=True, text=True)


@pytest.mark.slow
def test_pytest_benchmark_finds_a_tenfold_slowdown_and_none_where_there_is_none(tmp_path):
    """By its own `--benchmark-compare-fail`, which compares what an earlier `pytest bench` saved."""
    plant(tmp_path / "planted", TENFOLD, "numpy_hand")
    shutil.copy(ROOT / "pyproject.toml", tmp_path / "planted")
    storage, limit = tmp_path / "saved", ("--benchmark-compare", "--benchmark-compare-fail=median:200%")
    done = pytest_bench(ROOT, storage, "--benchmark-save=before")
    assert done.returncode == 0, done.stdout
    (saved,) = storage.rglob("*.json")
    (before,) = json.loads(saved.read_text(), parse_constant=refused)["benchmarks"]
    assert before["stats"]["median"] == before["extra_info"]["median_s"] < 1e-3
    assert before["stats"]["iterations"] == before["extra_info"]["iterations"] > 1
    assert pytest_bench(ROOT, storage, *limit).returncode == 0
    slower = pytest_bench(tmp_path / "planted", storage, *limit)
    assert slower.returncode != 0
    assert "Performance has regressed" in slower.stdout + slower.stderr
