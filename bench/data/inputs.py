"""The inputs of an instance, made once per machine and loaded from disk by the workers.

Workers do not make them: importing a data package there would load libraries and threads beside the measured framework.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache as cache_calls
from functools import lru_cache
from importlib.metadata import version

import numpy as np

import backends
import problems

from .store import Flat, digest_of, stored_arrays


@dataclass(frozen=True)
class Inputs:
    """params, data: the instance's arrays; digest: their identity, with the function and its kind."""

    params: problems.Arrays
    data: problems.Arrays
    digest: str

    def cast(self, dtype: str) -> Inputs:
        """The same with floating-point arrays rounded to `dtype`."""
        return Inputs(rounded_arrays(self.params, dtype), rounded_arrays(self.data, dtype), self.digest)


def rounded_arrays(arrays: problems.Arrays, dtype: str) -> problems.Arrays:
    return {name: a.astype(dtype) if a.dtype.kind == "f" else a for name, a in arrays.items()}


@lru_cache(maxsize=2)
def load_inputs(problem_name: str, instance_name: str) -> Inputs:
    """The float64 inputs of an instance. Raises ProblemError where its `make` returns something else."""
    problem = problems.load(problem_name)
    instance = problem.instance(instance_name)

    def make() -> Flat:
        params, data = problems.check_inputs(problem_name, instance, instance.make())
        stored = {f"params/{name}": np.asarray(array) for name, array in params.items()}
        stored |= {f"data/{name}": np.asarray(array) for name, array in data.items()}
        identity = digest_of(instance.function, instance.kind, *(part for item in stored.items() for part in item))
        return {**stored, "digest": np.array(identity)}

    stored = stored_arrays("inputs", f"{problem_name}-{instance_name}-{inputs_source(problem_name)[:16]}", make)
    parts: dict[str, problems.Arrays] = {"params": {}, "data": {}}
    for path, array in stored.items():
        part, _, name = path.partition("/")
        parts.setdefault(part, {})[name] = array
    return Inputs(parts["params"], parts["data"], str(stored["digest"]))


@cache_calls
def inputs_digest(problem_name: str, instance_name: str) -> str:
    """The identity of an instance's inputs; remembered, as the arrays may be large."""
    return load_inputs(problem_name, instance_name).digest


@cache_calls
def inputs_source(problem_name: str) -> str:
    """The digest of what a problem's inputs are made from: its folder without the files of backends.

    Taken once, when the problem is planned: a file that is edited later is not the code that runs in this process.
    """
    folder = problems.load(problem_name).folder
    others = (path for path in folder.iterdir() if path.is_file() and path.stem not in backends.names())
    files = [problems.FOLDER / "__init__.py", *sorted(others)]
    return digest_of(*files, version("numpy"), version("scikit-learn"))
