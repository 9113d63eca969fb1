from __future__ import annotations

__doc__ = """Symbolic derivatives by SymPy, printed as NumPy code by `lambdify`.

Decisions
- The term of one sample is differentiated once, in `prepare`; common subexpressions are shared (`cse=True`) between all
  entries of the gradient, and the printed function is evaluated on whole columns of samples.
- Columns are stored contiguously, in the cell's dtype, integers too: symbols are numbers and do not wrap around. Sums over
  samples are NumPy's.
- Symbols are named by position, so that no two meet, and none meets a function or what `cse` introduces. A result that is
  printed in another dtype or shape, such as the constant slope of a line, is converted; whether it is, `prepare` finds out.
- Only the lower triangle of a Hessian is derived, and entries that are identically zero are not evaluated.
- A Jacobian is evaluated column by column, each for all components at once. It has no mode: the same one serves
  forward and reverse. Unlike components are a list, whose expressions are stacked.
- Descent and Newton's method are the same Python loops as in numpy_hand.
"""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from . import Call, Task, Unsupported, Variant, WrongForm, described, numpy_hand
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


def symbols(kind: str, shapes: Mapping[str, tuple[int, ...]]) -> dict[str, Any]:
    """For each name one symbol, or an object array of them: `p0` or `p0_2_1` for the first parameter, `d0` for data."""
    return {name: symbols_of(f"{kind}{place}", shape) for place, (name, shape) in enumerate(shapes.items())}


def symbols_of(stem: str, shape: tuple[int, ...]) -> Any:
    if not shape:
        return sympy.Symbol(stem, real=True)
    array = np.empty(shape, dtype=object)
    for index in np.ndindex(shape):
        array[index] = sympy.Symbol("_".join([stem, *map(str, index)]), real=True)
    return array


def leaves(tree: Mapping[str, Any]) -> list[Any]:
    """All entries of named arrays (or scalars), in order."""
    return [entry for array in tree.values() for entry in np.asarray(array).ravel()]


def columns(data: Mapping[str, np.ndarray], dtype: Any) -> list[Any]:
    """The values of every data symbol: a contiguous column of samples, or one number, in the dtype."""
    found: list[Any] = []
    for array in data.values():
        if array.ndim == 0:
            found.append(array.astype(dtype)[()])
        else:
            found.extend(np.ascontiguousarray(array.reshape(len(array), -1).T, dtype))
    return found


def in_form(entry: Any, shape: tuple[int, ...], dtype: Any) -> bool:
    return isinstance(entry, np.ndarray | np.generic) and entry.shape == shape and entry.dtype == dtype


class Symbolic:
    """The expression of a task with its symbols, ready to be differentiated and printed."""

    def __init__(self, task: Task) -> None:
        self.task, self.elementwise = task, task.kind == "elementwise"
        self.dtype = next(iter(task.params.values())).dtype
        if not self.elementwise and task.variables > MOST_VARIABLES:
            raise Unsupported(
                f"{task.variables} variables; SymPy differentiates by at most {MOST_VARIABLES} symbols here"
            )
        shapes = dict.fromkeys(task.shapes, ()) if self.elementwise else task.shapes
        self.params = symbols("p", shapes)
        self.data = symbols("d", {name: array.shape[1:] for name, array in task.data.items()})
        self.sampled = set(leaves({name: self.data[name] for name, array in task.data.items() if array.ndim}))
        self.variables = leaves(self.params)
        self.expression = task.objective(self.params, self.data)
        if not all(hasattr(self.expression, part) for part in ("term", "rest", "combine")):
            raise WrongForm(
                f"{task.file}: {task.function} returned {described(self.expression)}; expected an Expression of one "
                f"sample's symbols: write return Expression(…)"
            )

    @property
    def samples(self) -> int:
        return max((len(array) for array in self.task.data.values() if array.ndim), default=1)

    def components(self) -> list[tuple[Any, int]]:
        """(expression, how many components it stands for) of a vector: one for every sample, where it is of one.

        An expression in a list is of samples where it names data that have them. Raises WrongForm.
        """
        term, rest = self.expression.term, sympy.sympify(self.expression.rest)
        if isinstance(term, sympy.MatrixBase):
            term = list(term)
        if not isinstance(term, list | tuple | np.ndarray):
            return [(sympy.sympify(term) + rest, self.samples)]
        if np.ndim(term) != 1 or self.expression.combine != "none":
            raise WrongForm(
                f"{self.task.file}: {self.task.function} returned an Expression of a list; expected one expression for "
                f'each component, not nested, and combine="none"'
            )
        found = [sympy.sympify(each) + rest for each in term]
        return [(each, self.samples if each.free_symbols & self.sampled else 1) for each in found]

    def derive(self, operator: Callable[[Any], list[Any]]) -> tuple[list[Any], list[Any]]:
        """`operator` applied to the term of one sample and to what is added once. Raises WrongForm."""
        if isinstance(self.expression.term, list | tuple | np.ndarray | sympy.MatrixBase):
            raise WrongForm(
                f"{self.task.file}: {self.task.function} returned an Expression of "
                f"{described(self.expression.term)}; expected one expression, as the function is {self.task.kind}"
            )
        return operator(sympy.sympify(self.expression.term)), operator(sympy.sympify(self.expression.rest))

    def compile(self, terms: list[Any], rests: list[Any]) -> Entries:
        """(*parameter values) → the combined terms plus the rests, by one printed function for all of them."""
        data = leaves(self.data)
        if self.expression.combine == "none":
            sums = [term + rest for term, rest in zip(terms, rests, strict=True)]
            return self.printed([*self.variables, *data], sums, columns(self.task.data, self.dtype))
        evaluate = self.printed([*self.variables, *data], [*terms, *rests], columns(self.task.data, self.dtype))
        sampled = [bool(term.free_symbols & self.sampled) for term in terms]
        samples = self.samples
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

    def formed(self, entries: Entries, shapes: list[tuple[int, ...]]) -> Entries:
        """`entries`, converted to the cell's dtype and these shapes where they have others at the task's point."""
        with np.errstate(all="ignore"):
            found = entries(*self.flat(place(self.task.params)))
        if all(in_form(entry, shape, self.dtype) for entry, shape in zip(found, shapes, strict=True)):
            return entries
        dtype = self.dtype

        def converted(*params: Any) -> list[Any]:
            both = zip(entries(*params), shapes, strict=True)
            return [np.full(shape, entry, dtype)[()] for entry, shape in both]

        return converted

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
    if symbolic.elementwise or list(task.shapes.values()) == [()]:
        entries = symbolic.formed(entries, list(task.shapes.values()))
        if len(task.shapes) == 1:
            (name,) = task.shapes
            return lambda params, data: {name: entries(params[name])[0]}
        return lambda params, data: dict(zip(params, entries(*params.values()), strict=True))
    shape, dtype = layout(task), next(iter(task.params.values())).dtype  # an entry that does not vary is a plain number
    return lambda params, data: shape.tree(np.array(entries(*symbolic.flat(params)), dtype))


