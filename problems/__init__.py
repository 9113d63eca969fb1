"""Problems: families of functions with their data, one folder each.

A folder holds `__init__.py` (the definition, as `PROBLEM`), `oracle.py` (the same functions once more, for balls and
extended precision) and one file per backend. This module defines what such a folder is made of, and finds the folders.
"""

from __future__ import annotations

import ast
import difflib
import fnmatch
import importlib
import importlib.util
import os
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any, Literal, get_args

import numpy as np

Arrays = dict[str, np.ndarray]
"""Named float64 arrays: parameters (what is differentiated) or data (what is held fixed)."""

Kind = Literal["scalar", "elementwise", "vector"]

FEW = 6  # names that fit on a line beside a question
FOLDER = Path(__file__).parent
DECLARATIONS = {"EXPECT": tuple, "OMIT": str, "SLOW": str}  # what an implementation may say of itself, and of what kind


class ProblemError(Exception):
    """A problem folder that does not satisfy the contract, or a name that no folder has."""


@dataclass(frozen=True)
class Work:
    """What an operation has to do, counted in its mathematics and not in anybody's program.

    flops: floating-point operations of its products.
    numbers: what its products read and write, each of them reading its operands anew.
    once: what is read and written where everything happens in a single pass; `numbers` unless stated.
    times: how often all of it is done, such as the steps of a descent.
    """

    flops: float
    numbers: float
    once: float | None = None
    times: int = 1

    @property
    def one_pass(self) -> float:
        return self.numbers if self.once is None else self.once


def products_with(m: int, d: int, steps: int) -> dict[str, Work]:
    """The work of a linear model with a matrix X (m, d): a value is one product with X, a gradient two of them.

    Row by row, one pass over X would do for both.
    """
    value = Work(flops=2 * m * d, numbers=m * d + m + d)
    gradient = Work(flops=4 * m * d, numbers=2 * m * d + m + d, once=m * d + m + d)
    return {"value": value, "gradient": gradient, "gradient_descent": replace(gradient, times=steps)}


@dataclass(frozen=True)
class Instance:
    """A named input of a problem, with the function that it uses.

    name: the command-line value: `textbook` (a printed example), `real` (a real data set), or a size (`n1e3_d10`).
    make: () → (params, data), float64; the same arrays at every call.
    operations: operation → its options, e.g. `{"gradient": {}, "gradient_descent": {"rate": 0.1, "steps": 100}}`.
    quick: the operations that the quick profile runs.
    function: the name of the implementations' function.
    kind: what the function returns: `scalar`, `elementwise` (shaped like each of its parameters) or `vector`.
    source: where the instance comes from.
    arranged: whether implementations may put the data into a layout of their own (`arrange`) or take them as they are.
    work: operation → what it has to do at least, from which tables tell how far from the machine's limit it is.
    scale: errors are relative to max(‖reference‖, scale); for references that are zero, or vanish on the way.
    separate: whether each entry stands for itself: where the reference is not finite in one, the others must still agree.
    omit: pattern → why these cells are not run.
    slow: pattern → why the quick profile leaves these cells out, unless their instance, operation or variant is named.
    expect: pattern → (status, why), where the expected status is not `ok`.

    A pattern is `backend/variant[:operation[:dtype]]`, each part with shell wildcards: `sympy_symbolic/*:hessian`.
    """

    name: str
    make: Callable[[], tuple[Arrays, Arrays]]
    operations: Mapping[str, Mapping[str, Any]]
    quick: tuple[str, ...] = ()
    function: str = "objective"
    kind: Kind = "scalar"
    source: str = ""
    arranged: bool = True
    work: Mapping[str, Work] = field(default_factory=dict)
    scale: float = 0.0
    separate: bool = False
    omit: Mapping[str, str] = field(default_factory=dict)
    slow: Mapping[str, str] = field(default_factory=dict)
    expect: Mapping[str, tuple[str, str]] = field(default_factory=dict)


def unarranged(instance: Instance, **more: Any) -> Instance:
    """The value and the gradient on the same inputs, which every implementation takes as they lie (function `plain`)."""
    operations = {name: instance.operations[name] for name in ("value", "gradient")}
    name = f"{instance.name}_plain"
    return replace(instance, name=name, function="plain", operations=operations, arranged=False, **more)


