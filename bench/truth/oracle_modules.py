"""What `import numpy as np` is to an oracle: the functions of certified arithmetic under NumPy's names.

An oracle's module, and those of its folder that it imports, get this in place of numpy, scipy and their parts, so that
`np.zeros`, `np.array` and `np.sqrt(2)` are certified, too. What is not known is refused.
"""

from __future__ import annotations

import functools
import sys
from pathlib import Path
from types import FunctionType, ModuleType, SimpleNamespace
from typing import Any

import numpy as np

from . import array_functions, complex_arrays, linear_algebra  # noqa: F401 - they fill FUNCTIONS
from .array_functions import plain_argument
from .complex_arrays import ComplexArray
from .elementary_functions import ELEMENTARY
from .jets import COMPARISONS, current, jet_of
from .oracle_arrays import (
    ARITHMETIC,
    FUNCTIONS,
    MASK_OPERATIONS,
    OracleArray,
    array_of,
    assign_whole,
    call_ufunc,
    refuse,
)
from .reverse_mode import Node

PLAIN = frozenset(
    """pi e inf nan newaxis euler_gamma finfo iinfo errstate s_ index_exp ndindex dtype bool_ bool float64 double int64
    int32 int16 int8 intp uint8 uint16 uint32 uint64 complex128 float32 float16 longdouble""".split()  # noqa: SIM905
)
"""What is no arithmetic, and so is NumPy's own."""
PLACES = frozenset(
    """indices ix_ triu_indices tril_indices diag_indices unravel_index ravel_multi_index triu_indices_from
    tril_indices_from""".split()  # noqa: SIM905
)
"""What makes indices of shapes and of other indices."""
USABLE = frozenset((*ARITHMETIC, *ELEMENTARY, *COMPARISONS, *MASK_OPERATIONS))
MODULES = ("numpy", "numpy.linalg", "numpy.fft", "scipy", "scipy.special", "scipy.linalg", "scipy.fft")


class CertifiedUfunc:
    """A ufunc, called with an oracle's arrays."""

    def __init__(self, ufunc: Any):
        self.ufunc, self.__name__ = ufunc, ufunc.__name__

    def __call__(self, *inputs: Any, out: Any = None, **more: Any) -> Any:
        if more:
            raise refuse(f"np.{self.__name__} with {', '.join(more)}")
        if len(inputs) == getattr(self.ufunc, "nin", 1) + 1 and out is None:
            *inputs, out = inputs  # type: ignore[assignment]
        known = FUNCTIONS.get(self.__name__) if self.ufunc not in USABLE else None
        found = call_ufunc(self.ufunc, *inputs) if known is None else known(*inputs)
        return found if out is None else assign_whole(out[0] if isinstance(out, tuple) else out, found)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        raise refuse(f"np.{self.__name__}.{name}")

    def outer(self, a: Any, b: Any, **more: Any) -> Any:
        if more:
            raise refuse(f"np.{self.__name__}.outer with {', '.join(more)}")
        left, right = array_of(a), array_of(b)
        return self(left[(..., *[None] * right.ndim)], right)

    def reduce(self, x: Any, axis: Any = 0, **options: Any) -> Any:
        return array_of(x).__array_ufunc__(self.ufunc, "reduce", array_of(x), axis=axis, **options)

    def accumulate(self, x: Any, axis: int = 0) -> Any:
        if self.ufunc not in (np.add, np.multiply):
            raise refuse(f"np.{self.__name__}.accumulate")
        return FUNCTIONS["cumsum" if self.ufunc is np.add else "cumprod"](x, axis)

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
        if self.__name__ == "numpy" and name == "ndarray":
            return ArrayClass
        if self.__name__ == "numpy" and name in PLAIN:
            return real
        if self.__name__ == "numpy" and name in PLACES:
            return places_by(real)
        found = None if real is None else certified(self.__part + name, real, self.__name__)
        if found is None:
            short = {"numpy": "np", "scipy.special": "special"}.get(self.__name__, self.__name__.replace("numpy", "np"))
            raise refuse(f"{short}.{name}", name)
        return found


