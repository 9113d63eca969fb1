"""x² in ways that fail, for the tests of the harness. Loaded with `--problems tests/bench/faulty`."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from .. import Instance, Problem


def at_three():
    return {"x": np.array(3.0)}, {}


def instance(name: str) -> Instance:
    return Instance(name=name, function=name, make=at_three, operations={"gradient": {}}, quick=("gradient",))


def with_data_that_cannot_be_arranged():
    return {"x": np.array(3.0)}, {"broken": np.array(1.0)}


NAMES = (  # in the order of a run
    *(
        "fine",
        "killed",
        "segfault",
        "exits",
        "leaves",
        "raises",
        "wrong",
        "changes",
        "tenth",
        "greedy",
        "spawns",
        "hangs",
    ),
    *("fills", "freezes", "deletes", "also_fine", "thirsty"),
)

PROBLEM = Problem(
    instances=(
        *(instance(name) for name in NAMES),
        replace(instance("unprepared"), make=with_data_that_cannot_be_arranged),
    ),
)
