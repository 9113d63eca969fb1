"""Backends: how one framework makes arrays, differentiates, loops, waits and reads back. No problem mathematics.

Every module in this folder satisfies `Backend`. Its `__doc__` lists the decisions that it makes; reports print them. It is
assigned, as `python -OO` drops docstrings.
A module imports its framework in `configure`, never before: thread and device variables must be set first, and
listing backends must stay cheap.
"""

from __future__ import annotations

import ast
import importlib
import importlib.util
import math
import re
import sys
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from types import ModuleType
from typing import Any, Literal, Protocol, TypeVar, cast

import numpy as np

Accuracy = Literal["exact", "forward", "central", "five_point", "complex_step", "scipy", "numdifftools"]
Call = Callable[[], Any]
T = TypeVar("T")


FOLDER = Path(__file__).parent
IS_CHECKOUT = not any(FOLDER.parent.glob("gradmark-*.dist-info"))  # which a wheel puts beside the packages


class BackendError(Exception):
    """An adapter that does not satisfy the protocol, or a folder that holds none."""


class Unavailable(Exception):
    """This machine cannot run the backend as asked; the message is the reason, and what to type where that helps."""


class Unsupported(Exception):
    """The backend cannot do this task, or would take absurdly long; the message states the limit."""


class WrongForm(Exception):
    """An implementation that returned what it should not; the message names the file, the function, what came back, and
    what was expected."""


Bounds = Mapping[str, Callable[[int], float]]
"""operation → (n variables → the most that it should cost): a gradient in values, second derivatives in gradients."""

EVALUATIONS = 5  # reverse mode's, of which four or five suffice (Griewank and Walther 2008, section 4.6)
REVERSE: Bounds = {
    "gradient": lambda n: EVALUATIONS,
    "hessian_diagonal": lambda n: EVALUATIONS,
    "hessian": lambda n: EVALUATIONS * n,
}


@dataclass(frozen=True)
class Variant:
    """A way of running a backend.

    summary: one line for `gradmark list`.
    compiled: whether the whole operation is compiled by the first call, its loop included.
    warms_up: whether the first call does what later ones need not, so that it says nothing about them.
    accuracy: `exact` up to rounding, or the kind of differences; it selects the tolerance.
    bounds: the most that derivatives should cost, by theory.
    requires: (package, extra of this project that installs it), where that is another than the backend's.
    quick: whether the quick profile runs it unasked.
    typical: whether it stands for its backend in the textbook; the first variant does where none is marked.
    modes: whether its Jacobians in forward and in reverse mode differ in work.
    """

    summary: str
    compiled: bool = False
    warms_up: bool = False
    accuracy: Accuracy = "exact"
    bounds: Bounds = field(default_factory=lambda: REVERSE)
    requires: tuple[str, str] | None = None
    quick: bool = True
    typical: bool = False
    modes: bool = True


