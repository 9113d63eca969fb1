"""The text of an oracle as a module, by plain NumPy or in certified arithmetic; and whether an answer holds a number."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType
from typing import Any

import mpmath
import numpy as np

from bench.truth.certified import Certified, certified_answer
from bench.truth.oracle import Oracle
from bench.truth.oracle_modules import certify_module


def plain_module(source: str) -> ModuleType:
    module = ModuleType("oracle")
    exec(compile(source, "oracle.py", "exec"), module.__dict__)
    return module


def certified_module(source: str) -> ModuleType:
    module = plain_module(source)
    certify_module(module, Path("nowhere"))
    return module


def certify_folder(source: str, folder: Path) -> ModuleType:
    module = plain_module(source)
    certify_module(module, folder)
    return module


def certified(source: str, operation: str, params: Any, data: Any, **options: Any) -> Certified:
    return certified_answer(Oracle(certified_module(source).objective), operation, params, data, options, scale=1.0)


def holds(value: Any, radius: Any, truth: Any) -> bool:
    """Whether [value ± radius] holds a number of mpmath, but for its own error."""
    high = float(value)
    exact = mpmath.mpf(high) + mpmath.mpf(float(value - np.longdouble(high)))
    own = mpmath.mpf(10) ** -40 * (1 + abs(truth))
    return bool(abs(exact - truth) <= mpmath.mpf(float(radius)) * (1 + mpmath.mpf(10) ** -6) + own)
