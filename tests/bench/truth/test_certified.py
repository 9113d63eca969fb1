"""Certified answers: on functions whose derivatives are known, on wider inputs, and against 80-bit arithmetic."""

from __future__ import annotations

import math

import numpy as np
import pytest
from flint import arb, ctx
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import special

import problems
from bench.data.inputs import load_inputs
from bench.data.store import flatten
from bench.truth.certified import certified_answer, certified_bounds, to_numbers
from bench.truth.derivatives import (
    Derivatives,
    eigenvalues_of_two,
    moving_along,
    pseudo_inverse,
    unit_array,
    variable_places,
)
from bench.truth.extended import EXTENDED_ROUNDING, extended_answer
from bench.truth.iterations import gradient_descent
from bench.truth.jets import evaluation
from bench.truth.number_kinds import BALLS, Undecided
from bench.truth.oracle import Oracle, oracle_of
from bench.truth.oracle_arrays import UnknownOperation
from bench.truth.time_budget import TimeBudget, Uncertified
from tests.conftest import is_small_case

numbers = st.floats(-3, 3).filter(lambda x: x == 0 or abs(x) > 1e-6)


def function(params, data):
    """eˣ Σ sin yᵢ + c x³."""
    x = params["x"]
    return np.exp(x) * np.sin(params["y"]).sum() + data["c"] * x**3


def known(x, y, c):
    """Its gradient and Hessian, by mpmath's arithmetic of 60 digits."""
    import mpmath

    with mpmath.workdps(60):
        e, sines = mpmath.exp(x), mpmath.fsum(mpmath.sin(t) for t in y)
        gradient = [e * sines + 3 * mpmath.mpf(c) * mpmath.mpf(x) ** 2, *(e * mpmath.cos(t) for t in y)]
        second = [e * sines + 6 * mpmath.mpf(c) * x, *(e * mpmath.cos(t) for t in y), *(-e * mpmath.sin(t) for t in y)]
        return [mpmath.nstr(g, 50) for g in gradient], [mpmath.nstr(h, 50) for h in second]


def certified(operation, params, data=None, f=function, kind="scalar", **options):
    found = certified_answer(Oracle(f, kind), operation, params, data or {}, options, scale=1.0)
    return found.values, found.radii


def holds(value, radius, truth):
    """Whether [value ± radius] holds a decimal number of 50 digits, compared in balls of 400 bits."""
    with ctx.workprec(400):
        exact = arb(math.frexp(0)[1])
        for part in (float(value), float(value - np.longdouble(float(value)))):
            exact += arb(part)
        return abs(exact - arb(truth)) <= arb(float(radius) * (1 + 1e-9) + 1e-45)


@given(x=numbers, y=st.lists(numbers, min_size=1, max_size=3), c=numbers)
@settings(max_examples=30, deadline=None)
def test_gradient_and_hessian_hold_the_known_derivatives(x, y, c):
    params, data = {"x": np.array(x), "y": np.array(y)}, {"c": np.array(c)}
    gradient, second = known(x, y, c)
    value, radius = certified("gradient", params, data)
    for found, wide, truth in zip(
        [value["x"][()], *value["y"]], [radius["x"][()], *radius["y"]], gradient, strict=True
    ):
        assert holds(found, wide, truth)
    value, radius = certified("hessian", params, data)
    entries = [(value["x"]["x"], radius["x"]["x"]), *zip(value["x"]["y"], radius["x"]["y"], strict=True)]
    entries += list(zip(np.diag(value["y"]["y"]), np.diag(radius["y"]["y"]), strict=True))
    for (found, wide), truth in zip(entries, second, strict=True):
        assert holds(found, wide, truth)


def test_a_radius_that_is_claimed_is_not_infinitely_wide():
    """The test above would pass for radii that hold everything."""
    value, radius = certified("gradient", {"x": np.array(0.3), "y": np.array([0.7])}, {"c": np.array(1.0)})
    assert 0 < radius["x"] < 1e-18 * abs(value["x"])
    assert not holds(value["x"][()], radius["x"][()], "1.0")


CASES = sorted(
    {
        (name, instance.function): (name, instance.name)
        for name in problems.names()
        for instance in problems.load(name).instances
        if instance.kind == "scalar" and is_small_case(name, instance.name)
    }.values()
)