@dataclass(frozen=True)
class Task:
    """What an adapter is asked to prepare.

    module: the implementation; function: which of its functions; kind: what that function returns.
    params, data: NumPy arrays of the cell's dtype; options: the operation's, such as rate and steps.
    arranges: whether the data may be put into another layout.
    """

    module: ModuleType
    function: str
    kind: str
    operation: str
    params: Mapping[str, np.ndarray]
    data: Mapping[str, np.ndarray]
    variant: str
    device: str = "cpu"
    arranges: bool = True
    options: Mapping[str, Any] = field(default_factory=dict)

    @property
    def objective(self) -> Callable[..., Any]:
        """The implementation's function f(params, data)."""
        return self.own(self.function)

    def own(self, name: str) -> Callable[..., Any]:
        """The implementation's function of this name. Raises AttributeError, saying what to write."""
        if not hasattr(self.module, name):
            where = self.file.removesuffix(".py")
            raise AttributeError(
                f"{where}.py has no {name}(params, data){self.functions()}: write it, or say why not in the instance's "
                f'omit: {{"{where.rpartition("/")[2]}/*:{self.operation}": "the reason"}}'
            )
        return cast("Callable[..., Any]", getattr(self.module, name))

    def functions(self) -> str:
        """What functions the implementation has, for an error that one is missing."""
        module = self.module
        found = [
            name
            for name, each in vars(module).items()
            if getattr(each, "__module__", "") == module.__name__ and callable(each)
        ]
        return f"; it has {', '.join(found)}" if found else "; it has no function"

    @property
    def file(self) -> str:
        """The implementation's file as tables name it, such as `newton/jax_grad.py`."""
        return self.module.__name__.removeprefix("problems.").replace(".", "/") + ".py"

    def require_form(self, value: Any) -> None:
        """Raise WrongForm unless `value` is what the function should return: an array of floating-point numbers in shape.

        That is () for a scalar, the parameters' shape for an elementwise function, and (m,) for a vector.
        """
        first = next(iter(self.params.values())).shape
        expected = {"scalar": "one number, of shape ()", "elementwise": f"shape {first}, the parameters'"}
        wanted = f"an array of the framework: {expected.get(self.kind, 'a vector, of shape (m,)')}"
        if not hasattr(value, "shape") or not hasattr(value, "dtype"):
            raise WrongForm(f"{self.file}: {self.function} returned {described(value)}; expected {wanted}")
        shape = tuple(value.shape)
        right = len(shape) == 1 if self.kind == "vector" else shape == (first if self.kind == "elementwise" else ())
        if not right:
            hint = "; is a sum missing?" if self.kind == "scalar" and shape != (1,) else ""
            hint = "; write [0] or a sum" if self.kind == "scalar" and shape == (1,) else hint
            raise WrongForm(f"{self.file}: {self.function} returned an array of shape {shape}; expected {wanted}{hint}")
        if "float" not in str(value.dtype):
            raise WrongForm(
                f"{self.file}: {self.function} returned numbers of type {value.dtype}; expected floating-point ones"
            )

    @property
    def shapes(self) -> dict[str, tuple[int, ...]]:
        """The shapes of the parameters."""
        return {name: array.shape for name, array in self.params.items()}

    @property
    def variables(self) -> int:
        """The number of variables to differentiate by."""
        return sum(array.size for array in self.params.values())

    def arranged(self, data: T) -> T:
        """`data` in the layout that the implementation wants, if it says so and the instance lets it."""
        arrange = getattr(self.module, "arrange", None) if self.arranges else None
        return cast("T", arrange(data)) if arrange else data


class Backend(Protocol):
    """What the harness knows of a backend."""

    @property
    def ORDER(self) -> int:
        """Its place in every table: the smallest number is first."""

    @property
    def REQUIRES(self) -> str:
        """The package that must be importable."""

    @property
    def EXTRA(self) -> str:
        """The extra of this project that installs it; empty where nothing needs installing."""

    @property
    def VARIANTS(self) -> Mapping[str, Variant]:
        """The first is the default."""

    @property
    def DEVICES(self) -> tuple[str, ...]:
        """Devices that the backend can use where they exist."""

    @property
    def OPERATIONS(self) -> Mapping[str, Callable[..., Any]]:
        """The operations that `prepare` accepts."""

    @property
    def SKELETON(self) -> str:
        """An implementation file for `gradmark new problem`, with TODO where it is to be changed; empty if there is none."""

    def environment(self, threads: int, device: str, cache: str) -> dict[str, str]:
        """Variables that must be set before the framework is imported; `cache` is an empty folder for what it compiles."""

    def configure(self, threads: int, device: str) -> None:
        """Import the framework and set it up. Raises Unavailable."""

    def prepare(self, task: Task) -> Call:
        """Place the arrays and return the timed work. Raises Unsupported."""

    def wait(self, result: Any) -> Any:
        """Return `result` when it has been computed."""

    def to_numpy(self, result: Any) -> Any:
        """A copy of `result` with NumPy arrays for leaves, in the dtype in which it was computed."""

    def effective_threads(self) -> int:
        """The number of threads that the framework says it uses."""

    def peak_memory(self) -> int | None:
        """The most bytes ever allocated on an accelerator, None where the framework does not count."""


def described(value: Any) -> str:
    """What a value is, for an error: `a float, 3.0` or `None`."""
    if value is None:
        return "None"
    name = type(value).__name__
    text = " ".join(repr(value).split())
    article = "an" if name[0].lower() in "aeiou" else "a"
    return f"{article} {name}, {text}" if len(text) <= 40 else f"{article} {name}"


def synchronous(result: T) -> T:
    """The `wait` of backends whose calls return when the work is done; the harness then leaves it out of its loop."""
    return result


ALWAYS_INSTALLED = ("numpy", "scipy")  # with this project, so that no extra names them
MEMBERS = tuple(name for name in vars(Backend) if not name.startswith("_"))


