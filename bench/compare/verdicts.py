"""Two runs, cell by cell: the ratio of their times with its interval, and a verdict.

The ratio is the second run's time over the first's. Interleaved runs are paired by repeat: a temporary
slowdown hits both of a pair. Runs made apart are two independent samples.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

import problems

from .. import UsageError
from ..rows.row import SEVERITY
from ..tables.frame import frame_records, ordered_cells, plain_instance
from ..tables.intervals import Interval, median_interval, narrower_interval, paired_shift, unpaired_shift
from ..text.table import Table
from ..text.units import format_digits, format_duration, format_ratio, plural, supported_digits
from .noise_floor import NoiseFloor

RATIO_CONFIDENCE = 0.99
CONFIDENCE_OF_MEDIAN = 0.97  # of ten values all but the least and the greatest
LEAST_CONFIDENCE = 0.95
LEAST_REPEATS_FOR_VERDICT = 6  # fewer give no interval of 95 %
VISIBLE_CHANGE = 0.15  # `same` says that a change of so much would have been seen
VERDICTS = ("slower", "faster", "same", "noisy", "new", "gone")
CHANGED = ("slower", "faster", "new", "gone")
CELL_PLACE = ["problem", "instance", "operation", "method", "dtype", "device", "threads"]
VERDICT_MEMBERS = ("a_s", "b_s", "ratio", "low", "high", "floor", "verdict", "why")


@dataclass
class MeasuredCell:
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


MeasuredCells = dict[tuple[Any, ...], MeasuredCell]
"""PLACE → what was measured there."""


@dataclass(frozen=True)
class ComparedCell:
    """A cell of two runs; `ratio` where both have times. why: of a verdict that is not plain."""

    place: tuple[Any, ...]
    a: MeasuredCell
    b: MeasuredCell
    verdict: str
    ratio: Interval | None = None
    floor: float = math.nan
    repeats: int = 0
    why: str = ""

    @property
    def name(self) -> str:
        return cell_name(self.place)


def cell_name(place: tuple[Any, ...]) -> str:
    """`xor_mlp:textbook:gradient:jax_grad/jit:float64:cpu:t1`."""
    *names, threads = place
    return ":".join([*map(str, names), f"t{threads}"])


NAMES_OF = {
    "problem": lambda place: (place[0], f"{place[0]}:{plain_instance(place[1])}", f"{place[0]}:{place[1]}"),
    "backend": lambda place: (place[3].partition("/")[0], place[3]),
    "operation": lambda place: (place[2],),
    "dtype": lambda place: (place[4],),
    "device": lambda place: (place[5],),
    "threads": lambda place: (str(place[6]),),
}
"""Option that selects cells of finished runs → the names under which it finds a cell."""


def select_places(places: Iterable[tuple[Any, ...]], wanted: Mapping[str, Sequence[str]]) -> list[tuple[Any, ...]]:
    """The cells that every option names; all of them where none does. Raises UsageError for what is not there."""
    found = list(places)
    for option, typed in wanted.items():
        known = dict.fromkeys(name for place in found for name in NAMES_OF[option](place))
        for name in typed:
            if name not in known:
                raise UsageError(problems.unknown(f"{option} in these runs", name, list(known)))
        found = [place for place in found if not typed or not set(typed).isdisjoint(NAMES_OF[option](place))]
    return found


def measured_cells(rows: pd.DataFrame) -> MeasuredCells:
    """The cells of a run, in the order of the tables."""
    found: MeasuredCells = {}
    for row in frame_records(ordered_cells(rows)):
        cell = found.setdefault(tuple(row[name] for name in CELL_PLACE), MeasuredCell())
        if SEVERITY.index(row["status"]) < SEVERITY.index(cell.status):
            cell.status, cell.reason = row["status"], row["reason"]
        if row["median_s"] is not None and row["median_s"] > 0:
            cell.medians_s[row["repeat"]] = row["median_s"]
        if row["effective_threads"] is not None and not math.isnan(row["effective_threads"]):
            cell.effective_threads.add(int(row["effective_threads"]))
    return found


def compare_cells(a: MeasuredCells, b: MeasuredCells, floor: NoiseFloor, interleaved: bool) -> list[ComparedCell]:
    """Every cell that has a time in one of the runs."""
    places = dict.fromkeys([*a, *b])
    compared = [compare_cell(place, a.get(place), b.get(place), floor, interleaved) for place in places]
    return [cell for cell in compared if cell]


def compare_cell(
    place: tuple[Any, ...], a: MeasuredCell | None, b: MeasuredCell | None, floor: NoiseFloor, interleaved: bool
) -> ComparedCell | None:
    """None where neither run has a time."""
    a, b = a or MeasuredCell(status="absent"), b or MeasuredCell(status="absent")
    if a.timed and b.timed:
        return judge_cell(place, a, b, floor, interleaved)
    if a.timed or b.timed:
        lacking = b if a.timed else a
        absent = f"not in the {'second' if a.timed else 'first'} run"
        why = absent if lacking.status == "absent" else f"{lacking.status}: {lacking.reason}"
        return ComparedCell(place, a, b, "gone" if a.timed else "new", why=why)
    return None


def judge_cell(
    place: tuple[Any, ...], a: MeasuredCell, b: MeasuredCell, floor: NoiseFloor, interleaved: bool
) -> ComparedCell:
    """The verdict on a cell that both runs have timed."""
    ratio, repeats = ratio_of(a.medians_s, b.medians_s, interleaved)
    least = floor.of(math.sqrt(a.median_s * b.median_s), interleaved)
    verdict, why = verdict_of(ratio, repeats, least)
    return ComparedCell(place, a, b, verdict, ratio, least, repeats, why)


def ratio_of(a: dict[int, float], b: dict[int, float], interleaved: bool) -> tuple[Interval, int]:
    """(b over a, from differences of logarithms; how many repeats it rests on)."""
    both = sorted(a.keys() & b.keys())
    if interleaved and both:
        shift = shift_of_pairs([math.log(b[n] / a[n]) for n in both])
        repeats = len(both)
    else:
        shift = unpaired_shift(list(np.log(list(a.values()))), list(np.log(list(b.values()))), RATIO_CONFIDENCE)
        repeats = min(len(a), len(b))
    return Interval(math.exp(shift.value), math.exp(shift.low), math.exp(shift.high), shift.coverage), repeats


def shift_of_pairs(differences: list[float]) -> Interval:
    """Wilcoxon's interval, which uses every value, or that of the median, which a single outlier does not widen."""
    ranks, middle = paired_shift(differences, RATIO_CONFIDENCE), median_interval(differences, CONFIDENCE_OF_MEDIAN)
    return narrower_interval(ranks, middle, LEAST_CONFIDENCE)