@dataclass(frozen=True)
class Ladder:
    """Instances of one kind in growing sizes, for `gradmark scale`.

    of: size → instance. sizes: ascending. counts: what a size is the number of, such as `samples`.
    """

    of: Callable[[int], Instance]
    sizes: tuple[int, ...]
    counts: str

    def instances(self) -> tuple[Instance, ...]:
        return tuple(self.of(size) for size in self.sizes)


@dataclass(frozen=True)
class Problem:
    """A family of functions with their data.

    instances: its inputs, textbook first.
    omit: backend → why this backend has no file in the folder.
    observe: (result, data) → named arrays that a reader wants to see beside found parameters, e.g. a network's outputs.
    ladder: its sizes, where it makes sense to let one grow. Its instances are found by name, too.
    name, summary, folder: filled in by `load` from the folder and its docstring.
    """

    instances: tuple[Instance, ...]
    omit: Mapping[str, str] = field(default_factory=dict)
    observe: Callable[[Arrays, Arrays], Arrays] | None = None
    ladder: Ladder | None = None
    name: str = ""
    summary: str = ""
    folder: Path = FOLDER

    def instance(self, name: str) -> Instance:
        found = [instance for instance in self.instances if instance.name == name]
        if not found and self.ladder:
            found = [instance for instance in self.ladder.instances() if instance.name == name]
        if found:
            return found[0]
        raise ProblemError(unknown(f"instance of {self.name}", name, [i.name for i in self.instances]))


@dataclass(frozen=True)
class Expression:
    """What a SymPy implementation returns: Σ or mean of `term` over the samples, plus `rest`.

    term: the expression of one sample, in the symbols of the parameters and of one row of the data. For a vector it may
        be a list, one expression for each component; one that names a row of the data stands for all samples.
    rest: what is added once, e.g. a penalty.
    combine: `sum` or `mean` over the samples (the first axis of every array in data that has one), or `none`.
    """

    term: Any
    rest: Any = 0
    combine: Literal["sum", "mean", "none"] = "none"


def decades(first: int, last: int) -> tuple[int, ...]:
    """10^first, 3 · 10^first, 10^(first + 1) and so on to 10^last: evenly spaced to the eye of a logarithm."""
    return (*(digit * 10**power for power in range(first, last) for digit in (1, 3)), 10**last)


def short(size: int) -> str:
    """A size as instances are named by it: 3000 is `3e3`."""
    return f"{size:.0e}".replace("e+0", "e")


def standardised(columns: np.ndarray) -> np.ndarray:
    """Mean 0 and standard deviation 1 in every column."""
    return np.asarray((columns - columns.mean(axis=0)) / columns.std(axis=0))


def with_intercept(columns: np.ndarray) -> np.ndarray:
    """A column of ones before the others."""
    return np.hstack([np.ones((len(columns), 1)), columns])


def unknown(what: str, name: str, known: list[str]) -> str:
    """One line for a name that is not known: what it is, the nearest known ones, and all of them if they are few."""
    near = difflib.get_close_matches(name, known, n=3, cutoff=0.5)
    question = f"did you mean {' or '.join(near)}? " if near else ""
    everything = f"known: {', '.join(known) or 'none'}" if not near or len(known) <= FEW else ""
    return f"unknown {what} {name!r}; {question}{everything}".strip()


def matching(patterns: Mapping[str, Any], cell: str) -> Any | None:
    """The value of the first pattern that matches `backend/variant:operation:dtype`, or None."""
    parts = cell.split(":")
    for pattern, value in patterns.items():
        wanted = pattern.split(":")
        if all(fnmatch.fnmatchcase(part, want) for part, want in zip(parts, wanted, strict=False)):
            return value
    return None


def add_folder(folder: Path) -> None:
    """Make the problem folders inside `folder` known, beside this repository's own (`--problems DIR`)."""
    if not folder.is_dir() or (folder / "__init__.py").exists():
        raise ProblemError(f"--problems {folder}: expected a folder that holds one folder per problem")
    for known in set(names()) & {path.parent.name for path in folder.glob("*/__init__.py")}:
        if str(folder) not in __path__:
            raise ProblemError(
                f"--problems {folder}: {known} is the name of a problem that exists already; rename the folder"
            )
    if str(folder) not in __path__:
        __path__.append(str(folder))


