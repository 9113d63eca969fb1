"""Every implementation, in every variant and dtype, agrees with its oracle; and planted faults do not."""

from __future__ import annotations

import copy
import dataclasses
import functools

import numpy as np
import pytest

import backends
import problems
from bench.data.store import flatten, unflatten
from bench.measure.cell import judge_result, measure_cell, task_of
from bench.plan.cell import PROFILES, Cell, absence_of, expected_status
from bench.rows.row import new_row
from bench.truth.compute import compute_reference
from bench.truth.reference import Reference, load_reference
from tests.conftest import cell_id, cells, configured, prepared, short_task

NAMES = [name for name in problems.names() if name != "pitfalls"]


def sound(dtype: str = "float64") -> list[Cell]:
    """The cells of problems that are made to be right; `pitfalls` has tests of its own."""
    return [cell for cell in cells(dtype) if cell.problem in NAMES]


# float32 on the first instance of each problem: the arithmetic differs between dtypes, not between instances.
FIRST = {name: problems.load(name).instances[0].name for name in NAMES}
CELLS = [*sound(), *(cell for cell in sound("float32") if cell.instance == FIRST[cell.problem])]
AGREEING = [cell for cell in CELLS if expected_status(cell)[0] == "ok"]
DECLARED_WRONG = [cell for cell in CELLS if expected_status(cell)[0] == "wrong"]


def options_of(cell: Cell):
    return problems.load(cell.problem).instance(cell.instance).operations[cell.operation]


def reference_of(cell: Cell) -> Reference:
    return load_reference(cell.problem, cell.instance, cell.operation, cell.dtype)


@functools.cache
def truth_of(problem: str, instance: str, operation: str, dtype: str, options: tuple) -> Reference:
    """The reference of a case with other options than its instance has."""
    return compute_reference(problem, instance, operation, dtype, dict(options))


@pytest.mark.parametrize("cell", AGREEING, ids=cell_id)
def test_an_implementation_agrees_with_the_oracle(cell):
    backend = configured(cell.backend)
    task = short_task(cell)
    call = prepared(backend, task)
    expected = reference_of(cell)
    if task.options != options_of(cell):
        expected = truth_of(cell.problem, cell.instance, cell.operation, cell.dtype, tuple(task.options.items()))
    for _ in range(2):  # the second call shows state that the first one left behind
        judge_result(cell, backend.VARIANTS[cell.variant], backend.to_numpy(computed(call)), expected)


def computed(call: backends.Call):
    """What the call returns; skips the test where the backend finds out only then that it cannot do the task."""
    try:
        return call()
    except backends.Unsupported as reason:
        pytest.skip(str(reason))


@pytest.mark.parametrize("cell", DECLARED_WRONG, ids=cell_id)
def test_what_is_declared_wrong_is_wrong(cell):
    row = new_row(cell, "key", "run", 0)
    configured(cell.backend)
    measure_cell(cell, row, PROFILES["quick"], None, lambda event, result: None)
    assert row.status == "wrong"


@pytest.mark.parametrize(
    "cell", [c for c in sound() if c.method == "numpy_hand/plain" and c.operation == "gradient"], ids=cell_id
)
def test_the_hand_derived_gradient_is_that_of_differences_and_of_the_symbolic_derivative(cell):
    hand = result_of(cell)
    if reference_of(cell).position(hand):
        pytest.skip("at a kink each backend takes a subgradient of its own")
    scale = problems.load(cell.problem).instance(cell.instance).scale or 0
    for method in ("numpy_fd/central", "sympy_symbolic/lambdify"):
        backend, variant = method.split("/")
        other = dataclasses.replace(cell, backend=backend, variant=variant)
        if absence_of(other):
            continue
        for name, slope in result_of(other).items():
            size = max(float(np.linalg.norm(hand[name])), scale)
            np.testing.assert_allclose(slope, hand[name], rtol=1e-6, atol=1e-8 * size)


def result_of(cell):
    backend = configured(cell.backend)
    with np.errstate(all="ignore"):  # a rate that is too high overflows
        return backend.to_numpy(prepared(backend, task_of(cell))())


# Planted faults ---------------------------------------------------------------------------------


COMPLEX_STEP = 1e-100  # it leaves about h² = 2⁻⁴⁰⁰ where a derivative is zero


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


