"""How a reference is made: in ball arithmetic, or where that takes too long in 80-bit arithmetic, checked against balls."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np

import problems

from ..data.inputs import Inputs, load_inputs
from ..data.store import flatten
from .certified import certified_answer, certified_bounds
from .conditioning import input_sensitivity
from .extended import EXTENDED_ROUNDING, extended_answer, objective_value, require_extended
from .oracle import InconsistentOracle, Oracle, oracle_of
from .reference import FINDS_PARAMETERS, Reference
from .time_budget import Uncertified

CHECKED_STEPS = 3  # of descent or Newton's method, where 80-bit arithmetic is checked against balls


def compute_reference(
    problem: str, instance_name: str, operation: str, dtype: str, options: dict[str, Any]
) -> Reference:
    """The reference of a case with any options."""
    require_extended()
    instance = problems.load(problem).instance(instance_name)
    known, given = oracle_of(problem, instance), load_inputs(problem, instance_name).cast(dtype)
    radius, why, bounds = None, "", None
    try:
        value, radius = certified_answer(known, operation, given.params, given.data, options, instance.scale)
    except Uncertified as reason:
        value, why = extended_answer(known, operation, given.params, given.data, options), str(reason)
        why += f"; {check_small(problem, instance, operation, options, dtype)}"
    if operation == "gradient" and known.bounds:
        bounds = subgradient_interval(known, given, value)
    sensitivity = input_sensitivity(known, operation, given.params, given.data, options, dtype)
    objective = objective_value(known, value if operation in FINDS_PARAMETERS else given.params, given.data)
    return Reference(value, objective, bounds, radius, sensitivity, why)


def subgradient_interval(known: Oracle, given: Inputs, value: Any) -> tuple[Any, Any]:
    """The least and the greatest subgradient."""
    low, high = certified_bounds(known, given.params, given.data)
    certify_bounds(value, low, high)
    return low, high


def certify_bounds(value: dict, low: dict, high: dict) -> None:
    """Raise InconsistentOracle unless the derivative lies between the bounds, which differ only at a kink."""
    for name, slope in value.items():
        margin = EXTENDED_ROUNDING * np.max(np.abs(slope), initial=0)
        if np.any(slope < low[name] - margin) or np.any(slope > high[name] + margin):
            raise InconsistentOracle(f"the oracle's bounds of {name} do not contain the derivative of its function")


def check_small(problem: str, instance: problems.Instance, operation: str, options: dict[str, Any], dtype: str) -> str:
    """What 80-bit arithmetic was checked against: balls, for a few steps, on the smallest instance of the function.

    Raises InconsistentOracle where the two differ.
    """
    options = {**options, "steps": min(CHECKED_STEPS, options["steps"])} if "steps" in options else options
    for small in instances_by_size(problem, instance.function):
        given, known = load_inputs(problem, small.name).cast(dtype), oracle_of(problem, small)
        try:
            truth, _ = certified_answer(known, operation, given.params, given.data, options, instance.scale)
        except Uncertified:
            continue
        found = extended_answer(known, operation, given.params, given.data, options)
        require_equal(found, truth, f"{problem}:{small.name}")
        return f"used 80-bit arithmetic, which agrees with ball arithmetic on {small.name}{steps_text(options)}"
    return "used 80-bit arithmetic, unchecked: no instance of the function is small enough for ball arithmetic"


def steps_text(options: dict[str, Any]) -> str:
    return f" after {options['steps']} steps" if "steps" in options else ""


def instances_by_size(problem: str, function: str) -> list[problems.Instance]:
    """The instances of a function, those of few numbers first."""
    all_of_it = [instance for instance in problems.load(problem).instances if instance.function == function]
    return sorted(all_of_it, key=lambda instance: instance_size(problem, instance.name))


@lru_cache
def instance_size(problem: str, instance_name: str) -> int:
    given = load_inputs(problem, instance_name)
    return sum(a.size for a in (*given.params.values(), *given.data.values()))


def require_equal(found: Any, truth: Any, where: str) -> None:
    """Raise InconsistentOracle where two trees differ in more than the rounding of 80-bit arithmetic."""
    ours, balls_own = flatten(found), flatten(truth)
    largest = max(np.max(np.abs(leaf), initial=0) for leaf in balls_own.values())
    for path, leaf in balls_own.items():
        worst = np.max(np.abs(ours[path] - leaf), initial=0)
        if not worst <= EXTENDED_ROUNDING * largest:
            raise InconsistentOracle(f"{where}: 80-bit and ball arithmetic differ by {worst:.3g} in {path or 'value'}")
