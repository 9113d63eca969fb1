"""Whether one cell is ahead of another, or the two are not told apart.

Two intervals of 95 % over processes tell cells apart where they do not overlap. Fewer than six processes give no such
interval, and the rounds of one process, however many, do not know how processes differ; a lead then has to be larger than
the noise floor of the machine.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from .. import UsageError
from ..compare.noise_floor import ASSUMED_NOISE, NoiseFloor, noise_floor_path, read_noise_floor
from ..machine.name import machine_facts
from ..tables.repeats import TABLE_CONFIDENCE
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


def is_apart(a: CellRow, b: CellRow, floor: NoiseFloor) -> bool:
    """Whether `a`, of which the median is no larger, is faster than `b` beyond doubt."""
    if has_interval(a) and has_interval(b):
        return bool(a["interval"].high < b["interval"].low)
    return bool(b["median_s"] / a["median_s"] - 1 > floor.of(a["median_s"], interleaved=False))


def mark_ties(case: Iterable[dict[str, Any]], floor: NoiseFloor) -> None:
    """Add to each timed cell of a case `tied`: 1 where it is not told apart from the fastest, which is another one."""
    timed = list(case)
    if not timed:
        return
    first = min(timed, key=lambda cell: cell["median_s"])
    for cell in timed:
        cell["tied"] = float(cell is not first and not is_apart(first, cell, floor))


def meaning_of_ties(cells: Iterable[CellRow], floor: NoiseFloor) -> str:
    """What “not told apart” means for these timed cells."""
    return f"“Not told apart”: {'; '.join(rules(list(cells), floor))}."


def rules(cells: list[CellRow], floor: NoiseFloor) -> Iterator[str]:
    """One for cells with intervals of 95 %, one for those without."""
    few = sorted({cell["processes"] for cell in cells if not has_interval(cell)})
    if any(has_interval(cell) for cell in cells):
        yield f"the {TABLE_CONFIDENCE:.0%} intervals of the two over processes overlap"
    if few:
        count = f"{few[0]}" if few[0] == few[-1] else f"{few[0]} to {few[-1]}"
        what = "process" if few[-1] == 1 else "processes"
        yield f"with {count} {what} a cell there is no {TABLE_CONFIDENCE:.0%} interval, and {noise_text(floor)}"


def noise_text(floor: NoiseFloor) -> str:
    if floor.measured:
        return f"the lead is within the noise floor of this machine, which was measured with {floor.repeats} repeats"
    return (
        f"the lead is within {ASSUMED_NOISE:.0%}, which is assumed, as no noise floor is stored for this machine "
        "(gradmark noise)"
    )
