from __future__ import annotations

__doc__ = """JAX's grad, eager and as one compiled function.

Decisions
- 64-bit types are on before the first array exists; a float32 cell is float32 because its arrays are.
- eager compiles each primitive at its first use, so that a first call takes up to 165 times as long as the second.
- jit: the whole operation is one `jax.jit`, with descent and Newton's method loops inside it. Arrays are arguments, placed
  beforehand. Hessians are `jax.hessian`, forward over reverse; the diagonal of a diagonal one is its product with ones, by
  `jax.jvp` of the gradient. Jacobians are `jax.jacfwd` and `jax.jacrev`.
- Dispatch on CPU is set to synchronous (it saves about 11 µs per call); the harness waits nevertheless.
- XLA takes its threads from the process's CPU affinity; no variable bounds them.
"""

import os
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from . import Call, Layout, Task, Unavailable, Variant

if TYPE_CHECKING:
    import jax

ORDER = 70
REQUIRES = "jax"
EXTRA = "jax"
VARIANTS = {
    "eager": Variant("jax.grad, uncompiled", warms_up=True),
    "jit": Variant("jax.jit(jax.grad(f))", compiled=True, typical=True),
}
DEVICES = ("cpu", "cuda")
SKELETON = '''"""TODO: the function in JAX."""

import jax.numpy as jnp


def objective(params, data):
    residual = data["X"] @ params["w"] - data["y"]
    return jnp.sum(jnp.square(jnp.square(residual))) / 4
'''

Function = Callable[..., Any]


def environment(threads: int, device: str, cache: str) -> dict[str, str]:
    return {"JAX_PLATFORMS": "cpu"} if device == "cpu" else {"XLA_PYTHON_CLIENT_PREALLOCATE": "false"}


def configure(threads: int, device: str) -> None:
    global jax
    import jax

    jax.config.update("jax_enable_x64", True)
    jax.config.update("jax_cpu_enable_async_dispatch", False)
    jax.config.update("jax_default_matmul_precision", "highest")  # no TF32 in a float32 cell
    if device == "cuda" and jax.default_backend() != "gpu":
        raise Unavailable("JAX sees no CUDA device here; gradmark doctor lists the devices")


def place(arrays: Mapping[str, np.ndarray]) -> dict[str, Any]:
    return {name: jax.device_put(array) for name, array in arrays.items()}


def runner(task: Task, function: Function, params: dict, data: dict) -> Call:
    """A call of `function` in the way of the task's variant."""
    if task.variant == "jit":
        function = jax.jit(function)
    return lambda: function(params, data)


def value(task: Task, params: dict, data: dict) -> Call:
    return runner(task, task.objective, params, data)


def total(task: Task) -> Function:
    """The task's function, summed where it is elementwise: its gradient is then the derivative at each point."""
    function = task.objective
    if task.kind == "elementwise":
        return lambda params, data: function(params, data).sum()
    return function


def gradient(task: Task, params: dict, data: dict) -> Call:
    return runner(task, jax.grad(total(task)), params, data)


def hessian(task: Task, params: dict, data: dict) -> Call:
    return runner(task, jax.hessian(task.objective), params, data)


def gradient_descent(task: Task, params: dict, data: dict) -> Call:
    gradient, rate = jax.grad(task.objective), task.options["rate"]

    def update(params: dict, data: dict) -> dict:
        return jax.tree.map(lambda weight, slope: weight - rate * slope, params, gradient(params, data))

    return runner(task, repeated(task, update), params, data)


def repeated(task: Task, step: Function) -> Function:
    """`step` (params, data) → params as often as the task's options say, in the way of its variant."""
    steps = task.options["steps"]

    def eager(params: dict, data: dict) -> dict:
        for _ in range(steps):
            params = step(params, data)
        return params

    def loop(params: dict, data: dict) -> dict:
        return jax.lax.fori_loop(0, steps, lambda _, params: step(params, data), params)

    return loop if task.variant == "jit" else eager


def hessian_diagonal_of(task: Task) -> Function:
    """(params, data) → ∇²f · 1, the diagonal of a Hessian that is diagonal."""
    gradient = jax.grad(total(task))

    def product(params: dict, data: dict) -> dict:
        ones = jax.tree.map(jax.numpy.ones_like, params)
        return jax.jvp(lambda params: gradient(params, data), (params,), (ones,))[1]

    return product


def hessian_diagonal(task: Task, params: dict, data: dict) -> Call:
    return runner(task, hessian_diagonal_of(task), params, data)


def descent_history(task: Task, params: dict, data: dict) -> Call:
    """f(θ) after each step: (steps,). The value comes with the gradient of the next step, the last one by itself."""
    both = jax.value_and_grad(task.objective)
    rate, steps = task.options["rate"], task.options["steps"]

    def update(params: dict, data: dict) -> tuple[dict, Any]:
        cost, slopes = both(params, data)
        return jax.tree.map(lambda weight, slope: weight - rate * slope, params, slopes), cost

    def eager(params: dict, data: dict) -> Any:
        costs = []
        for _ in range(steps):
            params, cost = update(params, data)
            costs.append(cost)
        return jax.numpy.stack([*costs[1:], task.objective(params, data)])

    def loop(params: dict, data: dict) -> Any:
        found, costs = jax.lax.scan(lambda params, _: update(params, data), params, length=steps)
        return jax.numpy.append(costs[1:], task.objective(found, data))

    return runner(task, loop if task.variant == "jit" else eager, params, data)


