"""Symbolic derivatives by SymPy, printed as NumPy code by `lambdify`.

Decisions
- The term of one sample is differentiated once, in `prepare`; common subexpressions are shared (`cse=True`) between all
  entries of the gradient, and the printed function is evaluated on whole columns of samples.
- Columns are stored contiguously. Sums over samples are NumPy's.
- Only the lower triangle of a Hessian is derived, and entries that are identically zero are not evaluated.
- A Jacobian is evaluated column by column, each for all components at once. It has no mode: the same one serves
  forward and reverse.
- Descent and Newton's method are the same Python loops as in numpy_hand.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from . import Call, Task, Unsupported, Variant, numpy_hand
from .numpy_hand import derivative, layout, operations, place

if TYPE_CHECKING:
    import sympy

ORDER = 30
REQUIRES = "sympy"
EXTRA = "sympy"
VARIANTS = {"lambdify": Variant("symbolic derivatives, compiled to NumPy by lambdify", modes=False)}
DEVICES = ("cpu",)
SKELETON = '''"""TODO: the term of one sample (a row of X, an entry of y) in symbols, and how terms combine."""

from sympy import Rational

from .. import Expression


def objective(params, data):
    residual = sum(x * w for x, w in zip(data["X"], params["w"], strict=True)) - data["y"]
    return Expression(Rational(1, 4) * residual**4, combine="sum")
'''
MOST_VARIABLES = 200

environment = numpy_hand.environment
wait = numpy_hand.wait
to_numpy = numpy_hand.to_numpy
effective_threads = numpy_hand.effective_threads
peak_memory = numpy_hand.peak_memory

Function = Callable[[dict, dict], Any]
Entries = Callable[..., list[Any]]


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
        self.task, self.elementwise = task, task.kind == "elementwise"
        if not self.elementwise and task.variables > MOST_VARIABLES:
            raise Unsupported(
                f"{task.variables} variables; SymPy differentiates by at most {MOST_VARIABLES} symbols here"
            )
        shapes = dict.fromkeys(task.shapes, ()) if self.elementwise else task.shapes
        self.params = {name: symbols(name, shape) for name, shape in shapes.items()}
        self.data = {name: symbols(name, array.shape[1:]) for name, array in task.data.items()}
        self.variables = leaves(self.params)
        self.expression = task.objective(self.params, self.data)

    def derive(self, operator: Callable[[Any], list[Any]]) -> tuple[list[Any], list[Any]]:
        """`operator` applied to the term of one sample and to what is added once."""
        return operator(sympy.sympify(self.expression.term)), operator(sympy.sympify(self.expression.rest))

    def compile(self, terms: list[Any], rests: list[Any]) -> Entries:
        """(*parameter values) → the combined terms plus the rests, by one printed function for all of them."""
        data = leaves(self.data)
        if self.expression.combine == "none":
            sums = [term + rest for term, rest in zip(terms, rests, strict=True)]
            return self.printed([*self.variables, *data], sums, columns(self.task.data))
        evaluate = self.printed([*self.variables, *data], [*terms, *rests], columns(self.task.data))
        sampled = [bool(term.free_symbols & set(data)) for term in terms]
        samples = max((len(array) for array in self.task.data.values() if array.ndim), default=1)
        weight = samples if self.expression.combine == "mean" else 1

        def entries(*params: Any) -> list[Any]:
            values = evaluate(*params)
            # A term without data is the same for every sample.
            return [
                (np.add.reduce(value) if varies else samples * value) / weight + rest
                for value, varies, rest in zip(values, sampled, values[len(terms) :], strict=False)
            ]

        return entries

    def printed(self, arguments: list[Any], results: list[Any], columns: list[Any]) -> Entries:
        """(*parameter values) → the results, as NumPy code."""
        function: Entries = sympy.lambdify(arguments, results, modules="numpy", cse=True)
        return (lambda *params: function(*params, *columns)) if columns else function

    def flat(self, params: Mapping[str, Any]) -> list[Any]:
        """The entries of the parameters; an elementwise parameter is one entry."""
        if self.elementwise:
            return list(params.values())
        return [entry for array in params.values() for entry in array.flat]


def slopes(task: Task) -> Function:
    """(params, data) → the gradient as a dict like params; the data are those of the task."""
    return each_variable(task, order=1)


def diagonal(task: Task) -> Function:
    """(params, data) → the diagonal of the Hessian as a dict like params."""
    return each_variable(task, order=2)


def each_variable(task: Task, order: int) -> Function:
    """(params, data) → ∂f/∂x or ∂²f/∂x² for every variable x, as a dict like params."""
    symbolic = Symbolic(task)
    entries = symbolic.compile(*symbolic.derive(lambda f: [f.diff(variable, order) for variable in symbolic.variables]))
    if len(symbolic.variables) == 1:
        (name,) = task.shapes
        return lambda params, data: {name: entries(params[name])[0]}
    if symbolic.elementwise:  # a derivative that does not vary is printed as a number
        return lambda params, data: {
            name: np.broadcast_to(np.asarray(entry, params[name].dtype), params[name].shape)
            for name, entry in zip(params, entries(*params.values()), strict=True)
        }
    shape, dtype = layout(task), next(iter(task.params.values())).dtype  # an entry that does not vary is a plain number
    return lambda params, data: shape.tree(np.array(entries(*symbolic.flat(params)), dtype))


def jacobian(task: Task) -> Function:
    """(params, data) → {name: (m, *shape)}: the derivative of each component of a vector by each variable."""
    symbolic = Symbolic(task)
    entries = symbolic.compile(*symbolic.derive(lambda f: [f.diff(variable) for variable in symbolic.variables]))
    components = max(len(array) for array in task.data.values() if array.ndim)
    sizes = np.cumsum([array.size for array in task.params.values()])[:-1]
    dtype = next(iter(task.params.values())).dtype

    def evaluate(params: dict, data: dict) -> dict:
        matrix = np.empty((components, len(symbolic.variables)), dtype)
        for j, column in enumerate(entries(*symbolic.flat(params))):
            matrix[:, j] = column
        blocks = zip(task.shapes.items(), np.split(matrix, sizes, axis=1), strict=True)
        return {name: block.reshape(components, *shape) for (name, shape), block in blocks}

    return evaluate


def curvature(task: Task) -> Function:
    """(params, data) → the Hessian as a dict of dicts like params."""
    symbolic, shape = Symbolic(task), layout(task)
    n, dtype = task.variables, next(iter(task.params.values())).dtype
    places = [(i, j) for i in range(n) for j in range(i + 1)]

    def second(expression: Any) -> list[Any]:
        first = [expression.diff(variable) for variable in symbolic.variables]
        return [first[i].diff(symbolic.variables[j]) for i, j in places]

    terms, rests = symbolic.derive(second)
    kept = [k for k in range(len(places)) if terms[k] != 0 or rests[k] != 0]
    entries = symbolic.compile([terms[k] for k in kept], [rests[k] for k in kept])
    below, beside = np.array([places[k] for k in kept], int).reshape(-1, 2).T

    def hessian(params: dict, data: dict) -> dict:
        matrix = np.zeros((n, n), dtype)
        matrix[below, beside] = matrix[beside, below] = entries(*symbolic.flat(params))
        return shape.blocks(matrix)

    return hessian


def function_of(task: Task) -> Function:
    """(params, data) → the value."""
    symbolic = Symbolic(task)
    entries, flat = symbolic.compile(*symbolic.derive(lambda expression: [expression])), symbolic.flat
    return lambda params, data: entries(*flat(params))[0]


OPERATIONS = {
    **operations(function_of, slopes, curvature, diagonal),
    "jacobian_forward": derivative(jacobian),
    "jacobian_reverse": derivative(jacobian),
}


def prepare(task: Task) -> Call:
    return OPERATIONS[task.operation](task, place(task.params), {})
