"""Finite differences in NumPy: the derivative for which nobody derives anything.

Decisions
- Steps: h = ∛ε · max(1, |x|) for central and √ε · max(1, |x|) for forward differences, rounded so that x + h is exact.
  The best step is ∛(3ε|f/f‴|) or 2√(ε|f/f″|), which nobody knows beforehand.
  Those of a gradient are chosen in prepare, those of a descent anew at each step.
- An instance may state an absolute step of its own, as printed examples do.
- Each entry of the parameters is perturbed in place in one buffer, so an evaluation allocates no copy of them.
- A function of one number, or an elementwise one, is differenced at all points at once.
- A Jacobian takes as many evaluations as a gradient, one column each: forward mode. There is no reverse one.
- A gradient in more than 10 000 variables is refused, as it needs as many evaluations; so is a Hessian in more than 200,
  and differences in float32 of a sum of more than 64 terms, which leave two or three digits by chance.
- Hessians are second differences of values (h = 2ε^¼ or 3ε^⅓), not of hand-derived gradients. Central ones take four
  evaluations an entry: two suffice, with three times the rounding.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from . import Bounds, Call, Task, Unsupported, Variant, numpy_hand
from .numpy_hand import derivative, finishing, layout, operations, place

REQUIRES = "numpy"
EXTRA = ""
# Evaluations: 2n and n + 1 for a gradient, 2n² + 1 and (n + 1)(n + 2)/2 for a Hessian, 3 for a diagonal.
CENTRAL: Bounds = {
    "gradient": lambda n: 2 * n,
    "hessian_diagonal": lambda n: 3 / 2,
    "hessian": lambda n: (2 * n * n + 1) / (2 * n),
}
FORWARD: Bounds = {
    "gradient": lambda n: n + 1,
    "hessian_diagonal": lambda n: 3 / 2,
    "hessian": lambda n: (n + 2) / 2,
}
VARIANTS = {
    "central": Variant("(f(x+h) − f(x−h)) / 2h", accuracy="central", bounds=CENTRAL),
    "forward": Variant("(f(x+h) − f(x)) / h", accuracy="forward", bounds=FORWARD),
}
DEVICES = numpy_hand.DEVICES
MOST_VARIABLES = 10_000
MOST_VARIABLES_HESSIAN = 200
MOST_TERMS_FLOAT32 = 64

# variant → (factor, power of ε) of the relative step.
FIRST = {"central": (1.0, 1 / 3), "forward": (1.0, 1 / 2)}
SECOND = {"central": (2.0, 1 / 4), "forward": (3.0, 1 / 3)}

environment = numpy_hand.environment
configure = numpy_hand.configure
wait = numpy_hand.wait
to_numpy = numpy_hand.to_numpy
effective_threads = numpy_hand.effective_threads
peak_memory = numpy_hand.peak_memory

Function = Callable[..., Any]
Rule = Callable[[Function, dict], Function]
Step = Callable[[Any], Any]


def stepper(dtype: Any, factor: float, power: float, absolute: float | None = None) -> Step:
    """x → h = factor · ε^power · max(1, |x|), with x + h representable: then h is the step that is taken. Or `absolute`."""
    if absolute:
        return lambda x: np.full_like(x, absolute)[()]
    scale = dtype.type(factor * np.finfo(dtype).eps ** power)

    def step(x: Any) -> Any:
        h = scale * larger_of_one(abs(x))
        return (x + h) - x

    return step


def dtype_of(task: Task) -> Any:
    return next(iter(task.params.values())).dtype


def larger_of_one(size: Any) -> Any:
    """max(1, size); for one number by comparison, ten times faster than NumPy's function."""
    if size.ndim:
        return np.maximum(size, 1)
    return size if size > 1 else size.dtype.type(1)


def limit_terms(task: Task) -> None:
    """Raise Unsupported for more terms in float32 than leave digits to difference."""
    terms = max([len(array) for array in task.data.values() if array.ndim] or [task.variables])
    if dtype_of(task) == np.float32 and terms > MOST_TERMS_FLOAT32:
        raise Unsupported(
            f"in float32 a sum of {terms} terms is known to about 1e-6, and its differences to no more than the tolerance; "
            f"the limit is {MOST_TERMS_FLOAT32} terms"
        )


def limit_variables(task: Task, most: int) -> None:
    """Raise Unsupported for more than `most` variables."""
    if task.variables > most:
        raise Unsupported(f"{task.variables} variables need at least as many evaluations; the limit is {most}")


# First derivatives ------------------------------------------------------------------------------


def slopes(task: Task) -> Function:
    """(params, data) → the gradient, by the task's variant. Raises Unsupported beyond MOST_VARIABLES."""
    rule, steps = rule_of(task), steps_of(task)
    return lambda params, data: rule(task.objective, steps(params))(params, data)


