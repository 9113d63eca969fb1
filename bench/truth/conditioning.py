"""How far rounding of the inputs alone may move a result: Σⱼ |∂result/∂inputⱼ| · ½ unit in the last place of inputⱼ.

The sum is estimated by the method of Cauchy deviates (Kreinovich and Ferson, 2004): where each input moves by a Cauchy
number times its half unit, the result's entries move by Cauchy numbers whose scale is that sum, and the median of their
sizes is the scale. A few runs in extended precision serve every operation, however many inputs there are.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np

from ..data.store import Flat, flatten, unflatten
from .extended import extended_answer, to_extended
from .oracle import Oracle, Params

SENSITIVITY_RUNS, LEAST_RUNS = 11, 3
SENSITIVITY_SECONDS = 5.0  # for the runs after the least number of them
MOVE_SIZE = 2.0**-30  # relative to an input: small beside it, and large beside the rounding of 80-bit arithmetic
LARGEST_DEVIATE = 1e4  # of the deviates: beyond it the function would not be linear
FINER_FACTOR = 2.0**-8  # of a run, to see whether its result moves in proportion
PROPORTION_FACTOR = 4.0  # more than this away from it is not linear


def input_sensitivity(
    oracle: Oracle, operation: str, params: Params, data: Params, options: dict[str, Any], dtype: str
) -> Any:
    """A tree like the result, of bounds in its own units; None where no such bounds are known.

    They are not where the result or its neighbours are not finite, and where the result does not move in proportion to the
    inputs: at a jump or a kink half a unit in the last place explains nothing, or anything.
    Zero is exact, and inputs that are whole numbers, such as labels, count as numbers that were rounded.
    """
    begun = time.process_time()
    half = float(np.finfo(dtype).eps) / 2

    def result(size: float, seed: int = 0) -> Flat:
        rng = np.random.default_rng(seed)
        at, held = (shifted_inputs(arrays, rng, dtype, size / half) for arrays in (params, data))
        return flatten(extended_answer(oracle, operation, at, held, options))

    centre = result(0)

    def moves(seed: int, size: float) -> Flat:
        near = result(size, seed)
        return {path: np.abs(near[path] - leaf) * (half / size) for path, leaf in centre.items()}

    runs: list[Flat] = []
    while len(runs) < LEAST_RUNS or (
        len(runs) < SENSITIVITY_RUNS and time.process_time() - begun < SENSITIVITY_SECONDS
    ):
        runs.append(moves(len(runs), MOVE_SIZE))
    bounds = {path: np.median([run[path] for run in runs], axis=0) for path in centre}
    if not all(np.isfinite(leaf).all() for leaf in bounds.values()):
        return None
    return unflatten(bounds) if is_linear(runs, moves, half * norm_of_moves(centre)) else None


def is_linear(runs: list[Flat], moves: Callable[[int, float], Flat], small: float) -> bool:
    """Whether a typical run moves the result in proportion, or by no more than `small`, where rounding may be larger."""
    typical = sorted(range(len(runs)), key=lambda seed: norm_of_moves(runs[seed]))[len(runs) // 2]
    coarser, finer = norm_of_moves(runs[typical]), norm_of_moves(moves(typical, MOVE_SIZE * FINER_FACTOR))
    return coarser <= small or coarser / PROPORTION_FACTOR <= finer <= coarser * PROPORTION_FACTOR


def norm_of_moves(moves: Flat) -> float:
    """Over all entries, infinite where one is not finite."""
    found = float(np.sqrt(sum(np.sum(np.square(leaf)) for leaf in moves.values())))
    return found if np.isfinite(found) else np.inf


def shifted_inputs(arrays: Params, rng: np.random.Generator, dtype: str, size: float) -> Params:
    """The arrays in extended precision, each number moved by `size` half units in its last place times a deviate."""
    moved = to_extended(arrays)
    for name, a in moved.items():
        if a.dtype.kind == "f" and size:
            units = np.where(a == 0, 0, np.spacing(np.abs(arrays[name]).astype(dtype)))
            deviates = np.clip(rng.standard_cauchy(a.shape), -LARGEST_DEVIATE, LARGEST_DEVIATE)
            moved[name] = a + units.astype(np.longdouble) / 2 * deviates * size
    return moved
