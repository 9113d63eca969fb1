from __future__ import annotations

__doc__ = """PyTorch's reverse mode, eager and compiled.

Decisions
- eager differentiates with `torch.autograd.grad`, a third of the cost of `torch.func.grad` for small functions, and
  updates parameters in place through detached views: no optimiser object, no `no_grad` block in the loop.
- compile compiles `torch.func.grad(f)` (forward and backward in one graph), with static shapes.
- Hessians are `jacrev(grad(f))`: half the time of `torch.func.hessian`, a tenth of `vectorize=True` (logistic regression).
- The diagonal of a diagonal Hessian is its product with ones, by a second backward pass. Jacobians are `jacfwd` and
  `jacrev`.
- Descent: several steps are unrolled into one compiled call: up to 20 where a step is shorter than a call (fewer than 1000
  numbers of data), else up to 5. Compiling takes about a quarter of a second a step.
- Eager code asks of each value whether it depends on a parameter at all, as PyTorch refuses what does not.
- The compiler's disk cache is private to the worker, so that first calls are cold.
- CPU work is synchronous; on an accelerator the wait is `torch.cuda.synchronize`. TF32 stays off.
"""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from . import Call, Layout, Task, Unavailable, Variant, map_leaves, unrolled

if TYPE_CHECKING:
    import torch

ORDER = 50
REQUIRES = "torch"
EXTRA = "torch"
VARIANTS = {
    "eager": Variant("torch.autograd.grad", warms_up=True),  # the first use of torch.func imports for seconds
    "compile": Variant("torch.compile(torch.func.grad(f))", compiled=True),
}
DEVICES = ("cpu", "cuda")
SKELETON = '''"""TODO: the function in PyTorch."""

import torch


def objective(params, data):
    residual = torch.mv(data["X"], params["w"]) - data["y"]
    return torch.sum(torch.square(torch.square(residual))) / 4
'''
accelerated = False  # set by `configure`; asking the framework at each wait would be timed
MOST_UNROLLED = {True: 20, False: 5}  # whether the data are few
FEW_DATA = 1000

Function = Callable[..., Any]


def environment(threads: int, device: str, cache: str) -> dict[str, str]:
    hidden = {"CUDA_VISIBLE_DEVICES": ""} if device == "cpu" else {}
    return {"TORCHINDUCTOR_CACHE_DIR": cache, "TORCHINDUCTOR_COMPILE_THREADS": "1", **hidden}


def configure(threads: int, device: str) -> None:
    global torch, accelerated
    import torch

    accelerated = device == "cuda"
    if device == "cuda" and not torch.cuda.is_available():
        raise Unavailable("PyTorch sees no CUDA device here; gradmark doctor lists the devices")
    torch.set_num_threads(threads)


def place(arrays: Mapping[str, np.ndarray], device: str) -> dict[str, Any]:
    return {name: torch.tensor(array, device=device) for name, array in arrays.items()}


def tracked(params: dict) -> dict:
    """Copies that record what is computed from them."""
    return {name: tensor.clone().requires_grad_() for name, tensor in params.items()}


def eager_gradient(function: Function, params: dict, data: dict) -> dict:
    """The gradient with respect to tensors that are tracked."""
    return dict(zip(params, slopes_of(function(params, data), list(params.values())), strict=True))


def slopes_of(value: Any, leaves: list[Any], **more: bool) -> Any:
    """The derivatives of a number by each leaf, zeros by one that it does not depend on."""
    if not value.requires_grad:  # it depends on none, which PyTorch refuses
        return tuple(torch.zeros_like(leaf) for leaf in leaves)
    return torch.autograd.grad(value, leaves, allow_unused=True, materialize_grads=True, **more)


def is_part_of(value: Any, leaves: list[Any]) -> bool:
    """Whether it lies in the memory of a leaf, as that of `return params["x"]` does, and would change with it."""
    return any(value.untyped_storage().data_ptr() == leaf.untyped_storage().data_ptr() for leaf in leaves)


def descend(value: Any, leaves: list[Any], weights: list[Any], rate: float) -> None:
    """One step of a descent in place; a leaf that the value does not depend on stays."""
    if not value.requires_grad:
        return
    for weight, slope in zip(weights, torch.autograd.grad(value, leaves, allow_unused=True), strict=True):
        if slope is not None:
            weight.sub_(slope, alpha=rate)


def compiled(function: Function) -> Function:
    """Static shapes, one graph, and no autograd recording around it (which would be guarded and recorded anew).

    What was compiled before is forgotten: the compiler keeps no more than eight versions of `torch.func.grad`'s wrapper.
    """
    torch.compiler.reset()
    return torch.no_grad()(torch.compile(function, dynamic=False, fullgraph=True))


def value(task: Task, params: dict, data: dict) -> Call:
    function = compiled(task.objective) if task.variant == "compile" else torch.no_grad()(task.objective)
    return lambda: function(params, data)


