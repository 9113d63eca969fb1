"""Differences of fixed points: forward, central and five-point, by `formulas` with the steps of `steps`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .. import Task
from ..numpy_hand import layout, place
from . import (
    MOST_VARIABLES_HESSIAN,
    Function,
    copies,
    dtype_of,
    is_pointwise,
    limit_terms,
    limit_variables,
    objective_of,
)
from .formulas import FIRST, SECOND, Formula, Line
from .steps import MOST_WORK, Step, scale_of_entries, scale_of_points, stepper

Rule = Callable[[Function, dict], Function]

PRINTED = ("central", "forward")  # the differences that the articles print


def limit(task: Task, *most: int) -> None:
    """Raise Unsupported for what takes too many evaluations or leaves no digits."""
    if not is_pointwise(task):
        limit_terms(task)
        limit_variables(task, *most)


def moves(task: Task) -> bool:
    """Whether the operation leaves the task's point."""
    return "steps" in task.options


def lines(function: Function, moved: dict, data: dict, name: str) -> list[Line]:
    """For every entry of a parameter: its value → the function with that entry changed, in `moved`, and put back."""
    x = moved[name].reshape(-1)

    def along(i: int) -> Line:
        origin = x[i]

        def line(value: Any) -> Any:
            x[i] = value
            found = function(moved, data)
            x[i] = origin
            return found

        return line

    return [along(i) for i in range(len(x))]


def scales(task: Task, formula: Formula, *, moves: bool) -> dict[str, Any]:
    """{name: s} of the module `steps`, at the task's point."""
    params, data = dict(task.params), dict(task.data)

    def of_points(name: str) -> Any:
        return scale_of_points(lambda x: task.objective({**params, name: x}, data), params[name], formula, moves=moves)

    if is_pointwise(task):
        return {name: of_points(name) for name in params}
    if task.variables * sum(np.size(leaf) for leaf in data.values()) > MOST_WORK:
        return dict.fromkeys(params, 1.0)
    shape, moved = layout(task), copies(params)
    function = objective_of(task)
    axes = [line for name in params for line in lines(function, moved, data, name)]
    return shape.tree(scale_of_entries(axes, shape.vector(params), formula, moves=moves))


def steppers(task: Task, formula: Formula, *, moves: bool) -> dict[str, Step]:
    """{name: x → h}, with the scales of the task's point, or with the step that its instance states for printed examples."""
    dtype, absolute = dtype_of(task), task.options.get("step")
    if absolute and task.variant in PRINTED:
        return dict.fromkeys(task.params, stepper(dtype, formula, 1.0, absolute))
    return {name: stepper(dtype, formula, scale) for name, scale in scales(task, formula, moves=moves).items()}


def steps_of(task: Task, *, moves: bool) -> Function:
    """params → {name: h}, one step for every entry of a first derivative."""
    steps = steppers(task, FIRST[task.variant], moves=moves)
    return lambda params: {name: steps[name](x) for name, x in params.items()}


# First derivatives ------------------------------------------------------------------------------


def slopes(task: Task) -> Function:
    """(params, data) → the gradient, with steps that follow params. Raises Unsupported beyond the limits."""
    limit(task)
    function, rule, steps = function_of(task), rule_of(task), steps_of(task, moves=moves(task))
    return lambda params, data: rule(function, steps(params))(params, data)


def slopes_here(task: Task) -> Function:
    """(params, data) → the gradient near the task's point, with the steps of that point."""
    limit(task)
    return rule_of(task)(function_of(task), steps_of(task, moves=False)(dict(task.params)))


def function_of(task: Task) -> Function:
    """The task's function, for `rule_of` the task: only one that moves entry by entry does so in place."""
    return task.objective if is_pointwise(task) else objective_of(task)


def rule_of(task: Task) -> Rule:
    """How the task is differenced: all points at once, or entry by entry."""
    if is_pointwise(task):
        rule = POINTWISE[task.variant]
        return rule if len(task.params) == 1 else by_turns(rule)
    return entrywise(FIRST[task.variant])


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
    """The formula `central`, without the calls in between: they cost a quarter of a scalar derivative."""
    ((name, h),) = steps.items()
    width = h + h

    def gradient(params: dict, data: dict) -> dict:
        x = params[name]
        return {name: (function({name: x + h}, data) - function({name: x - h}, data)) / width}

    return gradient


def pointwise_forward(function: Function, steps: dict) -> Function:
    """The formula `forward`, without the calls in between."""
    ((name, h),) = steps.items()

    def gradient(params: dict, data: dict) -> dict:
        return {name: (function({name: params[name] + h}, data) - function(params, data)) / h}

    return gradient


def pointwise_five_point(function: Function, steps: dict) -> Function:
    """The formula `five_point`, without the calls in between."""
    ((name, h),) = steps.items()
    twice, divisor = h + h, 12 * h

    def gradient(params: dict, data: dict) -> dict:
        x = params[name]
        near = function({name: x + h}, data) - function({name: x - h}, data)
        far = function({name: x + twice}, data) - function({name: x - twice}, data)
        return {name: (8 * near - far) / divisor}

    return gradient


