"""Both sides of ties: kinks, jumps, guards at a point, roots and quotients of zero; and references of zero."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import special

from bench.data.inputs import Inputs
from bench.truth.compute import reference_of
from bench.truth.oracle import Oracle


def reference(function, operation, kind="scalar", data=None, dtype="float64", stated=0.0, **params):
    options = {"rate": 0.1, "steps": 2} if operation == "gradient_descent" else {}
    given = Inputs({name: np.asarray(x, float) for name, x in params.items()}, data or {}, "")
    return reference_of(Oracle(function, kind), given, operation, options, dtype, stated)


def ends(found, name="x"):
    assert found.bounds is not None
    return tuple(np.asarray(side[name], float).tolist() for side in found.bounds)


KINKS = {
    "relu by a mask": (lambda p, d: np.sum(p["x"] * (p["x"] > 0)), [0, 1], ([0, 1], [1, 1])),
    "relu by maximum": (lambda p, d: np.sum(np.maximum(p["x"], 0)), [0, 1], ([0, 1], [1, 1])),
    "absolute": (lambda p, d: np.sum(np.abs(p["x"])), [0, -2], ([-1, -1], [1, -1])),
    "max of equals": (lambda p, d: np.max(p["x"]), [1, 1, 0], ([0, 0, 0], [1, 1, 0])),
    "entry at argmax": (lambda p, d: p["x"][np.argmax(p["x"])], [2, 1, 2], ([0, 0, 0], [1, 0, 1])),
    "sort": (lambda p, d: np.sum(np.sort(p["x"]) * np.arange(3)), [2, 1, 2], ([1, 0, 1], [2, 0, 2])),
    "median": (lambda p, d: np.median(p["x"]), [1, 1, 3], ([0, 0, 0], [1, 1, 0])),
    "clip": (lambda p, d: np.sum(np.clip(p["x"], 0, 1)), [0, 1, 0.5], ([0, 0, 1], [1, 1, 1])),
    "norm": (lambda p, d: np.linalg.norm(p["x"]), [0, 0], ([-1, -1], [1, 1])),
    "max norm": (lambda p, d: np.linalg.norm(p["x"], np.inf), [2, -2], ([0, -1], [1, 0])),
    "min of absolutes": (
        lambda p, d: np.minimum(np.abs(p["x"][0]), np.abs(p["x"][1])), [0, 0], ([-1, -1], [1, 1])
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", KINKS)
def test_at_a_kink_the_reference_is_the_interval_of_subgradients(case):
    function, x, truth = KINKS[case]
    found = reference(function, "gradient", x=x)
    assert found.why == ""
    np.testing.assert_allclose(ends(found), truth, atol=1e-15)
    assert found.nearest({"x": np.array(truth[1], float)})["x"] == pytest.approx(truth[1])


SMOOTH = {
    "a guard at a point": (
        lambda p, d: np.where(p["x"] == 0, 1, np.sin(p["x"]) / np.where(p["x"] == 0, 1, p["x"])), 0.0, 0.0, -1 / 3
    ),
    "a guard in the plain form": (lambda p, d: np.where(p["x"] == 0, 1, np.sin(p["x"]) / p["x"]), 0.0, 0.0, -1 / 3),
    "sinc": (lambda p, d: np.sinc(p["x"]), 0.0, 0.0, -np.pi**2 / 3),
    "two kinks that cancel": (lambda p, d: np.maximum(p["x"], 0) - np.maximum(-p["x"], 0), 0.0, 1.0, 0.0),
    "a square of a kink": (lambda p, d: np.abs(p["x"]) ** 2, 0.0, 0.0, 2.0),
    "i0": (lambda p, d: special.i0(3 * p["x"]), 0.0, 0.0, 4.5),
}  # fmt: skip


@pytest.mark.parametrize("case", SMOOTH)
def test_where_both_sides_agree_the_reference_is_certified(case):
    function, x, slope, curvature = SMOOTH[case]
    for operation, truth in (("gradient", slope), ("hessian", curvature)):
        found = reference(function, operation, x=x)
        value = found.value["x"] if operation == "gradient" else found.value["x"]["x"]
        assert found.why == ""
        assert found.bounds is None
        assert found.radius is not None
        assert float(value) == pytest.approx(truth, abs=1e-15)


def test_second_derivatives_of_both_sides_are_judged_on_both():
    """max(x, 0)² has 0 on one side and 2 on the other."""
    found = reference(lambda p, d: np.sum(np.maximum(p["x"], 0) ** 2), "hessian", x=[0.0, 1.0])
    assert "a tie" in found.why
    assert found.radius is None
    low, high = found.bounds
    np.testing.assert_array_equal(low["x"]["x"], [[0, 0], [0, 2]])
    np.testing.assert_array_equal(high["x"]["x"], [[2, 0], [0, 2]])


@pytest.mark.parametrize("function", [lambda p, d: np.abs(p["x"]), lambda p, d: np.maximum(p["x"], 0)])
@pytest.mark.parametrize("kind", ["scalar", "elementwise"])
def test_a_kink_has_no_second_derivative_and_says_so(function, kind):
    found = reference(function, "hessian" if kind == "scalar" else "hessian_diagonal", kind, x=0.0)
    assert "first derivative jumps" in found.why


@pytest.mark.parametrize(
    "function",
    [
        lambda p, d: np.floor(p["x"]) * p["x"],
        lambda p, d: np.where(p["x"] >= 2, 1.0, 0) + p["x"],
        lambda p, d: np.where(p["x"] == 2, 5, p["x"]),
        lambda p, d: np.mod(p["x"], 2.0),
        lambda p, d: np.round(p["x"] + 0.5) * p["x"],
    ],
)
def test_a_function_that_jumps_has_no_derivative_and_says_so(function):
    found = reference(function, "gradient", x=2.0)
    assert "the function jumps there" in found.why
    assert found.radius is None


def test_a_descent_that_starts_on_a_kink_is_judged_on_both_sides():
    found = reference(lambda p, d: np.maximum(p["x"], 0) + p["y"] ** 2, "gradient_descent", x=0.0, y=1.0)
    assert "np.greater_equal of equal numbers" in found.why
    assert ends(found) == (pytest.approx(-0.1), 0)
    assert ends(found, "y") == (pytest.approx(0.64), pytest.approx(0.64))


def test_a_descent_that_both_sides_take_alike_is_certified():
    found = reference(lambda p, d: np.maximum(p["x"], 0) ** 2 + p["x"], "gradient_descent", x=0.0)
    assert found.why == ""
    assert float(found.value["x"]) == pytest.approx(-0.2)


def test_a_comparison_of_data_alone_is_no_tie():
    data = {"d": np.array([0.0, 1.0])}
    found = reference(
        lambda p, d: np.sum(np.where(d["d"] == 0, p["x"], 2 * p["x"])), "gradient", data=data, x=[1.0, 1.0]
    )
    assert found.bounds is None
    np.testing.assert_array_equal(found.value["x"], [1, 2])


def test_a_root_at_zero_has_an_infinite_slope():
    found = reference(lambda p, d: np.sqrt(p["x"]), "gradient", x=0.0)
    assert found.value["x"] == np.inf
    assert found.bounds is None


@pytest.mark.parametrize("kind", ["elementwise", "vector"])
def test_ties_of_functions_with_many_results(kind):
    operation = "gradient" if kind == "elementwise" else "jacobian_forward"
    found = reference(lambda p, d: np.abs(p["x"]), operation, kind, x=[0.0, 3.0])
    low, high = ends(found)
    assert np.shape(low) == ((2,) if kind == "elementwise" else (2, 2))
    assert np.ravel(low)[0] == -1
    assert np.ravel(high)[0] == 1
    assert np.ravel(low)[-1] == np.ravel(high)[-1] == 1


def test_a_function_of_no_results_has_an_empty_jacobian():
    found = reference(lambda p, d: p["x"][:0], "jacobian_forward", "vector", x=[0.0, 3.0])
    assert found.value["x"].shape == (0, 2)
    assert found.why == ""


def test_many_ties_take_every_piece_at_once():
    """Thirty hinges on their kink at w = 0 with sums from nothing to all."""
    X = np.random.default_rng(2).normal(size=(30, 20))
    found = reference(lambda p, d: np.sum(np.maximum(d["X"] @ p["w"], 0)), "gradient", data={"X": X}, w=np.zeros(20))
    low, high = (np.asarray(side["w"], float) for side in found.bounds)
    for share in (0, 0.5, 1):
        assert np.all(low <= share * X.sum(axis=0) + 1e-12)
        assert np.all(share * X.sum(axis=0) <= high + 1e-12)


# Zero ------------------------------------------------------------------------------------------------------


def test_a_reference_of_zero_has_a_scale():
    """|f|/‖x‖ where that is not 0, and 1 where the function is 0 at 0."""
    assert reference(lambda p, d: np.sum(p["x"] ** 2), "gradient", x=[0.0, 0.0]).scale == 1
    found = reference(lambda p, d: 6 + (p["x"] - 2) ** 2, "gradient", x=2.0)
    assert found.scale == pytest.approx(3)
    assert reference(lambda p, d: 6 + (p["x"] - 2) ** 2, "gradient", x=3.0).scale == 0
    assert reference(lambda p, d: 6 + (p["x"] - 2) ** 2, "gradient", stated=5.0, x=2.0).scale == 5


# NaN and infinity ------------------------------------------------------------------------------------------


def test_an_entry_beside_nan_is_certified():
    found = reference(lambda p, d: np.sum(p["x"] ** 2), "gradient", x=[1.0, np.nan])
    assert found.value["x"][0] == 2
    assert np.isnan(found.value["x"][1])
    assert found.why == ""


# What a reviewer found certified and wrong ------------------------------------------------------------------

CONES: dict[str, tuple[Any, Any, Any]] = {
    "a thin cone": (
        lambda p, d: np.maximum(0, np.minimum(p["x"] - 0.99 * p["y"], 1.01 * p["y"] - p["x"])),
        {"x": 0.0, "y": 0.0},
        {"x": (-1, 1), "y": (-0.99, 1.01)},
    ),
    "a cone of two kinks": (
        lambda p, d: np.maximum(0, np.minimum(p["x"], p["y"])), {"x": 0.0, "y": 0.0}, {"x": (0, 1), "y": (0, 1)}
    ),
    "the largest of forty equals": (lambda p, d: np.max(p["x"]), {"x": np.ones(40)}, {"x": (0, 1)}),
}  # fmt: skip


@pytest.mark.parametrize("case", CONES)
@pytest.mark.parametrize("kind", ["scalar", pytest.param("vector", marks=pytest.mark.slow), "elementwise"])
def test_no_piece_is_missed(case, kind):
    function, params, truth = CONES[case]
    if kind == "vector":
        found = reference(lambda p, d: function(p, d) * np.ones(1), "jacobian_reverse", kind, **params)
    elif kind == "elementwise" and "forty" not in case:
        found = reference(function, "gradient", kind, **params)
    else:
        found = reference(function, "gradient", **params)
    for name, (least, greatest) in truth.items():
        low, high = (np.asarray(side[name], float) for side in found.bounds)
        np.testing.assert_allclose(low, least, atol=1e-6)
        np.testing.assert_allclose(high, greatest, atol=1e-6)


SECOND = {
    "max of squares": (lambda p, d: np.maximum(p["x"][0] ** 2, p["x"][1] ** 2), [[0, 0], [0, 0]], [[2, 0], [0, 2]]),
    "a square of a kink": (
        lambda p, d: np.maximum(p["x"][0] - p["x"][1], 0) ** 2, [[0, -2], [-2, 0]], [[2, 0], [0, 2]]
    ),
    "a product of kinks": (lambda p, d: np.abs(p["x"][0]) * np.abs(p["x"][1]), [[0, -1], [-1, 0]], [[0, 1], [1, 0]]),
}  # fmt: skip


@pytest.mark.parametrize("case", SECOND)
@pytest.mark.parametrize("more", [0, 15])
def test_second_derivatives_of_every_piece_are_accepted_and_none_is_certified(case, more):
    function, low, high = SECOND[case]
    found = reference(lambda p, d: function(p, d) + np.sum(p["x"][2:] ** 2), "hessian", x=np.zeros(2 + more))
    assert found.why
    assert found.bounds is not None
    least, greatest = (np.asarray(side["x"]["x"], float)[:2, :2] for side in found.bounds)
    assert np.all(least <= np.array(low) + 1e-9)
    assert np.all(greatest >= np.array(high) - 1e-9)
    assert np.all(least >= np.array(low) - 2)
    assert np.all(greatest <= np.array(high) + 2)


def test_a_second_derivative_that_depends_on_the_direction_is_not_certified():
    """Peano's xy(x² − y²)/(x² + y²), guarded at 0."""

    def peano(p, d):
        x, y = p["x"][0], p["x"][1]
        size = x * x + y * y
        return np.where(size == 0, 0, x * y * (x * x - y * y) / np.where(size == 0, 1, size))

    assert reference(peano, "hessian", x=[0.0, 0.0]).why


