"""x² in ways that fail, for the tests of the harness. Loaded with `--problems tests/bench/faulty`."""

from __future__ import annotations

import numpy as np

from .. import Instance, Problem


def at_three():
    return {"x": np.array(3.0)}, {}


def instance(name: str) -> Instance:
    return Instance(name=name, function=name, make=at_three, operations={"gradient": {}}, quick=("gradient",))


PROBLEM = Problem(
    instances=tuple(
        instance(n) for n in ("fine", "killed", "segfault", "exits", "hangs", "raises", "wrong", "changes")
    ),
)
