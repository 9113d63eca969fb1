"""Derivatives in balls: Taylor coefficients along coordinate directions, or where there are many the reverse sweep."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from typing import Any

import numpy as np
from flint import arb, arb_series, ctx

from .oracle import Oracle, Params
from .reverse_mode import boxed, reverse_gradient, reverse_sweep, traced_arrays
from .time_budget import TimeBudget

FEW = 16  # variables that get a Taylor series each
POINTS_BLOCK = 20_000  # points of an elementwise function at a time


Places = tuple[tuple[str, Any], ...]


def count_variables(params: Params) -> int:
    return sum(x.size for x in params.values())


def variable_places(params: Params) -> list[tuple[str, Any]]:
    """(name, index) of every variable."""
    return [(name, index) for name, x in params.items() for index in np.ndindex(x.shape)]


def along(params: Params, moved: Iterable[tuple[str, Any]]) -> Params:
    """Copies of `params` where these entries are x + t."""
    copies = {name: np.array(x, object) for name, x in params.items()}
    for name, index in moved:
        copies[name][index] = arb_series([params[name][index], 1])
    return copies


def coefficient(array: np.ndarray, power: int) -> np.ndarray:
    """The coefficient of tᵖ in every entry."""
    numbers = (x[power] if isinstance(x, arb_series) else arb(x) if power == 0 else arb(0) for x in array.flat)
    return np.fromiter(numbers, object, array.size).reshape(array.shape)


def evaluate_balls(oracle: Oracle, params: Params, data: Params) -> np.ndarray:
    return boxed(oracle.function(traced_arrays(params), traced_arrays(data)).value)


def series(oracle: Oracle, params: Params, data: Params, moved: Iterable[tuple[str, Any]], order: int) -> np.ndarray:
    """The coefficient of t^order of f where these entries are x + t."""
    ctx.cap = order + 1
    return coefficient(evaluate_balls(oracle, along(params, moved), data), order)


def value(oracle: Oracle, params: Params, data: Params, pace: TimeBudget) -> np.ndarray:
    return coefficient(evaluate_balls(oracle, params, data), 0)


def pointwise(oracle: Oracle, params: Params, data: Params, order: int, pace: TimeBudget) -> Params:
    """The coefficient of t^order at every point of an elementwise function, for each parameter, in blocks."""
    found: dict[str, list[np.ndarray]] = {name: [] for name in params}
    points = next(iter(params.values())).size
    starts = [(name, start) for name in params for start in range(0, points, POINTS_BLOCK)]
    for name, start in pace(starts, len(starts)):
        at, held = block(params, start, points), block(data, start, points)
        found[name].append(series(oracle, at, held, [(name, i) for i in np.ndindex(at[name].shape)], order))
    return {
        name: np.concatenate([part.ravel() for part in parts]).reshape(params[name].shape)
        for name, parts in found.items()
    }


def block(arrays: Params, start: int, points: int) -> Params:
    return {
        name: a.ravel()[start : start + POINTS_BLOCK] if a.size == points and a.ndim else a
        for name, a in arrays.items()
    }


def gradient(oracle: Oracle, params: Params, data: Params, pace: TimeBudget, step: float | None = None) -> Params:
    """The gradient; `step`, which some instances state for differences, changes nothing."""
    if oracle.kind == "elementwise":
        return pointwise(oracle, params, data, 1, pace)
    if count_variables(params) > FEW:
        return reverse_gradient(oracle.function, params, data)
    slopes = {name: np.empty(x.shape, object) for name, x in params.items()}
    for name, index in variable_places(params):
        slopes[name][index] = series(oracle, params, data, [(name, index)], 1)[()]
    return slopes


def bent(oracle: Oracle, params: Params, data: Params, moved: Iterable[tuple[str, Any]]) -> Params:
    """∇²f times the direction where these entries are 1: the gradient's coefficient of t, by a sweep over series."""
    ctx.cap = 2
    slopes = reverse_gradient(oracle.function, along(params, moved), data)
    return {name: coefficient(slope, 1) for name, slope in slopes.items()}


def hessian(oracle: Oracle, params: Params, data: Params, pace: TimeBudget) -> dict[str, Params]:
    blocks = {a: {b: np.empty(x.shape + y.shape, object) for b, y in params.items()} for a, x in params.items()}
    if count_variables(params) > FEW:
        for b, index in pace(variable_places(params), count_variables(params)):
            column = bent(oracle, params, data, [(b, index)])
            for a in params:
                blocks[a][b][(..., *index)] = column[a]
        return blocks
    own = {place: series(oracle, params, data, [place], 2)[()] for place in variable_places(params)}
    for place, half in own.items():
        blocks[place[0]][place[0]][place[1] + place[1]] = 2 * half
    for first, second in itertools.combinations(own, 2):  # f(x + t(eᵢ + eⱼ)) has t²(½fᵢᵢ + fᵢⱼ + ½fⱼⱼ)
        mixed = series(oracle, params, data, [first, second], 2)[()] - own[first] - own[second]
        blocks[first[0]][second[0]][first[1] + second[1]] = mixed
        blocks[second[0]][first[0]][second[1] + first[1]] = mixed
    return blocks


def hessian_diagonal(oracle: Oracle, params: Params, data: Params, pace: TimeBudget) -> Params:
    """The diagonal of a Hessian that is diagonal: twice the second coefficients, or the Hessian times ones."""
    if oracle.kind == "elementwise":
        return {name: 2 * half for name, half in pointwise(oracle, params, data, 2, pace).items()}
    return bent(oracle, params, data, variable_places(params))


def jacobian(oracle: Oracle, params: Params, data: Params, pace: TimeBudget) -> Params:
    """∂fᵢ/∂xⱼ: {name: (m, *shape)}, by a sweep for each row or a series for each column, whichever are fewer."""
    leaves = traced_arrays(params, moves=True)
    output = oracle.function(leaves, traced_arrays(data))
    if output.size < count_variables(params):
        rows = [reverse_sweep(output, row) for row in pace(np.eye(output.size, dtype=int).astype(object), output.size)]
        return {name: np.stack([row[x] for row in rows]) for name, x in leaves.items()}
    found = {}
    for name, x in params.items():
        columns = [series(oracle, params, data, [(name, i)], 1) for i in pace(np.ndindex(x.shape), x.size)]
        found[name] = np.stack(columns, axis=-1).reshape(-1, *x.shape)
    return found
