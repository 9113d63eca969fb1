"""How far rounding of the inputs alone may move a result: Σⱼ |∂result/∂inputⱼ| · ½ unit in the last place of inputⱼ.

The slopes by the inputs, parameters and data, are derivatives of the oracle in 80-bit arithmetic, not differences. The
sum is exact for few inputs (a series along each), for a value (one sweep) and for gradients by few parameters (a sweep
over a series along each). Else it is estimated by Cauchy deviates (Kreinovich and Ferson, 2004): along a direction of
Cauchy numbers times the half units, entries move by Cauchy numbers whose scale is that sum, and the median of their
sizes over `DEVIATE_RUNS` directions is the scale, within a factor of `ESTIMATE_FACTOR` in 99 % of all cases. Iterations
are moved themselves, as they have no such slopes.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from ..data.store import Flat, flatten, unflatten
from .derivatives import (
    Derivatives,
    constants,
    count_variables,
    hessian_of_columns,
    jacobian_of_columns,
    moving_along,
    unit_array,
    variable_places,
)
from .extended import extended_answer, to_extended
from .jets import Jet, evaluation
from .number_kinds import (
    BALLS,
    EXTENDED,
    NumberKind,
    Undecided,
    as_objects,
    object_to_extended,
    precision,
)
from .oracle import InconsistentOracle, Oracle, Params
from .reverse_mode import slope_by, sweep
from .time_budget import Uncertified

DEVIATE_RUNS, LEAST_RUNS = 21, 5
MOVED_RUNS, LEAST_MOVED_RUNS = 11, 3  # of an iteration, which takes longer
ESTIMATE_FACTOR = 4.0
SENSITIVITY_SECONDS = 5.0  # for the runs after the least number of them
FEW_INPUTS = 20  # up to which the sum is exact
MIXED_BITS = 512  # of balls for the mixed part of a series
MOVE_SIZE = 2.0**-40  # of an iteration's inputs: relative to a half unit
LARGEST_DEVIATE = 1e7  # of the deviates that move an iteration: beyond it the result would not be linear
FINER_FACTOR = 2.0**-8  # of a run, to see whether its result moves in proportion
PROPORTION_FACTOR = 4.0  # more than this away from it is not linear

DATA = "data "  # before the names of data, among those of parameters


def input_sensitivity(
    oracle: Oracle, operation: str, params: Params, data: Params, options: dict[str, Any], dtype: str
) -> Any:
    """A tree like the result, of bounds in its own units; None where no such bounds are known.

    They are not where the result moves by what is not finite, at a tie, where slopes cannot be had (as of equal
    eigenvalues), nor where an iteration does not move in proportion.
    Zero is exact, and whole numbers in floating point, such as labels, count as numbers that were rounded.
    """
    try:
        return known_sensitivity(oracle, operation, params, data, options, dtype)
    except (Undecided, Uncertified, InconsistentOracle):
        return None


def known_sensitivity(
    oracle: Oracle, operation: str, params: Params, data: Params, options: dict[str, Any], dtype: str
) -> Any:
    with np.errstate(all="ignore"), evaluation(kind=EXTENDED, order=0, ties="as written", tied=[]) as state:
        if operation in SLOPES_ALONG:
            bounds = input_bounds(oracle, operation, params, data, dtype)
            if state.tied:
                return None
            return bounds_or_none(bounds, lambda: extended_answer(oracle, operation, params, data, options))
        return moved_sensitivity(oracle, operation, params, data, options, dtype)


def input_bounds(oracle: Oracle, operation: str, params: Params, data: Params, dtype: str) -> Flat:
    """The sum, exact or estimated. For few inputs in wide balls, as the mixed part of a series cancels in 80 bits."""
    slopes = InputSlopes(oracle, operation, params, data, dtype)
    if len(slopes.places) <= FEW_INPUTS and operation not in ("value", "gradient"):
        try:
            with precision(MIXED_BITS), evaluation(kind=BALLS):
                found = InputSlopes(oracle, operation, params, data, dtype, BALLS).along_each()
            return {path: object_to_extended(as_objects(leaf)) for path, leaf in found.items()}
        except (Undecided, Uncertified):
            pass  # 80-bit arithmetic decides everything
    return slopes.exact() or slopes.estimated()


def bounds_or_none(bounds: Flat, result: Callable[[], Any]) -> Any:
    """The bounds, 0 where the result itself is not finite; None where another one is not."""
    if not all(np.isfinite(leaf).all() for leaf in bounds.values()):
        finite = {path: np.isfinite(leaf) for path, leaf in flatten(result()).items()}
        bounds = {path: np.where(finite[path], leaf, 0) for path, leaf in bounds.items()}
    return unflatten(bounds) if all(np.isfinite(leaf).all() for leaf in bounds.values()) else None


class InputSlopes:
    """The slopes of a result by parameters and data, whose half units are `units`."""

    def __init__(
        self,
        oracle: Oracle,
        operation: str,
        params: Params,
        data: Params,
        dtype: str,
        kind: NumberKind = EXTENDED,
    ):
        self.oracle, self.operation, self.kind = oracle, operation, kind
        self.params, self.data = (
            {name: a if a.dtype == bool else kind.convert(a) for name, a in arrays.items()} for arrays in (params, data)
        )
        self.units = half_units(params, dtype) | {DATA + name: u for name, u in half_units(data, dtype).items()}
        self.places = [(name, tuple(i)) for name, u in self.units.items() for i in np.argwhere(u)]
        self.derivatives = Derivatives(oracle, self.data, kind)

    def exact(self) -> Flat | None:
        """Σ |slope| · unit; None where that would take too many evaluations."""
        if self.operation == "value" and self.oracle.kind == "scalar":
            return {"": self.by_sweep(constants(self.params), 0)}
        if self.operation == "gradient" and self.oracle.kind == "scalar" and count_variables(self.params) <= FEW_INPUTS:
            found = {name: np.zeros(x.shape, np.longdouble) for name, x in self.params.items()}
            for name, index in variable_places(self.params):
                moved = moving_along(self.params, {name: unit_array(self.params[name].shape, index)}, EXTENDED)
                found[name][index] = self.by_sweep(moved, 1)
            return found
        return self.along_each() if len(self.places) <= FEW_INPUTS else None

    def along_each(self) -> Flat:
        """The sum by the slopes along one input after the other."""
        total: Flat = {}
        for name, index in self.places:
            move = {name: unit_array(self.units[name].shape, index) * self.units[name]}
            for path, leaf in self.along(move).items():
                total[path] = total.get(path, 0) + np.abs(leaf)
        return total or {path: 0 * np.abs(leaf) for path, leaf in self.along({}).items()}

    def by_sweep(self, moved: dict[str, Jet], power: int) -> np.ndarray:
        """Σ |∂/∂input| unit of f, or with power 1 of its slope along the series."""
        with evaluation(order=power):
            leaves, output = self.derivatives.run(moved, constants(self.data))
            found = sweep(output)
            parts = [
                np.abs(slope_by(found, node).numbers(power)) * self.units[name]
                for name, node in leaves.items()
                if name in self.units
            ]
        return np.asarray(sum((part.sum() for part in parts), np.longdouble(0)))

    def along(self, move: Params) -> Flat:
        """The slope of the result along a move of the inputs."""
        own = {name: d for name, d in move.items() if not name.startswith(DATA)}
        given = {name.removeprefix(DATA): d for name, d in move.items() if name.startswith(DATA)}
        return flatten(SLOPES_ALONG[self.operation](self, own, given))

    def estimated(self) -> Flat:
        """The medians over moves by Cauchy deviates."""
        begun, runs = time.process_time(), list[Flat]()
        for seed in range(DEVIATE_RUNS):
            if len(runs) >= LEAST_RUNS and time.process_time() - begun > SENSITIVITY_SECONDS:
                break
            rng = np.random.default_rng(seed)
            runs.append(self.along({name: unit * rng.standard_cauchy(unit.shape) for name, unit in self.units.items()}))
        return {path: np.median([np.abs(run[path]) for run in runs], axis=0) for path in runs[0]}

    def moved(self, own: Params, given: Params, unit: Params | None = None) -> tuple[dict[str, Jet], dict[str, Jet]]:
        """Parameters and data as series along a move, and along a unit direction of the parameters besides."""
        steps = {name: np.asarray(d, np.longdouble) for name, d in own.items()}
        for name, d in (unit or {}).items():
            steps[name] = steps.get(name, 0) + d
        return moving_along(self.params, steps, self.kind), moving_along(self.data, given, self.kind)

    def slopes(self, own: Params, given: Params, power: int, unit: Params | None = None) -> Params:
        """The coefficients of one power of the gradient's series along a move."""
        with evaluation(order=power):
            params, data = self.moved(own, given, unit)
            leaves, output = self.derivatives.run(params, data)
            found = sweep(output)
            return {name: slope_by(found, leaves[name]).numbers(power) for name in self.params}

    def second(self, own: Params, given: Params, unit: Params) -> Params:
        """The slope of ∇²f · unit along a move: the mixed part of the terms t², of moves of like size."""
        size, own, given = of_like_size(own, given)
        both, alone = self.slopes(own, given, 2, unit), self.slopes(own, given, 2)
        straight = self.slopes({}, {}, 2, unit)
        return {name: (both[name] - alone[name] - straight[name]) * size for name in both}


