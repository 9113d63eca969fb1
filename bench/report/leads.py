"""Whether one cell is ahead of another, or the two are not told apart.

Two intervals of 95 % over processes tell cells apart where they do not overlap. Fewer than six processes give no such
interval, and the rounds of one process, however many, do not know how processes differ; a lead then has to be larger than
the noise floor of the machine.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from .. import UsageError, machine, noise_floor
from ..noise_floor import Floor
from ..repeats import CONFIDENCE

Cell = Mapping[str, Any]


def floor_of(environment: Mapping[str, Any]) -> Floor:
    """The noise floor stored for the machine of a run; an empty one, which assumes 10 %, where none can be read."""
    try:
        return noise_floor.read(noise_floor.path_of(machine.facts(environment)))
    except UsageError:  # a report is of the run; `gradmark compare` and `noise` say what is wrong with the file
        return Floor()


def has_interval(cell: Cell) -> bool:
    """Whether its median has an interval of 95 % over fresh processes."""
    return bool(cell["interval"].coverage >= CONFIDENCE)


def apart(a: Cell, b: Cell, floor: Floor) -> bool:
    """Whether `a`, of which the median is no larger, is faster than `b` beyond doubt."""
    if has_interval(a) and has_interval(b):
        return bool(a["interval"].high < b["interval"].low)
    return bool(b["median_s"] / a["median_s"] - 1 > floor.of(a["median_s"], interleaved=False))


def mark_ties(case: Iterable[dict[str, Any]], floor: Floor) -> None:
    """Add to each timed cell of a case `tied`: 1 where it is not told apart from the fastest, which is another one."""
    timed = list(case)
    if not timed:
        return
    first = min(timed, key=lambda cell: cell["median_s"])
    for cell in timed:
        cell["tied"] = float(cell is not first and not apart(first, cell, floor))


def meaning(cells: Iterable[Cell], floor: Floor) -> str:
    """What “not told apart” means for these timed cells."""
    return f"“Not told apart”: {'; '.join(rules(list(cells), floor))}."


def rules(cells: list[Cell], floor: Floor) -> Iterator[str]:
    """One for cells with intervals of 95 %, one for those without."""
    few = sorted({cell["processes"] for cell in cells if not has_interval(cell)})
    if any(has_interval(cell) for cell in cells):
        yield f"the {CONFIDENCE:.0%} intervals of the two over processes overlap"
    if few:
        count = f"{few[0]}" if few[0] == few[-1] else f"{few[0]} to {few[-1]}"
        what = "process" if few[-1] == 1 else "processes"
        yield f"with {count} {what} a cell there is no {CONFIDENCE:.0%} interval, and {noise_text(floor)}"


def noise_text(floor: Floor) -> str:
    if floor.measured:
        return f"the lead is within the noise floor of this machine, which was measured with {floor.repeats} repeats"
    return (
        f"the lead is within {noise_floor.ASSUMED:.0%}, which is assumed, as no noise floor is stored for this machine "
        "(gradmark noise)"
    )