def add_folder(folder: Path) -> None:
    """Make the adapters in `folder` known, beside this repository's own (`--backends DIR`). Raises BackendError.

    Their implementations lie in the problems' folders, or in `folder/<problem>/<backend>.py`.
    """
    if str(folder) in __path__:
        return
    if wrong := wrong_folder(folder):
        raise BackendError(f"--backends {folder}: {wrong}")
    found = adapters_in(folder)
    for name in found:
        if not name.isidentifier():
            raise BackendError(
                f"{folder / name}.py: an adapter is imported by its name, so expected letters, digits and underscores, "
                f"not beginning with a digit; rename it to {identifier(name)}.py"
            )
    for name in sorted(set(found) & set(names())):
        raise BackendError(
            f"--backends {folder}: {name} is the name of a backend that exists already; rename {name}.py"
        )
    __path__.append(str(folder))
    try:
        names()
    except BackendError:
        __path__.remove(str(folder))
        raise


def wrong_folder(folder: Path) -> str:
    """Why a folder cannot be one of adapters, as the end of a sentence; empty if it can."""
    if not folder.exists():
        return "no such folder; expected one with adapters in it, such as my_backend.py"
    if not folder.is_dir():
        return f"a file; expected the folder that holds it: type --backends {folder.parent}"
    if not adapters_in(folder):
        return "no adapter in it; expected a file such as my_backend.py (gradmark new backend writes one)"
    return ""


def identifier(name: str) -> str:
    """The nearest name that Python can import: `my_backend` for `my-backend`."""
    better = re.sub(r"\W", "_", name)
    return better if better.isidentifier() else f"backend_{better}"


def folders() -> list[Path]:
    """The folders that were added."""
    return [Path(folder) for folder in __path__[1:]]


def adapters_in(folder: Path) -> list[str]:
    """The names of the adapters in a folder: of its Python files, but for those whose names begin with an underscore."""
    return [path.stem for path in sorted(folder.glob("*.py")) if not path.stem.startswith("_")]


def names() -> tuple[str, ...]:
    """All backends, in the order of every table. Imports their adapters, and no framework."""
    return names_in(tuple(__path__))


@lru_cache
def names_in(folders: tuple[str, ...]) -> tuple[str, ...]:
    found = [name for folder in folders for name in adapters_in(Path(folder))]
    order: dict[int, str] = {}
    for name in found:
        number = load(name).ORDER
        if number in order:
            taken = sorted(load(each).ORDER for each in found if each != name)
            raise BackendError(
                f"{shown(name)}: ORDER = {number} is the number of {order[number]}; expected one of its own, which also "
                f"gives its colour and mark; taken: {', '.join(map(str, taken))}"
            )
        order[number] = name
    return tuple(order[number] for number in sorted(order))


def methods() -> list[str]:
    """`backend/variant` for every variant, in the order of every table."""
    return [f"{name}/{variant}" for name in names() for variant in load(name).VARIANTS]


def typical_variants(name: str) -> list[str]:
    """The variants that stand for a backend where not all can be shown: those that it marks, or its first."""
    variants = load(name).VARIANTS
    return [variant for variant, each in variants.items() if each.typical] or list(variants)[:1]


def load(name: str) -> Backend:
    """The adapter called `name`. Imports no framework. Raises BackendError where it does not satisfy the protocol."""
    try:
        module = importlib.import_module(f"{__name__}.{name}")
    except Exception as error:
        raise BackendError(f"{shown(name)}{place_of(error, shown(name))}: {of_text(error)}") from error
    missing = [member for member in MEMBERS if not hasattr(module, member)]
    if missing:
        what = f"lacks {', '.join(missing)}: expected as names of the module, not of a class"
        raise BackendError(f"{shown(name)}: {what}; the class Backend in backends/__init__.py says what they are")
    if not isinstance(module.ORDER, int) or not module.VARIANTS:
        raise BackendError(f"{shown(name)}: expected a whole number as ORDER and at least one variant in VARIANTS")
    return cast("Backend", module)


def decisions(name: str) -> str:
    """What the adapter decided: its `__doc__`, or a docstring as its file has it, which `python -OO` drops."""
    module: Any = load(name)
    source = Path(module.__file__).read_text(encoding="utf-8")
    return (module.__doc__ or ast.get_docstring(ast.parse(source)) or "").strip()


def of_text(error: Exception) -> str:
    """The type and the text of an error, without the place, which is named before."""
    return f"{type(error).__name__}: {error.msg if isinstance(error, SyntaxError) else error}"


def place_of(error: Exception, file: str) -> str:
    """`, line 12`: where in the adapter an error arose; empty where that is not known."""
    if isinstance(error, SyntaxError) and error.filename:
        elsewhere = "" if error.filename.endswith(file) else f" of {error.filename}"
        return f", line {error.lineno}{elsewhere}"
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename.endswith(file)]
    return f", line {lines[-1]}" if lines else ""


