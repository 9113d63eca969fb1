"""Backends: how one framework makes arrays, differentiates, loops, waits and reads back. No problem mathematics.

Every module in this folder satisfies `Backend`. Its docstring lists the decisions that it makes; reports print them.
A module imports its framework in `configure`, never before: thread and device variables must be set first, and
listing backends must stay cheap.
"""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any, Literal, Protocol, TypeVar, cast

import numpy as np

BACKENDS = ("numpy_fd", "numpy_hand", "sympy_symbolic", "torch_autograd", "tf_tape", "jax_grad")
"""All backends, in the order of every table."""

Accuracy = Literal["exact", "forward", "central"]
Call = Callable[[], Any]
T = TypeVar("T")


class Unavailable(Exception):
    """This machine cannot run the backend as asked; the message is the reason, and what to type where that helps."""


class Unsupported(Exception):
    """The backend cannot do this task, or would take absurdly long; the message states the limit."""


@dataclass(frozen=True)
class Variant:
    """A way of running a backend.

    summary: one line for `gradmark list`.
    compiled: whether the first call compiles, so that it says nothing about the ones that follow.
    accuracy: `exact` up to rounding, or the order of the differences; it selects the tolerance.
    """

    summary: str
    compiled: bool = False
    accuracy: Accuracy = "exact"


@dataclass(frozen=True)
class Task:
    """What an adapter is asked to prepare.

    module: the implementation; function: which of its functions; kind: what that function returns.
    params, data: NumPy arrays of the cell's dtype; options: the operation's, such as rate and steps.
    """

    module: ModuleType
    function: str
    kind: str
    operation: str
    params: Mapping[str, np.ndarray]
    data: Mapping[str, np.ndarray]
    variant: str
    device: str = "cpu"
    options: Mapping[str, Any] = field(default_factory=dict)

    @property
    def objective(self) -> Callable[..., Any]:
        """The implementation's function f(params, data)."""
        return cast("Callable[..., Any]", getattr(self.module, self.function))

    def arranged(self, data: T) -> T:
        """`data` in the layout that the implementation wants, if it says so."""
        arrange = getattr(self.module, "arrange", None)
        return cast("T", arrange(data)) if arrange else data


class Backend(Protocol):
    """What the harness knows of a backend."""

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

    def environment(self, threads: int, device: str) -> dict[str, str]:
        """Variables that must be set before the framework is imported."""

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


def synchronous(result: T) -> T:
    """The `wait` of backends whose calls return when the work is done; the harness then leaves it out of its loop."""
    return result


def load(name: str) -> Backend:
    """The adapter called `name`. Imports no framework."""
    return cast("Backend", importlib.import_module(f"{__name__}.{name}"))


def absence(name: str, device: str) -> str | None:
    """Why the backend cannot run on `device` here, as far as can be told without importing its framework."""
    backend = load(name)
    if importlib.util.find_spec(backend.REQUIRES) is None:
        return f"{backend.REQUIRES} is not installed; type: pip install -c constraints.txt -e '.[{backend.EXTRA}]'"
    if device not in backend.DEVICES:
        return f"{name} runs on {', '.join(backend.DEVICES)}, not on {device}"
    return None


def map_leaves(function: Callable[[Any], Any], tree: Any) -> Any:
    """`function` applied to every leaf of nested dicts."""
    if isinstance(tree, dict):
        return {name: map_leaves(function, leaf) for name, leaf in tree.items()}
    return function(tree)


def unrolled(steps: int, limit: int) -> int:
    """The largest divisor of `steps` up to `limit`: how many descent steps one compiled call takes."""
    return max(k for k in range(1, min(steps, limit) + 1) if steps % k == 0)
