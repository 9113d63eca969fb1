"""References: what results are judged by, certified in ball arithmetic where that is possible, and cached by content."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

import problems

from . import balls, cache, conditioning, extended, inputs, oracle, products, traced
from .extended import require_extended
from .oracle import InconsistentOracle, Oracle, oracle_of

__all__ = ["InconsistentOracle", "Oracle", "Reference", "compute", "load", "objective", "oracle_of", "require_extended"]

STEPS = 3  # of descent or Newton's method, where extended precision is held against balls
SOURCES = tuple(Path(str(module.__file__)) for module in (balls, conditioning, extended, oracle, products, traced))


@dataclass(frozen=True)
class Reference:
    """value: the trusted answer, a tree of extended-precision arrays; objective: the function there or at the inputs.

    radius: bounds on |value − truth|, a tree like value, None where they are not certified; why: the reason then.
    sensitivity: how far inputs that are off by half a unit in the last place may move each entry, None where not known.
    bounds: the least and the greatest answer, two such trees, where it is an interval (a subgradient at a kink).
    """

    value: Any
    objective: float
    bounds: tuple[Any, Any] | None = None
    radius: Any = None
    sensitivity: Any = None
    why: str = ""

    def nearest(self, result: Any) -> Any:
        """What `result` is judged against: the value, or that point of the interval which is nearest to the result."""
        if self.bounds is None:
            return self.value
        found, low, high = (cache.flatten(tree) for tree in (result, *self.bounds))
        same_form = all(path in found and np.shape(found[path]) == np.shape(leaf) for path, leaf in low.items())
        if not same_form:
            return self.value
        return cache.unflatten({path: np.fmin(np.fmax(found[path], low[path]), high[path]) for path in low})

    def position(self, result: Any) -> list[float]:
        """Where in the interval `result` lies, from 0 (least) to 1 (greatest), for every entry that has one."""
        if self.bounds is None:
            return []
        found, low, high = (cache.flatten(tree) for tree in (result, *self.bounds))
        wide = {path: low[path] < high[path] for path in low}
        parts = [((found[p] - low[p]) / np.where(wide[p], high[p] - low[p], 1))[wide[p]] for p in low]
        return sorted({round(float(part), 3) for part in np.concatenate(parts)})


def load(problem: str, instance_name: str, operation: str, dtype: str, *, fresh: bool = False) -> Reference:
    """The reference of a case for inputs rounded to `dtype`; `fresh`: computed now, whatever is stored."""
    require_extended()
    instance = problems.load(problem).instance(instance_name)
    options = dict(instance.operations[operation])
    given = inputs.load(problem, instance_name)
    text = Path(str(problems.load(problem).folder)) / "oracle.py"
    settings = (operation, repr(sorted(options.items())), dtype, instance.scale)
    identity = cache.digest(given.digest, text, *SOURCES, Path(__file__), *settings)
    name = f"{problem}-{instance_name}-{operation}-{dtype}-{identity[:16]}"
    stored = cache.arrays(
        "references", name, lambda: flat(compute(problem, instance_name, operation, dtype, options)), fresh=fresh
    )
    parts: dict[str, cache.Flat] = {}
    for path, leaf in stored.items():
        part, _, rest = path.partition("/")
        parts.setdefault(part, {})[rest] = leaf
    trees = {part: cache.unflatten(leaves) for part, leaves in parts.items()}
    return Reference(
        trees["value"],
        objective(problem, instance_name, operation, dtype, trees["value"]),
        (trees["low"], trees["high"]) if "low" in trees else None,
        trees.get("radius"),
        trees.get("sensitivity"),
        str(trees.get("why", "")),
    )


def flat(reference: Reference) -> cache.Flat:
    """What is stored of a reference."""
    low, high = reference.bounds or (None, None)
    trees = {"value": reference.value, "radius": reference.radius, "sensitivity": reference.sensitivity}
    trees |= {"low": low, "high": high, "why": np.array(reference.why) if reference.why else None}
    known = {part: tree for part, tree in trees.items() if tree is not None}
    return {f"{part}/{path}": leaf for part, tree in known.items() for path, leaf in cache.flatten(tree).items()}


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


def objective(problem: str, instance_name: str, operation: str, dtype: str, result: Any) -> float:
    """The oracle's function at the parameters that an operation found, or else at the instance's own."""
    instance = problems.load(problem).instance(instance_name)
    if instance.kind != "scalar":
        return float("nan")
    given = inputs.load(problem, instance_name).cast(dtype)
    found = result if operation in FINDS_PARAMETERS else given.params
    with np.errstate(all="ignore"):
        at, data = extended.extended(found), extended.extended(given.data)
        return float(extended.value(oracle_of(problem, instance), at, data))


FINDS_PARAMETERS = ("gradient_descent", "newton", "critical_point")
"""Operations whose result is a new set of parameters."""