def certified(name: str, real: Any, module: str) -> Any:
    """What stands for a function of NumPy or SciPy, None where nothing does."""
    if callable(real) and real in USABLE:
        return CertifiedUfunc(real)
    if module.startswith("scipy") and f"scipy.{name}" in FUNCTIONS:
        return FUNCTIONS[f"scipy.{name}"]
    if isinstance(real, np.ufunc):
        return CertifiedUfunc(real) if real.__name__ in FUNCTIONS else None
    return FUNCTIONS.get(name)


class ArrayMeta(type):
    def __instancecheck__(cls, x: Any) -> bool:
        return isinstance(x, OracleArray | ComplexArray | np.ndarray)

    def __eq__(cls, other: Any) -> bool:
        """type(x) == np.ndarray."""
        return other is cls or (isinstance(other, type) and issubclass(other, OracleArray | ComplexArray | np.ndarray))

    __hash__ = type.__hash__


class ArrayClass(metaclass=ArrayMeta):
    """np.ndarray, for isinstance."""


def places_by(function: Any) -> Any:
    """A function of NumPy that makes indices, as arrays of an oracle."""

    def found(*args: Any, **options: Any) -> Any:
        made = function(*map(plain_argument, args), **{key: plain_argument(x) for key, x in options.items()})
        return tuple(map(array_of, made)) if isinstance(made, tuple | list) else array_of(made)

    return found


class ModuleArray(OracleArray):
    """A plain array among the globals of an oracle's module: a constant, in the numbers of the moment."""

    def __init__(self, plain: np.ndarray):
        self.plain, self.nodes = plain, dict[int, Node]()
        self.frozen, self.base, self.views, self.stale = True, None, [], False
        self.whole, self.scalar, self.floating, self.origin = (
            plain.dtype.kind in "iu",
            None,
            plain.dtype.kind == "f",
            None,
        )

    @property
    def held(self) -> Node:  # type: ignore[override]
        kind = current().kind
        if id(kind) not in self.nodes:
            self.nodes[id(kind)] = Node(jet_of(self.plain))
        return self.nodes[id(kind)]


def module_array(plain: np.ndarray) -> Any:
    if plain.dtype.kind == "c":
        return ComplexArray(ModuleArray(plain.real.copy()), ModuleArray(plain.imag.copy()))
    return ModuleArray(plain) if plain.dtype.kind in "biuf" else plain


def with_arrays(held: Any) -> Any:
    """A list, tuple or dictionary with the arrays of an oracle in it: lists and dictionaries remain what they are."""
    if isinstance(held, tuple):
        parts = [replacement("", x) for x in held]
        return tuple(parts) if type(held) is tuple else held._make(parts) if hasattr(held, "_make") else held
    for key, x in list(held.items() if isinstance(held, dict) else enumerate(held)):
        if isinstance(x, np.ndarray | np.generic | list | tuple | dict):
            held[key] = replacement("", x)
    return held


def refuser(name: str) -> Any:
    """What stands for a function that is not known."""

    def refused(*args: Any, **kwargs: Any) -> Any:
        raise refuse(name, name)

    return refused


def replacement(name: str, value: Any) -> Any:
    """What an oracle's module gets in place of a global of this name, the value itself where it is no such thing."""
    if isinstance(value, ModuleType):
        return CertifiedModule(value.__name__, value) if is_of_numpy(value.__name__) else value
    if isinstance(value, np.ndarray):
        return module_array(value)
    if isinstance(value, np.integer | np.floating):
        return value if isinstance(value, np.longdouble) else value.item()
    if isinstance(value, SimpleNamespace):
        with_arrays(value.__dict__)
    if isinstance(value, functools.partial):
        return functools.partial(replacement("", value.func), *with_arrays(value.args), **with_arrays(value.keywords))
    if isinstance(value, list | tuple | dict):
        return with_arrays(value)
    if value is np.ndarray:
        return ArrayClass
    origin = "scipy.special" if isinstance(value, np.ufunc) else getattr(value, "__module__", None) or ""
    if not callable(value) or isinstance(value, type) or not is_of_numpy(origin):
        return value
    called = getattr(value, "__name__", name)
    if called in PLACES and origin.startswith("numpy"):
        return places_by(value)
    part = "linalg." if "linalg" in origin else "fft." if "fft" in origin else ""
    return certified(part + called, value, origin) or refuser(called)