POINTWISE: dict[str, Rule] = {
    "central": pointwise_central,
    "forward": pointwise_forward,
    "five_point": pointwise_five_point,
}


def entrywise(formula: Formula) -> Rule:
    """`formula` along every axis; all entries share f at the point itself."""

    def of_all(function: Function, steps: dict) -> Function:
        def gradient(params: dict, data: dict) -> dict:
            here = function(params, data) if formula.needs_here else None
            moved, found = copies(params), {}
            for name, array in params.items():
                x, h = array.reshape(-1), steps[name].reshape(-1)
                slope = np.empty_like(x)
                for i, line in enumerate(lines(function, moved, data, name)):
                    slope[i] = formula.apply(line, x[i], h[i], here)
                found[name] = slope.reshape(array.shape)
            return found

        return gradient

    return of_all


def jacobian(task: Task) -> Function:
    """(params, data) → {name: (m, *shape)}, a column for each variable. Raises Unsupported beyond the limits."""
    limit_variables(task)
    function, formula = objective_of(task), FIRST[task.variant]
    step = stepper(dtype_of(task), formula)

    def columns(params: dict, data: dict) -> dict:
        here = function(params, data) if formula.needs_here else None
        moved, found = copies(params), {}
        for name, array in params.items():
            x, h = array.reshape(-1), step(array).reshape(-1)
            axes = lines(function, moved, data, name)
            parts = [formula.apply(line, x[i], h[i], here) for i, line in enumerate(axes)]
            found[name] = np.stack(parts, axis=-1).reshape(-1, *np.shape(array))
        return found

    return columns


# Second derivatives -----------------------------------------------------------------------------


def diagonal(task: Task) -> Function:
    """(params, data) → the diagonal of the Hessian, from values. Raises Unsupported beyond the limits."""
    limit(task)
    formula, steps = SECOND[task.variant], steppers(task, SECOND[task.variant], moves=moves(task))
    by_entry, function = entrywise(formula), function_of(task)

    def pointwise(params: dict, data: dict) -> dict:
        def of(name: str) -> Any:
            x = params[name]
            return formula.apply(
                lambda moved: task.objective({**params, name: moved}, data),
                x,
                steps[name](x),
                task.objective(params, data),
            )

        return {name: of(name) for name in params}

    def each_entry(params: dict, data: dict) -> dict:
        return by_entry(function, {name: steps[name](x) for name, x in params.items()})(params, data)

    return pointwise if is_pointwise(task) else each_entry


def curvature(task: Task) -> Function:
    """(params, data) → the Hessian, from values. Raises Unsupported beyond the limits."""
    limit_terms(task)
    limit_variables(task, MOST_VARIABLES_HESSIAN)
    steps, shape = steppers(task, SECOND[task.variant], moves=moves(task)), layout(task)
    rule = MATRIX[task.variant]

    def hessian(params: dict, data: dict) -> dict:
        x = shape.vector(params)
        h = shape.vector({name: steps[name](array) for name, array in params.items()})
        return shape.blocks(rule(lambda moved: task.objective(place(shape.tree(moved)), data), x, h))

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
            matrix[i, j] = matrix[j, i] = crossed(function, x, i, j, h[i], h[j]) / (4 * h[i] * h[j])
    return matrix


def crossed(function: Callable[[Any], Any], x: Any, i: int, j: int, p: Any, q: Any) -> Any:
    """[f(+i+j) − f(+i−j)] − [f(−i+j) − f(−i−j)] at the steps p along i and q along j: 4pqHᵢⱼ up to the fourth order."""
    above = along(function, x, (i, p), (j, q)) - along(function, x, (i, p), (j, -q))
    below = along(function, x, (i, -p), (j, q)) - along(function, x, (i, -p), (j, -q))
    return above - below


def five_point_matrix(function: Callable[[Any], Any], x: Any, h: Any) -> Any:
    """Hᵢⱼ = [16 crossed(h) − crossed(2h)] / 48hᵢhⱼ; on the diagonal the formula `five_point_second`."""
    n, here = len(x), function(x)
    matrix = np.empty((n, n), x.dtype, like=x)
    for i in range(n):
        near = (along(function, x, (i, h[i])) - here) - (here - along(function, x, (i, -h[i])))
        far = (along(function, x, (i, 2 * h[i])) - here) - (here - along(function, x, (i, -2 * h[i])))
        matrix[i, i] = (16 * near - far) / (12 * h[i] * h[i])
        for j in range(i):
            near = crossed(function, x, i, j, h[i], h[j])
            far = crossed(function, x, i, j, 2 * h[i], 2 * h[j])
            matrix[i, j] = matrix[j, i] = (16 * near - far) / (48 * h[i] * h[j])
    return matrix


MATRIX = {"central": central_matrix, "forward": forward_matrix, "five_point": five_point_matrix}
