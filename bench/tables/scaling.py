"""How the time of each backend grows with the size of a problem, and from which size one overtakes another.

The time is taken as c·nᵏ, and k fitted as the slope of log t over log n by least squares, with its 95 % interval by
Student's distribution. Small sizes are what a call costs rather than what it does, so only sizes that take at least ten
times as long as the quickest take part; where fewer than three do, the three largest, and the table says so.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

import problems

from ..text.table import CellRow, Table
from ..text.units import format_duration, format_ratio, plural

OVERHEAD = 10.0  # over the least time, from which on a call's overhead is a tenth or less
LEAST_SIZES = 3  # for a line with an interval


@dataclass(frozen=True)
class ExponentFit:
    """The exponent with half of its 95 % interval, the least size that it is fitted from, and if overhead is left out."""

    exponent: float
    half_width: float
    least_size: int
    clear: bool

    def __str__(self) -> str:
        mark = "" if self.clear else "~"
        return f"{mark}{self.exponent:.2f} ± {self.half_width:.2f}"


def fit_exponent(sizes: Sequence[int], times: Sequence[float]) -> ExponentFit:
    """The exponent over the sizes that overhead leaves alone; both ascending in size, at least three of them."""
    from scipy import stats

    points = list(zip(sizes, times, strict=True))
    kept = [point for point in points if point[1] >= OVERHEAD * min(times)]
    clear = len(kept) >= LEAST_SIZES
    n, t = np.log(np.array(kept if clear else points[-LEAST_SIZES:])).T
    line = stats.linregress(n, t)
    half_width = float(stats.t.ppf(0.975, len(n) - 2) * line.stderr)
    return ExponentFit(float(line.slope), half_width, round(math.exp(n[0])), clear)


def overtakes(times: dict[int, float], others: dict[int, float]) -> float:
    """The size from which on `times` are less than the others: 0 from the first, inf never, else interpolated.

    Between two sizes both are straight lines of logarithms. A crossing counts if it holds to the largest common size.
    """
    sizes = sorted(times.keys() & others.keys())
    ahead = [math.log(others[size] / times[size]) for size in sizes]  # positive where it is faster
    if not sizes or ahead[-1] <= 0:
        return math.inf
    slower = [i for i, gain in enumerate(ahead) if gain <= 0]
    if not slower:
        return 0
    last = slower[-1]
    share = -ahead[last] / (ahead[last + 1] - ahead[last])
    return sizes[last] * (sizes[last + 1] / sizes[last]) ** share


def scaling_tables(cells: list[CellRow], name: str) -> Iterator[Table]:
    """Two tables for cells of one problem and operation, where enough sizes of the problem's ladder were timed."""
    ladder = problem_ladder(cells[0]["problem"])
    if not ladder:
        return
    sizes = {instance.name: size for size, instance in zip(ladder.sizes, ladder.instances(), strict=True)}
    times: dict[str, dict[int, float]] = {}
    for cell in cells:
        if cell["instance"] in sizes and not math.isnan(cell["median_s"]):
            times.setdefault(cell["method"], {})[sizes[cell["instance"]]] = cell["median_s"]
    times = {method: dict(sorted(found.items())) for method, found in times.items() if len(found) > LEAST_SIZES}
    if times:
        yield growth_table(f"Scaling: {name}", ladder.counts, times)
        yield overtaking_table(f"Overtaking: {name}", ladder.counts, times)


def problem_ladder(problem: str) -> problems.Ladder | None:
    return problems.load(problem).ladder if problem in problems.names() else None


def growth_table(title: str, counts: str, times: dict[str, dict[int, float]]) -> Table:
    """Time by size, and the exponent."""
    sizes = sorted({size for found in times.values() for size in found})
    rows = {}
    for method, found in times.items():
        fitted = fit_exponent(list(found), list(found.values()))
        texts = {f"{size:.0e}".replace("e+0", "e"): format_duration(found.get(size)) for size in sizes}
        rows[method] = {"exponent": str(fitted), "from": f"{fitted.least_size:.0e}".replace("e+0", "e"), **texts}
    notes = (
        f"columns: number of {counts}; exponent: k of time ∝ sizeᵏ by least squares on logarithms, with 95 % confidence "
        "interval; from: the smallest size used",
        f"times below {OVERHEAD:g} times the shortest measure call overhead and are left out; ~ fewer than three sizes "
        "remain, so the three largest are used",
    )
    return Table(title, text_frame(rows), notes)


def overtaking_table(title: str, counts: str, times: dict[str, dict[int, float]]) -> Table:
    """For each pair, the size from which on the row is faster than the column."""
    rows = {
        method: {
            other: size_text(overtakes(found, others)) if other != method else "" for other, others in times.items()
        }
        for method, found in times.items()
    }
    return Table(title, text_frame(rows), (f"number of {counts} from which the row is faster than the column",))


def size_text(size: float) -> str:
    if math.isinf(size):
        return "never"
    return f"from {size:.2g}" if size else "always"


def text_frame(rows: dict[str, dict[str, str]]) -> pd.DataFrame:
    return pd.DataFrame.from_dict(rows, orient="index", dtype=object).rename_axis("backend/variant")


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
    columns = pd.Index([plural(count, "thread") for count in counts], dtype="object")
    legend = f"in brackets: speed-up over {columns[0]}, and efficiency (speed-up ÷ ideal speed-up)"
    return Table(title, pd.DataFrame(grid, index, columns, dtype=object), (legend,))


def thread_text(times: dict[int, float], count: int) -> str:
    """`3.40 ms (1.91×, 96 %)`: the time, the speed-up over the fewest threads, and that over the ideal one."""
    least = min(times)
    if count not in times or count == least:
        return format_duration(times.get(count))
    speed_up = times[least] / times[count]
    return f"{format_duration(times[count])} ({format_ratio(speed_up)}, {100 * speed_up * least / count:.0f} %)"
