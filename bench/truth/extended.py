"""80-bit arithmetic: an oracle's function and its derivatives by complex step, and linear algebra, without radii.

f'(x) = Im f(x + ih)/h + O(h²) has no cancellation (Squire and Trapp, 1998), so with h = 2⁻²⁰⁰ the derivative is as exact as
the function. For many variables the gradient is a reverse sweep, which is checked against complex steps first, and Hessians
are complex steps of it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import mpmath
import numpy as np

from .. import UsageError
from .iterations import REFERENCE_OPERATIONS, EigenSolve
from .oracle import InconsistentOracle, Oracle, Params
from .reverse_mode import boxed, reverse_gradient, traced_arrays
from .time_budget import TimeBudget

COMPLEX_STEP = np.ldexp(np.longdouble(1), -200)

MOST_COMPLEX_STEPS = 20  # for one complex step each
CHECKED_DIRECTIONS = 3  # in which a sweep is checked against complex steps
EXTENDED_ROUNDING = 1e-16  # relative, a thousand units in the last place of an 80-bit number


def require_extended() -> None:
    """Raise UsageError where `longdouble` is no wider than float64."""
    if np.finfo(np.longdouble).eps >= np.finfo(np.float64).eps:
        raise UsageError(
            "references need an extended-precision longdouble, and here it is float64 (as on ARM and on Windows); "
            "run gradmark on an x86-64 Linux machine"
        )


def to_extended(arrays: Mapping[str, np.ndarray]) -> Params:
    return {name: np.asarray(a, np.longdouble) if a.dtype.kind == "f" else a for name, a in arrays.items()}


def complex_stepped(params: Params, name: str, index: Any) -> Params:
    """Complex copies of `params`, with one entry moved by ih."""
    moved = {key: np.array(array, np.clongdouble) for key, array in params.items()}
    moved[name][index] += 1j * COMPLEX_STEP
    return moved


class ExtendedArithmetic:
    """An `Arithmetic` of 80-bit numbers; params and data are arrays of them."""

    def __init__(self, oracle: Oracle, data: Params):
        self.oracle, self.data, self.budget, self.is_checked = oracle, data, TimeBudget(math.inf), False

    def number(self, x: float) -> Any:
        return np.longdouble(x)

    def require_known(self, params: Params) -> Params:
        return params

    def evaluate(self, params: Params) -> np.ndarray:
        return boxed(self.oracle.function(traced_arrays(params), traced_arrays(self.data)).value)

    def value(self, params: Params) -> np.ndarray:
        return np.real(self.evaluate(params))

    def slope(self, moved: Params) -> np.ndarray:
        """The derivative of f along the imaginary part of `moved`, in units of the step."""
        return np.imag(self.evaluate(moved)) / COMPLEX_STEP

    def gradient(self, params: Params) -> Params:
        if self.oracle.kind == "elementwise":
            return {name: self.slope({**params, name: x + 1j * COMPLEX_STEP}) for name, x in params.items()}
        if sum(x.size for x in params.values()) > MOST_COMPLEX_STEPS:
            return self.swept_gradient(params)
        slopes = {name: np.empty_like(x) for name, x in params.items()}
        for name, slope in slopes.items():
            for index in np.ndindex(slope.shape):
                slope[index] = self.slope(complex_stepped(params, name, index))
        return slopes

    def swept_gradient(self, params: Params) -> Params:
        self.check_sweep(params)
        return self.sweep(params)

    def sweep(self, params: Params) -> Params:
        return reverse_gradient(self.oracle.function, params, self.data)

    def check_sweep(self, params: Params) -> None:
        """Raise InconsistentOracle where the reverse sweep and complex steps differ in more than rounding; done once.

        In random directions from random points nearby, because at a minimum the gradient is the rounding of large terms.
        """
        if self.is_checked:
            return
        self.is_checked = True
        rng = np.random.default_rng(0)
        for _ in range(CHECKED_DIRECTIONS):
            point = {name: x + 0.1 * np.maximum(1, np.abs(x)) * rng.normal(size=x.shape) for name, x in params.items()}
            direction = {name: rng.normal(size=x.shape) for name, x in params.items()}
            truth = np.sum(self.slope({name: x + 1j * COMPLEX_STEP * direction[name] for name, x in point.items()}))
            slopes = self.sweep(point)
            products = [np.ravel(slopes[name] * direction[name]) for name in params]
            found, size = sum(p.sum() for p in products), sum(np.abs(p).sum() for p in products)
            if abs(found - truth) > EXTENDED_ROUNDING * max(size, abs(truth)):
                raise InconsistentOracle(f"the reverse sweep is wrong: a slope is {found}, by complex step {truth}")

    def hessian(self, params: Params) -> dict[str, Params]:
        """The complex step of the gradient, one variable at a time."""
        self.check_sweep(params)
        blocks = {
            a: {b: np.empty(x.shape + y.shape, np.longdouble) for b, y in params.items()} for a, x in params.items()
        }
        for b, y in params.items():
            for index in np.ndindex(y.shape):
                column = self.sweep(complex_stepped(params, b, index))
                for a in params:
                    blocks[a][b][(..., *index)] = np.imag(column[a]) / COMPLEX_STEP
        return blocks

    def hessian_diagonal(self, params: Params) -> Params:
        """The complex step of the gradient along ones."""
        self.check_sweep(params)
        slopes = self.sweep({name: x + 1j * COMPLEX_STEP for name, x in params.items()})
        return {name: np.imag(slope) / COMPLEX_STEP + np.zeros_like(params[name]) for name, slope in slopes.items()}

    def jacobian(self, params: Params) -> Params:
        """By complex step, one variable at a time."""
        found = {}
        for name, x in params.items():
            columns = [self.slope(complex_stepped(params, name, index)) for index in np.ndindex(x.shape)]
            found[name] = np.stack(columns, axis=-1).reshape(-1, *x.shape)
        return found

    def solve(self, matrix: np.ndarray, vector: np.ndarray) -> np.ndarray:
        """In float64, refined three times, as NumPy solves in no wider type."""
        found = np.zeros_like(vector)
        for _ in range(4):
            found = found + np.linalg.solve(matrix.astype(float), (vector - matrix @ found).astype(float))
        return found

    def eigen(self, matrix: np.ndarray) -> tuple[np.ndarray, EigenSolve]:
        values, vectors = eigen_extended(matrix)

        def solve(used: np.ndarray, vector: np.ndarray) -> np.ndarray:
            return vectors @ (np.where(used, 1 / np.where(used, values, 1), 0) * (vector @ vectors))

        return values, solve


def extended_answer(oracle: Oracle, operation: str, params: Params, data: Params, options: dict[str, Any]) -> Any:
    """The result of an operation, a tree of 80-bit numbers."""
    with np.errstate(all="ignore"):
        arithmetic = ExtendedArithmetic(oracle, to_extended(data))
        return REFERENCE_OPERATIONS[operation](arithmetic, to_extended(params), **options)


def objective_value(oracle: Oracle, params: Params, data: Params) -> float:
    """f at these parameters, where it is a single number."""
    return float(extended_answer(oracle, "value", params, data, {})) if oracle.kind == "scalar" else math.nan


def eigen_extended(matrix: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Eigenvalues, ascending, and eigenvectors of a symmetric matrix, by mpmath: NumPy has them in no wider type."""
    with mpmath.workprec(80):
        values, vectors = mpmath.eigsy(mpmath.matrix([[to_mpf(x) for x in row] for row in matrix]))
        return from_mpf(values).ravel(), from_mpf(vectors)


def to_mpf(x: Any) -> mpmath.mpf:
    """An extended-precision number: its float64 part and the rest."""
    return mpmath.mpf(float(x)) + mpmath.mpf(float(x - np.longdouble(float(x))))


def from_mpf(matrix: mpmath.matrix) -> np.ndarray:
    """An mpmath matrix in extended precision."""
    parts = [(np.longdouble(float(x)), np.longdouble(float(x - mpmath.mpf(float(x))))) for x in matrix]
    return np.array([high + low for high, low in parts]).reshape(matrix.rows, matrix.cols)