def is_no_op(fault, result):
    """Whether the fault leaves a right result as it is, in its shape and up to rounding."""
    with np.errstate(over="ignore"):
        before, after = flatten(result), flatten(FAULTS[fault](result))
    return all(
        leaf.shape == after[path].shape and np.allclose(leaf, after[path], rtol=1e-15, atol=COMPLEX_STEP)
        for path, leaf in before.items()
    )


def rounded(tree, dtype):
    """The tree in a narrower dtype, where what is beyond its range is infinite."""
    with np.errstate(over="ignore"):
        return unflatten({path: leaf.astype(dtype) for path, leaf in flatten(tree).items()})


def own_transposes(result):
    """Numbers, vectors and symmetric matrices: no transposition can change them."""
    with np.errstate(over="ignore"):
        return all(
            leaf.ndim < 2 or (leaf.shape == leaf.T.shape and np.allclose(leaf, leaf.T, rtol=1e-13))
            for leaf in flatten(result).values()
        )


HAND = [
    cell
    for cell in sound()
    if cell.method == "numpy_hand/plain"
    and problems.load(cell.problem).instance(cell.instance).operations[cell.operation].get("steps", 0) <= 1000
]


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("cell", HAND, ids=cell_id)
def test_a_planted_fault_is_wrong_and_gets_no_time(cell, fault, monkeypatch):
    backend = configured(cell.backend)
    result = result_of(cell)
    if fault == "transpose" and own_transposes(result):
        return
    if is_no_op(fault, rounded(reference_of(cell).value, cell.dtype)):
        assert cell.instance in LUCKY.get((cell.problem, fault), ())
        return
    prepare = backend.prepare
    monkeypatch.setattr(backend, "prepare", lambda task: lambda: FAULTS[fault](backend.to_numpy(prepare(task)())))
    row = new_row(cell, "key", "run", 0)
    measure_cell(
        cell, row, PROFILES["quick"], lambda work, rounds: pytest.fail("was timed"), lambda event, result: None
    )
    assert row.status == "wrong"
    assert row.reason
    assert row.median_s is None


# Instances where the value or the Hessian is zero.
ZERO = ("cubic_at_1", "monkey_saddle_at_0")

# (problem, fault) → instances where the fault changes nothing by luck: results that float32 holds exactly.
LUCKY: dict[tuple[str, str], tuple[str, ...]] = {
    ("scalar_derivative", "float32 arithmetic"): ("textbook", "textbook_2_1", "textbook_3_1"),
    ("gradient_descent", "float32 arithmetic"): ("textbook", "one_point"),
    ("multivariate_gradient", "float32 arithmetic"): (
        "textbook",
        "textbook_2_3",
        "textbook_3_18",
        "rosenbrock_n1e1",
        "rosenbrock_n1e2",
        "rosenbrock_n1e3",
    ),
    ("newton", "float32 arithmetic"): ("textbook",),
    ("kmeans", "float32 arithmetic"): ("empty_cluster",),  # the Hessian counts samples
    ("svm", "float32 arithmetic"): ("kink",),
    ("critical_points", "float32 arithmetic"): ("textbook", "textbook_maximum", *ZERO),
    ("critical_points", "zeros"): ZERO,
    ("critical_points", "sign flip"): ZERO,
    ("critical_points", "1 % scale"): ZERO,
}


DERIVATIVES = ("gradient", "newton", "critical_point", "jacobian_forward", "descent_history")


@pytest.mark.parametrize("name", NAMES)
def test_every_problem_has_an_instance_where_no_fault_is_a_no_op_by_luck(name):
    unlucky = {c.instance for c in HAND if c.problem == name and c.operation in DERIVATIVES}
    assert unlucky - {lucky for (problem, _), all_lucky in LUCKY.items() if problem == name for lucky in all_lucky}


def test_a_wrong_objective_in_one_backend_shows(monkeypatch):
    """Agreement with the other backends is not what is checked: the oracle is a separate text."""
    cell = Cell("xor_mlp", "textbook", "gradient", "numpy_hand", "plain", "float64", "cpu", 1)
    module = problems.load_implementation("xor_mlp", "numpy_hand")
    right = module.objective_gradient
    monkeypatch.setattr(module, "objective_gradient", lambda p, d: {k: 2 * g for k, g in right(p, d).items()})
    row = new_row(cell, "key", "run", 0)
    measure_cell(cell, row, PROFILES["quick"], None, lambda event, result: None)
    assert row.status == "wrong"
