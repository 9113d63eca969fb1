"""Finite differences: the article's printed numbers, and the order of their error."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backends import Unsupported, numpy_fd


def cube(params, data):
    return params["x"] ** 3


@pytest.mark.parametrize(("rule", "tolerance"), [(numpy_fd.central, 1e-8), (numpy_fd.forward, 1e-6)])
@given(x=st.floats(0.5, 100))
def test_differences_of_a_cube(rule, tolerance, x):
    slope = rule(cube, ["x"])({"x": np.float64(x)}, {})["x"]
    assert slope == pytest.approx(3 * x**2, rel=tolerance)


@given(x=st.floats(-1e8, 1e8))
def test_the_step_taken_is_the_step_divided_by(x):
    h = numpy_fd.step(np.float64(x), *numpy_fd.CENTRAL)
    assert (x + h) - x == h
    assert h > 0


def test_too_many_variables_are_refused_with_the_limit(task_of_many_variables):
    with pytest.raises(Unsupported, match=r"10001 variables .* limit is 10000"):
        numpy_fd.prepare(task_of_many_variables)


@pytest.fixture
def task_of_many_variables():
    import types

    from backends import Task

    module = types.ModuleType("many")
    module.objective = lambda params, data: params["x"].sum()  # type: ignore[attr-defined]
    return Task(module, "objective", "scalar", "gradient", {"x": np.zeros(10_001)}, {}, "central")
