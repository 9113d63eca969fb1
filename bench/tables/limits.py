"""The limits of a machine beside the rows of its run, and as a table."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from ..machine.limits import LIMITS_FILE, MachineLimits, read_limits, vector_bytes
from ..text.table import Table
from ..text.units import format_digits

LIMIT_COLUMNS = ("limit_bytes_per_s", "limit_flops_per_s", "cache_bytes")
"""What `join_limits` adds to each row."""


def join_limits(rows: pd.DataFrame, folder: Path) -> pd.DataFrame:
    """The rows of a run with the limits of its machine beside each, NaN where they are not known."""
    known = read_limits(folder / LIMITS_FILE)
    if not known:
        return rows
    conditions = zip(rows["threads"], rows["dtype"], rows["device"], strict=True)
    found = [known.of(threads, dtype) if device == "cpu" else None for threads, dtype, device in conditions]
    rates = [(limit.bytes_per_s, limit.product_flops_per_s) if limit else (math.nan, math.nan) for limit in found]
    values = [(bandwidth, flops, known.cache_bytes) for bandwidth, flops in rates]
    return rows.assign(**pd.DataFrame(values, rows.index, list(LIMIT_COLUMNS), dtype=float))


def limits_table(known: MachineLimits) -> Table:
    rows = {
        f"{limit.dtype}, {limit.threads} thread{'s' if limit.threads != 1 else ''}": {
            "read sweep": f"{format_digits(limit.read_bytes_per_s / 1e9)} GB/s",
            "triad": f"{format_digits(limit.triad_bytes_per_s / 1e9)} GB/s",
            "matrix product": f"{format_digits(limit.product_flops_per_s / 1e9)} Gflop/s",
        }
        for limit in known.limits
    }
    body = pd.DataFrame.from_dict(rows, orient="index")
    body.index.name = "dtype and threads"
    return Table(f"Limits of {known.machine}", body, tuple(limits_notes(known)))


def limits_notes(known: MachineLimits) -> Iterator[str]:
    vectors, largest = (f"{size / 2**20:.0f} MiB" for size in (vector_bytes(), known.cache_bytes))
    yield f"best of many rounds; vectors of {vectors}; largest cache {largest}"
    yield "memory limit: the faster of read sweep and triad; gradmark limits --again measures again and keeps the best"
