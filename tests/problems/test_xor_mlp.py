"""The network of the article, trained by hand-derived formulas, which `gradmark textbook` checks against the oracle."""

from __future__ import annotations

import numpy as np
import pytest

import problems
from bench.data.inputs import load_inputs
from bench.measure.cell import task_of
from bench.plan.cell import Cell
from tests.conftest import configured, prepared


@pytest.mark.parametrize(
    ("instance", "expected"),
    [("textbook", [0.2584, 0.6914, 0.6913, 0.3987]), ("rate_1", [0.033, 0.9305, 0.9305, 0.0926])],
)
def test_outputs_after_10_000_epochs(instance, expected):
    problem = problems.load("xor_mlp")
    assert problem.observe
    cell = Cell("xor_mlp", instance, "gradient_descent", "numpy_hand", "plain", "float64", "cpu", 1)
    params = prepared(configured("numpy_hand"), task_of(cell))()
    outputs = problem.observe(params, load_inputs("xor_mlp", instance).data)["outputs"]
    np.testing.assert_array_equal(np.round(outputs, 4), expected)
