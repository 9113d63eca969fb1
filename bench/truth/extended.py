"""Uncertified answers: an oracle's function in 80-bit arithmetic, differentiated by complex step.

f'(x) = Im f(x + ih)/h + O(h²) has no cancellation (Squire and Trapp, 1998), so with h = 2⁻²⁰⁰ the derivative is as exact as
the function. For many variables the gradient is a reverse sweep, held against complex steps each time, and Hessians are
complex steps of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import mpmath
import numpy as np

from backends import Layout

from .. import UsageError
from .oracle import InconsistentOracle, Oracle, Params
from .reverse_mode import reverse_gradient, traced_arrays

STEP = np.ldexp(np.longdouble(1), -200)

MOST_COMPLEX_STEPS = 20  # for one complex step each
DIRECTIONS = 3  # in which a sweep is held against complex steps
ROUNDING = 1e-16  # relative, a thousand units in the last place of an 80-bit number


def require_extended() -> None:
    """Raise UsageError where `longdouble` is no wider than float64."""
    if np.finfo(np.longdouble).eps >= np.finfo(np.float64).eps:
        raise UsageError(
            "references need an extended-precision longdouble, and here it is float64 (as on ARM and on Windows); "
            "run gradmark on an x86-64 Linux machine"
        )


def to_extended(arrays: Mapping[str, np.ndarray]) -> Params:
    return {name: np.asarray(a, np.longdouble) if a.dtype.kind == "f" else a for name, a in arrays.items()}


def stepped(params: Mapping[str, np.ndarray], name: str = "", index: Any = ()) -> Params:
    """Complex copies of `params`, with one entry moved by ih."""
    moved = {key: np.array(array, np.clongdouble) for key, array in params.items()}
    if name:
        moved[name][index] += 1j * STEP
    return moved


def evaluate_extended(oracle: Oracle, params: Params, data: Params) -> np.ndarray:
    return np.asarray(oracle.function(traced_arrays(params), traced_arrays(data)).value)


def extended_value(oracle: Oracle, params: Params, data: Params) -> np.ndarray:
    return np.real(evaluate_extended(oracle, params, data))


def gradient(oracle: Oracle, params: Params, data: Params, step: float | None = None) -> Params:
    """The gradient; `step`, which some instances state for differences, changes nothing."""
    if oracle.kind == "elementwise":
        moved = {name: {**params, name: x + 1j * STEP} for name, x in params.items()}
        return {name: np.imag(evaluate_extended(oracle, at, data)) / STEP for name, at in moved.items()}
    if sum(array.size for array in params.values()) > MOST_COMPLEX_STEPS:
        return slope_function(oracle, params, data)(params, data)
    slopes = {name: np.empty_like(array) for name, array in params.items()}
    for name, slope in slopes.items():
        for index in np.ndindex(slope.shape):
            slope[index] = np.imag(evaluate_extended(oracle, stepped(params, name, index), data)) / STEP
    return slopes


def slope_function(oracle: Oracle, params: Params, data: Params) -> Callable[[Params, Params], Params]:
    """(params, data) → the gradient by a reverse sweep, held against complex steps of the function first.

    In random directions from random points nearby, because at a minimum the gradient is the rounding of large terms. Raises
    InconsistentOracle where the two differ in more than rounding.
    """
    rng = np.random.default_rng(0)
    for _ in range(DIRECTIONS):
        point = {name: x + 0.1 * np.maximum(1, np.abs(x)) * rng.normal(size=np.shape(x)) for name, x in params.items()}
        direction = {name: rng.normal(size=np.shape(x)) for name, x in params.items()}
        moved = {name: x + 1j * STEP * direction[name] for name, x in point.items()}
        truth = np.sum(np.imag(evaluate_extended(oracle, moved, data))) / STEP
        slopes = reverse_gradient(oracle.function, point, data)
        products = [np.ravel(slopes[name] * direction[name]) for name in params]
        found, size = sum(p.sum() for p in products), sum(np.abs(p).sum() for p in products)
        if abs(found - truth) > ROUNDING * max(size, abs(truth)):
            raise InconsistentOracle(f"the reverse sweep is wrong: along one direction {found}, truly {truth}")
    return lambda params, data: reverse_gradient(oracle.function, params, data)


def hessian(oracle: Oracle, params: Params, data: Params) -> dict[str, Params]:
    """The complex step of the gradient, one variable at a time."""
    return second_derivatives(slope_function(oracle, params, data), params, data)


def second_derivatives(own: Callable[..., Params], params: Params, data: Params) -> dict[str, Params]:
    blocks = {
        a: {b: np.empty(np.shape(x) + np.shape(y), np.longdouble) for b, y in params.items()} for a, x in params.items()
    }
    for b, y in params.items():
        for index in np.ndindex(np.shape(y)):
            column = own(stepped(params, b, index), data)
            for a in params:
                blocks[a][b][(..., *index)] = np.imag(column[a]) / STEP
    return blocks


def hessian_diagonal(oracle: Oracle, params: Params, data: Params) -> Params:
    """The diagonal of a Hessian that is diagonal: the complex step of the gradient along ones."""
    own = slope_function(oracle, params, data)
    moved = {name: np.array(x, np.clongdouble) + 1j * STEP for name, x in params.items()}
    return {name: np.imag(slope) / STEP + np.zeros_like(params[name]) for name, slope in own(moved, data).items()}


def jacobian(oracle: Oracle, params: Params, data: Params) -> Params:
    """∂fᵢ/∂xⱼ by complex step, one variable at a time: {name: (m, *shape)}."""
    found = {}
    for name, x in params.items():
        columns = [
            np.imag(evaluate_extended(oracle, stepped(params, name, index), data)) / STEP
            for index in np.ndindex(x.shape)
        ]
        found[name] = np.stack(columns, axis=-1).reshape(-1, *x.shape)
    return found


def descent(oracle: Oracle, params: Params, data: Params, rate: float, steps: int) -> Iterator[Params]:
    """The parameters after each step. The rate is the one that the cell uses: its decimal rounded to float64."""
    function = slope_function(oracle, params, data)
    with np.errstate(all="ignore"):
        for _ in range(steps):
            slopes = function(params, data)
            params = {name: weight - np.longdouble(rate) * slopes[name] for name, weight in params.items()}
            yield params


def gradient_descent(oracle: Oracle, params: Params, data: Params, rate: float, steps: int) -> Params:
    for last in descent(oracle, params, data, rate, steps):
        params = last
    return params


def descent_history(oracle: Oracle, params: Params, data: Params, rate: float, steps: int) -> np.ndarray:
    """f(θ) after each step of `gradient_descent`: (steps,)."""
    costs = [extended_value(oracle, at, data) for at in descent(oracle, params, data, rate, steps)]
    return np.array(costs, np.longdouble)


def diagonal_newton(oracle: Oracle, params: Params, data: Params, steps: int) -> Params:
    """θᵢ ← θᵢ − gᵢ/hᵢ with h the diagonal of the Hessian; where hᵢ = 0, θᵢ stays."""
    slopes_of = slope_function(oracle, params, data)
    for _ in range(steps):
        slopes, curvatures = slopes_of(params, data), hessian_diagonal(oracle, params, data)
        bent = {name: h != 0 for name, h in curvatures.items()}
        moves = {n: np.where(bent[n], slopes[n] / np.where(bent[n], curvatures[n], 1), 0) for n in params}
        params = {name: x - moves[name] for name, x in params.items()}
    return params


def newton(
    oracle: Oracle, params: Params, data: Params, steps: int, tolerance: float | None = None, diagonal: bool = False
) -> Params:
    """Newton's method; each step is solved in float64 and refined three times, as NumPy solves in no wider type."""
    if diagonal:
        return diagonal_newton(oracle, params, data, steps)
    layout = Layout({name: np.shape(array) for name, array in params.items()}, np.reshape, np.concatenate)
    own = slope_function(oracle, params, data)
    for _ in range(steps):
        slope = layout.vector(own(params, data))
        if tolerance is not None and np.sqrt(np.sum(slope * slope)) <= tolerance:
            break
        matrix = layout.matrix(second_derivatives(own, params, data))
        step = np.zeros_like(slope)
        for _ in range(4):
            step = step + np.linalg.solve(matrix.astype(float), (slope - matrix @ step).astype(float))
        params = layout.tree(layout.vector(params) - step)
    return params


