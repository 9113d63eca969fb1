"""The complex step: f′(x) = Im f(x + ih)/h + O(h²), without cancellation, so that h may be as small as one likes.

It needs a function that is analytic, in NumPy functions that take complex numbers. Both are tried in `prepare`, along one
direction, against central differences. Second derivatives are central differences of first ones.
Squire and Trapp (1998), SIAM Review 40, 110.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import Task, Unsupported
from ..numpy_hand import layout, place
from . import MOST_VARIABLES_HESSIAN, Function, copies, dtype_of, is_pointwise, limit_variables, objective_of
from .formulas import FIRST
from .stencils import lines
from .steps import scale_of_points, stepper, trial

# h² is nothing beside 1, and a derivative times h is still a normal number.
STEPS = {"float64": 2.0**-200, "float32": 2.0**-60}
COMPLEX = {"float64": "complex128", "float32": "complex64"}
AGREEMENT = 1e-2  # with central differences: an analytic function agrees better, another one by chance only
DOUBT = 10  # times the estimated error of that difference


def imaginary_step(task: Task, h: float | None = None) -> Any:
    """ih in the complex type of the task's dtype."""
    name = dtype_of(task).name
    return np.dtype(COMPLEX[name]).type(1j * (h or STEPS[name]))


def complex_copies(params: dict) -> dict:
    """Complex copies that may be changed in place, of numbers too."""
    return {name: x.astype(COMPLEX[x.dtype.name]) for name, x in copies(params).items()}


def require_analytic(task: Task) -> None:
    """Raise Unsupported unless the complex step along one direction is what central differences give.

    Where these have no finite answer there is nothing to compare with.
    """
    params, data, ih = copies(dict(task.params)), dict(task.data), imaginary_step(task)
    rng = np.random.default_rng(0)
    direction = {n: (np.maximum(1, abs(x)) * rng.uniform(0.5, 1.5, x.shape)).astype(x.dtype) for n, x in params.items()}

    def line(width: Any) -> Any:
        return np.sum(task.objective(place({name: x + width * direction[name] for name, x in params.items()}), data))

    with np.errstate(all="ignore"):
        try:
            value = line(ih)
        except TypeError as error:
            raise Unsupported(f"a NumPy function in it does not accept complex numbers: {one_line(error)}") from None
        if not np.iscomplexobj(value):
            if is_constant(line, dtype_of(task)):
                return
            raise Unsupported("not analytic: its value at a complex number is real, like that of an absolute value")
        found, origin = value.imag / ih.imag, dtype_of(task).type(0)
        scale = scale_of_points(line, origin, FIRST["central"])
        expected, doubt = trial(line, origin, FIRST["central"], scale)
        # What is far below 1 may have been rounded away inside of the function.
        doubt += np.sqrt(np.finfo(origin.dtype).eps) * np.maximum(1, abs(line(origin)))
    if np.isfinite(expected) and not abs(found - expected) <= AGREEMENT * abs(expected) + DOUBT * doubt:
        raise Unsupported(
            f"not analytic here, or lost in rounding: along one direction the complex step gives {found:.6g}, "
            f"central differences {expected:.6g}"
        )


def is_constant(line: Any, dtype: Any) -> bool:
    """Whether a function along a line has one value at four points: then its slope, Im f/h, is the 0 that it should be."""
    return len({float(line(dtype.type(place))) for place in (0, 0.3, -0.7, 1.1)}) == 1


def one_line(error: Exception) -> str:
    return " ".join(str(error).split())[:100]


def slopes(task: Task) -> Function:
    """(params, data) → the gradient. Raises Unsupported for a function that is not analytic, and beyond the limits."""
    if not is_pointwise(task):
        limit_variables(task)
    require_analytic(task)
    return gradient_of(task)


def gradient_of(task: Task, step: float | None = None) -> Function:
    """(params, data) → the gradient, by a step as small as the dtype allows unless one is given."""
    if not is_pointwise(task):
        return entrywise(task, imaginary_step(task, step))
    return (pointwise if len(task.params) == 1 else by_turns)(task, imaginary_step(task, step))


def pointwise(task: Task, ih: Any) -> Function:
    """For one parameter: all its points at once."""
    ((name, _),) = task.params.items()
    function = task.objective
    h = ih.imag

    def gradient(params: dict, data: dict) -> dict:
        return {name: function({name: params[name] + ih}, data).imag / h}

    return gradient


def by_turns(task: Task, ih: Any) -> Function:
    """For several parameters whose points move by themselves."""
    function = task.objective

    def gradient(params: dict, data: dict) -> dict:
        return {
            name: function({**params, name: x + ih}, data).imag / ih.imag + np.zeros_like(x)
            for name, x in params.items()
        }

    return gradient


def entrywise(task: Task, ih: Any) -> Function:
    """One evaluation for each entry."""
    function = objective_of(task)

    def gradient(params: dict, data: dict) -> dict:
        moved, found = complex_copies(params), {}
        for name, array in params.items():
            x = array.reshape(-1)
            slope = np.empty_like(x)
            for i, line in enumerate(lines(function, moved, data, name)):
                slope[i] = line(x[i] + ih).imag / ih.imag
            found[name] = slope.reshape(array.shape)
        return found

    return gradient


def jacobian(task: Task) -> Function:
    """(params, data) → {name: (m, *shape)}. Raises Unsupported for a function that is not analytic."""
    limit_variables(task)
    require_analytic(task)
    function, ih = objective_of(task), imaginary_step(task)

    def columns(params: dict, data: dict) -> dict:
        moved, found = complex_copies(params), {}
        for name, array in params.items():
            axes = zip(lines(function, moved, data, name), array.reshape(-1), strict=True)
            parts = [line(origin + ih).imag / ih.imag for line, origin in axes]
            found[name] = np.stack(parts, axis=-1).reshape(-1, *np.shape(array))
        return found

    return columns


def diagonal(task: Task) -> Function:
    """(params, data) → the diagonal of a Hessian that is diagonal: [∇f(x + k) − ∇f(x − k)] / 2k, all entries at once."""
    gradient, step = slopes(task), stepper(dtype_of(task), FIRST["central"])

    def differences(params: dict, data: dict) -> dict:
        found = {}
        for name, x in params.items():
            k = step(x)
            above = gradient({**params, name: x + k}, data)[name]
            below = gradient({**params, name: x - k}, data)[name]
            found[name] = (above - below) / (k + k)
        return found

    return differences


def curvature(task: Task) -> Function:
    """(params, data) → the Hessian, central differences of the gradient, made symmetric."""
    limit_variables(task, MOST_VARIABLES_HESSIAN)
    gradient, shape = slopes(task), layout(task)
    step = stepper(dtype_of(task), FIRST["central"])

    def hessian(params: dict, data: dict) -> dict:
        x = shape.vector(params)
        k, matrix = step(x), np.empty((len(x), len(x)), x.dtype, like=x)

        def moved(i: int, width: Any) -> Any:
            there = x.copy()
            there[i] += width
            return shape.vector(gradient(place(shape.tree(there)), data))

        for i in range(len(x)):
            matrix[i] = (moved(i, k[i]) - moved(i, -k[i])) / (2 * k[i])
        return shape.blocks((matrix + matrix.T) / 2)

    return hessian