def verdict_of(ratio: Interval, repeats: int, floor: float) -> tuple[str, str]:
    """(verdict, why): different only beyond both the interval and the floor, the same only if a change would have shown."""
    if repeats < LEAST_REPEATS_FOR_VERDICT:
        return ("noisy", f"{plural(repeats, 'repeat')}; at least {LEAST_REPEATS_FOR_VERDICT} are needed")
    if ratio.low > 1 and ratio.value > 1 + floor:
        return "slower", ""
    if ratio.high < 1 and ratio.value < 1 / (1 + floor):
        return "faster", ""
    if ratio.low >= 1 / (1 + VISIBLE_CHANGE) and ratio.high <= 1 + VISIBLE_CHANGE:
        return "same", ""
    if ratio.low <= 1 <= ratio.high:
        return "noisy", f"the confidence interval is too wide to exclude a change of {VISIBLE_CHANGE:.0%}"
    return "noisy", "the difference is within the noise floor of this machine"


def geometric_mean(compared: list[ComparedCell]) -> tuple[float, int]:
    """(of the ratios of all cells that both runs have; how many these are); NaN of none."""
    logs = [math.log(cell.ratio.value) for cell in compared if cell.ratio]
    return (math.exp(float(np.mean(logs))) if logs else math.nan), len(logs)


