"""One cell: prepare → first call → check → warm up → calibrate → rounds → check again.

The clock, the wait and the check are here and nowhere else. A wrong answer raises before anything is timed.
"""

from __future__ import annotations

import time
import traceback
import warnings
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import repeat
from pathlib import Path
from statistics import fmean, median, quantiles, stdev
from typing import Any, NamedTuple

import numpy as np

import backends
import problems

from .. import UsageError
from ..data.inputs import load_inputs
from ..machine.facts import MachineLoad, clock_step_s, load_now
from ..machine.memory_limit import explain_memory_error
from ..plan.cell import Cell, Profile
from ..rows.row import Row
from ..truth.agreement import Disagreement, Errors, compare_with_reference, tolerance_for
from ..truth.reference import FINDS_PARAMETERS, Reference, load_reference
from .peak_memory import PeakMemoryMeter
from .timing_warnings import cpu_warnings, overhead_warnings, rounds_warnings, single_warnings, throttling_warnings

Rounds = Callable[[backends.Call, int], tuple[list[float], Any]]
"""(work, rounds) → the seconds of each round and the last result: pytest-benchmark's pedantic mode, or a stand-in for it."""

Note = Callable[[str, Any], None]
"""(event, result): what happened."""


class ClockOverhead(NamedTuple):
    """Seconds that an empty call takes, and a round beside its calls."""

    call_s: float
    round_s: float


@dataclass
class Prepared:
    """A cell that is ready: `work` is one timed call, its wait included. loads: before and after the first call."""

    cell: Cell
    backend: backends.Backend
    variant: backends.Variant
    work: backends.Call
    reference: Reference
    first_result: Any
    loads: tuple[MachineLoad, MachineLoad]


WELL_FORMED: set[tuple[Any, ...]] = set()
"""The functions that were found to return what they should."""


def task_of(cell: Cell) -> backends.Task:
    """The adapter's task for a cell, with inputs rounded to its dtype."""
    folders = backends.folders()
    instance = problems.load(cell.problem).instance(cell.instance)
    module = problems.load_implementation(cell.problem, cell.backend, folders)
    given = load_inputs(cell.problem, cell.instance).cast(cell.dtype)
    return backends.Task(
        module=module,
        function=instance.function,
        kind=instance.kind,
        operation=cell.operation,
        params=given.params,
        data=given.data,
        variant=cell.variant,
        device=cell.device,
        arranges=instance.arranged,
        options=instance.operations[cell.operation],
    )


def prepared_work(backend: backends.Backend, task: backends.Task) -> backends.Call:
    """The task's call with the backend's wait inside, unless its calls return when the work is done anyway."""
    call = backend.prepare(task)
    if backend.wait is backends.synchronous:
        return call
    wait = backend.wait
    return lambda: wait(call())


def timed_call(work: backends.Call) -> tuple[float, Any]:
    """How long one call takes, and what it returns."""
    start = time.perf_counter()
    result = work()
    return time.perf_counter() - start, result


