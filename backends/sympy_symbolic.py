"""Symbolic derivatives by SymPy, printed as NumPy code by `lambdify`.

Decisions
- The term of one sample is differentiated once, in `prepare`; common subexpressions are shared (`cse=True`) between all
  entries of the gradient, and the printed function is evaluated on whole columns of samples.
- Columns are stored contiguously. Sums over samples are NumPy's.
- Descent and Newton's method are the same Python loops as in numpy_hand.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from . import Call, Task, Unsupported, Variant, numpy_hand
from .numpy_hand import descent, place

if TYPE_CHECKING:
    import sympy

REQUIRES = "sympy"
EXTRA = "sympy"
VARIANTS = {"lambdify": Variant("differentiated by SymPy, evaluated by NumPy")}
DEVICES = ("cpu",)
MOST_VARIABLES = 1_000

environment = numpy_hand.environment
wait = numpy_hand.wait
to_numpy = numpy_hand.to_numpy
effective_threads = numpy_hand.effective_threads
peak_memory = numpy_hand.peak_memory


def configure(threads: int, device: str) -> None:
    global sympy
    import sympy


def symbols(name: str, shape: tuple[int, ...]) -> Any:
    """One symbol, or an object array of them."""
    if not shape:
        return sympy.Symbol(name, real=True)
    array = np.empty(shape, dtype=object)
    for index in np.ndindex(shape):
        array[index] = sympy.Symbol("_".join([name, *map(str, index)]), real=True)
    return array


def leaves(tree: Mapping[str, Any]) -> list[Any]:
    """All entries of named arrays (or scalars), in order."""
    return [entry for array in tree.values() for entry in np.asarray(array).ravel()]


def columns(data: Mapping[str, np.ndarray]) -> list[Any]:
    """The values of every data symbol: a contiguous column of samples, or one number."""
    found: list[Any] = []
    for array in data.values():
        if array.ndim == 0:
            found.append(array[()])
        else:
            found.extend(np.ascontiguousarray(array.reshape(len(array), -1).T))
    return found


class Symbolic:
    """The expression of a task with its symbols, ready to be differentiated and printed."""

    def __init__(self, task: Task) -> None:
        variables = sum(array.size for array in task.params.values())
        if task.kind != "elementwise" and variables > MOST_VARIABLES:
            raise Unsupported(f"{variables} variables; the limit is {MOST_VARIABLES} symbols to differentiate by")
        self.task = task
        shapes = {name: () if task.kind == "elementwise" else array.shape for name, array in task.params.items()}
        self.params = {name: symbols(name, shape) for name, shape in shapes.items()}
        self.data = {name: symbols(name, array.shape[1:]) for name, array in task.data.items()}
        self.expression = task.objective(self.params, self.data)
        self.columns = columns(task.data)
        self.samples = max((len(array) for array in task.data.values() if array.ndim), default=1)

    def compile(self, derive: Callable[[Any], list[Any]]) -> Callable[[Mapping[str, Any]], list[Any]]:
        """params → the entries of derive(objective), by one printed function for all of them."""
        arguments = leaves(self.params)
        terms, rests = derive(self.expression.term), derive(sympy.sympify(self.expression.rest))
        evaluate = sympy.lambdify([*arguments, *leaves(self.data)], [*terms, *rests], modules="numpy", cse=True)
        combine = self.combine([bool(term.free_symbols & set(leaves(self.data))) for term in terms])
        columns, count = self.columns, len(terms)

        def entries(params: Mapping[str, Any]) -> list[Any]:
            values = evaluate(*self.flat(params), *columns)
            return [combine(i, values[i]) + values[count + i] for i in range(count)]

        return entries

    def combine(self, sampled: list[bool]) -> Callable[[int, Any], Any]:
        """(i, values of term i) → their sum or mean; a term without data is the same for every sample."""
        samples, how = self.samples, self.expression.combine
        if how == "none":
            return lambda i, values: values
        if how == "sum":
            return lambda i, values: np.add.reduce(values) if sampled[i] else samples * values
        return lambda i, values: np.add.reduce(values) / samples if sampled[i] else values

    def flat(self, params: Mapping[str, Any]) -> list[Any]:
        if self.task.kind == "elementwise":
            return list(params.values())
        return [entry for array in params.values() for entry in array.flat] if params else []


def gradient_function(task: Task) -> Callable[[dict, dict], dict]:
    """(params, data) → the gradient as a dict like params; the data are those of the task."""
    symbolic = Symbolic(task)
    variables = leaves(symbolic.params)
    entries = symbolic.compile(lambda expression: [expression.diff(variable) for variable in variables])

    def gradient(params: dict, data: dict) -> dict:
        flat, found = entries(params), {}
        for name, array in params.items():
            size = array.size
            found[name] = np.array(flat[:size]).reshape(array.shape)
            flat = flat[size:]
        return found

    return gradient


def value(task: Task, params: dict, data: dict) -> Call:
    entries = Symbolic(task).compile(lambda expression: [expression])
    return lambda: entries(params)[0]


def gradient(task: Task, params: dict, data: dict) -> Call:
    function = gradient_function(task)
    return lambda: function(params, data)


def gradient_descent(task: Task, params: dict, data: dict) -> Call:
    return descent(gradient_function(task), params, data, **task.options)


OPERATIONS = {"value": value, "gradient": gradient, "gradient_descent": gradient_descent}


def prepare(task: Task) -> Call:
    return OPERATIONS[task.operation](task, place(task.params), {})
