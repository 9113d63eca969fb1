"""How a reference is made: in ball arithmetic, or where that takes too long in 80-bit arithmetic, checked against balls."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import Any

import numpy as np

import problems

from ..data.inputs import Inputs, load_inputs
from ..data.store import flatten
from .certified import Certified, certified_answer, certified_bounds
from .conditioning import input_sensitivity
from .derivatives import NO_STEP, SINGULAR
from .extended import EXTENDED_ROUNDING, extended_answer, objective_value, require_extended
from .iterations import DERIVATIVES, FIRST_DERIVATIVES
from .linear_algebra import APART
from .number_kinds import BALLS, Undecided
from .oracle import InconsistentOracle, Oracle, Params, oracle_of
from .reference import FINDS_PARAMETERS, Reference
from .tie_sides import BESIDE_IT, sides_of_tie
from .time_budget import Uncertified

CHECKED_STEPS = 3  # of descent or Newton's method, where 80-bit arithmetic is checked against balls


def compute_reference(
    problem: str, instance_name: str, operation: str, dtype: str, options: dict[str, Any]
) -> Reference:
    """The reference of a case with any options."""
    require_extended()
    instance = problems.load(problem).instance(instance_name)
    known, given = oracle_of(problem, instance), load_inputs(problem, instance_name).cast(dtype)
    return reference_of(
        known,
        given,
        operation,
        options,
        dtype,
        instance.scale,
        lambda: check_small(problem, instance, operation, options, dtype),
    )


def reference_of(
    known: Oracle,
    given: Inputs,
    operation: str,
    options: dict[str, Any],
    dtype: str,
    stated: float = 0.0,
    check: Any = None,
) -> Reference:
    """The reference of an operation on these inputs. stated: the instance's scale; check: what 80 bits are checked by."""
    start = value_at_start(known, given)
    largest = float(np.max(np.abs(start), initial=0))
    scale = stated or derived_scale(operation, largest, given)
    try:
        BALLS.signless = False
        answer = certified_answer(known, operation, given.params, given.data, options, scale)
        if BALLS.signless:
            require_signless(known, operation, given, options, answer)
        found, tied = Reference(answer.values, 0.0, radius=answer.radii), answer.tied
    except Uncertified as reason:
        found = beside_point(known, given, operation, options, scale, str(reason)) or in_extended(
            known, operation, given, options, str(reason), check
        )
        tied = []
    if operation == "gradient" and known.bounds:
        low, high = subgradient_interval(known, given, found.value)
        found = replace(found, value=value_between(found.value, low, high), bounds=(low, high))
    elif operation != "value" and not found.why and (tied or is_singular(operation, found.value, start)):
        found = beside_tie(known, given, operation, options, scale, tied, found)
    sensitivity = input_sensitivity(known, operation, given.params, given.data, options, dtype)
    if operation in FINDS_PARAMETERS:
        objective = objective_value(known, found.value, given.data)
    else:
        objective = float(start) if known.kind == "scalar" else np.nan
    is_zero = all(not np.any(leaf) for leaf in flatten(found.value).values())
    return replace(found, objective=objective, sensitivity=sensitivity, scale=scale if is_zero else stated)


def require_signless(known: Oracle, operation: str, given: Inputs, options: dict[str, Any], answer: Certified) -> None:
    """Raise Uncertified where 80-bit arithmetic, whose zeros have signs, gives another answer."""
    truth = flatten(answer.values)
    largest = max((np.max(np.abs(leaf[np.isfinite(leaf)]), initial=0) for leaf in truth.values()), default=0)
    try:
        found = flatten(extended_answer(known, operation, given.params, given.data, options))
    except (Undecided, Uncertified):
        return
    if not all(np.allclose(found[path], leaf, 1e-6, 1e-6 * largest, equal_nan=True) for path, leaf in truth.items()):
        raise Uncertified("the sign of a zero decides, which balls do not have")


def value_at_start(known: Oracle, given: Inputs) -> np.ndarray:
    """f in 80-bit arithmetic, NaN where that fails."""
    try:
        return np.asarray(extended_answer(known, "value", given.params, given.data, {}))
    except (Undecided, Uncertified):
        return np.full((), np.nan)


def extended_or_refusal(known: Oracle, operation: str, given: Inputs, options: dict[str, Any], why: str) -> Any:
    """The answer in 80-bit arithmetic. Raises InconsistentOracle where there is none either."""
    try:
        return extended_answer(known, operation, given.params, given.data, options)
    except (Undecided, Uncertified) as reason:
        raise InconsistentOracle(
            f"{known.where} has no reference of {operation}: {why}; in 80-bit arithmetic: {reason}"
        ) from None