def misnamed() -> list[Path]:
    """The folders of problems whose names are no names in Python, such as `my-problem`: `names` leaves them out."""
    folders = [path.parent for root in __path__ for path in sorted(Path(root).glob("*/__init__.py"))]
    return [folder for folder in folders if not folder.name.isidentifier()]


def names() -> list[str]:
    """The names of all problem folders, in alphabetical order; imports none of them."""
    found = {
        folder.parent.name
        for root in __path__
        for folder in Path(root).glob("*/__init__.py")
        if folder.parent.name.isidentifier()
    }
    return sorted(found)


def load(name: str) -> Problem:
    """The problem in the folder `name`. Imports no framework.

    Raises ProblemError when there is no such folder or its definition is not one.
    """
    if not any(os.path.isfile(f"{root}/{name}/__init__.py") for root in __path__) or not name.isidentifier():
        raise ProblemError(why_unknown(name))
    try:
        module = importlib.import_module(f"{__name__}.{name}")
    except Exception as error:
        raise ProblemError(f"{shown(name)}/__init__.py: {type(error).__name__}: {of_text(error)}") from error
    problem = getattr(module, "PROBLEM", None)
    if not isinstance(problem, Problem):
        raise ProblemError(
            f"{shown(name)}/__init__.py: expected PROBLEM = Problem(...), found {type(problem).__name__}"
        )
    check_instances(name, problem)
    file = Path(str(module.__file__))
    summary = module.__doc__ or ast.get_docstring(ast.parse(file.read_text(encoding="utf-8"))) or ""  # gone by -OO
    return replace(problem, name=name, summary=summary.strip(), folder=file.parent)


def why_unknown(name: str) -> str:
    """Why no problem has this name: of a folder that there is, what is wrong with it; else the nearest names."""
    *outer, last = [part for part in name.split("/") if part] or [name]
    if outer and last in names():
        return f"{name}: expected the name of a problem, not a path: type -p {last}"
    if outer and os.path.isfile(f"{name}/__init__.py"):
        return f"{name}: expected the name of a problem, not a path: type -p {last} --problems {'/'.join(outer)}"
    if not outer and any(os.path.isdir(f"{root}/{name}") for root in __path__):
        return misnaming(name) if not name.isidentifier() else f"{shown(name)}/__init__.py: there is none"
    more = "" if len(__path__) > 1 else "; one of your own needs --problems DIR"
    return unknown("problem", name, names()) + more


def misnaming(name: str) -> str:
    """What to do with a folder whose name is no name in Python."""
    better = re.sub(r"\W", "_", name)
    better = better if better.isidentifier() else f"problem_{better}"
    return (
        f"{shown(name)}: the folder of a problem is imported by its name, so expected letters, digits and underscores, "
        f"not beginning with a digit; rename it to {better}"
    )


def shown(name: str) -> str:
    """The folder of a problem as the user would type it: `problems/newton`, or inside the folder that was added."""
    for root in map(Path, __path__[1:]):
        if (root / name).is_dir():
            return str((root / name).relative_to(Path.cwd()) if root.is_relative_to(Path.cwd()) else root / name)
    return f"problems/{name}"


def of_text(error: Exception) -> str:
    """The error's message; of a mistake in Python the text and the line, as the file is named before."""
    return f"{error.msg}, line {error.lineno}" if isinstance(error, SyntaxError) else str(error)


def check_instances(name: str, problem: Problem) -> None:
    """Raise ProblemError for an instance that contradicts itself."""
    if not isinstance(problem.instances, tuple | list) or not all(isinstance(i, Instance) for i in problem.instances):
        raise ProblemError(
            f"{shown(name)}/__init__.py: expected instances=(Instance(…), …), a tuple, found {said(problem.instances)}"
        )
    for instance in problem.instances:
        where = f"{shown(name)}, instance {instance.name}"
        if not callable(instance.make):
            raise ProblemError(
                f"{where}: make is {said(instance.make)}; expected the function itself: write make=start, not make=start()"
            )
        if isinstance(instance.quick, str) or not set(instance.quick) <= set(instance.operations):
            raise ProblemError(
                f"{where}: quick={instance.quick!r}: expected a tuple of some of {list(instance.operations)}"
            )
        if instance.kind not in get_args(Kind):
            raise ProblemError(f"{where}: {unknown('kind', instance.kind, list(get_args(Kind)))}")


