"""What a problem's `oracle.py` gives: a function, and where it has kinks the interval of its gradients."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

import problems

Params = dict[str, np.ndarray]

OracleFunction = Callable[[dict, dict], Any]


class InconsistentOracle(Exception):
    """An oracle that contradicts itself, or two ways to evaluate it that contradict each other."""


@dataclass(frozen=True)
class Oracle:
    """function: (params, data) → f, for traced arrays; kind: as `Instance.kind`.

    bounds: (params, data) → the least and the greatest subgradient, for functions with kinks.
    """

    function: OracleFunction
    kind: str = "scalar"
    bounds: OracleFunction | None = None


def oracle_of(problem: str, instance: problems.Instance) -> Oracle:
    module, name = problems.load_oracle(problem), instance.function
    return Oracle(getattr(module, name), instance.kind, getattr(module, f"{name}_gradient_bounds", None))
