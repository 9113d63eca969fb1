"""Implementations agree with their oracles, and planted faults do not.

Which cells are run is found in the registry (tests/cells.py). The whole product is `gradmark check --profile standard`.
"""

from __future__ import annotations

import copy
import dataclasses
import functools
from unittest.mock import patch

import numpy as np
import pytest

import backends
import problems
from bench.data.store import flatten, unflatten
from bench.measure.cell import judge_result, measure_cell
from bench.plan.cell import PROFILES, Cell, expected_status
from bench.rows.row import Row, new_row
from bench.truth.agreement import Disagreement
from bench.truth.reference import Reference, load_reference
from tests import cells
from tests.conftest import configured, prepared, short_task


def options_of(cell: Cell):
    return problems.load(cell.problem).instance(cell.instance).operations[cell.operation]


def reference_of(cell: Cell) -> Reference:
    place = cell.problem, cell.instance, cell.operation, cell.dtype
    return small_reference(*place) if cells.is_small(place[:3]) else load_reference(*place)


small_reference = functools.cache(load_reference)  # a case is asked for by every backend and every fault


@functools.cache
def truth_of(problem: str, instance: str, operation: str, dtype: str, options: tuple) -> Reference:
    """The reference of a case with other options than its instance has, stored like those that it has."""
    known = problems.load(problem)
    changed = known.instance(instance)
    changed = dataclasses.replace(changed, operations={**changed.operations, operation: dict(options)})
    instances = tuple(changed if each.name == instance else each for each in known.instances)
    with patch.object(problems, "load", lambda name: dataclasses.replace(known, instances=instances)):
        return load_reference(problem, instance, operation, dtype)


def checked(cell: Cell) -> Row:
    """The row of a cell that is checked and not timed."""
    row = new_row(cell, "key", "run", 0)
    configured(cell.backend)
    measure_cell(cell, row, PROFILES["standard"], None, lambda event, result: None)
    return row


@pytest.mark.parametrize("cell", cells.tested_cells())
def test_an_implementation_agrees_with_the_oracle(cell):
    """Or has the status that its instance declares, with all of its steps."""
    expected, _ = expected_status(cell)
    if expected != "ok":
        assert checked(cell).status in (expected, "omitted")
        return
    backend = configured(cell.backend)
    task = short_task(cell)
    call = prepared(backend, task)
    if task.options == options_of(cell):
        truth = reference_of(cell)
    else:
        truth = truth_of(cell.problem, cell.instance, cell.operation, cell.dtype, tuple(task.options.items()))
    for _ in range(2):  # the second call shows state that the first one left behind
        judge_result(cell, backend.VARIANTS[cell.variant], backend.to_numpy(computed(call)), truth)


def computed(call: backends.Call):
    """What the call returns; skips the test where the backend finds out only then that it cannot do the task."""
    try:
        return call()
    except backends.Unsupported as reason:
        pytest.skip(str(reason))


def test_every_function_of_every_problem_is_tested_in_every_backend_that_has_it():
    """What is found above is no less than the registry."""
    found = {(each.values[0].problem, each.values[0].backend) for each in cells.tested_cells()}
    for name in cells.NAMES:
        cases = cells.smallest_cases(name)
        assert {backend for problem, backend in found if problem == name} == {
            backend
            for case in cases
            for backend, _ in cells.methods_of(*case)
            if backends.absence(backend, "cpu") is None
        }


# Planted faults: on the checker, from the reference alone ------------------------------------------


COMPLEX_STEP = 1e-100  # it leaves about h² = 2⁻⁴⁰⁰ where a derivative is zero
MOST_STEPS = 100
EXACT = backends.Variant("as exact as rounding allows")


def each(change):
    """A fault that changes every leaf by itself."""
    return lambda tree: unflatten({path: change(leaf) for path, leaf in flatten(tree).items()})