def jacobian_forward(task: Task, params: dict, data: dict) -> Call:
    return runner(task, jax.jacfwd(task.objective), params, data)


def jacobian_reverse(task: Task, params: dict, data: dict) -> Call:
    return runner(task, jax.jacrev(task.objective), params, data)


def reciprocal(values: Any, cutoff: Any) -> Any:
    """1/v, and 0 where |v| ≤ cutoff."""
    bent = jax.numpy.abs(values) > cutoff
    return jax.numpy.where(bent, 1 / jax.numpy.where(bent, values, 1), 0)


def diagonal_newton(task: Task, params: dict, data: dict) -> Call:
    """θᵢ ← θᵢ − gᵢ/hᵢ with h the diagonal of the Hessian; where hᵢ = 0, θᵢ stays."""
    gradient, diagonal = jax.grad(task.objective), hessian_diagonal_of(task)

    def step(params: dict, data: dict) -> dict:
        slopes, curvatures = gradient(params, data), diagonal(params, data)
        return {name: x - slopes[name] * reciprocal(curvatures[name], 0) for name, x in params.items()}

    return runner(task, repeated(task, step), params, data)


def critical_point(task: Task, params: dict, data: dict) -> Call:
    """Newton's method on the gradient by ∇²f = VΛVᵀ, and the eigenvalues at its end; |λ| ≤ nε max|λ| gets no step."""
    layout = Layout(task.shapes, jax.numpy.reshape, jax.numpy.concatenate)
    gradient, hessian = jax.grad(task.objective), jax.hessian(task.objective)

    def step(params: dict, data: dict) -> dict:
        values, vectors = jax.numpy.linalg.eigh(layout.matrix(hessian(params, data)))
        cutoff = len(values) * jax.numpy.finfo(values.dtype).eps * jax.numpy.abs(values).max()
        along = layout.vector(gradient(params, data)) @ vectors
        return layout.tree(layout.vector(params) - vectors @ (reciprocal(values, cutoff) * along))

    search = repeated(task, step)

    def spectrum(params: dict, data: dict) -> dict:
        found = search(params, data)
        return {**found, "eigenvalues": jax.numpy.linalg.eigvalsh(layout.matrix(hessian(found, data)))}

    return runner(task, spectrum, params, data)


def newton(task: Task, params: dict, data: dict) -> Call:
    if task.options.get("diagonal"):
        return diagonal_newton(task, params, data)
    layout = Layout(task.shapes, jax.numpy.reshape, jax.numpy.concatenate)
    gradient, hessian = jax.grad(task.objective), jax.hessian(task.objective)
    steps, tolerance = task.options["steps"], task.options.get("tolerance")

    def step(params: dict, slopes: dict, data: dict) -> dict:
        slope, curvature = layout.vector(slopes), layout.matrix(hessian(params, data))
        return layout.tree(layout.vector(params) - jax.numpy.linalg.solve(curvature, slope))

    def going(slopes: dict) -> Any:
        return True if tolerance is None else jax.numpy.linalg.norm(layout.vector(slopes)) > tolerance

    def eager(params: dict, data: dict) -> dict:
        for _ in range(steps):
            slopes = gradient(params, data)
            if not going(slopes):
                break
            params = step(params, slopes, data)
        return params

    def loop(params: dict, data: dict) -> dict:
        def body(state: tuple) -> tuple:
            i, params, slopes = state
            params = step(params, slopes, data)
            return i + 1, params, gradient(params, data)

        state = (0, params, gradient(params, data))
        return jax.lax.while_loop(lambda state: (state[0] < steps) & going(state[2]), body, state)[1]

    return runner(task, loop if task.variant == "jit" else eager, params, data)


OPERATIONS = {
    "value": value,
    "gradient": gradient,
    "hessian": hessian,
    "hessian_diagonal": hessian_diagonal,
    "gradient_descent": gradient_descent,
    "descent_history": descent_history,
    "newton": newton,
    "critical_point": critical_point,
    "jacobian_forward": jacobian_forward,
    "jacobian_reverse": jacobian_reverse,
}


def prepare(task: Task) -> Call:
    return OPERATIONS[task.operation](task, place(task.params), task.arranged(place(task.data)))


def wait(result: Any) -> Any:
    return jax.block_until_ready(result)


def to_numpy(result: Any) -> Any:
    return jax.tree.map(np.array, result)


def effective_threads() -> int:
    return len(os.sched_getaffinity(0))


def peak_memory() -> int | None:
    statistics = jax.devices()[0].memory_stats()
    return int(statistics["peak_bytes_in_use"]) if statistics else None