def critical_point(oracle: Oracle, params: Params, data: Params, steps: int) -> Params:
    """Newton's method on the gradient by ∇²f = VΛVᵀ, and the eigenvalues at its end.

    A direction without curvature, |λ| ≤ nε max|λ| with the ε of float64, gets no step.
    """
    layout = Layout({name: np.shape(array) for name, array in params.items()}, np.reshape, np.concatenate)
    own = slope_function(oracle, params, data)
    cutoff = sum(np.size(x) for x in params.values()) * np.finfo(np.float64).eps
    for _ in range(steps):
        slope = layout.vector(own(params, data))
        values, vectors = eigen_extended(layout.matrix(second_derivatives(own, params, data)))
        bent = np.abs(values) > cutoff * np.abs(values).max()
        step = vectors @ (np.where(bent, 1 / np.where(bent, values, 1), 0) * (slope @ vectors))
        params = layout.tree(layout.vector(params) - step)
    return {**params, "eigenvalues": eigen_extended(layout.matrix(second_derivatives(own, params, data)))[0]}


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


EXTENDED_OPERATIONS: dict[str, Callable[..., Any]] = {
    "value": extended_value,
    "gradient": gradient,
    "hessian": hessian,
    "hessian_diagonal": hessian_diagonal,
    "jacobian_forward": jacobian,
    "jacobian_reverse": jacobian,
    "gradient_descent": gradient_descent,
    "descent_history": descent_history,
    "newton": newton,
    "critical_point": critical_point,
}
