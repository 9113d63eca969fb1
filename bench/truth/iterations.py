"""Gradient descent and Newton's method, written once for any arithmetic, and the table of all operations."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Protocol

import numpy as np

from backends import Layout

from .number_kinds import as_objects
from .oracle import Params
from .time_budget import TimeBudget

EigenSolve = Callable[[np.ndarray, np.ndarray], np.ndarray]
"""(which eigenvalues to use, vector) → Σ v(vᵀ vector)/λ over these."""


class Arithmetic(Protocol):
    """What the operations need: the derivatives of an oracle's function for fixed data, and linear algebra.

    budget: ends what takes too long. Vectors are (n,), matrices (n, n), in the numbers of the arithmetic.
    """

    budget: TimeBudget

    def number(self, x: float) -> Any: ...

    def sign(self, x: np.ndarray) -> np.ndarray:
        """−1, 0 or 1. Raises Undecided."""

    def require_known(self, params: Params, before: Params) -> Params:
        """`params`. Raises Undecided where nothing is known of them, so that a hopeless iteration ends early.

        It also does where they are not finite after a step from `before`, where they and the function were.
        """

    def value(self, params: Params) -> np.ndarray: ...

    def gradient(self, params: Params) -> Params: ...

    def swept_gradient(self, params: Params) -> Params:
        """The gradient by one reverse sweep, for however many variables."""

    def hessian(self, params: Params) -> dict[str, Params]: ...

    def hessian_diagonal(self, params: Params) -> Params:
        """The diagonal of a Hessian that is diagonal."""

    def jacobian(self, params: Params) -> Params:
        """∂fᵢ/∂xⱼ: {name: (m, *shape)}."""

    def solve(self, matrix: np.ndarray, vector: np.ndarray) -> np.ndarray: ...

    def eigen(self, matrix: np.ndarray) -> tuple[np.ndarray, EigenSolve]:
        """The eigenvalues of a symmetric matrix, ascending, and what solves with some of them."""


def layout_of(params: Params) -> Layout:
    return Layout({name: x.shape for name, x in params.items()}, np.reshape, np.concatenate)


def subtract_moves(arithmetic: Arithmetic, params: Params, moves: Params) -> Params:
    return arithmetic.require_known({name: as_objects(x - moves[name]) for name, x in params.items()}, params)


def descent_steps(arithmetic: Arithmetic, params: Params, rate: float, steps: int) -> Iterator[Params]:
    """The parameters after each step. The rate is the one that the cell uses: its decimal rounded to float64."""
    for step in arithmetic.budget(range(steps), steps):
        arithmetic.budget.share = step / steps
        slopes = arithmetic.swept_gradient(params)
        moves = {name: arithmetic.number(rate) * slope for name, slope in slopes.items()}
        params = subtract_moves(arithmetic, params, moves)
        yield params
    arithmetic.budget.share = 1.0


def gradient_descent(arithmetic: Arithmetic, params: Params, rate: float, steps: int) -> Params:
    for last in descent_steps(arithmetic, params, rate, steps):
        params = last
    return params


def descent_history(arithmetic: Arithmetic, params: Params, rate: float, steps: int) -> np.ndarray:
    """f(θ) after each step: (steps,)."""
    return np.stack([arithmetic.value(at) for at in descent_steps(arithmetic, params, rate, steps)])


def newton(
    arithmetic: Arithmetic, params: Params, steps: int, tolerance: float | None = None, diagonal: bool = False
) -> Params:
    """θ ← θ − ∇²f⁻¹ ∇f, until ‖∇f‖ ≤ tolerance; `diagonal`: θᵢ ← θᵢ − gᵢ/hᵢ, and where hᵢ = 0, θᵢ stays."""
    layout = layout_of(params)
    for _ in arithmetic.budget(range(steps), steps):
        slopes = arithmetic.swept_gradient(params)
        slope = layout.vector(slopes)
        if (
            tolerance is not None
            and arithmetic.sign(as_objects(np.sum(slope * slope) - arithmetic.number(tolerance) ** 2)) <= 0
        ):
            break
        if diagonal:
            curvatures = arithmetic.hessian_diagonal(params)
            moves = {name: quotient_or_zero(arithmetic, slopes[name], curvatures[name]) for name in params}
        else:
            moves = layout.tree(arithmetic.solve(layout.matrix(arithmetic.hessian(params)), slope))
        params = subtract_moves(arithmetic, params, moves)
    return params


def quotient_or_zero(arithmetic: Arithmetic, slope: np.ndarray, curvature: np.ndarray) -> np.ndarray:
    """slope / curvature, and 0 where the curvature is 0."""
    curved = arithmetic.sign(curvature) != 0
    return np.where(curved, slope / np.where(curved, curvature, 1), 0)


def critical_point(arithmetic: Arithmetic, params: Params, steps: int) -> Params:
    """Newton's method on the gradient, and the eigenvalues at its end, ascending.

    A direction without curvature, |λ| ≤ nε max|λ| with the ε of float64, gets no step.
    """
    layout = layout_of(params)
    for _ in arithmetic.budget(range(steps), steps):
        slope = layout.vector(arithmetic.gradient(params))
        values, solve = arithmetic.eigen(layout.matrix(arithmetic.hessian(params)))
        sizes = np.abs(values)
        cutoff = arithmetic.number(values.size * 2.0**-52) * max(sizes, key=float)
        params = subtract_moves(arithmetic, params, layout.tree(solve(arithmetic.sign(sizes - cutoff) > 0, slope)))
    return {**params, "eigenvalues": arithmetic.eigen(layout.matrix(arithmetic.hessian(params)))[0]}


FIRST_DERIVATIVES = ("gradient", "jacobian_forward", "jacobian_reverse")
SECOND_DERIVATIVES = ("hessian", "hessian_diagonal")
DERIVATIVES = (*FIRST_DERIVATIVES, *SECOND_DERIVATIVES)

REFERENCE_OPERATIONS: dict[str, Callable[..., Any]] = {
    "value": lambda arithmetic, params: arithmetic.value(params),
    "gradient": lambda arithmetic, params, step=None: arithmetic.gradient(params),  # the step is for differences
    "hessian": lambda arithmetic, params: arithmetic.hessian(params),
    "hessian_diagonal": lambda arithmetic, params: arithmetic.hessian_diagonal(params),
    "jacobian_forward": lambda arithmetic, params: arithmetic.jacobian(params),
    "jacobian_reverse": lambda arithmetic, params: arithmetic.jacobian(params),
    "gradient_descent": gradient_descent,
    "descent_history": descent_history,
    "newton": newton,
    "critical_point": critical_point,
}
"""(arithmetic, params, **options of the operation) → its result."""