def of_like_size(own: Params, given: Params) -> tuple[float, Params, Params]:
    """(the largest entry of a move, the move divided by it), so that it is of the size of a unit direction."""
    size = max((float(np.max(np.abs(d), initial=0)) for d in (*own.values(), *given.values())), default=0.0) or 1.0
    return size, *({name: d / size for name, d in part.items()} for part in (own, given))  # type: ignore[return-value]


def value_along(inputs: InputSlopes, own: Params, given: Params) -> np.ndarray:
    with evaluation(order=1):
        params, data = inputs.moved(own, given)
        return inputs.derivatives.run(params, data)[1].value.numbers(1)


def gradient_along(inputs: InputSlopes, own: Params, given: Params) -> Params:
    return inputs.slopes(own, given, 1)


def hessian_along(inputs: InputSlopes, own: Params, given: Params) -> dict[str, Params]:
    return hessian_of_columns(inputs.params, lambda unit: inputs.second(own, given, unit))


def diagonal_along(inputs: InputSlopes, own: Params, given: Params) -> Params:
    if inputs.oracle.kind != "elementwise":
        return inputs.second(own, given, {name: np.ones(x.shape) for name, x in inputs.params.items()})
    return {name: inputs.second(own, given, {name: np.ones(x.shape)})[name] for name, x in inputs.params.items()}


