"""Finite differences: the article's printed numbers, the order of their error, steps that survive, and what is refused."""

from __future__ import annotations

import math
import types
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import backends
from backends import Task, Unsupported, numpy_fd
from backends.differences import formulas, libraries, stencils, steps
from bench.plan.selection import chosen_methods
from bench.truth.agreement import tolerance_for

TOLERANCES = {"central": 1e-8, "forward": 1e-6, "five_point": 1e-10}
LIBRARIES = ("scipy", "numdifftools")


def cube(params, data):
    return params["x"] ** 3


def task_of(function, x, variant, operation="gradient", kind="scalar", dtype="float64", data=None, **options):
    """A task of one parameter x."""
    module = types.ModuleType("problem")
    module.objective = function  # type: ignore[attr-defined]
    params = {"x": np.asarray(x, dtype)}
    return Task(module, "objective", kind, operation, params, data or {}, variant, options=options)


def result_of(*arguments, **more):
    task = task_of(*arguments, **more)
    missing = backends.absence("numpy_fd", "cpu", task.variant)
    if missing:
        pytest.skip(missing)
    return numpy_fd.prepare(task)()


@pytest.mark.parametrize("rule", ["pointwise", "entrywise"])
@pytest.mark.parametrize("variant", TOLERANCES)
@given(x=st.floats(0.5, 100))
def test_differences_of_a_cube(rule, variant, x):
    formula = formulas.FIRST[variant]
    rule_of = stencils.POINTWISE[variant] if rule == "pointwise" else stencils.entrywise(formula)
    step = steps.stepper(np.dtype("float64"), formula)
    slope = rule_of(cube, {"x": step(np.float64(x))})({"x": np.float64(x)}, {})["x"]
    assert slope == pytest.approx(3 * x**2, rel=TOLERANCES[variant])


@pytest.mark.parametrize("variant", formulas.FIRST)
def test_the_error_of_a_formula_falls_by_its_order(variant):
    formula = formulas.FIRST[variant]

    def error(h):
        return abs(formula.apply(np.sin, 1.0, h, np.sin(1.0)) - np.cos(1.0))

    assert math.log2(error(0.02) / error(0.01)) == pytest.approx(formula.order, abs=0.05)


@pytest.mark.parametrize("variant", formulas.SECOND)
def test_the_error_of_a_second_derivative_falls_by_its_order(variant):
    formula = formulas.SECOND[variant]

    def error(h):
        return abs(formula.apply(np.sin, 1.0, h, np.sin(1.0)) + np.sin(1.0))

    assert math.log2(error(0.04) / error(0.02)) == pytest.approx(formula.order, abs=0.05)


@given(x=st.floats(-1e8, 1e8))
def test_the_step_taken_is_the_step_divided_by(x):
    step = steps.stepper(np.dtype("float64"), formulas.FIRST["central"])
    for number in (np.float64(x), np.array([x])):
        h = step(number)
        assert (number + h) - number == h
        assert h > 0


@pytest.mark.parametrize(("variant", "printed"), [("forward", 6.000009999951316), ("central", 6.000000000039306)])
def test_article_3_1_prints_the_central_differences(variant, printed):
    slope = stencils.POINTWISE[variant](lambda p, d: p["x"] ** 2, {"x": 1e-5})
    assert slope({"x": 3.0}, {})["x"] == printed


@pytest.mark.parametrize("variant", stencils.MATRIX)
def test_second_differences(variant):
    x = np.array([0.5, -1.5, 2.0])
    found = stencils.MATRIX[variant](lambda x: x[0] ** 2 * x[1] + x[2] ** 3, x, np.full(3, 1e-3))
    np.testing.assert_allclose(found, [[-3, 1, 0], [1, 0, 0], [0, 0, 12]], atol=2e-2 if variant == "forward" else 1e-6)


# Steps that survive -------------------------------------------------------------------------------

HARD = {
    "square at 1e8": (lambda p, d: p["x"] * p["x"], 1e8, 2e8),
    "cube at 1e-6": (lambda p, d: p["x"] * p["x"] * p["x"], 1e-6, 3e-12),
    "sin at 1e6": (lambda p, d: np.sin(p["x"]), 1e6, math.cos(1e6)),
    "sigmoid at 1e-9": (lambda p, d: 1 / (1 + np.exp(-p["x"])), 1e-9, 0.25),
    "a parabola about -1e8 at 0": (lambda p, d: (p["x"] + 1e8) ** 2, 0.0, 2e8),
}