def check_inputs(name: str, instance: Instance, given: Any) -> tuple[Arrays, Arrays]:
    """What `make` of an instance returned, if it is (parameters, data) as CONTRIBUTING.md says. Raises ProblemError.

    Parameters are NumPy arrays of float64, at least one; data are arrays of float64, integers or bools. Names are
    identifiers.
    """
    make = getattr(instance.make, "__name__", "make")
    where = f"{shown(name)}/__init__.py: {make}() of the instance {instance.name}"
    if not isinstance(given, tuple) or len(given) != 2:
        raise ProblemError(f"{where} returned {said(given)}; expected (params, data), two dicts of arrays")
    for part, arrays in zip(("params", "data"), given, strict=True):
        if not isinstance(arrays, dict):
            raise ProblemError(
                f"{where} returned {said(arrays)} for {part}; expected a dict of arrays"
                + ", such as {}" * (part == "data")
            )
        for key, array in arrays.items():
            if not isinstance(key, str) or not key.isidentifier():
                raise ProblemError(
                    f"{where} returned {part} with the name {key!r}; expected letters, digits and underscores, not "
                    "beginning with a digit"
                )
            if wrong := wrong_array(part, key, array):
                raise ProblemError(f"{where} returned {wrong}")
    params, data = given
    if not params:
        raise ProblemError(f"{where} returned no parameters; expected at least one array to differentiate by")
    shapes = {key: array.shape for key, array in params.items()}
    if instance.kind == "elementwise" and len(set(shapes.values())) > 1:
        raise ProblemError(
            f"{where} returned parameters of the shapes {shapes}; expected one shape, as the function is elementwise"
        )
    if "eigenvalues" in params and "critical_point" in instance.operations:
        raise ProblemError(
            f"{where} returned a parameter called eigenvalues; expected another name, as a critical_point returns those"
        )
    return params, data


def wrong_array(part: str, key: str, array: Any) -> str:
    """What is wrong with a parameter or an array of data, as the end of a sentence; empty if it is right."""
    what = f"{part}[{key!r}]"
    if type(array) is not np.ndarray:
        of = "np.array(2.0)" if isinstance(array, int | float | np.generic) else "np.array(…)"
        return f"{said(array)} for {what}; expected a NumPy array of float64: write {of}"
    if part == "params" and array.dtype != np.float64:
        return f"an array of {array.dtype} for {what}; expected float64: write {float_text(array)}"
    if part == "data" and array.dtype != np.float64 and array.dtype.kind not in "iub":
        return f"an array of {array.dtype} for {what}; expected float64, integers or bools"
    return ""


def float_text(array: np.ndarray) -> str:
    """What to write for an array of integers; of complex numbers and objects, how to begin."""
    if array.dtype.kind not in "iuf" or array.size > FEW:
        return "np.array(…, dtype=float), of real numbers"
    return f"np.array({array.astype(float).tolist()})"


def said(value: Any) -> str:
    """What a value is, for an error: `a float, 3.0` or `None`."""
    if value is None:
        return "None"
    kind, text = type(value).__name__, " ".join(repr(value).split())
    article = "an" if kind[0].lower() in "aeiou" else "a"
    return f"{article} {kind}, {text}" if len(text) <= 40 else f"{article} {kind}"


def load_oracle(name: str) -> ModuleType:
    """The module `problems/<name>/oracle.py`."""
    return importlib.import_module(f"{__name__}.{name}.oracle")


def implementation(problem: Problem, backend: str, folders: Sequence[Path] = ()) -> Path | None:
    """The file that implements `problem` in `backend`: in the problem's folder, or in `<folder>/<problem>/` of these."""
    for place in (problem.folder, *(folder / problem.name for folder in folders)):
        if (place / f"{backend}.py").is_file():
            return place / f"{backend}.py"
    return None


def load_implementation(name: str, backend: str, folders: Sequence[Path] = ()) -> ModuleType:
    """The module `<backend>` of the problem, from `problems/<name>/` or `<folder>/<name>/`. It imports its framework."""
    package = importlib.import_module(f"{__name__}.{name}")
    for place in (str(folder / name) for folder in folders):
        if place not in package.__path__:
            package.__path__.append(place)
    return importlib.import_module(f"{__name__}.{name}.{backend}")


def absence(problem: Problem, backend: str, folders: Sequence[Path] = ()) -> str | None:
    """Why `problem` has no implementation in `backend`, or None if it has one."""
    if backend in problem.omit:
        return problem.omit[backend]
    if implementation(problem, backend, folders):
        return None
    return f"no file {expected_file(problem, backend, folders)}"