@pytest.mark.parametrize("more", [0, 15])
def test_a_kink_among_many_variables_is_noted(more):
    found = reference(lambda p, d: np.sum(np.abs(p["x"][:1])) + np.sum(p["x"] ** 2), "hessian", x=np.zeros(2 + more))
    assert "first derivative jumps" in found.why
    jump = reference(lambda p, d: np.sum((p["x"] > 0) * 1.0) + np.sum(p["x"]), "gradient", x=np.arange(2.0 + more))
    assert "jumps" in jump.why


def test_an_iteration_through_a_kink_is_accepted_with_any_choice_and_not_certified():
    """|x| from 0: up and down both end at 0.1 away from 0, and a slope of 0 stays."""
    given = Inputs({"x": np.array(0.0)}, {}, "")
    options = {"rate": 0.1, "steps": 1}
    found = reference_of(Oracle(lambda p, d: np.abs(p["x"])), given, "descent_history", options, "float64")
    assert found.why
    assert found.bounds is not None
    assert [float(side[0]) for side in found.bounds] == [0, pytest.approx(0.1)]


def test_a_high_order_of_zero_over_zero_is_its_limit():
    """(sin q − q cos q)/q³ with a guard at 0: 1/3 − q²/30 + …"""

    def guarded(p, d):
        q = p["x"]
        safe = np.where(q == 0, 1, q)
        return np.where(q == 0, 1 / 3, (np.sin(safe) - safe * np.cos(safe)) / safe**3)

    found = reference(guarded, "hessian", x=0.0)
    assert float(found.value["x"]["x"]) == pytest.approx(-1 / 15)


