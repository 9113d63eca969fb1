"""The network learns, and its loss does not overflow."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

import backends
import problems
from bench.data.inputs import load_inputs
from bench.measure.cell import task_of
from bench.plan.cell import Cell
from bench.truth.extended import extended_answer
from bench.truth.oracle import oracle_of
from tests.cells import methods_of
from tests.conftest import configured, prepared

PROBLEM = problems.load("mlp")


def descended(name: str) -> problems.Arrays:
    """The weights after the descent of `real`, by the hand-derived gradient."""
    backend = configured("numpy_hand")
    cell = Cell("mlp", name, "gradient_descent", "numpy_hand", "plain", "float64", "cpu", 1)
    return backend.to_numpy(prepared(backend, task_of(cell))())


@pytest.mark.slow
def test_a_hundred_steps_recognise_95_of_100_digits():
    given = load_inputs("mlp", "real")
    assert PROBLEM.observe
    before = PROBLEM.observe(given.params, given.data)["accuracy"]
    after = PROBLEM.observe(descended("real"), given.data)["accuracy"]
    assert before < 0.2
    assert after > 0.95


@pytest.mark.slow
@pytest.mark.parametrize("name", dict.fromkeys(backend for backend, _ in methods_of("mlp", "real_100", "value")))
def test_scores_in_the_thousands_do_not_overflow(name):
    variant = next(iter(backends.load(name).VARIANTS))
    backend = configured(name)
    given = load_inputs("mlp", "real_100")
    params = {**given.params, "W2": 1e4 * given.params["W2"]}
    task = task_of(Cell("mlp", "real_100", "value", name, variant, "float64", "cpu", 1))
    call = prepared(backend, dataclasses.replace(task, params=params))
    oracle = oracle_of("mlp", PROBLEM.instance("real_100"))
    truth = extended_answer(oracle, "value", params, given.data, {})
    np.testing.assert_allclose(backend.to_numpy(call()), float(truth), rtol=1e-12)
    assert float(truth) > 1000
