"""What stands above the tables of a run."""

from __future__ import annotations

import json

from bench import run_folder, tables
from bench.journal import Journal, row_of
from bench.plan import Cell

CELL = Cell("newton", "textbook", "gradient", "numpy_hand", "plain", "float64", "cpu", 1)


def written(folder, **environment):
    journal = Journal(folder / "journal.jsonl")
    journal.append_row(row_of(CELL, CELL.name, "run", 0, median_s=1e-6, rounds=5))
    if environment:
        (folder / "environment.json").write_text(json.dumps(environment))
    return run_folder.heading(folder, tables.load(folder))


def test_it_names_the_machine_the_date_and_the_versions(tmp_path):
    versions = {"numpy": "2.4.6", "jax": "0.10.2", "pip": "25"}
    facts = {"cpu": "a CPU", "cpus_usable": 2, "time": "2026-11-21", "python": "CPython 3.11.7", "versions": versions}
    (line,) = written(tmp_path, **facts, cells=1)
    assert line == f"{tmp_path.name}: a CPU, 2 CPUs, 2026-11-21, CPython 3.11.7, numpy 2.4.6, jax 0.10.2"


def test_a_run_that_was_cut_off_says_so(tmp_path):
    lines = written(tmp_path, cpu="a CPU", cells=3)
    assert lines[1:] == ["INCOMPLETE: 1 of 3 cells have a row; gradmark run --resume does the others"]
    with (tmp_path / "journal.jsonl").open("a") as file:
        file.write('{"event": "ro')
    assert run_folder.heading(tmp_path, tables.load(tmp_path))[2:] == [
        "INCOMPLETE: the last line of the journal is cut off"
    ]


def test_without_an_environment_the_rows_can_still_be_read(tmp_path):
    assert written(tmp_path) == []
    (tmp_path / "environment.json").write_text("{")
    assert run_folder.heading(tmp_path, tables.load(tmp_path)) == []
