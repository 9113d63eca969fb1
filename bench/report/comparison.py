"""Two or more runs beside each other: those of one machine are compared with the first of them, others stay apart."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from .. import UsageError, comparable, comparison, machine
from ..comparable import Measurement
from ..comparison import Compared
from .folder import Run


@dataclass(frozen=True)
class Comparison:
    """What `gradmark compare A B` finds. a, b: places in the list of runs; verdicts: one dict per cell; notes: in words."""

    a: int
    b: int
    verdicts: list[dict[str, Any]] = field(default_factory=list)
    notes: tuple[str, ...] = ()


def groups(runs: Sequence[Run]) -> list[list[int]]:
    """The places of the runs, by machine."""
    found: dict[str, list[int]] = {}
    for place, run in enumerate(runs):
        found.setdefault(repr(machine.facts(run.environment)), []).append(place)
    return list(found.values())


def compare_all(runs: Sequence[Run]) -> list[Comparison]:
    """Within each machine every later run against the first."""
    return [compare(runs, first, other) for first, *others in groups(runs) for other in others]


def compare(runs: Sequence[Run], a: int, b: int) -> Comparison:
    """The verdicts, or the reason why there are none."""
    try:
        pair = comparable.check(measurement(runs[a]), measurement(runs[b]), across_machines=False, across_threads=False)
    except UsageError as reason:
        return Comparison(a, b, notes=(f"Not compared: {reason}",))
    compared = comparison.compare(pair.a.cells, pair.b.cells, pair.floor, pair.interleaved)
    return Comparison(a, b, [verdict(cell) for cell in compared], (*comparison.summary(compared), *pair.notes))


def measurement(run: Run) -> Measurement:
    return Measurement(run.name, comparison.cells_of(run.rows), dict(run.environment), dict(run.sources))


def verdict(cell: Compared) -> dict[str, Any]:
    """A cell of both runs as a row of the page's table; the interval only where it is one of 95 % at least."""
    ratio = cell.ratio
    known = ratio if ratio and ratio.coverage >= 0.95 else None
    return {
        **dict(zip(comparison.PLACE, cell.place, strict=True)),
        "a_s": cell.a.median_s if cell.a.timed else math.nan,
        "b_s": cell.b.median_s if cell.b.timed else math.nan,
        "ratio": ratio.value if ratio else math.nan,
        "low": known.low if known else math.nan,
        "high": known.high if known else math.nan,
        "floor": cell.floor,
        "verdict": cell.verdict,
        "why": cell.why,
    }
