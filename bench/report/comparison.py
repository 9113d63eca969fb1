"""Two or more runs beside each other: those of one machine are compared with the first of them, others stay apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from .. import UsageError
from ..compare.compatibility import Measurement, check_comparable
from ..compare.verdicts import compare_cells, measured_cells, verdict_row, verdict_summary
from ..machine.facts import machine_facts
from .folder import ReportedRun


@dataclass(frozen=True)
class RunComparison:
    """What `gradmark compare A B` finds. a, b: places in the list of runs; verdicts: one dict per cell; notes: in words."""

    a: int
    b: int
    verdicts: list[dict[str, Any]] = field(default_factory=list)
    notes: tuple[str, ...] = ()


def machine_groups(runs: Sequence[ReportedRun]) -> list[list[int]]:
    """The places of the runs, by machine."""
    found: dict[str, list[int]] = {}
    for place, run in enumerate(runs):
        found.setdefault(repr(machine_facts(run.environment)), []).append(place)
    return list(found.values())


def compare_all(runs: Sequence[ReportedRun]) -> list[RunComparison]:
    """Within each machine every later run against the first."""
    return [compare_two(runs, first, other) for first, *others in machine_groups(runs) for other in others]


def compare_two(runs: Sequence[ReportedRun], a: int, b: int) -> RunComparison:
    """The verdicts, or the reason why there are none."""
    try:
        pair = check_comparable(
            measurement_of(runs[a]), measurement_of(runs[b]), across_machines=False, across_threads=False
        )
    except UsageError as reason:
        return RunComparison(a, b, notes=(f"Not compared: {reason}",))
    compared = compare_cells(pair.a.cells, pair.b.cells, pair.floor, pair.interleaved)
    return RunComparison(a, b, [verdict_row(cell) for cell in compared], (*verdict_summary(compared), *pair.notes))


def measurement_of(run: ReportedRun) -> Measurement:
    return Measurement(run.name, measured_cells(run.rows), dict(run.environment), dict(run.sources))
