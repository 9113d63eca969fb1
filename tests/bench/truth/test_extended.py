"""Extended precision and the complex step, on functions whose derivatives are known."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench import UsageError
from bench.truth import extended
from bench.truth.extended import CHECKED_DIRECTIONS, eigen_extended, extended_answer, require_extended, to_extended
from bench.truth.oracle import InconsistentOracle, Oracle
from bench.truth.reverse_mode import REVERSE_RULES


def function(params, data):
    return np.exp(params["x"]) * np.sin(params["y"]).sum() + data["c"]


@given(x=st.floats(-3, 3), y=st.lists(st.floats(-3, 3), min_size=1, max_size=3))
def test_the_complex_step_gives_the_derivative_to_extended_precision(x, y):
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


def test_a_wrong_rule_of_the_sweep_is_found_out(monkeypatch):
    monkeypatch.setitem(REVERSE_RULES, np.multiply, (lambda g, y, a, b: 1.0000001 * g * b, lambda g, y, a, b: g * a))
    with pytest.raises(InconsistentOracle, match="reverse sweep is wrong"):
        extended_answer(Oracle(quartic), "hessian", POINT, {}, {})


def test_newton_takes_one_step_on_a_parabola():
    """Article 3, example 3.16: a second step would ask for second derivatives once more."""
    asked: list[None] = []

    def parabola(params, data):
        asked.append(None)
        return (params["w"] - 2) ** 2

    found = extended_answer(Oracle(parabola), "newton", {"w": np.array(0.0)}, {}, {"steps": 100, "tolerance": 1e-5})
    assert found["w"] == 2
    assert len(asked) == 2 * CHECKED_DIRECTIONS + 3  # checked against complex steps; two slopes, and one column


@given(st.lists(st.floats(-9, 9), min_size=6, max_size=6))
def test_eigenvalues_are_those_of_the_matrix_to_extended_precision(entries):
    matrix = np.zeros((3, 3), np.longdouble)
    matrix[np.tril_indices(3)] = entries
    matrix = matrix + np.tril(matrix, -1).T
    values, vectors = eigen_extended(matrix)
    assert np.all(np.diff(values) >= 0)
    np.testing.assert_allclose(vectors @ np.diag(values) @ vectors.T, matrix, rtol=0, atol=1e-17)
