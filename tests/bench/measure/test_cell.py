"""The clock: what is timed, what is not, and that nothing is left out."""

from __future__ import annotations

import threading
import time
from concurrent.futures import Future
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import backends
from bench.data.inputs import load_inputs
from bench.measure import cell as cell_module
from bench.measure.cell import (
    calibrate,
    call_loop,
    measure_cell,
    objective_of_result,
    prepared_work,
    task_of,
    timed_call,
)
from bench.plan.cell import PROFILES, Cell
from bench.rows.row import new_row
from bench.truth.reference import load_reference
from tests.cells import methods_of
from tests.conftest import configured

QUICK = PROFILES["quick"]
CELL = Cell("linear_regression", "textbook", "gradient", "numpy_hand", "plain", "float64", "cpu", 1)


def stopwatch(work, rounds):
    """What pytest-benchmark does."""
    timed = [timed_call(work) for _ in range(rounds)]
    return [seconds for seconds, _ in timed], timed[-1][1]


class Asynchronous:
    """A backend like JAX: a call returns at once, the work is done elsewhere, one piece after the other."""

    def __init__(self, work_s):
        self.work_s = work_s
        self.last: Future[None] = Future()
        self.last.set_result(None)

    def prepare(self, task):
        return self.call

    def call(self):
        before = self.last
        result: Future[None] = Future()
        self.last = result

        def work():
            before.result()
            time.sleep(self.work_s)
            result.set_result(None)

        threading.Thread(target=work).start()
        return result

    def wait(self, result):
        return result.result()


def test_the_timed_work_is_done_when_it_returns():
    backend = Asynchronous(0.1)
    prepared_work(backend, None)()  # type: ignore[arg-type]
    assert backend.last.done()


def timed_share(work, drain, calls=20):
    """Timed seconds over wall-clock seconds until all the work is done."""
    start = time.perf_counter()
    timed = sum(stopwatch(work, calls)[0])
    drain()
    return timed / (time.perf_counter() - start)


@pytest.mark.timed
def test_timed_seconds_add_up_to_wall_clock_seconds():
    backend = Asynchronous(0.005)
    share = timed_share(prepared_work(backend, None), lambda: backend.last.result())  # type: ignore[arg-type]
    assert 0.9 < share <= 1


@pytest.mark.timed
def test_without_the_wait_they_do_not():
    backend = Asynchronous(0.005)
    assert timed_share(backend.call, lambda: backend.last.result()) < 0.5


@pytest.mark.timed
@pytest.mark.parametrize(
    "name", dict.fromkeys(name for name, _ in methods_of("linear_regression", "n1e3_d10", "gradient_descent"))
)
def test_timed_seconds_of_every_backend_add_up(name):
    """Large enough that a backend that did not wait would leave most of it for later."""
    backend = configured(name)
    method = next(iter(backend.VARIANTS))
    cell = Cell("linear_regression", "n1e3_d10", "gradient_descent", name, method, "float64", "cpu", 1)
    task = task_of(cell)
    task = replace(task, options={"rate": 0.1, "steps": 20})
    work = prepared_work(backend, task)
    work()
    results = []
    share = timed_share(lambda: results.append(work()), lambda: [backend.wait(result) for result in results])
    assert 0.9 < share <= 1


def test_a_synchronous_backend_is_called_without_a_wrapper(monkeypatch):
    backend = configured("numpy_hand")
    monkeypatch.setattr(backend, "prepare", lambda task: stopwatch)
    assert prepared_work(backend, task_of(CELL)) is stopwatch


@pytest.fixture
def clock(monkeypatch):
    """A clock that goes on only when it is told to, as no machine that has other work to do can be timed in a test."""

    class Clock:
        now = 0.0

        def perf_counter(self):
            return self.now

        def process_time(self):
            return self.now

        def forward(self, seconds):
            self.now += seconds

    clock = Clock()
    monkeypatch.setattr(cell_module, "time", clock)
    return clock


@given(call_s=st.floats(1e-8, 4e-3))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=20)
def test_calibration_makes_rounds_long_enough(clock, call_s):
    iterations, found_s = calibrate(lambda: clock.forward(call_s), 5e-3)
    assert found_s == pytest.approx(call_s, rel=1e-6)
    assert 5e-3 <= iterations * call_s * 1.000001 <= 5e-3 * 2 + call_s


@pytest.mark.parametrize("iterations", [1, 2, 7])
def test_the_loop_calls_so_many_times_and_returns_the_last_result(iterations):
    calls: list[None] = []

    def work():
        calls.append(None)
        return len(calls)

    assert call_loop(work, iterations)() == iterations


