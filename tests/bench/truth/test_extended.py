"""Extended precision, on functions whose derivatives are known."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench import UsageError
from bench.truth import extended
from bench.truth.extended import extended_answer, require_extended, to_extended
from bench.truth.linear_algebra import eigen_of_extended
from bench.truth.oracle import Oracle


def function(params, data):
    return np.exp(params["x"]) * np.sin(params["y"]).sum() + data["c"]


@given(x=st.floats(-3, 3), y=st.lists(st.floats(-3, 3), min_size=1, max_size=3))
def test_the_sweep_gives_the_derivative_to_extended_precision(x, y):
    params = to_extended({"x": np.array(x), "y": np.array(y)})
    slopes = extended_answer(Oracle(function), "gradient", params, {"c": np.array(1.0)}, {})
    size = float(np.exp(params["x"])) * len(y)
    np.testing.assert_allclose(slopes["x"], np.exp(params["x"]) * np.sin(params["y"]).sum(), rtol=0, atol=1e-18 * size)
    np.testing.assert_allclose(slopes["y"], np.exp(params["x"]) * np.cos(params["y"]), rtol=0, atol=1e-18 * size)


def test_a_narrow_longdouble_is_refused(monkeypatch):
    monkeypatch.setattr(extended.np, "longdouble", np.float64)
    with pytest.raises(UsageError, match="extended-precision longdouble"):
        require_extended()


def quartic(params, data):
    x = params["x"]
    return np.sum(x * x * x * x) + params["y"] * np.sum(x)


POINT = to_extended({"x": np.array([0.3, -1.7, 2.2]), "y": np.array(0.7)})


def test_a_hessian_is_that_of_the_function():
    found = extended_answer(Oracle(quartic), "hessian", POINT, {}, {})
    np.testing.assert_allclose(found["x"]["x"], np.diag(12 * POINT["x"] ** 2), rtol=1e-18, atol=1e-18)
    np.testing.assert_array_equal(found["x"]["y"], np.ones(3))
    np.testing.assert_array_equal(found["y"]["x"], np.ones(3))
    assert found["y"]["y"] == 0


@pytest.mark.parametrize("size", [1e-300, 1e-60, 1.0, 1e60, 1e150])
def test_a_derivative_is_right_at_any_size_of_its_inputs(size):
    """d/dy x/y = −x/y², where a complex step of one absolute size fails."""
    x, y = np.array(1.5 * size), np.array(2.5 * size)
    found = extended_answer(Oracle(lambda p, d: d["x"] / p["y"]), "gradient", {"y": y}, {"x": x}, {})["y"]
    truth = -np.longdouble(x) / np.longdouble(y) / np.longdouble(y)
    assert abs(found - truth) <= 1e-18 * abs(truth)


def test_newton_takes_one_step_on_a_parabola():
    """Article 3, example 3.16: a second step would ask for second derivatives once more."""
    asked: list[None] = []

    def parabola(params, data):
        asked.append(None)
        return (params["w"] - 2) ** 2

    found = extended_answer(Oracle(parabola), "newton", {"w": np.array(0.0)}, {}, {"steps": 100, "tolerance": 1e-5})
    assert found["w"] == 2
    assert len(asked) == 4  # two slopes, one column, and once more whether the value is the same


@given(st.lists(st.floats(-9, 9), min_size=6, max_size=6))
def test_eigenvalues_are_those_of_the_matrix_to_extended_precision(entries):
    matrix = np.zeros((3, 3), np.longdouble)
    matrix[np.tril_indices(3)] = entries
    matrix = matrix + np.tril(matrix, -1).T
    pairs = eigen_of_extended(matrix)
    values, vectors = np.array([value for value, _ in pairs]), np.stack([vector for _, vector in pairs], axis=1)
    assert np.all(np.diff(values) >= 0)
    np.testing.assert_allclose(vectors @ np.diag(values) @ vectors.T, matrix, rtol=0, atol=1e-17)
