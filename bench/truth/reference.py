"""References: what results are judged by, certified in ball arithmetic where that is possible, and cached by content."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

import problems

from ..data.inputs import load_inputs
from ..data.store import Flat, digest_of, flatten, stored_arrays, unflatten

SOURCES = tuple(sorted(Path(__file__).parent.glob("*.py")))


@dataclass(frozen=True)
class Reference:
    """value: the trusted answer, a tree of extended-precision arrays; objective: the function there or at the inputs.

    radius: bounds on |value − truth|, a tree like value, None where they are not certified; why: the reason then.
    sensitivity: how far inputs that are off by half a unit in the last place may move each entry, None where not known.
    bounds: the least and the greatest answer, two such trees, where it is an interval (a subgradient at a kink).
    scale: what errors are relative to where it is larger than the norm of the value, such as beside a value of zero.
    """

    value: Any
    objective: float
    bounds: tuple[Any, Any] | None = None
    radius: Any = None
    sensitivity: Any = None
    why: str = ""
    scale: float = 0.0

    def nearest(self, result: Any) -> Any:
        """What `result` is judged against: the value, or that point of the interval which is nearest to the result."""
        if self.bounds is None:
            return self.value
        found, low, high = (flatten(tree) for tree in (result, *self.bounds))
        same_form = all(path in found and np.shape(found[path]) == np.shape(leaf) for path, leaf in low.items())
        if not same_form:
            return self.value
        inside = {path: np.fmin(np.fmax(found[path].astype(np.longdouble), low[path]), high[path]) for path in low}
        value = flatten(self.value)
        return unflatten({path: np.where(np.isnan(found[path]), value[path], inside[path]) for path in low})

    def position(self, result: Any) -> list[float]:
        """Where in the interval `result` lies, from 0 (least) to 1 (greatest), for every entry that has a finite one."""
        if self.bounds is None:
            return []
        found, low, high = (flatten(tree) for tree in (result, *self.bounds))
        wide = {path: (low[path] < high[path]) & np.isfinite(high[path] - low[path]) for path in low}
        parts = [((found[p] - low[p]) / np.where(wide[p], high[p] - low[p], 1))[wide[p]] for p in low]
        return sorted({round(float(part), 3) for part in np.concatenate(parts)})


def load_reference(problem: str, instance_name: str, operation: str, dtype: str, *, fresh: bool = False) -> Reference:
    """The reference of a case for inputs rounded to `dtype`; `fresh`: computed now, whatever is stored."""
    instance = problems.load(problem).instance(instance_name)
    options = dict(instance.operations[operation])
    given = load_inputs(problem, instance_name)
    text = Path(str(problems.load(problem).folder)) / "oracle.py"
    form = (instance.function, instance.kind, version("python-flint"))
    settings = (operation, repr(sorted(options.items())), dtype, instance.scale, *form)
    identity = digest_of(given.digest, text, *SOURCES, *settings)
    name = f"{problem}-{instance_name}-{operation}-{dtype}-{identity[:16]}"

    def make() -> Flat:
        from .compute import compute_reference  # here, because workers only load what the orchestrator made

        return flat_reference(compute_reference(problem, instance_name, operation, dtype, options))

    stored = stored_arrays("references", name, make, fresh=fresh)
    parts: dict[str, Flat] = {}
    for path, leaf in stored.items():
        part, _, rest = path.partition("/")
        parts.setdefault(part, {})[rest] = leaf
    trees = {part: unflatten(leaves) for part, leaves in parts.items()}
    return Reference(
        trees["value"],
        float(trees["objective"]),
        (trees["low"], trees["high"]) if "low" in trees else None,
        trees.get("radius"),
        trees.get("sensitivity"),
        str(trees.get("why", "")),
        float(trees["scale"]),
    )


def flat_reference(reference: Reference) -> Flat:
    """What is stored of a reference."""
    low, high = reference.bounds or (None, None)
    trees = {"value": reference.value, "objective": np.array(reference.objective), "radius": reference.radius}
    trees |= {"scale": np.array(reference.scale)}
    trees |= {"sensitivity": reference.sensitivity, "low": low, "high": high}
    trees |= {"why": np.array(reference.why)} if reference.why else {}
    known = {part: tree for part, tree in trees.items() if tree is not None}
    return {f"{part}/{path}": leaf for part, tree in known.items() for path, leaf in flatten(tree).items()}


FINDS_PARAMETERS = ("gradient_descent", "newton", "critical_point")
"""Operations whose result is a new set of parameters."""
