from __future__ import annotations

__doc__ = """HIPS autograd's grad: reverse mode over NumPy code, traced anew at every call.

Decisions
- A function of one array is differentiated by that array, not by the dict that holds it: a scalar derivative then takes
  two thirds of the time. Several arrays are differentiated as a dict.
- The gradient of an elementwise function is `elementwise_grad`, the derivative at each point without a sum.
- Hessians are `jacobian(grad(f))`: one trace, and a backward pass for each row. `hessian`, which is `jacobian(jacobian(f))`,
  takes a fifth longer, and forward over reverse, a trace for each column, three to five times as long (Rosenbrock, n = 10
  and 100). The diagonal of a diagonal one is its product with ones, by a second backward pass.
- Jacobians are `make_jvp`, which evaluates the function once for each input, and `jacobian`, a backward pass for each
  output.
- A derivative that is constant is right, and autograd warns: "Output seems independent of input".
- Descent and Newton's method are the Python loops of `numpy_hand`; arrays, threads and the wait are NumPy's, too.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from . import Call, Layout, Task, Variant, numpy_hand
from .numpy_hand import derivative, operations, place

if TYPE_CHECKING:
    import autograd

ORDER = 40
REQUIRES = "autograd"
EXTRA = "autograd"
VARIANTS = {"eager": Variant("autograd.grad")}
DEVICES = ("cpu",)
SKELETON = '''"""TODO: the function in autograd's NumPy."""

import autograd.numpy as np


def objective(params, data):
    residual = data["X"] @ params["w"] - data["y"]
    return np.sum(np.square(np.square(residual))) / 4
'''

Function = Callable[..., Any]

environment = numpy_hand.environment
wait = numpy_hand.wait
to_numpy = numpy_hand.to_numpy
effective_threads = numpy_hand.effective_threads
peak_memory = numpy_hand.peak_memory


def configure(threads: int, device: str) -> None:
    """What is placed and read back is NumPy's, which must not be left to an accelerator."""
    global autograd
    import autograd
    import autograd.numpy

    numpy_hand.configure(threads, device)


def differentiated(task: Task, operator: Function) -> Function:
    """(params, data) → a dict like params: what `operator` makes of the task's function."""
    function = task.objective
    if len(task.params) > 1:
        return operator(function)
    (name,) = task.params
    derivative_of = operator(lambda array, data: function({name: array}, data))
    return lambda params, data: {name: derivative_of(params[name], data)}


def slopes(task: Task) -> Function:
    return differentiated(task, autograd.elementwise_grad if task.kind == "elementwise" else autograd.grad)


def curvature(task: Task) -> Function:
    """(params, data) → the blocks of the Hessian; several arrays are differentiated as one vector."""
    if len(task.params) == 1:
        (name,) = task.params
        block = differentiated(task, lambda function: autograd.jacobian(autograd.grad(function)))
        return lambda params, data: {name: block(params, data)}
    function, layout = task.objective, Layout(task.shapes, autograd.numpy.reshape, autograd.numpy.concatenate)
    matrix = autograd.jacobian(autograd.grad(lambda vector, data: function(layout.tree(vector), data)))
    return lambda params, data: layout.blocks(matrix(layout.vector(params), data))


def diagonal(task: Task) -> Function:
    """(params, data) → ∇²f · 1, the diagonal of a Hessian that is diagonal."""
    return differentiated(task, lambda function: autograd.elementwise_grad(autograd.elementwise_grad(function)))


def descent_history(task: Task, params: dict, data: dict) -> Call:
    """f(θ) after each step: (steps,). The value comes with the gradient of the next step, the last one by itself."""
    both = autograd.value_and_grad(task.objective)
    start, rate, steps = params, task.options["rate"], task.options["steps"]

    def run() -> Any:
        params, costs = place(start), []
        for _ in range(steps):
            cost, slopes = both(params, data)
            costs.append(cost)
            for name, slope in slopes.items():
                params[name] -= rate * slope
        return np.stack([*costs[1:], task.objective(params, data)])

    return run


def array_by_array(task: Task, operator: Function) -> Function:
    """(params, data) → a dict like params: what `operator` makes of the task's function of each array, the others held."""
    function = task.objective
    of_array = operator(lambda array, name, params, data: function({**params, name: array}, data))
    return lambda params, data: {name: of_array(array, name, params, data) for name, array in params.items()}


def forward(function: Function) -> Function:
    """The Jacobian (m, *shape) of a function of an array, column by column."""
    push = autograd.make_jvp(function)

    def jacobian(array: Any, *held: Any) -> Any:
        tangent, units = push(array, *held), np.eye(np.size(array), dtype=array.dtype)
        columns = [tangent(unit.reshape(array.shape))[1] for unit in units]
        return np.stack(columns, axis=-1).reshape(-1, *array.shape)

    return jacobian


OPERATIONS = {
    **operations(lambda task: task.objective, slopes, curvature, diagonal),
    "descent_history": descent_history,
    "jacobian_forward": derivative(lambda task: array_by_array(task, forward)),
    "jacobian_reverse": derivative(lambda task: array_by_array(task, autograd.jacobian)),
}


def prepare(task: Task) -> Call:
    return OPERATIONS[task.operation](task, place(task.params), task.arranged(place(task.data)))
