"""What more threads bring: speed-up and efficiency."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import pandas as pd

from ..text.table import CellRow, Table
from ..text.units import format_duration, format_ratio

THREAD_GROUP = ("problem", "operation", "dtype", "device")


def thread_tables(cells: list[CellRow]) -> Iterator[Table]:
    """One table for each problem, operation, dtype and device that was timed with several thread counts."""
    groups: dict[tuple[str, ...], list[CellRow]] = {}
    for cell in cells:
        if not math.isnan(cell["median_s"]):
            groups.setdefault(tuple(cell[column] for column in THREAD_GROUP), []).append(cell)
    for group, members in groups.items():
        counts = sorted({cell["threads"] for cell in members})
        if len(counts) > 1:
            yield thread_table(f"Threads: {' · '.join(group)}", members, counts)


def thread_table(title: str, cells: list[CellRow], counts: list[int]) -> Table:
    """One row per instance and backend/variant, one column per thread count."""
    times: dict[str, dict[int, float]] = {}
    for cell in cells:
        times.setdefault(f"{cell['instance']} · {cell['method']}", {})[cell["threads"]] = cell["median_s"]
    grid = np.array([[thread_text(found, count) for count in counts] for found in times.values()], object)
    index = pd.Index(list(times), dtype="object", name="instance · backend/variant")
    columns = pd.Index([f"{count} thread{'s' if count != 1 else ''}" for count in counts], dtype="object")
    legend = f"in brackets: speed-up over {columns[0]}, and efficiency (speed-up ÷ ideal speed-up)"
    return Table(title, pd.DataFrame(grid, index, columns, dtype=object), (legend,))


def thread_text(times: dict[int, float], count: int) -> str:
    """`3.40 ms (1.91×, 96 %)`: the time, the speed-up over the fewest threads, and that over the ideal one."""
    least = min(times)
    if count not in times or count == least:
        return format_duration(times.get(count))
    speed_up = times[least] / times[count]
    return f"{format_duration(times[count])} ({format_ratio(speed_up)}, {100 * speed_up * least / count:.0f} %)"
