"""What rounding of the inputs explains, against the sum that it estimates."""

from __future__ import annotations

import numpy as np
import pytest

from bench.truth.agreement import LARGEST_EXPLAINED, Disagreement, compare_with_reference
from bench.truth.conditioning import input_sensitivity
from bench.truth.oracle import Oracle

X = np.array([0.7, -1.3, 2.1, 0.0])
C = np.array([1.0, 2.0, 3.0, 4.0])


def weighted(params, data):
    """Its gradient is c eˣ, of which eˣ (|dc| + |c dx|) is the change."""
    return np.sum(data["c"] * np.exp(params["x"]))


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_the_estimate_is_the_sum_of_the_slopes_times_half_units(dtype):
    x, c = X.astype(dtype), C.astype(dtype)
    found = input_sensitivity(Oracle(weighted), "gradient", {"x": x}, {"c": c}, {}, dtype)["x"]
    half_x = np.where(x == 0, 0, np.spacing(np.abs(x)) / 2)
    truth = np.exp(x.astype(float)) * (np.spacing(c) / 2 + c * half_x)
    assert np.all(found > truth / 4)  # a median of eleven deviates
    assert np.all(found < truth * 4)


def test_cancellation_within_a_formula_is_not_conditioning():
    """(1 − cos x)/x² is all but constant near 0: rounding of x moves it by less than a unit in the last place."""

    def cancelling(params, data):
        x = params["x"]
        return (1 - np.cos(x)) / (x * x)

    found = input_sensitivity(Oracle(cancelling), "value", {"x": np.array(1e-2)}, {}, {}, "float64")
    assert found < 1e-17


def test_a_difference_of_near_numbers_is_conditioning():
    found = input_sensitivity(
        Oracle(lambda p, d: p["x"] - d["c"]),
        "value",
        {"x": np.array(1.0)},
        {"c": np.array(1 - 2.0**-40)},
        {},
        "float64",
    )
    assert 2.0**-55 < found < 2.0**-50


def test_what_is_not_finite_is_not_known():
    params = {"x": np.array(1.0)}
    descent = Oracle(lambda p, d: -np.exp(p["x"] * p["x"]))
    options = {"rate": 1.0, "steps": 20}
    assert input_sensitivity(descent, "gradient_descent", params, {}, options, "float64") is None


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_at_a_jump_nothing_is_known(dtype):
    """Half a unit to one side the slope is another, and no bound in proportion to half a unit says so."""
    params = {"x": np.array([2.0, 1.0], dtype)}
    kink = Oracle(lambda p, d: np.sum(np.where(p["x"] > 2, p["x"], 0 * p["x"])))
    assert input_sensitivity(kink, "gradient", params, {}, {}, dtype) is None
    away = {"x": np.array([2.5, 1.0], dtype)}
    assert input_sensitivity(kink, "gradient", away, {}, {}, dtype) is not None


TRUTH = np.array([1.0, 2.0], np.longdouble)


def test_wrong_is_beyond_both_the_tolerance_and_what_is_explained():
    off = np.array([1.0, 2.0 + 1e-9])
    with pytest.raises(Disagreement, match=r"relative error 4.47e-10 \(tolerance 1e-12\); worst"):
        compare_with_reference(off, TRUTH, "float64", 1e-12)
    moves = np.array([1e-9, 2e-9])
    assert compare_with_reference(off, TRUTH, "float64", 1e-12, sensitivity=moves).explained == pytest.approx(1e-9)
    with pytest.raises(Disagreement, match=r"\(tolerance 1e-12; input rounding accounts for 1e-11\)") as caught:
        compare_with_reference(off, TRUTH, "float64", 1e-12, sensitivity=moves / 100)
    assert caught.value.errors
    assert caught.value.errors.relative == pytest.approx(1e-9 / np.sqrt(5))


def test_no_conditioning_excuses_a_fault():
    moves = np.array([10.0, 10.0])
    with pytest.raises(Disagreement):
        compare_with_reference(1.01 * TRUTH.astype(float), TRUTH, "float64", 1e-12, sensitivity=moves)
    assert LARGEST_EXPLAINED < 0.01


def test_a_zero_reference_has_the_units_of_its_scale():
    zeros = np.zeros(2, np.longdouble)
    found = compare_with_reference(np.array([0.0, 2.0**-50]), zeros, "float64", 1e-12, scale=1.0)
    assert found.ulp == 4
