"""Every trap gives what was found, in every variant that need not be compiled for seconds."""

from __future__ import annotations

import fnmatch

import pytest

import backends
import problems
from bench.measure.cell import measure_cell
from bench.plan.cell import PROFILES, is_expected
from bench.plan.selection import Selection, make_plan
from bench.rows.row import new_row
from tests.cells import parameters
from tests.conftest import configured

EVERYTHING = make_plan(Selection(problems=("pitfalls",), profile="standard"))
CELLS = [cell for cell in EVERYTHING.cells if cell.variant not in ("compile", "xla", "jit", "graph")]


@pytest.mark.parametrize("cell", parameters(CELLS))
def test_a_trap_gives_what_was_found(cell):
    configured(cell.backend)
    row = new_row(cell, "key", "run", 0)
    measure_cell(cell, row, PROFILES["quick"], None, lambda event, result: None)
    assert is_expected(cell, row.status), f"{row.status}: {row.reason}"


def test_findings_are_of_traps_and_cells_that_exist():
    cells, problem = (*EVERYTHING.cells, *EVERYTHING.absent), problems.load("pitfalls")
    for backend in backends.names():
        path = problem.folder / f"{backend}.py"
        for name in problems.literals(path, 0).get("EXPECT", {}):
            assert fnmatch.filter([instance.name for instance in problem.instances], name), f"{backend}: {name}"
        for instance in problem.instances:
            for pattern in problems.expectations(problem, instance, backend):
                found = (c for c in cells if c.instance == instance.name)
                assert any(problems.matching({pattern: True}, c.pattern) for c in found), pattern


def test_a_finding_that_is_no_longer_one_is_unexpected():
    cell = next(cell for cell in CELLS if cell.instance == "norm_at_0" and cell.method == "numpy_hand/plain")
    assert is_expected(cell, "wrong")
    assert not is_expected(cell, "ok")
    assert not is_expected(cell, "error")


def test_traps_are_not_in_the_quick_profile():
    assert not [cell for cell in make_plan(Selection()).cells if cell.problem == "pitfalls"]


def test_every_trap_says_what_is_known_of_it():
    assert all(instance.source for instance in problems.load("pitfalls").instances)
