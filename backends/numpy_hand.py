"""Derivatives written by hand, in NumPy: the baseline that every table compares with.

Decisions
- The gradient and the Hessian are the implementation's own functions `<function>_gradient` and `<function>_hessian`.
- Zero-dimensional parameters are NumPy scalars, several times cheaper than zero-dimensional arrays.
- On an accelerator the same code runs through CuPy, whose arrays NumPy's functions dispatch to; a call ends with a
  synchronisation of its stream.
- Descent and Newton's method are plain Python loops around them: a NumPy user has nothing better. Newton's step is solved
  by `numpy.linalg.solve`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, cast

import numpy as np

from . import Call, Layout, Task, Unavailable, Variant, map_leaves, synchronous

REQUIRES = "numpy"
EXTRA = ""
VARIANTS = {"plain": Variant("the derivation, as NumPy code")}
DEVICES = ("cpu", "cuda")

Function = Callable[..., Any]
Operation = Callable[[Task, dict, dict], Call]

cupy: Any = None  # set by `configure` for an accelerator
wait = synchronous


def environment(threads: int, device: str, cache: str) -> dict[str, str]:
    return {}


def configure(threads: int, device: str) -> None:
    """NumPy is configured by the environment alone; an accelerator needs CuPy."""
    global cupy
    cupy = None
    if device == "cuda":
        try:
            import cupy
        except ImportError:
            raise Unavailable("NumPy code needs CuPy on an accelerator; type: pip install cupy-cuda13x") from None
        if not cupy.cuda.is_available():
            raise Unavailable("CuPy sees no CUDA device here; gradmark doctor lists the devices")


def place(arrays: Mapping[str, Any]) -> dict[str, Any]:
    """Copies on the device that was configured; on the CPU zero-dimensional arrays become NumPy scalars."""
    if cupy:
        return {name: cupy.array(array) for name, array in arrays.items()}
    return {name: array[()] if array.ndim == 0 else array.copy() for name, array in arrays.items()}


def finishing(call: Call) -> Call:
    """`call`, returning when the device has done its work."""
    if not cupy:
        return call
    stream = cupy.cuda.get_current_stream()

    def run() -> Any:
        result = call()
        stream.synchronize()
        return result

    return run


def value(task: Task, params: dict, data: dict) -> Call:
    function = task.objective
    return lambda: function(params, data)


def slopes(task: Task) -> Function:
    """(params, data) → the gradient: the implementation's own."""
    return cast("Function", getattr(task.module, f"{task.function}_gradient"))


def curvature(task: Task) -> Function:
    """(params, data) → the Hessian: the implementation's own."""
    return cast("Function", getattr(task.module, f"{task.function}_hessian"))


def descent(gradient: Function, start: dict, data: dict, rate: float, steps: int) -> Call:
    """θ ← θ − rate · gradient(θ), `steps` times, in place where θ is an array."""

    def run() -> dict:
        params = place(start)
        for _ in range(steps):
            slopes = gradient(params, data)
            for name, slope in slopes.items():
                params[name] -= rate * slope
        return params

    return run


def layout(task: Task) -> Layout:
    return Layout(task.shapes, np.reshape, np.concatenate)


def newton_steps(
    gradient: Function,
    hessian: Function,
    start: dict,
    data: dict,
    layout: Layout,
    steps: int,
    tolerance: float | None = None,
) -> Call:
    """θ ← θ − ∇²f(θ)⁻¹ ∇f(θ), `steps` times or until ‖∇f(θ)‖ ≤ tolerance."""

    def run() -> dict:
        params = dict(start)
        for _ in range(steps):
            slope = layout.vector(gradient(params, data))
            if tolerance is not None and np.linalg.norm(slope) <= tolerance:
                break
            step = np.linalg.solve(layout.matrix(hessian(params, data)), slope)
            params = place(layout.tree(layout.vector(params) - step))
        return params

    return run


def operations(
    value: Operation, slopes: Callable[[Task], Function], curvature: Callable[[Task], Function]
) -> dict[str, Operation]:
    """All operations of a backend that evaluates in NumPy, from its function, its gradient and its Hessian."""

    def gradient(task: Task, params: dict, data: dict) -> Call:
        function = slopes(task)
        return lambda: function(params, data)

    def hessian(task: Task, params: dict, data: dict) -> Call:
        function = curvature(task)
        return lambda: function(params, data)

    def gradient_descent(task: Task, params: dict, data: dict) -> Call:
        return descent(slopes(task), params, data, **task.options)

    def newton(task: Task, params: dict, data: dict) -> Call:
        return newton_steps(slopes(task), curvature(task), params, data, layout(task), **task.options)

    return {
        "value": value,
        "gradient": gradient,
        "hessian": hessian,
        "gradient_descent": gradient_descent,
        "newton": newton,
    }


OPERATIONS = operations(value, slopes, curvature)


def prepare(task: Task) -> Call:
    return finishing(OPERATIONS[task.operation](task, place(task.params), task.arranged(place(task.data))))


def to_numpy(result: Any) -> Any:
    return map_leaves(cupy.asnumpy if cupy else np.array, result)


def effective_threads() -> int:
    """The most threads that a BLAS or OpenMP library loaded by NumPy would use."""
    from threadpoolctl import threadpool_info

    return max((library["num_threads"] for library in threadpool_info()), default=1)


def peak_memory() -> int | None:
    return int(cupy.get_default_memory_pool().total_bytes()) if cupy else None