def test_a_side_whose_slope_is_not_known_is_not_dropped():
    """−x log x has an infinite slope at 0 from above, and 0 below by its guard."""

    def entropy(p, d):
        positive = p["x"] > 0
        return -np.sum(np.where(positive, p["x"] * np.log(np.where(positive, p["x"], 1)), 0))

    found = reference(entropy, "gradient", x=[0.0, 0.5])
    assert found.why or np.asarray(found.bounds[1]["x"])[0] == np.inf


def test_the_cut_of_the_angle_is_a_tie():
    found = reference(lambda p, d: np.arctan2(p["y"], p["x"]) ** 2, "gradient", x=-1.0, y=0.0)
    assert found.bounds is not None
    low, high = (float(side["y"]) for side in found.bounds)
    assert (low, high) == (pytest.approx(-2 * np.pi), pytest.approx(2 * np.pi))


def test_an_iteration_through_an_infinite_slope_is_not_certified():
    given = Inputs({"a": np.array(2.0)}, {}, "")
    options = {"rate": 0.1, "steps": 1}
    found = reference_of(
        Oracle(lambda p, d: np.sqrt(p["a"] - p["a"]) + p["a"] ** 2), given, "gradient_descent", options, "float64"
    )
    assert found.why


def test_an_entry_that_is_nan_for_certain_leaves_the_others_certified():
    """NaN times a number with a radius, and NaN beside a tie."""
    data = {"c": np.array([1.0, np.nan])}
    found = reference(lambda p, d: np.sum(np.exp(p["x"]) * d["c"]), "gradient", data=data, x=[0.5, 0.5])
    assert found.why == ""
    assert float(found.value["x"][0]) == pytest.approx(np.exp(0.5), rel=1e-16)
    assert np.isnan(found.value["x"][1])
    found = reference(lambda p, d: np.sum(np.abs(p["x"]) * d["c"]), "gradient", data=data, x=[0.0, 0.5])
    assert ends(found)[0][0] == -1
    assert ends(found)[1][0] == 1