def steps_of(task: Task) -> Function:
    """params → {name: h}, one step for every entry."""
    step = stepper(dtype_of(task), *FIRST[task.variant], task.options.get("step"))
    return lambda params: {name: step(x) for name, x in params.items()}


def rule_of(task: Task) -> Rule:
    """How the task is differenced: all points at once, or entry by entry. Raises Unsupported beyond MOST_VARIABLES."""
    if is_pointwise(task):
        rule = POINTWISE[task.variant]
        return rule if len(task.params) == 1 else by_turns(rule)
    limit_terms(task)
    limit_variables(task, MOST_VARIABLES)
    return ENTRYWISE[task.variant]


def is_pointwise(task: Task) -> bool:
    """Whether all points of a parameter may be moved at once."""
    return task.kind == "elementwise" or list(task.shapes.values()) == [()]


def by_turns(rule: Rule) -> Rule:
    """`rule`, which moves one parameter, for several of them."""

    def of_all(function: Function, steps: dict) -> Function:
        def gradient(params: dict, data: dict) -> dict:
            found: dict = {}
            for name, h in steps.items():
                alone = rule(lambda moved, data: function({**params, **moved}, data), {name: h})
                found |= alone({name: params[name]}, data)
            return found

        return gradient

    return of_all


def pointwise_central(function: Function, steps: dict) -> Function:
    ((name, h),) = steps.items()
    width = h + h

    def gradient(params: dict, data: dict) -> dict:
        x = params[name]
        return {name: (function({name: x + h}, data) - function({name: x - h}, data)) / width}

    return gradient


def pointwise_forward(function: Function, steps: dict) -> Function:
    ((name, h),) = steps.items()

    def gradient(params: dict, data: dict) -> dict:
        return {name: (function({name: params[name] + h}, data) - function(params, data)) / h}

    return gradient


def copies(params: dict) -> dict:
    """Arrays that may be changed in place, of numbers too."""
    return {name: array.reshape(-1).copy().reshape(array.shape) for name, array in params.items()}


def entrywise_central(function: Function, steps: dict) -> Function:
    def gradient(params: dict, data: dict) -> dict:
        moved, found = copies(params), {}
        for name, array in moved.items():
            x, h = array.reshape(-1), steps[name].reshape(-1)
            slope = np.empty_like(x)
            for i, origin in enumerate(x.copy()):
                x[i] = origin + h[i]
                above = function(moved, data)
                x[i] = origin - h[i]
                slope[i] = (above - function(moved, data)) / (2 * h[i])
                x[i] = origin
            found[name] = slope.reshape(array.shape)
        return found

    return gradient


def entrywise_forward(function: Function, steps: dict) -> Function:
    def gradient(params: dict, data: dict) -> dict:
        moved, found = copies(params), {}
        here = function(moved, data)
        for name, array in moved.items():
            x, h = array.reshape(-1), steps[name].reshape(-1)
            slope = np.empty_like(x)
            for i, origin in enumerate(x.copy()):
                x[i] = origin + h[i]
                slope[i] = (function(moved, data) - here) / h[i]
                x[i] = origin
            found[name] = slope.reshape(array.shape)
        return found

    return gradient


POINTWISE = {"central": pointwise_central, "forward": pointwise_forward}
ENTRYWISE = {"central": entrywise_central, "forward": entrywise_forward}

# Second derivatives -----------------------------------------------------------------------------


def curvature(task: Task) -> Function:
    """(params, data) → the Hessian, from values. Raises Unsupported beyond MOST_VARIABLES_HESSIAN."""
    limit_terms(task)
    limit_variables(task, MOST_VARIABLES_HESSIAN)
    step, shape = stepper(dtype_of(task), *SECOND[task.variant]), layout(task)
    rule = {"central": central_matrix, "forward": forward_matrix}[task.variant]

    def hessian(params: dict, data: dict) -> dict:
        x = shape.vector(params)
        return shape.blocks(rule(lambda moved: task.objective(place(shape.tree(moved)), data), x, step(x)))

    return hessian


def along(function: Callable[[Any], Any], x: Any, *moves: tuple[int, Any]) -> Any:
    """f(x + Σ hᵢeᵢ) over (i, hᵢ) in `moves`."""
    moved = x.copy()
    for i, h in moves:
        moved[i] += h
    return function(moved)


def forward_matrix(function: Callable[[Any], Any], x: Any, h: Any) -> Any:
    """Hᵢⱼ = [f(+i+j) − f(+i) − f(+j) + f] / hᵢhⱼ."""
    n, here = len(x), function(x)
    once = [along(function, x, (i, h[i])) for i in range(n)]
    matrix = np.empty((n, n), x.dtype, like=x)
    for i in range(n):
        for j in range(i + 1):
            twice = along(function, x, (i, h[i]), (j, h[j]))
            matrix[i, j] = matrix[j, i] = ((twice - once[i]) - (once[j] - here)) / (h[i] * h[j])
    return matrix


