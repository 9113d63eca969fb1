"""Reverse mode: arrays that record how they were made, and the reverse sweep over that record.

An oracle is plain NumPy: operators, `@`, `np.exp`, `.sum`, indexing. Here it runs on arrays of balls, of Taylor series of
balls, or of extended-precision numbers, and nothing here knows which. Comparisons are decided or raise `Undecided`.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin

from .matrix_products import any_product, with_balls

TRACED_ORDER = itertools.count()
COMPARISONS = (np.greater, np.greater_equal, np.less, np.less_equal, np.equal, np.not_equal)


class Undecided(ArithmeticError):
    """A comparison of two numbers that are not known well enough."""


def slope_by_left(g: Any, y: Any, a: Any, b: Any) -> Any:
    """The slope of a @ b by a."""
    return np.multiply.outer(g, b) if b.ndim == 1 else any_product(g, b.T)


def slope_by_right(g: Any, y: Any, a: Any, b: Any) -> Any:
    """The slope of a @ b by b, in which a large a is not transposed: it may be prepared for products."""
    return np.multiply.outer(a, g) if a.ndim == 1 else any_product(g.T, a).T


# Of y = f(a, …) by each argument: (slope of the result, y, a, …) → slope of the argument.
REVERSE_RULES: dict[Any, tuple[Callable[..., Any], ...]] = {
    np.add: (lambda g, y, a, b: g, lambda g, y, a, b: g),
    np.subtract: (lambda g, y, a, b: g, lambda g, y, a, b: -g),
    np.multiply: (lambda g, y, a, b: g * b, lambda g, y, a, b: g * a),
    np.divide: (lambda g, y, a, b: g / b, lambda g, y, a, b: -g * y / b),
    np.power: (lambda g, y, a, b: g * b * a ** (b - 1),),
    np.matmul: (slope_by_left, slope_by_right),
    np.negative: (lambda g, y, a: -g,),
    np.square: (lambda g, y, a: 2 * g * a,),
    np.sqrt: (lambda g, y, a: g / (2 * y),),
    np.exp: (lambda g, y, a: g * y,),
    np.log: (lambda g, y, a: g / a,),
    np.log1p: (lambda g, y, a: g / (1 + a),),
    np.sin: (lambda g, y, a: g * apply_ufunc(np.cos, a),),
    np.cos: (lambda g, y, a: -g * apply_ufunc(np.sin, a),),
    np.tanh: (lambda g, y, a: g * (1 - y * y),),
    np.logaddexp: (lambda g, y, a, b: g * logistic(a - b), lambda g, y, a, b: g * logistic(b - a)),
}


class Traced(NDArrayOperatorsMixin):
    """An array, and for each array that it was made from, how a slope by the result becomes one by that array."""

    def __init__(
        self, value: Any, made_from: tuple[tuple[Traced, Callable[[Any], Any]], ...] = (), moves: bool = False
    ):
        self.value, self.made_from, self.order = boxed(value), made_from, next(TRACED_ORDER)
        self.moves = moves or bool(made_from)

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **more: Any) -> Any:
        if method != "__call__" or more or ufunc not in (*REVERSE_RULES, *COMPARISONS, np.sign, np.isnan):
            raise TypeError(f"an oracle cannot use np.{ufunc.__name__} like this; known: {known_operations()}")
        values = [x.value if isinstance(x, Traced) else np.asarray(x) for x in inputs]
        if ufunc is np.isnan:
            return values[0] != values[0]
        if ufunc is np.sign:
            return sign_of(values[0])
        if ufunc in COMPARISONS:
            return ufunc(sign_of(boxed(values[0] - values[1])), 0)
        y = apply_ufunc(ufunc, *values)
        rules = zip(inputs, REVERSE_RULES[ufunc], strict=False)
        known = ((x, rule) for x, rule in rules if isinstance(x, Traced) and x.moves)
        return Traced(y, tuple((x, bind_rule(rule, y, values)) for x, rule in known))

    def __array_function__(self, function: Any, types: Any, args: Any, kwargs: Any) -> Any:
        if function not in TRACED_FUNCTIONS:
            raise TypeError(f"an oracle cannot use np.{function.__name__}; known: {known_operations()}")
        return TRACED_FUNCTIONS[function](*args, **kwargs)

    def changed(self, value: Any, back: Callable[[Any], Any]) -> Traced:
        """The result of an operation on this array alone."""
        return Traced(value, ((self, back),) if self.moves else ())

    def __getitem__(self, index: Any) -> Traced:
        def back(g: Any) -> Any:
            spread = np.zeros(self.shape, g.dtype)
            np.add.at(spread, index, g)
            return spread

        return self.changed(self.value[index], back)

    def sum(self, axis: int | None = None) -> Traced:
        def back(g: Any) -> Any:
            return np.broadcast_to(g if axis is None else np.expand_dims(g, axis), self.shape)

        return self.changed(self.value.sum(axis=axis), back)

    def mean(self, axis: int | None = None) -> Traced:
        return self.sum(axis) / (self.size if axis is None else self.shape[axis])

    def argmin(self, axis: int) -> np.ndarray:
        """The lowest index of a smallest number."""
        moved = np.moveaxis(self.value, axis, 0)
        best, least = np.zeros(moved.shape[1:], int), np.array(moved[0])
        for i, row in enumerate(moved[1:], start=1):
            nearer = sign_of(row - least) < 0
            best[nearer], least[nearer] = i, row[nearer]
        return best

    def max(self) -> Traced:
        """The first of the largest numbers."""
        place = Traced(-self.value.reshape(-1, 1)).argmin(axis=0)[0]
        return self[np.unravel_index(place, self.shape)]

    def __iter__(self) -> Iterator[Traced]:
        return (self[i] for i in range(len(self)))

    def __len__(self) -> int:
        return len(self.value)

    @property
    def T(self) -> Traced:
        return self.changed(self.value.T, lambda g: g.T)

    __hash__ = object.__hash__  # an array is one place in the graph, whatever it equals
    shape = property(lambda self: self.value.shape)
    ndim = property(lambda self: self.value.ndim)
    size = property(lambda self: self.value.size)


def traced_where(mask: np.ndarray, a: Any, b: Any) -> Traced:
    """a where the mask holds, else b; what is not chosen gets a slope of zero."""
    values = with_balls([x.value if isinstance(x, Traced) else np.asarray(x) for x in (a, b)])
    chosen = ((a, lambda g: np.where(mask, g, 0)), (b, lambda g: np.where(mask, 0, g)))
    made_from = tuple((x, back) for x, back in chosen if isinstance(x, Traced) and x.moves)
    return Traced(np.where(mask, *values), made_from)


TRACED_FUNCTIONS: dict[Any, Callable[..., Any]] = {
    np.sum: Traced.sum,
    np.mean: Traced.mean,
    np.max: Traced.max,
    np.where: traced_where,
    np.real: lambda x: x,
    np.zeros_like: lambda x: Traced(np.zeros(x.shape, x.value.dtype)),
    np.ones_like: lambda x: Traced(np.ones(x.shape, x.value.dtype)),
}


def known_operations() -> str:
    names = [f"np.{f.__name__}" for f in (*REVERSE_RULES, *COMPARISONS, np.sign, np.isnan, *TRACED_FUNCTIONS)]
    return ", ".join(names) + ", argmin, indices and .T"


def bind_rule(rule: Callable[..., Any], y: Any, values: list[Any]) -> Callable[[Any], Any]:
    """The rule with its arguments; of single numbers arrays of one, as NumPy hands out a single object bare."""
    return lambda g: rule(*(x.reshape(1) if x.ndim == 0 else x for x in (g, y, *values)))


def boxed(value: Any) -> np.ndarray:
    """`value` as an array. NumPy hands out a single object bare, and would take a series for a list."""
    if type(value) is np.ndarray:
        return value
    if isinstance(value, np.generic | int | float | complex):
        return np.asarray(value)
    box = np.empty((), object)
    box[()] = value
    return box


def apply_ufunc(ufunc: Any, *values: Any) -> np.ndarray:
    """The function of arrays, and what NumPy, FLINT's balls or its series lack of it."""
    if ufunc is np.matmul:
        return boxed(any_product(*values))
    if ufunc is np.tanh and any(hasattr(x, "coeffs") for x in values[0].flat):
        return boxed(1 - boxed(2 / boxed(boxed(np.exp(boxed(2 * values[0]))) + 1)))
    if ufunc is np.log1p and values[0].dtype == object:
        return boxed(np.log(boxed(1 + values[0])))
    if ufunc is np.logaddexp:
        return logaddexp(*values)
    return boxed(ufunc(*values))


