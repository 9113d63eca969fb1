"""The ratios that shared/expert.md asks for, measured in one process: `python -m tests.bars`.

A script, not a test: times are for people to judge, on a machine that they know. Every ratio is to a plain NumPy loop of the
hand-derived update, written here once more; rounds of the plain loop and of the backend alternate, and the least of each
counts, because other processes only ever add time.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import backends
from bench import worker

ROUNDS = 5


def plain_linear_regression(params: Mapping, data: Mapping, rate: float, steps: int) -> Any:
    theta, X, y = params["theta"], data["X"], data["y"]
    for _ in range(steps):
        theta = theta - rate * (X.T @ (X @ theta - y) / len(y))
    return theta


def plain_xor(params: Mapping, data: Mapping, rate: float, steps: int) -> Any:
    import numpy as np

    W1, W2, X, y = params["weights_input_hidden"], params["weights_hidden_output"], data["X"], data["y"]
    for _ in range(steps):
        hidden = 1 / (1 + np.exp(-(X @ W1)))
        output = 1 / (1 + np.exp(-(hidden @ W2)))
        delta_output = (output - y) * output * (1 - output)
        delta_hidden = (delta_output @ W2.T) * hidden * (1 - hidden)
        W2, W1 = W2 - rate * (hidden.T @ delta_output), W1 - rate * (X.T @ delta_hidden)
    return W1, W2


DESCENTS = {("xor_mlp", "textbook"): plain_xor, ("linear_regression", "n1e3_d10"): plain_linear_regression}
METHODS = (
    "numpy_hand/plain",
    "torch_autograd/eager",
    "torch_autograd/compile",
    "tf_tape/graph",
    "tf_tape/xla",
    "jax_grad/jit",
)


def least(work: Callable[[], Any]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def main() -> None:
    from bench import measure, plan

    worker.pin(1)
    for (problem, instance), plain in DESCENTS.items():
        for method in METHODS:
            backend, variant = method.split("/")
            cell = plan.Cell(problem, instance, "gradient_descent", backend, variant, "float64", "cpu", 1)
            adapter = backends.load(backend)
            adapter.configure(1, "cpu")
            task = measure.task_of(cell)
            work = measure.waiting(adapter, adapter.prepare(task))
            work()
            base, own = [], []
            for _ in range(ROUNDS):
                base.append(least(lambda: plain(task.params, task.data, **task.options)))  # noqa: B023
                own.append(least(work))
            print(
                f"{problem:<18} {method:<24} {min(own) / min(base):8.4f}   (plain {min(base) * 1e3:.1f} ms)",
                flush=True,
            )


if __name__ == "__main__":
    if "OPENBLAS_NUM_THREADS" not in os.environ:  # set before NumPy is imported, so in a fresh process
        variables = dict(os.environ)
        for name in backends.BACKENDS:
            variables |= worker.environment(name, "cpu", 1, Path(tempfile.mkdtemp()))
        os.execve(sys.executable, [sys.executable, "-m", "tests.bars"], variables)
    main()