def measured(cell=CELL, profile=QUICK, rounds_of=stopwatch):
    row = new_row(cell, "key", "run", 0)
    configured(cell.backend)
    measure_cell(cell, row, profile, rounds_of, lambda event, result: None)
    return row


def test_a_quick_cell_has_at_least_five_rounds_of_about_sixty_milliseconds(clock, monkeypatch):
    backend = configured("numpy_hand")
    prepare = backend.prepare

    def of_fifty_microseconds(task):
        call = prepare(task)

        def run():
            clock.forward(50e-6)
            return call()

        return run

    monkeypatch.setattr(backend, "prepare", of_fifty_microseconds)
    row = measured()
    assert row.status == "ok"
    assert row.rounds >= 5
    assert row.median_s == pytest.approx(50e-6)
    assert row.min_s is not None
    assert row.rounds * row.iterations * row.median_s == pytest.approx(0.06, rel=0.1)
    assert row.min_s <= row.median_s
    assert len(row.samples_s) == row.rounds


def test_a_call_beyond_the_budget_stands_alone():
    row = measured(profile=replace(QUICK, single_s=1e-9))
    assert row.rounds == 1
    assert row.median_s == row.first_call_s
    assert any(warning.startswith("single") for warning in row.warnings)


def test_a_first_call_that_compiles_never_stands_for_the_others(monkeypatch):
    backend = configured("numpy_hand")
    prepare = backend.prepare

    def slow_at_first(task):
        call = prepare(task)
        calls: list[None] = []

        def run():
            calls.append(None)
            time.sleep(0.05 if len(calls) == 1 else 0)
            return call()

        return run

    monkeypatch.setattr(backend, "prepare", slow_at_first)
    monkeypatch.setitem(backend.VARIANTS, "plain", backends.Variant("", warms_up=True))
    row = measured(profile=replace(QUICK, single_s=0.01))
    assert row.rounds >= 5
    assert row.median_s is not None
    assert row.median_s < 0.01


def test_a_descent_that_would_take_too_long_is_omitted_with_the_time():
    cell = replace(CELL, operation="gradient_descent")
    row = measured(cell, replace(QUICK, limit_s=1e-9))
    assert row.status == "omitted"
    assert "extrapolated from 2 of 1000 steps" in row.reason
    assert row.median_s is None


@pytest.mark.parametrize("operation", ["value", "newton"])
def test_the_objective_is_at_the_inputs_or_at_the_parameters_that_were_found(operation):
    cell = Cell("newton", "boyd", operation, "numpy_hand", "plain", "float64", "cpu", 1)
    reference = load_reference("newton", "boyd", operation, "float64")
    found = {"x": np.array([1.0, 2.0])}
    data = load_inputs("newton", "boyd").data
    elsewhere = np.sum(np.exp(data["A"] @ found["x"] + data["b"]))
    objective = objective_of_result(cell, found, reference)
    assert objective == pytest.approx(reference.objective if operation == "value" else elsewhere, rel=1e-15)


def test_an_exception_is_a_row_with_its_text(monkeypatch):
    monkeypatch.setattr(backends.load("numpy_hand"), "prepare", lambda task: 1 / 0)
    row = measured()
    assert (row.status, row.reason) == ("error", "ZeroDivisionError: division by zero")


def test_a_result_that_changes_later_is_wrong_and_has_no_time(monkeypatch):
    backend = configured("numpy_hand")
    prepare = backend.prepare
    calls: list[None] = []

    def changing(task):
        call = prepare(task)

        def changed():
            calls.append(None)
            return call() if len(calls) < 3 else {"theta": np.zeros(2)}

        return changed

    monkeypatch.setattr(backend, "prepare", changing)
    row = measured()
    assert row.status == "wrong"
    assert row.median_s is None
    assert row.samples_s == []


def test_warnings_are_stored(monkeypatch):
    backend = configured("numpy_hand")
    prepare = backend.prepare

    def warning(task):
        import warnings

        warnings.warn("careful", UserWarning, stacklevel=2)
        return prepare(task)

    monkeypatch.setattr(backend, "prepare", warning)
    assert "UserWarning: careful" in measured().warnings


@pytest.mark.parametrize(("first", "stored"), [(4e-3, True), (1e-3, False)])
def test_what_is_doubtful_is_stored(first, stored):
    def rounds_of(work, rounds):
        return [first] + [1e-3] * (rounds - 1), stopwatch(work, 1)[1]

    assert any(warning.startswith("slow-start: ") for warning in measured(rounds_of=rounds_of).warnings) is stored