def jacobian_along(inputs: InputSlopes, own: Params, given: Params) -> Params:
    """The mixed part of the terms t² of f, one variable at a time."""
    size, own, given = of_like_size(own, given)

    def term(moves: bool, unit: Params | None) -> np.ndarray:
        with evaluation(order=2):
            params, data = inputs.moved(own if moves else {}, given if moves else {}, unit)
            return inputs.derivatives.run(params, data)[1].value.numbers(2)

    alone = term(True, None)
    return jacobian_of_columns(inputs.params, lambda unit: (term(True, unit) - alone - term(False, unit)) * size)


SLOPES_ALONG: dict[str, Callable[[InputSlopes, Params, Params], Any]] = {
    "value": value_along,
    "gradient": gradient_along,
    "hessian": hessian_along,
    "hessian_diagonal": diagonal_along,
    "jacobian_forward": jacobian_along,
    "jacobian_reverse": jacobian_along,
}


def half_units(arrays: Params, dtype: str) -> Params:
    """Half a unit in the last place of each floating-point number, 0 for zero and for arrays of integers and masks."""
    return {
        name: np.where(a == 0, 0, np.spacing(np.abs(a).astype(dtype)).astype(np.longdouble) / 2)
        for name, a in arrays.items()
        if a.dtype.kind == "f"
    }


# Iterations: moved themselves ----------------------------------------------------------------------------


def moved_sensitivity(
    oracle: Oracle, operation: str, params: Params, data: Params, options: dict[str, Any], dtype: str
) -> Any:
    begun = time.process_time()

    def result(size: float, seed: int = 0) -> Flat:
        rng = np.random.default_rng(seed)
        at, held = (shifted_inputs(arrays, rng, dtype, size) for arrays in (params, data))
        return flatten(extended_answer(oracle, operation, at, held, options))

    centre = result(0)

    def moves(seed: int, size: float) -> Flat:
        near = result(size, seed)
        return {path: np.abs(near[path] - leaf) / size for path, leaf in centre.items()}

    def runs() -> Iterator[Flat]:
        for seed in range(MOVED_RUNS):
            if seed >= LEAST_MOVED_RUNS and time.process_time() - begun > SENSITIVITY_SECONDS:
                return
            yield moves(seed, MOVE_SIZE / float(np.finfo(dtype).eps))

    done = list(runs())
    bounds = {path: np.median([run[path] for run in done], axis=0) for path in centre}
    if not all(np.isfinite(leaf).all() for leaf in bounds.values()):
        return None
    small = float(np.finfo(dtype).eps) / 2 * norm_of_moves(centre)
    return unflatten(bounds) if is_linear(done, moves, small, dtype) else None


def is_linear(runs: list[Flat], moves: Callable[[int, float], Flat], small: float, dtype: str) -> bool:
    """Whether a typical run moves the result in proportion, or by no more than `small`, where rounding may be larger."""
    typical = sorted(range(len(runs)), key=lambda seed: norm_of_moves(runs[seed]))[len(runs) // 2]
    finer_size = MOVE_SIZE / float(np.finfo(dtype).eps) * FINER_FACTOR
    coarser, finer = norm_of_moves(runs[typical]), norm_of_moves(moves(typical, finer_size))
    return coarser <= small or coarser / PROPORTION_FACTOR <= finer <= coarser * PROPORTION_FACTOR


def norm_of_moves(moves: Flat) -> float:
    """Over all entries, infinite where one is not finite."""
    found = float(np.sqrt(sum(np.sum(np.square(leaf)) for leaf in moves.values())))
    return found if np.isfinite(found) else np.inf


def shifted_inputs(arrays: Params, rng: np.random.Generator, dtype: str, size: float) -> Params:
    """The arrays in extended precision, each number moved by `size` of its half unit times a deviate."""
    moved, units = to_extended(arrays), half_units(arrays, dtype)
    for name, unit in units.items() if size else ():
        moved[name] = (
            moved[name] + unit * np.clip(rng.standard_cauchy(unit.shape), -LARGEST_DEVIATE, LARGEST_DEVIATE) * size
        )
    return moved
