"""The oracle's machinery, on functions whose derivatives are known."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench import UsageError, reference


def function(params, data):
    return np.exp(params["x"]) * np.sin(params["y"]).sum() + data["c"]


@given(x=st.floats(-3, 3), y=st.lists(st.floats(-3, 3), min_size=1, max_size=3))
def test_the_complex_step_gives_the_derivative_to_extended_precision(x, y):
    params = reference.extended({"x": np.array(x), "y": np.array(y)})
    slopes = reference.gradient(reference.Oracle(function), params, reference.extended({"c": np.array(1.0)}))
    size = np.exp(params["x"]) * len(y)
    np.testing.assert_allclose(slopes["x"], np.exp(params["x"]) * np.sin(params["y"]).sum(), rtol=0, atol=1e-18 * size)
    np.testing.assert_allclose(slopes["y"], np.exp(params["x"]) * np.cos(params["y"]), rtol=0, atol=1e-18 * size)


def test_descent_on_a_square():
    """Article 2, example 2.4: x² from 5 at rate 0.1 ends at 0.536870912 after 10 steps."""
    start = reference.extended({"x": np.array(5.0)})
    found = reference.gradient_descent(reference.Oracle(lambda p, d: p["x"] ** 2), start, {}, rate=0.1, steps=10)
    assert float(found["x"]) == pytest.approx(0.536870912, rel=1e-15)


def test_a_narrow_longdouble_is_refused(monkeypatch):
    monkeypatch.setattr(reference.np, "longdouble", np.float64)
    with pytest.raises(UsageError, match="extended-precision longdouble"):
        reference.require_extended()


def quartic(params, data):
    x = params["x"]
    return np.sum(x * x * x * x) + params["y"] * np.sum(x)


def quartic_gradient(params, data):
    x = params["x"]
    return {"x": 4 * x * x * x + params["y"], "y": np.sum(x)}


POINT = reference.extended({"x": np.array([0.3, -1.7, 2.2]), "y": np.array(0.7)})


def test_a_hessian_is_that_of_the_function():
    found = reference.hessian(reference.Oracle(quartic, quartic_gradient), POINT, {})
    np.testing.assert_allclose(found["x"]["x"], np.diag(12 * POINT["x"] ** 2), rtol=1e-18, atol=1e-18)
    np.testing.assert_array_equal(found["x"]["y"], np.ones(3))
    np.testing.assert_array_equal(found["y"]["x"], np.ones(3))
    assert found["y"]["y"] == 0


def test_a_wrong_gradient_of_the_oracle_is_found_out():
    wrong = reference.Oracle(quartic, lambda p, d: {**quartic_gradient(p, d), "y": 1.0000001 * np.sum(p["x"])})
    with pytest.raises(reference.InconsistentOracle, match="own gradient is wrong"):
        reference.hessian(wrong, POINT, {})
    with pytest.raises(reference.InconsistentOracle, match="needs a function quartic_gradient"):
        reference.hessian(reference.Oracle(quartic), POINT, {})


def test_newton_finds_the_minimum_of_boyd_and_vandenberghe():
    truth = reference.load("newton", "boyd", "newton", "float64").value["x"]
    np.testing.assert_allclose(truth.astype(float), [-np.log(2) / 2, 0], rtol=1e-15, atol=1e-15)


def test_newton_takes_one_step_on_a_parabola():
    """Article 3, example 3.16: a second step would ask for the gradient's complex step once more."""
    asked: list[None] = []

    def gradient(params, data):
        asked.append(None)
        return {"w": 2 * params["w"] - 4}

    oracle = reference.Oracle(lambda p, d: (p["w"] - 2) ** 2, gradient)
    found = reference.newton(oracle, reference.extended({"w": np.array(0.0)}), {}, steps=100, tolerance=1e-5)
    assert found["w"] == 2
    assert len(asked) == reference.DIRECTIONS + 3  # certified; two slopes, and one complex step


@given(st.lists(st.floats(-9, 9), min_size=6, max_size=6))
def test_eigenvalues_are_those_of_the_matrix_to_extended_precision(entries):
    matrix = np.zeros((3, 3), np.longdouble)
    matrix[np.tril_indices(3)] = entries
    matrix = matrix + np.tril(matrix, -1).T
    values, vectors = reference.eigen(matrix)
    assert np.all(np.diff(values) >= 0)
    np.testing.assert_allclose(vectors @ np.diag(values) @ vectors.T, matrix, rtol=0, atol=1e-17)


def test_a_diagonal_newton_step_keeps_what_has_no_curvature():
    oracle = reference.Oracle(lambda p, d: np.sum(p["x"] ** 2 * d["c"]), lambda p, d: {"x": 2 * p["x"] * d["c"]})
    params = reference.extended({"x": np.array([3.0, 4.0])})
    found = reference.newton(oracle, params, reference.extended({"c": np.array([1.0, 0.0])}), steps=1, diagonal=True)
    np.testing.assert_array_equal(found["x"].astype(float), [0.0, 4.0])


def test_a_critical_point_is_found_and_its_curvature_with_it():
    """x²y − y from (0.9, 0.2): the saddle at (1, 0), with eigenvalues ±2."""
    oracle = reference.Oracle(
        lambda p, d: p["p"][0] ** 2 * p["p"][1] - p["p"][1],
        lambda p, d: {"p": np.array([2 * p["p"][0] * p["p"][1], p["p"][0] ** 2 - 1])},
    )
    found = reference.critical_point(oracle, reference.extended({"p": np.array([0.9, 0.2])}), {}, steps=10)
    np.testing.assert_allclose(found["p"].astype(float), [1, 0], atol=1e-18)
    np.testing.assert_allclose(found["eigenvalues"].astype(float), [-2, 2], rtol=1e-15)


def subgradient(low, high):
    return reference.Reference({"x": np.zeros(2)}, 0.0, ({"x": np.array(low)}, {"x": np.array(high)}))


def test_what_lies_between_the_bounds_is_its_own_reference():
    truth = subgradient([0.0, 3.0], [1.0, 3.0])
    inside = {"x": np.array([0.25, 3.0])}
    np.testing.assert_array_equal(truth.nearest(inside)["x"], inside["x"])
    assert truth.position(inside) == [0.25]
    np.testing.assert_array_equal(truth.nearest({"x": np.array([1.5, 2.0])})["x"], [1.0, 3.0])


def test_bounds_that_do_not_hold_the_derivative_are_inconsistent():
    one = {"x": np.ones(1)}
    with pytest.raises(reference.InconsistentOracle, match="bounds of x"):
        reference.certify_bounds(one, {"x": np.array([2.0])}, {"x": np.array([3.0])})
    reference.certify_bounds(one, {"x": np.array([0.0])}, {"x": np.array([3.0])})