@pytest.mark.parametrize("name", HARD)
@pytest.mark.parametrize("variant", [*TOLERANCES, "complex_step"])
def test_the_rule_for_the_step_survives(name, variant):
    function, x, truth = HARD[name]
    slope = result_of(function, x, variant)["x"]
    assert slope == pytest.approx(truth, rel=tolerance_for("gradient", variant, "float64"))


def test_a_rule_that_looks_at_x_alone_does_not_survive():
    """Otherwise the test above would prove nothing."""
    for name in ("cube at 1e-6", "sin at 1e6"):
        function, x, truth = HARD[name]
        h = steps.stepper(np.dtype("float64"), formulas.FIRST["central"])(np.float64(x))
        slope = stencils.POINTWISE["central"](function, {"x": h})({"x": np.float64(x)}, {})["x"]
        assert abs(slope - truth) > 0.1 * abs(truth)


def test_each_entry_has_a_step_of_its_own():
    x = [1e8, 1e-6, 1.0]
    slope = result_of(lambda p, d: 1e-16 * p["x"][0] ** 2 + 1e12 * p["x"][1] ** 3 + p["x"][2] ** 2, x, "central")["x"]
    np.testing.assert_allclose(slope, [2e-8, 3.0, 2.0], rtol=1e-7)


def test_the_usual_step_stays_where_it_is_good():
    assert steps.scale_of_points(np.exp, np.float64(1.0), formulas.FIRST["central"]) == 1.0
    assert steps.scale_of_points(np.cos, np.linspace(-3, 3, 7), formulas.FIRST["central"]) == 1.0


# Complex step -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("function", "x", "why"),
    [
        (lambda p, d: np.sum(np.abs(p["x"])), [1.0, -2.0], "an absolute value"),
        (lambda p, d: np.sum(np.logaddexp(0, p["x"])), [1.0, -2.0], "'logaddexp' not supported"),
        (lambda p, d: np.sum(p["x"] * np.conj(p["x"])), [1.0, -2.0], "the complex step gives 0, central differences"),
        (lambda p, d: np.sum(np.where(p["x"] > 0, p["x"], 0)), [0.0, 0.0], "not analytic here"),
    ],
)
def test_what_is_not_analytic_is_refused_with_the_reason(function, x, why):
    with pytest.raises(Unsupported, match=why):
        numpy_fd.prepare(task_of(function, x, "complex_step"))


@given(x=st.floats(-30, 30))
def test_the_complex_step_is_exact(x):
    slope = result_of(lambda p, d: np.exp(p["x"]) * np.sin(p["x"]), x, "complex_step")["x"]
    assert slope == pytest.approx(math.exp(x) * (math.sin(x) + math.cos(x)), rel=1e-13, abs=1e-15 * math.exp(x))


# Libraries ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("variant", ["five_point", "complex_step", *LIBRARIES])
@pytest.mark.parametrize("operation", ["gradient", "hessian", "hessian_diagonal", "newton", "gradient_descent"])
def test_every_operation_works_in_every_variant(variant, operation):
    """f = Σ exp(xᵢ) − 2xᵢ: the gradient is exp(x) − 2, the Hessian diag(exp(x)), the minimum at log 2."""
    x = np.array([0.3, 0.9])
    truths: dict[str, Any] = {
        "gradient": np.exp(x) - 2,
        "hessian": np.diag(np.exp(x)),
        "hessian_diagonal": np.exp(x),
        "newton": np.full(2, math.log(2)),
        "gradient_descent": np.full(2, math.log(2)),
    }
    each: dict[str, dict[str, Any]] = {"newton": {"steps": 8}, "gradient_descent": {"rate": 0.4, "steps": 60}}
    options = each.get(operation, {})
    found = result_of(lambda p, d: np.sum(np.exp(p["x"]) - 2 * p["x"]), x, variant, operation, **options)["x"]
    np.testing.assert_allclose(found["x"] if operation == "hessian" else found, truths[operation], rtol=1e-7, atol=1e-7)