def total(task: Task) -> Function:
    """The task's function, summed where it is elementwise: its gradient is then the derivative at each point."""
    function = task.objective
    if task.kind == "elementwise":
        return lambda params, data: function(params, data).sum()
    return function


def gradient(task: Task, params: dict, data: dict) -> Call:
    function = total(task)
    if task.variant == "compile":
        compiled_gradient = compiled(torch.func.grad(function))
        return lambda: compiled_gradient(params, data)
    params = tracked(params)
    return lambda: eager_gradient(function, params, data)


def hessian_of(task: Task) -> Function:
    return torch.func.jacrev(torch.func.grad(task.objective))


def hessian(task: Task, params: dict, data: dict) -> Call:
    function = compiled(hessian_of(task)) if task.variant == "compile" else hessian_of(task)
    return lambda: function(params, data)


def gradient_descent(task: Task, params: dict, data: dict) -> Call:
    descent = compiled_descent if task.variant == "compile" else eager_descent
    return descent(task.objective, params, data, **task.options)


def eager_descent(function: Function, start: dict, data: dict, rate: float, steps: int) -> Call:
    def run() -> dict:
        params = tracked(start)
        leaves = list(params.values())
        weights = [leaf.detach() for leaf in leaves]  # the same memory, so that updating it records nothing
        for _ in range(steps):
            descend(function(params, data), leaves, weights, rate)
        return dict(zip(params, weights, strict=True))

    return run


def is_few(data: dict) -> bool:
    return sum(tensor.numel() for tensor in data.values()) < FEW_DATA


def like_leaf(rate: float, start: dict) -> Any:
    """A tensor, not a number: a number would be compiled in, and every rate would compile anew."""
    like = next(iter(start.values()))
    return torch.tensor(rate, dtype=like.dtype, device=like.device)