def exact_inputs(name, instance):
    found = load_inputs(name, instance)
    return oracle_of(name, problems.load(name).instance(instance)), *map(to_numbers, (found.params, found.data))


def along(oracle, data, params, places, power):
    """The coefficient of f along a sum of unit directions."""
    direction: dict[str, np.ndarray] = {}
    for name, index in places:
        direction[name] = direction.get(name, 0) + unit_array(params[name].shape, index)
    jet = Derivatives(oracle, data, BALLS).along(moving_along(params, direction, BALLS), power)
    with evaluation(kind=BALLS):
        return jet.numbers(power)[()]


@pytest.mark.parametrize(("name", "instance"), CASES)
def test_the_reverse_sweep_gives_what_taylor_series_give(name, instance):
    """Along coordinates and with all digits: the balls overlap, and neither is wide."""
    oracle, params, data = exact_inputs(name, instance)
    with ctx.workprec(256):
        slopes = Derivatives(oracle, data, BALLS).gradient(params)
        for place in list(variable_places(params))[:5]:
            slope, swept = along(oracle, data, params, [place], 1), arb(slopes[place[0]][place[1]])
            assert slope.overlaps(swept) or (slope.is_nan() and swept.is_nan())
            assert slope.is_nan() or slope.rad() <= 2**-150 * (1 + abs(slope))
            assert swept.is_nan() or swept.rad() <= 2**-150 * (1 + abs(slope))


@pytest.mark.slow
@pytest.mark.parametrize(("name", "instance"), CASES)
def test_the_sweep_over_series_gives_the_hessian_of_taylor_series(name, instance):
    oracle, params, data = exact_inputs(name, instance)
    with ctx.workprec(256):
        first, *others = list(variable_places(params))[:4]
        direction = {first[0]: unit_array(params[first[0]].shape, first[1])}
        column = Derivatives(oracle, data, BALLS).hessian_product(params, direction)
        second = 2 * along(oracle, data, params, [first], 2)
        assert second.is_nan() or second.overlaps(column[first[0]][first[1]])
        for other in others:
            mixed = (
                along(oracle, data, params, [first, other], 2) - second / 2 - along(oracle, data, params, [other], 2)
            )
            assert mixed.is_nan() or mixed.overlaps(column[other[0]][other[1]])


def widened(arrays, *, whole=True):
    """Balls around the numbers; not `whole`: whole numbers, such as labels, as they are."""

    def around(x):
        return arb(x.mid(), 2.0**-40) if x.is_finite() and (whole or not x.is_integer()) else x

    return {key: np.vectorize(around, otypes=[object])(a) if a.dtype == object else a for key, a in arrays.items()}


CONSTANT = ("float32_constant", "integer_data", "power_0_1")  # pitfalls whose gradient no input changes


@pytest.mark.slow
@pytest.mark.parametrize(("name", "instance"), CASES)
def test_wider_inputs_give_a_wider_gradient_that_holds_the_narrow_one(name, instance):
    """Inclusion: every result of exact inputs lies in the result of inputs that hold them."""
    oracle, params, data = exact_inputs(name, instance)
    with ctx.workprec(128):
        try:
            around = Derivatives(oracle, widened(data, whole=False), BALLS).gradient(widened(params))
        except Undecided:
            pytest.skip("a comparison within the wider ball")
        widths = 0
        for key, slope in Derivatives(oracle, data, BALLS).gradient(params).items():
            for inside, outside in zip(slope.flat, around[key].flat, strict=True):
                assert outside.is_nan() or arb(outside).contains(arb(inside))
                widths += arb(outside).rad() > arb(inside).rad()
    assert widths or instance in CONSTANT


