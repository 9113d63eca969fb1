"""`scipy.differentiate` applied to a task."""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import Task, Unsupported
from ..numpy_hand import layout
from . import Function
from .libraries import (
    blocks_of,
    columns_of,
    each_parameter,
    limit,
    of_columns,
    successful,
    tolerances,
    tree_of,
)


def slopes(task: Task) -> Function:
    """(params, data) → the gradient. Raises Unsupported where SciPy reports no success."""
    from scipy.differentiate import derivative, jacobian

    limit(task)
    shape, within = layout(task), tolerances(task)

    def derive(line: Function, x: Any, others: tuple[Any, ...]) -> Any:
        result = derivative(line, x, args=others, tolerances=within)
        return successful(result, result.df)

    def gradient(params: dict, data: dict) -> dict:
        result = jacobian(of_columns(task, data), shape.vector(params), tolerances=within)
        return tree_of(task, successful(result, result.df))

    return each_parameter(task, derive) if task.kind == "elementwise" else gradient


def jacobian(task: Task) -> Function:
    """(params, data) → {name: (m, *shape)}. Raises Unsupported where SciPy reports no success."""
    from scipy.differentiate import jacobian as derive

    limit(task)
    shape, within = layout(task), tolerances(task)

    def columns(params: dict, data: dict) -> dict:
        result = derive(of_columns(task, data), shape.vector(params), tolerances=within)
        return columns_of(task, successful(result, result.df))

    return columns


def diagonal(task: Task) -> Function:
    """(params, data) → the diagonal of the Hessian. Raises Unsupported where SciPy reports no success."""
    if task.kind != "elementwise":
        full, shape = curvature(task), layout(task)
        return lambda params, data: tree_of(task, np.diagonal(shape.matrix(full(params, data))))
    if task.data or len(task.params) > 1:
        raise Unsupported("scipy.differentiate computes second derivatives only of functions of one array without data")
    from scipy.differentiate import hessian

    limit(task)

    def second(params: dict, data: dict) -> dict:
        ((name, x),) = params.items()
        result = hessian(lambda rows: task.objective({name: rows[0]}, data), x[np.newaxis], tolerances=tolerances(task))
        return tree_of(task, successful(result, result.ddf))

    return second


def curvature(task: Task) -> Function:
    """(params, data) → the Hessian. Raises Unsupported where SciPy reports no success."""
    from scipy.differentiate import hessian

    limit(task, order=2)
    shape = layout(task)

    def matrix(params: dict, data: dict) -> dict:
        result = hessian(of_columns(task, data), shape.vector(params), tolerances=tolerances(task))
        return blocks_of(task, successful(result, result.ddf))

    return matrix
