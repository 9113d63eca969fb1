"""What the tests share: the registry's cells, and backends configured in this process."""

from __future__ import annotations

import dataclasses
import gc
import os
import tempfile
from collections.abc import Iterator

import pytest

import backends
import problems
from bench.measure.cell import prepared_work, task_of
from bench.plan.cell import Cell
from tests import cells
from tests.bench import processes

# Of this session alone: two that compile into one folder at the same time disturb each other.
COMPILER_CACHE = tempfile.TemporaryDirectory(prefix="gradmark-compiler-")
os.environ["GRADMARK_LOCK_FOLDER"] = COMPILER_CACHE.name  # no test waits for a run outside of this session
# The processes that a test starts are no workers of pytest-xdist, which states a width, too.
for variable in ("PYTEST_XDIST_WORKER", "PYTEST_XDIST_WORKER_COUNT", "COLUMNS", "LINES"):
    os.environ.pop(variable, None)
for name in backends.names():  # before any framework is imported
    os.environ.update(backends.load(name).environment(1, "cpu", COMPILER_CACHE.name))

STEPS = 40  # of descents: more than one compiled call takes
FEW_STEPS = 4  # of Newton's method, where nothing is differenced


PROCESSES = 2
WITHOUT_TIMED = ("not slow", "not timed")


@pytest.hookimpl(tryfirst=True)
def pytest_cmdline_main(config: pytest.Config) -> None:
    """The suite without what is timed runs in two processes, unless -n says otherwise; files and names in one."""
    option = config.option
    whole = config.args_source is pytest.Config.ArgsSource.TESTPATHS and not option.keyword
    is_worker = hasattr(config, "workerinput")
    if whole and not is_worker and option.markexpr in WITHOUT_TIMED and option.numprocesses is None:
        option.numprocesses, option.dist = PROCESSES, "worksteal"


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What is timed is slow, too."""
    for item in items:
        if item.get_closest_marker("timed"):
            item.add_marker("slow")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """Only a slow test may start the command line in a process of its own."""
    processes.allowed = item.get_closest_marker("slow") is not None
    return (yield)


def is_small_case(problem: str, instance: str) -> bool:
    """Whether none of its operations is declared to be much work."""
    known = problems.load(problem).instance(instance)
    return all(cells.is_small((problem, instance, operation)) for operation in known.operations)


def configured(name: str) -> backends.Backend:
    """The adapter, ready for use in this process; skips the test where it is not installed."""
    missing = backends.absence(name, "cpu")
    if missing:
        pytest.skip(missing)
    backend = backends.load(name)
    backend.configure(1, "cpu")
    gc.freeze()  # a framework is a million objects, which would be looked through again and again
    return backend


def short_task(cell: Cell) -> backends.Task:
    """The cell's task with few of its steps: as telling, and quick."""
    task = task_of(cell)
    if "steps" not in task.options:
        return task
    if cell.operation in ("newton", "critical_point"):
        if backends.load(cell.backend).VARIANTS[cell.variant].accuracy != "exact":
            return task  # which may be right in the end alone
        steps = min(FEW_STEPS, task.options["steps"])
    else:
        steps = min(STEPS, task.options["steps"])
    return dataclasses.replace(task, options={**task.options, "steps": steps})


def prepared(backend: backends.Backend, task: backends.Task) -> backends.Call:
    """The timed work; skips the test where the backend refuses the task, with its reason."""
    try:
        return prepared_work(backend, task)
    except backends.Unsupported as reason:
        pytest.skip(str(reason))
