"""How much a run measures: quick, standard or rigorous."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .cell import DTYPES


@dataclass(frozen=True)
class Profile:
    """How much to measure. Times in seconds.

    everything: all instances and operations, rather than those that the instances name as quick.
    repeats: fresh processes per cell. round_s: least duration of a round. rounds_s: total to aim at, for at least
    `least_rounds` rounds. single_s: a call that takes longer is not repeated. limit_s: a descent that would take longer
    is omitted, by extrapolation from a few steps. timeout_s: for prepare to check, enforced by killing the worker.
    memory: whether a pass that measures peak memory follows.
    """

    dtypes: tuple[str, ...]
    everything: bool
    repeats: int
    round_s: float
    rounds_s: float
    single_s: float
    limit_s: float | None
    timeout_s: float
    least_rounds: int = 5
    memory: bool = False


PROFILES = {
    "quick": Profile(("float64",), False, 1, 0.002, 0.06, 0.3, 2.5, 120.0),
    "standard": Profile(DTYPES, True, 1, 0.01, 0.25, 5.0, None, 300.0),
    "rigorous": Profile(DTYPES, True, 10, 0.01, 1.0, 10.0, None, 600.0, memory=True),
}


def profile_settings(profile: str) -> dict[str, Any]:
    """The fields of a `Run` that a profile decides."""
    chosen = PROFILES[profile]
    return {
        "profile": profile,
        "repeats": chosen.repeats,
        "timeout_s": chosen.timeout_s,
        "limit_s": chosen.limit_s,
        "memory_follows": chosen.memory,
    }
