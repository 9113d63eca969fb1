"""Runs for the report's tests: a ladder, an absent method, repeats, and texts that would do harm as markup."""

from __future__ import annotations

from bench.plan.cell import Cell
from bench.report.folder import ReportedRun
from bench.rows.row import new_row
from bench.tables.cells import cells_of_rows
from bench.tables.frame import rows_frame

HOSTILE = "<script>alert(1)</script>"
CLOSING = "</script><img src=x onerror=alert(2)>"
METHODS = {"numpy_hand/plain": 1.0, "torch_autograd/eager": 20.0, "torch_autograd/compile": 4.0, "jax_grad/jit": 3.0}
FACTS = {"cpu": "Some CPU", "cores": 2, "cpus_usable": 2, "memory_bytes": 8 * 2**30}
ENVIRONMENT = {
    **FACTS,
    "versions": {"numpy": "2.4"},
    "command": CLOSING,
    "decisions": {"jax_grad": f"decides {HOSTILE}"},
}
SOURCES = {
    f"problems/{HOSTILE}/jax_grad.py": f"# the source with {CLOSING}\n",
    f"problems/{HOSTILE}/numpy_hand.py": "# its sibling\n",
    "problems/linear_regression/numpy_hand.py": "# by hand\n",
}


def rows(factor=1.0, repeats=6):
    """Of two problems, one of them named like an attack, which only a journal that nobody has read could hold."""
    for problem in ("linear_regression", HOSTILE):
        for operation, share in (("value", 0.4), ("gradient", 1.0)):
            for size, instance in ((1e3, "n1e3_d10"), (1e4, "n1e4_d10"), (1e5, "n1e5_d10")):
                for method, slower in METHODS.items():
                    seconds = factor * share * slower * 1e-9 * size
                    for repeat in range(repeats):
                        yield row(problem, instance, operation, method, seconds * (1 + repeat / 500), repeat)
    yield absent("linear_regression", "n1e3_d10", "gradient", "tf_tape/eager", "omitted", f"left out: {HOSTILE}")


def cell_of(problem, instance, operation, method):
    backend, variant = method.split("/")
    return Cell(problem, instance, operation, backend, variant, "float64", "cpu", 1)


def row(problem, instance, operation, method, seconds, repeat=0, **more):
    names = ("min_s", "q1_s", "median_s", "q3_s")
    times = {**dict.fromkeys(names, seconds), "prepare_s": 1e-4, "first_call_s": 1e-2}
    error = 1e-9 if method.startswith("torch") else 1e-16
    found = {
        **times,
        "rounds": 5,
        "iterations": 7,
        "samples_s": [seconds] * 5,
        "error_relative": error,
        "error_explained": 3 * error,
    }
    return new_row(cell_of(problem, instance, operation, method), "key", "run", repeat, **{**found, **more})


def absent(problem, instance, operation, method, status, reason):
    return new_row(cell_of(problem, instance, operation, method), "key", "run", 0, status=status, reason=reason)


def curve(method="numpy_fd/central", dtype="float64"):
    steps = [10.0**-n for n in range(1, 15)]
    where = {"problem": "scalar_derivative", "instance": "sin2", "method": method, "dtype": dtype}
    return {**where, "h": steps, "error": [h**2 + 1e-16 / h for h in steps[:-1]] + [None], "predicted": 6e-6}


def run(name="made up", found=None, environment=ENVIRONMENT, sources=SOURCES, steps=()):
    frame = rows_frame(list(rows() if found is None else found))
    return ReportedRun(name, frame, cells_of_rows(frame), environment, sources, list(steps))
