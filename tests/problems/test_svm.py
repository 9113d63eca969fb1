"""The kink of the hinge: what each backend takes there, and that a gradient outside the interval is wrong."""

from __future__ import annotations

import numpy as np
import pytest

import problems
from bench.data.inputs import load_inputs
from bench.measure.cell import measure_cell, task_of
from bench.plan.cell import PROFILES, Cell
from bench.rows.row import new_row
from bench.truth.certified import certified_bounds
from bench.truth.extended import extended_answer
from bench.truth.oracle import oracle_of
from tests.conftest import configured, prepared

# The share of the active side's slope on the kink, as each file's docstring says.
SHARES = {
    "numpy_hand/plain": 0.0,
    "torch_autograd/eager": 0.0,
    "sympy_symbolic/lambdify": 0.5,
    "numpy_fd/central": 0.5,
    "jax_grad/eager": 0.5,
    "jax_grad/jit": 0.5,
    "tf_tape/eager": 1.0,
    "tf_tape/graph": 1.0,
    "tf_tape/xla": 1.0,
}


def cell_of(method: str, instance: str = "kink") -> Cell:
    backend, variant = method.split("/")
    return Cell("svm", instance, "gradient", backend, variant, "float64", "cpu", 1)


def bounds_of(instance: str):
    given = load_inputs("svm", instance)
    return certified_bounds(oracle_of("svm", problems.load("svm").instance(instance)), given.params, given.data)


@pytest.mark.parametrize(("method", "share"), SHARES.items())
def test_each_backend_takes_what_its_file_says_on_the_kink(method, share):
    backend = configured(method.split("/")[0])
    slopes = backend.to_numpy(prepared(backend, task_of(cell_of(method)))())["w"]
    given, oracle = load_inputs("svm", "kink"), oracle_of("svm", problems.load("svm").instance("kink"))
    away = extended_answer(oracle, "gradient", given.params, off(), {})["w"]
    full = -given.data["y"][0] * given.data["X"][0] / len(given.data["y"])
    np.testing.assert_allclose(slopes, (away + share * full).astype(float), atol=1e-8)


def off() -> problems.Arrays:
    """The data with the first sample's margin far above 1, where it adds nothing."""
    data = load_inputs("svm", "kink").data
    X = data["X"].copy()
    X[0] *= 8
    return {**data, "X": X}


def test_forward_differences_take_a_side_entry_by_entry():
    """h is positive, so that an entry is on the active side where x y is negative, and on the other where it is positive."""
    backend = configured("numpy_fd")
    slopes = backend.to_numpy(prepared(backend, task_of(cell_of("numpy_fd/forward")))())["w"]
    low, high = bounds_of("kink")
    data = load_inputs("svm", "kink").data
    active = data["X"][0] * data["y"][0] < 0
    # Where the feature is negative, high is the slope of the active side; where it is positive, high is that of the other.
    np.testing.assert_allclose(slopes, high["w"].astype(float), atol=1e-7)
    assert active.any()
    assert not active.all()
    assert (low["w"] < high["w"]).any()


@pytest.mark.parametrize("name", ["textbook", "real"])
def test_off_the_kink_the_interval_is_a_point(name):
    low, high = bounds_of(name)
    np.testing.assert_array_equal(low["w"], high["w"])


def test_on_the_kink_one_sample_makes_the_interval():
    given = load_inputs("svm", "kink")
    margins = given.data["y"] * (given.data["X"] @ given.params["w"])
    assert (margins == 1).tolist() == [True, False, False, False]
    low, high = bounds_of("kink")
    assert (low["w"] < high["w"]).tolist() == (given.data["X"][0] != 0).tolist()


@pytest.mark.parametrize("beyond", [-0.05, 1.05])
def test_a_gradient_outside_the_interval_is_wrong(beyond, monkeypatch):
    low, high = bounds_of("kink")
    outside = {"w": (low["w"] + beyond * (high["w"] - low["w"])).astype(float)}
    cell = cell_of("numpy_hand/plain")
    monkeypatch.setattr(problems.load_implementation("svm", "numpy_hand"), "objective_gradient", lambda p, d: outside)
    configured("numpy_hand")
    row = new_row(cell, "key", "run", 0)
    measure_cell(cell, row, PROFILES["quick"], None, lambda event, result: None)
    assert row.status == "wrong"