def expected_file(problem: Problem, backend: str, folders: Sequence[Path] = ()) -> str:
    """Where a missing implementation belongs: beside the adapter, if that lies in one of `folders`."""
    place = next((each / problem.name for each in folders if (each / f"{backend}.py").is_file()), problem.folder)
    path = place / f"{backend}.py"
    if path.is_relative_to(FOLDER):
        return str(path.relative_to(FOLDER.parent))
    return str(path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path)


def expectations(problem: Problem, instance: Instance, backend: str, folders: Sequence[Path] = ()) -> dict[str, Any]:
    """`expect` of the instance, after what the implementation says of itself in EXPECT."""
    return {**declared(problem, instance, backend, folders, "EXPECT"), **instance.expect}


def omissions(problem: Problem, instance: Instance, backend: str, folders: Sequence[Path] = ()) -> dict[str, str]:
    """`omit` of the instance, after what the implementation says of itself in OMIT."""
    return {**declared(problem, instance, backend, folders, "OMIT"), **instance.omit}


def slowness(problem: Problem, instance: Instance, backend: str, folders: Sequence[Path] = ()) -> dict[str, str]:
    """`slow` of the instance, after what the implementation says of itself in SLOW."""
    return {**declared(problem, instance, backend, folders, "SLOW"), **instance.slow}


def declared(problem: Problem, instance: Instance, backend: str, folders: Sequence[Path], name: str) -> dict[str, Any]:
    """Pattern → value, as an implementation's EXPECT, OMIT or SLOW has it for an instance. Imports nothing.

    The file writes `{instance: {variant[:operation[:dtype]]: value}}`, in literals, with wildcards in both.
    """
    path = implementation(problem, backend, folders)
    found = literals(path, path.stat().st_mtime_ns).get(name, {}) if path else {}
    return {
        f"{backend}/{pattern}": value
        for wanted, patterns in found.items()
        if fnmatch.fnmatchcase(instance.name, wanted)
        for pattern, value in patterns.items()
    }


@cache
def literals(path: Path, changed: int) -> dict[str, dict[str, dict[str, Any]]]:
    """EXPECT, OMIT and SLOW of an implementation's file, if it has them. Raises ProblemError if they are not literals."""
    text = path.read_text()
    if not any(name in text for name in DECLARATIONS):
        return {}
    found = {}
    try:
        for node in ast.parse(text).body:
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                name = node.targets[0].id
                if name in DECLARATIONS:
                    found[name] = ast.literal_eval(node.value)
                    check_declaration(found[name], DECLARATIONS[name])
    except SyntaxError:
        return {}  # told when the file is imported
    except (ValueError, TypeError, AttributeError):
        raise ProblemError(
            f"{'/'.join(path.parts[-2:])}: expected {name} = {{instance: {{variant[:operation[:dtype]]: "
            f"{'(status, why)' if name == 'EXPECT' else 'why'}}}}}, in literals: it is read without importing the file"
        ) from None
    return found


def check_declaration(content: Any, kind: type) -> None:
    """Raise an error where it is not a dict of dicts of `kind`."""
    for patterns in content.values():
        if not all(isinstance(value, kind) for value in patterns.values()):
            raise ValueError


def check_folder(problem: Problem, backends: tuple[str, ...], folders: Sequence[Path] = ()) -> None:
    """Raise ProblemError for a file that is neither a backend's, `oracle.py` nor `__init__.py`, and without an oracle.

    In `<folder>/<problem>/` there are files of backends only.
    """
    for place in (folder / problem.name for folder in folders):
        check_files(place, str(place), set(backends))
    check_files(problem.folder, shown(problem.name), {"__init__", "oracle", *backends})
    if not (problem.folder / "oracle.py").is_file():
        raise ProblemError(
            f"{shown(problem.name)}/oracle.py: there is none; it holds objective(params, data) once more, in plain NumPy"
        )


def check_files(folder: Path, where: str, expected: set[str]) -> None:
    """Raise ProblemError for a Python file of another name."""
    for path in sorted(folder.glob("*.py")):
        if path.stem not in expected:
            raise ProblemError(
                f"{where}/{path.name}: {unknown('file', path.stem, sorted(expected))}; "
                f"expected one of {', '.join(sorted(f'{stem}.py' for stem in expected))}"
            )