def value_between(value: Params, low: Params, high: Params) -> Params:
    """The slope, where it is NaN a number between the bounds: the middle, or the end that is finite."""
    found = {}
    for name, slope in value.items():
        middle = np.where(np.isfinite(low[name]) & np.isfinite(high[name]), low[name] / 2 + high[name] / 2, low[name])
        found[name] = np.where(np.isnan(slope), np.where(np.isfinite(middle), middle, high[name]), slope)
    return found


def derived_scale(operation: str, objective: float, given: Inputs) -> float:
    """What a result of zero is judged by: |f|, |f|/‖x‖ or |f|/‖x‖² for derivatives, ‖x‖ for parameters; 1 if that is 0."""
    norm = float(np.sqrt(sum(np.sum(np.square(x, dtype=np.longdouble)) for x in given.params.values())))
    if operation in FINDS_PARAMETERS:
        scale = norm
    elif operation in DERIVATIVES and norm > 0:
        scale = objective / norm if operation in FIRST_DERIVATIVES else objective / norm / norm
    else:
        scale = objective
    return scale if 0 < scale < np.inf else 1.0


def is_singular(operation: str, value: Any, start: np.ndarray) -> bool:
    """Whether a derivative is not finite although the function is, as that of √x or ‖x‖ at 0: its own entry or row of it."""
    if operation not in DERIVATIVES:
        return False
    defined = np.isfinite(start)
    return any(bool((~np.isfinite(leaf[defined])).any()) for leaf in flatten(value).values())


def beside_tie(
    known: Oracle,
    given: Inputs,
    operation: str,
    options: dict[str, Any],
    scale: float,
    tied: list[str],
    found: Reference,
) -> Reference:
    """The reference where the function compares equal numbers, or has a derivative that is not finite."""
    place = "; ".join(tied[:3]) or "a derivative that is not finite"
    try:
        sides = sides_of_tie(known, operation, given.params, given.data, options, scale, tied)
    except Uncertified as reason:
        return replace(found, radius=None, why=f"a tie: {place}; {reason}")
    low, high = sides.low.values, sides.high.values
    if not sides.note and sides.agree:
        return replace(found, value=low, radius=sides.low.radii)
    within = found.value if lies_between(found.value, low, high) else low
    if not sides.note:
        return replace(found, value=within, bounds=(low, high))
    judged = "" if sides.note.endswith(BESIDE_IT) else "; judged on what both sides give"
    why = f"a tie: {place}; {sides.note}{judged}"
    return replace(found, value=within, bounds=(low, high), radius=None, why=why)


def in_extended(
    known: Oracle, operation: str, given: Inputs, options: dict[str, Any], reason: str, check: Any
) -> Reference:
    value = extended_or_refusal(known, operation, given, options, reason)
    return Reference(value, 0.0, why=f"{reason}; {check() if check else 'used 80-bit arithmetic'}")


def beside_point(
    known: Oracle, given: Inputs, operation: str, options: dict[str, Any], scale: float, reason: str
) -> Reference | None:
    """The reference of what has none at the point alone, such as slopes of equal eigenvalues: judged on points nearby.

    None where there is none nearby, either.
    """
    why = next((text for text in (APART, NO_STEP) if text in reason), None)
    if why is None or operation == "value":
        return None
    try:
        sides = sides_of_tie(known, operation, given.params, given.data, options, scale, [SINGULAR])
    except (Uncertified, InconsistentOracle):
        return None
    low, high = sides.low.values, sides.high.values
    return Reference(low, 0.0, bounds=(low, high), why=f"a tie: {why}; {BESIDE_IT}")


def lies_between(value: Any, low: Any, high: Any) -> bool:
    leaves, least, greatest = flatten(value), flatten(low), flatten(high)
    return all(np.all((least[path] <= leaf) & (leaf <= greatest[path])) for path, leaf in leaves.items())


def subgradient_interval(known: Oracle, given: Inputs, value: Any) -> tuple[Any, Any]:
    """The least and the greatest subgradient."""
    low, high = certified_bounds(known, given.params, given.data)
    certify_bounds(value, low, high)
    return low, high


def certify_bounds(value: dict, low: dict, high: dict) -> None:
    """Raise InconsistentOracle unless the derivative lies between the bounds, which differ only at a kink."""
    for name, slope in value.items():
        margin = EXTENDED_ROUNDING * np.max(np.abs(slope), initial=0)  # NaN and infinity are compared with nothing
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
            truth = certified_answer(known, operation, given.params, given.data, options, instance.scale).values
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