@pytest.mark.parametrize(("name", "instance"), CASES)
@pytest.mark.parametrize("operation", ["value", "gradient"])
def test_extended_precision_agrees_with_the_certified_value(name, instance, operation):
    found = load_inputs(name, instance)
    oracle = oracle_of(name, problems.load(name).instance(instance))
    answer = certified_answer(oracle, operation, found.params, found.data, {}, scale=1.0)
    rough = extended_answer(oracle, operation, found.params, found.data, {})
    truth, wide, other = flatten(answer.values), flatten(answer.radii), flatten(rough)
    largest = max(np.max(np.abs(leaf), initial=0, where=np.isfinite(leaf)) for leaf in truth.values())
    for path, leaf in truth.items():
        finite = np.isfinite(leaf)
        np.testing.assert_array_equal(np.isfinite(other[path]), finite)
        assert np.all((np.abs(other[path] - leaf) <= wide[path] + EXTENDED_ROUNDING * largest)[finite])
        assert np.all(
            wide[path][finite] <= 2.0**-61 * (largest or 1.0)
        )  # what vanishes beside the scale is judged on it


def test_the_precision_doubles_where_cancellation_asks_for_it():
    """(1 − cos x)/x² at 1e-30 needs some 500 bits for its second derivative, −1/12."""
    used = []

    def cancelling(params, data):
        used.append(ctx.prec)
        return (1 - np.cos(params["x"])) / (params["x"] * params["x"])

    value, radius = certified("hessian", {"x": np.array(1e-30)}, f=cancelling)
    assert abs(value["x"]["x"] + np.longdouble(1) / 12) <= radius["x"]["x"] + 1e-19
    assert sorted(set(used))[0] == 128
    assert max(used) > 128


def test_what_no_precision_decides_is_said_to_be_uncertified():
    """A third is no ball of radius zero, so that three of them are never seen to be one."""

    def hinge(params, data):
        excess = 1 - (params["x"] / 3 + params["x"] / 3 + params["x"] / 3)
        return excess * (excess > 0)

    with pytest.raises(Uncertified, match=r"16384 bits.*sign of .* is unknown"):
        certified("gradient", {"x": np.array(1.0)}, f=hinge)


def test_a_zero_that_is_not_exact_needs_a_scale():
    def nothing(params, data):
        return np.exp(params["x"]) / 3 - np.exp(params["x"]) / 3

    at = {"x": np.array(0.7)}
    assert abs(certified("gradient", at, f=nothing)[0]["x"]) < 1e-15
    with pytest.raises(Uncertified, match="last place"):
        certified_answer(Oracle(nothing), "gradient", at, {}, {}, scale=0.0)


@pytest.mark.slow
def test_what_would_take_too_long_is_uncertified():
    def slow(params, data):
        return sum((np.exp(params["x"] * k) for k in range(2000)), start=params["x"])

    short = TimeBudget(1e-3)
    with pytest.raises(Uncertified, match=r"would take about"):
        gradient_descent(Derivatives(Oracle(slow), {}, BALLS, short), to_numbers({"x": np.array(0.0)}), 1e-9, 10**6)


def test_an_iteration_ends_where_nothing_is_known_of_its_numbers():
    def require_known(*x):
        at = {"x": np.array(x, object)}
        Derivatives(Oracle(function), {}, BALLS).require_known(at, at)

    require_known(arb(1, 0.5), arb(0, 0.5))
    with pytest.raises(Undecided, match="error bounds"):
        require_known(arb(1, 1), arb(0, 2))


def test_an_iteration_needs_as_many_bits_as_it_has_steps():
    """x ← x − (4x − 4x³)·x… doubles errors: the logistic map, whose value after 300 steps needs more than 128 bits."""

    def cubic(params, data):
        x = params["x"]
        return -(3 * x * x / 2 - 4 * x * x * x / 3)  # x − f'(x) = 4x(1 − x)

    start = {"x": np.array(0.3)}
    value, radius = certified("gradient_descent", start, f=cubic, rate=1.0, steps=300)
    with ctx.workprec(2000):
        x = arb(0.3)
        for _ in range(300):
            x = 4 * x * (1 - x)
        assert holds(value["x"][()], radius["x"][()], x.str(50, radius=False))