def thin_cone(x):
    """The middle of x, 30 y and −x: its slope by y is 30 where |30 y| < |x|, which few directions see."""
    return [x[0], 30 * x[1], -x[0]]


FOUND_WRONG: dict[str, tuple[Any, list[float], Any]] = {
    "isfinite of a pole": (lambda p, d: np.sum(np.where(np.isfinite(1 / p["x"]), p["x"], 3 * p["x"])), [0, 1], (1, 3)),
    "isinf of a pole": (lambda p, d: np.sum(np.where(np.isinf(1 / p["x"]), 0, p["x"])), [0, 1], (0, 1)),
    "nansum of 0/0": (lambda p, d: np.nansum(p["x"] * p["x"] / p["x"]), [0, 1], (0, 1)),
    "nan_to_num of 0/0": (lambda p, d: np.sum(np.nan_to_num(p["x"] ** 2 / p["x"])), [0, 1], (0, 1)),
    "clip of a pole": (lambda p, d: np.sum(np.clip(1 / p["x"], -5, 5) * p["x"]), [0, 1], (-5, 5)),
    "sign of a pole": (lambda p, d: np.sum(np.sign(1 / p["x"]) * p["x"]), [0, 1], (-1, 1)),
    "comparison of a pole": (lambda p, d: np.sum(np.where(1 / p["x"] > 0, p["x"], 2 * p["x"])), [0, 1], (1, 2)),
    "minimum of a pole": (lambda p, d: np.sum(np.minimum(1 / p["x"], 3) * p["x"]), [0, 1], (0, 3)),
    "heaviside of a pole": (lambda p, d: np.sum(np.heaviside(1 / p["x"], 0.5) * p["x"]), [0, 1], (0, 1)),
    "sorting poles": (lambda p, d: np.sort(np.stack([1 / p["x"][0], 3 * p["x"][1]]))[0] * p["x"][0], [0, 1], (1, 3)),
    "the middle of three in a thin cone": (
        lambda p, d: np.stack(thin_cone(p["x"]))[np.argsort(np.stack(thin_cone(p["x"])), kind="stable")[1]][None][0],
        [0, 0],
        (-1, 1),
    ),
    "the middle by Python in a thin cone": (lambda p, d: sorted(thin_cone(p["x"]))[1], [0, 0], (-1, 1)),
    "a difference of norms": (
        lambda p, d: np.linalg.norm(p["x"]) - np.linalg.norm(np.array([[1.0, 2.0], [0.0, 3.0]]) @ p["x"]) / 2,
        [0, 0],
        (-0.5, 0.5),
    ),
}


