"""What a problem's `oracle.py` gives: a function, and where it has kinks the interval of its gradients."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

import problems

from .. import UsageError

Params = dict[str, np.ndarray]

OracleFunction = Callable[[dict, dict], Any]


class InconsistentOracle(UsageError):
    """An oracle that contradicts itself or its problem, or two ways to evaluate it that contradict each other."""


@dataclass(frozen=True)
class Oracle:
    """function: (params, data) → f, of an oracle's arrays; kind: as `Instance.kind`; where: its file and name, for messages.

    bounds: (params, data) → the least and the greatest subgradient, for functions with kinks.
    """

    function: OracleFunction
    kind: str = "scalar"
    bounds: OracleFunction | None = None
    where: str = "the oracle"


def oracle_of(problem: str, instance: problems.Instance) -> Oracle:
    """The oracle of an instance. Raises InconsistentOracle where the file has no such function."""
    from .oracle_modules import certify_module

    module, name = problems.load_oracle(problem), instance.function
    folder = problems.load(problem).folder
    certify_module(module, folder)
    where = f"{problems.shown(problem)}/oracle.py, {name}(params, data),"
    function = getattr(module, name, None)
    if function is None:
        raise InconsistentOracle(
            f"{problems.shown(problem)}/oracle.py has no {name}(params, data): write it, in plain NumPy"
        )
    return Oracle(function, instance.kind, getattr(module, f"{name}_gradient_bounds", None), where)
