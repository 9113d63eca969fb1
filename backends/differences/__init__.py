"""What `numpy_fd` is made of: formulas, the rule for their steps, and the ways of applying them to named arrays.

Every way of differencing is a module with the same four functions, task → (params, data) → a derivative: `slopes`,
`curvature`, `diagonal` and `jacobian`. They raise Unsupported where they cannot do the task.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .. import Task, Unsupported

MOST_VARIABLES = 10_000
MOST_VARIABLES_HESSIAN = 200
MOST_TERMS_FLOAT32 = 64

Function = Callable[..., Any]


def dtype_of(task: Task) -> Any:
    return next(iter(task.params.values())).dtype


def limit_terms(task: Task) -> None:
    """Raise Unsupported for more terms in float32 than leave digits to difference."""
    terms = max([len(array) for array in task.data.values() if array.ndim] or [task.variables])
    if dtype_of(task) == np.float32 and terms > MOST_TERMS_FLOAT32:
        raise Unsupported(
            f"a float32 sum of {terms} terms has an error of about 1e-6, too large to difference; the limit is "
            f"{MOST_TERMS_FLOAT32} terms"
        )


def limit_variables(task: Task, most: int = MOST_VARIABLES) -> None:
    """Raise Unsupported for more than `most` variables."""
    if task.variables > most:
        raise Unsupported(f"{task.variables} variables need at least as many evaluations of f; the limit is {most}")


def is_pointwise(task: Task) -> bool:
    """Whether all points of a parameter may be moved at once."""
    return task.kind == "elementwise" or list(task.shapes.values()) == [()]


def objective_of(task: Task) -> Function:
    """The task's function; where it returns a parameter as it is, copies of it, as parameters are moved in place."""
    function, moved = task.objective, copies(dict(task.params))
    with np.errstate(all="ignore"):
        found = function(moved, dict(task.data))
    if any(np.may_share_memory(found, x) for x in moved.values()):
        return lambda params, data: np.array(function(params, data))[()]
    return function


def copies(params: dict) -> dict:
    """Arrays that may be changed in place, of numbers too."""
    return {name: array.reshape(-1).copy().reshape(array.shape) for name, array in params.items()}
