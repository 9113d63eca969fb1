"""What the tests share: the registry's cells, and backends configured in this process."""

from __future__ import annotations

import dataclasses
import os
import tempfile
from collections.abc import Iterator

import pytest

import backends
import problems
from bench.data.inputs import load_inputs
from bench.measure.cell import task_of, with_wait
from bench.plan.cell import Cell, absence_of
from bench.plan.selection import Selection, make_plan, slow_cell

# Of this session alone: two that compile into one folder at the same time disturb each other.
COMPILER_CACHE = tempfile.TemporaryDirectory(prefix="gradmark-compiler-")
os.environ["GRADMARK_LOCK_FOLDER"] = COMPILER_CACHE.name  # no test waits for a run outside of this session
for name in backends.names():  # before any framework is imported
    os.environ.update(backends.load(name).environment(1, "cpu", COMPILER_CACHE.name))

FEW_STEPS = 40
FEW_NUMBERS = 2000


def cells(dtype: str = "float64") -> list[Cell]:
    """Every cell of the quick profile, those that it leaves out as slow, and others of few numbers.

    Those others need not be compiled for seconds: the default variant in every instance, and as variants share the
    mathematics, the other variants in one instance for each problem and operation.
    """
    plan = make_plan(Selection(dtypes=(dtype,)))
    slow = (cell for cell in plan.absent if slow_cell(cell) and not absence_of(cell))
    standard = make_plan(Selection(profile="standard", dtypes=(dtype,))).cells
    small = [cell for cell in standard if is_small(cell)]
    first: dict[tuple[str, str], str] = {}
    for cell in small:
        first.setdefault((cell.problem, cell.operation), cell.instance)
    kept = (c for c in small if is_default(c) or c.instance == first[c.problem, c.operation])
    return list(dict.fromkeys([*plan.cells, *slow, *kept]))


def is_default(cell: Cell) -> bool:
    return cell.variant == next(iter(backends.load(cell.backend).VARIANTS))


def is_small(cell: Cell) -> bool:
    """Whether a test may run the cell beside hundreds of others."""
    small = is_small_case(cell.problem, cell.instance)
    return small and cell.variant != "compile" and not (is_slow(cell) and takes_steps(cell))


def is_small_case(problem: str, instance: str) -> bool:
    given = load_inputs(problem, instance)
    return sum(array.size for array in (*given.params.values(), *given.data.values())) <= FEW_NUMBERS


def is_slow(cell: Cell) -> bool:
    """Whether the quick profile runs the variant only when it is named."""
    return not backends.load(cell.backend).VARIANTS[cell.variant].quick


def takes_steps(cell: Cell) -> bool:
    return "steps" in problems.load(cell.problem).instance(cell.instance).operations[cell.operation]


def cell_id(cell: Cell) -> str:
    return cell.name


def configured(name: str) -> backends.Backend:
    """The adapter, ready for use in this process; skips the test where it is not installed."""
    missing = backends.absence(name, "cpu")
    if missing:
        pytest.skip(missing)
    backend = backends.load(name)
    backend.configure(1, "cpu")
    return backend


def short_task(cell: Cell) -> backends.Task:
    """The cell's task, with at most FEW_STEPS steps: as telling, and quick."""
    task = task_of(cell)
    if "steps" not in task.options:
        return task
    return dataclasses.replace(task, options={**task.options, "steps": min(FEW_STEPS, task.options["steps"])})


def instances() -> Iterator[tuple[str, problems.Instance]]:
    """(problem, instance) for every instance that the quick profile uses."""
    for name in problems.names():
        for instance in problems.load(name).instances:
            if instance.quick:
                yield name, instance


def prepared(backend: backends.Backend, task: backends.Task) -> backends.Call:
    """The timed work; skips the test where the backend refuses the task, with its reason."""
    try:
        return with_wait(backend, backend.prepare(task))
    except backends.Unsupported as reason:
        pytest.skip(str(reason))
