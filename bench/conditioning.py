"""How far rounding of the inputs alone may move a result: Σⱼ |∂result/∂inputⱼ| · ½ unit in the last place of inputⱼ.

The sum is estimated by the method of Cauchy deviates (Kreinovich and Ferson, 2004): where each input moves by a Cauchy
number times its half unit, the result's entries move by Cauchy numbers whose scale is that sum, and the median of their
sizes is the scale. A few runs in extended precision serve every operation, however many inputs there are.
"""

from __future__ import annotations

import time
from typing import Any

import numpy as np

from . import cache, extended
from .oracle import Oracle

RUNS, LEAST_RUNS = 11, 3
SECONDS = 5.0  # for the runs after the least number of them
MOVE = 2.0**-30  # relative to an input: small beside it, and large beside the rounding of 80-bit arithmetic
LARGEST = 1e4  # of the deviates: beyond it the function would not be linear


def sensitivity(
    oracle: Oracle, operation: str, params: extended.Params, data: extended.Params, options: dict[str, Any], dtype: str
) -> Any:
    """A tree like the result, of bounds in its own units; None where the result or its neighbours are not finite.

    Zero is exact, and inputs that are whole numbers, such as labels, count as numbers that were rounded.
    """
    rng, begun = np.random.default_rng(0), time.process_time()
    half = float(np.finfo(dtype).eps) / 2
    run = extended.OPERATIONS[operation]

    def result(moved: bool) -> cache.Flat:
        at, held = (shifted(arrays, rng, dtype, MOVE / half if moved else 0) for arrays in (params, data))
        with np.errstate(all="ignore"):
            return cache.flatten(run(oracle, at, held, **options))

    centre, moves = result(moved=False), []
    for count in range(RUNS):
        if count >= LEAST_RUNS and time.process_time() - begun > SECONDS:
            break
        near = result(moved=True)
        moves.append({path: np.abs(near[path] - leaf) * (half / MOVE) for path, leaf in centre.items()})
    bounds = {path: np.median([move[path] for move in moves], axis=0) for path in centre}
    return cache.unflatten(bounds) if all(np.isfinite(leaf).all() for leaf in bounds.values()) else None


def shifted(arrays: extended.Params, rng: np.random.Generator, dtype: str, size: float) -> extended.Params:
    """The arrays in extended precision, each number moved by `size` half units in its last place times a deviate."""
    moved = extended.extended(arrays)
    for name, a in moved.items():
        if a.dtype.kind == "f" and size:
            units = np.where(a == 0, 0, np.spacing(np.abs(arrays[name]).astype(dtype)))
            deviates = np.clip(rng.standard_cauchy(a.shape), -LARGEST, LARGEST)
            moved[name] = a + units.astype(np.longdouble) / 2 * deviates * size
    return moved
