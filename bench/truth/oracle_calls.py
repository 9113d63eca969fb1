"""The call of an oracle's function: what goes wrong in it is a sentence, and it has to give the same numbers every time."""

from __future__ import annotations

import builtins
import traceback
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from .. import UsageError
from .jets import as_numbers, current, evaluation
from .number_kinds import BALLS, Undecided
from .oracle import InconsistentOracle, Oracle
from .oracle_arrays import OracleArray, UnknownOperation
from .time_budget import Uncertified

REPEATED: weakref.WeakSet[Any] = weakref.WeakSet()
"""The functions that were called twice."""
REPEATED_ROUNDING = 1e-9  # of the largest number: no state of an oracle is as small


class Named(dict):
    """params or data: of a name that they lack, the sentence says which there are."""

    def __init__(self, what: str, arrays: dict[str, Any]):
        super().__init__(arrays)
        self.what = what

    def __missing__(self, name: Any) -> Any:
        raise InconsistentOracle(f"there is no {self.what}[{name!r}]; it has {', '.join(map(repr, self)) or 'nothing'}")


def call_oracle(oracle: Oracle, function: Callable[[Any, Any], Any], params: dict, data: dict) -> Any:
    """What the function returns. Raises UsageError: a sentence with the file, the function and the line."""
    try:
        with imports_of_oracles():
            return function(Named("params", params), Named("data", data))
    except (Uncertified, MemoryError):
        raise
    except (Undecided, ZeroDivisionError) as undecided:
        if current().kind is BALLS and not (type(undecided) is ZeroDivisionError and is_own(undecided)):
            raise
        raise InconsistentOracle(f"{place_of(oracle, undecided)}: {described(undecided)}") from undecided
    except UnknownOperation as refusal:
        raise UnknownOperation(f"{place_of(oracle, refusal)}: {refusal}") from None
    except UsageError as error:
        raise InconsistentOracle(f"{place_of(oracle, error)}: {error}") from None
    except Exception as error:
        raise InconsistentOracle(f"{place_of(oracle, error)}: {described(error)}") from error


def described(error: BaseException) -> str:
    text = " ".join(str(error).split())[:300]
    return text if isinstance(error, Undecided) else f"{type(error).__name__}: {text}".rstrip(": ")


def is_certified(names: dict[str, Any] | None) -> bool:
    return bool(names and names.get("__certified__"))


def own_frames(error: BaseException) -> list[Any]:
    """(frame, line) in an oracle's module or in one of its folder."""
    return [(f, line) for f, line in traceback.walk_tb(error.__traceback__) if is_certified(f.f_globals)]


def is_own(error: BaseException) -> bool:
    """Whether an oracle's own line raises, not a function that it calls."""
    frames = list(traceback.walk_tb(error.__traceback__))
    return bool(frames) and is_certified(frames[-1][0].f_globals)


def place_of(oracle: Oracle, error: BaseException) -> str:
    """Such as `mine/oracle.py, f(params, data), line 7`; of a helper with its file."""
    where, frames = oracle.where.rstrip(","), own_frames(error)
    if not frames:
        return where
    frame, line = frames[-1]
    file, own = frame.f_code.co_filename, getattr(getattr(oracle.function, "__code__", None), "co_filename", None)
    return f"{where}, line {line}" + ("" if file == own else f" of {Path(file).name}")


@contextmanager
def imports_of_oracles() -> Iterator[None]:
    """Within this context an oracle cannot import NumPy or SciPy, which would be the plain one inside a function."""
    before = builtins.__import__

    def refusing(name: str, names: Any = None, *rest: Any, **more: Any) -> Any:
        if name.split(".")[0] in ("numpy", "scipy") and is_certified(names):
            raise UnknownOperation(
                f"an oracle cannot import {name} inside a function; import it at the top of the file"
            )
        return before(name, names, *rest, **more)

    hook: Any = refusing
    builtins.__import__ = hook
    try:
        yield
    finally:
        builtins.__import__ = before


def require_repeatable(oracle: Oracle, output: Any, again: Callable[[], Any]) -> None:
    """Call a function once more, when it is used first. Raises InconsistentOracle where the values differ."""
    try:
        if oracle.function in REPEATED:
            return
        REPEATED.add(oracle.function)
    except TypeError:
        return
    with evaluation(tied=[]):
        first, second = numbers_of(output), numbers_of(again())
    if first is None or second is None:
        return
    scale = np.max(np.abs(first[np.isfinite(first)]), initial=0)
    if first.shape != second.shape or not np.allclose(first, second, 0, REPEATED_ROUNDING * scale, equal_nan=True):
        raise InconsistentOracle(f"{oracle.where.rstrip(',')} gives another value when it is called again")


def numbers_of(output: Any) -> np.ndarray | None:
    if not isinstance(output, OracleArray):
        return None
    return np.asarray(current().kind.to_floats(as_numbers(output.value).first))
