"""What stands above the tables of a run."""

from __future__ import annotations

import json

import pytest

from bench import UsageError
from bench.plan.cell import Cell
from bench.rows.journal import Journal
from bench.rows.row import new_row
from bench.tables.frame import load_rows
from bench.tables.run_tables import run_heading

CELL = Cell("newton", "textbook", "gradient", "numpy_hand", "plain", "float64", "cpu", 1)


def written(folder, **environment):
    journal = Journal(folder / "journal.jsonl")
    journal.append_row(new_row(CELL, CELL.name, "run", 0, median_s=1e-6, rounds=5))
    if environment:
        (folder / "environment.json").write_text(json.dumps(environment))
    return run_heading(folder, load_rows(folder))


def test_it_names_the_machine_the_date_and_the_versions(tmp_path):
    versions = {"numpy": "2.4.6", "jax": "0.10.2", "pip": "25"}
    facts = {"cpu": "a CPU", "cpus_usable": 2, "time": "2026-11-21", "python": "CPython 3.11.7", "versions": versions}
    (line,) = written(tmp_path, **facts, cells=1)
    assert line == f"{tmp_path.name}: a CPU, 2 CPUs, 2026-11-21, CPython 3.11.7, numpy 2.4.6, jax 0.10.2"


def test_a_run_that_was_cut_off_says_so(tmp_path):
    lines = written(tmp_path, cpu="a CPU", cells=3)
    assert lines[1:] == ["INCOMPLETE: 1 of 3 cells have a row; gradmark run --resume RUN measures the rest"]
    with (tmp_path / "journal.jsonl").open("a") as file:
        file.write('{"event": "ro')
    assert run_heading(tmp_path, load_rows(tmp_path))[2:] == ["INCOMPLETE: the last line of journal.jsonl is truncated"]


def test_without_an_environment_the_rows_can_still_be_read(tmp_path):
    assert written(tmp_path) == []


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "not JSON"),
        ('{"cpus_usable": "/../../etc/x"}', r"member cpus_usable: expected int \| null, got '/../../etc/x'"),
        ('{"cells": -1}', "member cells: expected int >= 0, got -1"),
    ],
)
def test_a_damaged_environment_is_refused_with_its_member(tmp_path, text, message):
    written(tmp_path)
    (tmp_path / "environment.json").write_text(text)
    with pytest.raises(UsageError, match=f"environment.json: {message}"):
        run_heading(tmp_path, load_rows(tmp_path))
