"""Two runs, cell by cell: the ratio of their times with its interval, and a verdict.

The ratio is the second run's time over the first's. Interleaved runs are paired by repeat: what slows the machine down for a
while slows both of a pair. Runs made apart are two independent samples.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from . import intervals, tables, units
from .intervals import Interval
from .noise_floor import Floor
from .table import Table

CONFIDENCE = 0.99
CONFIDENCE_OF_MEDIAN = 0.97  # of ten values all but the least and the greatest
LEAST_CONFIDENCE = 0.95
LEAST_REPEATS = 6  # fewer give no interval of 95 %
VISIBLE = 0.15  # `same` says that a change of so much would have been seen
VERDICTS = ("slower", "faster", "same", "noisy", "new", "gone")
PLACE = ["problem", "instance", "operation", "method", "dtype", "device", "threads"]


@dataclass
class Measured:
    """A cell of one run. medians_s: repeat → its process's median."""

    medians_s: dict[int, float] = field(default_factory=dict)
    effective_threads: set[int] = field(default_factory=set)
    status: str = "ok"
    reason: str = ""

    @property
    def timed(self) -> bool:
        return bool(self.medians_s) and self.status in ("ok", "diverged")

    @property
    def median_s(self) -> float:
        return float(np.median(list(self.medians_s.values())))


Cells = dict[tuple[Any, ...], Measured]
"""PLACE → what was measured there."""


@dataclass(frozen=True)
class Compared:
    """A cell of two runs; `ratio` where both have times. why: of a verdict that is not plain."""

    place: tuple[Any, ...]
    a: Measured
    b: Measured
    verdict: str
    ratio: Interval | None = None
    floor: float = math.nan
    repeats: int = 0
    why: str = ""

    @property
    def name(self) -> str:
        *names, threads = self.place
        return ":".join([*map(str, names), f"t{threads}"])


def cells_of(rows: pd.DataFrame) -> Cells:
    """The cells of a run, in the order of the tables."""
    found: Cells = {}
    for row in tables.records(tables.ordered(rows)):
        cell = found.setdefault(tuple(row[name] for name in PLACE), Measured())
        if tables.SEVERITY.index(row["status"]) < tables.SEVERITY.index(cell.status):
            cell.status, cell.reason = row["status"], row["reason"]
        if row["median_s"] is not None and row["median_s"] > 0:
            cell.medians_s[row["repeat"]] = row["median_s"]
        if row["effective_threads"] is not None and not math.isnan(row["effective_threads"]):
            cell.effective_threads.add(int(row["effective_threads"]))
    return found


def compare(a: Cells, b: Cells, floor: Floor, interleaved: bool) -> list[Compared]:
    """Every cell that has a time in one of the runs."""
    places = dict.fromkeys([*a, *b])
    compared = [compare_cell(place, a.get(place), b.get(place), floor, interleaved) for place in places]
    return [cell for cell in compared if cell]


def compare_cell(
    place: tuple[Any, ...], a: Measured | None, b: Measured | None, floor: Floor, interleaved: bool
) -> Compared | None:
    """None where neither run has a time."""
    a, b = a or Measured(status="absent"), b or Measured(status="absent")
    if a.timed and b.timed:
        return judge(place, a, b, floor, interleaved)
    if a.timed or b.timed:
        lacking = b if a.timed else a
        why = "not in this run" if lacking.status == "absent" else f"{lacking.status}: {lacking.reason}"
        return Compared(place, a, b, "gone" if a.timed else "new", why=why)
    return None


def judge(place: tuple[Any, ...], a: Measured, b: Measured, floor: Floor, interleaved: bool) -> Compared:
    """The verdict on a cell that both runs have timed."""
    ratio, repeats = ratio_of(a.medians_s, b.medians_s, interleaved)
    least = floor.of(math.sqrt(a.median_s * b.median_s), interleaved)
    verdict, why = verdict_of(ratio, repeats, least)
    return Compared(place, a, b, verdict, ratio, least, repeats, why)


def ratio_of(a: dict[int, float], b: dict[int, float], interleaved: bool) -> tuple[Interval, int]:
    """(b over a, from differences of logarithms; how many repeats it rests on)."""
    both = sorted(a.keys() & b.keys())
    if interleaved and both:
        shift = shift_of_pairs([math.log(b[n] / a[n]) for n in both])
        repeats = len(both)
    else:
        shift = intervals.unpaired(list(np.log(list(a.values()))), list(np.log(list(b.values()))), CONFIDENCE)
        repeats = min(len(a), len(b))
    return Interval(math.exp(shift.value), math.exp(shift.low), math.exp(shift.high), shift.coverage), repeats