def shown(name: str) -> str:
    """The file of an adapter, as the user would type it."""
    for folder in folders():
        if (folder / f"{name}.py").is_file():
            return str(folder / f"{name}.py")
    return f"backends/{name}.py"


def files(name: str) -> list[Path]:
    """The adapter's file, and those of this folder from which it imports something, directly or through another."""
    waiting, found = [f"{__name__}.{name}"], {__name__}
    load(name)
    while waiting:
        module = waiting.pop()
        if module.partition(".")[0] == __name__ and module not in found:
            found.add(module)
            waiting += owners(sys.modules[module])
    return sorted(Path(str(sys.modules[module].__file__)) for module in found)


def owners(module: ModuleType) -> list[str]:
    """The modules that a module's names come from."""
    values = vars(module).values()
    return [v.__name__ if isinstance(v, ModuleType) else str(getattr(v, "__module__", "")) for v in values]


def is_installed(package: str) -> bool:
    """Whether a package, or a module inside one, can be imported; imports nothing but the packages around it."""
    try:
        return importlib.util.find_spec(package) is not None
    except ModuleNotFoundError:
        return False


def absence(name: str, device: str, variant: str | None = None) -> str | None:
    """Why the backend, or one of its variants, cannot run on `device` here, as far as can be told without importing."""
    backend = load(name)
    own = (backend.REQUIRES, backend.EXTRA)
    needed = [own, backend.VARIANTS[variant].requires or own] if variant else [own]
    for package, extra in needed:
        if not is_installed(package):
            if not extra and package not in ALWAYS_INSTALLED:
                return f"{package} is not installed; check REQUIRES in {shown(name)}, or give EXTRA, which installs it"
            what = f"-c constraints.txt -e '.[{extra}]'" if extra else "-c constraints.txt -e ."
            what = what if IS_CHECKOUT else package.partition(".")[0]
            return f"{package} is not installed; type: pip install {what}"
    if device not in backend.DEVICES:
        return f"{name} runs on {', '.join(backend.DEVICES)}, not on {device}"
    return None


def map_leaves(function: Callable[[Any], Any], tree: Any) -> Any:
    """`function` applied to every leaf of nested dicts."""
    if isinstance(tree, dict):
        return {name: map_leaves(function, leaf) for name, leaf in tree.items()}
    return function(tree)


@dataclass(frozen=True)
class Layout:
    """Named arrays as one vector of length n and back, with a framework's own reshape and concatenate.

    shapes: name → shape, in the order of the vector. concatenate: (arrays, axis) → array.
    """

    shapes: Mapping[str, tuple[int, ...]]
    reshape: Callable[[Any, Any], Any]
    concatenate: Callable[[list[Any], int], Any]

    def sizes(self) -> list[tuple[str, int]]:
        return [(name, math.prod(shape)) for name, shape in self.shapes.items()]

    def vector(self, tree: Mapping[str, Any]) -> Any:
        """{name: array} → (n,)."""
        return self.concatenate([self.reshape(tree[name], (-1,)) for name in self.shapes], 0)

    def matrix(self, blocks: Mapping[str, Mapping[str, Any]]) -> Any:
        """{name: {name: array}} → (n, n)."""
        sizes = self.sizes()
        rows = [[self.reshape(blocks[a][b], (m, n)) for b, n in sizes] for a, m in sizes]
        return self.concatenate([self.concatenate(row, 1) for row in rows], 0)

    def tree(self, vector: Any) -> dict[str, Any]:
        """(n,) → {name: array}."""
        found, start = {}, 0
        for name, size in self.sizes():
            found[name] = self.reshape(vector[start : start + size], self.shapes[name])
            start += size
        return found

    def blocks(self, matrix: Any) -> dict[str, dict[str, Any]]:
        """(n, n) → {name: {name: array}}, each block of the two shapes one behind the other."""
        found: dict[str, dict[str, Any]] = {}
        top = 0
        for a, m in self.sizes():
            found[a], left = {}, 0
            for b, n in self.sizes():
                shape = (*self.shapes[a], *self.shapes[b])
                found[a][b] = self.reshape(matrix[top : top + m, left : left + n], shape)
                left += n
            top += m
        return found


def unrolled(steps: int, limit: int) -> int:
    """The largest divisor of `steps` up to `limit`: how many descent steps one compiled call takes."""
    return max(k for k in range(1, min(steps, limit) + 1) if steps % k == 0)