def compiled_descent(function: Function, start: dict, data: dict, rate: float, steps: int) -> Call:
    slope = torch.func.grad(function)
    stride = unrolled(steps, MOST_UNROLLED[is_few(data)])

    def several(params: dict, data: dict, rate: Any) -> dict:
        for _ in range(stride):
            slopes = slope(params, data)
            params = {name: weight - rate * slopes[name] for name, weight in params.items()}
        return params

    compiled_steps, rate_tensor = compiled(several), like_leaf(rate, start)

    def run() -> dict:
        params = start
        for _ in range(steps // stride):
            params = compiled_steps(params, data, rate_tensor)
        return params

    return run


def hessian_diagonal_of(task: Task) -> Function:
    """(params, data) → ∇²f · 1, the diagonal of a Hessian that is diagonal."""
    gradient = torch.func.grad(total(task))

    def summed(params: dict, data: dict) -> Any:
        return sum(slope.sum() for slope in gradient(params, data).values())

    return torch.func.grad(summed)


def hessian_diagonal(task: Task, params: dict, data: dict) -> Call:
    if task.variant == "compile":
        function = compiled(hessian_diagonal_of(task))
        return lambda: function(params, data)
    function, params = total(task), tracked(params)
    leaves = list(params.values())

    def run() -> dict:
        slopes = [each for each in slopes_of(function(params, data), leaves, create_graph=True) if each.requires_grad]
        if not slopes:  # a linear function
            return {name: torch.zeros_like(leaf) for name, leaf in params.items()}
        ones = [torch.ones_like(slope) for slope in slopes]
        products = torch.autograd.grad(slopes, leaves, ones, allow_unused=True, materialize_grads=True)
        return dict(zip(params, products, strict=True))

    return run


def descent_history(task: Task, params: dict, data: dict) -> Call:
    history = compiled_history if task.variant == "compile" else eager_history
    return history(task.objective, params, data, **task.options)


def eager_history(function: Function, start: dict, data: dict, rate: float, steps: int) -> Call:
    """f(θ) after each step: (steps,). The value comes with the gradient of the next step, the last one by itself."""

    def run() -> Any:
        params = tracked(start)
        leaves = list(params.values())
        weights, costs, shares = [leaf.detach() for leaf in leaves], [], None
        for _ in range(steps):
            cost = function(params, data)
            if shares is None:
                shares = is_part_of(cost, leaves)
            costs.append(cost.detach().clone() if shares else cost.detach())
            descend(cost, leaves, weights, rate)
        return torch.stack([*costs[1:], function(params, data).detach()])

    return run


def compiled_history(function: Function, start: dict, data: dict, rate: float, steps: int) -> Call:
    """As `eager_history`, in unrolled steps as those of a descent."""
    both = torch.func.grad_and_value(function)
    stride = unrolled(steps, MOST_UNROLLED[is_few(data)])

    def several(params: dict, data: dict, rate: Any) -> tuple[dict, Any]:
        costs = []
        for _ in range(stride):
            slopes, cost = both(params, data)
            costs.append(cost)
            params = {name: weight - rate * slopes[name] for name, weight in params.items()}
        return params, torch.stack(costs)

    compiled_steps, rate_tensor = compiled(several), like_leaf(rate, start)

    def run() -> Any:
        params, costs = start, []
        for _ in range(steps // stride):
            params, some = compiled_steps(params, data, rate_tensor)
            costs.append(some)
        with torch.no_grad():
            return torch.cat([*costs, function(params, data)[None]])[1:]

    return run


def jacobian(mode: str) -> Callable[[Task, dict, dict], Call]:
    """`jacfwd` or `jacrev` as an operation."""

    def operation(task: Task, params: dict, data: dict) -> Call:
        function = getattr(torch.func, mode)(task.objective)
        if task.variant == "compile":
            function = compiled(function)
        return lambda: function(params, data)

    return operation


def newton(task: Task, params: dict, data: dict) -> Call:
    if task.options.get("diagonal"):
        return diagonal_newton(task, params, data)
    layout, derivatives = gradient_and_hessian(task)
    steps, tolerance = task.options["steps"], task.options.get("tolerance")

    def run() -> dict:
        found = params
        for _ in range(steps):
            slope, curvature = derivatives(found, data)
            if tolerance is not None and torch.linalg.vector_norm(slope) <= tolerance:
                break
            found = layout.tree(layout.vector(found) - torch.linalg.solve(curvature, slope))
        return found

    return run


def gradient_and_hessian(task: Task) -> tuple[Layout, Function]:
    """(params, data) → the gradient (n,) and the Hessian (n, n), compiled or not, with their layout."""
    layout = Layout(task.shapes, torch.reshape, torch.cat)
    gradient, hessian = torch.func.grad(task.objective), hessian_of(task)

    def derivatives(params: dict, data: dict) -> tuple[Any, Any]:
        return layout.vector(gradient(params, data)), layout.matrix(hessian(params, data))

    return layout, compiled(derivatives) if task.variant == "compile" else derivatives


def reciprocal(values: Any, cutoff: Any) -> Any:
    """1/v, and 0 where |v| ≤ cutoff."""
    bent = values.abs() > cutoff
    return torch.where(bent, 1 / torch.where(bent, values, 1.0), 0.0)


def diagonal_newton(task: Task, params: dict, data: dict) -> Call:
    """θᵢ ← θᵢ − gᵢ/hᵢ with h the diagonal of the Hessian; where hᵢ = 0, θᵢ stays."""
    gradient, diagonal = torch.func.grad(task.objective), hessian_diagonal_of(task)

    def step(params: dict, data: dict) -> dict:
        slopes, curvatures = gradient(params, data), diagonal(params, data)
        return {name: x - slopes[name] * reciprocal(curvatures[name], 0) for name, x in params.items()}

    if task.variant == "compile":
        step = compiled(step)

    def run() -> dict:
        found = params
        for _ in range(task.options["steps"]):
            found = step(found, data)
        return found

    return run


def critical_point(task: Task, params: dict, data: dict) -> Call:
    """Newton's method on the gradient by ∇²f = VΛVᵀ, and the eigenvalues at its end; |λ| ≤ nε max|λ| gets no step."""
    layout, derivatives = gradient_and_hessian(task)

    def run() -> dict:
        found = params
        for _ in range(task.options["steps"]):
            slope, curvature = derivatives(found, data)
            values, vectors = torch.linalg.eigh(curvature)
            cutoff = len(values) * torch.finfo(values.dtype).eps * values.abs().max()
            step = vectors @ (reciprocal(values, cutoff) * (slope @ vectors))
            found = layout.tree(layout.vector(found) - step)
        return {**found, "eigenvalues": torch.linalg.eigvalsh(derivatives(found, data)[1])}

    return run


OPERATIONS = {
    "value": value,
    "gradient": gradient,
    "hessian": hessian,
    "hessian_diagonal": hessian_diagonal,
    "gradient_descent": gradient_descent,
    "descent_history": descent_history,
    "newton": newton,
    "critical_point": critical_point,
    "jacobian_forward": jacobian("jacfwd"),
    "jacobian_reverse": jacobian("jacrev"),
}


def prepare(task: Task) -> Call:
    params, data = place(task.params, task.device), place(task.data, task.device)
    return OPERATIONS[task.operation](task, params, task.arranged(data))


def wait(result: Any) -> Any:
    if accelerated:
        torch.cuda.synchronize()
    return result


def to_numpy(result: Any) -> Any:
    return map_leaves(lambda leaf: np.array(leaf.detach().cpu().numpy()), result)


def effective_threads() -> int:
    return int(torch.get_num_threads())


def peak_memory() -> int | None:
    return int(torch.cuda.max_memory_allocated()) if accelerated else None
