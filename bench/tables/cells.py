"""The cells of a run with everything that a picture or a page tells of them: intervals, ratios, sizes, ladders.

A ladder is a set of instances that differ in one number of their name: `n1e3_d10` and `n1e5_d10` are two sizes of `n*_d10`.
"""

from __future__ import annotations

import math
import re
import statistics
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import pandas as pd

from ..text.table import CellRow
from .costs import bound_of, break_even_calls, variant_of, with_eager_variants
from .frame import CELL_COLUMNS, ON, cell_records, frame_records
from .intervals import Interval, median_interval
from .scaling import LEAST_SIZES, ExponentFit, fit_exponent

Cells = list[dict[str, Any]]

MOST_VOLUME = 1e18  # numbers; there is no such input, and beyond it a name means something else
SIZE_IN_NAME = re.compile(r"([a-z])([1-9]\d*(?:e\d+)?)")
TIMED_STATUSES = ("ok", "diverged")
UNKNOWN = Interval(math.nan, math.nan, math.nan, 0.0)
CASE_COLUMNS = ("problem", "instance", "operation", "dtype", "device", "threads")
LADDER_COLUMNS = ("problem", "operation", "ladder", "dtype", "device", "threads")
MEDIANS = ("min_s", "q1_s", "q3_s", "cpu_s", "objective")


@dataclass(frozen=True)
class LadderPlace:
    """Where an instance stands: `n*_d10` at n = 1000, a volume of 10⁴ numbers. A name without a size has an empty label."""

    label: str = ""
    letter: str = ""
    size: float = math.nan
    volume: float = math.nan


def ladder_place(instance: str) -> LadderPlace:
    """The ladder of an instance by its name, on each machine one of its own; the first of its numbers is the size."""
    plain, on, machine = instance.partition(ON)
    parts = plain.split("_")
    for place, part in enumerate(parts):
        found = SIZE_IN_NAME.fullmatch(part)
        if found:
            label = "_".join([*parts[:place], f"{found[1]}*", *parts[place + 1 :]]) + on + machine
            volume = math.prod(float(each[2]) for part in parts if (each := SIZE_IN_NAME.fullmatch(part)))
            return LadderPlace(label, found[1], float(found[2]), volume) if volume < MOST_VOLUME else LadderPlace()
    return LadderPlace()


def cells_of_rows(rows: pd.DataFrame) -> list[dict[str, Any]]:
    """One dict per cell, in the order of the registry: the columns of tables, of its repeats and of its case."""
    if rows.empty:
        return []
    members: dict[tuple[Any, ...], list[CellRow]] = {}
    names = [*CELL_COLUMNS, "status", "median_s", "samples_s", "iterations", "warnings", *MEDIANS]
    for row in frame_records(rows[names]):
        members.setdefault(tuple(row[name] for name in CELL_COLUMNS), []).append(row)
    cells = cell_records(rows)
    found = [{**cell, **repeats_columns(cell, members[tuple(cell[name] for name in CELL_COLUMNS)])} for cell in cells]
    add_to_cases(found)
    return found


def repeats_columns(cell: CellRow, repeats: Sequence[CellRow]) -> dict[str, Any]:
    """What the repeats of a cell tell together."""
    timed = [row for row in repeats if not missing(row["median_s"])]
    interval, of = interval_with_source(timed)
    ladder = ladder_place(cell["instance"])
    return {
        **{name: median_of_present(row[name] for row in repeats) for name in MEDIANS},
        "low_s": interval.low,
        "high_s": interval.high,
        "coverage": interval.coverage,
        "interval_of": of,
        "repeats": len(repeats),
        "iterations": max(row["iterations"] for row in repeats),
        "warnings": list(dict.fromkeys(text for row in repeats for text in row["warnings"])),
        "bound": bound_of(cell) if cell["over"] > 0 else math.nan,
        "least_s": least_s(cell),
        "ladder": ladder.label,
        "letter": ladder.letter,
        "size": ladder.size,
        "volume": ladder.volume,
    }


def missing(value: Any) -> bool:
    return value is None or math.isnan(value)


