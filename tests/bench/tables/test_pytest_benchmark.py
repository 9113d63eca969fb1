"""Exports are read by the tools that they are for."""

from __future__ import annotations

import csv
import json
import subprocess
import sys

import pytest

from tests.bench import simulated
from tests.bench.commands.test_cli import typed


@pytest.fixture
def exported(tmp_path, monkeypatch, capsys):
    """Write a run of so many repeats and export it to a file."""

    def exported(name, repeats):
        run = simulated.write(tmp_path / name, simulated.cells(1, 3, repeats))
        status, out, _ = typed(monkeypatch, capsys, "export", run, "--format", "pytest-benchmark")
        assert status == 0
        path = tmp_path / f"{name}.json"
        path.write_text(out)
        return path

    return exported


def test_pytest_benchmark_compares_what_was_exported(exported, tmp_path):
    files = [exported(f"000{n}_run", repeats=7) for n in (1, 2)]
    table = tmp_path / "out.csv"
    command = [
        sys.executable,
        "-m",
        "pytest_benchmark",
        "--storage",
        str(tmp_path / "none"),
        "compare",
        *map(str, files),
    ]
    done = subprocess.run([*command, f"--csv={table}"], capture_output=True, text=True, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "linear_regression:i0:gradient:numpy_hand/plain:float64:cpu:t1" in done.stdout
    with table.open() as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 6
    medians = sorted(simulated.cells(1, 3, 7).values(), key=lambda cell: cell.median_s)
    assert sorted(float(row["median"]) for row in rows)[::2] == pytest.approx([cell.median_s for cell in medians])
    assert {row["rounds"] for row in rows} == {"7"}


def test_what_ci_actions_read_is_there(exported):
    """github-action-benchmark: fullname, stats.ops, stats.stddev, stats.rounds; Bencher: fullname, stats.mean."""
    content = json.loads(exported("run", repeats=3).read_text())
    assert content["machine_info"]["cpu"] == "a CPU"
    assert set(content) == {"machine_info", "commit_info", "benchmarks", "datetime", "version"}
    for each in content["benchmarks"]:
        assert each["fullname"].startswith("bench/measure/test_cells.py::test_cell[linear_regression:")
        assert each["stats"]["ops"] == pytest.approx(1 / each["stats"]["mean"])
        assert each["stats"]["stddev"] > 0
        assert each["stats"]["rounds"] == 3


def test_one_process_is_given_by_its_rounds_and_what_failed_is_left_out(exported, tmp_path, monkeypatch, capsys):
    content = json.loads(exported("one", repeats=1).read_text())
    assert [each["stats"]["rounds"] for each in content["benchmarks"]] == [5, 5, 5]
    journal = tmp_path / "one" / "journal.jsonl"
    lines = journal.read_text().splitlines()
    lines[0] = lines[0].replace('"status": "ok"', '"status": "wrong"')
    journal.write_text("\n".join(lines) + "\n")
    _, out, _ = typed(monkeypatch, capsys, "export", tmp_path / "one")
    assert len(json.loads(out)["benchmarks"]) == 2


def test_another_format_is_refused(tmp_path, monkeypatch, capsys):
    status, _, err = typed(monkeypatch, capsys, "export", tmp_path, "--format", "asv")
    assert status == 2
    assert "unknown format 'asv'" in err
