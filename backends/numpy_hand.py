from __future__ import annotations

__doc__ = """Hand-derived derivatives in NumPy: the baseline of every table.

Decisions
- Derivatives are the implementation's own functions `<function>_gradient`, `<function>_hessian`,
  `<function>_hessian_diagonal` and `<function>_jacobian`. Hand-derived code has no mode: the same Jacobian serves both.
- Zero-dimensional parameters are NumPy scalars, several times cheaper than zero-dimensional arrays.
- On an accelerator the same code runs through CuPy, whose arrays NumPy's functions dispatch to; a call ends with a
  synchronisation of its stream.
- Descent and Newton's method are plain Python loops around them, as a NumPy user would write them. Newton's step is solved
  by `numpy.linalg.solve`, the search for a critical point by `numpy.linalg.eigh`.
"""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from . import Call, Layout, Task, Unavailable, Variant, map_leaves, synchronous

ORDER = 20
REQUIRES = "numpy"
EXTRA = ""
VARIANTS = {"plain": Variant("hand-derived formulas in NumPy", modes=False)}
DEVICES = ("cpu", "cuda")
SKELETON = '''"""TODO: the derivation. With r = Xw − y: ∇J = Xᵀr³."""


def objective(params, data):
    residual = data["X"] @ params["w"] - data["y"]
    square = residual * residual
    return square @ square / 4


def objective_gradient(params, data):
    residual = data["X"] @ params["w"] - data["y"]
    return {"w": (residual * residual * residual) @ data["X"]}
'''

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


def own(derivative: str) -> Callable[[Task], Function]:
    """task → the implementation's own (params, data) → `derivative`."""
    return lambda task: task.own(f"{task.function}_{derivative}")


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


def descent_history(value: Function, gradient: Function, start: dict, data: dict, rate: float, steps: int) -> Call:
    """f(θ) after each step of `descent`: (steps,)."""
    dtype = next(iter(start.values())).dtype

    def run() -> Any:
        params, costs = place(start), []
        for _ in range(steps):
            for name, slope in gradient(params, data).items():
                params[name] -= rate * slope
            costs.append(value(params, data))
        return np.asarray(costs, dtype) if not cupy else cupy.stack(costs)

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


def diagonal_steps(gradient: Function, diagonal: Function, start: dict, data: dict, steps: int) -> Call:
    """θᵢ ← θᵢ − gᵢ/hᵢ with h the diagonal of the Hessian, `steps` times; where hᵢ = 0, θᵢ stays."""

    def run() -> dict:
        params = dict(start)
        for _ in range(steps):
            slopes, curvatures = gradient(params, data), diagonal(params, data)
            params = {name: x - slopes[name] * reciprocal(curvatures[name]) for name, x in params.items()}
        return params

    return run


def reciprocal(values: Any, cutoff: Any = 0) -> Any:
    """1/v, and 0 where |v| ≤ cutoff."""
    bent = np.abs(values) > cutoff
    return np.where(bent, 1 / np.where(bent, values, 1), 0)


def critical_steps(gradient: Function, hessian: Function, start: dict, data: dict, layout: Layout, steps: int) -> Call:
    """Newton's method on the gradient by ∇²f = VΛVᵀ, and the eigenvalues at its end.

    A direction without curvature, |λ| ≤ nε max|λ|, gets no step: a singular Hessian is no error.
    """

    def run() -> dict:
        params = dict(start)
        for _ in range(steps):
            slope = layout.vector(gradient(params, data))
            values, vectors = np.linalg.eigh(layout.matrix(hessian(params, data)))
            cutoff = len(values) * np.finfo(values.dtype).eps * np.abs(values).max()
            step = vectors @ (reciprocal(values, cutoff) * (slope @ vectors))
            params = place(layout.tree(layout.vector(params) - step))
        return {**params, "eigenvalues": np.linalg.eigvalsh(layout.matrix(hessian(params, data)))}

    return run


def derivative(function_of: Callable[[Task], Function]) -> Operation:
    """The operation that evaluates (params, data) → a derivative at the task's point."""

    def operation(task: Task, params: dict, data: dict) -> Call:
        function = function_of(task)
        return lambda: function(params, data)

    return operation


def operations(
    function_of: Callable[[Task], Function],
    slopes: Callable[[Task], Function],
    curvature: Callable[[Task], Function],
    diagonal: Callable[[Task], Function],
) -> dict[str, Operation]:
    """The operations of a backend that evaluates in NumPy, from task → function, gradient, Hessian and its diagonal."""

    def gradient_descent(task: Task, params: dict, data: dict) -> Call:
        return descent(slopes(task), params, data, **task.options)

    def history(task: Task, params: dict, data: dict) -> Call:
        return descent_history(function_of(task), slopes(task), params, data, **task.options)

    def newton(task: Task, params: dict, data: dict) -> Call:
        options = dict(task.options)
        if options.pop("diagonal", False):
            return diagonal_steps(slopes(task), diagonal(task), params, data, **options)
        return newton_steps(slopes(task), curvature(task), params, data, layout(task), **options)

    def critical_point(task: Task, params: dict, data: dict) -> Call:
        return critical_steps(slopes(task), curvature(task), params, data, layout(task), **task.options)

    return {
        "value": derivative(function_of),
        "gradient": derivative(slopes),
        "hessian": derivative(curvature),
        "hessian_diagonal": derivative(diagonal),
        "gradient_descent": gradient_descent,
        "descent_history": history,
        "newton": newton,
        "critical_point": critical_point,
    }


OPERATIONS = {
    **operations(lambda task: task.objective, own("gradient"), own("hessian"), own("hessian_diagonal")),
    "jacobian_forward": derivative(own("jacobian")),
    "jacobian_reverse": derivative(own("jacobian")),
}


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