@pytest.mark.parametrize("shape", [((2, 3), (3,)), ((3,), (3, 2)), ((2, 3), (3, 4)), ((3,), (3,))])
def test_products_of_balls_and_of_series_are_those_of_numpy(shape):
    rng = np.random.default_rng(1)
    a, b = (rng.normal(size=s) for s in shape)
    at = to_numbers({"p": a, "q": b})
    oracle = Oracle(lambda params, data: np.ravel(params["p"] @ params["q"]), "vector")
    derivatives = Derivatives(oracle, {}, BALLS)
    found = np.vectorize(float, otypes=[float])(derivatives.value(at))
    np.testing.assert_allclose(found, np.ravel(a @ b), atol=1e-15)
    jet = derivatives.along(moving_along(at, {"q": np.ones(b.shape)}, BALLS), 1)
    slope = np.vectorize(float, otypes=[float])(jet.coefficients[1])
    np.testing.assert_allclose(slope, np.ravel(a @ np.ones(b.shape)), atol=1e-14)


def test_what_an_oracle_cannot_use_is_named():
    """With what is known in full, and the nearest."""
    oracle = Oracle(lambda p, d: np.sum(np.nextafter(p["x"], 1)), where="here/oracle.py, objective(params, data),")
    with pytest.raises(UnknownOperation, match=r"here/oracle.py.*np\.nextafter.*Known: .*arctan.*sinh.*zeros"):
        Derivatives(oracle, {}, BALLS).value(to_numbers({"x": np.ones(2)}))
    oracle = Oracle(lambda p, d: np.nancumprod(p["x"]))
    with pytest.raises(UnknownOperation, match=r"np\.nancumprod; the nearest that it can is cumprod"):
        Derivatives(oracle, {}, BALLS).value(to_numbers({"x": np.ones(2)}))


@pytest.mark.parametrize("x", [-0.7, 0.9])
def test_what_is_not_chosen_has_no_slope(x):
    """√x where x > 0, else 0; where it is not, the root is of 1, as the slope of √x is no number for x < 0."""

    def rooted(params, data):
        x = params["x"]
        return np.sum(np.where(x > 0, np.sqrt(np.where(x > 0, x, 1)), 0)) + np.max(x) + np.sum(np.log1p(x * x))

    at = {"x": np.full(20, x)}
    with ctx.workprec(128):
        slopes = Derivatives(Oracle(rooted), {}, BALLS).gradient(to_numbers(at))["x"]
    truth = (0.5 / np.sqrt(x) if x > 0 else 0) + 2 * x / (1 + x * x) + (np.arange(20) == 0)
    np.testing.assert_allclose([float(s) for s in slopes], truth, rtol=1e-15)


def test_an_interval_may_end_at_infinity():
    low_high = Oracle(
        function, bounds=lambda p, d: ({"x": np.zeros_like(p["x"])}, {"x": np.where(p["x"] == 0, np.inf, p["x"])})
    )
    low, high = certified_bounds(low_high, {"x": np.array([0.0, 0.1])}, {})
    np.testing.assert_array_equal(low["x"], [0, 0])
    np.testing.assert_array_equal(high["x"], np.array([np.inf, 0.1], np.longdouble))


def test_the_inverse_leaves_out_a_direction_without_curvature():
    """Its eigenvalue is 0 of [[1, 1], [1, 1]], whose pseudo-inverse is a quarter of it."""
    with ctx.workprec(128):
        flat, curved = (
            BALLS.convert(np.array(matrix)) for matrix in ([[1.0, 1.0], [1.0, 1.0]], [[2.0, 1.0], [1.0, 3.0]])
        )
        found = pseudo_inverse(flat, eigenvalues_of_two(flat), np.array([False, True]))
        assert all(abs(x - arb(0.25)) < 1e-30 for x in found.flat)
        assert all(x == 0 for x in pseudo_inverse(flat, eigenvalues_of_two(flat), np.array([False, False])).flat)
        found = pseudo_inverse(curved, eigenvalues_of_two(curved), np.array([True, True]))
        assert all(x.overlaps(arb(y) / 5) for x, y in zip(found.flat, (3, -1, -1, 2), strict=True))


def test_a_number_whose_exponent_is_no_float_is_zero_or_infinite():
    """e^(−10³²⁰) is 0 in 80-bit numbers, and its logarithm to base 2 is no float64."""
    given = {"x": np.array(1e160)}
    found = certified_answer(Oracle(lambda params, data: special.erf(params["x"])), "hessian", given, {}, {}, 1.0)
    assert found.values["x"]["x"] == 0