def is_of_numpy(module: str) -> bool:
    return module.split(".")[0] in ("numpy", "scipy")


def certify_module(module: ModuleType, folder: Path) -> None:
    """Replace NumPy and SciPy in an oracle's module, and in those of its folder that it takes functions from; once each."""
    waiting, seen = [module.__dict__], set[int]()
    while waiting:
        names = waiting.pop()
        if names.get("__certified__"):
            continue
        names["__certified__"] = True
        for name, value in list(names.items()):
            if name.startswith("__"):
                continue
            names[name] = replacement(name, value)
            inside = namespace_of(value, names)
            file = None if inside is None else inside.get("__file__")
            own = inside is names or (file and Path(str(file)).resolve().parent == folder.resolve())
            if inside is not None and own:
                waiting.append(inside)
                certify_parts(value, names, seen)


def namespace_of(value: Any, names: dict[str, Any] | None = None) -> dict[str, Any] | None:
    """The globals that a module, function, class or object of a class works with. names: those of the module at hand."""
    if isinstance(value, ModuleType):
        return value.__dict__
    if isinstance(value, np.ndarray) or value is None:
        return None
    inner = getattr(value, "__wrapped__", None) or (value.func if isinstance(value, functools.partial) else value)
    if isinstance(inner, FunctionType):
        return inner.__globals__
    home = (inner if isinstance(inner, type) else type(inner)).__module__
    if names is not None and home == names.get("__name__"):
        return names
    module = sys.modules.get(home)
    return None if module is None else module.__dict__


def certify_parts(value: Any, names: dict[str, Any], seen: set[int]) -> None:
    """The arrays that a function, class or object of an oracle holds: defaults, closures, attributes."""
    if id(value) in seen or isinstance(value, ModuleType | ArrayClass | CertifiedModule | OracleArray):
        return
    seen.add(id(value))
    if isinstance(value, functools.partial):
        certify_parts(value.func, names, seen)
    elif isinstance(value, FunctionType):
        value.__defaults__ = with_arrays(value.__defaults__) if value.__defaults__ else None
        if value.__kwdefaults__:
            with_arrays(value.__kwdefaults__)
        for cell in value.__closure__ or ():
            certify_cell(cell, names, seen)
    elif not isinstance(value, type):
        if callable(inner := getattr(value, "__wrapped__", None)):
            certify_parts(inner, names, seen)
        certify_attributes(value, attributes_of(value), names, seen)
        if namespace_of(type(value), names) is names:
            certify_parts(type(value), names, seen)
    elif value.__module__ != "builtins" and not is_of_numpy(value.__module__):
        certify_attributes(value, value.__dict__, names, seen)


def attributes_of(value: Any) -> dict[str, Any]:
    slots = {name: getattr(value, name) for name in getattr(type(value), "__slots__", ()) if hasattr(value, name)}
    return getattr(value, "__dict__", slots)


def certify_cell(cell: Any, names: dict[str, Any], seen: set[int]) -> None:
    try:
        held = cell.cell_contents
    except ValueError:  # nothing yet
        return
    cell.cell_contents = replacement("", held)
    certify_if_own(held, names, seen)


def certify_attributes(owner: Any, attributes: Any, names: dict[str, Any], seen: set[int]) -> None:
    for name, held in list(attributes.items()):
        new = held if name.startswith("__") else replacement(name, held)
        if new is not held and attributes is getattr(owner, "__dict__", None) and isinstance(attributes, dict):
            attributes[name] = new
        elif new is not held:
            (type if isinstance(owner, type) else object).__setattr__(owner, name, new)
        inner = held.__func__ if isinstance(held, staticmethod | classmethod) else getattr(held, "fget", held)
        certify_if_own(inner, names, seen)


def certify_if_own(value: Any, names: dict[str, Any], seen: set[int]) -> None:
    """Functions, classes and objects of an oracle's module: not those of a library."""
    inside = namespace_of(value, names)
    if inside is not None and inside.get("__certified__") and hasattr(value, "__dict__"):
        certify_parts(value, names, seen)
