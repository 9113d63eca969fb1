"""Finite differences: the article's printed numbers, and the order of their error."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backends import Unsupported, numpy_fd


def cube(params, data):
    return params["x"] ** 3


def stepper(variant):
    return numpy_fd.stepper(np.dtype("float64"), *numpy_fd.FIRST[variant])


@pytest.mark.parametrize("rules", [numpy_fd.POINTWISE, numpy_fd.ENTRYWISE])
@pytest.mark.parametrize(("variant", "tolerance"), [("central", 1e-8), ("forward", 1e-6)])
@given(x=st.floats(0.5, 100))
def test_differences_of_a_cube(rules, variant, tolerance, x):
    slope = rules[variant](cube, {"x": stepper(variant)(np.float64(x))})({"x": np.float64(x)}, {})["x"]
    assert slope == pytest.approx(3 * x**2, rel=tolerance)


@given(x=st.floats(-1e8, 1e8))
def test_the_step_taken_is_the_step_divided_by(x):
    for number in (np.float64(x), np.array([x])):
        h = stepper("central")(number)
        assert (number + h) - number == h
        assert h > 0


@pytest.mark.parametrize(("variant", "printed"), [("forward", 6.000009999951316), ("central", 6.000000000039306)])
def test_article_3_1_prints_the_central_differences(variant, printed):
    slope = numpy_fd.POINTWISE[variant](lambda p, d: p["x"] ** 2, {"x": 1e-5})
    assert slope({"x": 3.0}, {})["x"] == printed


@pytest.mark.parametrize("rule", [numpy_fd.forward_matrix, numpy_fd.central_matrix])
def test_second_differences(rule):
    x = np.array([0.5, -1.5, 2.0])
    found = rule(lambda x: x[0] ** 2 * x[1] + x[2] ** 3, x, np.full(3, 1e-4))
    np.testing.assert_allclose(found, [[-3, 1, 0], [1, 0, 0], [0, 0, 12]], atol=2e-3)


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
