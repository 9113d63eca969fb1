"""How a reference is made: in balls, or where that takes too long in extended precision, held against balls elsewhere."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np

import problems

from . import balls, cache, conditioning, extended, inputs
from .oracle import InconsistentOracle, Oracle, oracle_of
from .reference import Reference

STEPS = 3  # of descent or Newton's method, where extended precision is held against balls


def compute(problem: str, instance_name: str, operation: str, dtype: str, options: dict[str, Any]) -> Reference:
    """The reference of a case with any options, without its objective."""
    instance = problems.load(problem).instance(instance_name)
    known, given = oracle_of(problem, instance), inputs.load(problem, instance_name).cast(dtype)
    at, data = extended.extended(given.params), extended.extended(given.data)
    radius, why, bounds = None, "", None
    try:
        value, radius = balls.certified(known, operation, given.params, given.data, options, instance.scale)
    except balls.Uncertified as reason:
        value, why = extended.OPERATIONS[operation](known, at, data, **options), str(reason)
        why += f"; {check_small(problem, instance, operation, options, dtype)}"
    if operation == "gradient" and known.bounds:
        bounds = interval(known, given, value)
    sensitivity = conditioning.sensitivity(known, operation, given.params, given.data, options, dtype)
    return Reference(value, float("nan"), bounds, radius, sensitivity, why)


def interval(known: Oracle, given: inputs.Inputs, value: Any) -> tuple[Any, Any]:
    """The least and the greatest subgradient."""
    low, high = balls.bounds(known, given.params, given.data)
    certify_bounds(value, low, high)
    return low, high


def certify_bounds(value: dict, low: dict, high: dict) -> None:
    """Raise InconsistentOracle unless the derivative lies between the bounds, which differ only at a kink."""
    for name, slope in value.items():
        margin = extended.ROUNDING * np.max(np.abs(slope), initial=0)
        if np.any(slope < low[name] - margin) or np.any(slope > high[name] + margin):
            raise InconsistentOracle(f"the oracle's bounds of {name} do not hold the derivative of its own function")


def check_small(problem: str, instance: problems.Instance, operation: str, options: dict[str, Any], dtype: str) -> str:
    """What extended precision was held against, instead: balls for a few steps on the smallest instance of the function.

    Raises InconsistentOracle where the two differ.
    """
    options = {**options, "steps": min(STEPS, options["steps"])} if "steps" in options else options
    for small in by_size(problem, instance.function):
        given, known = inputs.load(problem, small.name).cast(dtype), oracle_of(problem, small)
        try:
            truth, _ = balls.certified(known, operation, given.params, given.data, options, instance.scale)
        except balls.Uncertified:
            continue
        at, data = extended.extended(given.params), extended.extended(given.data)
        require_equal(extended.OPERATIONS[operation](known, at, data, **options), truth, f"{problem}:{small.name}")
        return f"80-bit arithmetic instead, which gives the certified answer on {small.name}{few(options)}"
    return "80-bit arithmetic instead, and no instance of the function is small enough to hold it against balls"


def few(options: dict[str, Any]) -> str:
    return f" in {options['steps']} steps" if "steps" in options else ""


def by_size(problem: str, function: str) -> list[problems.Instance]:
    """The instances of a function, those of few numbers first."""
    all_of_it = [instance for instance in problems.load(problem).instances if instance.function == function]
    return sorted(all_of_it, key=lambda instance: size(problem, instance.name))


@lru_cache
def size(problem: str, instance_name: str) -> int:
    given = inputs.load(problem, instance_name)
    return sum(a.size for a in (*given.params.values(), *given.data.values()))


def require_equal(found: Any, truth: Any, where: str) -> None:
    """Raise InconsistentOracle where two trees differ in more than the rounding of 80-bit arithmetic."""
    ours, balls_own = cache.flatten(found), cache.flatten(truth)
    largest = max(np.max(np.abs(leaf), initial=0) for leaf in balls_own.values())
    for path, leaf in balls_own.items():
        worst = np.max(np.abs(ours[path] - leaf), initial=0)
        if not worst <= extended.ROUNDING * largest:
            raise InconsistentOracle(
                f"{where}: extended precision and balls differ by {worst:.3g} in {path or 'value'}"
            )
