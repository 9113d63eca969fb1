"""Certified answers: an operation in ball arithmetic (python-flint), every number with a rigorous radius.

Where a radius is too wide or a comparison undecided, the precision doubles; `Uncertified` says when that does not help, or
would take too long.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from flint import arb, ctx

from ..data.store import Flat, flatten, unflatten
from .derivatives import Derivatives
from .iterations import REFERENCE_OPERATIONS
from .jets import Jet, as_numbers, evaluation
from .matrix_products import hold_matrices
from .number_kinds import BALLS, Undecided, as_objects, is_certain, object_to_extended
from .oracle import Oracle, Params
from .oracle_arrays import OracleArray, array_of
from .oracle_calls import call_oracle
from .reverse_mode import Node
from .time_budget import TimeBudget, Uncertified

PRECISION_BITS = tuple(2**k for k in range(7, 15))
RADIUS_MARGIN = 2.0**-62  # of max(|value|, ε‖values‖∞), the widest radius: 2⁻¹⁰ units in the last place of float64
MOST_BALLS = 2 * 10**7  # of an instance, for the memory's sake
CERTIFY_SECONDS = 60.0


@dataclass(frozen=True)
class Certified:
    """values and radii: trees of extended-precision numbers, and of bounds on their distance from the truth.

    tied: where the function compared equal numbers that depend on its parameters.
    """

    values: Any
    radii: Any
    tied: list[str] = field(default_factory=list)


def to_numbers(arrays: Params) -> Params:
    """Data and parameters as balls of radius zero, integers of any width exactly; masks as they are."""
    return {name: a if a.dtype == bool else BALLS.convert(a) for name, a in arrays.items()}


def certified_answer(
    oracle: Oracle,
    operation: str,
    params: Params,
    data: Params,
    options: dict[str, Any],
    scale: float = 0.0,
    ties: str = "as written",
) -> Certified:
    """The result of an operation. scale: what a value of zero is judged by. Raises Uncertified."""
    count = sum(a.size for a in (*params.values(), *data.values()))
    if count > MOST_BALLS:
        raise Uncertified(f"ball arithmetic takes at most {MOST_BALLS} input numbers; the instance has {count}")
    at, held = to_numbers(params), to_numbers(data)
    with hold_matrices(held.values()):
        return to_precision(
            lambda budget: REFERENCE_OPERATIONS[operation](Derivatives(oracle, held, BALLS, budget), at, **options),
            scale,
            ties,
        )


def certified_bounds(oracle: Oracle, params: Params, data: Params) -> tuple[Params, Params]:
    """The least and the greatest subgradient, as the oracle has them. Raises Uncertified."""
    assert oracle.bounds is not None
    both, at, held = oracle.bounds, to_numbers(params), to_numbers(data)

    def make(budget: TimeBudget) -> dict[str, Params]:
        def call(params: dict, data: dict) -> dict[str, Params]:
            low, high = both(params, data)
            return {"low": plain_numbers(low), "high": plain_numbers(high)}

        return call_oracle(oracle, call, frozen_arrays(at), frozen_arrays(held))

    found = to_precision(make, 0.0)
    return found.values["low"], found.values["high"]


def frozen_arrays(arrays: Params) -> dict[str, OracleArray]:
    return {name: OracleArray(Node(Jet([a])), frozen=True) for name, a in arrays.items()}


def plain_numbers(arrays: dict[str, OracleArray]) -> Params:
    return {name: as_numbers(array_of(x).value).first for name, x in arrays.items()}


def to_precision(
    make: Callable[[TimeBudget], Any], scale: float, ties: str = "as written", most_bits: int = PRECISION_BITS[-1]
) -> Certified:
    """The tree of balls that `make` gives, as values and radii, at the least precision at which all are narrow."""
    budget, why, before, enough = TimeBudget(CERTIFY_SECONDS), "", ctx.prec, 0.0
    try:
        for bits in PRECISION_BITS:
            if bits < enough or bits > most_bits:
                continue
            ctx.prec = bits
            try:
                with evaluation(kind=BALLS, order=0, ties=ties, tied=[]) as state:
                    found = flatten(make(budget))
                if is_narrow(found, scale):
                    return Certified(*values_and_radii(found), list(dict.fromkeys(state.tied)))
                why = "an error bound is wider than the last place of float64"
            except (Undecided, ZeroDivisionError) as undecided:
                why, enough = str(undecided), bits / max(2 * budget.share, bits / PRECISION_BITS[-1])
    finally:
        ctx.prec = before
    raise Uncertified(f"at {most_bits} bits {why}")


def is_narrow(found: Flat, scale: float) -> bool:
    """Whether every radius is far below the last place of float64, and every infinity and NaN certain."""
    numbers = [x for leaf in found.values() for x in np.ravel(leaf)]
    if any(not (x.is_finite() or is_certain(x)) for x in numbers):
        return False
    largest = max((abs(x.mid()) for x in numbers if x.is_finite() and not x.contains(0)), default=arb(0))
    floor = arb(2.0**-52) * largest if largest > 0 else arb(scale)
    finite = (x for x in numbers if x.is_finite())
    return all(x.is_exact() or x.rad() <= RADIUS_MARGIN * max(abs(x.mid()), floor) for x in finite)


def values_and_radii(found: Flat) -> tuple[Any, Any]:
    """(values, radii) as arrays in extended precision; the radii hold the rounding, too."""
    values = {path: object_to_extended(as_objects(leaf)) for path, leaf in found.items()}
    radii = {path: error_bounds(as_objects(leaf), values[path]) for path, leaf in found.items()}
    return unflatten(values), unflatten(radii)


def error_bounds(balls: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Bounds on |truth − value|: the radius, and less than one unit in the last place of the value."""
    numbers = balls.ravel().tolist()
    radii = object_to_extended(np.fromiter((radius_of(x) for x in numbers), object, len(numbers))).reshape(values.shape)
    inexact = np.fromiter((x.mid().bits() > 64 for x in numbers), bool, len(numbers)).reshape(values.shape)
    with np.errstate(invalid="ignore"):
        return np.asarray(1.001 * radii + np.where(inexact, np.abs(values) * np.finfo(np.longdouble).eps, 0))


def radius_of(x: arb) -> arb:
    return x.rad().upper() if x.is_finite() else arb(0)
