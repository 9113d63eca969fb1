"""Ball arithmetic: an oracle's function and its derivatives, and linear algebra, in numbers with rigorous radii.

Few variables: Taylor series along coordinate directions, mixed second derivatives by polarisation. Many: reverse mode, over
balls for gradients and over Taylor series of balls for second derivatives.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable
from typing import Any

import numpy as np
from flint import arb, arb_series, ctx

from .iterations import EigenSolve
from .matrix_products import flint_matrix, matrix_product
from .oracle import Oracle, Params
from .reverse_mode import Undecided, boxed, reverse_gradient, reverse_sweep, traced_arrays
from .time_budget import TimeBudget, Uncertified

MOST_SERIES = 16  # variables that get a Taylor series each
POINTS_BLOCK = 20_000  # points of an elementwise function at a time

Place = tuple[str, Any]
"""(name, index) of a variable."""


class BallArithmetic:
    """An `Arithmetic` of balls; params and data are arrays of them."""

    def __init__(self, oracle: Oracle, data: Params, budget: TimeBudget | None = None):
        self.oracle, self.data, self.budget = oracle, data, budget or TimeBudget(math.inf)

    def number(self, x: float) -> Any:
        return arb(x)

    def require_known(self, params: Params) -> Params:
        numbers = [x for leaf in params.values() for x in leaf.flat]
        largest = max(abs(x.mid()) for x in numbers)
        if not all(x.is_finite() and (x.is_exact() or x.rad() <= largest) for x in numbers):
            raise Undecided("the error bounds grow beyond the values")
        return params

    def evaluate(self, params: Params) -> np.ndarray:
        return boxed(self.oracle.function(traced_arrays(params), traced_arrays(self.data)).value)

    def value(self, params: Params) -> np.ndarray:
        return taylor_coefficient(self.evaluate(params), 0)

    def along(self, params: Params, moved: Iterable[Place], order: int) -> np.ndarray:
        """The coefficient of t^order of f where these entries are x + t."""
        ctx.cap = order + 1
        return taylor_coefficient(self.evaluate(moved_along(params, moved)), order)

    def pointwise(self, params: Params, order: int) -> Params:
        """The coefficient of t^order at every point of an elementwise function, for each parameter, in blocks."""
        found: dict[str, list[np.ndarray]] = {name: [] for name in params}
        points = next(iter(params.values())).size
        starts = [(name, start) for name in params for start in range(0, points, POINTS_BLOCK)]
        for name, start in self.budget(starts, len(starts)):
            at, held = block_of_points(params, start, points), block_of_points(self.data, start, points)
            places = [(name, i) for i in np.ndindex(at[name].shape)]
            found[name].append(BallArithmetic(self.oracle, held).along(at, places, order).ravel())
        return {name: np.concatenate(parts).reshape(params[name].shape) for name, parts in found.items()}

    def gradient(self, params: Params) -> Params:
        if self.oracle.kind == "elementwise":
            return self.pointwise(params, 1)
        if count_variables(params) > MOST_SERIES:
            return self.swept_gradient(params)
        slopes = {name: np.empty(x.shape, object) for name, x in params.items()}
        for name, index in variable_places(params):
            slopes[name][index] = self.along(params, [(name, index)], 1)[()]
        return slopes

    def swept_gradient(self, params: Params) -> Params:
        return reverse_gradient(self.oracle.function, params, self.data)

    def hessian_product(self, params: Params, moved: Iterable[Place]) -> Params:
        """∇²f times the direction where these entries are 1: the gradient's coefficient of t, by a sweep over series."""
        ctx.cap = 2
        slopes = self.swept_gradient(moved_along(params, moved))
        return {name: taylor_coefficient(slope, 1) for name, slope in slopes.items()}

    def hessian(self, params: Params) -> dict[str, Params]:
        blocks = {a: {b: np.empty(x.shape + y.shape, object) for b, y in params.items()} for a, x in params.items()}
        if count_variables(params) > MOST_SERIES:
            for b, index in self.budget(variable_places(params), count_variables(params)):
                column = self.hessian_product(params, [(b, index)])
                for a in params:
                    blocks[a][b][(..., *index)] = column[a]
            return blocks
        own = {place: self.along(params, [place], 2)[()] for place in variable_places(params)}
        for place, half in own.items():
            blocks[place[0]][place[0]][place[1] + place[1]] = 2 * half
        for first, second in itertools.combinations(own, 2):  # f(x + t(eᵢ + eⱼ)) has t²(½fᵢᵢ + fᵢⱼ + ½fⱼⱼ)
            mixed = self.along(params, [first, second], 2)[()] - own[first] - own[second]
            blocks[first[0]][second[0]][first[1] + second[1]] = mixed
            blocks[second[0]][first[0]][second[1] + first[1]] = mixed
        return blocks

    def hessian_diagonal(self, params: Params) -> Params:
        """Twice the second coefficients, or the Hessian times ones."""
        if self.oracle.kind == "elementwise":
            return {name: 2 * half for name, half in self.pointwise(params, 2).items()}
        return self.hessian_product(params, variable_places(params))

    def jacobian(self, params: Params) -> Params:
        """By a sweep for each row or a series for each column, whichever are fewer."""
        leaves = traced_arrays(params, moves=True)
        output = self.oracle.function(leaves, traced_arrays(self.data))
        if output.size < count_variables(params):
            seeds = np.eye(output.size, dtype=int).astype(object)
            rows = [reverse_sweep(output, row) for row in self.budget(seeds, output.size)]
            return {name: np.stack([row[x] for row in rows]) for name, x in leaves.items()}
        found = {}
        for name, x in params.items():
            columns = [self.along(params, [(name, i)], 1) for i in self.budget(np.ndindex(x.shape), x.size)]
            found[name] = np.stack(columns, axis=-1).reshape(-1, *x.shape)
        return found

    def solve(self, matrix: np.ndarray, vector: np.ndarray) -> np.ndarray:
        found = flint_matrix(matrix, row=True).solve(flint_matrix(vector, row=False)).entries()
        return np.fromiter(found, object, len(found))

    def eigen(self, matrix: np.ndarray) -> tuple[np.ndarray, EigenSolve]:
        if len(matrix) > 2:
            raise Uncertified("eigenvalues in ball arithmetic are implemented for one and two variables only")
        values = eigenvalues(matrix)
        return values, lambda used, vector: matrix_product(pseudo_inverse(matrix, values, used), vector, vector.shape)


