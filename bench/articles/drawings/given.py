"""An instance with its hand-derived functions, to be evaluated where a picture needs them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import numpy as np

from problems import Arrays, Instance, load, load_implementation


@dataclass(frozen=True)
class Given:
    """instance: what is drawn. module: its formulas, `numpy_hand.py`. params, data: its arrays in the dtype asked for."""

    instance: Instance
    module: ModuleType
    params: Arrays
    data: Arrays

    def value(self, params: Mapping[str, Any]) -> Any:
        return getattr(self.module, self.instance.function)(params, self.data)

    def derivative(self, name: str, params: Mapping[str, Any]) -> Any:
        """`gradient`, `hessian` or `hessian_diagonal` at `params`."""
        return getattr(self.module, f"{self.instance.function}_{name}")(params, self.data)


def given(problem: str, instance: str, dtype: type = np.float64) -> Given:
    """The instance `problem:instance`; zero-dimensional arrays become NumPy scalars, which keep their dtype."""
    found = load(problem).instance(instance)
    params, data = found.make()
    return Given(found, load_implementation(problem, "numpy_hand"), cast(params, dtype), cast(data, dtype))


def cast(arrays: Arrays, dtype: type) -> Arrays:
    return {name: array.astype(dtype)[()] for name, array in arrays.items()}


def descent(start: Given, rate: float, steps: int) -> list[Arrays]:
    """The parameters θ ← θ − rate · ∇f(θ) at the start and after each step. What overflows becomes inf, then nan."""
    path = [start.params]
    with np.errstate(over="ignore", invalid="ignore"):
        for _ in range(steps):
            slopes = start.derivative("gradient", path[-1])
            path.append({name: x - rate * slopes[name] for name, x in path[-1].items()})
    return path


def costs(start: Given, path: list[Arrays]) -> np.ndarray:
    """f at each of the parameters: (len(path),)."""
    with np.errstate(over="ignore", invalid="ignore"):
        return np.array([start.value(params) for params in path])