def refuse_long_task(backend: backends.Backend, task: backends.Task, limit_s: float) -> None:
    """Raise Unsupported if the task's steps would take longer than `limit_s`, by extrapolation from a few of them."""
    steps = int(task.options.get("steps", 1))
    few = max(2, steps // 1000)
    if steps < 10 * few:
        return
    short = prepared_work(backend, replace(task, options={**task.options, "steps": few}))
    short()
    foreseen = min(timed_call(short)[0] for _ in range(3)) * steps / few
    if foreseen > limit_s:
        raise backends.Unsupported(
            f"would take about {foreseen:.0f} s, extrapolated from {few} of {steps} steps; the limit of this profile is "
            f"{limit_s:g} s (--profile standard runs it)"
        )


def prepare_cell(cell: Cell, row: Row, limit_s: float | None, meter: PeakMemoryMeter | None = None) -> Prepared:
    """Place the arrays and call once, filling in `row`; a meter measures the memory of just that. Raises Unsupported."""
    backend = backends.load(cell.backend)
    variant = backend.VARIANTS[cell.variant]
    task = task_of(cell)
    truth = load_reference(cell.problem, cell.instance, cell.operation, cell.dtype)
    describe_work(row)
    row.warnings += [f"uncertified: {truth.why}"] if truth.why else []
    if limit_s is not None and not variant.compiled:
        refuse_long_task(backend, task, limit_s)
    before = load_now()
    if meter:
        meter.start()
    try:
        row.prepare_s, work = timed_call(lambda: prepared_work(backend, task))
        row.first_call_s, result = timed_call(work)
    except backends.Unsupported:
        raise
    except Exception:
        require_form(backend, task)  # which says more
        raise
    if meter:
        row.peak_memory_bytes = meter.stop()
        row.warnings += [meter.warning] if meter.warning else []
    loads = before, load_now()
    row.warnings += throttling_warnings(*loads, row.threads, "first call: ")
    require_form(backend, task)
    return Prepared(cell, backend, variant, work, truth, backend.to_numpy(result), loads)


def require_form(backend: backends.Backend, task: backends.Task) -> None:
    """Raise WrongForm where the implementation's function does not return what its kind says; looked at once for inputs.

    It is evaluated outside of what is timed, after the first call, and uncompiled where the backend can. An exception in it
    is not told here.
    """
    dtype = next(iter(task.params.values())).dtype.name
    known = (id(task.module), task.function, task.kind, dtype, tuple(task.shapes.items()))
    if known in WELL_FORMED:
        return
    plain = next((name for name, each in backend.VARIANTS.items() if not each.compiled), task.variant)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            value = backend.prepare(replace(task, operation="value", variant=plain, options={}))()
        task.require_form(value)
        WELL_FORMED.add(known)
    except backends.WrongForm:
        raise
    except Exception:  # told by the call that is timed, if it has it too
        return


def check_result(prepared: Prepared, result: Any, row: Row) -> None:
    """Compare with the reference and note the errors in `row`. Raises Disagreement."""
    cell, reference = prepared.cell, prepared.reference
    try:
        errors = judge_result(cell, prepared.variant, result, reference)
    except Disagreement as disagreement:
        if disagreement.errors:
            note_errors(row, disagreement.errors)
        raise
    place = reference.position(result)
    note_errors(row, errors)
    row.objective = objective_of_result(cell, result, reference)
    if errors.diverged:
        row.status, row.reason = "diverged", "not finite, like the reference"
    elif place:
        places = ", ".join(f"{p:g}" for p in place)
        row.reason = f"at a kink: position {places} between the least (0) and greatest (1) subgradient"
    elif errors.relative > (limit := tolerance_for(cell.operation, prepared.variant.accuracy, cell.dtype)):
        row.reason = (
            f"error above the tolerance of {limit:g}, excused by conditioning: input rounding alone may cause "
            f"{errors.explained:.2g}"
        )


def check_later_result(prepared: Prepared, last: Any, row: Row) -> None:
    """`check_result` of a later call than the first, whose result was right. Raises Disagreement, saying so."""
    try:
        check_result(prepared, prepared.backend.to_numpy(last), row)
    except Disagreement as disagreement:
        again = Disagreement(
            f"a later call gives another result than the first, which was right: does "
            f"{prepared.cell.problem}/{prepared.cell.backend}.py change its parameters or data in place? {disagreement}"
        )
        again.errors = disagreement.errors
        raise again from None


def check_again(prepared: Prepared, row: Row, profile: Profile) -> None:
    """Call a second time, unless that takes long: it shows what the first one left behind. Raises Disagreement."""
    assert row.first_call_s is not None
    if is_warming_up(prepared) or row.first_call_s <= profile.single_s:
        check_later_result(prepared, prepared.work(), row)


def is_warming_up(prepared: Prepared) -> bool:
    """Whether the first call does what later ones need not."""
    return prepared.variant.compiled or prepared.variant.warms_up or prepared.cell.device != "cpu"


def objective_of_result(cell: Cell, result: Any, reference: Reference) -> float:
    """The oracle's function at the parameters that an operation found, or else at the instance's own."""
    if cell.operation not in FINDS_PARAMETERS:
        return reference.objective
    from ..truth.extended import objective_value  # here, because certified arithmetic is slow to import
    from ..truth.oracle import oracle_of

    oracle = oracle_of(cell.problem, problems.load(cell.problem).instance(cell.instance))
    return objective_value(oracle, result, load_inputs(cell.problem, cell.instance).cast(cell.dtype).data)


def note_errors(row: Row, errors: Errors) -> None:
    row.error_relative, row.error_ulp, row.error_explained = errors.relative, errors.ulp, errors.explained


def judge_result(cell: Cell, variant: backends.Variant, result: Any, truth: Reference) -> Errors:
    """The errors of a cell's result. Raises Disagreement beyond the tolerance of its operation, variant and dtype."""
    instance = problems.load(cell.problem).instance(cell.instance)
    return compare_with_reference(
        result,
        truth.nearest(result),
        cell.dtype,
        tolerance_for(cell.operation, variant.accuracy, cell.dtype),
        truth.scale,
        series=cell.operation == "descent_history",
        sensitivity=truth.sensitivity,
        separate=instance.separate,
    )


def call_loop(work: backends.Call, iterations: int) -> Callable[[], Any]:
    """`iterations` calls in the cheapest loop that Python has; returns the last result."""
    if iterations == 1:
        return work

    def run() -> Any:
        for _ in repeat(None, iterations - 1):
            work()
        return work()

    return run


def calibrate(work: backends.Call, round_s: float) -> tuple[int, float]:
    """(calls a round, seconds a call), so that a round lasts at least `round_s`."""
    iterations = 1
    while True:
        elapsed = timed_call(call_loop(work, iterations))[0]
        if elapsed >= round_s / 2 or iterations >= 10**8:
            call_s = max(elapsed / iterations, 1e-9)
            return max(1, int(round_s / call_s) + 1) if elapsed < round_s else iterations, call_s
        iterations = max(2 * iterations, int(iterations * round_s / max(elapsed, 1e-9) / 1.5))


def time_rounds(
    prepared: Prepared, row: Row, profile: Profile, rounds_of: Rounds, overhead: ClockOverhead | None = None
) -> None:
    """Warm up, calibrate, time, check again, filling in `row`. Raises Disagreement if the last answer is wrong."""
    assert row.first_call_s is not None
    call_s = row.first_call_s
    loads = prepared.loads
    if is_warming_up(prepared) or call_s <= profile.single_s:
        before = load_now()
        call_s, _ = timed_call(prepared.work)
        loads = before, load_now()
    if call_s > profile.single_s:
        summarise_samples(row, [call_s], 1)
        row.warnings.append("single: timed once, as one call takes longer than the profile allows to repeat")
        told = loads is prepared.loads  # of the first call, which then is the one that counts
        row.warnings += [*(() if told else throttling_warnings(*loads, row.threads)), *single_warnings(*loads)]
        return
    warm_up(prepared.work, profile.rounds_s / 5 - call_s)
    iterations, call_s = calibrate(prepared.work, profile.round_s) if call_s < profile.round_s else (1, call_s)
    rounds = max(profile.least_rounds, round(profile.rounds_s / (iterations * call_s)))
    run = call_loop(prepared.work, iterations)
    before, step_s = load_now(), clock_step_s()
    samples, last = rounds_of(run, rounds)
    after = load_now()
    busy = before.elsewhere(after)
    check_later_result(prepared, last, row)
    row.cpu_s = after.own_s - before.own_s
    summarise_samples(row, [nine_digits(sample / iterations) for sample in samples], iterations)
    overuse = list(cpu_warnings(row.cpu_s, after.wall_s - before.wall_s, row.threads))
    doubts = list(rounds_warnings(row.samples_s, iterations, step_s, before, after, busy))
    if overuse:
        withhold_time(row)
    row.clock_overhead_s = overhead.call_s + overhead.round_s / iterations if overhead else None
    doubts += throttling_warnings(before, after, row.threads)
    row.warnings += [*overuse, *doubts, *overhead_warnings(row.clock_overhead_s, row.median_s)]


def warm_up(work: backends.Call, duration_s: float) -> None:
    """Call for so long."""
    until = time.perf_counter() + duration_s
    while time.perf_counter() < until:
        work()


def nine_digits(seconds: float) -> float:
    """To nine digits, beyond what any clock tells: a journal is an eighth smaller, and as much quicker to read."""
    return float(f"{seconds:.9g}")


def summarise_samples(row: Row, samples: list[float], iterations: int) -> None:
    """The statistics of the samples, in seconds a call."""
    row.samples_s, row.rounds, row.iterations = samples, len(samples), iterations
    if not samples:
        return
    row.min_s, row.median_s, row.mean_s = min(samples), median(samples), fmean(samples)
    if len(samples) > 1:
        row.q1_s, _, row.q3_s = quantiles(samples, n=4, method="inclusive")
        row.stddev_s = stdev(samples)


def withhold_time(row: Row) -> None:
    """Give no time; the samples stay for whoever wants to know."""
    row.min_s = row.q1_s = row.median_s = row.q3_s = row.mean_s = row.stddev_s = None


def describe_error(error: BaseException) -> str:
    """The type, the text (no longer than a reader can use) and the place in an implementation of an exception."""
    frames = traceback.extract_tb(error.__traceback__)
    folders = [str(folder) for folder in (*problems.__path__, *backends.folders())]
    places = [f for f in frames if any(f.filename.startswith(folder) for folder in folders)]
    place = f" ({'/'.join(Path(places[-1].filename).parts[-2:])}, line {places[-1].lineno})" if places else ""
    if isinstance(error, problems.ProblemError | backends.WrongForm):  # a sentence that names its file
        return " ".join(str(error).split())
    if isinstance(error, UsageError):  # a sentence in full, such as what an oracle may use
        return f"{' '.join(str(error).split())}{place}"
    return f"{type(error).__name__}: {' '.join(str(error).split())[:300]}{place}"


def measure_cell(
    cell: Cell,
    row: Row,
    profile: Profile,
    rounds_of: Rounds | None,
    note: Note,
    meter: PeakMemoryMeter | None = None,
    overhead: ClockOverhead | None = None,
) -> None:
    """Fill in `row`; the status says how it went, and exceptions end here except those that end the process.

    rounds_of: the clock, None to check only. note: told of `values` and `checked`, with the first result.
    meter: measures the memory until the first call has ended. overhead: what an empty call takes.
    """
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("default")  # once per place: a warning at each call would be timed
        try:
            prepared = prepare_cell(cell, row, profile.limit_s, meter)
            note("values", prepared.first_result)
            check_result(prepared, prepared.first_result, row)
            note("checked", None)
            if rounds_of:
                time_rounds(prepared, row, profile, rounds_of, overhead)
            else:
                check_again(prepared, row, profile)
        except backends.Unsupported as refusal:
            row.status, row.reason = "omitted", str(refusal)
        except Disagreement as disagreement:
            row.status, row.reason = "wrong", str(disagreement)
        except (Exception, SystemExit) as error:
            row.status, row.reason = "error", explain_memory_error(error, describe_error(error))
        if row.status not in ("ok", "diverged"):
            summarise_samples(row, [], 0)
            withhold_time(row)
            row.cpu_s = row.prepare_s = row.first_call_s = row.peak_memory_bytes = row.clock_overhead_s = None
    row.effective_threads = backends.load(cell.backend).effective_threads()
    if row.isolated and row.effective_threads != cell.threads:
        row.warnings.append(f"threads: {cell.threads} requested, the framework reports {row.effective_threads}")
    row.warnings += sorted({f"{item.category.__name__}: {item.message}" for item in caught})


def describe_work(row: Row) -> None:
    """Note in the row what the mathematics of its cell demand, whoever computes it."""
    instance = problems.load(row.problem).instance(row.instance)
    params = load_inputs(row.problem, row.instance).params
    # An elementwise function is differentiated at all points at once.
    row.variables = len(params) if instance.kind == "elementwise" else sum(array.size for array in params.values())
    work = instance.work.get(row.operation)
    if work:
        size = np.dtype(row.dtype).itemsize
        row.work_flops = float(work.flops * work.times)
        row.products_bytes = float(work.numbers * size * work.times)
        row.one_pass_bytes = float(work.one_pass * size * work.times)
        row.working_set_bytes = float(work.one_pass * size)