def one_wrong_entry(tree):
    """The entry of median magnitude, off by half."""
    flat = flatten(copy.deepcopy(tree))
    entries = [(path, index) for path, leaf in flat.items() for index in np.ndindex(leaf.shape)]
    path, index = sorted(entries, key=lambda e: abs(flat[e[0]][e[1]]))[len(entries) // 2]
    flat[path][index] = 1.5 * flat[path][index] if abs(flat[path][index]) > COMPLEX_STEP else 1e-3
    return unflatten(flat)


FAULTS = {
    "zeros": each(np.zeros_like),
    "nan": each(lambda leaf: np.full_like(leaf, np.nan)),
    "sign flip": each(np.negative),
    "1 % scale": each(lambda leaf: 1.01 * leaf),
    "one wrong entry": one_wrong_entry,
    "transpose": each(np.transpose),
    "float32 arithmetic": each(lambda leaf: rounded(leaf, np.float32).astype(leaf.dtype)),
}


def rounded(tree, dtype):
    """The tree in a narrower dtype, where what is beyond its range is infinite."""
    with np.errstate(over="ignore"):
        return unflatten({path: leaf.astype(dtype) for path, leaf in flatten(tree).items()})


def is_no_op(result, after) -> bool:
    """Whether a fault left a right result as it was, in its shape and up to rounding."""
    before, after = flatten(result), flatten(after)
    return all(
        leaf.shape == after[path].shape and np.allclose(leaf, after[path], rtol=1e-15, atol=COMPLEX_STEP)
        for path, leaf in before.items()
    )


def own_transposes(result) -> bool:
    """Numbers, vectors and symmetric matrices: no transposition can change them."""
    return all(
        leaf.ndim < 2 or (leaf.shape == leaf.T.shape and np.allclose(leaf, leaf.T, rtol=1e-13))
        for leaf in flatten(result).values()
    )


def is_finite(result) -> bool:
    return all(np.isfinite(leaf).all() for leaf in flatten(result).values())


def caught(cell: Cell, fault: str) -> bool:
    """Whether the fault changes the result of a cell. Fails the test where it does and the checker does not say so."""
    truth = reference_of(cell)
    right = rounded(truth.value, cell.dtype)
    faulty = FAULTS[fault](right)
    if is_no_op(right, faulty):
        return False
    with pytest.raises(Disagreement):
        judge_result(cell, EXACT, faulty, truth)
    return True


@functools.cache
def fault_cells(name: str) -> list[Cell]:
    """All derivatives of every function, and the first on every small instance; no long descents."""
    cases = [case for case in cells.smallest_cases(name) if case[2] != "value"]
    cases += [case for case in cells.further_cases(name) if case[2] == cells.derivatives(name)[0][2]]
    found = [cells.cell_of(case, ("numpy_hand", "plain")) for case in dict.fromkeys(cases) if cells.is_small(case)]
    return [cell for cell in found if options_of(cell).get("steps", 0) <= MOST_STEPS]


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("name", cells.NAMES)
def test_a_planted_fault_is_caught_wherever_it_changes_anything_and_somewhere_it_does(name, fault):
    """A result that a fault leaves as it is by luck, such as one that float32 holds exactly, is not the only one."""
    values = [(cell, reference_of(cell).value) for cell in fault_cells(name)]
    told = [cell for cell, value in values if is_finite(value) and not (fault == "transpose" and own_transposes(value))]
    shown = [cell for cell in told if caught(cell, fault)]
    assert shown or (fault == "transpose" and not told), not_told(name, fault)


def not_told(name: str, fault: str) -> str:
    """What to do where a fault changes nothing in any result of a problem."""
    hint = "take inputs for which it does"
    if fault == "float32 arithmetic":
        hint = (
            "take inputs that float32 cannot hold, such as 3.6 rather than 3.5, or no test can tell float32 arithmetic "
            "from float64"
        )
    return f"{problems.shown(name)}: {fault} changes no derivative of any small instance: {hint}"


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_gets_no_time(fault, monkeypatch):
    """The way from the checker to the row, once for each fault: on a Jacobian that is not its own transpose."""
    cell = Cell("jacobian_modes", "n32_m32", "jacobian_forward", "numpy_hand", "plain", "float64", "cpu", 1)
    backend = configured(cell.backend)
    prepare = backend.prepare
    monkeypatch.setattr(backend, "prepare", lambda task: lambda: FAULTS[fault](backend.to_numpy(prepare(task)())))
    row = new_row(cell, "key", "run", 0)
    measure_cell(
        cell, row, PROFILES["quick"], lambda work, rounds: pytest.fail("was timed"), lambda event, result: None
    )
    assert row.status == "wrong"
    assert row.reason
    assert row.median_s is None


def test_a_wrong_objective_in_one_backend_shows(monkeypatch):
    """Agreement with the other backends is not what is checked: the oracle is a separate text."""
    module = problems.load_implementation("xor_mlp", "numpy_hand")
    right = module.objective_gradient
    monkeypatch.setattr(module, "objective_gradient", lambda p, d: {k: 2 * g for k, g in right(p, d).items()})
    cell = Cell("xor_mlp", "textbook", "gradient", "numpy_hand", "plain", "float64", "cpu", 1)
    assert checked(cell).status == "wrong"
