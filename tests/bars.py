"""The ratios that an expert of each framework reaches, measured in one process: `python -m tests.bars [PROBLEM …]`.

A script, not a test: times are for people to judge, on a machine that they know. Every time is relative to plain code
written here once more: a NumPy loop of the hand-derived update, a NumPy gradient or Hessian, or for the scalar the same
arithmetic on Python's floats. Rounds of the plain code and of the backend alternate, and the least of each counts, because
other processes only ever add time.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from itertools import repeat
from typing import Any

import numpy as np

import backends
from bench.machine.process import pin_process, worker_environment
from bench.measure.cell import prepared_work, task_of
from bench.plan.cell import Cell

ROUNDS = 7
ROUND_S = 0.02

Plain = Callable[..., Any]


def python_floats(params: Mapping, data: Mapping) -> Any:
    return {"x": 2 * params["x"] + 3}


def linear_regression(params: Mapping, data: Mapping, rate: float, steps: int) -> Any:
    theta, X, y = params["theta"], data["X"], data["y"]
    for _ in range(steps):
        theta = theta - rate * (X.T @ (X @ theta - y) / len(y))
    return theta


def xor_mlp(params: Mapping, data: Mapping, rate: float, steps: int) -> Any:
    W1, W2, X, y = params["weights_input_hidden"], params["weights_hidden_output"], data["X"], data["y"]
    for _ in range(steps):
        hidden = 1 / (1 + np.exp(-(X @ W1)))
        output = 1 / (1 + np.exp(-(hidden @ W2)))
        delta_output = (output - y) * output * (1 - output)
        delta_hidden = (delta_output @ W2.T) * hidden * (1 - hidden)
        W2, W1 = W2 - rate * (hidden.T @ delta_output), W1 - rate * (X.T @ delta_hidden)
    return W1, W2


def rosenbrock(params: Mapping, data: Mapping) -> Any:
    x = params["x"]
    slope = np.zeros_like(x)
    slope[:-1] = -400 * x[:-1] * (x[1:] - x[:-1] ** 2) - 2 * (1 - x[:-1])
    slope[1:] += 200 * (x[1:] - x[:-1] ** 2)
    return slope


def logistic_hessian(params: Mapping, data: Mapping) -> Any:
    X, w = data["X"], params["w"]
    s = 1 / (1 + np.exp(-(X @ w)))
    return (X * (s * (1 - s))[:, np.newaxis]).T @ X / len(X) + data["penalty"] * np.eye(len(w))


# case → (plain code, {method: the most that its ratio should be}); scalar bars are microseconds on the expert's machine.
BARS: dict[tuple[str, str, str], tuple[Plain, dict[str, float]]] = {
    ("xor_mlp", "textbook", "gradient_descent"): (
        xor_mlp,
        {
            "numpy_hand/plain": 1.05,
            "torch_autograd/eager": 9.5,
            "torch_autograd/compile": 0.85,
            "tf_tape/graph": 0.8,
            "tf_tape/xla": 0.025,
            "jax_grad/jit": 0.02,
        },
    ),
    ("linear_regression", "n1e3_d10", "gradient_descent"): (
        linear_regression,
        {
            "torch_autograd/eager": 11,
            "torch_autograd/compile": 8,
            "tf_tape/graph": 1.4,
            "tf_tape/xla": 0.8,
            "jax_grad/jit": 0.8,
        },
    ),
    ("multivariate_gradient", "rosenbrock_n1e6", "gradient"): (
        rosenbrock,
        {"numpy_hand/plain": 1, "torch_autograd/compile": 0.2, "tf_tape/xla": 0.2, "jax_grad/jit": 0.2},
    ),
    ("logistic_regression", "n2e4_d50", "hessian"): (
        logistic_hessian,
        {
            "numpy_hand/plain": 1,
            "torch_autograd/eager": 8,
            "torch_autograd/compile": 8,
            "tf_tape/xla": 2.5,
            "jax_grad/jit": 2.5,
        },
    ),
    ("scalar_derivative", "textbook", "gradient"): (
        python_floats,
        {
            "numpy_fd/central": 0.8,
            "numpy_fd/forward": 0.8,
            "numpy_hand/plain": 0.3,
            "sympy_symbolic/lambdify": 0.3,
            "torch_autograd/eager": 60,
            "torch_autograd/compile": 25,
            "tf_tape/graph": 110,
            "jax_grad/jit": 10,
        },
    ),
}
SCALAR_YARDSTICK = 0.09  # µs, of the same arithmetic on Python's floats, on the expert's machine


def per_call(work: Callable[[], Any], calls: int) -> float:
    """Seconds a call, over `calls` of them."""
    start = time.perf_counter()
    for _ in repeat(None, calls):
        work()
    return (time.perf_counter() - start) / calls


def ready(case: tuple[str, str, str], method: str) -> tuple[backends.Task, backends.Call]:
    """The task and its timed work, called twice."""
    problem, instance, operation = case
    backend, variant = method.split("/")
    adapter = backends.load(backend)
    adapter.configure(1, "cpu")
    task = task_of(Cell(problem, instance, operation, backend, variant, "float64", "cpu", 1))
    work = prepared_work(adapter, task)
    work(), work()
    return task, work


def report(case: tuple[str, str, str], method: str, plain: Plain, bar: float) -> None:
    """Print the method's time relative to the plain code, and the bar."""
    task, work = ready(case, method)
    params, options = task.params, dict(task.options)
    if plain is python_floats:
        params = {"x": float(task.params["x"])}  # type: ignore[dict-item]
        bar = bar / SCALAR_YARDSTICK
    base = lambda: plain(params, task.data, **options)  # noqa: E731
    calls, base_calls = (max(1, int(ROUND_S / per_call(each, 1))) for each in (work, base))
    times = [(per_call(base, base_calls), per_call(work, calls)) for _ in range(ROUNDS)]
    plain_s, own_s = (min(column) for column in zip(*times, strict=True))
    verdict = "" if own_s <= bar * plain_s else "  MISSED"
    print(
        f"{case[0]:<22} {method:<24} {own_s * 1e6:12.2f} µs = {own_s / plain_s:9.4f} × plain ({plain_s * 1e6:.2f} µs); "
        f"bar {bar:.4g}{verdict}",
        flush=True,
    )


def main(names: list[str]) -> None:
    pin_process(1)
    for case, (plain, bars) in BARS.items():
        for method, bar in bars.items():
            if not names or case[0] in names:
                report(case, method, plain, bar)


if __name__ == "__main__":
    if "GRADMARK_BARS" not in os.environ:  # variables must be set before NumPy is imported, so in a fresh process
        variables = {**os.environ, "GRADMARK_BARS": "1"}
        for name in backends.names():
            variables |= worker_environment(name, "cpu", 1, tempfile.mkdtemp())
        os.execve(sys.executable, [sys.executable, "-m", "tests.bars", *sys.argv[1:]], variables)
    main(sys.argv[1:])
