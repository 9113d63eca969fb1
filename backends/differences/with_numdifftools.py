"""`numdifftools` applied to a task."""

from __future__ import annotations

from typing import Any

from .. import Task
from ..numpy_hand import layout
from . import Function
from .libraries import blocks_of, columns_of, each_parameter, limit, of_vector, tree_of


def slopes(task: Task) -> Function:
    """(params, data) → the gradient. Raises Unsupported beyond the limits."""
    import numdifftools

    limit(task)
    if task.kind == "elementwise":
        return each_parameter(task, lambda line, x, others: numdifftools.Derivative(line)(x, *others))
    shape = layout(task)
    return lambda params, data: tree_of(task, numdifftools.Gradient(of_vector(task, data))(shape.vector(params)))


def jacobian(task: Task) -> Function:
    """(params, data) → {name: (m, *shape)}. Raises Unsupported beyond the limits."""
    import numdifftools

    limit(task)
    shape = layout(task)
    return lambda params, data: columns_of(task, numdifftools.Jacobian(of_vector(task, data))(shape.vector(params)))


def diagonal(task: Task) -> Function:
    """(params, data) → the diagonal of the Hessian. Raises Unsupported beyond the limits."""
    import numdifftools

    limit(task)
    if task.kind == "elementwise":
        return each_parameter(task, lambda line, x, others: numdifftools.Derivative(line, n=2)(x, *others))
    shape = layout(task)
    return lambda params, data: tree_of(task, numdifftools.Hessdiag(of_vector(task, data))(shape.vector(params)))


def curvature(task: Task) -> Function:
    """(params, data) → the Hessian. Raises Unsupported beyond the limits."""
    import numdifftools

    limit(task, order=2)
    shape = layout(task)

    def matrix(params: dict, data: dict) -> Any:
        return blocks_of(task, numdifftools.Hessian(of_vector(task, data))(shape.vector(params)))

    return matrix
