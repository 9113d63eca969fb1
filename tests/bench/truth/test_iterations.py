"""Descent and Newton's method, each in ball arithmetic and in 80 bits, on functions whose answers are known."""

from __future__ import annotations

import numpy as np
import pytest

from bench.truth.certified import certified_answer
from bench.truth.extended import extended_answer
from bench.truth.oracle import Oracle
from bench.truth.time_budget import Uncertified


def in_balls(oracle, operation, params, data, options):
    return certified_answer(oracle, operation, params, data, options, scale=1.0).values


both = pytest.mark.parametrize("answer", [in_balls, extended_answer])

SQUARE = Oracle(lambda p, d: p["x"] ** 2)
WEIGHTED = Oracle(lambda p, d: np.sum(p["x"] ** 2 * d["c"]))


@both
def test_descent_on_a_square(answer):
    """Article 2, example 2.4: x² from 5 at rate 0.1 ends at 0.536870912 after 10 steps."""
    start, options = {"x": np.array(5.0)}, {"rate": 0.1, "steps": 10}
    found = answer(SQUARE, "gradient_descent", start, {}, options)
    assert float(found["x"]) == pytest.approx(0.536870912, rel=1e-15)
    costs = answer(SQUARE, "descent_history", start, {}, options)
    assert costs.shape == (10,)
    np.testing.assert_allclose(costs.astype(float), [(5 * 0.8**k) ** 2 for k in range(1, 11)], rtol=1e-14)


@both
def test_newton_on_two_leaves_of_a_coupled_function(answer):
    """eˣ − x + (y − x)² has its minimum at x = y = 0."""
    oracle = Oracle(lambda p, d: np.exp(p["x"]) - p["x"] + np.square(p["y"] - p["x"]))
    found = answer(oracle, "newton", {"x": np.array(0.5), "y": np.array(3.0)}, {}, {"steps": 8})
    assert abs(found["x"]) < 1e-18
    assert abs(found["y"]) < 1e-18


@both
@pytest.mark.parametrize("diagonal", [False, True])
def test_newton_stops_at_its_tolerance(answer, diagonal):
    """On x⁴ each step takes x to 2x/3, and |f'| = 4|x|³ is 0.35 after two of them and 0.10 after three."""
    options = {"steps": 50, "tolerance": 0.2, "diagonal": diagonal}
    found = answer(Oracle(lambda p, d: p["x"] ** 4), "newton", {"x": np.array(1.0)}, {}, options)
    assert float(found["x"]) == pytest.approx((2 / 3) ** 3, rel=1e-15)


@both
def test_a_diagonal_newton_step_keeps_what_has_no_curvature(answer):
    params, data = {"x": np.array([3.0, 4.0])}, {"c": np.array([1.0, 0.0])}
    found = answer(WEIGHTED, "newton", params, data, {"steps": 1, "diagonal": True})
    np.testing.assert_array_equal(found["x"].astype(float), [0.0, 4.0])


@both
def test_a_critical_point_is_found_and_its_curvature_with_it(answer):
    """x²y − y from (0.9, 0.2): the saddle at (1, 0), with eigenvalues ±2."""
    oracle = Oracle(lambda p, d: p["p"][0] ** 2 * p["p"][1] - p["p"][1])
    found = answer(oracle, "critical_point", {"p": np.array([0.9, 0.2])}, {}, {"steps": 10})
    np.testing.assert_allclose(found["p"].astype(float), [1, 0], atol=1e-18)
    np.testing.assert_allclose(found["eigenvalues"].astype(float), [-2, 2], rtol=1e-15)


@both
@pytest.mark.parametrize(("curvature", "end"), [(0.0, 4.0), (2.0**-53, 4.0), (2.0**-50, 0.0)])
@pytest.mark.parametrize("flat", [0, 1])
def test_a_direction_gets_a_step_where_its_curvature_is_beyond_the_cutoff(answer, curvature, end, flat):
    """The cutoff is nε max|λ| = 2⁻⁵¹ max|λ|."""
    params, data = {"x": np.full(2, 4.0)}, {"c": np.ones(2)}
    data["c"][flat] = curvature
    found = answer(WEIGHTED, "critical_point", params, data, {"steps": 2})
    assert found["x"].astype(float)[flat] == end
    assert abs(found["x"][1 - flat]) < 1e-18
    np.testing.assert_allclose(found["eigenvalues"].astype(float), [2 * curvature, 2], rtol=1e-15)


@both
def test_eigenvalues_of_three_variables_are_certified_where_they_are_apart(answer):
    params, data = {"x": np.ones(3)}, {"c": np.array([1.0, 2.0, 3.0])}
    found = answer(WEIGHTED, "critical_point", params, data, {"steps": 2})
    np.testing.assert_allclose(found["eigenvalues"].astype(float), [2, 4, 6], rtol=1e-15)
    np.testing.assert_allclose(found["x"].astype(float), 0, atol=1e-18)


def test_equal_eigenvalues_of_three_variables_are_not_certified():
    params, data = {"x": np.ones(3)}, {"c": np.ones(3)}
    with pytest.raises(Uncertified, match="cannot be told apart"):
        in_balls(WEIGHTED, "critical_point", params, data, {"steps": 1})
    found = extended_answer(WEIGHTED, "critical_point", params, data, {"steps": 1})
    np.testing.assert_array_equal(found["eigenvalues"], [2, 2, 2])
