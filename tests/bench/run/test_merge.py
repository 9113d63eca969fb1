"""Runs joined into one: what goes together, what is refused, and that the joined run reads like any other."""

from __future__ import annotations

import json

import pytest

from bench.plan.cell import Cell
from bench.rows.journal import MEMORY_JOURNAL, Journal
from bench.rows.row import new_row
from bench.tables.frame import load_rows
from tests.bench import simulated
from tests.bench.processes import typed

FACTS = {"python": "CPython 3.11.7", "git_commit": "abc", "cells": 10, "versions": {"numpy": "2.4.6"}}
OTHER = {"cpu": "another CPU", "cpus_usable": 8, "memory_bytes": 2**35}


@pytest.fixture
def write(tmp_path):
    """Write run `name` of the cells from `first` to before `last` of twenty, or of the cells given."""

    def write(name, first=0, last=20, found=None, sources=None, **environment):
        cells = dict(list(simulated.cells(1, 20, 10, spread=0.02).items())[first:last])
        folder = simulated.write(tmp_path / name, found or cells, **{**FACTS, "cells": last - first, **environment})
        (folder / "sources.json").write_text(json.dumps(sources or {"problems/linear_regression/oracle.py": "one"}))
        return folder

    return write


def environment(folder):
    return json.loads((folder / "environment.json").read_text())


def merged(tmp_path, *folders):
    done = typed("merge", *folders, "--out", tmp_path / "all")
    assert done.returncode == 0, done.stderr
    return tmp_path / "all"


def test_the_parts_of_a_matrix_are_the_whole(write, tmp_path):
    whole, parts = write("whole"), [write("left", 0, 10), write("right", 10, 20)]
    found = merged(tmp_path, *parts)
    assert load_rows(found).drop(columns="run").equals(load_rows(whole).drop(columns="run"))
    assert set(load_rows(found)["run"]) == {"all"}
    assert "20 same" in typed("compare", whole, found).stdout
    assert environment(found)["cells"] == 20
    assert [part["run"] for part in environment(found)["parts"]] == ["left", "right"]
    assert not (found / ".reserve").exists()


@pytest.mark.slow
def test_every_command_reads_what_was_merged(write, tmp_path):
    found = merged(tmp_path, write("left", 0, 10), write("right", 10, 20))
    for command in (
        ["table", found], ["table", found, "--format", "csv"], ["accuracy", found], ["export", found],
        ["compare", found, found], ["report", found], ["plot", found, "--kind", "time"], ["merge", found, write("c", 3, 9)],
    ):  # fmt: skip
        done = typed(*command)
        assert done.returncode == 0, done.stderr
    assert len(json.loads(typed("export", found).stdout)["benchmarks"]) == 20
    assert "INCOMPLETE" not in typed("table", found).stdout
    assert (found / "tables.md").is_file()


def test_what_a_part_lacks_the_whole_lacks(write, tmp_path):
    found = merged(tmp_path, write("left", 0, 10, cells=12), write("right", 10, 20))
    assert "INCOMPLETE: 20 of 22 cells have a row" in typed("table", found).stdout


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"cpu": "another"}, "different machines (cpu: 'a CPU' and 'another'); --across-machines keeps them"),
        ({"cores": 9}, "different machines (cores: 2 and 9)"),
        ({"cpus_usable": 1}, "different machines (cpus_usable: 2 and 1)"),
        ({"memory_bytes": 2**40}, "different machines (memory_gib: 16 and 1024)"),
        (dict.fromkeys(simulated.ENVIRONMENT), "environment.json does not name the machine"),
        ({"python": "CPython 3.12.1"}, "different versions (python: 'CPython 3.11.7' and 'CPython 3.12.1')"),
        ({"versions": {"numpy": "2.0"}}, "different versions of packages (numpy: '2.4.6' and '2.0')"),
        ({"git_commit": "def"}, "different commits (git_commit: 'abc' and 'def')"),
        ({"sources": {"problems/linear_regression/oracle.py": "two\n"}}, "different sources (problems/linear_reg"),
        ({"imported": {"bench/cli.py": "2"}}, "different sources that workers imported (bench/cli.py: '1' and '2')"),
        ({"settings": {"interleaved": "x"}}, "different settings (interleaved: '' and 'x')"),
        ({"settings": {"interleaved": "", "repeats": 3}}, "different settings (repeats: None and 3)"),
    ],
)
def test_runs_that_differ_are_refused_with_what_differs(write, tmp_path, change, said):
    a, b = write("a", 0, 10, imported={"bench/cli.py": "1"}), write("b", 10, 20, **change)
    if "settings" in change:  # which the writer has of its own
        (b / "environment.json").write_text(json.dumps(environment(b) | change))
    done = typed("merge", a, b, "--out", tmp_path / "all")
    assert done.returncode == 2
    assert done.stderr.startswith(f"gradmark: {a} and {b}: ")
    assert said in done.stderr
    assert done.stderr.count("\n") == 1
    assert not (tmp_path / "all").exists()


def test_parts_may_have_frameworks_and_seeds_of_their_own(write, tmp_path):
    a, b = (
        write("a", 0, 10, versions={"numpy": "2.4.6", "torch": "2"}),
        write("b", 10, 20, versions={"numpy": "2.4.6", "jax": "1"}),
    )
    for seed, folder in enumerate((a, b)):
        content = environment(folder)
        content["settings"] |= {"seed": seed, "selection": {"backend": [str(seed)]}}
        (folder / "environment.json").write_text(json.dumps(content))
    found = environment(merged(tmp_path, a, b))
    assert found["versions"] == {"numpy": "2.4.6", "torch": "2", "jax": "1"}
    assert [part["selection"]["backend"] for part in found["parts"]] == [["0"], ["1"]]
    assert "seed" not in found["settings"]


