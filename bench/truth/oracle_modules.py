"""What `import numpy as np` is to an oracle: the functions of certified arithmetic under NumPy's names.

An oracle's module, and those of its folder that it imports, get this in place of numpy, scipy.special and their parts, so that
`np.zeros`, `np.array` and `np.sqrt(2)` are certified, too. What is not known is refused.
"""

from __future__ import annotations

from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any

import numpy as np

from . import array_functions, complex_arrays, linear_algebra  # noqa: F401 - they fill FUNCTIONS
from .elementary_functions import ELEMENTARY
from .jets import COMPARISONS
from .oracle_arrays import ARITHMETIC, FUNCTIONS, MASK_OPERATIONS, array_of, call_ufunc, refuse

PLAIN = frozenset(
    [
        "pi",
        "e",
        "inf",
        "nan",
        "newaxis",
        "euler_gamma",
        "bool_",
        "ndarray",
        "finfo",
        "iinfo",
        "errstate",
        "integer",
        "floating",
        "number",
        "generic",
        "float64",
        "int64",
        "int32",
        "intp",
        "dtype",
        "s_",
        "index_exp",
        "ix_",
        "triu_indices",
        "tril_indices",
        "diag_indices",
        "unravel_index",
        "ravel_multi_index",
        "ndindex",
        "indices",
        "isscalar",
    ]
)
"""What is no arithmetic, and so is NumPy's own."""
USABLE = frozenset((*ARITHMETIC, *ELEMENTARY, *COMPARISONS, *MASK_OPERATIONS))
MODULES = ("numpy", "numpy.linalg", "numpy.fft", "scipy", "scipy.special", "scipy.linalg", "scipy.fft")


class CertifiedUfunc:
    """A ufunc, called with an oracle's arrays."""

    def __init__(self, ufunc: Any):
        self.ufunc, self.__name__ = ufunc, ufunc.__name__

    def __call__(self, *inputs: Any, out: Any = None, **more: Any) -> Any:
        if more or out is not None:
            raise refuse(f"np.{self.__name__} with {', '.join(more) or 'out'}")
        return call_ufunc(self.ufunc, *inputs)

    def outer(self, a: Any, b: Any) -> Any:
        left, right = array_of(a), array_of(b)
        return self(left[(..., *[None] * right.ndim)], right)

    def reduce(self, x: Any, axis: Any = 0, **options: Any) -> Any:
        return array_of(x).__array_ufunc__(self.ufunc, "reduce", array_of(x), axis=axis, **options)

    def at(self, target: Any, index: Any, values: Any) -> None:
        if self.ufunc not in (np.add, np.subtract):
            raise refuse(f"np.{self.__name__}.at")
        FUNCTIONS["add_at"](target, index, values, sign=1 if self.ufunc is np.add else -1)


class CertifiedModule:
    """numpy, or a part of it or of SciPy, by the names that are known."""

    def __init__(self, name: str, real: ModuleType):
        self.__name__, self.__module = name, real
        self.__part = {
            "numpy.linalg": "linalg.",
            "scipy.linalg": "linalg.",
            "numpy.fft": "fft.",
            "scipy.fft": "fft.",
        }.get(name, "")

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        real = getattr(self.__module, name, None)
        if isinstance(real, ModuleType) and f"{self.__name__}.{name}" in MODULES:
            return CertifiedModule(f"{self.__name__}.{name}", real)
        if not self.__part and name in PLAIN and not self.__name__.startswith("scipy"):
            return real
        found = certified(self.__part + name, real)
        if found is None:
            short = {"numpy": "np", "scipy.special": "special"}.get(self.__name__, self.__name__.replace("numpy", "np"))
            raise refuse(f"{short}.{name}", name)
        return found


def certified(name: str, real: Any) -> Any:
    """What stands for a function of NumPy or SciPy, None where nothing does."""
    if callable(real) and real in USABLE:
        return CertifiedUfunc(real)
    return FUNCTIONS.get(name) or (FUNCTIONS.get(real.__name__) if isinstance(real, np.ufunc) else None)


def replacement(name: str, value: Any) -> Any:
    """What an oracle's module gets in place of a global of this name, the value itself where it is no such thing."""
    if isinstance(value, ModuleType) and value.__name__ in MODULES:
        return CertifiedModule(value.__name__, value)
    origin = getattr(value, "__module__", None) or ""
    if isinstance(value, np.ufunc) or (
        callable(value) and origin.split(".")[0] in ("numpy", "scipy") and not isinstance(value, type)
    ):
        part = "linalg." if "linalg" in origin else "fft." if "fft" in origin else ""
        return certified(part + value.__name__, value) or value  # what is not known refuses an oracle's arrays itself
    return value


def certify_module(module: ModuleType, folder: Path) -> None:
    """Replace NumPy and SciPy in an oracle's module, and in those of its folder that it takes functions from; once each."""
    waiting = [module.__dict__]
    while waiting:
        names = waiting.pop()
        if names.get("__certified__"):
            continue
        names["__certified__"] = True
        for name, value in list(names.items()):
            if name.startswith("__"):
                continue
            names[name] = replacement(name, value)
            if isinstance(value, FunctionType | ModuleType):
                inside = value.__globals__ if isinstance(value, FunctionType) else value.__dict__
                file = inside.get("__file__")
                if file and Path(str(file)).resolve().parent == folder.resolve():
                    waiting.append(inside)
