"""Whether one cell is faster than another, or the two are tied.

Two cells are tied if their 95 % confidence intervals over processes overlap. Fewer than six processes give no such
interval, and the rounds of one process, however many, do not know how processes differ; a lead then has to be larger than
the noise floor of the machine.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from .. import UsageError
from ..compare.noise_floor import ASSUMED_NOISE, NoiseFloor, noise_floor_path, read_noise_floor
from ..machine.facts import machine_facts
from ..tables.frame import TABLE_CONFIDENCE
from ..text.table import CellRow


def noise_floor_of(environment: Mapping[str, Any]) -> NoiseFloor:
    """The noise floor stored for the machine of a run; an empty one, which assumes 10 %, where none can be read."""
    try:
        return read_noise_floor(noise_floor_path(machine_facts(environment)))
    except UsageError:  # a report is of the run; `gradmark compare` and `noise` say what is wrong with the file
        return NoiseFloor()


def has_interval(cell: CellRow) -> bool:
    """Whether its median has an interval of 95 % over fresh processes."""
    return bool(cell["interval"].coverage >= TABLE_CONFIDENCE)


def is_clearly_faster(a: CellRow, b: CellRow, floor: NoiseFloor) -> bool:
    """Whether `a`, of which the median is no larger, is faster than `b` beyond doubt."""
    if has_interval(a) and has_interval(b):
        return bool(a["interval"].high < b["interval"].low)
    return bool(b["median_s"] / a["median_s"] - 1 > floor.of(a["median_s"], interleaved=False))


def mark_ties(case: Iterable[dict[str, Any]], floor: NoiseFloor) -> None:
    """Add to each timed cell of a case `tied`: 1 where it is tied with the fastest, which is another one."""
    timed = list(case)
    if not timed:
        return
    first = min(timed, key=lambda cell: cell["median_s"])
    for cell in timed:
        cell["tied"] = float(cell is not first and not is_clearly_faster(first, cell, floor))


def explain_ties(cells: Iterable[CellRow], floor: NoiseFloor) -> str:
    """What “tied” means for these timed cells."""
    return f"“Tied”: {'; '.join(tie_rules(list(cells), floor))}."


def tie_rules(cells: list[CellRow], floor: NoiseFloor) -> Iterator[str]:
    """One for cells with intervals of 95 %, one for those without."""
    few = sorted({cell["processes"] for cell in cells if not has_interval(cell)})
    if any(has_interval(cell) for cell in cells):
        yield f"the {TABLE_CONFIDENCE:.0%} confidence intervals of the two over processes overlap"
    if few:
        count = f"{few[0]}" if few[0] == few[-1] else f"{few[0]} to {few[-1]}"
        what = "process" if few[-1] == 1 else "processes"
        yield f"with {count} {what} per cell there is no {TABLE_CONFIDENCE:.0%} confidence interval; {noise_text(floor)}"


def noise_text(floor: NoiseFloor) -> str:
    if floor.measured:
        return f"the difference is within the noise floor of this machine, measured with {floor.repeats} repeats"
    return (
        f"the difference is within {ASSUMED_NOISE:.0%}, assumed because no noise floor is stored for this machine "
        "(gradmark noise measures one)"
    )
