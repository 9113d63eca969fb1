"""What the repeats of a cell say together: the interval of its median, the digits that it supports, and warnings."""

from __future__ import annotations

import math
from collections.abc import Iterator
from operator import itemgetter
from typing import Any

import pandas as pd

from ..measure.timing_warnings import WARNING_CODES, count_warnings, drift_warnings, warning_code
from ..text.table import CellRow
from ..text.units import format_duration, format_duration_within, supported_digits
from .intervals import Interval, median_interval

TABLE_CONFIDENCE = 0.95
WITHOUT_INTERVAL = 2  # significant digits; processes differ by 3 to 17 %, which one of them cannot know
KNOWN_CODES, NONE = frozenset(WARNING_CODES), frozenset[str]()


def repeats_summaries(rows: pd.DataFrame, cell: list[str]) -> dict[str, list[Any]]:
    """Columns with one entry per cell, in the order in which cells first occur, as in a groupby that does not sort.

    `interval` (of the median over processes), `processes`, `digits` and `codes`, the codes of its warnings.
    """
    found: dict[tuple[Any, ...], list[tuple[int, float | None, list[str]]]] = {}
    identities = zip(*(rows[name].tolist() for name in cell), strict=True)
    contents = zip(*(rows[name].tolist() for name in ("repeat", "median_s", "warnings")), strict=True)
    for identity, content in zip(identities, contents, strict=True):
        found.setdefault(identity, []).append(content)
    columns = zip(*map(repeats_summary, found.values()), strict=True)
    return {
        name: list(column) for name, column in zip(("interval", "processes", "digits", "codes"), columns, strict=True)
    }


def repeats_summary(repeats: list[tuple[int, float | None, list[str]]]) -> tuple[Interval, int, int, frozenset[str]]:
    """Of one cell, from the (repeat, median, warnings) of its processes."""
    repeats.sort(key=itemgetter(0))
    times = [median for _, median, _ in repeats if median is not None and not math.isnan(median)]
    warnings = [text for _, _, texts in repeats for text in texts]
    if len(times) > 1:
        interval = median_interval(times, TABLE_CONFIDENCE)
        warnings += drift_warnings(times)
    else:
        only = times[0] if times else math.nan
        interval = Interval(only, only, only, 0.0)
    known = interval.coverage >= TABLE_CONFIDENCE
    digits = supported_digits(interval.value, interval.low, interval.high) if known else WITHOUT_INTERVAL
    codes = frozenset(map(warning_code, warnings)) & KNOWN_CODES if warnings else NONE
    return interval, len(times), digits, codes


def time_text(cell: CellRow, mark: str = "") -> str:
    """`1.23 ms [1.19, 1.28]`, or `1.2 ms` where there is no interval of 95 %; the mark is put behind the unit."""
    interval = cell["interval"]
    if interval.coverage < TABLE_CONFIDENCE:
        return format_duration(cell["median_s"], cell["digits"]) + mark
    value, bracket, bounds = format_duration_within(interval.value, interval.low, interval.high).partition(" [")
    return f"{value}{mark}{bracket}{bounds}"


def repeats_legend(cells: list[CellRow]) -> Iterator[str]:
    """What the digits and the square brackets of these cells mean, and how many of them have which warning."""
    few = sorted({(cell["processes"], cell["interval"].coverage) for cell in cells})
    if few and few[-1][1] >= TABLE_CONFIDENCE:
        what = f"{100 * TABLE_CONFIDENCE:.0f} % confidence interval of the median over processes"
        yield f"in square brackets: {what} (order statistics)"
    for processes, coverage in few:
        if processes == 1:
            yield "1 process per cell, so no confidence interval; use --repeats 6"
        elif coverage < TABLE_CONFIDENCE:
            yield f"{processes} processes per cell: their range is a {coverage:.0%} confidence interval; use --repeats 6"
    counts = count_warnings(cell["codes"] for cell in cells)
    if counts:
        found = ", ".join(f"{counts[code]} {code}" for code in WARNING_CODES if code in counts)
        yield f"cells with warnings, out of {len(cells)}: {found} (see METHODOLOGY.md, Warnings)"