@pytest.mark.parametrize("case", FOUND_WRONG)
def test_it_is_not_certified_where_a_side_may_be_missed(case):
    """Each was certified once. Any answer from the first number to the second is accepted in the first entry."""
    function, x, (least, most) = FOUND_WRONG[case]
    found = reference(function, "gradient", x=x)
    assert found.why.startswith("a tie: ")
    assert found.radius is None
    low, high = ends(found)
    assert low[0] <= least + 1e-9
    assert high[0] >= most - 1e-9


@pytest.mark.parametrize("choose", [np.median, lambda a: np.sort(a)[1]])
def test_equal_numbers_in_a_sort_may_stand_for_one_another(choose):
    found = reference(lambda p, d: choose(np.stack(thin_cone(p["x"]))), "gradient", x=[0, 0])
    assert found.why == ""
    np.testing.assert_allclose(ends(found), [[-1, 0], [1, 30]], atol=1e-6)


@pytest.mark.parametrize("operation", ["gradient", "hessian", "gradient_descent"])
def test_what_is_nan_on_all_sides_is_no_tie(operation):
    found = reference(lambda p, d: np.sum(np.where(np.isnan(p["x"]), 0, p["x"] ** 2)), operation, x=[0.5, np.nan])
    assert found.why == ""


def test_an_entry_with_a_kink_beside_one_that_is_nan_has_both_sides():
    found = reference(lambda p, d: np.sqrt(p["x"] * p["x"]), "gradient", "elementwise", x=[0.0, np.nan])
    assert found.why == ""
    np.testing.assert_array_equal(ends(found), [[-1, np.nan], [1, np.nan]])