@pytest.mark.parametrize("variant", ["five_point", "complex_step", *LIBRARIES])
def test_a_jacobian_works_in_every_variant(variant):
    found = result_of(
        lambda p, d: d["A"] @ p["x"] ** 2, [1.0, 3.0], variant, "jacobian_forward", "vector", data={"A": np.eye(2)}
    )
    np.testing.assert_allclose(found["x"], [[2, 0], [0, 6]], rtol=1e-8, atol=1e-8)


@pytest.mark.parametrize("variant", ["five_point", "complex_step", *LIBRARIES])
def test_an_elementwise_function_works_in_every_variant(variant):
    x = np.linspace(0.1, 2, 5)
    found = result_of(lambda p, d: d["a"] * np.sin(p["x"]), x, variant, kind="elementwise", data={"a": x})["x"]
    np.testing.assert_allclose(found, x * np.cos(x), rtol=1e-8)


def test_what_scipy_calls_no_success_is_refused_with_its_words():
    with pytest.raises(Unsupported, match=r"scipy\.differentiate: .*(iterations|error estimate).*1 of 1"):
        numpy_fd.prepare(task_of(lambda p, d: np.cbrt(p["x"]), 0.0, "scipy"))()


@pytest.mark.parametrize("variant", LIBRARIES)
def test_too_many_evaluations_are_refused_with_the_limit(variant):
    with pytest.raises(Unsupported, match="1,000,000"):
        numpy_fd.prepare(task_of(cube, 1.0, variant, "gradient_descent", rate=0.1, steps=libraries.MOST_EVALUATIONS))


def test_a_library_that_is_not_installed_is_a_reason_with_what_to_type(monkeypatch):
    found = backends.importlib.util.find_spec
    monkeypatch.setattr(
        backends.importlib.util, "find_spec", lambda name: None if name == "numdifftools" else found(name)
    )
    assert "pip install -c constraints.txt -e '.[numdifftools]'" in str(
        backends.absence("numpy_fd", "cpu", "numdifftools")
    )
    assert backends.absence("numpy_fd", "cpu", "central") is None


def test_slow_variants_are_quick_only_when_they_are_named():
    quick = {variant for _, variant in chosen_methods(("numpy_fd",), everything=False)}
    assert quick == {"central", "forward"}
    assert chosen_methods(("numpy_fd/scipy",), everything=False) == [("numpy_fd", "scipy")]
    assert {v for _, v in chosen_methods(("numpy_fd",), everything=True)} == set(numpy_fd.VARIANTS)


# Limits -------------------------------------------------------------------------------------------


def test_too_many_variables_are_refused_with_the_limit():
    with pytest.raises(Unsupported, match=r"10001 variables .* limit is 10000"):
        numpy_fd.prepare(task_of(lambda p, d: p["x"].sum(), np.zeros(10_001), "central"))


def test_steps_are_not_tried_where_that_would_take_minutes(monkeypatch):
    evaluations = []

    def far(params, data):
        evaluations.append(1)
        return np.sum((params["x"] - 1e8) ** 2 * data["X"])

    task = task_of(far, np.ones(3), "central", data={"X": np.ones(3)})
    assert any(np.any(scale != 1) for scale in stencils.scales(task, formulas.FIRST["central"], moves=False).values())
    assert evaluations
    evaluations.clear()
    monkeypatch.setattr(stencils, "MOST_WORK", 8)
    assert stencils.scales(task, formulas.FIRST["central"], moves=False) == {"x": 1.0}
    assert not evaluations


@pytest.mark.parametrize(("variant", "within"), [("central", 1e-2), ("five_point", 1e-4)])
def test_the_slope_of_a_plateau_is_not_the_derivative(variant, within):
    """1 − cos x is constant over short steps, so that (1 − cos x)/x² seems to have the slope −2f/x of c/x²: −10⁴."""
    slope = result_of(lambda params, data: (1 - np.cos(params["x"])) / params["x"] ** 2, 1e-4, variant)["x"]
    assert slope == pytest.approx(-1e-4 / 12, rel=within)
