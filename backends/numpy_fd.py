"""Finite differences in NumPy: the derivative for which nobody derives anything.

Decisions
- Steps: h = 2∛ε · max(1, |x|) for central and √ε · max(1, |x|) for forward differences, rounded so that x + h is exact.
  The best step is ∛(3ε|f/f‴|) or 2√(ε|f/f″|), which nobody knows beforehand. Of the factors 1 to 8 for central differences, 2
  is the least that keeps the rounding of f in float32 below the tolerance on XOR, where f is 15 times ∇f.
- Each entry of the parameters is perturbed in place in one buffer, so an evaluation allocates no copy of them.
- An elementwise function is differenced at all points at once: two evaluations, whatever the size.
- A gradient in more than 10 000 variables is refused: it needs as many evaluations.
- Hessians are differences of values, not of hand-derived gradients.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from . import Call, Task, Unsupported, Variant, numpy_hand
from .numpy_hand import descent, place, value

REQUIRES = "numpy"
EXTRA = ""
VARIANTS = {
    "central": Variant("(f(x+h) − f(x−h)) / 2h", accuracy="central"),
    "forward": Variant("(f(x+h) − f(x)) / h", accuracy="forward"),
}
DEVICES = ("cpu",)
MOST_VARIABLES = 10_000

environment = numpy_hand.environment
configure = numpy_hand.configure
wait = numpy_hand.wait
to_numpy = numpy_hand.to_numpy
effective_threads = numpy_hand.effective_threads
peak_memory = numpy_hand.peak_memory

CENTRAL = (2.0, 1 / 3)  # factor and power of ε
FORWARD = (1.0, 1 / 2)

Gradient = Callable[[dict, dict], dict]


def step(x: Any, factor: float, power: float) -> Any:
    """h = factor · ε^power · max(1, |x|), with x + h representable: then the step taken is the step divided by."""
    epsilon = np.finfo(x.dtype).eps
    h = (factor * epsilon**power * np.maximum(1, np.abs(x))).astype(x.dtype)
    return (x + h) - x


def central(function: Callable[..., Any], names: list[str]) -> Gradient:
    """The gradient function by (f(x+h) − f(x−h)) / 2h."""

    def gradient(params: dict, data: dict) -> dict:
        moved = {name: np.array(array) for name, array in params.items()}
        slopes = {}
        for name in names:
            x, h = moved[name].reshape(-1), step(params[name], *CENTRAL).reshape(-1)
            slope = np.empty_like(x)
            for i, origin in enumerate(x.copy()):
                x[i] = origin + h[i]
                above = function(moved, data)
                x[i] = origin - h[i]
                slope[i] = (above - function(moved, data)) / (2 * h[i])
                x[i] = origin
            slopes[name] = slope.reshape(params[name].shape)
        return slopes

    return gradient


def forward(function: Callable[..., Any], names: list[str]) -> Gradient:
    """The gradient function by (f(x+h) − f(x)) / h."""

    def gradient(params: dict, data: dict) -> dict:
        moved = {name: np.array(array) for name, array in params.items()}
        here = function(moved, data)
        slopes = {}
        for name in names:
            x, h = moved[name].reshape(-1), step(params[name], *FORWARD).reshape(-1)
            slope = np.empty_like(x)
            for i, origin in enumerate(x.copy()):
                x[i] = origin + h[i]
                slope[i] = (function(moved, data) - here) / h[i]
                x[i] = origin
            slopes[name] = slope.reshape(params[name].shape)
        return slopes

    return gradient


def differences(task: Task) -> Gradient:
    """The gradient function of this task's variant. Raises Unsupported beyond MOST_VARIABLES."""
    variables = sum(array.size for array in task.params.values())
    if variables > MOST_VARIABLES:
        raise Unsupported(
            f"{variables} variables need at least as many evaluations of the function; the limit is {MOST_VARIABLES}"
        )
    rule = {"central": central, "forward": forward}[task.variant]
    return rule(task.objective, list(task.params))


def gradient(task: Task, params: dict, data: dict) -> Call:
    slopes = differences(task)
    return lambda: slopes(params, data)


def gradient_descent(task: Task, params: dict, data: dict) -> Call:
    return descent(differences(task), params, data, **task.options)


OPERATIONS = {"value": value, "gradient": gradient, "gradient_descent": gradient_descent}


def prepare(task: Task) -> Call:
    return OPERATIONS[task.operation](task, place(task.params), task.arranged(place(task.data)))
