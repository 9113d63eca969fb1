"""What two libraries make of the same functions, with steps, orders and stopping rules of their own: peers to be measured.

`scipy.differentiate` halves the steps of an eighth-order formula until two results agree to √ε, and says whether they did;
where they did not, its answer is refused with its words. Its absolute tolerance, 1e-308 unless given, is set to √ε: a
derivative that is zero would else never be a success. `numdifftools` extrapolates from fifteen steps, and says nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .. import Layout, Task, Unsupported
from ..numpy_hand import layout, place
from . import MOST_VARIABLES_HESSIAN, Function, dtype_of, is_pointwise, limit_terms, limit_variables

# Evaluations for each variable of a gradient: nine and two for each of nine halvings; two for each of fifteen steps.
EVALUATIONS = {"scipy": 27, "numdifftools": 30}
MOST_EVALUATIONS = 1_000_000
STATUS = {
    -1: "the error estimate increased, so iteration was terminated",
    -2: "the maximum number of iterations was reached",
    -3: "a non-finite value was encountered",
}


def limit(task: Task, order: int = 1) -> None:
    """Raise Unsupported for what would take too many evaluations, or leaves no digits."""
    if not is_pointwise(task):
        limit_terms(task)
        limit_variables(task, MOST_VARIABLES_HESSIAN)
    if task.variant == "numdifftools" and dtype_of(task) == np.float32:
        raise Unsupported("numdifftools chooses its steps for float64; in float32 rounding errors dominate")
    variables = 1 if is_pointwise(task) else task.variables
    evaluations = (EVALUATIONS[task.variant] * variables) ** order * int(task.options.get("steps", 1))
    if evaluations > MOST_EVALUATIONS:
        raise Unsupported(
            f"{task.variant} would need up to {evaluations:,} evaluations; the limit is {MOST_EVALUATIONS:,}"
        )


def successful(result: Any, values: Any) -> Any:
    """The values, if SciPy says that they are. Raises Unsupported with its words."""
    success, status = np.ravel(result.success), np.ravel(result.status)
    if not success.all():
        words = "; ".join(STATUS.get(code, f"status {code}") for code in np.unique(status[~success]).tolist())
        raise Unsupported(f"scipy.differentiate: {words} ({np.sum(~success)} of {success.size} derivatives)")
    return values


def tolerances(task: Task) -> Any:
    return {"atol": float(np.sqrt(np.finfo(dtype_of(task)).eps))}


def of_vector(task: Task, data: dict) -> Callable[[Any], Any]:
    """(n,) → the task's function, of the parameters in one vector."""
    shape, dtype = layout(task), dtype_of(task)
    return lambda x: task.objective(place(shape.tree(np.asarray(x, dtype))), data)


def of_columns(task: Task, data: dict) -> Callable[[Any], Any]:
    """(n, …) → (…) or (m, …): the task's function of every column, as SciPy asks for it."""
    function = of_vector(task, data)

    def columns(points: Any) -> Any:
        values = [np.asarray(function(column)) for column in points.reshape(len(points), -1).T]
        return np.stack(values, axis=-1).reshape(*values[0].shape, *points.shape[1:])

    return columns


def each_parameter(task: Task, derive: Callable[[Function, Any, tuple[Any, ...]], Any]) -> Function:
    """For an elementwise function: `derive(f, x, others)` of each parameter, where `others` move with its points."""
    function = task.objective

    def gradient(params: dict, data: dict) -> dict:
        def of(name: str) -> Any:
            fixed = [other for other in params if other != name]

            def line(x: Any, *values: Any) -> Any:
                named = dict(zip([*fixed, *data], values, strict=True))
                found = function({**{p: named[p] for p in fixed}, name: x}, {d: named[d] for d in data})
                # One that ignores x has not its shape.
                return found if np.shape(found) == np.shape(x) else np.broadcast_to(found, np.shape(x))

            others = (*(params[p] for p in fixed), *data.values())
            return np.asarray(derive(line, params[name], others), dtype_of(task)).reshape(np.shape(params[name]))

        return {name: of(name) for name in params}

    return gradient


def tree_of(task: Task, vector: Any) -> dict:
    """{name: array} of the task's dtype from n derivatives."""
    return place(layout(task).tree(np.asarray(vector, dtype_of(task)).reshape(-1)))


def columns_of(task: Task, matrix: Any) -> dict:
    """{name: (m, *shape)} from an (m, n) Jacobian."""
    sizes: Layout = layout(task)
    parts = np.split(np.asarray(matrix, dtype_of(task)), np.cumsum([n for _, n in sizes.sizes()])[:-1], axis=1)
    return {name: part.reshape(-1, *task.shapes[name]) for name, part in zip(task.shapes, parts, strict=True)}


def blocks_of(task: Task, matrix: Any) -> dict:
    return layout(task).blocks(np.asarray(matrix, dtype_of(task)))
