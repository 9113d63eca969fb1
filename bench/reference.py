"""References: the oracle's function in extended precision, differentiated by complex step.

f'(x) = Im f(x + ih)/h + O(h²) has no cancellation (Squire and Trapp, 1998), so with h = 2⁻²⁰⁰ the derivative is as exact as
the function. Descent runs in the same precision.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

import problems

from . import UsageError, cache, inputs

STEP = np.ldexp(np.longdouble(1), -200)

Function = Callable[[dict, dict], Any]


@dataclass(frozen=True)
class Reference:
    """value: the trusted answer, a tree of extended-precision arrays; objective: the function there or at the inputs."""

    value: Any
    objective: float


def require_extended() -> None:
    """Raise UsageError where `longdouble` is no wider than float64."""
    if np.finfo(np.longdouble).eps >= np.finfo(np.float64).eps:
        raise UsageError(
            "references need an extended-precision longdouble, and here it is float64 (as on ARM and on Windows); "
            "run gradmark on an x86-64 Linux machine"
        )


def load(problem: str, instance_name: str, operation: str, dtype: str, *, fresh: bool = False) -> Reference:
    """The reference of a case for inputs rounded to `dtype`."""
    require_extended()
    instance = problems.load(problem).instance(instance_name)
    options = dict(instance.operations[operation])
    given = inputs.load(problem, instance_name)
    oracle = Path(str(problems.load(problem).folder)) / "oracle.py"
    identity = cache.digest(given.digest, oracle, Path(__file__), operation, sorted(options.items()), dtype)

    def make() -> cache.Flat:
        function = getattr(problems.load_oracle(problem), instance.function)
        params, data = extended(given.cast(dtype).params), extended(given.cast(dtype).data)
        value = OPERATIONS[operation](function, params, data, **options)
        return {f"value/{path}": leaf for path, leaf in cache.flatten(value).items()}

    name = f"{problem}-{instance_name}-{operation}-{dtype}-{identity[:16]}"
    stored = cache.arrays("references", name, make, fresh=fresh)
    value = cache.unflatten({path.removeprefix("value/"): leaf for path, leaf in stored.items()})
    return Reference(value, objective(problem, instance_name, operation, dtype, value))


def objective(problem: str, instance_name: str, operation: str, dtype: str, result: Any) -> float:
    """The oracle's function at the parameters that an operation found, or else at the instance's own."""
    instance = problems.load(problem).instance(instance_name)
    if instance.kind != "scalar":
        return float("nan")
    given = inputs.load(problem, instance_name).cast(dtype)
    found = result if operation in FINDS_PARAMETERS else given.params
    function = getattr(problems.load_oracle(problem), instance.function)
    with np.errstate(all="ignore"):
        return float(np.real(function(stepped(extended(found)), extended(given.data))))


def extended(arrays: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    return {name: np.asarray(a, np.longdouble) if a.dtype.kind == "f" else a for name, a in arrays.items()}


def stepped(params: Mapping[str, np.ndarray], name: str = "", index: Any = ()) -> dict[str, np.ndarray]:
    """Complex copies of `params`, with one entry moved by ih."""
    moved = {key: np.array(array, np.clongdouble) for key, array in params.items()}
    if name:
        moved[name][index] += 1j * STEP
    return moved


def value(function: Function, params: dict, data: dict) -> np.ndarray:
    return np.asarray(np.real(function(stepped(params), data)))


def gradient(function: Function, params: dict, data: dict) -> dict[str, np.ndarray]:
    slopes = {name: np.empty_like(array) for name, array in params.items()}
    for name, slope in slopes.items():
        for index in np.ndindex(slope.shape):
            slope[index] = np.imag(function(stepped(params, name, index), data)) / STEP
    return slopes


def gradient_descent(function: Function, params: dict, data: dict, rate: float, steps: int) -> dict[str, np.ndarray]:
    # The rate is the one that the cell uses: its decimal rounded to float64.
    with np.errstate(all="ignore"):
        for _ in range(steps):
            slopes = gradient(function, params, data)
            params = {name: weight - np.longdouble(rate) * slopes[name] for name, weight in params.items()}
    return params


OPERATIONS: dict[str, Callable[..., Any]] = {
    "value": value,
    "gradient": gradient,
    "gradient_descent": gradient_descent,
}

FINDS_PARAMETERS = ("gradient_descent",)
"""Operations whose result is a new set of parameters."""