def median_of_present(values: Iterable[Any]) -> float:
    """The median of those that are there, NaN of none."""
    present = [float(value) for value in values if not missing(value)]
    return statistics.median(present) if present else math.nan


def interval_with_source(timed: Sequence[CellRow]) -> tuple[Interval, str]:
    """The interval of the cell's median, and of what it was made: fresh processes, or the rounds of a single one."""
    if len(timed) > 1:
        return median_interval([row["median_s"] for row in timed]), f"{len(timed)} processes"
    samples = [sample for row in timed for sample in row["samples_s"]]
    if len(samples) < 2:
        return UNKNOWN, ""
    return median_interval(samples), f"{len(samples)} rounds of one process"


def least_s(cell: CellRow) -> float:
    """The least seconds in which this machine could do what the instance states, NaN where either is not known."""
    arithmetic, memory = (
        cell["work_flops"] / cell["limit_flops_per_s"],
        cell["products_bytes"] / cell["limit_bytes_per_s"],
    )
    if math.isnan(arithmetic) or math.isnan(memory):
        return math.nan
    in_cache = cell["working_set_bytes"] < cell["cache_bytes"]  # the memory's limit is none for what stays in the cache
    return arithmetic if in_cache else max(arithmetic, memory)


def add_to_cases(cells: list[dict[str, Any]]) -> None:
    """Add to each cell `slower` (its time over the fastest of its case) and `pays` (calls until compiling has paid off).

    `slower_digits`: how many digits of `slower` both of the times support.
    """
    for case in cells_by_case(cells):
        fastest = min((cell for cell in case if is_timed(cell)), key=lambda cell: cell["median_s"], default=None)
        for cell, (_, eager) in zip(case, with_eager_variants(list(case)), strict=True):
            base = fastest if is_timed(cell) else None
            cell["slower"] = cell["median_s"] / base["median_s"] if base else math.nan
            cell["slower_digits"] = min(cell["digits"], base["digits"]) if base else math.nan
            cell["pays"] = payoff_calls(cell, eager)


def payoff_calls(cell: CellRow, eager: CellRow | None) -> float:
    """Calls until compiling has paid off, inf for never, NaN for what is not compiled or has no eager sibling."""
    variant = variant_of(cell["method"])
    both = eager is not None and is_timed(cell) and is_timed(eager)
    if not both or eager is None or variant is None or not variant.compiled:
        return math.nan
    return break_even_calls(cell, eager)


def is_timed(cell: CellRow) -> bool:
    return cell["status"] in TIMED_STATUSES and not math.isnan(cell["median_s"])


def cells_by_case(cells: Iterable[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    """The cells that may be compared with each other: everything but the method is the same."""
    found: dict[tuple[Any, ...], list[dict[str, Any]]] = {}
    for cell in cells:
        found.setdefault(tuple(cell[name] for name in CASE_COLUMNS), []).append(cell)
    yield from found.values()


def cell_ladders(cells: Iterable[dict[str, Any]], rungs: int = 2) -> Iterator[list[dict[str, Any]]]:
    """The timed cells of each problem, operation and condition that form a ladder of at least so many sizes, ascending."""
    sized = [cell for cell in cells if cell["ladder"] and is_timed(cell)]
    key = [tuple(str(cell[name]) for name in LADDER_COLUMNS) for cell in sized]
    order = sorted(range(len(sized)), key=lambda i: (key[i], sized[i]["size"]))
    for _, places in groupby(order, key=lambda i: key[i]):
        found = [sized[i] for i in places]
        if len({cell["size"] for cell in found}) >= rungs:
            yield found


def ladder_exponents(ladder: Iterable[CellRow]) -> dict[str, ExponentFit]:
    """Method → the exponent of its time in the size, for methods with enough sizes to judge the fit by."""
    times: dict[str, dict[int, float]] = {}
    for cell in ladder:
        times.setdefault(cell["method"], {})[round(cell["size"])] = cell["median_s"]
    fitted = {method: found for method, found in times.items() if len(found) >= LEAST_SIZES}
    return {method: fit_exponent(list(found), list(found.values())) for method, found in fitted.items()}