def central_matrix(function: Callable[[Any], Any], x: Any, h: Any) -> Any:
    """Hᵢⱼ = [f(+i+j) − f(+i−j) − f(−i+j) + f(−i−j)] / 4hᵢhⱼ; on the diagonal [f(+i) − 2f + f(−i)] / hᵢ²."""
    n, here = len(x), function(x)
    matrix = np.empty((n, n), x.dtype, like=x)
    for i in range(n):
        up, down = (i, h[i]), (i, -h[i])
        matrix[i, i] = ((along(function, x, up) - here) - (here - along(function, x, down))) / (h[i] * h[i])
        for j in range(i):
            right, left = (j, h[j]), (j, -h[j])
            above = along(function, x, up, right) - along(function, x, up, left)
            below = along(function, x, down, right) - along(function, x, down, left)
            matrix[i, j] = matrix[j, i] = (above - below) / (4 * h[i] * h[j])
    return matrix


def forward_second(function: Callable[[Any], Any], x: Any, h: Any) -> Any:
    """[f(x+2h) − 2f(x+h) + f(x)] / h²"""
    above = function(x + h)
    return ((function(x + 2 * h) - above) - (above - function(x))) / (h * h)


def central_second(function: Callable[[Any], Any], x: Any, h: Any) -> Any:
    """[f(x+h) − 2f(x) + f(x−h)] / h²"""
    here = function(x)
    return ((function(x + h) - here) - (here - function(x - h))) / (h * h)


def diagonal(task: Task) -> Function:
    """(params, data) → the diagonal of the Hessian, from values. Raises Unsupported beyond MOST_VARIABLES."""
    rule = {"central": central_second, "forward": forward_second}[task.variant]
    step = stepper(dtype_of(task), *SECOND[task.variant])
    if not is_pointwise(task):
        limit_terms(task)
        limit_variables(task, MOST_VARIABLES)

    def pointwise(params: dict, data: dict) -> dict:
        def of(name: str) -> Any:
            return rule(lambda x: task.objective({**params, name: x}, data), params[name], step(params[name]))

        return {name: of(name) for name in params}

    def entrywise(params: dict, data: dict) -> dict:
        moved, found = copies(params), {}
        for name, array in moved.items():
            x, h = array.reshape(-1), step(array).reshape(-1)
            curvatures = np.empty_like(x)
            for i, origin in enumerate(x.copy()):

                def along(entry: Any, x: Any = x, i: int = i) -> Any:
                    x[i] = entry
                    return task.objective(moved, data)

                curvatures[i] = rule(along, origin, h[i])
                x[i] = origin
            found[name] = curvatures.reshape(array.shape)
        return found

    return pointwise if is_pointwise(task) else entrywise


# Jacobians --------------------------------------------------------------------------------------


def jacobian(task: Task) -> Function:
    """(params, data) → {name: (m, *shape)}, a column for each variable. Raises Unsupported beyond MOST_VARIABLES."""
    limit_variables(task, MOST_VARIABLES)
    function, central = task.objective, task.variant == "central"

    def columns(params: dict, data: dict) -> dict:
        moved, found = copies(params), {}
        here = None if central else function(moved, data)
        for name, h in steps_of(task)(params).items():
            x, width = moved[name].reshape(-1), h.reshape(-1)
            parts = []
            for i, origin in enumerate(x.copy()):
                x[i] = origin + width[i]
                above = function(moved, data)
                x[i] = origin - width[i]
                parts.append((above - function(moved, data)) / (2 * width[i]) if central else (above - here) / width[i])
                x[i] = origin
            found[name] = np.stack(parts, axis=-1).reshape(-1, *np.shape(h))
        return found

    return columns


# Operations -------------------------------------------------------------------------------------


def gradient(task: Task, params: dict, data: dict) -> Call:
    """The gradient at a point that is known beforehand, so that its steps are, too."""
    function = rule_of(task)(task.objective, steps_of(task)(params))
    return lambda: function(params, data)


def jacobian_reverse(task: Task, params: dict, data: dict) -> Call:
    raise Unsupported("a difference moves one input and shows all outputs: differences are a forward mode")


OPERATIONS = {
    **operations(lambda task: task.objective, slopes, curvature, diagonal),
    "gradient": gradient,
    "jacobian_forward": derivative(jacobian),
    "jacobian_reverse": jacobian_reverse,
}


def prepare(task: Task) -> Call:
    return finishing(OPERATIONS[task.operation](task, place(task.params), task.arranged(place(task.data))))