def verdict_table(
    compared: list[ComparedCell], names: tuple[str, str], notes: list[str], *, only_changed: bool = False
) -> Table:
    """One line per cell, or per changed one, with counts of all verdicts and the geometric mean below."""
    shown = [cell for cell in compared if not only_changed or cell.verdict in CHANGED]
    if len(shown) < len(compared):
        notes = [*notes, f"not shown: {plural(len(compared) - len(shown), 'cell')} that did not change or are noisy"]
    columns: dict[str, Callable[[ComparedCell], str]] = {
        "A": lambda cell: format_duration(cell.a.median_s, 3 if cell.ratio else 2) if cell.a.timed else "",
        "B": lambda cell: format_duration(cell.b.median_s, 3 if cell.ratio else 2) if cell.b.timed else "",
        "B ÷ A": ratio_text,
        "noise": lambda cell: "" if math.isnan(cell.floor) else f"± {cell.floor:.1%}",
        "verdict": lambda cell: cell.verdict,
    }
    grid = [[text(cell) for text in columns.values()] for cell in shown]
    index = pd.Index([cell.name for cell in shown], dtype="object", name="cell")
    body = pd.DataFrame(np.array(grid, object).reshape(len(grid), len(columns)), index, list(columns), dtype=object)
    title = f"Comparison: A = {names[0]}, B = {names[1]}"
    return Table(title, body, (*verdict_summary(compared), *notes), least=("noise", "A", "B"))


def verdict_row(cell: ComparedCell) -> dict[str, Any]:
    """A cell of both runs as an object: seconds and ratios, NaN where unknown; the interval only if it is one of 95 %."""
    ratio = cell.ratio
    known = ratio if ratio and ratio.coverage >= LEAST_CONFIDENCE else None
    values = (
        cell.a.median_s if cell.a.timed else math.nan,
        cell.b.median_s if cell.b.timed else math.nan,
        ratio.value if ratio else math.nan,
        known.low if known else math.nan,
        known.high if known else math.nan,
        cell.floor,
        cell.verdict,
        cell.why,
    )
    return dict(zip((*CELL_PLACE, *VERDICT_MEMBERS), (*cell.place, *values), strict=True))


def ratio_text(cell: ComparedCell) -> str:
    """`1.23 [1.19, 1.28]`; the interval only where it is one of 95 % at least."""
    if not cell.ratio:
        return ""
    ratio = cell.ratio
    if ratio.coverage < LEAST_CONFIDENCE:
        return format_digits(ratio.value, 2)
    significant = supported_digits(ratio.value, ratio.low, ratio.high)
    return f"{format_digits(ratio.value, significant)} [{ratio.low:.3g}, {ratio.high:.3g}]"


def verdict_summary(compared: list[ComparedCell]) -> Iterator[str]:
    found = Counter(cell.verdict for cell in compared)
    yield ", ".join(f"{found[verdict]} {verdict}" for verdict in VERDICTS if verdict in found)
    mean, count = geometric_mean(compared)
    if count:
        yield f"geometric mean of B ÷ A over the {count} cells timed in both runs: {format_ratio(mean)}"
    coverage = min((cell.ratio.coverage for cell in compared if cell.ratio), default=0.0)
    if coverage >= LEAST_CONFIDENCE:
        yield (
            f"in brackets: confidence interval of at least {coverage:.1%}; slower or faster: it excludes 1, and the ratio "
            "exceeds the noise floor"
        )
    reasons: dict[str, list[str]] = {}
    for cell in compared:
        if cell.why:
            reasons.setdefault(f"{cell.verdict}: {cell.why}", []).append(cell.name)
    for reason, members in reasons.items():
        yield f"{reason}: {members[0]}" + (f" and {len(members) - 1} more" if len(members) > 1 else "")
