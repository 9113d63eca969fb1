"""Two or more runs beside each other: those of one machine are compared with the first of them, others stay apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from .folder import Run

FACTS = ("cpu", "cores", "cpus_usable", "memory_bytes")


@dataclass(frozen=True)
class Comparison:
    """What `gradmark compare A B` finds. a, b: places in the list of runs; verdicts: one dict per cell; notes: in words."""

    a: int
    b: int
    verdicts: list[dict[str, Any]]
    notes: tuple[str, ...] = field(default=())


def machine(run: Run) -> tuple[str, ...]:
    """What tells machines apart."""
    return tuple(str(run.environment.get(name)) for name in FACTS)


def groups(runs: Sequence[Run]) -> list[list[int]]:
    """The places of the runs, by machine."""
    found: dict[tuple[str, ...], list[int]] = {}
    for place, run in enumerate(runs):
        found.setdefault(machine(run), []).append(place)
    return list(found.values())


def compare_all(runs: Sequence[Run]) -> list[Comparison]:
    """Within each machine every later run against the first."""
    return []