def count_variables(params: Params) -> int:
    return sum(x.size for x in params.values())


def variable_places(params: Params) -> list[Place]:
    return [(name, index) for name, x in params.items() for index in np.ndindex(x.shape)]


def moved_along(params: Params, moved: Iterable[Place]) -> Params:
    """Copies of `params` where these entries are x + t."""
    copies = {name: np.array(x, object) for name, x in params.items()}
    for name, index in moved:
        copies[name][index] = arb_series([params[name][index], 1])
    return copies


def taylor_coefficient(array: np.ndarray, power: int) -> np.ndarray:
    """The coefficient of tᵖ in every entry."""
    numbers = (x[power] if isinstance(x, arb_series) else arb(x) if power == 0 else arb(0) for x in array.flat)
    return np.fromiter(numbers, object, array.size).reshape(array.shape)


def block_of_points(arrays: Params, start: int, points: int) -> Params:
    return {
        name: a.ravel()[start : start + POINTS_BLOCK] if a.size == points and a.ndim else a
        for name, a in arrays.items()
    }


def eigenvalues(matrix: np.ndarray) -> np.ndarray:
    """Of a symmetric matrix in one or two variables, ascending."""
    if len(matrix) == 1:
        return matrix[0]
    middle, half = (matrix[0, 0] + matrix[1, 1]) / 2, (matrix[0, 0] - matrix[1, 1]) / 2
    apart = (half * half + matrix[0, 1] * matrix[0, 1]).nonnegative_part().sqrt()
    return np.fromiter((middle - apart, middle + apart), object, 2)


def pseudo_inverse(matrix: np.ndarray, values: np.ndarray, used: np.ndarray) -> np.ndarray:
    """Σ vvᵀ/λ over the eigenvalues that are used; where one is, its projector is (H − λ')/(λ − λ')."""
    if np.all(used):
        return np.array(flint_matrix(matrix, row=True).inv().tolist(), object)
    if not np.any(used):
        return np.full(matrix.shape, arb(0))
    inside, outside = values if used[0] else values[::-1]
    projector = matrix - outside * np.eye(2, dtype=int).astype(object)
    return projector * (1 / ((inside - outside) * inside))
