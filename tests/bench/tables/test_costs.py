"""What a cell costs beside its time, from rows whose answer is known."""

from __future__ import annotations

import dataclasses
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

import backends
from bench.measure.cell import task_of
from bench.plan.cell import Cell
from bench.rows.row import new_row
from bench.tables.costs import break_even_calls
from bench.tables.frame import rows_frame
from bench.tables.run_tables import tables_of_kinds


def row(method="numpy_hand/plain", operation="gradient", median_s=2e-6, **more):
    backend, variant = method.split("/")
    cell = Cell("linear_regression", "real", operation, backend, variant, "float64", "cpu", 1)
    numbers = {"import_s": 0.5, "prepare_s": 1e-4, "first_call_s": 1e-3, "variables": 10}
    return new_row(cell, "key", "run", 0, median_s=median_s, **{**numbers, **more})


def table_of(rows, operation="gradient", **limits):
    frame = rows_frame(rows).assign(**limits)
    found = tables_of_kinds(frame, ["cost"])
    return next(table for table in found if f"· {operation} ·" in table.title)


def test_import_prepare_first_call_and_steady_are_four_columns():
    table = table_of([row()])
    assert list(table.body.columns) == ["import", "prepare", "first call", "steady"]
    assert list(table.body.loc["real · numpy_hand/plain"]) == ["500 ms", "100 µs", "1.00 ms", "2.0 µs"]


def test_a_derivative_is_divided_by_the_function_of_the_same_backend_at_the_same_input():
    rows = [row(median_s=6e-6), row(operation="value"), row("jax_grad/jit"), row("jax_grad/jit", "value", 1e-6)]
    elsewhere = replace(row(operation="value", median_s=1.0), instance="textbook")
    body = table_of([elsewhere, *rows]).body
    assert dict(body["÷ value"]) == {"real · numpy_hand/plain": "3.0×", "real · jax_grad/jit": "2.0×"}
    assert list(body["bound"]) == ["5.00×", "5.00×"]


def test_a_hessian_is_divided_by_the_gradient():
    rows = [row(operation="value"), row(median_s=4e-6), row(operation="hessian", median_s=4e-5)]
    body = table_of(rows, "hessian").body
    assert body.loc["real · numpy_hand/plain", "÷ gradient"] == "10×"
    assert body.loc["real · numpy_hand/plain", "bound"] == "50.0×"


@pytest.mark.parametrize(("times", "warned"), [(4.9, False), (5.4, False), (5.6, True)])
def test_a_backend_that_breaks_its_bound_is_warned_of(times, warned):
    notes = table_of([row(operation="value"), row(median_s=times * 2e-6)]).notes
    assert (
        "warning: numpy_hand/plain · real: 5.60× the time of value, above the theoretical bound of 5.00×" in notes
    ) == warned


def evaluations(variant, operation, n):
    """How often differences evaluate the function, counted."""

    adapter = backends.load("numpy_fd")
    adapter.configure(1, "cpu")
    cell = Cell("multivariate_gradient", f"rosenbrock_n1e{n}", operation, "numpy_fd", variant, "float64", "cpu", 1)
    task, count = task_of(cell), [0]
    objective = task.module.rosenbrock

    class Counting:
        @staticmethod
        def rosenbrock(params, data):
            count[0] += 1
            return objective(params, data)

    work = adapter.prepare(dataclasses.replace(task, module=Counting))  # type: ignore[arg-type]
    count[0] = 0
    work()
    return count[0]


@pytest.mark.parametrize("variant", ["central", "forward"])
@pytest.mark.parametrize("power", [1, 2])
def test_the_bounds_of_differences_are_their_evaluations(variant, power):
    bounds, n = backends.load("numpy_fd").VARIANTS[variant].bounds, 10**power
    gradient = evaluations(variant, "gradient", power)
    assert bounds["gradient"](n) == gradient
    assert bounds["hessian"](n) == pytest.approx(evaluations(variant, "hessian", power) / gradient)


def cost(prepare_s, first_call_s, median_s):
    return {"prepare_s": prepare_s, "first_call_s": first_call_s, "median_s": median_s}


EAGER = cost(0.1, 0.1, 1.0)


@pytest.mark.parametrize(
    ("compiled", "calls"),
    [
        (cost(1.0, 0.5, 0.2), 3),  # 1.3 s behind at the first call, 0.8 s gained with each other
        (cost(0.0, 0.1, 5.0), 1),
        (cost(1.0, 0.5, 1.0), math.inf),
        (cost(1.0, 0.5, 2.0), math.inf),
    ],
)
def test_compiling_pays_off_when_all_calls_together_cost_less(compiled, calls):
    assert break_even_calls(compiled, EAGER) == calls


@given(st.floats(0.2, 1e3), st.floats(1e-3, 0.9))
def test_it_pays_off_then_and_not_before(first_call_s, median_s):
    def total(cell, n):
        return cell["prepare_s"] + cell["first_call_s"] + (n - 1) * cell["median_s"]

    compiled = cost(0.1, first_call_s, median_s)
    calls = break_even_calls(compiled, EAGER)
    assert total(compiled, calls) <= total(EAGER, calls) * (1 + 1e-9)
    assert calls == 1 or total(compiled, calls - 1) >= total(EAGER, calls - 1) * (1 - 1e-9)


def test_only_compiled_variants_pay_off_and_against_their_own_backend():
    rows = [row("jax_grad/eager", median_s=1e-3), row("jax_grad/jit", first_call_s=0.1), row("torch_autograd/eager")]
    body = table_of(rows).body
    assert list(body["pays off"]) == ["", "", "101 calls"]


WORK = {"work_flops": 1e6, "products_bytes": 8e6, "one_pass_bytes": 4e6, "working_set_bytes": 4e6, "median_s": 1e-3}
LIMITS = {"limit_bytes_per_s": 1e10, "limit_flops_per_s": 1e10, "cache_bytes": 1e6}


@pytest.mark.parametrize(
    ("work", "limits", "of_limit", "one_pass"),
    [
        ({}, {}, "80 % memory", "40 % memory"),
        ({"work_flops": 9e6}, {}, "90 % arithmetic", "90 % arithmetic"),
        ({}, {"cache_bytes": 1e7}, "in cache", "in cache"),
        ({"one_pass_bytes": 8e6}, {}, "80 % memory", None),
        ({}, {"limit_bytes_per_s": math.nan}, None, None),
    ],
)
def test_the_fraction_is_that_of_the_nearer_limit(work, limits, of_limit, one_pass):
    body = table_of([row(**WORK | work)], **LIMITS | limits).body
    assert body.iloc[0].get("of limit") == of_limit
    assert body.iloc[0].get("one pass") == one_pass


def test_unknown_limits_say_what_to_type():
    notes = table_of([row(**WORK)]).notes
    assert any("with gradmark limits" in note for note in notes)


def test_what_was_not_timed_has_no_cost():
    frame = rows_frame([row(median_s=None, status="wrong")])
    assert tables_of_kinds(frame, ["cost"]) == []