def run_of(folder, *rows):
    """A run of one cell a row: (instance, status, seconds)."""
    simulated.write(folder, {}, "", **FACTS)
    for instance, status, seconds in rows:
        cell = Cell("linear_regression", instance, "gradient", "numpy_hand", "plain", "float64", "cpu", 1)
        row = new_row(cell, f"{cell.name}#1", folder.name, 0, status=status, median_s=seconds, reason="why")
        Journal(folder / "journal.jsonl").append_row(row)
    return folder


def test_of_a_cell_in_several_runs_one_is_kept_by_a_stated_rule(tmp_path):
    """Measured before not run, then the worst, then the first; the rows of two runs are never mixed."""
    a = run_of(tmp_path / "a", ("first", "ok", 1.0), ("run", "unavailable", None), ("bad", "ok", 1.0))
    b = run_of(tmp_path / "b", ("first", "ok", 2.0), ("run", "ok", 2.0), ("bad", "wrong", None), ("own", "ok", 2.0))
    done = typed("merge", a, b, "--out", tmp_path / "all")
    assert f"3 cells are in several runs; kept 1 from {a}, 2 from {b}" in done.stderr
    rows = Journal(tmp_path / "all" / "journal.jsonl").rows()
    assert {row.instance: (row.status, row.median_s) for row in rows} == {
        "first": ("ok", 1.0), "run": ("ok", 2.0), "bad": ("wrong", None), "own": ("ok", 2.0)
    }  # fmt: skip
    assert len(rows) == 4


def test_memory_comes_from_the_run_that_the_cell_comes_from(tmp_path):
    a, b = (run_of(tmp_path / name, ("one", "ok", 1.0)) for name in "ab")
    for size, folder in enumerate((a, b), start=1):
        (row,) = Journal(folder / "journal.jsonl").rows()
        row.peak_memory_bytes = size
        Journal(folder / MEMORY_JOURNAL).append_row(row)
    assert list(load_rows(merged(tmp_path, a, b))["peak_memory_bytes"]) == [1]


@pytest.mark.slow
def test_each_of_several_machines_has_a_column(write, tmp_path):
    here, there = write("here"), write("there", **OTHER)
    done = typed("merge", here, there, "--out", tmp_path / "all", "--across-machines")
    assert done.returncode == 0, done.stderr
    assert len(load_rows(tmp_path / "all")) == 400
    out = typed("table", tmp_path / "all", "--kind", "time").stdout
    assert out.startswith("all: A: a CPU, 2 CPUs, 16 GiB; B: another CPU, 8 CPUs, 32 GiB, CPython 3.11.7")
    assert "i0 @A" in out
    assert "i0 @B" in out
    assert len(json.loads(typed("export", tmp_path / "all").stdout)["benchmarks"]) == 40
    for command in (
        ["accuracy", tmp_path / "all"], ["report", tmp_path / "all"], ["compare", tmp_path / "all", tmp_path / "all"],
        ["plot", tmp_path / "all", "--kind", "time"], ["table", tmp_path / "all"],
    ):  # fmt: skip
        assert typed(*command).returncode == 0
    chosen = typed("compare", tmp_path / "all", tmp_path / "all", "-p", "linear_regression:i0").stdout
    assert chosen.count("numpy_hand/plain") == 2
    again = typed("merge", tmp_path / "all", here, "--across-machines")
    assert again.returncode == 2
    assert f"{tmp_path / 'all'}: joins several machines already" in again.stderr


def test_machines_stand_beside_each_other_by_instance(tmp_path):
    found = [run_of(tmp_path / "a", ("textbook", "ok", 1.0), ("real", "ok", 1.0))]
    found += [run_of(tmp_path / "b", ("textbook", "ok", 2.0), ("real", "ok", 2.0))]
    (found[1] / "environment.json").write_text(json.dumps(environment(found[1]) | OTHER))
    typed("merge", *found, "--out", tmp_path / "all", "--across-machines")
    out = typed("table", tmp_path / "all", "--format", "md", "--kind", "time").stdout
    (head,) = [line for line in out.splitlines() if line.startswith("| backend/variant")]
    assert [cell.strip() for cell in head.split("|")[2:-1]] == ["textbook @A", "textbook @B", "real @A", "real @B"]


def test_one_machine_has_no_letter(write, tmp_path):
    done = typed("merge", write("a", 0, 10), write("b", 10, 20), "--out", tmp_path / "all", "--across-machines")
    assert done.returncode == 0
    assert "@" not in typed("table", tmp_path / "all").stdout


def test_wrong_input(write, tmp_path):
    a, b = write("a", 0, 10), write("b", 10, 20)
    assert "expected two or more different run folders" in typed("merge", a).stderr
    assert "expected two or more different run folders" in typed("merge", a, b, a).stderr
    assert "expected a run folder, with journal.jsonl" in typed("merge", a, tmp_path).stderr
    assert "not an empty folder" in typed("merge", a, b, "--out", a).stderr
    found = merged(tmp_path, a, b)
    assert "a merged run is not resumed; resume its parts" in typed("run", "--resume", found).stderr
