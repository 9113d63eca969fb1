"""Descent and Newton's method in balls."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import numpy as np
from flint import arb, arb_mat

from .oracle import Oracle, Params
from .reverse_mode import Undecided, boxed, decided, reverse_gradient
from .taylor import count_variables, evaluate_balls, gradient, hessian, hessian_diagonal
from .time_budget import TimeBudget, Uncertified


def require_known(params: Params) -> Params:
    """`params`, if they are known to some digits. Raises Undecided, so that a hopeless iteration ends early."""
    numbers = [x for leaf in params.values() for x in leaf.flat]
    largest = max(abs(x.mid()) for x in numbers)
    if not all(x.is_finite() and (x.is_exact() or x.rad() <= largest) for x in numbers):
        raise Undecided("the radii grow beyond the values")
    return params


def minus(params: Params, moves: Params) -> Params:
    return require_known({name: boxed(x - moves[name]) for name, x in params.items()})


def descent(
    oracle: Oracle, params: Params, data: Params, rate: float, steps: int, pace: TimeBudget
) -> Iterator[Params]:
    """The parameters after each step. The rate is the one that the cell uses: its decimal rounded to float64."""
    for step in pace(range(steps), steps):
        pace.share = step / steps
        slopes = reverse_gradient(oracle.function, params, data)
        params = minus(params, {name: boxed(arb(rate) * slope) for name, slope in slopes.items()})
        yield params
    pace.share = 1.0


def gradient_descent(oracle: Oracle, params: Params, data: Params, rate: float, steps: int, pace: TimeBudget) -> Params:
    for last in descent(oracle, params, data, rate, steps, pace):
        params = last
    return params


def descent_history(
    oracle: Oracle, params: Params, data: Params, rate: float, steps: int, pace: TimeBudget
) -> np.ndarray:
    """f(θ) after each step: (steps,)."""
    costs = [evaluate_balls(oracle, at, data)[()] for at in descent(oracle, params, data, rate, steps, pace)]
    return np.fromiter(costs, object, steps)


def gradient_vector(tree: Params) -> Any:
    entries = [x for leaf in tree.values() for x in leaf.flat]
    return arb_mat(len(entries), 1, entries)


def hessian_matrix(blocks: dict[str, Params], params: Params) -> Any:
    rows = [np.concatenate([blocks[a][b].reshape(x.size, -1) for b in params], axis=1) for a, x in params.items()]
    return arb_mat(np.concatenate(rows).tolist())


def vector_to_tree(entries: Any, params: Params) -> Params:
    """The inverse of `vector`."""
    numbers, found = iter(entries.entries()), {}
    for name, x in params.items():
        found[name] = np.fromiter(itertools.islice(numbers, x.size), object, x.size).reshape(x.shape)
    return found


def newton(
    oracle: Oracle,
    params: Params,
    data: Params,
    steps: int,
    pace: TimeBudget,
    tolerance: float | None = None,
    diagonal: bool = False,
) -> Params:
    """θ ← θ − ∇²f⁻¹ ∇f, until ‖∇f‖ ≤ tolerance; `diagonal`: θᵢ ← θᵢ − gᵢ/hᵢ, and where hᵢ = 0, θᵢ stays."""
    for _ in pace(range(steps), steps):
        slopes = reverse_gradient(oracle.function, params, data)
        if (
            tolerance is not None
            and decided(sum(x * x for x in gradient_vector(slopes).entries()) - arb(tolerance) ** 2) <= 0
        ):
            break
        if diagonal:
            curvatures = hessian_diagonal(oracle, params, data, pace)
            moves = {name: safe_quotients(slopes[name], curvatures[name]) for name in params}
        else:
            moves = vector_to_tree(
                hessian_matrix(hessian(oracle, params, data, pace), params).solve(gradient_vector(slopes)), params
            )
        params = minus(params, moves)
    return params


def safe_quotients(slope: np.ndarray, curvature: np.ndarray) -> np.ndarray:
    quotients = (arb(0) if decided(h) == 0 else arb(g) / h for g, h in zip(slope.flat, curvature.flat, strict=True))
    return np.fromiter(quotients, object, slope.size).reshape(slope.shape)


def critical_point(oracle: Oracle, params: Params, data: Params, steps: int, pace: TimeBudget) -> Params:
    """Newton's method on the gradient, and the eigenvalues at its end, ascending, in one or two variables.

    A direction without curvature, |λ| ≤ nε max|λ| with the ε of float64, gets no step.
    """
    if count_variables(params) > 2:
        raise Uncertified("eigenvalues in balls are written down for one and two variables")
    for _ in pace(range(steps), steps):
        slopes, curved = (
            gradient_vector(gradient(oracle, params, data, pace)),
            hessian_matrix(hessian(oracle, params, data, pace), params),
        )
        params = minus(params, vector_to_tree(pseudo_inverse(curved) * slopes, params))
    last = eigenvalues(hessian_matrix(hessian(oracle, params, data, pace), params))
    return {**params, "eigenvalues": np.fromiter(last, object, len(last))}


def eigenvalues(H: Any) -> list[Any]:
    if H.nrows() == 1:
        return [H[0, 0]]
    middle, half = (H[0, 0] + H[1, 1]) / 2, (H[0, 0] - H[1, 1]) / 2
    apart = (half * half + H[0, 1] * H[0, 1]).nonnegative_part().sqrt()
    return [middle - apart, middle + apart]


def pseudo_inverse(H: Any) -> Any:
    """Σ vvᵀ/λ over the eigenvalues above the cutoff; the other one's projector is (H − λ')/(λ − λ')."""
    values, n = eigenvalues(H), H.nrows()
    largest = max((abs(x) for x in values), key=lambda x: x.mid())
    bent = [decided(abs(x) - arb(n * 2.0**-52) * largest) > 0 for x in values]
    if all(bent):
        return H.inv()
    if not any(bent):
        return arb_mat(n, n)
    inside, outside = values if bent[0] else reversed(values)
    projector = H - outside * arb_mat([[1, 0], [0, 1]])
    return projector * (1 / ((inside - outside) * inside))
