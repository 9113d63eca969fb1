"""Answers in 80-bit arithmetic, without radii: for what cannot be certified, and for conditioning."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from .. import UsageError
from .derivatives import Derivatives
from .iterations import REFERENCE_OPERATIONS
from .jets import evaluation
from .number_kinds import EXTENDED
from .oracle import Oracle, Params

EXTENDED_ROUNDING = 1e-16  # relative, a thousand units in the last place of an 80-bit number


def require_extended() -> None:
    """Raise UsageError where `longdouble` is no wider than float64."""
    if np.finfo(np.longdouble).eps >= np.finfo(np.float64).eps:
        raise UsageError(
            "references need an extended-precision longdouble, and here it is float64 (as on ARM and on Windows); "
            "run gradmark on an x86-64 Linux machine"
        )


def to_extended(arrays: Mapping[str, np.ndarray]) -> Params:
    """Numbers in extended precision, which holds integers of 64 bits exactly; masks as they are."""
    return {name: a if a.dtype == bool else np.asarray(a, np.longdouble) for name, a in arrays.items()}


def extended_answer(oracle: Oracle, operation: str, params: Params, data: Params, options: dict[str, Any]) -> Any:
    """The result of an operation, a tree of 80-bit numbers."""
    with np.errstate(all="ignore"), evaluation(kind=EXTENDED, order=0, ties="as written", tied=[]):
        derivatives = Derivatives(oracle, to_extended(data), EXTENDED)
        return REFERENCE_OPERATIONS[operation](derivatives, to_extended(params), **options)


def objective_value(oracle: Oracle, params: Params, data: Params) -> float:
    """f at these parameters, where it is a single number."""
    return float(extended_answer(oracle, "value", params, data, {})) if oracle.kind == "scalar" else math.nan