def logaddexp(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """log(eᵃ + eᵇ); NumPy's has neither objects nor complex numbers. Balls do not overflow, other numbers do."""
    if object not in (a.dtype, b.dtype):
        larger = a.real > b.real
        a, b = np.where(larger, a, b), np.where(larger, b, a)
    return boxed(a + boxed(np.log(boxed(1 + boxed(np.exp(boxed(b - a)))))))


def logistic(z: np.ndarray) -> np.ndarray:
    """1/(1 + exp −z), in which a ball occurs once and so widens no more than it must."""
    return (1 + apply_ufunc(np.tanh, z / 2)) / 2


def sign_of(values: np.ndarray) -> np.ndarray:
    """−1, 0 or 1 for each number, by its real part. Raises Undecided."""
    if values.dtype != object:
        return np.asarray(np.sign(values.real))
    return np.fromiter((sign_of_ball(x) for x in values.ravel()), int, values.size).reshape(values.shape)


def sign_of_ball(x: Any) -> int:
    """The sign of a ball, or of the constant term of a series."""
    constant = x[0] if hasattr(x, "coeffs") else x
    for answer, holds in ((1, constant > 0), (-1, constant < 0), (0, constant == 0)):
        if holds:
            return answer
    raise Undecided(f"the sign of {constant} is unknown")


def reverse_sweep(output: Traced, seed: Any = 1) -> dict[Traced, np.ndarray]:
    """The slopes of Σ seed · output by every array that it was made from, itself included."""
    slopes: dict[Traced, Any] = {output: boxed(0 * output.value + seed)}  # of its type: 1/3 of integers is a float64
    waiting, found = [output], {output}
    while waiting:
        new = {parent for parent, _ in waiting.pop().made_from} - found
        found |= new
        waiting += new
    for node in sorted(found, key=lambda node: -node.order):
        for parent, back in node.made_from:
            part = boxed(back(slopes[node]))
            part = part if part.shape == parent.shape else sum_to_shape(part, parent.shape)
            slopes[parent] = boxed(slopes[parent] + part) if parent in slopes else part
    return slopes


def sum_to_shape(slope: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """`slope` summed over the axes along which an array of this shape was repeated."""
    slope = boxed(slope.sum(axis=tuple(range(slope.ndim - len(shape))))) if slope.ndim > len(shape) else slope
    repeated = tuple(i for i, n in enumerate(shape) if n == 1 and slope.shape[i] != 1)
    return boxed(slope.sum(axis=repeated, keepdims=True)) if repeated else slope


def traced_arrays(arrays: Mapping[str, np.ndarray], moves: bool = False) -> dict[str, Any]:
    """The arrays of numbers as traced ones; integers, which are labels or counts, as they are."""
    return {name: Traced(a, moves=moves) if a.dtype.kind in "fcO" else a for name, a in arrays.items()}


def reverse_gradient(
    function: Callable[..., Any], params: Mapping[str, np.ndarray], data: Mapping[str, np.ndarray]
) -> dict:
    """∂(Σ f)/∂params by one reverse sweep."""
    leaves = traced_arrays(params, moves=True)
    slopes = reverse_sweep(function(leaves, traced_arrays(data)))
    return {name: slopes[x] if x in slopes else boxed(0 * x.value) for name, x in leaves.items()}
