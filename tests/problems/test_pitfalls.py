"""Every trap gives what was found, in every variant that need not be compiled for seconds."""

from __future__ import annotations

import fnmatch

import numpy as np
import pytest

import backends
import problems
from bench.data.store import flatten
from bench.measure.cell import measure_cell
from bench.plan.cell import PROFILES, is_expected
from bench.plan.selection import Selection
from bench.rows.row import new_row
from bench.truth.reference import load_reference
from tests.cells import parameters, plan_of
from tests.conftest import configured

EVERYTHING = plan_of(Selection(problems=("pitfalls",), profile="standard"))
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


A, B = np.exp(1), np.exp(2)


@pytest.mark.parametrize(
    ("name", "operation", "truth"),
    [
        ("small_quotient_float64", "gradient", [-7.5000000000000007e89]),
        ("small_hypot_float64", "gradient", [0.6, 0.8]),
        ("large_hypot_float64", "gradient", [0.6, -0.8]),
        ("large_norm_float64", "gradient", [0.6, -0.8]),
        ("cumprod_with_0", "gradient", [1, -10.5, 0, 0]),
        ("cumprod_weighted", "gradient", [1, -42, 0, 0]),
        ("zero_weight_of_largest", "gradient", [0, A / (A + B), B / (A + B)]),
        ("expm1_at_minus_40", "gradient", [np.exp(-40)]),
        ("double_eigenvalue", "gradient", [12, 24, 57, 24, 48, 114, 57, 114, 243]),
        ("column_minus_row", "gradient", [-0.875, -5.59375]),
        ("bessel_at_0", "hessian", [4.5]),
        ("sinc_at_0", "hessian", [-(np.pi**2) / 3]),
        ("gaussian_at_0", "hessian", [-2, 0, 0, -2]),
        ("norm_at_0", "gradient", [0, 0]),
        ("power_0_2", "gradient", [0, 0]),
        ("power_0_1", "gradient", [1, 0]),
    ],
)
def test_the_truth_is_what_a_hand_finds(name, operation, truth):
    found = flatten(load_reference("pitfalls", name, operation, "float64").value)
    assert np.concatenate([np.ravel(leaf) for leaf in found.values()]) == pytest.approx(truth, rel=1e-14, abs=0)


def test_by_a_weight_of_zero_the_truth_is_not_zero():
    found = load_reference("pitfalls", "by_zero_weight", "gradient", "float64").value
    assert found["w"] == pytest.approx([1 / (A + B), A / (A + B), B / (A + B)], rel=1e-14)


@pytest.mark.parametrize(
    ("name", "least", "greatest"),
    [("absolute_at_0", [-1], [1]), ("relu_at_0", [0], [1]), ("where_sqrt", [0, 0.25], [np.inf, 0.25])],
)
def test_at_a_kink_the_truth_is_an_interval(name, least, greatest):
    bounds = load_reference("pitfalls", name, "gradient", "float64").bounds
    assert bounds is not None
    low, high = bounds
    assert np.array_equal(np.ravel(low["x"]), least)
    assert np.array_equal(np.ravel(high["x"]), greatest)


def test_the_corner_of_the_square_of_subgradients_is_as_long_as_a_subgradient():
    bounds = load_reference("pitfalls", "norm_at_0", "gradient", "float64").bounds
    assert bounds is not None
    low, high = bounds
    assert np.linalg.norm(high["x"].astype(float)) == pytest.approx(1)
    assert np.array_equal(low["x"], -high["x"])


def test_traps_are_not_in_the_quick_profile():
    assert not [cell for cell in plan_of(Selection()).cells if cell.problem == "pitfalls"]


def test_every_trap_says_what_is_known_of_it():
    assert all(instance.source for instance in problems.load("pitfalls").instances)
