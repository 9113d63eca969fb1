"""What rounding of the inputs explains, against the sum that it estimates."""

from __future__ import annotations

import numpy as np
import pytest

from bench.truth.agreement import LARGEST_EXPLAINED, Disagreement, compare_with_reference
from bench.truth.conditioning import ESTIMATE_FACTOR, input_sensitivity
from bench.truth.oracle import Oracle

X = np.array([0.7, -1.3, 2.1, 0.0])
C = np.array([1.0, 2.0, 3.0, 4.0])


def weighted(params, data):
    """Its gradient is c eˣ, of which eˣ (|dc| + |c dx|) is the change."""
    return np.sum(data["c"] * np.exp(params["x"]))


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_the_sum_of_the_slopes_times_half_units_is_exact_for_few_inputs(dtype):
    x, c = X.astype(dtype), C.astype(dtype)
    found = input_sensitivity(Oracle(weighted), "gradient", {"x": x}, {"c": c}, {}, dtype)["x"]
    half_x = np.where(x == 0, 0, np.spacing(np.abs(x)) / 2)
    truth = np.exp(x.astype(float)) * (np.spacing(c) / 2 + c * half_x)
    np.testing.assert_allclose(found.astype(float), truth, rtol=1e-9)


MANY = np.random.default_rng(5).uniform(250, 320, (2000, 2))
HALF = np.spacing(MANY.astype(np.float32)).astype(float) / 2


def mean_along_an_axis(params, data):
    return np.mean(data["X"], axis=0) * params["w"]


MANY_INPUTS = {
    "a sum": (lambda p, d: np.sum(p["w"] * d["X"]), "scalar", "value", HALF.sum()),
    "a gradient of a mean": (lambda p, d: np.mean(d["X"] @ p["w"]), "scalar", "gradient", HALF.sum(axis=0) / len(MANY)),
    "a mean along an axis": (mean_along_an_axis, "vector", "jacobian_reverse", np.diag(HALF.sum(axis=0) / len(MANY))),
    "a quotient": (
        lambda p, d: np.sum(p["w"] / d["X"]), "scalar", "gradient",
        (HALF / MANY.astype(np.float32).astype(float) ** 2).sum(axis=0),
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", MANY_INPUTS)
def test_the_estimate_for_many_inputs_is_within_its_factor(case):
    function, kind, operation, truth = MANY_INPUTS[case]
    inputs = {"w": np.ones(2, np.float32)}, {"X": MANY.astype(np.float32)}
    oracle = Oracle(function, kind)
    found = input_sensitivity(oracle, operation, *inputs, {}, "float32")
    found = found["w"] if isinstance(found, dict) else found
    own = np.spacing(np.float32(1)) / 2 * (1 if operation != "value" else np.abs(MANY).sum())
    least = truth if operation != "value" else truth + own
    assert np.all(found >= least / ESTIMATE_FACTOR)
    assert np.all(found <= least * ESTIMATE_FACTOR + 1e-12)
    if operation != "jacobian_reverse":
        np.testing.assert_allclose(np.asarray(found, float), least, rtol=1e-5)  # these are exact


def test_an_iteration_of_many_inputs_is_within_the_factor():
    """One step of descent from 0 on the sum of (w − xᵢ)²/2n ends at the rate times the mean."""
    oracle = Oracle(lambda p, d: np.mean((p["w"] - d["x"]) ** 2) / 2)
    x = MANY[:, 0].astype(np.float32)
    options = {"rate": 1.0, "steps": 1}
    found = input_sensitivity(oracle, "gradient_descent", {"w": np.zeros((), np.float32)}, {"x": x}, options, "float32")
    assert HALF[:, 0].mean() / ESTIMATE_FACTOR < found["w"] < HALF[:, 0].mean() * ESTIMATE_FACTOR


@pytest.mark.parametrize("size", [1e-300, 1e-170, 1.0, 1e150])
def test_conditioning_is_known_at_any_size(size):
    """x/y: the derivative by y, −x/y², moves by three half units in relative terms, at most."""
    params, data = {"y": np.array(2.5 * size)}, {"x": np.array(1.5 * size)}
    found = input_sensitivity(Oracle(lambda p, d: d["x"] / p["y"]), "gradient", params, data, {}, "float64")["y"]
    relative = found / (np.longdouble(1.5 * size) / np.longdouble(2.5 * size) ** 2)
    assert 1.5 * 2.0**-54 < relative < 3 * 2.0**-53


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


def test_labels_are_compared_without_a_tie():
    """Σ log(1 + e^∓x) by labels 0 and 1: their equality is no tie, as labels are no parameters."""

    def loss(params, data):
        x = params["x"]
        return np.sum(np.where(data["y"] == 1, np.log1p(np.exp(-x)), np.log1p(np.exp(x))))

    params, data = {"x": np.array([0.3, -0.7])}, {"y": np.array([1.0, 0.0])}
    assert input_sensitivity(Oracle(loss), "gradient", params, data, {}, "float64") is not None


def test_a_mixed_slope_beside_a_large_one_is_not_lost():
    """x² 10²⁵ + xc has the slope c at 0, which moves by half a unit of c."""
    oracle = Oracle(lambda p, d: 1e25 * p["x"] ** 2 + p["x"] * d["c"], "vector")
    params, data = {"x": np.zeros(1)}, {"c": np.array([0.75])}
    found = input_sensitivity(oracle, "jacobian_reverse", params, data, {}, "float64")["x"]
    assert float(found[0, 0]) == pytest.approx(np.spacing(0.75) / 2)