def jacobian(task: Task) -> Function:
    """(params, data) → {name: (m, *shape)}: the derivative of each component of a vector by each variable."""
    symbolic = Symbolic(task)
    parts = symbolic.components()
    if len(parts) > 1 or parts[0][1] == 1:
        return stacked_jacobian(task, symbolic, parts)
    ((component, components),) = parts
    slopes = [component.diff(variable) for variable in symbolic.variables]
    entries = symbolic.compile(slopes, [sympy.Integer(0)] * len(slopes))
    sizes = np.cumsum([array.size for array in task.params.values()])[:-1]
    dtype = next(iter(task.params.values())).dtype

    def evaluate(params: dict, data: dict) -> dict:
        matrix = np.empty((components, len(symbolic.variables)), dtype)
        for j, column in enumerate(entries(*symbolic.flat(params))):
            matrix[:, j] = column
        blocks = zip(task.shapes.items(), np.split(matrix, sizes, axis=1), strict=True)
        return {name: block.reshape(components, *shape) for (name, shape), block in blocks}

    return evaluate


def stacked_jacobian(task: Task, symbolic: Symbolic, parts: list[tuple[Any, int]]) -> Function:
    """`jacobian` for unlike components: entries that are identically zero are not evaluated."""
    stops = np.cumsum([count for _, count in parts]).tolist()
    starts, n = [0, *stops[:-1]], len(symbolic.variables)
    found = [(i, j, part.diff(x)) for i, (part, _) in enumerate(parts) for j, x in enumerate(symbolic.variables)]
    kept = [each for each in found if each[2] != 0]
    entries = symbolic.compile([slope for *_, slope in kept], [sympy.Integer(0)] * len(kept))
    places = [(slice(starts[i], stops[i]), j) for i, j, _ in kept]
    sizes = np.cumsum([array.size for array in task.params.values()])[:-1]

    def evaluate(params: dict, data: dict) -> dict:
        matrix = np.zeros((stops[-1], n), symbolic.dtype)
        for place_in_matrix, entry in zip(places, entries(*symbolic.flat(params)), strict=True):
            matrix[place_in_matrix] = entry
        blocks = zip(task.shapes.items(), np.split(matrix, sizes, axis=1), strict=True)
        return {name: block.reshape(stops[-1], *shape) for (name, shape), block in blocks}

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
    flat = symbolic.flat
    if task.kind == "vector":
        return vector_of(symbolic, symbolic.components())
    shape = next(iter(task.shapes.values())) if symbolic.elementwise else ()
    entries = symbolic.formed(symbolic.compile(*symbolic.derive(lambda expression: [expression])), [shape])
    return lambda params, data: entries(*flat(params))[0]


def vector_of(symbolic: Symbolic, parts: list[tuple[Any, int]]) -> Function:
    """(params, data) → the components (m,) of a vector."""
    flat = symbolic.flat
    shapes: list[tuple[int, ...]] = [(count,) for _, count in parts]
    entries = symbolic.compile([part for part, _ in parts], [sympy.Integer(0)] * len(parts))
    entries = symbolic.formed(entries, shapes)
    if len(parts) == 1:
        return lambda params, data: entries(*flat(params))[0]
    return lambda params, data: np.concatenate(entries(*flat(params)))


OPERATIONS = {
    **operations(function_of, slopes, curvature, diagonal),
    "jacobian_forward": derivative(jacobian),
    "jacobian_reverse": derivative(jacobian),
}


def prepare(task: Task) -> Call:
    return OPERATIONS[task.operation](task, place(task.params), {})