def shift_of_pairs(differences: list[float]) -> Interval:
    """Wilcoxon's interval, which uses every value, or that of the median, which one process gone astray does not widen."""
    ranks, middle = intervals.paired(differences, CONFIDENCE), intervals.median(differences, CONFIDENCE_OF_MEDIAN)
    return intervals.narrower(ranks, middle, LEAST_CONFIDENCE)


def verdict_of(ratio: Interval, repeats: int, floor: float) -> tuple[str, str]:
    """(verdict, why): different only beyond both the interval and the floor, the same only if a change would have shown."""
    if repeats < LEAST_REPEATS:
        return "noisy", f"{repeats} repeat{'s' if repeats != 1 else ''}, at least {LEAST_REPEATS} are needed"
    if ratio.low > 1 and ratio.value > 1 + floor:
        return "slower", ""
    if ratio.high < 1 and ratio.value < 1 / (1 + floor):
        return "faster", ""
    if ratio.low >= 1 / (1 + VISIBLE) and ratio.high <= 1 + VISIBLE:
        return "same", ""
    if ratio.low <= 1 <= ratio.high:
        return "noisy", f"the interval is too wide to exclude a change of {VISIBLE:.0%}"
    return "noisy", "the difference is within the noise of this machine"


def geometric_mean(compared: list[Compared]) -> tuple[float, int]:
    """(of the ratios of all cells that both runs have; how many these are); NaN of none."""
    logs = [math.log(cell.ratio.value) for cell in compared if cell.ratio]
    return (math.exp(float(np.mean(logs))) if logs else math.nan), len(logs)


def table(compared: list[Compared], names: tuple[str, str], notes: list[str]) -> Table:
    """One line per cell, with counts of the verdicts and the geometric mean below."""
    columns: dict[str, Callable[[Compared], str]] = {
        "A": lambda cell: units.duration(cell.a.median_s, 3 if cell.ratio else 2) if cell.a.timed else "",
        "B": lambda cell: units.duration(cell.b.median_s, 3 if cell.ratio else 2) if cell.b.timed else "",
        "B ÷ A": ratio_text,
        "noise": lambda cell: "" if math.isnan(cell.floor) else f"± {cell.floor:.1%}",
        "verdict": lambda cell: cell.verdict,
    }
    grid = [[text(cell) for text in columns.values()] for cell in compared]
    index = pd.Index([cell.name for cell in compared], dtype="object", name="cell")
    body = pd.DataFrame(np.array(grid, object).reshape(len(grid), len(columns)), index, list(columns), dtype=object)
    return Table(f"Comparison: A = {names[0]}, B = {names[1]}", body, (*summary(compared), *notes))


def ratio_text(cell: Compared) -> str:
    """`1.23 [1.19, 1.28]`; the interval only where it is one of 95 % at least."""
    if not cell.ratio:
        return ""
    ratio = cell.ratio
    if ratio.coverage < LEAST_CONFIDENCE:
        return units.digits(ratio.value, 2)
    significant = units.supported(ratio.value, ratio.low, ratio.high)
    return f"{units.digits(ratio.value, significant)} [{ratio.low:.3g}, {ratio.high:.3g}]"


def summary(compared: list[Compared]) -> Iterator[str]:
    found = Counter(cell.verdict for cell in compared)
    yield ", ".join(f"{found[verdict]} {verdict}" for verdict in VERDICTS if verdict in found)
    mean, count = geometric_mean(compared)
    if count:
        yield f"geometric mean of B ÷ A over the {count} cells that both have: {units.ratio(mean)}"
    coverage = min((cell.ratio.coverage for cell in compared if cell.ratio), default=0.0)
    if coverage >= LEAST_CONFIDENCE:
        yield f"in brackets: an interval of {coverage:.1%} at least; different only beyond it and beyond the noise"
    reasons: dict[str, list[str]] = {}
    for cell in compared:
        if cell.why:
            reasons.setdefault(f"{cell.verdict}: {cell.why}", []).append(cell.name)
    for reason, members in reasons.items():
        yield f"{reason}: {members[0]}" + (f" and {len(members) - 1} more" if len(members) > 1 else "")