def test_a_second_derivative_that_is_not_known_is_not_certified():
    """((x²)^1.5)'' = 6|x|, of which the series knows nothing at 0."""
    found = reference(lambda p, d: (p["x"] ** 2) ** 1.5, "hessian", x=0.0)
    assert found.why.startswith("a tie: ")
    assert abs(float(found.value["x"]["x"])) < 1e-9


def test_a_root_by_a_power_has_both_sides():
    found = reference(lambda p, d: (p["x"] ** 2) ** 0.5, "gradient", x=0.0)
    assert found.why == ""
    assert ends(found) == (-1, 1)


def test_a_power_that_is_no_square_costs_no_more_with_each_order():
    """Once the terms of x² along a direction took twice as long for each order: 10 s here, where there is no answer."""
    found = reference(lambda p, d: np.exp(-1 / p["x"] ** 2), "gradient", x=0.0)
    assert found.why != ""
    assert abs(float(found.value["x"])) < 1e-9


def test_a_complex_zero_has_powers_and_their_slopes_are_not_certified():
    power = lambda p, d: np.real((p["x"] * 1j) ** 2.5)  # noqa: E731
    assert float(reference(power, "value", x=0.0).value) == 0
    for operation in ("gradient", "hessian"):
        assert reference(power, operation, x=0.0).why != ""


def test_slopes_of_equal_eigenvalues_are_those_nearby():
    found = reference(lambda p, d: np.linalg.eigvalsh(np.diag(p["x"]))[0], "gradient", x=[1.0, 1.0, 1.0])
    assert found.why == "a tie: eigenvalues cannot be told apart; judged on points nearby"
    np.testing.assert_allclose(ends(found), [[0, 0, 0], [1, 1, 1]], atol=1e-9)


def test_a_step_from_a_cone_is_one_nearby():
    found = reference(lambda p, d: np.linalg.norm(p["x"]), "gradient_descent", x=[0.0, 0.0])
    assert found.why == "a tie: a step is not finite although the function is; judged on points nearby"
    assert np.all(np.asarray(ends(found)[0]) <= 0)
    assert np.all(np.asarray(ends(found)[1]) >= 0)


SIGNED_ZEROS: dict[str, tuple[Any, float, float]] = {
    "a quotient": (lambda p, d: 1 / p["x"], -0.0, -np.inf),
    "a computed zero": (lambda p, d: 1 / (-3 * p["x"]), 0.0, -np.inf),
    "a power": (lambda p, d: p["x"] ** -3.0, -0.0, -np.inf),
    "data": (lambda p, d: p["x"] / d["d"], 2.0, -np.inf),
    "an angle of zeros": (lambda p, d: np.arctan2(p["x"] ** 2, -(p["x"] ** 2)), 0.0, np.pi),
    "an angle on the cut": (lambda p, d: np.arctan2(d["d"], p["x"]), -2.0, -np.pi),
    "a gamma function": (lambda p, d: special.gamma(p["x"]), -0.0, -np.inf),
}


@pytest.mark.parametrize("case", SIGNED_ZEROS)
def test_the_sign_of_a_zero_is_not_certified_away(case):
    function, x, truth = SIGNED_ZEROS[case]
    found = reference(function, "value", data={"d": np.array(-0.0)}, x=x)
    assert found.why.startswith("the sign of a zero decides")
    assert float(found.value) == truth


def test_a_zero_whose_sign_decides_nothing_is_certified():
    assert reference(lambda p, d: 1 / p["x"], "value", x=0.0).why == ""
    found = reference(
        lambda p, d: np.sum(np.where(d["d"] > 0, p["x"] / d["d"], 0)), "gradient", data={"d": np.array([0.0, 2])}, x=1.0
    )
    assert found.why == ""
