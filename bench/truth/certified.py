"""Certified answers: an operation in ball arithmetic (python-flint), every number with a rigorous radius.

Where a radius is too wide or a comparison undecided, the precision doubles; `Uncertified` says when that does not help, or
would take too long.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from flint import arb, ctx

from ..data.store import Flat, flatten, unflatten
from .ball_arithmetic import BallArithmetic, taylor_coefficient
from .iterations import REFERENCE_OPERATIONS
from .matrix_products import hold_matrices
from .oracle import Oracle, Params
from .reverse_mode import Undecided, boxed, traced_arrays
from .time_budget import TimeBudget, Uncertified

PRECISION_BITS = tuple(2**k for k in range(7, 15))
RADIUS_MARGIN = 2.0**-62  # of max(|value|, ε‖values‖∞), the widest radius: 2⁻¹⁰ units in the last place of float64
MOST_BALLS = 2 * 10**7  # of an instance, for the memory's sake
CERTIFY_SECONDS = 60.0


def to_balls(array: np.ndarray) -> np.ndarray:
    """Floating-point numbers as balls of radius zero; other arrays as they are."""
    if array.dtype.kind != "f":
        return array
    return np.fromiter(map(arb, array.astype(float).ravel().tolist()), object, array.size).reshape(array.shape)


def certified_answer(
    oracle: Oracle, operation: str, params: Params, data: Params, options: dict[str, Any], scale: float = 0.0
) -> tuple[Any, Any]:
    """(values, radii): trees of extended-precision numbers, and of bounds on their distance from the truth.

    scale: what a value of zero is judged by. Raises Uncertified.
    """
    count = sum(a.size for a in (*params.values(), *data.values()))
    if count > MOST_BALLS:
        raise Uncertified(f"ball arithmetic takes at most {MOST_BALLS} input numbers; the instance has {count}")
    at, held = all_to_balls(params), all_to_balls(data)
    with hold_matrices(held.values()):
        return to_precision(
            lambda budget: REFERENCE_OPERATIONS[operation](BallArithmetic(oracle, held, budget), at, **options), scale
        )


def certified_bounds(oracle: Oracle, params: Params, data: Params) -> tuple[Params, Params]:
    """The least and the greatest subgradient of a function with kinks. Raises Uncertified."""
    assert oracle.bounds is not None
    both, at, held = oracle.bounds, all_to_balls(params), all_to_balls(data)

    def make(budget: TimeBudget) -> dict[str, Params]:
        low, high = both(traced_arrays(at), traced_arrays(held))
        return {"low": constant_terms(low), "high": constant_terms(high)}

    found, _ = to_precision(make, 0.0)
    return found["low"], found["high"]


def constant_terms(arrays: dict[str, Any]) -> Params:
    return {name: taylor_coefficient(x.value, 0) for name, x in arrays.items()}


def all_to_balls(arrays: Params) -> Params:
    return {name: to_balls(a) for name, a in arrays.items()}


def to_precision(make: Callable[[TimeBudget], Any], scale: float) -> tuple[Any, Any]:
    """The tree of balls that `make` gives, as values and radii, at the least precision at which all are narrow."""
    budget, why, before, enough = TimeBudget(CERTIFY_SECONDS), "", (ctx.prec, ctx.cap), 0.0
    try:
        for bits in PRECISION_BITS:
            if bits < enough:
                continue
            ctx.prec = bits
            try:
                found = flatten(make(budget))
                if is_narrow(found, scale):
                    return values_and_radii(found)
                why = "an error bound is wider than the last place of float64"
            except (Undecided, ZeroDivisionError) as undecided:
                why, enough = str(undecided), bits / max(2 * budget.share, bits / PRECISION_BITS[-1])
    finally:
        ctx.prec, ctx.cap = before
    raise Uncertified(f"at {PRECISION_BITS[-1]} bits {why}")


def is_narrow(found: Flat, scale: float) -> bool:
    """Whether every radius is far below the last place of float64."""
    numbers = [x for leaf in found.values() for x in np.ravel(leaf)]
    if any(x.is_nan() or not (x.is_finite() or x.is_exact()) for x in numbers):
        return False
    largest = max((abs(x.mid()) for x in numbers if x.is_finite()), default=arb(0))
    floor = arb(2.0**-52) * largest if largest != 0 else arb(scale)
    return all(x.is_exact() or x.rad() <= RADIUS_MARGIN * max(abs(x.mid()), floor) for x in numbers)


def values_and_radii(found: Flat) -> tuple[Any, Any]:
    """(values, radii) as arrays in extended precision; the radii hold the rounding, too."""
    values = {path: midpoints(leaf) for path, leaf in found.items()}
    radii = {path: error_bounds(leaf, values[path]) for path, leaf in found.items()}
    return unflatten(values), unflatten(radii)


def midpoints(balls: Any) -> np.ndarray:
    """The midpoints, rounded towards zero to the 64 bits of an 80-bit number."""
    numbers = np.ravel(boxed(balls))
    parts = np.empty((3, numbers.size))
    for i, x in enumerate(numbers):
        if not arb(x).is_finite():  # an end of an interval
            parts[:, i] = float(arb(x)), 0, 0
            continue
        mantissa, exponent = (int(part) for part in arb(x).mid().man_exp())
        excess = max(0, mantissa.bit_length() - 64)
        size = abs(mantissa) >> excess
        sign = -1 if mantissa < 0 else 1
        parts[:, i] = sign * (size >> 32), sign * (size & 0xFFFFFFFF), exponent + excess
    high, low, exponents = parts
    sum_of_both = np.ldexp(high.astype(np.longdouble), 32) + low.astype(np.longdouble)
    with np.errstate(over="ignore", under="ignore"):
        return np.asarray(np.ldexp(sum_of_both, exponents.astype(int))).reshape(np.shape(balls))


def error_bounds(balls: Any, values: np.ndarray) -> np.ndarray:
    """Bounds on |truth − value|: the radius, and less than one unit in the last place of the value."""
    numbers = [arb(x) for x in np.ravel(boxed(balls))]
    radii = midpoints(np.fromiter((x.rad().upper() for x in numbers), object, len(numbers))).reshape(values.shape)
    inexact = np.fromiter((x.mid().bits() > 64 for x in numbers), bool, len(numbers)).reshape(values.shape)
    return np.asarray(1.001 * radii + np.where(inexact, np.abs(values) * np.finfo(np.longdouble).eps, 0))
