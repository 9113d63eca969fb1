"""From a selection to cells."""

from __future__ import annotations

import pytest

import backends
import problems
from bench import UsageError
from bench.plan.cell import PROFILES, Cell, expected_status, is_expected
from bench.plan.selection import Selection, make_plan
from tests.cells import plan_of

METHODS = backends.methods()


def test_a_case_has_one_cell_per_method_in_order():
    plan = make_plan(
        Selection(problems=("xor_mlp:textbook",), operations=("gradient",), profile="standard", dtypes=("float64",))
    )
    cells = [*plan.cells, *plan.absent]
    assert sorted(cell.method for cell in cells) == sorted(METHODS)
    assert [cell.method for cell in plan.cells] == [m for m in METHODS if m in [c.method for c in plan.cells]]


@pytest.mark.parametrize("profile", PROFILES)
def test_every_problem_is_in_every_profile(profile):
    plan = plan_of(Selection(profile=profile))
    assert {cell.problem for cell in plan.cells} == set(problems.names()) - (
        {"pitfalls"} if profile == "quick" else set()
    )


def test_standard_adds_sizes_and_float32():
    quick, standard = plan_of(Selection()), plan_of(Selection(profile="standard"))
    assert set(quick.cells) < set(standard.cells)
    assert {cell.dtype for cell in standard.cells} == {"float64", "float32"}


def test_what_is_slow_is_omitted_with_its_reason_unless_it_is_named():
    slow = Cell("xor_mlp", "textbook", "gradient_descent", "torch_autograd", "compile", "float64", "cpu", 1)
    absence = make_plan(Selection(problems=("xor_mlp",))).absent[slow]
    assert absence.status == "omitted"
    assert absence.reason.endswith("compiles in two (--profile standard runs it)")
    for named in (
        Selection(problems=("xor_mlp:textbook",)),
        Selection(operations=("gradient_descent",)),
        Selection(backends=(slow.method,)),
        Selection(profile="standard"),
    ):
        plan = plan_of(named)
        assert slow not in plan.absent or plan.absent[slow].status == "unavailable"


def test_every_pattern_of_slow_cells_matches_one():
    slow = [
        (instance.slow, name, instance.name)
        for name in problems.names()
        for instance in problems.load(name).instances
        if instance.slow
    ]
    assert slow
    cells = plan_of(Selection(profile="standard")).cells
    for patterns, *place in slow:
        here = [cell for cell in cells if [cell.problem, cell.instance] == place]
        assert all(any(problems.matching({each: True}, cell.pattern) for cell in here) for each in patterns)


def test_a_named_instance_is_taken_whatever_the_profile():
    plan = make_plan(Selection(problems=("linear_regression:n1e6_d10",), backends=("numpy_hand",)))
    assert {cell.operation for cell in plan.cells} == {"value", "gradient", "gradient_descent"}


def test_what_a_backend_cannot_do_is_absent_with_a_reason():
    plan = make_plan(Selection(problems=("xor_mlp",), backends=("sympy_symbolic",), devices=("cuda",)))
    assert not plan.cells
    assert {absence.status for absence in plan.absent.values()} == {"unavailable"}


def test_what_is_declared_is_expected():
    cell = Cell("xor_mlp", "textbook", "gradient", "numpy_fd", "forward", "float32", "cpu", 1)
    assert expected_status(cell)[0] == "wrong"
    assert is_expected(cell, "wrong")
    assert not is_expected(cell, "ok")
    assert is_expected(cell, "omitted")


def test_nothing_to_do_is_an_error():
    with pytest.raises(UsageError, match="nothing to do: hessian: expected one of value, gradient"):
        make_plan(Selection(problems=("xor_mlp",), operations=("hessian",)))
    with pytest.raises(UsageError, match="nothing to do in this profile: try --profile standard"):
        make_plan(Selection(problems=("pitfalls",)))


def test_an_instance_whose_rows_could_not_be_read_again_is_refused(monkeypatch):
    import dataclasses

    problem = problems.load("newton")
    named = dataclasses.replace(problem.instances[0], name="a/b")
    monkeypatch.setattr(problems, "load", lambda name: dataclasses.replace(problem, instances=(named,)))
    with pytest.raises(UsageError, match="instance 'a/b' of newton: expected a name"):
        make_plan(Selection(problems=("newton",)))
